//! Media: files as they were sent, streamed in and out and never held whole in memory. What a file is says its content,
//! where it is says its random id; its name is only shown.

mod lend;

use std::path::Path as Folder;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use domain::id::{FileId, RoomId};
use domain::media::{MediaKind, StoredFile, UNKNOWN, file_name};
use domain::message::Attachment;
use domain::person::Person;
use domain::refused::Refused;
use domain::timestamp::{Timestamp, hours};
use entity::file::{ActiveModel, Column, Entity, Model};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, WriteMultipart};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::Semaphore;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::rooms::may_read;
use crate::tokens::random_bytes;
use crate::writer::{Command, Tx};

pub(crate) use lend::Lender;
pub use lend::open_lent;

/// Enough of a file to see what it is.
const HEAD: usize = 8 * 1_024;

/// What is written to the store at a time.
const PART: usize = 1 << 20;

/// How many files may come in at once.
const UPLOADS: usize = 16;

/// A file that no message has after this long is dropped.
const UNSENT: Duration = hours(24);

/// How many files one sweep drops.
const SWEPT: u64 = 200;

/// Where the bytes are.
pub(crate) struct MediaStore {
    store: Arc<dyn ObjectStore>,
    uploads: Semaphore,
}

impl MediaStore {
    /// The store in the data folder.
    pub(crate) fn open(data_dir: &Folder) -> Result<Self> {
        let folder = data_dir.join("media");
        let failed = |error: &dyn std::fmt::Display| Error::World(format!("{}: {error}", folder.display()));
        std::fs::create_dir_all(&folder).map_err(|error| failed(&error))?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| failed(&error))?;
        Ok(Self { store: Arc::new(store), uploads: Semaphore::new(UPLOADS) })
    }
}

/// Takes a file in, to be sent as `kind` under `name`. Until a message has it nobody can read it.
///
/// # Errors
/// The content is not of this kind, or the file is empty or too large; what came so far is dropped. Whatever `content`
/// itself fails with.
pub async fn put<S>(backend: &Backend, kind: MediaKind, name: &str, content: S) -> Result<StoredFile>
where
    S: Stream<Item = Result<Bytes>> + Send,
{
    let _place = backend.media().uploads.try_acquire().map_err(|_| Error::Busy)?;
    let mut content = std::pin::pin!(content);
    let head = read_head(&mut content).await?;
    let mime = mime_of(&head);
    if head.is_empty() {
        return Err(Refused::Empty { field: kind.label().into() }.into());
    }
    if !kind.takes(mime) {
        return Err(Refused::invalid(kind.label(), "is not one by its content").into());
    }
    let id = FileId(uuid::Builder::from_random_bytes(random_bytes()).into_uuid());
    let file = StoredFile { id, name: file_name(name), mime: mime.into(), bytes: 0 };
    // The row first: whatever happens to the rest, the sweep finds it.
    backend.run(Begin { file: file.clone() }).await?;
    let written = write(backend, kind, id, futures::stream::iter([Ok(head)]).chain(content)).await;
    let finished = match written {
        Ok(bytes) => backend.run(Finish { id, bytes }).await.map(|()| StoredFile { bytes, ..file }),
        Err(error) => Err(error),
    };
    if finished.is_err() {
        // The answer is why the file was refused; what is left of it goes with the next sweep.
        let _ = drop_unsent(backend, id).await;
    }
    finished
}

async fn read_head<S>(content: &mut S) -> Result<Bytes>
where
    S: Stream<Item = Result<Bytes>> + Unpin,
{
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        match content.try_next().await? {
            Some(chunk) => head.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(head.freeze())
}

fn mime_of(head: &[u8]) -> &'static str {
    infer::get(head).map_or(UNKNOWN, |known| known.mime_type())
}

/// Streams `content` into the store and gives its size.
async fn write<S>(backend: &Backend, kind: MediaKind, id: FileId, content: S) -> Result<u64>
where
    S: Stream<Item = Result<Bytes>> + Send,
{
    let upload = backend.media().store.put_multipart(&place(id)).await.map_err(failed)?;
    let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
    match pour(&mut upload, kind, content).await {
        Ok(bytes) => {
            upload.finish().await.map_err(failed)?;
            Ok(bytes)
        }
        Err(error) => {
            upload.abort().await.map_err(failed)?;
            Err(error)
        }
    }
}

async fn pour<S>(upload: &mut WriteMultipart, kind: MediaKind, content: S) -> Result<u64>
where
    S: Stream<Item = Result<Bytes>> + Send,
{
    let mut content = std::pin::pin!(content);
    let mut bytes = 0;
    while let Some(chunk) = content.try_next().await? {
        bytes += chunk.len() as u64;
        if bytes > kind.max_bytes() {
            let rule = format!("is larger than {} MB", kind.max_bytes() / 1_000_000);
            return Err(Refused::invalid(kind.label(), &rule).into());
        }
        upload.wait_for_capacity(2).await.map_err(failed)?;
        upload.put(chunk);
    }
    Ok(bytes)
}

struct Begin {
    file: StoredFile,
}

impl Command for Begin {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let row = ActiveModel {
            id: Set(self.file.id),
            room: Set(None),
            name: Set(self.file.name.clone()),
            mime: Set(self.file.mime.clone()),
            bytes: Set(0),
            created_at: Set(tx.now),
        };
        Entity::insert(row).exec_without_returning(tx.db).await?;
        Ok(())
    }
}

struct Finish {
    id: FileId,
    bytes: u64,
}

impl Command for Finish {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let bytes = i64::try_from(self.bytes).unwrap_or(i64::MAX);
        Entity::update(ActiveModel { id: Set(self.id), bytes: Set(bytes), ..Default::default() }).exec(tx.db).await?;
        Ok(())
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

/// Takes the files of a deleted message away from its room: nobody reads them any more, and the sweep drops them.
pub(crate) async fn detach(db: &impl ConnectionTrait, files: &[Attachment]) -> Result<()> {
    let stored: Vec<FileId> = files.iter().filter_map(|file| file.file.stored()).map(|file| file.id).collect();
    if !stored.is_empty() {
        let nobody = Expr::value(None::<uuid::Uuid>);
        let theirs = Entity::update_many().col_expr(Column::Room, nobody).filter(Column::Id.is_in(stored));
        theirs.exec(db).await?;
    }
    Ok(())
}

/// A file that is whole, whoever has it.
pub(crate) async fn find(db: &impl ConnectionTrait, id: FileId) -> Result<Option<StoredFile>> {
    Ok(Entity::find_by_id(id).one(db).await?.filter(|row| row.bytes > 0).map(to_file))
}

/// A file of a room that `me` may see, and its bytes.
///
/// # Errors
/// [`Refused::NotFound`] for a file of another room, one no message has, and one that never was.
pub async fn open(
    backend: &Backend,
    me: &Person,
    id: FileId,
) -> Result<(StoredFile, BoxStream<'static, Result<Bytes>>)> {
    let row = Entity::find_by_id(id).one(&backend.store().read).await?.ok_or(Refused::NotFound)?;
    may_read(backend, me, row.room.ok_or(Refused::NotFound)?).await?;
    let found = backend.media().store.get(&place(id)).await.map_err(failed)?;
    Ok((to_file(row), found.into_stream().map_err(failed).boxed()))
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
