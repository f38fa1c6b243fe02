//! Rooms as rows. Asks and stores; never judges.

use domain::desk::Cursor;
use domain::id::{ChannelId, CustomerId, PersonId, RoomId, TeamId};
use domain::room::{LiveHandler, Room, State, TakeOverRequest};
use domain::timestamp::Timestamp;
use entity::{participant, room};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::error::{Error, Result};

/// The room, if there is one.
pub(crate) async fn find(db: &impl ConnectionTrait, id: RoomId) -> Result<Option<Room>> {
    room::Entity::find_by_id(id).one(db).await?.map(to_room).transpose()
}

/// The customer's room on a channel, if they ever wrote there.
pub(crate) async fn find_of_customer(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    customer: CustomerId,
) -> Result<Option<Room>> {
    room::Entity::find()
        .filter(room::Column::Channel.eq(channel))
        .filter(room::Column::Customer.eq(customer))
        .one(db)
        .await?
        .map(to_room)
        .transpose()
}

/// The rooms of these customers on a channel.
pub(crate) async fn list_of_customers(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    customers: impl IntoIterator<Item = CustomerId>,
) -> Result<Vec<Room>> {
    let rows = room::Entity::find()
        .filter(room::Column::Channel.eq(channel))
        .filter(room::Column::Customer.is_in(customers))
        .all(db)
        .await?;
    rows.into_iter().map(to_room).collect()
}

/// Rooms whose time to expire has come, with that time, the longest overdue first; those after `after` only.
pub(crate) async fn list_due(
    db: &impl ConnectionTrait,
    now: Timestamp,
    after: Option<(Timestamp, RoomId)>,
    limit: u64,
) -> Result<Vec<(Timestamp, RoomId)>> {
    let mut due = room::Entity::find()
        .select_only()
        .column(room::Column::ExpiresAt)
        .column(room::Column::Id)
        .filter(room::Column::ExpiresAt.lte(now))
        .order_by_asc(room::Column::ExpiresAt)
        .order_by_asc(room::Column::Id)
        .limit(limit);
    if let Some((at, id)) = after {
        let place = [room::Column::ExpiresAt, room::Column::Id].map(|column| Expr::col((room::Entity, column)));
        due = due.filter(Expr::tuple(place).gt(Expr::tuple([Expr::value(at), Expr::value(id)])));
    }
    Ok(due.into_tuple().all(db).await?)
}

/// Assigned rooms whose snooze is over.
pub(crate) async fn list_to_wake(db: &impl ConnectionTrait, now: Timestamp, limit: u64) -> Result<Vec<RoomId>> {
    Ok(room::Entity::find()
        .select_only()
        .column(room::Column::Id)
        .filter(room::Column::Section.eq(domain::room::Section::Assigned))
        .filter(room::Column::SnoozedUntil.lte(now))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Held rooms whose customer has waited since `until` or longer, with since when, the longest wait first; those after
/// `after` only. What is put off waits for nobody.
pub(crate) async fn list_kept_waiting(
    db: &impl ConnectionTrait,
    until: Timestamp,
    after: Option<(Timestamp, RoomId)>,
    limit: u64,
) -> Result<Vec<(Timestamp, RoomId)>> {
    let mut waiting = room::Entity::find()
        .select_only()
        .column(room::Column::WaitingKey)
        .column(room::Column::Id)
        .filter(room::Column::Section.eq(domain::room::Section::Assigned))
        .filter(room::Column::SnoozedUntil.is_null())
        .filter(room::Column::WaitingKey.lte(until.0))
        .order_by_asc(room::Column::WaitingKey)
        .order_by_asc(room::Column::Id)
        .limit(limit);
    if let Some((since, id)) = after {
        let place = [room::Column::WaitingKey, room::Column::Id].map(|column| Expr::col((room::Entity, column)));
        waiting = waiting.filter(Expr::tuple(place).gt(Expr::tuple([Expr::value(since.0), Expr::value(id)])));
    }
    let rows: Vec<(i64, RoomId)> = waiting.into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(since, id)| (Timestamp(since), id)).collect())
}

/// Rooms whose customer waits and that came to one of these percents of their time to expire after `since` and not after
/// `now`.
pub(crate) async fn list_coming_near(
    db: &impl ConnectionTrait,
    percents: &[i64],
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<Room>> {
    // In hundredths of milliseconds, so that nothing is divided.
    let comes_at = |percent: i64| {
        let addressed = Expr::col((room::Entity, room::Column::AddressedAt)).mul(100_i64);
        addressed.add(Expr::col((room::Entity, room::Column::ExpiresAfterMillis)).mul(percent))
    };
    let steps = percents.iter().fold(Condition::any(), |steps, percent| {
        let comes = Condition::all().add(comes_at(*percent).gt(since.0 * 100)).add(comes_at(*percent).lte(now.0 * 100));
        steps.add(comes)
    });
    let rows = room::Entity::find()
        .filter(room::Column::ExpiresAt.gt(now))
        .filter(room::Column::WaitingSince.is_not_null())
        .filter(steps)
        .all(db)
        .await?;
    rows.into_iter().map(to_room).collect()
}

/// The rooms that `holder` holds, also those that are put off: who waits longest for them first, then the newest.
pub(crate) async fn list_held(db: &impl ConnectionTrait, holder: PersonId) -> Result<Vec<Room>> {
    let rows = room::Entity::find()
        .filter(room::Column::Section.eq(domain::room::Section::Assigned))
        .filter(room::Column::Agent.eq(holder))
        .order_by_asc(room::Column::WaitingKey)
        .order_by_desc(room::Column::LastMessageAt)
        .order_by_asc(room::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_room).collect()
}

/// The rooms of `holder` whose customer waits for them.
pub(crate) async fn list_waiting_for(db: &impl ConnectionTrait, holder: PersonId) -> Result<Vec<RoomId>> {
    Ok(room::Entity::find()
        .select_only()
        .column(room::Column::Id)
        .filter(room::Column::Section.eq(domain::room::Section::Assigned))
        .filter(room::Column::Agent.eq(holder))
        .filter(room::Column::WaitingSince.is_not_null())
        .filter(room::Column::SnoozedUntil.is_null())
        .into_tuple()
        .all(db)
        .await?)
}

/// At most `limit` queued rooms of these teams, `None` for those of no team, or whose customer one of `senders` won back:
/// critical ones first, then who waits longest.
pub(crate) async fn list_queued(
    db: &impl ConnectionTrait,
    teams: impl IntoIterator<Item = Option<TeamId>>,
    senders: impl IntoIterator<Item = PersonId>,
    limit: u64,
) -> Result<Vec<Room>> {
    let (of_none, teams): (Vec<_>, Vec<_>) = teams.into_iter().partition(Option::is_none);
    let mut wanted = Condition::any()
        .add(room::Column::Team.is_in(teams.into_iter().flatten()))
        .add(room::Column::RestoredBy.is_in(senders));
    if !of_none.is_empty() {
        wanted = wanted.add(room::Column::Team.is_null());
    }
    let rows = room::Entity::find()
        .filter(room::Column::Section.eq(domain::room::Section::Live))
        .filter(room::Column::Handler.eq(LiveHandler::Queue))
        // Nobody is given them, and they must not stand before those that wait.
        .filter(room::Column::Blocked.eq(false))
        .filter(wanted)
        .order_by_desc(room::Column::Critical)
        .order_by_asc(room::Column::WaitingKey)
        .order_by_asc(room::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(to_room).collect()
}

/// How many rooms each person holds, without those in which nothing was said since `idle_since` and no customer waits.
pub(crate) async fn held_by_person(db: &impl ConnectionTrait, idle_since: Timestamp) -> Result<Vec<(PersonId, i64)>> {
    let keeps_busy = Condition::any()
        .add(room::Column::WaitingSince.is_not_null())
        .add(room::Column::LastMessageAt.gt(idle_since))
        .add(room::Column::Since.gt(idle_since));
    Ok(room::Entity::find()
        .select_only()
        .column(room::Column::Agent)
        .column_as(room::Column::Id.count(), "held")
        .filter(room::Column::Section.eq(domain::room::Section::Assigned))
        .filter(keeps_busy)
        .group_by(room::Column::Agent)
        .into_tuple()
        .all(db)
        .await?)
}

/// Writes a new room; false when somebody else just did.
pub(crate) async fn insert(db: &impl ConnectionTrait, room: &Room) -> Result<bool> {
    let row = to_row(room)?;
    let inserted = room::Entity::insert(row)
        .on_conflict(
            sea_orm::sea_query::OnConflict::columns([room::Column::Channel, room::Column::Customer])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(inserted == 1)
}

/// Writes `room` over the row that was `read`; false when the row is another by now.
pub(crate) async fn update(db: &impl ConnectionTrait, read: &Room, room: &Room) -> Result<bool> {
    let mut row = to_row(room)?;
    // Never changes after the room began; leaving it out spares the indexes.
    row.id = NotSet;
    row.channel = NotSet;
    row.kind = NotSet;
    row.customer = NotSet;
    // A receipt or a sign leaves no entry, and keeps nobody from undoing: see [`domain::room::undo`].
    if read.last_position != room.last_position {
        row.undo = Set(None);
    }
    let updated = room::Entity::update_many()
        .set(row)
        .filter(room::Column::Id.eq(room.id))
        .filter(room::Column::Version.eq(number(read.version)))
        .exec(db)
        .await?;
    if read.participants != room.participants {
        save_participants(db, room).await?;
    }
    Ok(updated.rows_affected == 1)
}

async fn save_participants(db: &impl ConnectionTrait, room: &Room) -> Result<()> {
    participant::Entity::delete_many().filter(participant::Column::Room.eq(room.id)).exec(db).await?;
    let rows = room
        .participants
        .iter()
        .map(|person| participant::ActiveModel { person: Set(*person), room: Set(room.id) })
        .collect::<Vec<_>>();
    if !rows.is_empty() {
        participant::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// A row as the room it describes.
pub(crate) fn to_room(row: room::Model) -> Result<Room> {
    let state = to_state(&row)?;
    Ok(Room {
        id: row.id,
        channel: row.channel,
        kind: row.kind,
        customer: row.customer,
        name: row.name,
        picture: row.picture,
        contact: row.contact,
        opted_out: row.opted_out,
        blocked: row.blocked,
        state,
        critical: row.critical,
        team: row.team,
        participants: serde_json::from_str(&row.participants)?,
        episode: row.episode,
        episode_number: unsigned(row.episode_number),
        episode_opened_at: row.episode_opened_at,
        version: u64::try_from(row.version).unwrap_or(0),
        handler_epoch: unsigned(row.handler_epoch),
        last_position: unsigned(row.last_position),
        preview: row.preview.as_deref().map(serde_json::from_str).transpose()?,
        last_message_at: row.last_message_at,
        last_customer_at: row.last_customer_at,
        waiting_since: row.waiting_since,
        addressed_at: row.addressed_at,
        expires_after_millis: row.expires_after_millis.and_then(|millis| u64::try_from(millis).ok()),
        snoozed_until: row.snoozed_until,
        returned_by: row.returned_by,
        take_over_request: row.take_over_at.map(|at| TakeOverRequest { by: row.take_over_by, at }),
        restore_pending: row.restore_pending,
        restored_by: row.restored_by,
        customer_messages: unsigned(row.customer_messages),
        earlier_messages: unsigned(row.earlier_messages),
    })
}

fn to_state(row: &room::Model) -> Result<State> {
    use domain::room::Section::{Archived, Assigned, Live};
    let broken = || Error::World(format!("room {} has an impossible state", row.id));
    match row.section {
        Live => Ok(State::Live { handler: row.handler.ok_or_else(broken)? }),
        Assigned => Ok(State::Assigned { to: row.agent.ok_or_else(broken)?, since: row.since.ok_or_else(broken)? }),
        Archived => Ok(State::Archived {
            outcome: row.outcome.ok_or_else(broken)?,
            unanswered: row.unanswered,
            at: row.since.ok_or_else(broken)?,
            by: row.closed_by,
            agent: row.agent,
        }),
    }
}

fn to_row(room: &Room) -> Result<room::ActiveModel> {
    let (handler, since, outcome, unanswered, closed_by) = match room.state {
        State::Live { handler } => (Some(handler), None, None, false, None),
        State::Assigned { since, .. } => (None::<LiveHandler>, Some(since), None, false, None),
        State::Archived { outcome, unanswered, at, by, .. } => (None, Some(at), Some(outcome), unanswered, by),
    };
    let preview = room.preview.as_ref().map(serde_json::to_string).transpose()?;
    Ok(room::ActiveModel {
        id: Set(room.id),
        channel: Set(room.channel),
        kind: Set(room.kind),
        customer: Set(room.customer),
        name: Set(room.name.clone()),
        picture: Set(room.picture),
        contact: Set(room.contact),
        opted_out: Set(room.opted_out),
        blocked: Set(room.blocked),
        section: Set(room.section()),
        handler: Set(handler),
        agent: Set(room.last_agent()),
        since: Set(since),
        outcome: Set(outcome),
        unanswered: Set(unanswered),
        closed_by: Set(closed_by),
        critical: Set(room.critical),
        team: Set(room.team),
        participants: Set(serde_json::to_string(&room.participants)?),
        episode: Set(room.episode),
        episode_number: Set(signed(room.episode_number)),
        episode_opened_at: Set(room.episode_opened_at),
        version: Set(number(room.version)),
        handler_epoch: Set(signed(room.handler_epoch)),
        last_position: Set(signed(room.last_position)),
        preview: Set(preview),
        last_message_at: Set(room.last_message_at),
        last_customer_at: Set(room.last_customer_at),
        waiting_since: Set(room.waiting_since),
        waiting_key: Set(room.waiting_since.unwrap_or(Cursor::NOBODY_WAITS).0),
        addressed_at: Set(room.addressed_at),
        expires_after_millis: Set(room.expires_after_millis.map(number)),
        expires_at: Set(room.expires_at()),
        snoozed_until: Set(room.snoozed_until),
        returned_by: Set(room.returned_by),
        take_over_by: Set(room.take_over_request.and_then(|request| request.by)),
        take_over_at: Set(room.take_over_request.map(|request| request.at)),
        restore_pending: Set(room.restore_pending),
        restored_by: Set(room.restored_by),
        customer_messages: Set(signed(room.customer_messages)),
        earlier_messages: Set(signed(room.earlier_messages)),
        undo: NotSet,
    })
}

pub(crate) fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

pub(crate) fn unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Remembers the room as it was before its last status change, so that it can be undone. The next entry of
/// its transcript forgets it again.
pub(crate) async fn remember_undo(db: &impl ConnectionTrait, id: RoomId, undo: &str) -> Result<()> {
    room::Entity::update_many()
        .col_expr(room::Column::Undo, Expr::value(undo))
        .filter(room::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// What [`remember_undo`] kept.
pub(crate) async fn find_undo(db: &impl ConnectionTrait, id: RoomId) -> Result<Option<String>> {
    Ok(room::Entity::find_by_id(id).one(db).await?.and_then(|row| row.undo))
}
