//! The doors of the desk: what it begins with, its pages, and what one does to a room.

use domain::bulk::{BulkAction, BulkResult, Chosen, Matching};
use domain::desk::{Cursor, ListQuery, Page, RoomView, Snapshot};
use domain::episode::Outcome;
use domain::id::{BulkId, PersonId, RoomId, TeamId};
use domain::person::Availability;
use domain::room::{Parted, Parting, Room, StatusUpdate};
use domain::timestamp::Timestamp;

use crate::api::doors;
use crate::error::AppError;

#[cfg(feature = "ssr")]
use {
    crate::session::{backend, signed_in},
    backend::{desk, people, rooms},
};

doors! {
    /// Everything a desk begins with, and the first page of what `query` lists.
    "load_desk" pub async fn load_desk(query: ListQuery) -> Result<Snapshot, AppError> {
        let me = signed_in().await?;
        Ok(desk::load(&backend()?, &me, query).await?)
    }

    /// The page after `after`, or the first.
    "load_page" pub async fn load_page(query: ListQuery, after: Option<Cursor>) -> Result<Page, AppError> {
        let me = signed_in().await?;
        Ok(desk::page(&backend()?, &me, query, after).await?)
    }

    /// A room with the newest part of its transcript. Looking changes nothing.
    "load_room" pub async fn load_room(room: RoomId) -> Result<RoomView, AppError> {
        let me = signed_in().await?;
        Ok(rooms::load(&backend()?, &me, room).await?)
    }

    /// Enter Chat: takes a Live room from the bot or the queue.
    "enter_chat" pub async fn enter_chat(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::enter(&backend()?, &me, room).await?)
    }

    /// Takes a room from the colleague who holds it.
    "take_over" pub async fn take_over(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::take_over(&backend()?, &me, room).await?)
    }

    /// Asks the colleague who holds the room for it.
    "request_take_over" pub async fn request_take_over(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::request_take_over(&backend()?, &me, room).await?)
    }

    /// Keeps the room that a colleague asked for.
    "decline_take_over" pub async fn decline_take_over(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::decline_take_over(&backend()?, &me, room).await?)
    }

    /// Joins the colleague who holds the room.
    "join_chat" pub async fn join_chat(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::join(&backend()?, &me, room).await?)
    }

    /// Leaves a room one had joined.
    "leave_chat" pub async fn leave_chat(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::leave(&backend()?, &me, room).await?)
    }

    /// Gives the room to `to`, with a note for them.
    "assign" pub async fn assign(room: RoomId, to: PersonId, note: Option<String>) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::assign(&backend()?, &me, room, to, note).await?)
    }

    /// Gives one's own room to `to`, with a note for them, and stays in it.
    "assign_and_stay" pub async fn assign_and_stay(room: RoomId, to: PersonId, note: Option<String>) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::assign_and_stay(&backend()?, &me, room, to, note).await?)
    }

    /// Has a colleague join a room that somebody holds.
    "bring_in" pub async fn bring_in(room: RoomId, person: PersonId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::bring_in(&backend()?, &me, room, person).await?)
    }

    /// Back to the queue, of `team` when one is named.
    "return_to_queue" pub async fn return_to_queue(room: RoomId, team: Option<TeamId>) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::return_to_queue(&backend()?, &me, room, team).await?)
    }

    /// Back to the channel's bot.
    "return_to_bot" pub async fn return_to_bot(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::return_to_bot(&backend()?, &me, room).await?)
    }

    /// Resolve, abandon, critical or clear critical.
    "update_status" pub async fn update_status(room: RoomId, update: StatusUpdate) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::update_status(&backend()?, &me, room, update).await?)
    }

    /// Puts the outcome of an archived episode right.
    "correct_outcome" pub async fn correct_outcome(room: RoomId, outcome: Outcome, comment: Option<String>, reason: Option<String>) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::correct_outcome(&backend()?, &me, room, outcome, comment, reason).await?)
    }

    /// Takes back the last status change, while that is possible.
    "undo" pub async fn undo(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::undo(&backend()?, &me, room).await?)
    }

    /// Reopens an archived room and takes it.
    "reopen" pub async fn reopen(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::reopen(&backend()?, &me, room).await?)
    }

    /// Puts the room off until `until`.
    "snooze" pub async fn snooze(room: RoomId, until: Timestamp) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::snooze(&backend()?, &me, room, until).await?)
    }

    /// Puts the room back on the list.
    "wake" pub async fn wake(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::wake(&backend()?, &me, room).await?)
    }

    /// Drops what the room's customer writes from now on.
    "block" pub async fn block(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::block(&backend()?, &me, room).await?)
    }

    /// Lets the room's customer in again.
    "unblock" pub async fn unblock(room: RoomId) -> Result<Room, AppError> {
        let me = signed_in().await?;
        Ok(rooms::unblock(&backend()?, &me, room).await?)
    }

    /// Remembers that one has seen the first `messages` customer messages of the room.
    "mark_seen" pub async fn mark_seen(room: RoomId, messages: u32) -> Result<(), AppError> {
        let me = signed_in().await?;
        rooms::mark_seen(&backend()?, &me, room, messages).await?;
        Ok(())
    }

    /// Marks the room unread for oneself.
    "mark_unread" pub async fn mark_unread(room: RoomId) -> Result<(), AppError> {
        let me = signed_in().await?;
        rooms::mark_unread(&backend()?, &me, room).await?;
        Ok(())
    }

    /// Does one thing in many rooms, and gives what came of it in each. The same `id` again is the same action.
    "act_in_bulk" pub async fn act_in_bulk(id: BulkId, action: BulkAction, rooms: Vec<Chosen>) -> Result<Vec<BulkResult>, AppError> {
        let me = signed_in().await?;
        Ok(rooms::act_in_bulk(&backend()?, &me, id, action, rooms).await?)
    }

    /// Every room that a list shows, loaded or not, as far as a bulk action of one's own reaches.
    "list_matching" pub async fn list_matching(query: ListQuery) -> Result<Matching, AppError> {
        let me = signed_in().await?;
        Ok(rooms::list_matching(&backend()?, &me, query).await?)
    }

    /// Every room one holds, listed or not.
    "list_held" pub async fn list_held() -> Result<Vec<Room>, AppError> {
        let me = signed_in().await?;
        Ok(rooms::list_held(&backend()?, &me).await?)
    }

    /// How many rooms keep each colleague busy who holds any that does.
    "list_loads" pub async fn list_loads() -> Result<Vec<(PersonId, u16)>, AppError> {
        let me = signed_in().await?;
        Ok(people::list_loads(&backend()?, &me).await?)
    }

    /// Whether one takes new rooms, and what becomes of those one holds when one goes offline; gives what became of them.
    "set_availability" pub async fn set_availability(
        availability: Availability,
        partings: Vec<(RoomId, Parting)>,
    ) -> Result<Parted, AppError> {
        let me = signed_in().await?;
        Ok(people::set_availability(&backend()?, &me, availability, partings).await?)
    }
}

/// [`load_desk`] as a page carries it.
#[cfg(feature = "ssr")]
pub async fn begin(query: ListQuery) -> String {
    crate::api::json(&load_desk(query).await)
}

/// [`load_desk`] as a page carries it.
#[cfg(not(feature = "ssr"))]
pub async fn begin(query: ListQuery) -> String {
    crate::api::call_unread("load_desk", vec![("query", crate::api::json(&query))]).await
}
