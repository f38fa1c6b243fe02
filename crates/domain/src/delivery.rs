//! How far a message has come on its way to the customer. It never goes backwards.

mod delay;

use serde::{Deserialize, Serialize};

use crate::channel::ChannelKind;

pub use delay::{Cause, Delay, shown};

/// The stages of an outgoing message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Delivery {
    /// Saved here; a worker will send it.
    Waiting,
    /// A worker will send it, but not yet.
    Delayed(Delay),
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
    /// The bot's words, kept back: a person entered before they left.
    Overtaken,
}

/// How far something came that has left and did not fail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Arrival {
    Sent,
    Delivered,
    Read,
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
            Self::Delayed(_) => "delayed",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed { .. } => "failed",
            Self::Unconfirmed => "unconfirmed",
            Self::Overtaken => "overtaken",
        }
    }

    /// What a column says beside the word.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Delayed(delay) => Some(delay.to_column()),
            Self::Failed { reason } => Some(reason.clone()),
            Self::Waiting | Self::Sent | Self::Delivered | Self::Read | Self::Unconfirmed | Self::Overtaken => None,
        }
    }

    /// The stage a column's word and reason name.
    #[must_use]
    pub fn from_word(word: &str, reason: Option<String>) -> Option<Self> {
        Some(match word {
            "waiting" => Self::Waiting,
            "delayed" => reason.as_deref().and_then(Delay::from_column).map_or(Self::Waiting, Self::Delayed),
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "failed" => Self::Failed { reason: reason.unwrap_or_default() },
            "unconfirmed" => Self::Unconfirmed,
            "overtaken" => Self::Overtaken,
            _ => return None,
        })
    }

    /// The word under a bubble.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Waiting => "Sending",
            Self::Delayed(_) => "Waiting",
            Self::Sent => "Sent",
            Self::Delivered => "Delivered",
            Self::Read => "Read",
            Self::Failed { .. } => "Not sent",
            Self::Unconfirmed => "Unconfirmed",
            Self::Overtaken => "Not sent: a person entered before it left",
        }
    }

    /// Whether `news` moves this delivery forward. Late and repeated news changes nothing: a read message stays
    /// read, a delivered one cannot fail any more, and a failed one only recovers if the provider says it arrived.
    #[must_use]
    pub fn accepts(&self, news: &Self) -> bool {
        use Delivery::{Delayed, Delivered, Failed, Overtaken, Read, Sent, Unconfirmed, Waiting};
        match (self, news) {
            (Delayed(known), Delayed(news)) => known != news,
            (Waiting | Delayed(_), Waiting) => false,
            (Unconfirmed, Unconfirmed | Waiting | Delayed(_) | Overtaken) => false,
            (Waiting | Delayed(_) | Unconfirmed, _) => true,
            (Sent, Delivered | Read | Failed { .. }) => true,
            (Failed { .. } | Overtaken, Delivered | Read) => true,
            (Delivered, Read) => true,
            (Sent | Failed { .. } | Delivered | Read | Overtaken, _) => false,
        }
    }

    /// How far a message of `parts` parts has come. `left` are those that have left, by their numbers from 1, and what
    /// was told of each; one that failed may have left once more. `None` while a part is still here or has failed: what
    /// is told of the others is not true of the message.
    #[must_use]
    pub fn of_parts(parts: u16, left: &[(u16, Self)]) -> Option<Self> {
        let farthest = |part| left.iter().filter(|(of, _)| *of == part).filter_map(|(_, stage)| stage.arrival()).max();
        let arrivals: Vec<Arrival> = (1..=parts).map(farthest).collect::<Option<_>>()?;
        Some(match arrivals.last()? {
            // Whoever saw the last of them saw them all.
            Arrival::Read => Self::Read,
            _ if arrivals.iter().all(|arrival| *arrival >= Arrival::Delivered) => Self::Delivered,
            Arrival::Sent | Arrival::Delivered => Self::Sent,
        })
    }

    const fn arrival(&self) -> Option<Arrival> {
        match self {
            Self::Sent => Some(Arrival::Sent),
            Self::Delivered => Some(Arrival::Delivered),
            Self::Read => Some(Arrival::Read),
            Self::Waiting | Self::Delayed(_) | Self::Failed { .. } | Self::Unconfirmed | Self::Overtaken => None,
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
    use super::Delivery::{self, Delayed, Delivered, Failed, Overtaken, Read, Sent, Unconfirmed, Waiting};
    use super::{Cause, Delay};
    use crate::timestamp::Timestamp;
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

    #[test]
    fn only_what_has_not_left_is_overtaken_and_nobody_sends_it_again() {
        assert!(Waiting.accepts(&Overtaken) && delayed(1).accepts(&Overtaken));
        assert!(![Sent, Delivered, Read, failed(), Unconfirmed].iter().any(|known| known.accepts(&Overtaken)));
        assert!(!Overtaken.may_retry() && !Overtaken.accepts(&Waiting));
    }

    fn delayed(until: i64) -> Delivery {
        Delayed(Delay { cause: Cause::Limit, until: Some(Timestamp(until)) })
    }

    #[test]
    fn a_wait_may_become_another_and_what_left_does_not_wait_again() {
        assert!(Waiting.accepts(&delayed(1)) && delayed(1).accepts(&delayed(2)) && delayed(2).accepts(&Sent));
        assert!(!delayed(1).accepts(&delayed(1)) && !delayed(1).accepts(&Waiting));
        assert!(![Sent, Delivered, Read, failed(), Unconfirmed].iter().any(|known| known.accepts(&delayed(1))));
    }

    #[test]
    fn every_stage_is_read_as_it_was_written() {
        for stage in [Waiting, delayed(7), Sent, Delivered, Read, failed(), Unconfirmed, Overtaken] {
            assert_eq!(Delivery::from_word(stage.word(), stage.reason()), Some(stage));
        }
    }

    fn any_delivery() -> impl Strategy<Value = Delivery> {
        let rest =
            prop_oneof![Just(Waiting), Just(Sent), Just(Delivered), Just(Read), Just(failed()), Just(Unconfirmed)];
        prop_oneof![rest, Just(Overtaken), (0_i64..3).prop_map(delayed)]
    }

    fn progress(delivery: &Delivery) -> u8 {
        match delivery {
            Waiting => 0,
            Delayed(_) => 1,
            Unconfirmed => 2,
            Sent => 3,
            Failed { .. } | Overtaken => 4,
            Delivered => 5,
            Read => 6,
        }
    }

    #[test]
    fn a_message_is_as_far_as_its_parts_together() {
        let of_two = |left: &[(u16, Delivery)]| Delivery::of_parts(2, left);
        assert_eq!(of_two(&[(1, Delivered)]), None, "the other is still here");
        assert_eq!(of_two(&[(1, Sent), (2, Sent)]), Some(Sent));
        assert_eq!(of_two(&[(2, Delivered), (1, Sent)]), Some(Sent));
        assert_eq!(of_two(&[(1, Delivered), (2, Delivered)]), Some(Delivered));
        assert_eq!(of_two(&[(1, Sent), (2, Read)]), Some(Read));
        assert_eq!(of_two(&[(1, failed()), (2, Delivered)]), None);
        assert_eq!(of_two(&[(1, failed()), (2, Delivered), (1, Delivered)]), Some(Delivered), "it was sent again");
        assert_eq!(Delivery::of_parts(1, &[(1, Delivered)]), Some(Delivered));
        assert_eq!(Delivery::of_parts(0, &[]), None);
    }

    proptest! {
        #[test]
        fn news_of_parts_never_moves_a_message_backwards(
            news in prop::collection::vec((1_u16..4, any_delivery()), 0..40),
        ) {
            let (mut left, mut message) = (Vec::<(u16, Delivery)>::new(), Waiting);
            for (part, news) in news {
                match left.iter_mut().find(|(of, _)| *of == part) {
                    Some((_, known)) if known.accepts(&news) => *known = news,
                    Some(_) => {}
                    None => left.push((part, Sent)),
                }
                let Some(whole) = Delivery::of_parts(3, &left) else { continue };
                if message.accepts(&whole) {
                    prop_assert!(progress(&whole) >= progress(&message));
                    message = whole;
                }
                prop_assert!(left.iter().all(|(_, stage)| progress(stage) >= progress(&Sent)));
            }
        }

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
