//! The words for what somebody is told beyond the picture, and where they lead.

use std::time::Duration;

use domain::change::{Actor, ReturnReason};
use domain::desk::{Desk, News, Taken};
use domain::id::{PersonId, RoomId};
use domain::live::Frame;
use domain::policy::ASK_AGAIN;
use domain::refused::Refused;
use domain::room;
use leptos::prelude::*;

use crate::desk::{Offer, Store};

/// What concerns a person so much is worth more than a moment.
const SHOWN: Duration = Duration::from_secs(15);

/// An answered template is worth even more.
const RESTORED_SHOWN: Duration = Duration::from_secs(30);

/// So much is told at once; whoever comes back after hours sees in the list what became of the rest.
const MOST: usize = 3;

/// News, with the customer's name.
pub struct Heard {
    room: RoomId,
    name: String,
    news: News,
}

impl Heard {
    /// What `frame` tells whoever sits here. Asked before the desk takes it: a room that goes has its name only until then.
    pub fn of(desk: &Desk, frame: &Frame) -> Option<Self> {
        let (room, news) = desk.news(frame)?;
        let told = match frame {
            Frame::Event(event) => event.room.as_deref(),
            _ => None,
        };
        let name = told.or_else(|| desk.room(room)).map(|room| room.name.clone());
        Some(Self { room, name: name.unwrap_or_else(|| "a customer".into()), news })
    }
}

impl Store {
    /// Tells what was heard, and remembers how rooms left.
    pub(super) fn tell_news(self, heard: Vec<Heard>) {
        let skipped = heard.len().saturating_sub(MOST);
        for (place, Heard { room, name, news }) in heard.into_iter().enumerate() {
            if let News::Taken(taken) = news {
                self.taken.update(|all| {
                    all.insert(room, taken);
                });
            }
            if place >= skipped {
                self.tell_one(room, &name, &news);
            }
        }
    }

    fn tell_one(self, room: RoomId, name: &str, news: &News) {
        let (words, may_see) =
            self.desk.with_untracked(|desk| (news_words(desk, name, news), desk.room(room).is_some()));
        let is_elsewhere = self.selected.get_value() != Some(room);
        let mut offers = if may_see && is_elsewhere { vec![Offer::Show(room)] } else { Vec::new() };
        let shown = match news {
            News::Asked { by } => {
                // The room on screen says so itself, for as long as it is true.
                if !is_elsewhere || !self.is_asked_for(room, *by) {
                    return;
                }
                offers.extend(self.may_give(room, *by).then_some(Offer::Give(room, *by)));
                offers.push(Offer::Keep(room));
                ASK_AGAIN
            }
            News::Restored => RESTORED_SHOWN,
            News::Given { .. }
            | News::Taken(_)
            | News::Kept { .. }
            | News::Mentioned { .. }
            | News::Critical { .. } => SHOWN,
        };
        self.show_toast(words, matches!(news, News::Critical { .. }), offers, shown);
    }

    /// Gives the room to whoever asked for it, if they still do.
    pub fn give(self, room: RoomId, to: PersonId) {
        if self.is_asked_for(room, to) {
            self.assign(room, to, None, || ());
        } else {
            self.say(Refused::Changed.to_string());
        }
    }

    /// Whether the room is this person's and `by` waits for their answer: it may have been given meanwhile.
    #[must_use]
    pub fn is_asked_for(self, room: RoomId, by: PersonId) -> bool {
        self.desk.with_untracked(|desk| {
            desk.room(room).is_some_and(|room| {
                room.agent() == Some(desk.me.id) && room.take_over_request.is_some_and(|asked| asked.by == Some(by))
            })
        })
    }

    /// Whether the room may be given to `to`.
    #[must_use]
    pub fn may_give(self, room: RoomId, to: PersonId) -> bool {
        self.desk.with_untracked(|desk| {
            let (room, to) = (desk.room(room), desk.people.get(&to));
            room.zip(to).is_some_and(|(room, to)| room::assign(room, &desk.me, to, None, &desk.policy).is_ok())
        })
    }
}

/// What is told about the chat with the customer `name`.
fn news_words(desk: &Desk, name: &str, news: &News) -> String {
    match news {
        News::Given { by, note } => {
            let words = match by {
                Actor::Person(by) => format!("{} gave you the chat with {name}", desk.name_of(*by)),
                Actor::Customer | Actor::Bot | Actor::Switchboard => format!("The chat with {name} is yours now"),
            };
            quoted(words, note.as_deref())
        }
        News::Taken(taken) => taken_words(desk, &format!("the chat with {name}"), *taken),
        News::Asked { by } => format!("{} asks to take over the chat with {name}.", desk.name_of(*by)),
        News::Kept { by } => format!("{} keeps the chat with {name}.", desk.name_of(*by)),
        News::Mentioned { by } => format!("{} mentioned you in the chat with {name}.", desk.name_of(*by)),
        News::Critical { by, comment } => {
            quoted(format!("{} marked the chat with {name} critical", desk.name_of(*by)), comment.as_deref())
        }
        News::Restored => format!("{name} answered your template."),
    }
}

/// How `chat` left whoever held it: "Priya took over the chat with Ana."
#[must_use]
pub fn taken_words(desk: &Desk, chat: &str, taken: Taken) -> String {
    match taken {
        Taken::Given { to, by: Actor::Person(by) } if to == by => format!("{} took over {chat}.", desk.name_of(to)),
        Taken::Given { to, by: Actor::Person(by) } => {
            format!("{} gave {chat} to {}.", desk.name_of(by), desk.name_of(to))
        }
        Taken::Given { to, .. } => format!("{} has {chat} now.", desk.name_of(to)),
        Taken::Queued { by: Actor::Person(by), reason: ReturnReason::Given } => {
            format!("{} returned {chat} to the queue.", desk.name_of(by))
        }
        Taken::Queued { reason, .. } => {
            let why = match reason {
                ReturnReason::Given | ReturnReason::Released(_) => "",
                ReturnReason::Unanswered(_) => "No answer in time: ",
                ReturnReason::Disconnected(_) => "You lost the connection: ",
                ReturnReason::WentOffline(_) => "You went offline: ",
            };
            sentence(&format!("{why}{chat} went back to the queue."))
        }
        Taken::ToBot { by } => format!("{} returned {chat} to the bot.", desk.name_of(by)),
    }
}

fn quoted(words: String, comment: Option<&str>) -> String {
    match comment {
        Some(comment) => format!("{words}: “{comment}”"),
        None => format!("{words}."),
    }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
