//! Why a message of ours that could leave is still here, and until when, for whoever reads the room.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::channel::{Channel, ChannelKind};
use crate::delivery::Delivery;
use crate::id::MessageId;
use crate::message::{Entry, What};
use crate::timestamp::Timestamp;

/// What a message waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An admin paused the channel.
    Paused,
    /// The provider takes nothing from the channel until an admin has mended it.
    Stopped,
    /// The provider takes no more from the channel for now.
    Limit,
    /// The provider takes no more for this customer for now.
    CustomerLimit,
    /// The provider does not answer.
    Outage,
}

/// A wait that is long enough to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delay {
    pub cause: Cause,
    /// When it is tried again; `None` where no clock ends the wait.
    pub until: Option<Timestamp>,
}

/// What is over sooner is over before anybody has read why.
const TOLD_FROM: Duration = Duration::from_secs(5);

impl Delay {
    /// The wait that begins `now`, if it is worth a word.
    #[must_use]
    pub fn of(cause: Cause, now: Timestamp, until: Timestamp) -> Option<Self> {
        match cause {
            Cause::Paused | Cause::Stopped => Some(Self { cause, until: None }),
            Cause::Limit | Cause::CustomerLimit | Cause::Outage => {
                (until.since(now) >= TOLD_FROM).then_some(Self { cause, until: Some(until) })
            }
        }
    }

    /// Whether what it waits for still stands in the way, as far as the `channel` as it is now tells.
    #[must_use]
    pub const fn holds(self, channel: &Channel) -> bool {
        match self.cause {
            Cause::Paused => channel.paused,
            Cause::Stopped => channel.trouble.is_some(),
            Cause::Limit | Cause::CustomerLimit | Cause::Outage => true,
        }
    }

    /// The words under a bubble on a channel of this `kind`; a moment is written by `time`.
    #[must_use]
    pub fn words(self, kind: ChannelKind, time: impl Fn(Timestamp) -> String) -> String {
        let kind = kind.label();
        let (why, then) = match self.cause {
            Cause::Paused => ("the channel is paused".to_owned(), "tried again"),
            Cause::Stopped => ("an admin must mend the channel".into(), "tried again"),
            Cause::Limit => (format!("{kind} takes no more for now"), "leaves"),
            Cause::CustomerLimit => (format!("{kind} takes no more for this customer for now"), "leaves"),
            Cause::Outage => (format!("{kind} does not answer"), "tried again"),
        };
        let then = self.until.map(|until| format!("; {then} about {}", time(until))).unwrap_or_default();
        format!("Waiting: {why}{then}")
    }

    /// The words in a column.
    #[must_use]
    pub fn to_column(self) -> String {
        let cause = match self.cause {
            Cause::Paused => "paused",
            Cause::Stopped => "stopped",
            Cause::Limit => "limit",
            Cause::CustomerLimit => "customer_limit",
            Cause::Outage => "outage",
        };
        self.until.map_or_else(|| cause.into(), |until| format!("{cause} {}", until.0))
    }

    /// The wait that a column's words tell.
    #[must_use]
    pub fn from_column(words: &str) -> Option<Self> {
        let (cause, until) = words.split_once(' ').map_or((words, None), |(cause, until)| (cause, Some(until)));
        let cause = match cause {
            "paused" => Cause::Paused,
            "stopped" => Cause::Stopped,
            "limit" => Cause::Limit,
            "customer_limit" => Cause::CustomerLimit,
            "outage" => Cause::Outage,
            _ => return None,
        };
        Some(Self { cause, until: until.and_then(|until| until.parse().ok()).map(Timestamp) })
    }
}

static WAITING: Delivery = Delivery::Waiting;

/// How far the message `id` of a transcript has come, as its bubble shows it; `None` for what is none of ours. A room's
/// messages leave in their order, so that one waits for what the one before it waits for; and what waited for an admin is
/// on its way as soon as the `channel` goes on.
#[must_use]
pub fn shown<'a>(entries: &'a [Entry], id: MessageId, channel: Option<&Channel>) -> Option<&'a Delivery> {
    let waits = |delivery: &Delivery| match delivery {
        Delivery::Delayed(delay) => channel.is_none_or(|channel| delay.holds(channel)),
        _ => false,
    };
    let at = entries.iter().rposition(|entry| entry.what.message_id() == Some(id))?;
    let own = delivery_of(entries.get(at)?)?;
    if waits(own) || !matches!(own, Delivery::Waiting | Delivery::Delayed(_)) {
        return Some(own);
    }
    let mut before = entries.iter().take(at).rev().filter_map(delivery_of);
    Some(before.find(|delivery| waits(delivery)).unwrap_or(&WAITING))
}

const fn delivery_of(entry: &Entry) -> Option<&Delivery> {
    match &entry.what {
        What::Message(message) => message.delivery.as_ref(),
        What::Note(_) | What::Line(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, Delay, shown};
    use crate::channel::{Channel, ChannelKind};
    use crate::delivery::Delivery::{self, Delayed, Sent, Waiting};
    use crate::feedback::FeedbackRule;
    use crate::id::{ChannelId, EpisodeId, MessageId};
    use crate::message::{Author, Content, Entry, Message, What};
    use crate::timestamp::Timestamp;

    const CAUSES: [Cause; 5] = [Cause::Paused, Cause::Stopped, Cause::Limit, Cause::CustomerLimit, Cause::Outage];

    #[test]
    fn a_bubble_says_what_its_message_waits_for_and_until_when() {
        let words = |cause| {
            let delay = Delay::of(cause, Timestamp(0), Timestamp(60_000)).expect("a minute is worth a word");
            delay.words(ChannelKind::X, |until| format!("14:{:02}", until.0 / 1_000))
        };
        let told = [
            "Waiting: the channel is paused",
            "Waiting: an admin must mend the channel",
            "Waiting: X takes no more for now; leaves about 14:60",
            "Waiting: X takes no more for this customer for now; leaves about 14:60",
            "Waiting: X does not answer; tried again about 14:60",
        ];
        assert_eq!(CAUSES.map(words), told);
    }

    #[test]
    fn what_is_over_at_once_is_not_told() {
        assert_eq!(Delay::of(Cause::Outage, Timestamp(0), Timestamp(4_999)), None);
        assert!(Delay::of(Cause::Outage, Timestamp(0), Timestamp(5_000)).is_some());
        assert!(Delay::of(Cause::Paused, Timestamp(0), Timestamp(0)).is_some());
    }

    #[test]
    fn a_wait_is_read_as_it_was_written() {
        for cause in CAUSES {
            for until in [None, Some(Timestamp(1_795_342_500_000))] {
                let delay = Delay { cause, until };
                assert_eq!(Delay::from_column(&delay.to_column()), Some(delay));
            }
        }
    }

    #[test]
    fn a_message_waits_for_what_the_one_before_it_waits_for() {
        let paused = Delayed(Delay { cause: Cause::Paused, until: None });
        let said = [Some(Sent), Some(paused.clone()), None, Some(Waiting)];
        let entries: Vec<Entry> = said.into_iter().zip(1..).map(|(delivery, number)| entry(number, delivery)).collect();
        let shown = |number: u32| shown(&entries, MessageId::from_number(number.into()), None).cloned();
        assert_eq!([shown(1), shown(2), shown(3), shown(4)], [Some(Sent), Some(paused.clone()), None, Some(paused)]);
    }

    #[test]
    fn what_waited_for_an_admin_is_on_its_way_as_soon_as_the_channel_goes_on() {
        let waits = |cause| Delayed(Delay { cause, until: None });
        let paused = Channel { paused: true, ..channel() };
        let stopped = Channel { trouble: Some("An admin must look.".into()), ..channel() };
        for (cause, held) in [(Cause::Paused, &paused), (Cause::Stopped, &stopped)] {
            let entries = [entry(1, Some(waits(cause))), entry(2, Some(Waiting))];
            let both = |channel: &Channel| {
                [1, 2].map(|number| shown(&entries, MessageId::from_number(number), Some(channel)).cloned())
            };
            assert_eq!(both(held), [Some(waits(cause)), Some(waits(cause))]);
            assert_eq!(both(&channel()), [Some(Waiting), Some(Waiting)]);
        }
        let limited = [entry(1, Some(waits(Cause::Limit)))];
        assert_eq!(shown(&limited, MessageId::from_number(1), Some(&channel())), Some(&waits(Cause::Limit)));
    }

    fn channel() -> Channel {
        Channel {
            id: ChannelId::from_number(1),
            kind: ChannelKind::WhatsApp,
            name: "Acme".into(),
            team: None,
            flow: None,
            bot_name: None,
            expires_after_millis: None,
            feedback: FeedbackRule::default(),
            paused: false,
            trouble: None,
            spent: Vec::new(),
            limited_until: None,
        }
    }

    fn entry(position: u32, delivery: Option<Delivery>) -> Entry {
        let (id, content) = (MessageId::from_number(position.into()), Content::Text("hi".into()));
        let what = What::Message(Message::new(id, Author::Switchboard, content, delivery));
        Entry { position, episode: EpisodeId::from_number(1), at: Timestamp(0), what }
    }
}
