//! What people do to rooms: decided here with the product's own rules, shown at once, then asked of the server.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use domain::change::Change;
use domain::desk::Desk;
use domain::episode::Outcome;
use domain::id::{PersonId, RoomId, TeamId};
use domain::permission;
use domain::person::Availability;
use domain::policy::UNDO;
use domain::refused::Refused;
use domain::room::{self, Room, Status, StatusUpdate};
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::clock;
use crate::desk::{Offer, Store, Undoable, api};
use crate::error::AppError;

/// What offers more than a word is worth more than a moment.
const REFUSED_SHOWN: Duration = Duration::from_secs(15);

type Answer = Pin<Box<dyn Future<Output = Result<Room, AppError>>>>;

impl Store {
    /// Enter Chat. `then` runs as soon as the room is ours on this screen, as it may be already after a second click.
    pub fn enter(self, room: RoomId, then: impl FnOnce() + 'static) {
        let change = self.decide(room, |desk, room| room::enter(room, &desk.me, &desk.policy));
        match change.transpose() {
            Some(change) => self.do_then(room, change, Box::pin(api::enter_chat(room)), then),
            None => then(),
        }
    }

    /// Takes the room from whoever holds it. `then` runs when it is ours on this screen, as after a second click.
    pub fn take_over(self, room: RoomId, then: impl FnOnce() + 'static) {
        let change = self.decide(room, |desk, room| room::take_over(room, &desk.me, &desk.policy));
        match change.transpose() {
            Some(change) => self.do_then(room, change, Box::pin(api::take_over(room)), then),
            None => then(),
        }
    }

    /// Asks whoever holds the room for it.
    pub fn request_take_over(self, room: RoomId) {
        let now = clock::now();
        let change = self.decide(room, |desk, room| room::request_take_over(room, &desk.me, &desk.policy, now));
        self.do_then(room, change, Box::pin(api::request_take_over(room)), move || self.say("You asked for the chat."));
    }

    /// Keeps the room that a colleague asked for.
    pub fn decline_take_over(self, room: RoomId) {
        let change = self.decide(room, |desk, room| room::decline_take_over(room, &desk.me, &desk.policy));
        self.do_then(room, change, Box::pin(api::decline_take_over(room)), || ());
    }

    /// Joins whoever holds the room. `then` runs when one may write there on this screen.
    pub fn join(self, room: RoomId, then: impl FnOnce() + 'static) {
        let change = self.decide(room, |desk, room| room::join(room, &desk.me, &desk.policy));
        self.do_then(room, change, Box::pin(api::join_chat(room)), then);
    }

    /// Has `person` join a room that somebody holds.
    pub fn bring_in(self, room: RoomId, person: PersonId) {
        let change = self.decide(room, |desk, room| {
            let person = desk.people.get(&person).ok_or(Refused::NotFound)?;
            room::bring_in(room, &desk.me, person, &desk.policy)
        });
        self.do_then(room, change, Box::pin(api::bring_in(room, person)), || ());
    }

    /// Leaves a room one had joined.
    pub fn leave(self, room: RoomId) {
        let change = self.decide(room, |desk, room| room::leave(room, &desk.me));
        self.do_then(room, change, Box::pin(api::leave_chat(room)), || ());
    }

    /// Gives the room to `to`. `then` runs when it is done on this screen.
    pub fn assign(self, room: RoomId, to: PersonId, note: Option<String>, then: impl FnOnce() + 'static) {
        let change = self.decide(room, |desk, room| {
            let person = desk.people.get(&to).ok_or(Refused::NotFound)?;
            room::assign(room, &desk.me, person, note.as_deref(), &desk.policy)
        });
        self.do_then(room, change, Box::pin(api::assign(room, to, note)), then);
    }

    /// Gives one's own room to `to`, and stays in it.
    pub fn assign_and_stay(self, room: RoomId, to: PersonId, note: Option<String>) {
        let change = self.decide(room, |desk, room| {
            let person = desk.people.get(&to).ok_or(Refused::NotFound)?;
            room::assign_and_stay(room, &desk.me, person, note.as_deref(), &desk.policy)
        });
        self.do_then(room, change, Box::pin(api::assign_and_stay(room, to, note)), || ());
    }

    /// Gives the room back to the queue.
    pub fn return_to_queue(self, room: RoomId, team: Option<TeamId>) {
        let change = self.decide(room, |desk, room| room::return_to_queue(room, &desk.me, team, &desk.policy));
        self.do_then(room, change, Box::pin(api::return_to_queue(room, team)), || ());
    }

    /// Gives the room back to its bot.
    pub fn return_to_bot(self, room: RoomId) {
        let change = self.decide(room, |desk, room| {
            let channel = desk.channels.get(&room.channel).ok_or(Refused::NoBot)?;
            room::return_to_bot(room, &desk.me, channel, &desk.policy)
        });
        self.do_then(room, change, Box::pin(api::return_to_bot(room)), || ());
    }

    /// Puts the room off until `until`: it leaves the list and stays on screen.
    pub fn snooze(self, room: RoomId, until: Timestamp) {
        let now = clock::now();
        let change = self.decide(room, |desk, room| room::snooze(room, &desk.me, until, &desk.policy, now));
        self.do_then(room, change, Box::pin(api::snooze(room, until)), || ());
    }

    /// Puts the room back on the list.
    pub fn wake(self, room: RoomId) {
        let change = self.decide(room, |desk, room| room::wake(room, &desk.me, &desk.policy));
        self.do_then(room, change, Box::pin(api::wake(room)), || ());
    }

    /// Drops what the room's customer writes from now on.
    pub fn block(self, room: RoomId) {
        let change = self.decide(room, |desk, room| room::block(room, &desk.me, &desk.policy));
        self.do_then(room, change, Box::pin(api::block(room)), || ());
    }

    /// Lets the room's customer in again. `then` runs when they are on this screen.
    pub fn unblock(self, room: RoomId, then: impl FnOnce() + 'static) {
        let change = self.decide(room, |desk, room| room::unblock(room, &desk.me, &desk.policy));
        let say = move || {
            self.say("Customer unblocked. What they write from now on comes in.");
            then();
        };
        self.do_then(room, change, Box::pin(api::unblock(room)), say);
    }

    /// Updates the status, and lets it be undone for a while. Nothing is shown before the server has it: its dialog is
    /// still open, and says why not.
    ///
    /// # Errors
    /// The product or the server says no.
    pub async fn update_status(self, room: RoomId, update: StatusUpdate) -> Result<(), AppError> {
        let now = clock::now();
        let change = self.decide(room, |desk, room| {
            let channel = desk.channels.get(&room.channel).ok_or(Refused::NotFound)?;
            room::update_status(room, &desk.me, &update, channel, &desk.policy, now)
        })?;
        let words = done_words(update.status, update.feedback);
        let answer = api::update_status(room, update).await?;
        let position = answer.last_position;
        self.desk.update(|desk| desk.settle(answer, &change));
        self.let_undo(room, words, position);
        Ok(())
    }

    /// Puts the outcome of the room's last episode right; its dialog is open until the server has it.
    ///
    /// # Errors
    /// The product or the server says no.
    pub async fn correct_outcome(
        self,
        room: RoomId,
        outcome: Outcome,
        comment: Option<String>,
        reason: Option<String>,
    ) -> Result<(), AppError> {
        let change = self.decide(room, |desk, room| {
            room::correct_outcome(room, &desk.me, outcome, comment.as_deref(), reason.as_deref(), &desk.policy)
        })?;
        let answer = api::correct_outcome(room, outcome, comment, reason).await?;
        self.desk.update(|desk| desk.settle(answer, &change));
        self.say(format!("The outcome is {} now.", outcome.label().to_lowercase()));
        Ok(())
    }

    /// The status change of `room` that can still be taken back: nothing was said or done there since.
    #[must_use]
    pub fn undoable_of(self, room: RoomId) -> Option<Undoable> {
        self.undoable.with(|all| all.iter().find(|one| one.room == room).filter(|one| self.is_last(one)).cloned())
    }

    /// The room whose status change can be taken back, of several the latest.
    #[must_use]
    pub fn last_undoable(self) -> Option<RoomId> {
        self.undoable.with(|all| all.iter().rfind(|one| self.is_last(one)).map(|one| one.room))
    }

    /// Whether nothing stands in the room after it, as far as this screen knows.
    fn is_last(self, change: &Undoable) -> bool {
        self.desk.with(|desk| desk.room(change.room).is_none_or(|room| room.last_position <= change.position))
    }

    /// Takes back the last status change of `room`. `then` gets the room as it left it, which the screen may not show yet.
    pub fn undo(self, room: RoomId, then: impl FnOnce(&Room) + 'static) {
        self.end_undo(room);
        self.ask_then(Box::pin(api::undo(room)), then);
    }

    /// Says whether one takes new rooms. Whoever goes offline and holds rooms is asked about them first: see
    /// [`crate::console::Dialog::Offline`].
    pub fn set_availability(self, availability: Availability) {
        let before = self.desk.with_untracked(|desk| desk.me.availability);
        self.desk.update(|desk| desk.me.availability = availability);
        spawn_local(async move {
            match api::set_availability(availability, Vec::new()).await {
                Ok(parted) => self.say_parted(parted),
                Err(error) => {
                    self.desk.update(|desk| desk.me.availability = before);
                    self.report(&error);
                }
            }
        });
    }

    /// Marks the room unread for oneself; the event that follows shows it.
    pub fn mark_unread(self, room: RoomId) {
        spawn_local(async move {
            match api::mark_unread(room).await {
                Ok(()) => self.say("Marked unread."),
                Err(error) => self.report(&error),
            }
        });
    }

    /// Reopens an archived room. The server decides whether the episode goes on. `then` runs when it has.
    pub fn reopen(self, room: RoomId, then: impl FnOnce() + 'static) {
        self.ask_then(Box::pin(api::reopen(room)), |_| then());
    }

    fn decide<D>(self, room: RoomId, rule: impl FnOnce(&Desk, &Room) -> Result<D, Refused>) -> Result<D, Refused> {
        self.desk.with_untracked(|desk| rule(desk, desk.room(room).ok_or(Refused::NotFound)?))
    }

    fn do_then(self, room: RoomId, change: Result<Change, Refused>, answer: Answer, then: impl FnOnce()) {
        if self.is_done(room, change, answer) {
            then();
        }
    }

    /// Shows `change` at once and takes it back when the server says no. False when the product says so already.
    fn is_done(self, room: RoomId, change: Result<Change, Refused>, answer: Answer) -> bool {
        let change = match change {
            Ok(change) => change,
            Err(refused) => {
                self.refuse(room, &refused.into());
                return false;
            }
        };
        self.desk.update(|desk| desk.propose(room, &change, clock::now()));
        spawn_local(async move {
            match answer.await {
                Ok(answer) => self.desk.update(|desk| desk.settle(answer, &change)),
                Err(error) => {
                    self.desk.update(|desk| desk.retract(room, &change));
                    self.refuse(room, &error);
                }
            }
        });
        true
    }

    /// Whoever was slower hears who was quicker, and what is left to do beside them.
    fn refuse(self, room: RoomId, error: &AppError) {
        if !matches!(error, AppError::Refused(Refused::HeldBy { .. })) {
            return self.report(error);
        }
        let is_elsewhere = self.selected.get_value() != Some(room);
        let offers = self.desk.with_untracked(|desk| {
            let Some(known) = desk.room(room) else { return Vec::new() };
            let ways = [
                is_elsewhere.then_some(Offer::Watch(room)),
                permission::may_join(&desk.me, known).then_some(Offer::Join(room)),
                permission::may_take_over(&desk.me, known).then_some(Offer::TakeOver(room)),
            ];
            ways.into_iter().flatten().collect()
        });
        self.show_toast(self.words(error), true, offers, REFUSED_SHOWN);
    }

    /// Asks without showing anything first: the event shows it, before or after `then` gets the answer.
    fn ask_then(self, answer: Answer, then: impl FnOnce(&Room) + 'static) {
        spawn_local(async move {
            match answer.await {
                Ok(room) => then(&room),
                Err(error) => self.report(&error),
            }
        });
    }

    fn let_undo(self, room: RoomId, words: &'static str, position: u32) {
        self.end_undo(room);
        let until = clock::now().plus(UNDO);
        self.undoable.update(|all| all.push(Undoable { room, words, position, until }));
        let name = self.desk.with_untracked(|desk| desk.room(room).map(|room| room.name.clone()));
        let named = name.map_or_else(|| words.to_owned(), |name| format!("{name}: {words}"));
        self.show_toast(named, false, vec![Offer::Undo(room)], UNDO);
        let end = move || self.undoable.update(|all| all.retain(|one| one.until > clock::now()));
        set_timeout(end, UNDO + Duration::from_millis(50));
    }

    fn end_undo(self, room: RoomId) {
        self.undoable.update(|all| all.retain(|one| one.room != room));
        self.toasts.update(|toasts| toasts.shown.retain(|toast| !toast.offers.contains(&Offer::Undo(room))));
    }
}

const fn done_words(status: Status, feedback: bool) -> &'static str {
    match (status, feedback) {
        (Status::Resolve, true) => "Chat resolved. The feedback message leaves in 10 seconds.",
        (Status::Resolve, false) => "Chat resolved.",
        (Status::Abandon, true) => "Chat abandoned. The feedback message leaves in 10 seconds.",
        (Status::Abandon, false) => "Chat abandoned.",
        (Status::Critical, true) => "Marked critical. The feedback message leaves in 10 seconds.",
        (Status::Critical, false) => "Marked critical.",
        (Status::ClearCritical, _) => "No longer critical.",
    }
}
