//! What was typed of a contact: kept in the browser for its room until it is saved, so that closing or a refusal loses
//! nothing.

use domain::customer::{Contact, SaveContact, Saving};
use domain::desk::Desk;
use domain::id::{PersonId, RoomId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{json, read};
use crate::storage;

/// What the browser keeps.
#[derive(Serialize, Deserialize)]
struct Kept {
    form: SaveContact,
    /// The form as it began: the rest was typed.
    began: SaveContact,
}

/// The form, for as long as the dialog is open.
#[derive(Clone, Copy)]
pub struct Typed {
    pub room: RoomId,
    pub name: RwSignal<String>,
    pub phone: RwSignal<String>,
    pub email: RwSignal<String>,
    /// With commas between.
    pub tags: RwSignal<String>,
    /// Something stands here that was typed before and not saved.
    pub is_kept: RwSignal<bool>,
    /// The customer's channel knows people by their number, and they hid theirs.
    pub is_phone_hidden: bool,
    began: StoredValue<(SaveContact, Option<Contact>)>,
    /// Whoever types.
    me: PersonId,
}

impl Typed {
    /// What is known of the customer of the open room, and what was typed of them before.
    pub fn of(desk: &Desk, room: RoomId) -> Option<Self> {
        let view = desk.open.as_ref().filter(|view| view.room.id == room)?;
        let customer = &view.customer;
        let began = match &view.contact {
            Some(contact) => SaveContact::of(contact),
            None => SaveContact {
                name: customer.name.clone(),
                phone: customer.phone.clone(),
                email: customer.email.clone(),
                tags: customer.tags.clone(),
                fields: customer.fields.clone(),
            },
        };
        let kept = storage::load(&key(desk.me.id, room)).and_then(|kept| read::<Kept>(kept.as_bytes()).ok());
        let form = kept.map(|kept| kept.form.onto(&kept.began, &began)).unwrap_or_else(|| began.clone());
        let is_kept = form != began;
        let typed = Self {
            room,
            name: RwSignal::new(String::new()),
            phone: RwSignal::new(String::new()),
            email: RwSignal::new(String::new()),
            tags: RwSignal::new(String::new()),
            is_kept: RwSignal::new(is_kept),
            is_phone_hidden: customer.hides_phone(view.room.kind),
            began: StoredValue::new((began, view.contact.clone())),
            me: desk.me.id,
        };
        typed.fill(form);
        Some(typed)
    }

    /// The contact that is edited.
    pub fn contact(self) -> Option<Contact> {
        self.began.with_value(|(_, contact)| contact.clone())
    }

    /// What saving the form is to do before anything is found.
    pub fn saving(self) -> Saving {
        self.contact().map_or(Saving::First, |contact| Saving::Edit(Box::new(contact)))
    }

    /// The form as it stands.
    pub fn form(self) -> SaveContact {
        let filled =
            |value: RwSignal<String>| Some(value.get_untracked().trim().to_owned()).filter(|value| !value.is_empty());
        self.began.with_value(|(began, _)| SaveContact {
            name: self.name.get_untracked(),
            phone: filled(self.phone),
            email: filled(self.email),
            tags: self.tags.with_untracked(|tags| {
                // A tag may have a comma of its own.
                if *tags == began.tags.join(", ") { began.tags.clone() } else { split(tags) }
            }),
            fields: began.fields.clone(),
        })
    }

    /// Keeps the form as it stands.
    pub fn keep(self) {
        let form = self.form();
        self.began.with_value(|(began, _)| {
            if form == *began {
                self.forget();
            } else {
                storage::save(&key(self.me, self.room), &json(&Kept { form, began: began.clone() }));
            }
        });
    }

    /// It is saved, or not wanted.
    pub fn forget(self) {
        storage::forget(&key(self.me, self.room));
    }

    /// What is known is what was saved as `contact`; the dialog may go on from there.
    pub fn go_on_from(self, contact: &Contact) {
        let began = SaveContact::of(contact);
        self.began.set_value((began.clone(), Some(contact.clone())));
        self.is_kept.set(false);
        self.fill(began);
    }

    /// Puts back what is known.
    pub fn begin_again(self) {
        self.forget();
        self.is_kept.set(false);
        self.fill(self.began.with_value(|(began, _)| began.clone()));
    }

    fn fill(self, form: SaveContact) {
        self.name.set(form.name);
        self.phone.set(form.phone.unwrap_or_default());
        self.email.set(form.email.unwrap_or_default());
        self.tags.set(form.tags.join(", "));
    }
}

fn key(me: PersonId, room: RoomId) -> String {
    format!("contact:{me}:{room}")
}

fn split(tags: &str) -> Vec<String> {
    tags.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}
