//! What is no message: what the customer has read, that somebody types, that the account took its permission back.

use domain::delivery::Delivery;
use domain::timestamp::Timestamp;
use serde_json::value::RawValue;

use super::customer::Users;
use super::wire::Sign;
use crate::inbound::{Inbound, InboundEvent, Status, Target};
use crate::wire::by_bytes;
use crate::words::present;

/// Everything of ours up to a message was read. The message need not be ours, but its id tells when it was written.
pub(super) fn seen(ours: &str, users: &Users, raw: &RawValue, sign: Sign) -> Result<InboundEvent, &'static str> {
    let reader = present(sign.sender_id.as_ref()).ok_or("it names nobody")?;
    let last = present(sign.last_read_event_id.as_ref()).ok_or("a reading without its message")?;
    if reader == ours {
        let what = Inbound::Unsupported { label: "Read in X".into() };
        return Ok(InboundEvent { dedupe: by_bytes("read", raw), at: sign.created_timestamp, what });
    }
    let until = written_at(last).or(sign.created_timestamp).ok_or("a reading without its time")?;
    let status = Status {
        target: Target::UpTo(until),
        key: None,
        customer: Some(users.actor(reader)),
        delivery: Delivery::Read,
        error: None,
    };
    let dedupe = format!("read:{reader}:{last}");
    Ok(InboundEvent { dedupe, at: sign.created_timestamp, what: Inbound::Status(status) })
}

pub(super) fn typing(ours: &str, users: &Users, raw: &RawValue, sign: Sign) -> Result<InboundEvent, &'static str> {
    let typist = present(sign.sender_id.as_ref()).ok_or("it names nobody")?;
    let what = if typist == ours {
        Inbound::Unsupported { label: "Typing in X".into() }
    } else {
        Inbound::Typing { customer: users.actor(typist), on: true }
    };
    Ok(InboundEvent { dedupe: by_bytes("typing", raw), at: sign.created_timestamp, what })
}

pub(super) fn revoked(dedupe: String) -> InboundEvent {
    let words = "The account took back the permission it gave on X. Connect the channel anew.".into();
    InboundEvent { dedupe, at: None, what: Inbound::AccountAlert { words, stops: true } }
}

/// The first moment of X's ids, in milliseconds since 1970.
const EPOCH: i64 = 1_288_834_974_657;

/// When something with this id was made: the milliseconds stand in the upper bits. `None` for no such id.
pub(in crate::x) fn written_at(id: &str) -> Option<Timestamp> {
    let id: u64 = id.parse().ok()?;
    // The ids of X's first years were counted up.
    let millis = i64::try_from(id >> 22).ok().filter(|millis| *millis > 0)?;
    Some(Timestamp(millis.saturating_add(EPOCH)))
}

#[cfg(test)]
mod tests {
    use domain::timestamp::Timestamp;

    use super::written_at;

    #[test]
    fn an_id_tells_when_it_was_made() {
        // The example of X's own documents on its ids.
        assert_eq!(written_at("1541815603606036480"), Some(Timestamp(1_656_432_460_105)));
        for none in ["", "77", "abc", "-1", "99999999999999999999999"] {
            assert_eq!(written_at(none), None, "{none}");
        }
        assert!(written_at(&u64::MAX.to_string()).is_some());
    }
}
