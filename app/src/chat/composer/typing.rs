//! Tells others that one writes, not more often than they need.

use std::time::Duration;

use domain::id::RoomId;
use domain::live::Signal as Told;
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::clock;
use crate::desk::Store;

/// While one writes, colleagues and the customer hear of it this often.
const TELL_EVERY: Duration = Duration::from_secs(3);

/// So long after the last key one no longer writes.
const IDLE: Duration = Duration::from_secs(2);

/// One's own writing in one room.
#[derive(Clone, Copy)]
pub struct Typing {
    store: Store,
    room: RoomId,
    told_at: StoredValue<Option<Timestamp>>,
    last_key: StoredValue<Timestamp>,
}

impl Typing {
    /// Nobody writes yet.
    pub fn new(store: Store, room: RoomId) -> Self {
        Self { store, room, told_at: StoredValue::new(None), last_key: StoredValue::new(Timestamp::default()) }
    }

    /// Another key; without words left one has stopped.
    pub fn go_on(self, has_words: bool) {
        if !has_words {
            return self.stop();
        }
        let now = clock::now();
        self.last_key.set_value(now);
        if self.told_at.get_value().is_none_or(|told| now.since(told) >= TELL_EVERY) {
            self.told_at.set_value(Some(now));
            self.store.tell(Told::Typing { room: self.room, on: true });
        }
        set_timeout(
            move || {
                let is_idle = self.last_key.try_get_value().is_some_and(|last| clock::now().since(last) >= IDLE);
                if is_idle {
                    self.stop();
                }
            },
            IDLE,
        );
    }

    /// The words were sent, or are left alone.
    pub fn stop(self) {
        if self.told_at.try_update_value(Option::take).flatten().is_some() {
            self.store.tell(Told::Typing { room: self.room, on: false });
        }
    }
}
