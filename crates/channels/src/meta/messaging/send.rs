//! Posts to Meta and reads the answer.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::Value;

use super::outbound::{self, Product, Source};
use crate::adapter::Tools;
use crate::error::ChannelError;
use crate::files::OutboundFile;
use crate::http::{Answer, Body, Http};
use crate::identity::{ExternalId, ProviderId};
use crate::meta::graph::{Failure, Graph};
use crate::outbound::{Piece, ProviderSend, Receipt, Signal};
use crate::words::{Words, present};

/// By which product, and in whose name, one speaks to customers.
pub(crate) struct Sender<'a> {
    pub graph: &'a Graph,
    pub product: Product,
    /// The page or account that customers hear.
    pub from: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Accepted {
    recipient_id: Option<Words>,
    message_id: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Uploaded {
    attachment_id: Option<Words>,
}

impl Sender<'_> {
    /// Hands one piece over, once.
    pub async fn send(&self, tools: Tools<'_>, send: &ProviderSend) -> Result<Receipt, ChannelError> {
        let files = match &send.piece {
            Piece::File { file, .. } => std::slice::from_ref(file),
            Piece::Album { files, .. } => files,
            Piece::Text(_) | Piece::Buttons { .. } | Piece::List { .. } | Piece::Template { .. } | Piece::Place(_) => {
                &[]
            }
        };
        let mut sources = Vec::with_capacity(files.len());
        for file in files {
            sources.push(self.source(tools, file).await?);
        }
        let mut body = outbound::message(self.product, send, &sources)?;
        let answer = match self.post(tools.http, &body).await {
            // Nothing was sent, for sure; to answer a message may be what is wrong.
            Err(failure) if is_invalid(&failure) && outbound::take_off_extras(self.product, &mut body) => {
                self.post(tools.http, &body).await
            }
            outcome => outcome,
        };
        receipt(&answer.map_err(|failure| refusal(failure.error, send.by_person_late))?)
    }

    /// Shows a sign.
    pub async fn signal(&self, http: &Http, signal: &Signal) -> Result<(), ChannelError> {
        self.post(http, &outbound::signal(self.product, signal)?).await.map(drop).map_err(Into::into)
    }

    async fn post(&self, http: &Http, body: &Value) -> Result<Answer, Failure> {
        self.graph.post(http, self.graph.at(&[self.from, "messages"]), body).await
    }

    /// Messenger is handed the bytes; Instagram fetches them where they are lent.
    /// <https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api>
    async fn source(&self, tools: Tools<'_>, file: &OutboundFile) -> Result<Source, ChannelError> {
        match self.product {
            Product::Messenger => self.upload(tools, file).await.map(Source::Uploaded),
            Product::Instagram => Ok(Source::Link(tools.files.link(file.id))),
        }
    }

    async fn upload(&self, tools: Tools<'_>, file: &OutboundFile) -> Result<String, ChannelError> {
        let content = reqwest::Body::wrap_stream(tools.files.open(file.id).await?);
        let odd = |_| ChannelError::MediaRejected { detail: "Its type is none that can be named.".into() };
        let part = Part::stream_with_length(content, file.bytes).file_name(file.name.clone());
        let part = part.mime_str(&file.mime).map_err(odd)?;
        let form = Form::new().text("message", outbound::upload(file.kind).to_string()).part("filedata", part);
        let url = self.graph.at(&[self.from, "message_attachments"]);
        // To upload twice says nothing twice.
        let answer = self.graph.ask(tools.http, Method::POST, url, Body::Parts(form)).await;
        let answer = answer.map_err(|failure| failure.error.of_repeatable())?;
        let uploaded: Uploaded = answer.json().unwrap_or_default();
        let unnamed = || ChannelError::Transient { detail: "Meta did not name the file it was given.".into() };
        present(uploaded.attachment_id.as_ref()).map(str::to_owned).ok_or_else(unnamed)
    }
}

/// What a late answer that was refused lacks: <https://developers.facebook.com/docs/features-reference/human-agent>.
fn refusal(error: ChannelError, is_late: bool) -> ChannelError {
    match error {
        ChannelError::PermissionMissing { detail } if is_late => ChannelError::PermissionMissing {
            detail: format!("Later than 24 hours, Meta takes answers of an app with its feature Human Agent. {detail}"),
        },
        error => error,
    }
}

/// Meta understood that the body is wrong, and said so.
fn is_invalid(failure: &Failure) -> bool {
    failure.code.is_some() && matches!(failure.error, ChannelError::InvalidContent { .. })
}

/// A success that does not name the message was still a success: it must not be sent again.
fn receipt(answer: &Answer) -> Result<Receipt, ChannelError> {
    let accepted: Accepted = answer.json().ok_or(ChannelError::OutcomeUnknown)?;
    let id = present(accepted.message_id.as_ref()).ok_or(ChannelError::OutcomeUnknown)?;
    let recipient = present(accepted.recipient_id.as_ref()).map(|id| ExternalId(id.into()));
    Ok(Receipt { recipient: recipient.into_iter().collect(), ..Receipt::of(vec![ProviderId(id.into())]) })
}

#[cfg(test)]
mod tests {
    use super::refusal;
    use crate::error::ChannelError;

    #[test]
    fn a_late_answer_that_is_refused_names_what_the_app_lacks() {
        let missing = || ChannelError::PermissionMissing { detail: "Meta says: no (10).".into() };
        let words = refusal(missing(), true).words();
        assert!(words.contains("an admin must grant it") && words.contains("Human Agent"), "{words}");
        assert_eq!(refusal(missing(), false), missing());
        let over = || ChannelError::OutsideWindow { templates: false };
        assert_eq!(refusal(over(), true), over());
    }
}
