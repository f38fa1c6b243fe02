//! Asking the Graph API on behalf of one page or account.

use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;

use super::errors::{GraphError, by_status};
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::{Answer, Ask, Body, Http, Origin, Proof};
use crate::settings::{Fields, Secret, SettingsError};

/// The version of the Graph API that is spoken unless the settings name another.
const VERSION: &str = "v26.0";

/// What a product's codes mean: an error, and how long its answer asks to wait.
pub(crate) type Meaning = fn(&GraphError, Option<Duration>) -> ChannelError;

/// Where the API is, by whose right it is asked, and what its errors mean.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    /// As configured: trusted also when it is on this machine.
    pub base: Url,
    version: String,
    pub token: Secret,
    pub meaning: Meaning,
}

impl Graph {
    /// Takes `base_url`, `graph_version` and `access_token` from the settings.
    pub fn read(fields: &mut Fields, base_url: &str, meaning: Meaning) -> Result<Self, SettingsError> {
        let version = fields.text("graph_version")?.unwrap_or_else(|| VERSION.into());
        if !is_version(&version) {
            return Err(SettingsError::new("graph_version", "must look like v26.0"));
        }
        let base = fields.base_url("base_url", base_url)?;
        Ok(Self { base, version, token: fields.secret("access_token")?, meaning })
    }

    /// The address of `path` in the configured version of the API.
    pub fn at(&self, path: &[&str]) -> Url {
        let mut url = self.beside(&[&self.version]);
        url.path_segments_mut().expect("addresses with a host have a path").extend(path);
        url
    }

    /// The address of `path` where the API is of no version.
    pub fn beside(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        url.path_segments_mut().expect("addresses with a host have a path").pop_if_empty().extend(path);
        url
    }

    /// Posts a document; the answer, if it is a success.
    pub async fn post(&self, http: &Http, url: Url, body: &Value) -> Result<Answer, Failure> {
        self.ask(http, Method::POST, url, Body::Json(body.to_string())).await
    }

    /// Posts what `body` carries; the answer, if it is a success.
    pub async fn ask(&self, http: &Http, method: Method, url: Url, body: Body) -> Result<Answer, Failure> {
        let proof = Proof::Bearer(&self.token);
        let answer = http.ask(Ask { method, url, proof, body }).await;
        self.judge(answer)
    }

    /// Asks for a document; the answer, if it is a success. May be repeated.
    pub async fn get(&self, http: &Http, url: Url) -> Result<Answer, Failure> {
        let answer = http.get(url, Proof::Bearer(&self.token)).await;
        self.judge(answer).map_err(|failure| Failure { error: failure.error.of_repeatable(), ..failure })
    }

    /// Fetches a file of a customer's: its address is signed, so that nobody has to prove anything.
    pub async fn download(&self, http: &Http, file: &FileRef) -> Result<Fetched, ChannelError> {
        let nowhere = |_| ChannelError::MediaRejected { detail: "It has no address.".into() };
        let url = Url::parse(&file.handle).map_err(nowhere)?;
        http.download(url, &Origin { api: &self.base, hosts: &[], proof: Proof::None }).await
    }

    /// The answer, if it is a success.
    pub fn judge(&self, answer: Result<Answer, ChannelError>) -> Result<Answer, Failure> {
        let answer = answer.map_err(|error| Failure { code: None, error })?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(match GraphError::of(&answer) {
            Some(graph) => Failure { code: graph.code, error: (self.meaning)(&graph, answer.retry_after) },
            None => Failure { code: None, error: by_status(answer.status, answer.retry_after) },
        })
    }
}

/// Why a request came to nothing.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Meta's own code, if it gave one; else only a status or silence speaks.
    pub code: Option<i64>,
    pub error: ChannelError,
}

impl From<Failure> for ChannelError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// Meta answered, and does not tell or give what was asked for.
pub(crate) const fn is_untold(error: &ChannelError) -> bool {
    matches!(
        error,
        ChannelError::PermissionMissing { .. }
            | ChannelError::InvalidContent { .. }
            | ChannelError::RecipientUnreachable { .. }
            | ChannelError::RecipientBlocked
            | ChannelError::Rejected { .. }
    )
}

fn is_version(version: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    version
        .strip_prefix('v')
        .and_then(|number| number.split_once('.'))
        .is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Graph;
    use crate::error::ChannelError;
    use crate::settings::Fields;

    fn graph(base_url: &str) -> Graph {
        let settings = json!({ "access_token": "EAAtoken", "base_url": base_url }).to_string();
        let mut fields = Fields::read(&settings).expect("an object");
        Graph::read(&mut fields, "https://graph.facebook.com", |_, _| ChannelError::AuthExpired).expect("good settings")
    }

    #[test]
    fn an_address_keeps_the_path_of_a_gateway_and_takes_no_word_for_a_path() {
        let url = |base_url| graph(base_url).at(&["PAGE1", "messages"]).to_string();
        assert_eq!(url("https://graph.facebook.com"), "https://graph.facebook.com/v26.0/PAGE1/messages");
        assert_eq!(url("http://127.0.0.1:4010/graph/"), "http://127.0.0.1:4010/graph/v26.0/PAGE1/messages");
        let odd = graph("https://graph.facebook.com").at(&["../me?x=1#y"]).to_string();
        assert_eq!(odd, "https://graph.facebook.com/v26.0/..%2Fme%3Fx=1%23y");
        let beside = graph("https://graph.instagram.com").beside(&["refresh_access_token"]).to_string();
        assert_eq!(beside, "https://graph.instagram.com/refresh_access_token");
    }
}
