//! What waited for a channel goes on at once when an admin lets the channel go on or has mended it.

use std::collections::BTreeSet;

use domain::id::{ChannelId, JobId, RoomId};

use crate::error::Result;
use crate::jobs::{Work, queue};
use crate::rooms::rows as room_rows;
use crate::writer::Tx;

/// How many rooms or jobs one statement names.
const AT_ONCE: usize = 500;

/// Makes everything due that was put off and needs the channel's provider. Whoever waits because the provider asked them to
/// is put off again before it is asked.
pub(crate) async fn wake(tx: &mut Tx<'_>, channel: ChannelId) -> Result<()> {
    let put_off = queue::list_put_off(tx.db, tx.now).await?;
    let rooms: BTreeSet<RoomId> = put_off.iter().filter_map(|(_, work)| room_of(work)).collect();
    let mut of_channel = BTreeSet::new();
    for rooms in rooms.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
        of_channel.extend(room_rows::list_on(tx.db, channel, rooms).await?);
    }
    let needs_it = |work: &Work| match room_of(work) {
        Some(room) => of_channel.contains(&room),
        None => channel_of(work) == Some(channel),
    };
    let waking: Vec<JobId> = put_off.iter().filter(|(_, work)| needs_it(work)).map(|(id, _)| *id).collect();
    for jobs in waking.chunks(AT_ONCE) {
        queue::make_due(tx, jobs).await?;
    }
    Ok(())
}

/// The room to whose customer the work brings something.
const fn room_of(work: &Work) -> Option<RoomId> {
    match work {
        Work::Deliver { room, .. } | Work::React { room, .. } => Some(*room),
        Work::BotTurn { .. }
        | Work::Route { .. }
        | Work::RouteQueue
        | Work::AskFeedback { .. }
        | Work::Inform { .. }
        | Work::Fetch { .. }
        | Work::Profile { .. }
        | Work::Press { .. } => None,
    }
}

/// The channel whose provider the work asks something.
const fn channel_of(work: &Work) -> Option<ChannelId> {
    match work {
        Work::Fetch { channel, .. } | Work::Profile { channel, .. } | Work::Press { channel, .. } => Some(*channel),
        Work::Deliver { .. }
        | Work::React { .. }
        | Work::BotTurn { .. }
        | Work::Route { .. }
        | Work::RouteQueue
        | Work::AskFeedback { .. }
        | Work::Inform { .. } => None,
    }
}
