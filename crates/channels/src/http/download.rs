//! Fetching files at addresses that came from outside: proofs go to the provider's hosts only, private addresses are
//! never reached, and every redirect is looked at like a new address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use futures::StreamExt;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use reqwest::{Client, Response, Url};
use url::Host;

use super::{Http, Proof, proven, unsent_or_unknown};
use crate::error::ChannelError;
use crate::files::Fetched;

/// How many redirects are followed.
const HOPS: usize = 4;

/// Where a provider's own files are.
pub(crate) struct Origin<'a> {
    /// The configured address of the provider's API: trusted, also when it is on this machine or in this network.
    pub api: &'a Url,
    /// Further hosts of the provider that get the proof, and their subdomains.
    pub hosts: &'a [&'a str],
    pub proof: Proof<'a>,
}

impl Origin<'_> {
    fn is_api(&self, url: &Url) -> bool {
        url.origin() == self.api.origin()
    }

    fn proof_for(&self, url: &Url) -> Proof<'_> {
        let host = url.host_str().unwrap_or_default();
        let is_named =
            |known: &&str| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.'));
        if self.is_api(url) || self.hosts.iter().any(is_named) { self.proof } else { Proof::None }
    }
}

impl Http {
    /// Fetches what is at `url`; its content streams and is as long as it is: the caller bounds it.
    ///
    /// # Errors
    /// The address is none that may be fetched, the file is gone, or the provider does not answer.
    pub(crate) async fn download(&self, mut url: Url, origin: &Origin<'_>) -> Result<Fetched, ChannelError> {
        for _ in 0..=HOPS {
            let client = self.client_for(&url, origin)?;
            let request = proven(client.get(url.clone()), origin.proof_for(&url));
            let response = request.send().await.map_err(|error| unsent_or_unknown(&error).of_repeatable())?;
            let status = response.status();
            if status.is_redirection() {
                url = next(&url, &response)?;
            } else if status.is_success() {
                return Ok(fetched(response));
            } else {
                return Err(refused(status.as_u16()));
            }
        }
        Err(lost("It is redirected without end."))
    }

    fn client_for(&self, url: &Url, origin: &Origin<'_>) -> Result<&Client, ChannelError> {
        if origin.is_api(url) {
            return Ok(&self.files);
        }
        if url.scheme() != "https" {
            return Err(lost("Its address does not start with https://."));
        }
        // A name is looked at when it is resolved.
        let is_private = match url.host() {
            Some(Host::Ipv4(ip)) => !is_public(ip.into()),
            Some(Host::Ipv6(ip)) => !is_public(ip.into()),
            Some(Host::Domain(_)) => false,
            None => true,
        };
        if is_private { Err(lost("Its address is not a public one.")) } else { Ok(&self.guarded) }
    }
}

fn next(url: &Url, response: &Response) -> Result<Url, ChannelError> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    location.and_then(|location| url.join(location).ok()).ok_or_else(|| lost("It is redirected to nowhere."))
}

fn fetched(response: Response) -> Fetched {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (mime, bytes) = (header(CONTENT_TYPE), header(CONTENT_LENGTH).and_then(|length| length.parse().ok()));
    let broken = |_| ChannelError::Transient { detail: "The file broke off.".into() };
    let content = response.bytes_stream().map(move |chunk| chunk.map_err(broken)).boxed();
    Fetched { mime, name: None, bytes, content }
}

fn refused(status: u16) -> ChannelError {
    match status {
        401 | 403 => lost("The provider does not hand it over."),
        404 | 410 => lost("The provider no longer has it."),
        429 | 500..=599 => ChannelError::Transient { detail: format!("It answered with status {status}.") },
        _ => lost(&format!("The provider answered with status {status}.")),
    }
}

fn lost(detail: &str) -> ChannelError {
    ChannelError::MediaRejected { detail: detail.into() }
}

/// Resolves names to public addresses only, so that no name leads into our own network.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name leads to no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the open internet, however it is written.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry> and its twin for IPv6.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match embedded_v4(ip) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(ip),
        },
    }
}

const fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a == 100 && b & 0xc0 == 64)
        || (a == 169 && b == 254)
        || (a == 172 && b & 0xf0 == 16)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 192 && b == 168)
        || (a == 198 && b & 0xfe == 18)
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

/// The IPv4 address that an IPv6 one stands for: mapped, compatible, 6to4, NAT64.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let last = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] if high != 0 || low > 1 => Some(last(high, low)),
        [0x2002, high, low, ..] => Some(last(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(last(high, low)),
        _ => None,
    }
}

const fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    // Only 2000::/3 is given out, and of it not Teredo, documentation and benchmarks.
    first & 0xe000 == 0x2000 && !(first == 0x2001 && (second < 0x200 || second == 0xdb8)) && first != 0x3fff
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use reqwest::Url;

    use super::{Http, Origin, is_public};
    use crate::http::{HttpLimits, Proof};

    fn public(ip: &str) -> bool {
        is_public(ip.parse::<IpAddr>().expect("an address"))
    }

    #[test]
    fn no_spelling_of_a_private_address_is_public() {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:7f00:1",
            "::7f00:1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001:db8::1",
            "2001::1",
            "2002:c0a8:1::1",
        ] {
            assert!(!public(ip), "{ip}");
        }
        for ip in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(public(ip), "{ip}");
        }
    }

    #[test]
    fn the_proof_goes_to_the_providers_own_hosts_and_to_nobody_else() {
        let api = Url::parse("https://graph.example:8443/v1").expect("a URL");
        let origin =
            Origin { api: &api, hosts: &["fbsbx.com"], proof: Proof::Signed { header: "x-proof", value: "proof" } };
        let is_proven = |url: &str| !matches!(origin.proof_for(&Url::parse(url).expect("a URL")), Proof::None);
        for own in ["https://graph.example:8443/a", "https://fbsbx.com/a", "https://lookaside.fbsbx.com/a"] {
            assert!(is_proven(own), "{own}");
        }
        for foreign in [
            "https://graph.example/a",
            "https://evilfbsbx.com/a",
            "https://fbsbx.com.evil.example/a",
            "https://lookaside.fbsbx.com@evil.example/a",
        ] {
            assert!(!is_proven(foreign), "{foreign}");
        }
    }

    #[tokio::test]
    async fn a_file_in_our_own_network_is_not_fetched() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Http::new(HttpLimits::default()).expect("a client");
        let api = Url::parse("https://graph.example").expect("a URL");
        let origin = Origin { api: &api, hosts: &[], proof: Proof::None };
        for address in [
            "http://files.example/a.jpg",
            "https://127.0.0.1/a.jpg",
            "https://2130706433/a.jpg",
            "https://0x7f.1/a.jpg",
            "https://[::ffff:127.0.0.1]/a.jpg",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/a.jpg",
        ] {
            let url = Url::parse(address).expect("a URL");
            assert!(http.download(url, &origin).await.is_err(), "{address}");
        }
    }
}
