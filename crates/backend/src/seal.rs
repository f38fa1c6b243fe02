//! Secrets at rest: sealed with AES-256-GCM, bound to the row and field they stand in.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::backend::Config;
use crate::error::{Error, Result};
use crate::tokens::random_bytes;

/// The form of sealed text: `sealed.1.<key id>.<base64 of nonce and ciphertext>`.
const FORM: &str = "sealed.1";

/// Bytes of a nonce. Random ones are safe for far more secrets than an installation has.
const NONCE: usize = 12;

/// Seals and opens secrets with the installation's key.
pub(crate) struct Seal {
    cipher: Aes256Gcm,
    /// Signs what we give away and want to recognise.
    signer: [u8; 32],
    /// Which key it is, without telling anything of it: a secret of another key is recognised before it is tried.
    key_id: String,
}

impl Seal {
    /// The key of `config`, or the one in the data folder; the first start makes it.
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let key = match config.secret_key {
            Some(key) => key,
            None => key_in(&config.data_dir)?,
        };
        let cipher = Aes256Gcm::new_from_slice(&key).map_err(|_| Error::World("the key is not of 32 bytes".into()))?;
        let key_id = hex::encode(&Sha256::digest([b"key id: ".as_slice(), &key].concat())[..4]);
        let signer = Sha256::digest([b"signer: ".as_slice(), &key].concat()).into();
        Ok(Self { cipher, signer, key_id })
    }

    /// Proves that `words` are ours: hex.
    pub(crate) fn sign(&self, words: &str) -> String {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.signer).expect("HMAC takes a key of any length");
        mac.update(words.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    /// Whether `proof` is what [`Seal::sign`] gives for `words`.
    pub(crate) fn is_signed(&self, words: &str, proof: &str) -> bool {
        self.sign(words).as_bytes().ct_eq(proof.as_bytes()).into()
    }

    /// `secret` as it may be stored at `place` ("table/row/field"), and nowhere else.
    pub(crate) fn seal(&self, place: &str, secret: &str) -> Result<String> {
        let nonce = random_bytes::<NONCE>();
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(Nonce::from_slice(&nonce), payload)
            .map_err(|_| Error::World(format!("{place} could not be sealed")))?;
        let text = STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        Ok(format!("{FORM}.{}.{text}", self.key_id))
    }

    /// The secret that was sealed for `place`.
    pub(crate) fn unseal(&self, place: &str, sealed: &str) -> Result<String> {
        let broken = || Error::World(format!("{place} is not what was sealed there"));
        let rest = sealed.strip_prefix(FORM).and_then(|rest| rest.strip_prefix('.')).ok_or_else(broken)?;
        let (key_id, text) = rest.split_once('.').ok_or_else(broken)?;
        if key_id != self.key_id {
            let words = format!("{place} was sealed with the key {key_id}; this server has {}", self.key_id);
            return Err(Error::World(words));
        }
        let bytes = STANDARD_NO_PAD.decode(text).map_err(|_| broken())?;
        let (nonce, message) = bytes.split_at_checked(NONCE).ok_or_else(broken)?;
        let payload = Payload { msg: message, aad: place.as_bytes() };
        let secret = self.cipher.decrypt(Nonce::from_slice(nonce), payload).map_err(|_| broken())?;
        String::from_utf8(secret).map_err(|_| broken())
    }
}

/// The key in the data folder, made at the first start. Only the owner of the process may read it.
fn key_in(data_dir: &Path) -> Result<[u8; 32]> {
    let path = data_dir.join("secret.key");
    let failed = |error: std::io::Error| Error::World(format!("{}: {error}", path.display()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    fs::create_dir_all(data_dir).map_err(failed)?;
    match options.open(&path) {
        Ok(mut file) => {
            let key = random_bytes::<32>();
            file.write_all(hex::encode(key).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text = fs::read_to_string(&path).map_err(failed)?;
            let bytes = hex::decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
            bytes.ok_or_else(|| Error::World(format!("{} must hold 64 hex digits", path.display())))
        }
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::Seal;
    use crate::backend::Config;

    fn seal(key: u8) -> Seal {
        let config = Config { secret_key: Some([key; 32]), ..Config::new("unused".into()) };
        Seal::open(&config).expect("a key of 32 bytes is good")
    }

    #[test]
    fn a_secret_comes_back_only_where_it_was_sealed() {
        let sealed = seal(1).seal("channels/1/settings", "token").expect("seals");
        assert!(!sealed.contains("token"));
        assert_eq!(seal(1).unseal("channels/1/settings", &sealed).ok().as_deref(), Some("token"));
        assert!(seal(1).unseal("channels/2/settings", &sealed).is_err());
    }

    #[test]
    fn another_key_is_named_and_an_altered_secret_is_refused() {
        let sealed = seal(1).seal("here", "token").expect("seals");
        let problem = seal(2).unseal("here", &sealed).expect_err("another key").to_string();
        assert!(problem.contains("sealed with the key"), "{problem}");
        let altered = format!("{}A", &sealed[..sealed.len() - 1]);
        let other = format!("{}B", &sealed[..sealed.len() - 1]);
        assert!(seal(1).unseal("here", &altered).is_err() || seal(1).unseal("here", &other).is_err());
        assert!(seal(1).unseal("here", "token").is_err());
    }

    #[test]
    fn the_same_secret_is_never_sealed_the_same_way_twice() {
        assert_ne!(seal(1).seal("here", "token").ok(), seal(1).seal("here", "token").ok());
    }
}
