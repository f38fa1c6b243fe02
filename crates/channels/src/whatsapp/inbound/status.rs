//! News about messages we sent.

use domain::delivery::Delivery;

use super::customer;
use super::wire::WireStatus;
use crate::error::ChannelError;
use crate::identity::ProviderId;
use crate::inbound::{Inbound, InboundEvent, Status, Target};
use crate::words::{present, readable};

pub(super) fn read(status: &WireStatus) -> Result<InboundEvent, &'static str> {
    let id = present(status.id.as_ref()).ok_or("a status without its message")?;
    let word = present(status.status.as_ref()).ok_or("a status without its word")?;
    let error = (word == "failed").then(|| reason(status));
    let delivery = match (word, &error) {
        ("sent", _) => Some(Delivery::Sent),
        ("delivered", _) => Some(Delivery::Delivered),
        // A voice note that was listened to.
        ("read" | "played", _) => Some(Delivery::Read),
        (_, Some(error)) => Some(Delivery::Failed { reason: error.words() }),
        _ => None,
    };
    let what = match delivery {
        Some(delivery) => Inbound::Status(Status {
            target: Target::Message(ProviderId(id.into())),
            key: status.biz_opaque_callback_data.as_ref().and_then(|key| key.0.parse().ok()),
            customer: customer::find(status.recipient_user_id.as_ref(), status.recipient_id.as_ref(), &[]).ok(),
            delivery,
            error,
        }),
        None => Inbound::Unsupported { label: readable(word) },
    };
    Ok(InboundEvent { dedupe: format!("status:{id}:{word}"), at: status.timestamp, what })
}

fn reason(status: &WireStatus) -> ChannelError {
    let first = status.errors.iter().flatten().next();
    first.map_or_else(|| ChannelError::Rejected { detail: "Meta gave no reason.".into() }, |error| error.classify(None))
}
