//! Fetching a customer's file from the provider that keeps it, while its message stands in the room already.

use std::time::Duration;

use ::channels::error::ChannelError;
use ::channels::files::FileRef;
use domain::change::Change;
use domain::delivery::Cause;
use domain::id::{ChannelId, MessageId, RoomId};
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, What};
use futures::TryStreamExt;

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::jobs::deliver::NoteTrouble;
use crate::jobs::providers;
use crate::jobs::queue::{self, Lease};
use crate::jobs::runner::{Failure, finish};
use crate::media;
use crate::messages::rows as entries;
use crate::rooms::rows as room_rows;
use crate::writer::{Command, Tx};

/// The pause while many other files are being fetched.
pub(super) const BUSY_PAUSE: Duration = Duration::from_secs(2);

/// The pause when the provider says "too much" without saying for how long, and while an admin has to act.
const PAUSE: Duration = Duration::from_secs(30);

/// Where a file belongs: it is the `place`th of its message's.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub room: RoomId,
    pub message: MessageId,
    pub place: u16,
}

pub(super) async fn run(
    backend: &Backend,
    lease: &Lease,
    channel: ChannelId,
    at: Place,
    file: &FileRef,
) -> std::result::Result<(), Failure> {
    let (Some(kind), Some(adapter)) = (awaited(backend, at).await?, providers::ready(backend, channel).await?) else {
        return finish(backend, lease).await;
    };
    let http = backend.workshop().providers.http()?;
    let state = match adapter.fetch_file(http, file).await {
        Ok(fetched) => {
            let name = fetched.name.as_deref().or(file.name.as_deref());
            let broken = |error: ChannelError| Error::World(error.words());
            let content = fetched.content.map_err(broken);
            match media::receive(backend, kind, name, content).await {
                Ok(stored) => FileState::Here(stored),
                Err(Error::Refused(refused)) => FileState::Lost { reason: refused.to_string() },
                Err(error @ Error::Busy) => {
                    return Err(Failure::NotYet { problem: error.to_string(), wait: BUSY_PAUSE });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(error) if error.needs_admin() => {
            backend.run(NoteTrouble { channel, words: error.words() }).await?;
            let wait = error.retry_after().unwrap_or(PAUSE);
            return Err(Failure::Held { problem: error.words(), cause: Cause::Stopped, wait });
        }
        Err(error) => lost(error)?,
    };
    Ok(backend.run(Arrive { lease: lease.clone(), at, state }).await?)
}

/// What kind of file is awaited there; nothing is once it has come, or when its message was taken back.
async fn awaited(backend: &Backend, at: Place) -> Result<Option<MediaKind>> {
    let Some((_, entry)) = entries::find(&backend.store().read, at.message).await? else { return Ok(None) };
    let What::Message(message) = entry.what else { return Ok(None) };
    let attachment = message.content.files().get(usize::from(at.place));
    let is_awaited = |attachment: &&Attachment| attachment.file.stored().is_none() && !attachment.is_deleted();
    Ok(attachment.filter(is_awaited).map(|attachment| attachment.kind))
}

/// The provider said no: for good, or only for now.
fn lost(error: ChannelError) -> std::result::Result<FileState, Failure> {
    tracing::warn!(%error, "a customer's file was not handed over");
    match error {
        ChannelError::Transient { .. } | ChannelError::Faltered { .. } | ChannelError::OutcomeUnknown => {
            Err(Failure::Failed(error.words()))
        }
        ChannelError::RateLimited { retry_after, .. } => {
            Err(Failure::NotYet { problem: error.words(), wait: retry_after.unwrap_or(PAUSE).max(BUSY_PAUSE) })
        }
        // In the customer's direction nobody refused anything.
        ChannelError::MediaRejected { detail } => Ok(FileState::Lost { reason: detail }),
        ChannelError::AuthExpired
        | ChannelError::SettingRefused { .. }
        | ChannelError::PermissionMissing { .. }
        | ChannelError::AccountRestricted { .. }
        | ChannelError::RecipientRestricted { .. }
        | ChannelError::OutsideWindow { .. }
        | ChannelError::RecipientBlocked
        | ChannelError::OptedOut
        | ChannelError::RecipientUnreachable { .. }
        | ChannelError::InvalidContent { .. }
        | ChannelError::TemplateProblem { .. }
        | ChannelError::Unsupported { .. }
        | ChannelError::Rejected { .. } => Ok(FileState::Lost { reason: error.words() }),
    }
}

/// Nobody tries to fetch the file any more.
pub(super) async fn give_up(tx: &mut Tx<'_>, at: Place, problem: &str) -> Result<()> {
    tell(tx, at, FileState::Lost { reason: problem.into() }).await
}

struct Arrive {
    lease: Lease,
    at: Place,
    state: FileState,
}

impl Command for Arrive {
    type Output = ();

    fn room(&self) -> Option<RoomId> {
        Some(self.at.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if queue::finish(tx, &self.lease).await? {
            tell(tx, self.at, self.state.clone()).await?;
        }
        Ok(())
    }
}

/// Puts the news into the message. A message that was taken back meanwhile takes no file; the sweep drops it.
async fn tell(tx: &mut Tx<'_>, at: Place, file: FileState) -> Result<()> {
    let (Some(mut room), Some((_, entry))) =
        (room_rows::find(tx.db, at.room).await?, entries::find(tx.db, at.message).await?)
    else {
        return Ok(());
    };
    let What::Message(message) = entry.what else { return Ok(()) };
    let stored = file.stored().map(|StoredFile { id, .. }| *id);
    let change = Change::FileArrived { message: at.message, place: at.place, file };
    if !message.would_take(&change) {
        return Ok(());
    }
    if let Some(id) = stored
        && !media::attach(tx, id, room.id).await?
    {
        return Err(Error::World("a file that was just fetched is gone".into()));
    }
    tx.change(&mut room, vec![change]).await
}
