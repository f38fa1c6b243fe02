//! A room's conversation as a text file, read and written page by page: a long one is never whole in memory.

use std::collections::BTreeSet;

use domain::audit::{Act, Doer};
use domain::id::{EpisodeId, RoomId};
use domain::message::What;
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use domain::timestamp::Timestamp;
use domain::transcript::{Transcript, file_name};
use futures::stream::{self, BoxStream, StreamExt};
use sea_orm::ConnectionTrait;

use crate::audit;
use crate::backend::Backend;
use crate::episodes;
use crate::error::Result;
use crate::messages::rows as entries;
use crate::rooms::may_read;
use crate::writer::{Command, Tx};

/// Entries that are read at once.
const PAGE: u64 = 500;

/// A conversation on its way out.
pub struct Written {
    /// What somebody who saves it calls the file.
    pub name: String,
    /// The text, in parts. It ends with an error when the rows cannot be read any further.
    pub text: BoxStream<'static, Result<String>>,
}

/// What was said in the room up to now, as text. That it was saved, and by whom, is written down before a word of it leaves.
///
/// # Errors
/// [`Refused::NotFound`] for a room one may not see; or nothing can be written down.
pub async fn transcript(backend: &Backend, me: &Person, id: RoomId) -> Result<Written> {
    let room = may_read(backend, me, id).await?;
    let directory = backend.directory();
    let channel = directory.channels.get(&room.channel).ok_or(Refused::NotFound)?;
    let people = directory.people.values().map(|person| (person.id, person.name.clone()));
    let transcript = Transcript::of(&room.name, &channel.name, people);
    let db = backend.store().read.clone();
    let from = entries::list_after(&db, id, 0, 1).await?.first().map_or(room.last_message_at, |entry| entry.at);
    let to = last_said(&db, id, room.last_position).await?.unwrap_or(from);
    let heading = transcript.heading(from, to);
    let name = file_name(&room.name, backend.now());
    let end = room.last_position;
    let pages = stream::try_unfold((db, transcript, 0), move |(db, mut transcript, after)| async move {
        let mut page = entries::list_after(&db, id, after, PAGE).await?;
        // What comes while it is written belongs to the next one.
        page.retain(|entry| entry.position <= end);
        let Some(last) = page.last().map(|entry| entry.position) else { return Ok(None) };
        let cases: BTreeSet<EpisodeId> = page.iter().map(|entry| entry.episode).collect();
        let text = transcript.page(&page, &episodes::list_of(&db, cases).await?);
        Ok(Some((text, (db, transcript, last))))
    });
    backend.run(NoteSaved { by: Doer::of(me), room }).await?;
    Ok(Written { name, text: stream::iter([Ok(heading)]).chain(pages).boxed() })
}

struct NoteSaved {
    by: Doer,
    room: Room,
}

impl Command for NoteSaved {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let saved = Act::TranscriptSaved { customer: self.room.name.clone() };
        audit::note(tx, &self.by, self.room.team.as_slice(), saved).await
    }
}

/// When the last message of the room's first `end` entries was said.
async fn last_said(db: &impl ConnectionTrait, room: RoomId, end: u32) -> Result<Option<Timestamp>> {
    let mut before = end + 1;
    loop {
        let page = entries::list_before(db, room, before, PAGE).await?;
        let said = page.iter().rev().find(|entry| matches!(entry.what, What::Message(_)));
        match (said, page.first()) {
            (Some(said), _) => return Ok(Some(said.at)),
            (None, Some(first)) => before = first.position,
            (None, None) => return Ok(None),
        }
    }
}
