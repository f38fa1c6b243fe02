//! What can happen in a room of the model.

use domain::change::{Actor, Change, HandOffReason, ReturnReason};
use domain::customer::Customer;
use domain::delivery::Delivery;
use domain::episode::{OpenedBy, Outcome};
use domain::id::{EpisodeId, FeedbackId, FileId, MessageId, PersonId, RoomId};
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Author, Content, Entry, Message, Note, Reacting, What};
use domain::person::Person;
use domain::room::{Room, Section};
use domain::timestamp::minutes;

use crate::cast::{SALES, SUPPORT, bea, said, two_files};
use crate::desk_model::{Server, template_of};

impl Server {
    /// Something that can happen in the room as it is; `pick` says what.
    pub fn possible(&mut self, id: RoomId, pick: usize, who: &Person, other: &Person) -> Vec<Change> {
        let number = self.new_number();
        let message = MessageId::from_number(number);
        let opened_by = self.room(id).restore_pending.map_or(OpenedBy::Customer, |_| OpenedBy::TemplateReply);
        let (opened, rule) = (self.episode_opened(id, opened_by), self.rule());
        let thread = &self.threads[&id];
        let room = &thread.room;
        let (by, at) = (who.id, self.now);
        let comment = Some("so be it".to_string());
        let says = |author: Author| {
            let delivery = (!author.is_customer()).then_some(Delivery::Waiting);
            let content = if number.is_multiple_of(2) { two_files() } else { Content::Text("words".into()) };
            // Some of what customers say is heard of late.
            let late_seconds = if author.is_customer() && number.is_multiple_of(3) { 90 } else { 0 };
            Change::MessageAdded(Message { author, delivery, content, late_seconds, ..said(number, "") })
        };
        let (name, opted_out) = (format!("Carla {number}"), number.is_multiple_of(3));
        let mut possible = vec![
            vec![Change::NoteAdded(Note { id: message, by, text: "hm".into() })],
            vec![Change::PictureArrived { picture: FileId::from_number(number) }],
            vec![Change::CustomerChanged { name, opted_out, contact: None, described: None }],
            vec![if room.blocked {
                Change::CustomerUnblocked { by: Actor::Person(by) }
            } else {
                Change::CustomerBlocked { by: Actor::Person(by) }
            }],
            of_contact(by, number),
            vec![Change::FieldsCollected { fields: vec![("order".into(), number.to_string())] }],
            vec![Customer { tags: vec![number.to_string()], ..thread.customer.clone() }.redescribed(room)],
            vec![Change::FeedbackGiven { id: FeedbackId::from_number(number), score: 3, comment: None }],
            vec![Change::Seen { person: bea().id, messages: room.customer_messages, marks: 0 }],
        ];
        if let Some(sent) = last_sent(&thread.entries) {
            possible.push(vec![Change::DeliveryChanged { message: sent, delivery: Delivery::Delivered }]);
            possible.push(vec![Change::DeliveryChanged { message: sent, delivery: Delivery::Read }]);
        }
        possible.extend(alterations(&thread.entries, pick, number).into_iter().map(|change| vec![change]));
        if let Some(before) = &thread.before_status {
            possible.push(vec![Change::Undone { by, before: Box::new(before.clone()) }]);
        }
        if room.is_archived() {
            let episode = EpisodeId::from_number(number);
            let restored = room.restore_pending.map(|by| Change::Restored { by });
            possible.extend([
                restored.into_iter().chain([opened, says(Author::Customer)]).collect(),
                vec![Change::MessageAdded(Message { id: message, ..template_of(by) })],
                vec![Change::Reopened { by }],
                vec![Change::ReopenedAnew { by, episode, number: room.episode_number + 1, expires_after_millis: rule }],
                vec![corrected(by, comment, number)],
            ]);
            possible.extend(room.restore_pending.map(|_| vec![Change::RestoreFailed]));
            return possible.swap_remove(pick % possible.len());
        }
        let (outcome, reason) = (Outcome::Resolved, ReturnReason::Given);
        possible.extend([
            vec![says(Author::Customer)],
            vec![says(Author::Switchboard)],
            vec![assigned(room, by, other, number)],
            vec![Change::Closed { outcome, by, comment: comment.clone(), reason: comment.clone(), feedback: true }],
            vec![Change::Expired { unanswered: room.waiting_since.is_some() }],
            vec![if room.critical {
                Change::ClearedCritical { by, comment }
            } else {
                Change::MarkedCritical { by, comment, feedback: false }
            }],
        ]);
        match (room.section(), room.agent()) {
            (Section::Live, _) if room.is_with_bot() => possible.extend([
                vec![says(Author::Bot("Robo".into()))],
                vec![Change::HandedOff { reason: HandOffReason::Asked, team: Some(SALES) }],
                vec![Change::Ended],
                vec![Change::Entered { by }],
            ]),
            (Section::Live | Section::Archived, _) => {
                possible.extend([vec![Change::Entered { by }], vec![Change::ReturnedToBot { by }]]);
            }
            (Section::Assigned, holder) => possible.extend([
                vec![says(Author::Person(holder.unwrap_or(by)))],
                vec![Change::ReturnedToQueue { by: Actor::Person(by), team: Some(SUPPORT), reason }],
                vec![Change::ReturnedToBot { by }],
                vec![Change::TakeOverRequested { by: other.id }],
                vec![Change::TakeOverDeclined { by, to: other.id }],
                vec![Change::Snoozed { by, until: at.plus(minutes(60)) }],
                vec![Change::Woken { by: Actor::Person(by) }],
                vec![if room.is_own(by) { Change::Left { person: by } } else { Change::Joined { person: by } }],
                match room.is_own(bea().id) {
                    true => vec![Change::Left { person: bea().id }],
                    false => vec![Change::BroughtIn { person: bea().id, by }],
                },
            ]),
        }
        possible.swap_remove(pick % possible.len())
    }
}

/// Sometimes whoever held it stays, and sometimes it is in another team from then on.
fn assigned(room: &Room, by: PersonId, to: &Person, number: u128) -> Change {
    let team = to.teams.first().copied().filter(|team| number.is_multiple_of(3) && room.team != Some(*team));
    Change::Assigned { to: to.id, by: Actor::Person(by), note: None, stays: number.is_multiple_of(2), team }
}

fn of_contact(by: PersonId, number: u128) -> Vec<Change> {
    let contact = format!("Ana {number}");
    vec![match number % 3 {
        0 => Change::ContactLinked { by, contact },
        1 => Change::ContactsMerged { by, kept: "Ana".into(), merged: contact },
        _ => Change::ContactDeleted { by, contact },
    }]
}

fn corrected(by: PersonId, comment: Option<String>, number: u128) -> Change {
    let (reason, comment) = if number.is_multiple_of(2) { (Some("spam".into()), None) } else { (None, comment) };
    Change::OutcomeCorrected { by, outcome: Outcome::Abandoned, comment, reason }
}

/// What can happen to one of the messages; `pick` says to which.
fn alterations(entries: &[Entry], pick: usize, number: u128) -> Vec<Change> {
    let messages: Vec<MessageId> = entries.iter().filter_map(|entry| entry.what.message_id()).collect();
    let Some(&message) = messages.get(pick % messages.len().max(1)) else { return Vec::new() };
    let by = if number.is_multiple_of(3) { Reacting::OurSide } else { Reacting::Customer };
    let reacted = |emoji: Option<String>| Change::Reacted { message, by, emoji };
    let file = if number.is_multiple_of(2) {
        FileState::Lost { reason: number.to_string() }
    } else {
        let id = FileId::from_number(number);
        FileState::Here(StoredFile { id, name: "cat.png".into(), mime: "image/png".into(), bytes: 3_000 })
    };
    vec![
        Change::MessageEdited { message, content: Content::Text(format!("other words {number}")) },
        Change::MessageDeleted { message },
        Change::PartDeleted { message, content: two_files().without_part(0).expect("one is left") },
        reacted(Some("👍".into())),
        reacted(None),
        Change::FileArrived { message, place: u16::from(number.is_multiple_of(5)), file: file.clone() },
        Change::AlbumGrew {
            message,
            place: 2,
            files: vec![Attachment::new(MediaKind::Photo, file)],
            text: format!("album {number}"),
        },
    ]
}

fn last_sent(entries: &[Entry]) -> Option<MessageId> {
    entries.iter().rev().find_map(|entry| match &entry.what {
        What::Message(Message { id, delivery: Some(_), .. }) => Some(*id),
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    })
}
