//! How a transcript is laid out: days, groups of one speaker, thin lines, ends of episodes.

use std::time::Duration;

use domain::change::Change;
use domain::desk::Outgoing;
use domain::id::{MessageId, PersonId};
use domain::message::{Author, Entry, What};
use domain::timestamp::{Timestamp, minutes};

/// One speaker's words within this belong together.
const GROUP: Duration = minutes(2);

/// One thing in the transcript's column, by what tells it apart from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// A new day begins.
    Day(Timestamp),
    /// What comes after it was not seen before the room was opened.
    New,
    /// A message or note; `first` of its group carries name and time.
    Said { id: MessageId, first: bool },
    /// A thin line.
    Line(u32),
    /// An episode ended.
    End(u32),
}

/// Who spoke, as groups see it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    Customer,
    Bot,
    Switchboard,
    Person(PersonId),
    Note(PersonId),
}

/// Lays out `entries` and, after them, what is still on its way. `new` is the first of what was not seen before; `day_of`
/// numbers the reader's days.
pub fn lay_out<'a>(
    entries: &[Entry],
    outbox: impl Iterator<Item = &'a Outgoing>,
    new: Option<MessageId>,
    day_of: impl Fn(Timestamp) -> i64,
) -> Vec<Item> {
    let mut column = Column { items: Vec::with_capacity(entries.len() + 8), new, any: false, day: None, last: None };
    for entry in entries {
        column.add(entry.at, &entry.what, entry.position, &day_of);
    }
    for outgoing in outbox {
        column.add(outgoing.at, &outgoing.what, 0, &day_of);
    }
    column.items
}

struct Column {
    items: Vec<Item>,
    new: Option<MessageId>,
    /// Whether anything was said yet.
    any: bool,
    day: Option<i64>,
    last: Option<(Voice, Timestamp)>,
}

impl Column {
    fn add(&mut self, at: Timestamp, what: &What, position: u32, day_of: &impl Fn(Timestamp) -> i64) {
        let day = day_of(at);
        if self.day != Some(day) {
            self.items.push(Item::Day(at));
            self.day = Some(day);
            self.last = None;
        }
        let (voice, id) = match what {
            What::Line(change) => {
                let is_end = matches!(**change, Change::Closed { .. } | Change::Ended | Change::Expired { .. });
                self.items.push(if is_end { Item::End(position) } else { Item::Line(position) });
                self.last = None;
                return;
            }
            What::Message(message) => (voice_of(&message.author), message.id),
            What::Note(note) => (Voice::Note(note.by), note.id),
        };
        // Where all is new, nothing needs to say so.
        if self.any && self.new == Some(id) {
            self.items.push(Item::New);
            self.last = None;
        }
        self.any = true;
        let first = self.last.is_none_or(|(before, since)| before != voice || at.since(since) > GROUP);
        self.items.push(Item::Said { id, first });
        self.last = Some((voice, at));
    }
}

const fn voice_of(author: &Author) -> Voice {
    match author {
        Author::Customer => Voice::Customer,
        Author::Bot(_) => Voice::Bot,
        Author::Switchboard => Voice::Switchboard,
        Author::Person(person) => Voice::Person(*person),
    }
}

#[cfg(test)]
mod tests {
    use domain::episode::Outcome;
    use domain::id::EpisodeId;
    use domain::message::{Content, Message};

    use super::*;

    const DAY: i64 = 86_400_000;

    fn said(position: u32, at: i64, author: Author) -> Entry {
        let id = MessageId::from_number(position.into());
        let what = What::Message(Message::new(id, author, Content::Text("hi".into()), None));
        Entry { position, episode: EpisodeId::from_number(1), at: Timestamp(at), what }
    }

    fn line(position: u32, at: i64, change: Change) -> Entry {
        Entry { position, episode: EpisodeId::from_number(1), at: Timestamp(at), what: What::Line(Box::new(change)) }
    }

    fn laid_out(entries: &[Entry]) -> Vec<Item> {
        laid_out_from(entries, None)
    }

    fn laid_out_from(entries: &[Entry], new: Option<u128>) -> Vec<Item> {
        lay_out(entries, std::iter::empty(), new.map(MessageId::from_number), |at| at.0.div_euclid(DAY))
    }

    fn first(position: u128) -> Item {
        Item::Said { id: MessageId::from_number(position), first: true }
    }

    fn next(position: u128) -> Item {
        Item::Said { id: MessageId::from_number(position), first: false }
    }

    #[test]
    fn one_speakers_words_within_two_minutes_are_one_group() {
        let items = laid_out(&[
            said(1, 0, Author::Customer),
            said(2, 60_000, Author::Customer),
            said(3, 61_000, Author::Bot("Bot".into())),
            said(4, 300_000, Author::Bot("Bot".into())),
        ]);
        assert_eq!(items, [Item::Day(Timestamp(0)), first(1), next(2), first(3), first(4)]);
    }

    #[test]
    fn what_is_new_is_told_from_what_was_seen_and_from_nothing_else() {
        let said = [said(1, 0, Author::Customer), said(2, 1_000, Author::Customer), said(3, 2_000, Author::Customer)];
        assert_eq!(laid_out_from(&said, Some(2)), [Item::Day(Timestamp(0)), first(1), Item::New, first(2), next(3)]);
        assert_eq!(laid_out_from(&said, Some(1)), laid_out(&said));
    }

    #[test]
    fn a_new_day_and_a_line_both_end_a_group() {
        let entered = Change::Entered { by: PersonId::from_number(5) };
        let items = laid_out(&[
            said(1, DAY - 1_000, Author::Customer),
            said(2, DAY, Author::Customer),
            line(3, DAY, entered),
            said(4, DAY + 1, Author::Customer),
        ]);
        let days = (Item::Day(Timestamp(DAY - 1_000)), Item::Day(Timestamp(DAY)));
        assert_eq!(items, [days.0, first(1), days.1, first(2), Item::Line(3), first(4)]);
    }

    #[test]
    fn an_episode_ends_with_more_than_a_line() {
        let by = PersonId::from_number(5);
        let closed = Change::Closed { outcome: Outcome::Resolved, by, comment: None, reason: None, feedback: false };
        assert_eq!(laid_out(&[line(1, 0, closed)]), [Item::Day(Timestamp(0)), Item::End(1)]);
    }
}
