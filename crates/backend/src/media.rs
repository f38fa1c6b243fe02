//! Media: files as they were sent, streamed in and out and never held whole in memory. What a file is says its content,
//! where it is says its random id; its name is only shown.

mod intake;
mod kept;
mod lend;

use std::ops::Range;
use std::path::Path as Folder;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::id::{FileId, RoomId};
use domain::media::{FileState, StoredFile};
use domain::message::{Attachment, ChosenFile};
use domain::person::Person;
use domain::refused::Refused;
use domain::timestamp::{Timestamp, hours};
use entity::file::{Column, Entity, Model};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::Semaphore;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::inbound::visitor_room;
use crate::quick_replies;
use crate::rooms::may_read;
use crate::visitors::VisitorSession;
use crate::writer::{Command, Tx};

pub(crate) use intake::{copy, receive};
pub use intake::{put, put_on};
pub(crate) use kept::{keep, kept_by, release};
pub use lend::open_lent;
pub(crate) use lend::{Lender, link_for_all};

/// How many files may come in at once from people, and how many are fetched from providers.
const UPLOADS: usize = 16;
const FETCHES: usize = 6;

/// A file that no message has after this long is dropped.
const UNSENT: Duration = hours(24);

/// How many files one sweep drops.
const SWEPT: u64 = 200;

/// Where the bytes are.
pub(crate) struct MediaStore {
    store: Arc<dyn ObjectStore>,
    uploads: Semaphore,
    fetches: Semaphore,
}

impl MediaStore {
    /// The store in the data folder.
    pub(crate) fn open(data_dir: &Folder) -> Result<Self> {
        let folder = data_dir.join("media");
        let failed = |error: &dyn std::fmt::Display| Error::World(format!("{}: {error}", folder.display()));
        std::fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| failed(&error))?;
        Ok(Self { store: Arc::new(store), uploads: Semaphore::new(UPLOADS), fetches: Semaphore::new(FETCHES) })
    }
}

/// Gives the file to a message of `room`; false when it is another's, or gone. From now on whoever sees the room may
/// read it.
pub(crate) async fn attach(tx: &Tx<'_>, id: FileId, room: RoomId) -> Result<bool> {
    let attached = Entity::update_many()
        .col_expr(Column::Room, Expr::value(room))
        .filter(Column::Id.eq(id))
        .filter(Column::Bytes.gt(0))
        .filter(Expr::col(Column::Room).is_null())
        .exec(tx.db)
        .await?;
    Ok(attached.rows_affected == 1)
}

/// The chosen files, as a message carries them.
///
/// # Errors
/// One of them is not here, or not whole.
pub(crate) async fn attachments(db: &impl ConnectionTrait, files: &[ChosenFile]) -> Result<Vec<Attachment>> {
    let mut attachments = Vec::with_capacity(files.len());
    for ChosenFile { id, kind } in files {
        let stored = find(db, *id).await?.ok_or_else(is_gone)?;
        attachments.push(Attachment::new(*kind, FileState::Here(stored)));
    }
    Ok(attachments)
}

/// Gives all of `files` to a message of `room`.
///
/// # Errors
/// Another message has one of them.
pub(crate) async fn attach_all(tx: &Tx<'_>, room: RoomId, files: &[ChosenFile]) -> Result<()> {
    for file in files {
        if !attach(tx, file.id, room).await? {
            return Err(is_gone().into());
        }
    }
    Ok(())
}

fn is_gone() -> Refused {
    Refused::invalid("file", "is no longer here; add it again")
}

/// Takes the files of a deleted message away from its room: nobody reads them any more, no message takes them, and the
/// sweep drops them.
pub(crate) async fn detach(db: &impl ConnectionTrait, files: &[Attachment]) -> Result<()> {
    let stored: Vec<FileId> = files.iter().filter_map(|file| file.file.stored()).map(|file| file.id).collect();
    if !stored.is_empty() {
        let nobody = Expr::value(None::<uuid::Uuid>);
        let theirs = Entity::update_many()
            .col_expr(Column::Room, nobody)
            .col_expr(Column::Bytes, Expr::value(0_i64))
            .filter(Column::Id.is_in(stored));
        theirs.exec(db).await?;
    }
    Ok(())
}

/// A file that is whole, whoever has it.
pub(crate) async fn find(db: &impl ConnectionTrait, id: FileId) -> Result<Option<StoredFile>> {
    Ok(Entity::find_by_id(id).one(db).await?.filter(|row| row.bytes > 0).map(to_file))
}

/// A stored file that somebody may read.
pub struct OpenFile {
    pub file: StoredFile,
    store: Arc<dyn ObjectStore>,
}

impl OpenFile {
    fn new(backend: &Backend, row: Model) -> Self {
        Self { file: to_file(row), store: Arc::clone(&backend.media().store) }
    }

    /// All bytes, or those of `range`.
    ///
    /// # Errors
    /// The store has lost them.
    pub async fn read(&self, range: Option<Range<u64>>) -> Result<BoxStream<'static, Result<Bytes>>> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(&place(self.file.id), options).await.map_err(failed)?;
        Ok(found.into_stream().map_err(failed).boxed())
    }
}

/// A file of a room that `me` may see, or of a quick reply that they have.
///
/// # Errors
/// [`Refused::NotFound`] for a file of another room or quick reply, one that nothing has, and one that never was.
pub async fn open(backend: &Backend, me: &Person, id: FileId) -> Result<OpenFile> {
    let row = Entity::find_by_id(id).one(&backend.store().read).await?.ok_or(Refused::NotFound)?;
    match row.quick_reply {
        Some(reply) => drop(quick_replies::find_seen(backend, me, reply).await?.ok_or(Refused::NotFound)?),
        None => drop(may_read(backend, me, row.room.ok_or(Refused::NotFound)?).await?),
    }
    Ok(OpenFile::new(backend, row))
}

/// A file of the visitor's own room.
///
/// # Errors
/// [`Refused::NotFound`] for any other.
pub async fn open_for_visitor(backend: &Backend, session: &VisitorSession, id: FileId) -> Result<OpenFile> {
    let row = Entity::find_by_id(id).one(&backend.store().read).await?.ok_or(Refused::NotFound)?;
    let own = visitor_room(backend, session).await?.ok_or(Refused::NotFound)?;
    if row.room == Some(own.id) { Ok(OpenFile::new(backend, row)) } else { Err(Refused::NotFound.into()) }
}

/// Drops a file that no message has: its row, then its bytes. One that a message took meanwhile stays.
async fn drop_unsent(backend: &Backend, id: FileId) -> Result<()> {
    if !backend.run(Forget { id }).await? {
        return Ok(());
    }
    match backend.media().store.delete(&place(id)).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

struct Forget {
    id: FileId,
}

impl Command for Forget {
    type Output = bool;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let unsent = Entity::delete_many().filter(Column::Id.eq(self.id)).filter(Expr::col(Column::Room).is_null());
        Ok(unsent.exec(tx.db).await?.rows_affected == 1)
    }
}

/// Drops files that no message has after a day, and gives how many.
///
/// # Errors
/// The rows cannot be read or written.
pub async fn sweep(backend: &Backend) -> Result<usize> {
    let span = i64::try_from(UNSENT.as_millis()).unwrap_or(i64::MAX);
    let before = Timestamp(backend.now().0.saturating_sub(span));
    let unsent: Vec<FileId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Expr::col(Column::Room).is_null())
        .filter(Column::CreatedAt.lt(before))
        .limit(SWEPT)
        .into_tuple()
        .all(&backend.store().read)
        .await?;
    for id in &unsent {
        drop_unsent(backend, *id).await?;
    }
    Ok(unsent.len())
}

fn to_file(row: Model) -> StoredFile {
    StoredFile { id: row.id, name: row.name, mime: row.mime, bytes: u64::try_from(row.bytes).unwrap_or(0) }
}

fn place(id: FileId) -> Path {
    let name = id.0.simple().to_string();
    Path::from_iter([&name[..2], &name])
}

/// A full disk is told apart: it recovers by itself.
fn failed(error: object_store::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::StorageFull) {
            return Error::Unavailable;
        }
        cause = error.source();
    }
    Error::World(format!("media: {error}"))
}
