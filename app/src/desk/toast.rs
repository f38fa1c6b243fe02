//! Short words about what just happened, and what one can do about it. They go by themselves.

use std::time::Duration;

use domain::id::{PersonId, RoomId};
use domain::room::Parted;
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::clock::{long_span, now};
use crate::desk::Store;

/// How long a toast without an offer stays.
const SHOWN: Duration = Duration::from_secs(6);

/// How long a warning stays.
const WARNED: Duration = Duration::from_secs(30);

/// How long it is told what happened while nobody was told anything.
const DIGEST_SHOWN: Duration = Duration::from_secs(60);

/// One message at the edge of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub number: u32,
    pub words: String,
    pub is_problem: bool,
    pub offers: Vec<Offer>,
}

/// What a toast lets one do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Take back the status change of this room.
    Undo(RoomId),
    /// Go to this room.
    Show(RoomId),
    /// Go to this room, which a colleague holds.
    Watch(RoomId),
    /// Join the colleague who holds it.
    Join(RoomId),
    /// Take it from them.
    TakeOver(RoomId),
    /// Give it to whoever asked for it.
    Give(RoomId, PersonId),
    /// Keep it, whoever asked for it.
    Keep(RoomId),
}

/// The toasts on screen.
#[derive(Debug, Default)]
pub struct Toasts {
    pub shown: Vec<Toast>,
    last: u32,
}

impl Toasts {
    /// Adds one, in the place of one that says the same, and gives its number. No other ever has that number: what ends
    /// the time of one takes no later one away.
    fn add(&mut self, words: String, is_problem: bool, offers: Vec<Offer>) -> u32 {
        self.last += 1;
        self.shown.retain(|toast| toast.words != words);
        self.shown.push(Toast { number: self.last, words, is_problem, offers });
        self.last
    }

    fn dismiss(&mut self, number: u32) {
        self.shown.retain(|toast| toast.number != number);
    }
}

impl Store {
    /// Says that something was done.
    pub fn say(self, words: impl Into<String>) {
        self.show_toast(words.into(), false, Vec::new(), SHOWN);
    }

    /// Says that something did not work.
    pub fn complain(self, words: impl Into<String>) {
        self.show_toast(words.into(), true, Vec::new(), SHOWN);
    }

    /// Says that a room whose customer waits comes near its end.
    pub fn warn(self, room: RoomId, name: &str, at: Timestamp) {
        let left = long_span(at.since(now()));
        self.show_toast(
            format!("{name} still waits: the chat expires in {left}."),
            true,
            vec![Offer::Show(room)],
            WARNED,
        );
    }

    /// Says how much came to its end while nobody could warn of it.
    pub fn tell_expired(self, expired: u32, unanswered: u32) {
        self.show_toast(expired_words(expired, unanswered), unanswered > 0, Vec::new(), DIGEST_SHOWN);
    }

    /// Says what became of one's rooms when one went offline; nothing when there were none.
    pub fn say_parted(self, parted: Parted) {
        if parted != Parted::default() {
            self.say(parted_words(parted));
        }
    }

    /// Takes a toast away.
    pub fn dismiss(self, number: u32) {
        self.toasts.update(|toasts| toasts.dismiss(number));
    }

    pub(super) fn show_toast(self, words: String, is_problem: bool, offers: Vec<Offer>, shown: Duration) {
        if let Some(number) = self.toasts.try_update(|toasts| toasts.add(words, is_problem, offers)) {
            set_timeout(move || self.dismiss(number), shown);
        }
    }
}

fn parted_words(parted: Parted) -> String {
    let chats = |count: u32| if count == 1 { "1 chat".into() } else { format!("{count} chats") };
    let ways = [
        (parted.queued > 0).then(|| format!(" {} went back to the queue.", chats(parted.queued))),
        (parted.given > 0).then(|| format!(" {} went to a colleague.", chats(parted.given))),
        (parted.kept > 0).then(|| format!(" You keep {}.", chats(parted.kept))),
    ];
    format!("You are offline.{}", ways.into_iter().flatten().collect::<String>())
}

fn expired_words(expired: u32, unanswered: u32) -> String {
    let chats = if expired == 1 { "1 chat".into() } else { format!("{expired} chats") };
    let rest = match unanswered {
        0 => String::new(),
        _ if unanswered == expired => ", unanswered".into(),
        _ => format!(", {unanswered} of them unanswered"),
    };
    format!("{chats} expired while Switchboard was not running{rest}.")
}

#[cfg(test)]
mod tests {
    use super::{Parted, Toasts, expired_words, parted_words};

    #[test]
    fn the_time_of_a_toast_that_is_gone_ends_no_later_one() {
        let mut toasts = Toasts::default();
        let first = toasts.add("Link copied.".into(), false, Vec::new());
        toasts.dismiss(first);
        let second = toasts.add("Chat resolved.".into(), false, Vec::new());
        toasts.dismiss(first);
        assert_eq!(toasts.shown.iter().map(|toast| toast.number).collect::<Vec<_>>(), [second]);
    }

    #[test]
    fn a_toast_that_says_the_same_again_stands_once_and_for_its_own_time() {
        let mut toasts = Toasts::default();
        let first = toasts.add("Link copied.".into(), false, Vec::new());
        let again = toasts.add("Link copied.".into(), false, Vec::new());
        toasts.dismiss(first);
        assert_eq!(toasts.shown.iter().map(|toast| toast.number).collect::<Vec<_>>(), [again]);
    }

    #[test]
    fn what_expired_meanwhile_is_told_in_one_number_and_how_much_of_it_was_our_failure() {
        for (expired, unanswered, words) in [
            (37, 5, "37 chats expired while Switchboard was not running, 5 of them unanswered."),
            (2, 0, "2 chats expired while Switchboard was not running."),
            (1, 1, "1 chat expired while Switchboard was not running, unanswered."),
        ] {
            assert_eq!(expired_words(expired, unanswered), words);
        }
    }

    #[test]
    fn who_goes_offline_hears_which_way_each_chat_went() {
        for (parted, words) in [
            (Parted { kept: 0, queued: 3, given: 0 }, "You are offline. 3 chats went back to the queue."),
            (
                Parted { kept: 1, queued: 1, given: 2 },
                "You are offline. 1 chat went back to the queue. 2 chats went to a colleague. You keep 1 chat.",
            ),
        ] {
            assert_eq!(parted_words(parted), words);
        }
    }
}
