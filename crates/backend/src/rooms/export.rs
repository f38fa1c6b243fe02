//! Chats as a CSV file, read and written page by page: however many there are, no more than a page of them is in memory,
//! and their ids.

mod rows;

use std::collections::BTreeMap;

use domain::audit::{Act, Doer};
use domain::customer::{Contact, Customer};
use domain::export::{self, Names, TITLES, ToExport};
use domain::id::{ContactId, CustomerId, PersonId, RoomId};
use domain::permission;
use domain::person::Person;
use domain::refused::Refused;
use domain::room::Room;
use futures::stream::{self, BoxStream, StreamExt};

use crate::audit;
use crate::backend::{Backend, active};
use crate::contacts::rows as contacts;
use crate::customers::rows as customers;
use crate::episodes;
use crate::error::{Error, Result};
use crate::rooms::query;
use crate::writer::{Command, Tx};

/// Rooms that are read at once.
const PAGE: usize = 100;

/// By this Excel knows UTF-8 from the system's own letters.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A file on its way out.
pub struct Exported {
    /// What somebody who saves it calls the file.
    pub name: String,
    /// Its bytes, in parts. They end with an error when the rows cannot be read any further, or `me` may no longer export.
    pub bytes: BoxStream<'static, Result<Vec<u8>>>,
}

/// Chats as a CSV file: a line for each case of those in `what` that `me` reaches, in the order of the list. That they were
/// exported, and by whom, is written down before a word of them leaves.
///
/// # Errors
/// As [`export::check`]; or the database cannot be read, or nothing written down.
pub async fn export(backend: &Backend, me: &Person, what: ToExport) -> Result<Exported> {
    export::check(me, &what)?;
    let db = &backend.store().read;
    let ids = match &what {
        ToExport::All(list) => query::list_all(db, me, &backend.directory().policy, list).await?,
        ToExport::Chosen { rooms, sort } => query::list_in_order(db, rooms.iter().copied(), *sort).await?,
    };
    backend.run(NoteExported { me: me.id, chats: ids.len() }).await?;
    let mut heading = BYTE_ORDER_MARK.as_bytes().to_vec();
    heading.extend(written([TITLES])?);
    let pages = stream::try_unfold((backend.clone(), me.id, ids.into_iter()), |(backend, me, mut left)| async move {
        let ids: Vec<RoomId> = left.by_ref().take(PAGE).collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let page = page(&backend, me, &ids).await?;
        Ok(Some((page, (backend, me, left))))
    });
    let name = export::file_name(backend.now());
    Ok(Exported { name, bytes: stream::iter([Ok(heading)]).chain(pages).boxed() })
}

struct NoteExported {
    me: PersonId,
    chats: usize,
}

impl Command for NoteExported {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let me = active(&tx.directory, self.me)?;
        audit::note(tx, &Doer::of(me), &me.teams, Act::ChatsExported { chats: self.chats }).await
    }
}

/// The lines of `ids`, in their order, as far as `me` reaches them at this moment.
async fn page(backend: &Backend, me: PersonId, ids: &[RoomId]) -> Result<Vec<u8>> {
    let db = &backend.store().read;
    let directory = backend.directory();
    let me = active(&directory, me)?;
    // Without the right to it, all rooms would be left out, and the file would look whole.
    if !permission::may_export(me) {
        return Err(Refused::NotFound.into());
    }
    let mut rooms: Vec<Room> = rows::list(db, ids).await?;
    rooms.retain(|room| permission::may_export_room(me, &directory.policy, room));
    let reached = || rooms.iter().map(|room| room.id);
    let customers = customers::list(db, rooms.iter().map(|room| room.customer)).await?;
    let customers: BTreeMap<CustomerId, Customer> =
        customers.into_iter().map(|customer| (customer.id, customer)).collect();
    let contacts = contacts::list(db, customers.values().filter_map(|customer| customer.contact)).await?;
    let contacts: BTreeMap<ContactId, Contact> = contacts.into_iter().map(|contact| (contact.id, contact)).collect();
    let episodes = episodes::list_of_rooms(db, reached()).await?;
    let messages = rows::count_messages(db, reached()).await?;
    let names = Names {
        console: &backend.config().public_url,
        people: &directory.people,
        teams: &directory.teams,
        channels: &directory.channels,
    };
    let mut lines = Vec::new();
    for room in &rooms {
        let customer = customers.get(&room.customer).ok_or(Refused::NotFound)?;
        lines.extend(names.lines(&export::Exported {
            room,
            customer,
            contact: customer.contact.and_then(|id| contacts.get(&id)),
            episodes: episodes.get(&room.id).map_or(&[], Vec::as_slice),
            messages: &messages,
        }));
    }
    written(lines)
}

/// Lines as RFC 4180 writes them.
fn written<L, C>(lines: impl IntoIterator<Item = L>) -> Result<Vec<u8>>
where
    L: IntoIterator<Item = C>,
    C: AsRef<[u8]>,
{
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let failed = |error: &dyn std::fmt::Display| Error::World(format!("writing CSV: {error}"));
    for line in lines {
        writer.write_record(line).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}
