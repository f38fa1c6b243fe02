//! Fits a message to its channel: decides whether it may leave now, and into which pieces it goes. Pure.

mod choices;
mod split;

use domain::channel::Capabilities;
use domain::feedback;
use domain::message::Content;
use domain::refused::Refused;
use domain::timestamp::Timestamp;

use crate::outbound::{OutboundMessage, Piece, ProviderSend, SendKey};

pub use split::split;

/// What a planned message must fit into: what the product knows of the channel, and what only the wire cares about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub capabilities: Capabilities,
    /// Longest title of a list's row, in characters; buttons take `capabilities.choices.title_max`.
    pub row_title_max: usize,
    /// Longest id of a button or a row, in bytes.
    pub choice_id_max: usize,
}

/// The requests that carry `message`, in order. Together they say everything it says.
///
/// # Errors
/// The channel's window is closed, there is nothing to say, or the content is nothing one sends.
pub fn plan(
    limits: &Limits,
    message: &OutboundMessage,
    now: Timestamp,
    last_inbound: Option<Timestamp>,
) -> Result<Vec<ProviderSend>, Refused> {
    check_window(limits, now, last_inbound)?;
    let pieces = pieces(limits, &message.content)?;
    let parts = u16::try_from(pieces.len()).map_err(|_| Refused::invalid("message", "is too long to send"))?;
    let numbered = (1..=parts).zip(pieces);
    Ok(numbered
        .map(|(part, piece)| ProviderSend {
            key: SendKey { message: message.id, part, parts },
            to: message.to.clone(),
            piece,
        })
        .collect())
}

/// No author gets past a closed window yet: the exceptions that some channels make for people come with them.
fn check_window(limits: &Limits, now: Timestamp, last_inbound: Option<Timestamp>) -> Result<(), Refused> {
    let Some(window) = limits.capabilities.window else { return Ok(()) };
    match last_inbound {
        Some(at) if now < at.plus(window.open) => Ok(()),
        _ => Err(Refused::WindowClosed { hours: window.open.as_secs() / 3_600 }),
    }
}

fn pieces(limits: &Limits, content: &Content) -> Result<Vec<Piece>, Refused> {
    match content {
        Content::Text(text) => Ok(texts(limits, spoken(text)?)),
        Content::Choices { text, choices } => Ok(choices::pieces(limits, spoken(text)?, choices)),
        Content::FeedbackRequest { text, .. } => Ok(choices::pieces(limits, spoken(text)?, &feedback::choices())),
        Content::Picked { .. } | Content::FeedbackAnswer { .. } | Content::Unsupported { .. } => {
            Err(Refused::invalid("message", "is nothing that can be sent"))
        }
    }
}

fn texts(limits: &Limits, text: &str) -> Vec<Piece> {
    split(text, limits.capabilities.text_max).into_iter().map(|part| Piece::Text(part.into())).collect()
}

/// `text` without surrounding blank: providers refuse a message of nothing else.
fn spoken(text: &str) -> Result<&str, Refused> {
    Some(text.trim()).filter(|text| !text.is_empty()).ok_or(Refused::Empty { field: "message".into() })
}
