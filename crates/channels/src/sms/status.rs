//! News about messages we sent.

use domain::delivery::Delivery;

use super::errors::classify;
use super::form::Form;
use super::inbound::customer;
use crate::error::ChannelError;
use crate::identity::ProviderId;
use crate::inbound::{Inbound, InboundEvent, Status, Target};

pub(super) fn read(form: &Form, sid: &str, word: &str) -> Result<InboundEvent, &'static str> {
    let code = form.word("ErrorCode").and_then(|code| code.parse().ok());
    let Some((delivery, error)) = stage(word, code, form.word("ErrorMessage")) else {
        let what = Inbound::Unsupported { label: format!("Status: {word}") };
        return Ok(InboundEvent { dedupe: format!("status:{sid}:{word}"), at: None, what });
    };
    let mut status = news(sid, delivery, error);
    status.customer = customer(form, "To");
    Ok(InboundEvent { dedupe: format!("status:{sid}:{word}"), at: None, what: Inbound::Status(status) })
}

/// How far a message came, by Twilio's word for it; `None` for a word that is new to us.
pub(super) fn stage(word: &str, code: Option<i64>, message: Option<&str>) -> Option<(Delivery, Option<ChannelError>)> {
    let failed = |error: ChannelError| (Delivery::Failed { reason: error.words() }, Some(error));
    Some(match word {
        // All of these mean that Twilio has it.
        "accepted" | "scheduled" | "queued" | "sending" | "sent" => (Delivery::Sent, None),
        "delivered" => (Delivery::Delivered, None),
        "read" => (Delivery::Read, None),
        "undelivered" | "failed" => failed(classify(code, message, None)),
        "canceled" => failed(ChannelError::Rejected { detail: "It was cancelled at Twilio.".into() }),
        _ => return None,
    })
}

pub(super) fn news(sid: &str, delivery: Delivery, error: Option<ChannelError>) -> Status {
    Status { target: Target::Message(ProviderId(sid.into())), key: None, customer: None, delivery, error }
}
