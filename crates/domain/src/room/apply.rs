//! How a change moves a room's fields; the one place where they move.

use std::time::Duration;

use crate::change::{Actor, Change, ReturnReason};
use crate::episode::Outcome;
use crate::id::{EpisodeId, MessageId, PersonId, TeamId};
use crate::message::{Author, Content, Message, Note, Preview};
use crate::room::{LiveHandler, Room, State, TakeOverRequest};
use crate::timestamp::Timestamp;

impl Room {
    /// Takes `change`, which happened at `at`: the one place where a room's fields move. Server and browser run it.
    pub fn apply(&mut self, change: &Change, at: Timestamp) {
        self.take(change, at);
        // What one person has seen is told to that person alone; counted, it would be a hole for everybody else.
        if !matches!(change, Change::Seen { .. }) {
            self.version += 1;
        }
        if change.is_entry() {
            self.last_position += 1;
        }
    }

    fn take(&mut self, change: &Change, at: Timestamp) {
        match change {
            Change::EpisodeOpened { episode, number, handler, team, expires_after_millis, .. } => {
                self.begin_episode(*episode, *number, *expires_after_millis, at);
                self.team = *team;
                self.hand_to(State::Live { handler: *handler });
            }
            Change::MessageAdded(message) => {
                self.take_message(message, at);
            }
            Change::NoteAdded(note) => self.take_note(note, at),
            Change::HandedOff { team, .. } => self.hand_off(*team, at),
            Change::Entered { by } => self.assign_to(*by, at),
            Change::Assigned { to, stays, team, .. } => {
                self.team = team.or(self.team);
                if *stays {
                    self.hand_over(*to, at);
                } else {
                    self.assign_to(*to, at);
                }
            }
            Change::ReturnedToQueue { team, by, reason } => {
                self.team = team.or(self.team);
                self.return_to_queue(*by, *reason, at);
            }
            Change::ReturnedToBot { .. } => {
                self.addressed_at = at;
                self.hand_to(State::Live { handler: LiveHandler::Bot });
            }
            Change::MarkedCritical { .. } | Change::ClearedCritical { .. } => {
                self.critical = matches!(change, Change::MarkedCritical { .. });
                self.addressed_at = at;
            }
            Change::Closed { outcome, by, .. } => self.archive(*outcome, false, Some(*by), at),
            Change::Ended => self.archive(Outcome::Resolved, false, None, at),
            Change::Expired { unanswered } => self.archive(Outcome::Expired, *unanswered, None, at),
            Change::Invited { by, episode } => self.invite(*by, *episode, at),
            Change::Restored { by } => {
                self.restore_pending = None;
                self.restored_by = Some(*by);
                self.let_in(*by);
            }
            Change::RestoreFailed => self.restore_pending = None,
            Change::Reopened { by } => self.assign_to(*by, at),
            Change::ReopenedAnew { by, episode, number, expires_after_millis } => {
                self.begin_episode(*episode, *number, *expires_after_millis, at);
                self.assign_to(*by, at);
            }
            Change::Snoozed { until, .. } => {
                self.snoozed_until = Some(*until);
                self.addressed_at = at;
            }
            Change::Woken { .. } => {
                self.snoozed_until = None;
                // Expiry stood still meanwhile, whoever ended it.
                self.addressed_at = at;
            }
            Change::Undone { before, .. } => self.restore(before),
            Change::OutcomeCorrected { outcome, .. } => self.correct(*outcome),
            Change::Joined { person } | Change::BroughtIn { person, .. } => self.let_in(*person),
            Change::Left { person } => {
                self.participants.retain(|other| other != person);
                self.restored_by.take_if(|sender| sender == person);
            }
            Change::TakeOverRequested { by } => self.request(Some(*by), at),
            Change::TakeOverDeclined { .. } => self.request(None, self.take_over_request.map_or(at, |asked| asked.at)),
            Change::CustomerChanged { name, opted_out, .. } => {
                self.name.clone_from(name);
                self.opted_out = *opted_out;
            }
            Change::CustomerBlocked { by } => self.block(*by, at),
            Change::CustomerUnblocked { by } => {
                self.blocked = false;
                self.address(*by, at);
            }
            Change::PictureArrived { picture } => self.picture = Some(*picture),
            Change::MessageEdited { message, content } | Change::PartDeleted { message, content } => {
                self.retell(*message, content);
            }
            Change::AlbumGrew { message, text, .. } if !text.is_empty() => {
                self.retell(*message, &Content::Text(text.clone()));
            }
            Change::MessageDeleted { message } => self.retell(*message, &Content::Deleted),
            Change::AlbumGrew { .. }
            | Change::DeliveryChanged { .. }
            | Change::Reacted { .. }
            | Change::FileArrived { .. }
            | Change::ContactLinked { .. }
            | Change::ContactsMerged { .. }
            | Change::ContactDeleted { .. }
            | Change::FieldsCollected { .. }
            | Change::FeedbackGiven { .. }
            | Change::Seen { .. }
            | Change::PersonChanged(_)
            | Change::TeamChanged(_)
            | Change::ChannelChanged(_)
            | Change::PolicyChanged(_)
            | Change::Unread => {}
        }
    }

    fn take_note(&mut self, note: &Note, at: Timestamp) {
        self.preview = Some(Preview::of_note(note));
        self.last_message_at = at;
        self.addressed_at = at;
    }

    fn hand_off(&mut self, team: Option<TeamId>, at: Timestamp) {
        self.team = team.or(self.team);
        // Until now the bot answered; from now on the customer waits for a person.
        self.waiting_since = Some(at);
        self.hand_to(State::Live { handler: LiveHandler::Queue });
    }

    fn correct(&mut self, corrected: Outcome) {
        if let State::Archived { outcome, unanswered, .. } = &mut self.state {
            *outcome = corrected;
            *unanswered = false;
        }
    }

    fn return_to_queue(&mut self, by: Actor, reason: ReturnReason, at: Timestamp) {
        self.address(by, at);
        // From one team's queue to another's, nobody else answers.
        if !self.is_queued() {
            self.hand_to(State::Live { handler: LiveHandler::Queue });
        }
        self.returned_by = match reason {
            ReturnReason::Given => by.person(),
            ReturnReason::Unanswered(person) => Some(person),
            // Once they are back, it may be theirs again.
            ReturnReason::Disconnected(_) | ReturnReason::WentOffline(_) | ReturnReason::Released(_) => None,
        };
    }

    fn take_message(&mut self, message: &Message, at: Timestamp) {
        let Message { author, content, .. } = message;
        self.preview = Some(Preview::of_message(message));
        self.last_message_at = at;
        let answers_feedback = matches!(content, Content::FeedbackAnswer { .. });
        if author.is_customer() && !answers_feedback {
            self.customer_messages += 1;
            // The window is the provider's, and so is the clock that it goes by; what is heard late shortens it.
            let said_at = at.minus(Duration::from_secs(message.late_seconds.into()));
            self.last_customer_at = self.last_customer_at.max(Some(said_at));
            self.addressed_at = at;
            self.waiting_since.get_or_insert(at);
            self.snoozed_until = None;
            self.restore_pending = None;
        } else if let Author::Person(person) = author {
            self.addressed_at = at;
            self.waiting_since = None;
            if self.is_archived() && matches!(content, Content::Template(_)) {
                self.restore_pending = Some(*person);
            }
        }
    }

    /// The list shows what the transcript shows.
    fn retell(&mut self, message: MessageId, content: &Content) {
        if let Some(preview) = &mut self.preview {
            preview.retell(message, content);
        }
    }

    fn begin_episode(&mut self, episode: EpisodeId, number: u32, expires_after_millis: Option<u64>, at: Timestamp) {
        self.episode = episode;
        self.episode_number = number;
        self.episode_opened_at = at;
        self.expires_after_millis = expires_after_millis;
        self.earlier_messages = self.customer_messages;
        self.critical = false;
        self.waiting_since = None;
        self.addressed_at = at;
        // Whoever joined the last episode has nothing to do with this one, but for whose template it is an answer to.
        self.participants.retain(|person| Some(*person) == self.restored_by);
    }

    fn assign_to(&mut self, person: PersonId, at: Timestamp) {
        self.addressed_at = at;
        self.restored_by = None;
        self.participants.retain(|other| *other != person);
        self.hand_to(State::Assigned { to: person, since: at });
    }

    /// `person` works in it beside its holder, or sees what becomes of it.
    fn let_in(&mut self, person: PersonId) {
        if !self.participants.contains(&person) {
            self.participants.push(person);
        }
    }

    /// Whoever held it stays beside `to`.
    fn hand_over(&mut self, to: PersonId, at: Timestamp) {
        let holder = self.agent().filter(|holder| *holder != to);
        self.assign_to(to, at);
        self.participants.extend(holder);
    }

    /// It was asked for at `at`, and `by` waits for the answer.
    const fn request(&mut self, by: Option<PersonId>, at: Timestamp) {
        self.take_over_request = Some(TakeOverRequest { by, at });
    }

    /// Whoever joined it goes on seeing it, as its holder does, until the next episode begins.
    fn archive(&mut self, outcome: Outcome, unanswered: bool, by: Option<PersonId>, at: Timestamp) {
        let agent = self.agent();
        self.critical = false;
        self.waiting_since = None;
        self.restored_by = None;
        self.hand_to(State::Archived { outcome, unanswered, at, by, agent });
    }

    /// Nobody held it yet, and whoever begins it sees what becomes of it.
    fn invite(&mut self, by: PersonId, episode: EpisodeId, at: Timestamp) {
        self.episode = episode;
        self.archive(Outcome::Expired, false, Some(by), at);
        if let State::Archived { agent, .. } = &mut self.state {
            *agent = Some(by);
        }
    }

    /// Snoozing ends with whoever did it: the next one to answer must find the room.
    fn hand_to(&mut self, state: State) {
        self.state = state;
        self.snoozed_until = None;
        self.returned_by = None;
        self.take_over_request = None;
        self.handler_epoch += 1;
    }

    /// Nobody will answer the customer any more, and none of our templates hears from them.
    fn block(&mut self, by: Actor, at: Timestamp) {
        self.blocked = true;
        self.waiting_since = None;
        self.restore_pending = None;
        self.address(by, at);
    }

    /// Only what a status change moved comes back; positions, counters and epochs go on counting. Where the handler
    /// was the same all along, as with critical, the epoch stays: a bot's turn that is on its way is still its turn.
    fn restore(&mut self, before: &Self) {
        if self.state != before.state {
            self.hand_to(before.state.clone());
            self.returned_by = before.returned_by;
            self.restored_by = before.restored_by;
            self.take_over_request = before.take_over_request;
        }
        self.critical = before.critical;
        self.waiting_since = before.waiting_since;
        self.snoozed_until = before.snoozed_until;
        self.participants.clone_from(&before.participants);
        self.addressed_at = before.addressed_at;
    }

    /// What a person does in a room keeps it from expiring; what the product does never extends it.
    fn address(&mut self, by: Actor, at: Timestamp) {
        if by.person().is_some() {
            self.addressed_at = at;
        }
    }
}
