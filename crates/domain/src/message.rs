//! What stands in a room's transcript: messages, private notes and thin lines about what happened.

mod content;
mod place;
mod reply;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::channel::TextUnit;
use crate::delivery::Delivery;
use crate::id::{EpisodeId, MessageId, PersonId};
use crate::refused::Refused;
use crate::timestamp::Timestamp;

pub use content::{About, Attachment, Card, Choice, Content, Order, OrderItem, Reacting, Reaction, Was};
pub use place::Place;
pub use reply::{ChosenFile, NewMessage, Reply};

/// One thing in a room's transcript. `position` orders a room for everyone: it starts at 1 and has no gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub position: u32,
    pub episode: EpisodeId,
    pub at: Timestamp,
    pub what: What,
}

/// The three kinds of entry. A note is its own kind, so that nothing that speaks to customers can take one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Message(Message),
    Note(Note),
    /// A change of the room, shown as a thin line.
    Line(Box<Change>),
}

impl What {
    /// The id of a message or note; lines have none.
    #[must_use]
    pub const fn message_id(&self) -> Option<MessageId> {
        match self {
            Self::Message(Message { id, .. }) | Self::Note(Note { id, .. }) => Some(*id),
            Self::Line(_) => None,
        }
    }
}

/// Something said between the customer and our side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub author: Author,
    pub content: Content,
    /// How far it came; `None` on what the customer said.
    pub delivery: Option<Delivery>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// Other words stand in the place of the first ones.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// How many seconds before it came here the customer said it, by the clock of their messenger.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub late_seconds: u32,
}

impl Message {
    /// A message as it was just said.
    #[must_use]
    pub const fn new(id: MessageId, author: Author, content: Content, delivery: Option<Delivery>) -> Self {
        Self { id, author, content, delivery, about: None, reactions: Vec::new(), edited: false, late_seconds: 0 }
    }

    /// Takes what happened to it since: other words, a sign, its deletion, a file that came. Anything else is not
    /// about it, and what was taken back stays so.
    pub fn take(&mut self, change: &Change) {
        match change {
            Change::DeliveryChanged { delivery, .. } => self.delivery = Some(delivery.clone()),
            _ if self.content == Content::Deleted => {}
            Change::MessageEdited { content, .. } => {
                self.content = content.clone();
                self.edited = true;
            }
            Change::PartDeleted { content, .. } => self.lose_parts(content),
            Change::MessageDeleted { .. } => {
                self.content = Content::Deleted;
                self.reactions.clear();
            }
            Change::Reacted { by, emoji, .. } => {
                self.reactions.retain(|reaction| reaction.by != *by);
                self.reactions.extend(emoji.clone().map(|emoji| Reaction { by: *by, emoji }));
            }
            Change::AlbumGrew { place, files: added, text: words, .. } => {
                if let Content::Files { text, files } = &mut self.content
                    && files.len() == usize::from(*place)
                {
                    // What it began with came with its first file.
                    if let Some(first) = files.first_mut().filter(|_| *place == 1) {
                        text.trim().clone_into(&mut first.words);
                    }
                    text.clone_from(words);
                    files.extend(added.iter().cloned());
                }
            }
            Change::FileArrived { place, file, .. } => {
                if let Content::Files { files, .. } = &mut self.content
                    && let Some(attachment) = files.get_mut(usize::from(*place))
                {
                    attachment.take(file);
                }
            }
            _ => {}
        }
    }

    /// Takes back what is deleted in `left`, with its words; the other files stay as they are by now.
    fn lose_parts(&mut self, left: &Content) {
        let (Content::Files { text, files }, Content::Files { text: words, files: left }) = (&mut self.content, left)
        else {
            return;
        };
        text.clone_from(words);
        for (file, left) in files.iter_mut().zip(left).filter(|(_, left)| left.is_deleted()) {
            file.clone_from(left);
        }
    }

    /// The message of the room that it names as the one it answers.
    #[must_use]
    pub const fn answers(&self) -> Option<MessageId> {
        match self.about {
            Some(About::Message(answered)) => Some(answered),
            _ => None,
        }
    }

    /// The change that puts `part`, which belongs to the same album, beside what is here; `None` where one of the two is
    /// no longer files, or never was.
    #[must_use]
    pub fn joined_by(&self, part: &Content) -> Option<Change> {
        let (Content::Files { text, files }, Content::Files { text: more, files: added }) = (&self.content, part)
        else {
            return None;
        };
        let words = [text.trim(), more.trim()].into_iter().filter(|words| !words.is_empty());
        let place = u16::try_from(files.len()).ok()?;
        let text = words.collect::<Vec<_>>().join("\n");
        let mut added = added.clone();
        if let Some(first) = added.first_mut() {
            more.trim().clone_into(&mut first.words);
        }
        Some(Change::AlbumGrew { message: self.id, place, files: added, text })
    }

    /// Whether `change` is news to it.
    #[must_use]
    pub fn would_take(&self, change: &Change) -> bool {
        let mut after = self.clone();
        after.take(change);
        after != *self
    }
}

const fn is_zero(seconds: &u32) -> bool {
    *seconds == 0
}

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    Customer,
    /// The channel's bot, by the name it had.
    Bot(String),
    Person(PersonId),
    /// The product itself: an away line, a feedback request.
    Switchboard,
}

impl Author {
    #[must_use]
    pub const fn is_customer(&self) -> bool {
        matches!(self, Self::Customer)
    }

    /// Whether a person of ours said it; only then is the customer answered.
    #[must_use]
    pub const fn is_person(&self) -> bool {
        matches!(self, Self::Person(_))
    }
}

/// A private note: only our side ever sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub id: MessageId,
    pub by: PersonId,
    pub text: String,
}

/// The longest private note, in characters.
pub const NOTE_MAX: usize = 10_000;

/// `text` as every database keeps it: without NUL, which PostgreSQL refuses.
#[must_use]
pub fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}

/// Makes `text` [`storable`], trims it, and refuses it when nothing is left or more than `max` characters are.
///
/// # Errors
/// [`Refused::Empty`] or [`Refused::TooLong`], naming `field`.
pub fn checked(field: &str, text: &str, max: usize) -> Result<String, Refused> {
    let text = storable(text);
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(Refused::Empty { field: field.into() });
    }
    if length > max {
        let unit = TextUnit::Characters.label().into();
        return Err(Refused::TooLong { field: field.into(), length, max, unit });
    }
    Ok(text.into())
}

/// A line for a list: who spoke last and the first words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The message or note it shows; what happens to that one is seen in the list as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<MessageId>,
    pub speaker: Speaker,
    /// At most [`PREVIEW_MAX`] characters, on one line.
    pub text: String,
}

/// Who a preview names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    Customer,
    Bot,
    Person(PersonId),
    Switchboard,
    Note(PersonId),
}

/// The longest preview, in characters.
pub const PREVIEW_MAX: usize = 120;

impl Preview {
    /// The first words of `text`, folded into one line.
    #[must_use]
    pub fn new(speaker: Speaker, text: &str) -> Self {
        let folded = text.split_whitespace().flat_map(|word| [" ", word]).skip(1).flat_map(str::chars);
        Self { of: None, speaker, text: folded.take(PREVIEW_MAX).collect() }
    }

    /// Shows these words from now on, when it shows `message`.
    pub(crate) fn retell(&mut self, message: MessageId, content: &Content) {
        if self.of == Some(message) {
            *self = Self { of: self.of, ..Self::new(self.speaker.clone(), content.text()) };
        }
    }

    #[must_use]
    pub fn of_message(message: &Message) -> Self {
        let speaker = match &message.author {
            Author::Customer => Speaker::Customer,
            Author::Bot(_) => Speaker::Bot,
            Author::Person(id) => Speaker::Person(*id),
            Author::Switchboard => Speaker::Switchboard,
        };
        Self { of: Some(message.id), ..Self::new(speaker, message.content.text()) }
    }

    #[must_use]
    pub fn of_note(note: &Note) -> Self {
        Self { of: Some(note.id), ..Self::new(Speaker::Note(note.by), &note.text) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Preview, Speaker, checked};
    use crate::refused::Refused;

    #[test]
    fn checked_words_can_be_stored() {
        assert_eq!(checked("note", "\0 a\0b", 2).as_deref(), Ok("ab"));
        assert_eq!(checked("note", "\0", 2), Err(Refused::Empty { field: "note".into() }));
    }

    #[test]
    fn a_preview_is_one_short_line() {
        let preview = Preview::new(Speaker::Customer, "  two\nlines   here ");
        assert_eq!(preview.text, "two lines here");
        assert_eq!(Preview::new(Speaker::Customer, &"x ".repeat(500)).text.chars().count(), 120);
    }
}
