//! The doors of the conversation: what is said in a room, and what one was about to say.

use domain::customer;
use domain::desk::Gather;
use domain::id::{ChannelId, ContactId, MessageId, QuickReplyId, RoomId};
use domain::message::{Entry, NewMessage};
use domain::quick_reply::{LentFile, QuickReply, SaveQuickReply};
use domain::room::Room;
use domain::template::{ChosenTemplate, Template};
use serde::{Deserialize, Serialize};

use crate::api::doors;
use crate::chat::Mode;
use crate::error::AppError;

#[cfg(feature = "ssr")]
use {
    crate::session::{backend, signed_in},
    backend::{contacts, drafts, messages, quick_replies, rooms, templates},
    domain::draft::DraftMode,
};

/// One's own unsent words in a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafts {
    pub reply: String,
    pub note: String,
}

doors! {
    /// Entries before `before`, and whether there are still earlier ones.
    "load_earlier" pub async fn load_earlier(room: RoomId, before: u32) -> Result<(Vec<Entry>, bool), AppError> {
        let me = signed_in().await?;
        Ok(rooms::earlier(&backend()?, &me, room, before).await?)
    }

    /// Notes or files before `before`, or the newest, and whether there are still earlier ones.
    "load_gathered" pub async fn load_gathered(room: RoomId, what: Gather, before: Option<u32>) -> Result<(Vec<Entry>, bool), AppError> {
        let me = signed_in().await?;
        Ok(rooms::gather(&backend()?, &me, room, what, before).await?)
    }

    /// The archived rooms of the contact that the room's customer is saved as, the newest first, without that room.
    "list_earlier_chats" pub async fn list_earlier_chats(room: RoomId) -> Result<Vec<Room>, AppError> {
        let me = signed_in().await?;
        Ok(rooms::list_earlier(&backend()?, &me, room).await?)
    }

    /// Sends a reply. The same `id` again is the same message.
    "send_message" pub async fn send_message(room: RoomId, id: MessageId, message: NewMessage) -> Result<Entry, AppError> {
        let me = signed_in().await?;
        Ok(messages::send(&backend()?, &me, room, id, message).await?)
    }

    /// Puts a sign on a message of the customer's, or takes it away.
    "react" pub async fn react(room: RoomId, message: MessageId, emoji: Option<String>) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(messages::react(&backend()?, &me, room, message, emoji).await?)
    }

    /// The templates of a channel, with whether each may be sent.
    "list_templates" pub async fn list_templates(channel: ChannelId) -> Result<Vec<Template>, AppError> {
        let me = signed_in().await?;
        Ok(templates::list(&backend()?, &me, channel).await?)
    }

    /// Sends a template into a room. The same `id` again is the same message.
    "send_template" pub async fn send_template(room: RoomId, id: MessageId, chosen: ChosenTemplate) -> Result<Entry, AppError> {
        let me = signed_in().await?;
        Ok(templates::send(&backend()?, &me, room, id, chosen).await?)
    }

    /// The quick replies that one has.
    "list_quick_replies" pub async fn list_quick_replies() -> Result<Vec<QuickReply>, AppError> {
        let me = signed_in().await?;
        Ok(quick_replies::list(&backend()?, &me).await?)
    }

    /// The files of a quick reply for one message.
    "lend_quick_reply_files" pub async fn lend_quick_reply_files(id: QuickReplyId) -> Result<Vec<LentFile>, AppError> {
        let me = signed_in().await?;
        Ok(quick_replies::lend_files(&backend()?, &me, id).await?)
    }

    /// Keeps words and files ready.
    "add_quick_reply" pub async fn add_quick_reply(form: SaveQuickReply) -> Result<QuickReply, AppError> {
        let me = signed_in().await?;
        Ok(quick_replies::add(&backend()?, &me, &form).await?)
    }

    /// Has a quick reply be as in the form.
    "change_quick_reply" pub async fn change_quick_reply(id: QuickReplyId, form: SaveQuickReply) -> Result<QuickReply, AppError> {
        let me = signed_in().await?;
        Ok(quick_replies::change(&backend()?, &me, id, &form).await?)
    }

    /// Deletes a quick reply.
    "delete_quick_reply" pub async fn delete_quick_reply(id: QuickReplyId) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(quick_replies::delete(&backend()?, &me, id).await?)
    }

    /// Saved contacts with a number that what was typed may mean; a handful at most.
    "find_contacts" pub async fn find_contacts(words: String) -> Result<Vec<customer::FoundContact>, AppError> {
        let me = signed_in().await?;
        Ok(contacts::find(&backend()?, &me, &words).await?)
    }

    /// Sends a template to a phone number; the answer is the room that waits for its owner.
    "begin_conversation" pub async fn begin_conversation(channel: ChannelId, phone: String, name: Option<String>, id: MessageId, chosen: ChosenTemplate) -> Result<RoomId, AppError> {
        let me = signed_in().await?;
        Ok(templates::begin(&backend()?, &me, channel, &phone, name, id, chosen).await?.room)
    }

    /// Adds a private note. The same `id` again is the same note.
    "add_note" pub async fn add_note(room: RoomId, id: MessageId, text: String) -> Result<Entry, AppError> {
        let me = signed_in().await?;
        Ok(messages::add_note(&backend()?, &me, room, id, text).await?)
    }

    /// Delivers a failed message once more.
    "retry_message" pub async fn retry_message(room: RoomId, id: MessageId) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(messages::retry(&backend()?, &me, room, id).await?)
    }

    /// Keeps an unsent text; an empty one is forgotten.
    "save_draft" pub async fn save_draft(room: RoomId, mode: Mode, text: String) -> Result<(), AppError> {
        let me = signed_in().await?;
        let mode = match mode {
            Mode::Reply => DraftMode::Reply,
            Mode::Note => DraftMode::Note,
        };
        Ok(drafts::save(&backend()?, &me, room, mode, text).await?)
    }

    /// The unsent texts of a room.
    "load_drafts" pub async fn load_drafts(room: RoomId) -> Result<Drafts, AppError> {
        let me = signed_in().await?;
        let drafts = drafts::load(&backend()?, &me, room).await?;
        Ok(Drafts { reply: drafts.reply, note: drafts.note })
    }

    /// The rooms with an unsent reply, and its first words.
    "list_drafts" pub async fn list_drafts() -> Result<Vec<(RoomId, String)>, AppError> {
        let me = signed_in().await?;
        Ok(drafts::list(&backend()?, &me).await?)
    }

    /// Saves the customer of a room as a contact, links them to one, or changes the contact they are.
    "save_contact" pub async fn save_contact(room: RoomId, form: customer::SaveContact, saving: customer::Saving) -> Result<customer::Saved, AppError> {
        let me = signed_in().await?;
        Ok(contacts::save(&backend()?, &me, room, form, saving).await?)
    }

    /// Whom merging or deleting a contact would concern.
    "about_contact" pub async fn about_contact(contact: ContactId) -> Result<customer::AboutContact, AppError> {
        let me = signed_in().await?;
        Ok(contacts::about(&backend()?, &me, contact).await?)
    }

    /// Saved contacts that what was typed may mean, to merge one of them; a handful at most.
    "look_up_contacts" pub async fn look_up_contacts(words: String) -> Result<Vec<customer::Contact>, AppError> {
        let me = signed_in().await?;
        Ok(contacts::look_up(&backend()?, &me, &words).await?)
    }

    /// Makes one contact of two.
    "merge_contacts" pub async fn merge_contacts(kept: ContactId, merged: ContactId) -> Result<customer::Contact, AppError> {
        let me = signed_in().await?;
        Ok(contacts::merge(&backend()?, &me, kept, merged).await?)
    }

    /// Deletes a contact; its people, their rooms and what was said stay.
    "delete_contact" pub async fn delete_contact(contact: ContactId) -> Result<(), AppError> {
        let me = signed_in().await?;
        Ok(contacts::delete(&backend()?, &me, contact).await?)
    }
}
