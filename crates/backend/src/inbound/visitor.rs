//! The web chat's customer: what they write and pick, how far they have read, and their own transcript.

mod marks;

use std::collections::BTreeMap;

use domain::channel::{Channel, ChannelKind};
use domain::delivery::Delivery;
use domain::id::{FeedbackId, MessageId};
use domain::message::{About, Author, ChosenFile, Content, Entry, Message, Reply, What, checked};
use domain::policy::COMMENT_MAX;
use domain::refused::Refused;
use domain::room::Room;
use domain::visitor::seen_up_to;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::feedback::{self, Answer};
use crate::inbound::rows;
use crate::inbound::said::{self, Words};
use crate::media;
use crate::messages;
use crate::messages::rows as entries;
use crate::rooms::{find_seen, rows as room_rows};
use crate::sweeper::expiry;
use crate::visitors::{self, VisitorSession};
use crate::writer::{Command, Reads, Tx};

pub use marks::visitor_marks;

/// The longest id or title of a picked answer, in characters.
const PICK_MAX: usize = 200;

/// How many of our messages one call confirms, the newest first.
const CONFIRMED: u64 = 100;

/// What a visitor sends. The browser made `id`: the same message again is the same entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitorMessage {
    pub id: MessageId,
    /// The message of their room that it answers.
    pub reply_to: Option<MessageId>,
    pub said: Said,
}

/// What a visitor can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Text(String),
    /// Uploaded files, with words beside them or none.
    Files {
        text: String,
        files: Vec<ChosenFile>,
    },
    /// One of the offered answers.
    Pick {
        id: String,
        title: String,
    },
    /// The form's answer: 1 (bad) to 5 (good).
    Feedback {
        id: FeedbackId,
        score: u8,
        comment: Option<String>,
    },
}

/// Takes what the visitor says into their room, which begins with their first words.
///
/// # Errors
/// The words break a limit; the channel is paused; [`Refused::SentDifferently`] when the id was used for other words;
/// [`Refused::NotFound`] for a feedback request that is not theirs or no longer open; it answers what is no message of
/// their room.
pub async fn visitor_writes(backend: &Backend, session: &VisitorSession, message: VisitorMessage) -> Result<Entry> {
    backend.run(Write { session: *session, message }).await
}

struct Write {
    session: VisitorSession,
    message: VisitorMessage,
}

impl Command for Write {
    type Output = Entry;

    fn reads(&self) -> Option<Reads> {
        let VisitorSession { channel, customer } = self.session;
        Some(Reads { channel, customer, message: self.message.id })
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Entry> {
        let id = self.message.id;
        let channel = web_channel(tx, &self.session)?;
        let content = match &self.message.said {
            Said::Files { text, files } => {
                let attachments = media::attachments(tx.db, files).await?;
                Reply::check_files(channel.kind, text, attachments)?.into_content()
            }
            said => checked_content(said, channel.kind)?,
        };
        let customer = tx.customer(self.session.customer).await?.ok_or(Refused::NotFound)?;
        if customer.blocked {
            return Err(Refused::not_allowed("write here").into());
        }
        let mut room = said::room_of(tx, &channel, &customer).await?;
        let about = self.message.reply_to.map(About::Message);
        if let Some((place, entry)) = tx.said(id).await? {
            let is_same = place == room.id && says(&entry, &content, about.as_ref());
            return if is_same { Ok(entry) } else { Err(Refused::SentDifferently.into()) };
        }
        if channel.paused {
            return Err(visitors::closed().into());
        }
        if let Some(answered) = self.message.reply_to {
            messages::check_answered(tx, room.id, answered).await?;
        }
        expiry::end_first(tx, &mut room).await?;
        let answer = match &content {
            Content::FeedbackAnswer { id, score, comment } => {
                let request = feedback::find(tx.db, room.id, *id, tx.now).await?.ok_or(Refused::NotFound)?;
                Some(Answer { request, score: *score, comment: comment.clone() })
            }
            _ => None,
        };
        said::take(tx, &channel, &mut room, Words { id, content, about, answer, at: None }).await?;
        if let Said::Files { files, .. } = &self.message.said {
            media::attach_all(tx, room.id, files).await?;
        }
        tx.entry_of(id).ok_or_else(|| Error::World("a visitor's words left no entry".into()))
    }
}

fn web_channel(tx: &Tx<'_>, session: &VisitorSession) -> Result<Channel> {
    let channel = tx.directory.channels.get(&session.channel).filter(|channel| channel.kind == ChannelKind::Web);
    Ok(channel.cloned().ok_or(Refused::NotFound)?)
}

/// What was said, once it passed every rule about its words.
fn checked_content(said: &Said, kind: ChannelKind) -> Result<Content> {
    Ok(match said {
        // The words of files are checked together with them.
        Said::Text(text) | Said::Files { text, .. } => Reply::check(kind, text)?.into_content(),
        Said::Pick { id, title } => {
            Content::Picked { id: checked("choice", id, PICK_MAX)?, title: checked("choice", title, PICK_MAX)? }
        }
        Said::Feedback { id, score, comment } => {
            if !(1..=5).contains(score) {
                return Err(Refused::invalid("score", "must be from 1 to 5").into());
            }
            let written = comment.as_deref().filter(|text| !text.trim().is_empty());
            let comment = written.map(|text| checked("comment", text, COMMENT_MAX)).transpose()?;
            Content::FeedbackAnswer { id: *id, score: *score, comment }
        }
    })
}

fn says(entry: &Entry, words: &Content, topic: Option<&About>) -> bool {
    let What::Message(Message { author: Author::Customer, content, about, edited, .. }) = &entry.what else {
        return false;
    };
    // What was changed or taken back since is still the same message.
    let may_differ = *edited || *content == Content::Deleted;
    (may_differ || content == words) && about.as_ref() == topic
}

/// The visitor's browser has everything up to `position`.
///
/// # Errors
/// The rows cannot be written.
pub async fn visitor_receives(backend: &Backend, session: &VisitorSession, position: u32) -> Result<()> {
    backend.run(Confirm { session: *session, position, stage: Delivery::Delivered }).await
}

/// The visitor has seen everything up to `position`.
///
/// # Errors
/// The rows cannot be written.
pub async fn visitor_reads(backend: &Backend, session: &VisitorSession, position: u32) -> Result<()> {
    backend.run(Confirm { session: *session, position, stage: Delivery::Read }).await
}

struct Confirm {
    session: VisitorSession,
    position: u32,
    stage: Delivery,
}

impl Command for Confirm {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let VisitorSession { channel, customer, .. } = self.session;
        let Some(room) = room_rows::find_of_customer(tx.db, channel, customer).await? else { return Ok(()) };
        let earlier: Vec<_> =
            [Delivery::Sent, Delivery::Delivered].into_iter().filter(|known| known.accepts(&self.stage)).collect();
        let newest_first = rows::list_standing_at(tx.db, room.id, self.position, &earlier, CONFIRMED).await?;
        for message in newest_first.into_iter().rev() {
            messages::advance(tx, room.id, message, self.stage.clone()).await?;
        }
        Ok(())
    }
}

/// The visitor's room, once they wrote.
///
/// # Errors
/// The rows cannot be read.
pub async fn visitor_room(backend: &Backend, session: &VisitorSession) -> Result<Option<Room>> {
    room_rows::find_of_customer(&backend.store().read, session.channel, session.customer).await
}

/// Up to which position somebody of ours has read what the visitor wrote, as far as the newest entries tell: whoever
/// holds the room, or held it last. That others looked in is not told.
///
/// # Errors
/// The rows cannot be read.
pub async fn visitor_seen(backend: &Backend, room: &Room) -> Result<u32> {
    let db = &backend.store().read;
    let seen = match room.scope().agent {
        Some(holder) => find_seen(db, holder, room.id).await?.messages,
        None => 0,
    };
    let unseen = room.customer_messages.saturating_sub(seen);
    Ok(seen_up_to(&entries::list_newest(db, room).await?, unseen))
}

/// At most `limit` entries of the visitor's room after `after`, oldest first, without private notes.
///
/// # Errors
/// The rows cannot be read.
pub async fn visitor_entries_after(
    backend: &Backend,
    session: &VisitorSession,
    after: u32,
    limit: u64,
) -> Result<Vec<Entry>> {
    let Some(room) = visitor_room(backend, session).await? else { return Ok(Vec::new()) };
    let mut after = after;
    loop {
        let page = entries::list_after(&backend.store().read, room.id, after, limit).await?;
        let Some(last) = page.last().map(|entry| entry.position) else { return Ok(page) };
        // A page of nothing but notes is not the end.
        let shown = without_notes(page);
        if !shown.is_empty() {
            return Ok(shown);
        }
        after = last;
    }
}

/// At most `limit` entries of the visitor's room before `before`, oldest first, without private notes.
///
/// # Errors
/// The rows cannot be read.
pub async fn visitor_entries_before(
    backend: &Backend,
    session: &VisitorSession,
    before: u32,
    limit: u64,
) -> Result<Vec<Entry>> {
    let Some(room) = visitor_room(backend, session).await? else { return Ok(Vec::new()) };
    let mut before = before;
    loop {
        let page = entries::list_before(&backend.store().read, room.id, before, limit).await?;
        let Some(first) = page.first().map(|entry| entry.position) else { return Ok(page) };
        let shown = without_notes(page);
        if !shown.is_empty() {
            return Ok(shown);
        }
        before = first;
    }
}

/// A message of the visitor's room as it is now, after something happened to it.
///
/// # Errors
/// The rows cannot be read.
pub async fn visitor_entry(backend: &Backend, session: &VisitorSession, id: MessageId) -> Result<Option<Entry>> {
    let found = entries::find(&backend.store().read, id).await?;
    let own = visitor_room(backend, session).await?.map(|room| room.id);
    Ok(found.filter(|(room, entry)| Some(*room) == own && !matches!(entry.what, What::Note(_))).map(|(_, entry)| entry))
}

/// The messages that `entries`, all of one room, name as answered, by their ids.
///
/// # Errors
/// The rows cannot be read.
pub async fn visitor_answered(backend: &Backend, entries: &[Entry]) -> Result<BTreeMap<MessageId, Entry>> {
    let (here, elsewhere): (Vec<MessageId>, Vec<MessageId>) = entries
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Message(message) => message.answers(),
            What::Note(_) | What::Line(_) => None,
        })
        .partition(|answered| entries.iter().any(|entry| entry.what.message_id() == Some(*answered)));
    let mut found =
        if elsewhere.is_empty() { Vec::new() } else { rows::list_messages(&backend.store().read, elsewhere).await? };
    let of_these = |entry: &&Entry| entry.what.message_id().is_some_and(|id| here.contains(&id));
    found.extend(entries.iter().filter(of_these).cloned());
    Ok(found.into_iter().filter_map(|entry| entry.what.message_id().map(|id| (id, entry))).collect())
}

fn without_notes(entries: Vec<Entry>) -> Vec<Entry> {
    entries.into_iter().filter(|entry| !matches!(entry.what, What::Note(_))).collect()
}
