//! Messages and notes on their way: shown at once, sent in order, kept by this browser until the server has them.

use std::time::Duration;

use domain::delivery::Delivery;
use domain::desk::Outgoing;
use domain::id::{MessageId, RoomId};
use domain::message::{Author, Content, Message, Note, What};
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::api::read;
use crate::chat::{Mode, api};
use crate::clock;
use crate::desk::{Store, leave_to_sign_in};
use crate::error::AppError;
use crate::storage;

/// How soon a send that may pass is tried again by itself.
const AGAIN: Duration = Duration::from_secs(3);

/// An unsent message as the browser keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    room: RoomId,
    id: MessageId,
    at: Timestamp,
    mode: Mode,
    text: String,
}

impl Store {
    /// Sends `text`, which the composer has checked.
    pub fn send(self, room: RoomId, mode: Mode, text: String) {
        let id = MessageId(Uuid::now_v7());
        self.desk.update(|desk| desk.put_out(outgoing(desk.me.id, room, id, clock::now(), mode, text)));
        self.flush(room);
    }

    /// Tries again what did not go.
    pub fn send_again(self, id: MessageId) {
        let mut room = None;
        self.desk.update(|desk| {
            if let Some(outgoing) = desk.outbox.iter_mut().find(|outgoing| outgoing.id() == Some(id)) {
                outgoing.problem = None;
                room = Some(outgoing.room);
            }
        });
        if let Some(room) = room {
            self.flush(room);
        }
    }

    /// Takes an unsent message back and gives its words.
    pub fn take_back(self, id: MessageId) -> Option<String> {
        let mut words = None;
        self.desk.update(|desk| {
            desk.outbox.retain(|outgoing| {
                let is_it = outgoing.id() == Some(id);
                if is_it {
                    words = Some(text_of(&outgoing.what).to_owned());
                }
                !is_it
            });
        });
        words
    }

    /// Asks the server to deliver a failed message once more.
    pub fn deliver_again(self, room: RoomId, id: MessageId) {
        spawn_local(async move {
            if let Err(error) = api::retry_message(room, id).await {
                self.report(&error);
            }
        });
    }

    /// Sends whatever waits, in every room.
    pub fn flush_all(self) {
        let mut rooms: Vec<RoomId> =
            self.desk.with_untracked(|desk| desk.outbox.iter().map(|outgoing| outgoing.room).collect());
        rooms.dedup();
        for room in rooms {
            self.flush(room);
        }
    }

    /// Brings back what this browser had not sent when it was closed, and keeps what is unsent from now on.
    pub fn keep_outbox(self) {
        let me = self.desk.with_untracked(|desk| desk.me.id);
        let key = format!("outbox:{me}");
        let kept: Vec<Kept> = storage::load(&key).and_then(|text| read(text.as_bytes()).ok()).unwrap_or_default();
        if !kept.is_empty() {
            self.desk.update(|desk| {
                for kept in kept {
                    desk.put_out(outgoing(me, kept.room, kept.id, kept.at, kept.mode, kept.text));
                }
            });
            self.flush_all();
        }
        let unsent = Memo::new(move |_| self.desk.with(|desk| desk.outbox.clone()));
        Effect::new(move |_| {
            let kept: Vec<Kept> = unsent.with(|outbox| outbox.iter().filter_map(kept_of).collect());
            match serde_json::to_string(&kept) {
                Ok(text) if !kept.is_empty() => storage::save(&key, &text),
                _ => storage::forget(&key),
            }
        });
    }

    /// Sends what waits in `room`, one after the other, so that their order holds.
    fn flush(self, room: RoomId) {
        let is_free = self.sending.try_update_value(|sending| sending.insert(room)).unwrap_or(false);
        if !is_free {
            return;
        }
        spawn_local(async move {
            while let Some(next) = self.next_in(room) {
                if !self.send_one(&next).await {
                    break;
                }
            }
            self.sending.update_value(|sending| {
                sending.remove(&room);
            });
        });
    }

    fn next_in(self, room: RoomId) -> Option<Outgoing> {
        self.desk.with_untracked(|desk| {
            let mut waiting = desk.outbox.iter().filter(|outgoing| outgoing.room == room && outgoing.problem.is_none());
            waiting.find(|outgoing| !self.is_accepted(outgoing.id())).cloned()
        })
    }

    fn is_accepted(self, id: Option<MessageId>) -> bool {
        id.is_none_or(|id| self.accepted.with_value(|accepted| accepted.contains(&id)))
    }

    /// Whether the next one may follow.
    async fn send_one(self, outgoing: &Outgoing) -> bool {
        let (room, text) = (outgoing.room, text_of(&outgoing.what).to_owned());
        let Some(id) = outgoing.id() else { return true };
        let answer = match &outgoing.what {
            What::Note(_) => api::add_note(room, id, text).await,
            What::Message(_) | What::Line(_) => api::send_message(room, id, text).await,
        };
        match answer {
            Ok(_) => self.accept(room, id),
            Err(AppError::SignIn) => {
                leave_to_sign_in();
                return false;
            }
            Err(error) if error.may_pass() => {
                set_timeout(move || self.flush(room), AGAIN);
                return false;
            }
            Err(error) => self.mark_problem(id, self.words(&error)),
        }
        true
    }

    /// The server has it. In the open room the event takes its place; elsewhere nobody looks.
    fn accept(self, room: RoomId, id: MessageId) {
        self.accepted.update_value(|accepted| {
            accepted.insert(id);
        });
        let is_open = self.desk.with_untracked(|desk| desk.open.as_ref().is_some_and(|view| view.room.id == room));
        if !is_open {
            self.desk.update(|desk| desk.outbox.retain(|outgoing| outgoing.id() != Some(id)));
        }
    }

    fn mark_problem(self, id: MessageId, words: String) {
        self.desk.update(|desk| {
            if let Some(outgoing) = desk.outbox.iter_mut().find(|outgoing| outgoing.id() == Some(id)) {
                outgoing.problem = Some(words);
            }
        });
    }
}

fn outgoing(
    me: domain::id::PersonId,
    room: RoomId,
    id: MessageId,
    at: Timestamp,
    mode: Mode,
    text: String,
) -> Outgoing {
    let what = match mode {
        Mode::Reply => {
            let content = Content::Text(text);
            What::Message(Message::new(id, Author::Person(me), content, Some(Delivery::Waiting)))
        }
        Mode::Note => What::Note(Note { id, by: me, text }),
    };
    Outgoing { room, at, what, problem: None }
}

fn kept_of(outgoing: &Outgoing) -> Option<Kept> {
    let mode = match outgoing.what {
        What::Note(_) => Mode::Note,
        What::Message(_) => Mode::Reply,
        What::Line(_) => return None,
    };
    let (room, at, text) = (outgoing.room, outgoing.at, text_of(&outgoing.what).to_owned());
    outgoing.id().map(|id| Kept { room, id, at, mode, text })
}

fn text_of(what: &What) -> &str {
    match what {
        What::Message(message) => message.content.text(),
        What::Note(note) => &note.text,
        What::Line(_) => "",
    }
}
