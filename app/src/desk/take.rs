//! What the live socket tells, put into the store.

use std::collections::HashMap;
use std::time::Duration;

use domain::id::RoomId;
use domain::live::{Frame, Typist};
use leptos::prelude::*;

use crate::clock;
use crate::desk::news::Heard;
use crate::desk::store::Typing;
use crate::desk::{Opening, Store};
use crate::error::AppError;

/// Typing that is not told again ends after this.
const TYPING_ENDS: Duration = Duration::from_secs(5);

impl Store {
    /// Takes what the live socket told.
    pub fn take(self, frames: Vec<Frame>) {
        let mut todo = Vec::new();
        let mut folded = Vec::with_capacity(frames.len());
        for frame in frames {
            if let Some((room, who)) = frame.written() {
                self.take_typing(room, who, false);
            }
            match frame {
                Frame::Hello { build } => {
                    self.compare_build(&build);
                    // What holds now comes after it.
                    self.viewing.set(HashMap::new());
                }
                Frame::Typing { room, who, on } => self.take_typing(room, who, on),
                Frame::Expiring { room, name, at } => self.warn(room, &name, at),
                Frame::ExpiredMeanwhile { expired, unanswered } => self.tell_expired(expired, unanswered),
                Frame::Viewing { room, people } => self.viewing.update(|viewing| {
                    viewing.insert(room, people);
                    viewing.retain(|_, people| !people.is_empty());
                }),
                other => folded.push(other),
            }
        }
        let (mut lost, mut heard) = (Vec::new(), Vec::new());
        self.desk.maybe_update(|desk| {
            let mut is_changed = false;
            for frame in folded {
                is_changed |= !matches!(frame, Frame::Heartbeat { .. });
                if let Frame::Gone { room, .. } = &frame {
                    desk.open.take_if(|view| view.room.id == *room);
                    lost.push(*room);
                }
                heard.extend(Heard::of(desk, &frame));
                todo.push(desk.apply(frame));
            }
            is_changed
        });
        if let Some(room) = self.selected.get_value().filter(|room| lost.contains(room)) {
            self.opening.set(Opening::Failed(room, AppError::NotFound));
        }
        self.open_what_came_back();
        self.tell_news(heard);
        for next in todo {
            self.follow(next);
        }
    }

    /// The room on screen may be theirs to see again.
    fn open_what_came_back(self) {
        let Opening::Failed(room, error) = self.opening.get_untracked() else { return };
        let is_here = error.is_gone() && self.desk.with_untracked(|desk| desk.room(room).is_some());
        if is_here && self.selected.get_value() == Some(room) {
            self.load_room(room);
        }
    }

    fn compare_build(self, build: &str) {
        let ours = document().document_element().and_then(|html| html.get_attribute("data-build"));
        if ours.is_some_and(|ours| ours != build) {
            self.is_outdated.set(true);
        }
    }

    fn take_typing(self, room: RoomId, who: Typist, on: bool) {
        let until = clock::now().plus(TYPING_ENDS);
        self.typing.maybe_update(|typing| {
            let before = typing.len();
            typing.retain(|other| (other.room, other.who) != (room, who));
            if on {
                typing.push(Typing { room, who, until });
            }
            on || typing.len() < before
        });
        if on {
            set_timeout(move || self.end_typing(), TYPING_ENDS + Duration::from_millis(50));
        }
    }

    fn end_typing(self) {
        let now = clock::now();
        if self.typing.with_untracked(|typing| typing.iter().any(|one| one.until <= now)) {
            self.typing.update(|typing| typing.retain(|one| one.until > now));
        }
    }
}
