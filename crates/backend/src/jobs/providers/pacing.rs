//! Keeping the pace that a provider names, before it has to say that it was too fast. Known to this process only: another
//! one that sends through the same channel is told by the provider.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::channel::{ChannelKind, Pace};
use domain::delivery::Cause;
use domain::id::{ChannelId, RoomId};
use domain::timestamp::Timestamp;

/// Whose pace it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Whose {
    Channel(ChannelId),
    Customer(RoomId),
}

/// How far somebody has come.
#[derive(Clone, Copy, Default)]
struct Walked {
    /// Until when everything that was sent is paid for.
    paid: Option<Timestamp>,
    /// When the last of those that have to wait is to come again: each has a turn of its own, so that they do not all come
    /// for the same one.
    last_turn: Option<Timestamp>,
}

/// How far everybody has come whom a pace holds.
#[derive(Default)]
pub(crate) struct Paces(Mutex<HashMap<Whose, Walked>>);

impl Paces {
    /// One more message is about to leave to the room's customer. Gives for how long it has to wait, and for what, where it
    /// would be too fast; then nothing is counted.
    pub fn step(
        &self,
        kind: ChannelKind,
        channel: ChannelId,
        room: RoomId,
        now: Timestamp,
    ) -> Result<(), (Cause, Duration)> {
        let capabilities = kind.capabilities();
        let held = [
            capabilities.pace.map(|pace| (Whose::Customer(room), pace)),
            capabilities.channel_pace.map(|pace| (Whose::Channel(channel), pace)),
        ];
        if held == [None, None] {
            return Ok(());
        }
        let mut walked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut steps = Vec::with_capacity(held.len());
        for (whose, pace) in held.into_iter().flatten() {
            let before = walked.get(&whose).copied().unwrap_or_default();
            match pace.step(before.paid, now) {
                Ok(paid) => steps.push((whose, Walked { paid: Some(paid), ..before })),
                Err(free) => {
                    let turn = next_turn(pace, before, free);
                    walked.insert(whose, Walked { last_turn: Some(turn), ..before });
                    return Err((whose.cause(), turn.since(now)));
                }
            }
        }
        // Before the table grows, those go who are held by nothing any more.
        if walked.len() + steps.len() > walked.capacity() {
            walked.retain(|_, walked| walked.paid.is_some_and(|paid| paid > now));
        }
        walked.extend(steps);
        Ok(())
    }
}

impl Whose {
    /// What a message that would be too fast waits for.
    const fn cause(self) -> Cause {
        match self {
            Self::Channel(_) => Cause::Limit,
            Self::Customer(_) => Cause::CustomerLimit,
        }
    }
}

fn next_turn(pace: Pace, before: Walked, free: Timestamp) -> Timestamp {
    before.last_turn.map_or(free, |last| last.plus(pace.every).max(free))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use domain::channel::ChannelKind;
    use domain::delivery::Cause;
    use domain::timestamp::Timestamp;

    use super::Paces;
    use crate::clock::new_id;

    const NOW: Timestamp = Timestamp(1_795_348_800_000);

    #[test]
    fn a_customer_to_whom_too_much_is_said_holds_up_nobody_else() {
        let (paces, channel, chatty) = (Paces::default(), new_id(), new_id());
        let leaves = |room| paces.step(ChannelKind::Telegram, channel, room, NOW);
        for _ in 0..5 {
            assert_eq!(leaves(chatty), Ok(()));
        }
        assert_eq!(leaves(chatty), Err((Cause::CustomerLimit, Duration::from_secs(1))));
        assert_eq!(leaves(new_id()), Ok(()));
    }

    #[test]
    fn those_who_wait_for_the_channel_come_one_after_the_other() {
        let (paces, channel) = (Paces::default(), new_id());
        let leaves = |_| paces.step(ChannelKind::Telegram, channel, new_id(), NOW);
        let held: Vec<_> = (0..100).filter_map(|number| leaves(number).err()).collect();
        assert_eq!(held.len(), 70);
        assert!(held.iter().all(|(cause, _)| *cause == Cause::Limit));
        let turns: BTreeSet<_> = held.iter().map(|(_, wait)| wait.as_millis()).collect();
        assert_eq!((turns.len(), turns.last()), (70, Some(&(70 * 34))));
    }

    #[test]
    fn a_channel_without_a_pace_is_never_held_and_nothing_is_remembered_of_it() {
        let (paces, channel, room) = (Paces::default(), new_id(), new_id());
        for _ in 0..1_000 {
            assert_eq!(paces.step(ChannelKind::Messenger, channel, room, NOW), Ok(()));
        }
        assert!(paces.0.lock().expect("not poisoned").is_empty());
    }

    #[test]
    fn who_is_held_by_nothing_any_more_is_forgotten() {
        let (paces, channel) = (Paces::default(), new_id());
        for minute in 0..1_000 {
            let now = NOW.plus(Duration::from_secs(minute * 60));
            assert_eq!(paces.step(ChannelKind::WhatsApp, channel, new_id(), now), Ok(()));
        }
        assert!(paces.0.lock().expect("not poisoned").len() < 10);
    }
}
