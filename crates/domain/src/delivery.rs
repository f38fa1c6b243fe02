//! How far a message has come on its way to the customer. It never goes backwards.

use serde::{Deserialize, Serialize};

use crate::channel::ChannelKind;

/// The stages of an outgoing message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Delivery {
    /// Saved here; a worker will send it.
    Waiting,
    /// The provider took it.
    Sent,
    /// It reached the customer's device.
    Delivered,
    /// The customer saw it.
    Read,
    /// It will not arrive, for this reason, in words for an agent.
    Failed { reason: String },
    /// Handed over, but whether the provider took it is unknown. Never sent again by itself.
    Unconfirmed,
}

impl Delivery {
    /// Where an outgoing message begins: on the web it is out once it is saved, elsewhere a worker has to send it.
    #[must_use]
    pub const fn first(kind: ChannelKind) -> Self {
        match kind {
            ChannelKind::Web => Self::Sent,
            ChannelKind::WhatsApp
            | ChannelKind::Messenger
            | ChannelKind::Instagram
            | ChannelKind::Telegram
            | ChannelKind::X
            | ChannelKind::Sms
            | ChannelKind::Google
            | ChannelKind::Api => Self::Waiting,
        }
    }

    /// The word in columns.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed { .. } => "failed",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// The stage a column's word and reason name.
    #[must_use]
    pub fn from_word(word: &str, reason: Option<String>) -> Option<Self> {
        Some(match word {
            "waiting" => Self::Waiting,
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "failed" => Self::Failed { reason: reason.unwrap_or_default() },
            "unconfirmed" => Self::Unconfirmed,
            _ => return None,
        })
    }

    /// The word under a bubble.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Waiting => "Sending",
            Self::Sent => "Sent",
            Self::Delivered => "Delivered",
            Self::Read => "Read",
            Self::Failed { .. } => "Not sent",
            Self::Unconfirmed => "Unconfirmed",
        }
    }

    /// Whether `news` moves this delivery forward. Late and repeated news changes nothing: a read message stays
    /// read, a delivered one cannot fail any more, and a failed one only recovers if the provider says it arrived.
    #[must_use]
    pub const fn accepts(&self, news: &Self) -> bool {
        use Delivery::{Delivered, Failed, Read, Sent, Unconfirmed, Waiting};
        match (self, news) {
            (Waiting, Waiting) | (Unconfirmed, Unconfirmed | Waiting) => false,
            (Waiting | Unconfirmed, _) => true,
            (Sent, Delivered | Read | Failed { .. }) => true,
            (Failed { .. }, Delivered | Read) => true,
            (Delivered, Read) => true,
            (Sent | Failed { .. } | Delivered | Read, _) => false,
        }
    }

    /// Whether Retry makes sense: the message is not on its way and did not arrive.
    #[must_use]
    pub const fn may_retry(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Unconfirmed)
    }
}

#[cfg(test)]
mod tests {
    use super::Delivery::{self, Delivered, Failed, Read, Sent, Unconfirmed, Waiting};
    use proptest::prelude::*;

    fn failed() -> Delivery {
        Failed { reason: "the number is not on WhatsApp".into() }
    }

    #[test]
    fn a_read_message_never_goes_back_to_delivered() {
        assert!(!Read.accepts(&Delivered));
    }

    #[test]
    fn a_late_failure_does_not_undo_a_delivery() {
        assert!(!Delivered.accepts(&failed()));
        assert!(Sent.accepts(&failed()));
    }

    #[test]
    fn a_failed_message_that_arrived_after_all_is_delivered() {
        assert!(failed().accepts(&Delivered));
    }

    fn any_delivery() -> impl Strategy<Value = Delivery> {
        prop_oneof![Just(Waiting), Just(Sent), Just(Delivered), Just(Read), Just(failed()), Just(Unconfirmed)]
    }

    fn progress(delivery: &Delivery) -> u8 {
        match delivery {
            Waiting | Unconfirmed => 0,
            Sent => 1,
            Failed { .. } => 2,
            Delivered => 3,
            Read => 4,
        }
    }

    proptest! {
        #[test]
        fn a_delivery_never_goes_backwards(news in prop::collection::vec(any_delivery(), 0..24)) {
            let mut delivery = Waiting;
            for next in news {
                if delivery.accepts(&next) {
                    prop_assert!(progress(&next) >= progress(&delivery));
                    delivery = next;
                }
            }
        }
    }
}
