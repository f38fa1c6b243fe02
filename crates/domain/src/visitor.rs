//! What a customer in the web chat is shown of their own room. Notes and our own affairs are not in it.

mod mark;

use serde::{Deserialize, Serialize};

use crate::change::{Change, ReturnReason};
use crate::delivery::Delivery;
use crate::media::{MediaKind, StoredFile};
use crate::message::{Attachment, Author, Choice, Content, Entry, Message, Preview, What};
use crate::room::{LiveHandler, Room, State};
use crate::timestamp::Timestamp;

pub use mark::{Mark, Sign};

/// One thing in the customer's transcript. Positions rise but have holes: what is ours alone is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorEntry {
    pub position: u32,
    pub id: String,
    pub at: Timestamp,
    pub author: VisitorAuthor,
    /// Who of our side said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub kind: VisitorKind,
    pub text: String,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Quote>,
    /// How far a message of the customer's own or of ours came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub choices: Vec<Choice>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub files: Vec<VisitorFile>,
    /// Other words stand in the place of the first ones.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub edited: bool,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reactions: Vec<Sign>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
}

/// A message that another one answers, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub id: String,
    pub author: VisitorAuthor,
    /// Who of our side said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub kind: VisitorKind,
    /// Its first words, on one line.
    pub text: String,
}

impl Quote {
    /// Only a message can be answered: a private note is never quoted.
    fn of(entry: &Entry, name_of: impl Fn(crate::id::PersonId) -> Option<String>) -> Option<Self> {
        let What::Message(message) = &entry.what else { return None };
        let VisitorEntry { id, author, name, kind, .. } = message_told(entry, message, name_of);
        Some(Self { id, author, name, kind, text: Preview::of_message(message).text })
    }
}

/// Who said it, from the customer's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitorAuthor {
    You,
    Bot,
    Agent,
    System,
}

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitorKind {
    Text,
    /// Files, with or without words.
    Files,
    /// Taken back by whoever said it.
    Deleted,
    Choices,
    Picked,
    FeedbackRequest,
    FeedbackAnswer,
    Line,
}

/// A file of a message, as the customer's browser fetches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorFile {
    pub id: String,
    pub kind: MediaKind,
    pub name: String,
    pub mime: String,
    pub bytes: u64,
}

impl VisitorFile {
    /// The file, if it is here.
    fn of(attachment: &Attachment) -> Option<Self> {
        let StoredFile { id, name, mime, bytes } = attachment.file.stored()?.clone();
        Some(Self { id: id.to_string(), kind: attachment.kind, name, mime, bytes })
    }
}

/// Who answers in the room now, for the head of the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answering {
    /// `bot`, `queue`, `agent` or `none`.
    pub handler: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Answering {
    /// Who answers in `room`; `name_of` knows people by name, `bot_name` is the channel's.
    #[must_use]
    pub fn in_room(
        room: &Room,
        bot_name: Option<&str>,
        name_of: impl Fn(crate::id::PersonId) -> Option<String>,
    ) -> Self {
        let (handler, name) = match room.state {
            State::Live { handler: LiveHandler::Bot } => ("bot", bot_name.map(str::to_owned)),
            State::Live { handler: LiveHandler::Queue } => ("queue", None),
            State::Assigned { to, .. } => ("agent", name_of(to)),
            State::Archived { .. } => ("none", None),
        };
        Self { handler: handler.into(), name }
    }
}

/// Up to which position a customer who comes back has read, as far as `entries` tell, their newest ones: to the last of
/// our messages that was in their sight, or to what stands before all of `entries`.
#[must_use]
pub fn read_up_to(entries: &[Entry]) -> u32 {
    let is_read = |entry: &&Entry| matches!(&entry.what, What::Message(Message { delivery: Some(delivery), .. }) if *delivery == Delivery::Read);
    let before_all = entries.first().map_or(0, |entry| entry.position.saturating_sub(1));
    entries.iter().rev().find(is_read).map_or(before_all, |entry| entry.position)
}

/// Up to which position our side has read what the customer wrote, as far as `entries` tell, the room's newest ones:
/// `unseen` of the customer's messages were not, unless a person has answered after them.
#[must_use]
pub fn seen_up_to(entries: &[Entry], unseen: u32) -> u32 {
    let said = |entry: &Entry, is_by: fn(&Author) -> bool| matches!(&entry.what, What::Message(message) if is_by(&message.author));
    let answered = entries.iter().rev().find(|entry| said(entry, |author| matches!(author, Author::Person(_))));
    let mut theirs = entries.iter().rev().filter(|entry| said(entry, Author::is_customer));
    let seen = match unseen.checked_sub(1) {
        None => entries.last().map(|entry| entry.position),
        Some(later) => theirs.nth(later as usize).map(|entry| entry.position.saturating_sub(1)),
    };
    seen.max(answered.map(|entry| entry.position)).unwrap_or(0)
}

/// The entry as the customer sees it; `None` for what is ours alone. `answered` is the entry of the message that it
/// answers, if it names one; `name_of` knows people by name.
#[must_use]
pub fn told(
    entry: &Entry,
    answered: Option<&Entry>,
    name_of: impl Fn(crate::id::PersonId) -> Option<String>,
) -> Option<VisitorEntry> {
    match &entry.what {
        What::Message(message) => {
            let reply_to = answered.and_then(|answered| Quote::of(answered, &name_of));
            Some(VisitorEntry { reply_to, ..message_told(entry, message, &name_of) })
        }
        What::Note(_) => None,
        What::Line(change) => line(change, name_of).map(|text| VisitorEntry {
            position: entry.position,
            id: format!("line-{}", entry.position),
            at: entry.at,
            author: VisitorAuthor::System,
            name: None,
            kind: VisitorKind::Line,
            text,
            reply_to: None,
            stage: None,
            choices: Vec::new(),
            files: Vec::new(),
            edited: false,
            reactions: Vec::new(),
            feedback: None,
            score: None,
        }),
    }
}

fn message_told(
    entry: &Entry,
    message: &Message,
    name_of: impl Fn(crate::id::PersonId) -> Option<String>,
) -> VisitorEntry {
    let (author, name) = match &message.author {
        Author::Customer => (VisitorAuthor::You, None),
        Author::Bot(name) => (VisitorAuthor::Bot, Some(name.clone())),
        Author::Person(person) => (VisitorAuthor::Agent, name_of(*person)),
        Author::Switchboard => (VisitorAuthor::System, None),
    };
    let (kind, choices, feedback, score) = match &message.content {
        Content::Text(_)
        | Content::Place(_)
        | Content::Cards(_)
        | Content::Order(_)
        | Content::Shared { .. }
        | Content::Template(_)
        | Content::Unsupported { .. } => (VisitorKind::Text, Vec::new(), None, None),
        Content::Files { .. } => (VisitorKind::Files, Vec::new(), None, None),
        Content::Deleted => (VisitorKind::Deleted, Vec::new(), None, None),
        Content::Choices { choices, .. } => (VisitorKind::Choices, choices.clone(), None, None),
        Content::Picked { .. } => (VisitorKind::Picked, Vec::new(), None, None),
        Content::FeedbackRequest { id, .. } => (VisitorKind::FeedbackRequest, Vec::new(), Some(id.to_string()), None),
        Content::FeedbackAnswer { id, score, .. } => {
            (VisitorKind::FeedbackAnswer, Vec::new(), Some(id.to_string()), Some(*score))
        }
    };
    VisitorEntry {
        position: entry.position,
        id: message.id.to_string(),
        at: entry.at,
        author,
        name,
        kind,
        text: match &message.content {
            Content::FeedbackAnswer { comment, .. } => comment.clone().unwrap_or_default(),
            Content::Files { text, .. } => text.clone(),
            content => content.text().into(),
        },
        reply_to: None,
        stage: stage(message.delivery.as_ref()),
        choices,
        files: message.content.files().iter().filter_map(VisitorFile::of).collect(),
        edited: message.edited,
        reactions: message.reactions.iter().map(Sign::of).collect(),
        feedback,
        score,
    }
}

/// The stage in the customer's words: what they wrote has arrived once it is saved.
fn stage(delivery: Option<&Delivery>) -> Option<String> {
    let word = match delivery {
        None => "sent",
        Some(delivery @ (Delivery::Sent | Delivery::Delivered | Delivery::Read)) => delivery.word(),
        Some(
            Delivery::Waiting
            | Delivery::Delayed(_)
            | Delivery::Failed { .. }
            | Delivery::Unconfirmed
            | Delivery::Overtaken,
        ) => "sent",
    };
    Some(word.into())
}

/// The few changes a customer is told of.
fn line(change: &Change, name_of: impl Fn(crate::id::PersonId) -> Option<String>) -> Option<String> {
    let joined = |person| format!("{} joined the chat", name_of(person).unwrap_or_else(|| "A colleague".into()));
    match change {
        Change::Entered { by } | Change::Reopened { by } | Change::ReopenedAnew { by, .. } => Some(joined(*by)),
        Change::Assigned { to, .. } => Some(joined(*to)),
        Change::HandedOff { .. } | Change::ReturnedToQueue { reason: ReturnReason::Given, .. } => {
            Some("You will talk to a person soon".into())
        }
        Change::ReturnedToQueue { .. } => Some("Somebody else will be with you soon".into()),
        Change::Closed { .. } | Change::Ended | Change::Expired { .. } => Some("This conversation has ended".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{VisitorAuthor, VisitorKind, read_up_to, seen_up_to, told};
    use crate::change::Change;
    use crate::delivery::Delivery;
    use crate::id::{EpisodeId, MessageId, PersonId};
    use crate::message::{Author, Content, Entry, Message, Note, What};
    use crate::timestamp::Timestamp;

    const PRIYA: PersonId = PersonId::from_number(1);

    fn entry(what: What) -> Entry {
        Entry { position: 3, episode: EpisodeId::from_number(2), at: Timestamp(5), what }
    }

    #[test]
    fn a_private_note_is_never_told_to_the_customer() {
        let note = Note { id: MessageId::from_number(9), by: PRIYA, text: "a difficult one".into() };
        let noted = entry(What::Note(note));
        assert_eq!(told(&noted, None, |_| None), None);
        let answer = told(&said(4, Author::Person(PRIYA), None), Some(&noted), |_| None).expect("a message is told");
        assert_eq!(answer.reply_to, None);
    }

    #[test]
    fn the_comment_of_a_status_change_is_never_told_to_the_customer() {
        let change = Change::MarkedCritical { by: PRIYA, comment: Some("threatens to sue".into()), feedback: false };
        assert_eq!(told(&entry(What::Line(Box::new(change))), None, |_| None), None);
    }

    fn said(position: u32, author: Author, delivery: Option<Delivery>) -> Entry {
        let id = MessageId::from_number(u128::from(position));
        let message = Message::new(id, author, Content::Text("hi".into()), delivery);
        Entry { position, ..entry(What::Message(message)) }
    }

    #[test]
    fn whoever_comes_back_has_read_up_to_the_last_of_our_messages_they_saw() {
        let ours = |position, delivery| said(position, Author::Person(PRIYA), Some(delivery));
        let talk = [
            said(4, Author::Customer, None),
            ours(5, Delivery::Read),
            said(6, Author::Customer, None),
            ours(7, Delivery::Delivered),
        ];

        assert_eq!(read_up_to(&talk), 5);
        assert_eq!(read_up_to(&talk[2..]), 5, "only what stands in the entries is unread");
        assert_eq!(read_up_to(&talk[..1]), 3);
        assert_eq!(read_up_to(&[]), 0);
    }

    #[test]
    fn what_the_customer_wrote_is_read_up_to_what_the_holder_saw_or_a_person_answered() {
        let theirs = |position| said(position, Author::Customer, None);
        let talk = [
            theirs(1),
            said(2, Author::Bot("Assistant".into()), Some(Delivery::Read)),
            theirs(3),
            said(4, Author::Person(PRIYA), Some(Delivery::Sent)),
            theirs(5),
            theirs(6),
        ];

        assert_eq!([0, 1, 2].map(|unseen| seen_up_to(&talk, unseen)), [6, 5, 4]);
        assert_eq!(seen_up_to(&talk, 4), 4, "whoever answers has read");
        assert_eq!(seen_up_to(&talk[..3], 2), 0);
        assert_eq!((seen_up_to(&talk[..3], 9), seen_up_to(&[], 0)), (0, 0));
    }

    #[test]
    fn an_answer_shows_the_first_words_of_what_it_answers_and_who_said_them() {
        let long = Content::Text(format!("Is it\n open? {}", "x".repeat(200)));
        let Entry { what: What::Message(message), .. } = said(1, Author::Person(PRIYA), None) else { panic!("words") };
        let mut answered = entry(What::Message(Message { content: long, ..message }));
        let quote = |answered: &Entry| {
            let told = told(&said(2, Author::Customer, None), Some(answered), |_| Some("Priya".into()));
            told.and_then(|entry| entry.reply_to).expect("it answers")
        };

        let shown = quote(&answered);
        assert_eq!((shown.author, shown.name.as_deref()), (VisitorAuthor::Agent, Some("Priya")));
        assert!(shown.text.starts_with("Is it open? x") && shown.text.chars().count() == 120, "{}", shown.text);
        if let What::Message(message) = &mut answered.what {
            message.content = Content::Deleted;
        }
        assert_eq!(quote(&answered).kind, VisitorKind::Deleted, "words that were taken back are quoted nowhere");
    }

    #[test]
    fn the_customer_hears_who_joined() {
        let line = entry(What::Line(Box::new(Change::Entered { by: PRIYA })));
        let heard = told(&line, None, |_| Some("Priya".into())).map(|entry| entry.text);
        assert_eq!(heard.as_deref(), Some("Priya joined the chat"));
    }
}
