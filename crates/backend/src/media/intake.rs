//! Files on their way in: seen by their first bytes, streamed, bounded, and kept only when they are whole.

use bytes::{Bytes, BytesMut};
use domain::channel::ChannelKind;
use domain::id::FileId;
use domain::media::{MediaKind, StoredFile, UNKNOWN, file_name};
use domain::refused::Refused;
use entity::file::{ActiveModel, Entity};
use futures::{Stream, StreamExt, TryStreamExt};
use object_store::WriteMultipart;
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{drop_unsent, failed, place};
use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::tokens::random_bytes;
use crate::writer::{Command, Tx};

/// Enough of a file to see what it is.
const HEAD: usize = 8 * 1_024;

/// What is written to the store at a time.
const PART: usize = 1 << 20;

/// Takes a file in, to be sent as `kind` under `name` on the web chat. Until a message has it nobody can read it.
///
/// # Errors
/// As [`put_on`].
pub async fn put<S>(backend: &Backend, kind: MediaKind, name: &str, content: S) -> Result<StoredFile>
where
    S: Stream<Item = Result<Bytes>> + Send,
{
    put_on(backend, ChannelKind::Web, kind, name, content).await
}

/// Takes a file in that may be as large as a channel of the kind `on` takes it.
///
/// # Errors
/// The content is not of this kind, or the file is empty or too large; what came so far is dropped. Whatever `content`
/// itself fails with.
pub async fn put_on<S>(
    backend: &Backend,
    on: ChannelKind,
    kind: MediaKind,
    name: &str,
    content: S,
) -> Result<StoredFile>
where
    S: Stream<Item = Result<Bytes>> + Send,
{
    let _place = backend.media().uploads.try_acquire().map_err(|_| Error::Busy)?;
    let mut content = std::pin::pin!(content);
    let head = Head::read(kind, &mut content).await?;
    if !on.capabilities().takes(kind, head.mime) {
        let rule = if kind.names(head.mime) {
            format!("is of a type that can only be sent as a document: {}", head.mime)
        } else {
            "is not one by its content".into()
        };
        return Err(Refused::invalid(kind.label(), &rule).into());
    }
    let limit = Limit { kind, bytes: on.upload_max(kind) };
    keep(backend, limit, file_name(name), head, content).await
}

/// Takes a file in that a provider hands over as one of `kind`. It is kept as what it is by its content; without a name it
/// is called by that.
///
/// # Errors
/// As [`put`], except that content of another kind is taken; [`Error::Busy`] while many others are being fetched.
pub(crate) async fn receive<S>(backend: &Backend, kind: MediaKind, name: Option<&str>, content: S) -> Result<StoredFile>
where
    S: Stream<Item = Result<Bytes>> + Send,
{
    let _place = backend.media().fetches.try_acquire().map_err(|_| Error::Busy)?;
    let mut content = std::pin::pin!(content);
    let head = Head::read(kind, &mut content).await?;
    let kind = if kind.takes(head.mime) { kind } else { MediaKind::of(head.mime) };
    let name = name.map_or_else(|| format!("{}.{}", kind.label(), head.extension), file_name);
    let limit = Limit { kind, bytes: kind.max_bytes_from_providers() };
    keep(backend, limit, name, head, content).await
}

/// Another file with the content of `file`, for a message to carry.
///
/// # Errors
/// The store has lost it, or is full.
pub(crate) async fn copy(backend: &Backend, file: &StoredFile) -> Result<StoredFile> {
    let copy = StoredFile { id: random_id(), ..file.clone() };
    backend.run(Begin { file: copy.clone() }).await?;
    let copied = match backend.media().store.copy(&place(file.id), &place(copy.id)).await {
        Ok(()) => backend.run(Finish { id: copy.id, bytes: copy.bytes }).await,
        Err(error) => Err(failed(error)),
    };
    if copied.is_err() {
        // As above: the sweep finds what is left.
        let _ = drop_unsent(backend, copy.id).await;
    }
    copied.map(|()| copy)
}

fn random_id() -> FileId {
    FileId(uuid::Builder::from_random_bytes(random_bytes()).into_uuid())
}

/// The first bytes of a file, and what they say it is.
struct Head {
    bytes: Bytes,
    mime: &'static str,
    extension: &'static str,
}

impl Head {
    async fn read<S>(kind: MediaKind, content: &mut S) -> Result<Self>
    where
        S: Stream<Item = Result<Bytes>> + Unpin,
    {
        let bytes = read_head(content).await?;
        if bytes.is_empty() {
            return Err(Refused::Empty { field: kind.label().into() }.into());
        }
        let known = infer::get(&bytes).map(|known| (known.mime_type(), known.extension()));
        let (mime, extension) = match known {
            Some(("audio/ogg" | "audio/opus", _)) if is_film(&bytes) => ("video/ogg", "ogv"),
            known => known.unwrap_or((UNKNOWN, "bin")),
        };
        Ok(Self { bytes, mime: kind.mime_as(mime), extension })
    }
}

/// Whether a file that begins like sound in OGG has a film in it: the first pages say what streams there are.
/// <https://www.theora.org/doc/Theora.pdf>, section 6.1.
fn is_film(bytes: &[u8]) -> bool {
    const THEORA: &[u8] = b"\x80theora";
    bytes.windows(THEORA.len()).any(|part| part == THEORA)
}

/// How large a file may become.
#[derive(Clone, Copy)]
struct Limit {
    kind: MediaKind,
    bytes: u64,
}

impl Limit {
    fn check(self, bytes: u64) -> Result<()> {
        if bytes <= self.bytes {
            return Ok(());
        }
        let rule = format!("is larger than {} MB", self.bytes / 1_000_000);
        Err(Refused::invalid(self.kind.label(), &rule).into())
    }
}

/// Keeps a file whose first bytes are `head`, and gives it once it is whole.
async fn keep<S>(backend: &Backend, limit: Limit, name: String, head: Head, rest: S) -> Result<StoredFile>
where
    S: Stream<Item = Result<Bytes>> + Send,
{
    let id = random_id();
    let file = StoredFile { id, name, mime: head.mime.into(), bytes: 0 };
    // The row first: whatever happens to the rest, the sweep finds it.
    backend.run(Begin { file: file.clone() }).await?;
    let written = write(backend, limit, id, futures::stream::iter([Ok(head.bytes)]).chain(rest)).await;
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

/// Streams `content` into the store and gives its size.
async fn write<S>(backend: &Backend, limit: Limit, id: FileId, content: S) -> Result<u64>
where
    S: Stream<Item = Result<Bytes>> + Send,
{
    let upload = backend.media().store.put_multipart(&place(id)).await.map_err(failed)?;
    let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
    match pour(&mut upload, limit, content).await {
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

async fn pour<S>(upload: &mut WriteMultipart, limit: Limit, content: S) -> Result<u64>
where
    S: Stream<Item = Result<Bytes>> + Send,
{
    let mut content = std::pin::pin!(content);
    let mut bytes = 0;
    while let Some(chunk) = content.try_next().await? {
        bytes += chunk.len() as u64;
        limit.check(bytes)?;
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
            quick_reply: Set(None),
            place: Set(None),
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
