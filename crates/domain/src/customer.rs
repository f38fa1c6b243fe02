//! The person on one channel, and the saved contact they may belong to.

mod matching;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::{check_email, check_name};
use crate::change::Change;
use crate::channel::ChannelKind;
use crate::id::{ContactId, CustomerId};
use crate::message::checked;
use crate::refused::Refused;
use crate::room::Room;

pub use matching::{AboutContact, Match, MatchedBy, Saved, Saving, ToSave, phone_key, save};

/// Somebody who writes on one channel, keyed on the channel's own identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    /// The name the channel gave, or one made from the identity; the contact's, for whoever belongs to one.
    pub name: String,
    /// The name the channel gave, while a contact's stands in its place. The browser never needs it.
    #[serde(skip)]
    pub channel_name: Option<String>,
    /// May be missing: some channels hide it.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub contact: Option<ContactId>,
    /// What the bot collected or the site told us, by field name.
    pub fields: BTreeMap<String, String>,
    pub tags: Vec<String>,
    /// Asked not to be written to.
    pub opted_out: bool,
    /// Messages from them are dropped.
    pub blocked: bool,
}

/// What is known of a customer beside their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    pub phone: Option<String>,
    pub email: Option<String>,
    pub tags: Vec<String>,
    pub fields: BTreeMap<String, String>,
}

impl Customer {
    /// What is known of them beside their name, as it is now.
    #[must_use]
    pub fn described(&self) -> Described {
        let Self { phone, email, tags, fields, .. } = self.clone();
        Described { phone, email, tags, fields }
    }

    /// What whoever has their `room` open is told when something else is known of them.
    #[must_use]
    pub fn redescribed(&self, room: &Room) -> Change {
        let described = Some(Box::new(self.described()));
        Change::CustomerChanged { name: room.name.clone(), opted_out: room.opted_out, contact: None, described }
    }

    /// Does what `change` says of them, if it says something.
    pub fn take(&mut self, change: &Change) {
        match change {
            Change::CustomerChanged { name, opted_out, described, .. } => {
                self.name.clone_from(name);
                self.opted_out = *opted_out;
                if let Some(described) = described {
                    let Described { phone, email, tags, fields } = (**described).clone();
                    *self = Self { phone, email, tags, fields, ..self.clone() };
                }
            }
            Change::CustomerBlocked { .. } => self.blocked = true,
            Change::CustomerUnblocked { .. } => self.blocked = false,
            Change::FieldsCollected { fields } => self.fields.extend(fields.iter().cloned()),
            _ => {}
        }
    }

    /// Whether they write on a channel that knows people by their number, and hid theirs.
    #[must_use]
    pub fn hides_phone(&self, kind: ChannelKind) -> bool {
        kind == ChannelKind::WhatsApp && self.phone.is_none()
    }
}

/// A saved record that one or more customers belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub tags: Vec<String>,
    pub fields: BTreeMap<String, String>,
}

/// A saved contact that can be written to by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundContact {
    pub id: ContactId,
    pub name: String,
    pub phone: String,
}

/// So many characters are asked for before a contact is looked for.
pub const FIND_MIN: usize = 2;

/// What an agent saves of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveContact {
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub tags: Vec<String>,
    pub fields: BTreeMap<String, String>,
}

/// The most tags, and the most fields, of one contact.
pub const CONTACT_PARTS_MAX: usize = 50;

/// The longest phone number, field or tag of a contact, in characters.
pub const CONTACT_PART_MAX: usize = 500;

impl SaveContact {
    /// What of it can be saved: blanks dropped, empty parts left out, each tag once.
    ///
    /// # Errors
    /// The name is missing, the e-mail is none, or something is too long or too much.
    pub fn check(&self) -> Result<Self, Refused> {
        let written = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let phone = self.phone.as_deref().filter(|_| written(&self.phone));
        let email = self.email.as_deref().filter(|_| written(&self.email));
        let mut tags = Vec::new();
        for tag in self.tags.iter().filter(|tag| !tag.trim().is_empty()) {
            let tag = check_name("tag", tag)?;
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        let mut fields = BTreeMap::new();
        for (field, value) in self.fields.iter().filter(|(_, value)| !value.trim().is_empty()) {
            fields.insert(check_name("field", field)?, checked(field, value, CONTACT_PART_MAX)?);
        }
        if tags.len() > CONTACT_PARTS_MAX || fields.len() > CONTACT_PARTS_MAX {
            let rule = format!("may have at most {CONTACT_PARTS_MAX} tags and as many fields");
            return Err(Refused::invalid("contact", &rule));
        }
        Ok(Self {
            name: check_name("name", &self.name)?,
            phone: phone.map(check_phone).transpose()?,
            email: email.map(check_email).transpose()?,
            tags,
            fields,
        })
    }
}

/// A phone number as people write it; nobody dials it from here.
fn check_phone(phone: &str) -> Result<String, Refused> {
    let phone = checked("phone", phone, 40)?;
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let fits = phone.chars().all(|letter| letter.is_ascii_digit() || " +()-./".contains(letter));
    if fits && digits >= 3 { Ok(phone) } else { Err(Refused::invalid("phone", "must be digits, perhaps after a +")) }
}

#[cfg(test)]
mod tests {
    use super::SaveContact;

    #[test]
    fn what_was_left_empty_is_left_out() {
        let form = SaveContact {
            name: " Ana ".into(),
            phone: Some(" ".into()),
            email: Some(String::new()),
            tags: vec!["vip".into(), " vip ".into(), String::new()],
            fields: [("size".into(), " ".into())].into(),
        };
        let saved = form.check();
        assert_eq!(saved, Ok(SaveContact { name: "Ana".into(), tags: vec!["vip".into()], ..SaveContact::default() }));
    }

    #[test]
    fn a_contact_needs_a_name_and_a_phone_number_is_digits() {
        assert!(SaveContact::default().check().is_err());
        let form = SaveContact { name: "Ana".into(), phone: Some("call me".into()), ..SaveContact::default() };
        assert!(form.check().is_err());
    }
}
