//! Contacts that are the same person by a strong key, and what linking and merging make of them. A name is no key: many
//! people share one.

use serde::{Deserialize, Serialize};

use crate::customer::{CONTACT_PARTS_MAX, Contact, SaveContact};
use crate::id::{ChannelId, ContactId};
use crate::refused::Refused;

/// What saving a contact's form is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saving {
    /// The customer's first contact; where others match, they are the answer and nothing is saved.
    First,
    /// A new contact, though others match.
    New,
    /// The customer belongs to this contact, whose empty parts take what was filled in.
    Link(ContactId),
    /// The contact they are is changed in what differs from how it was shown.
    Edit(Box<Contact>),
}

/// What saving a contact's form came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saved {
    /// `others` match a contact that was edited.
    Done { contact: Contact, others: Vec<Match> },
    /// Nothing is saved: these match, and one has to say which way it goes.
    Found(Vec<Match>),
}

/// What is to be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToSave {
    /// A contact of its own, which the customer belongs to.
    Make(SaveContact),
    /// The customer comes to belong to this contact, which is like this from now on.
    Join(Contact),
    /// The contact the customer belongs to is like this from now on.
    Change(Contact),
    /// Nothing: one has to say which way it goes.
    Ask(Vec<Match>),
}

/// A contact that may be the same person, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    pub contact: Contact,
    pub by: Vec<MatchedBy>,
}

/// Why a contact may be the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    Phone,
    Email,
    /// A colleague saved the customer as this contact meanwhile.
    Customer,
}

/// Whom deleting or merging a contact concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutContact {
    /// Where its people write: each customer's channel.
    pub channels: Vec<ChannelId>,
    /// Contacts that match it.
    pub others: Vec<Match>,
}

/// What saving `form` is to do for a customer who belongs to `present`, or to none while `matching` are those that match.
///
/// # Errors
/// The contact that is to be changed or linked is not there any more.
pub fn save(
    form: SaveContact,
    saving: &Saving,
    present: Option<&Contact>,
    mut matching: Vec<Match>,
) -> Result<ToSave, Refused> {
    let gone = |rule: &str| Refused::invalid("contact", rule);
    match (saving, present) {
        (Saving::Edit(shown), Some(present)) if shown.id == present.id => {
            let changed = form.onto(&SaveContact::of(shown), &SaveContact::of(present));
            Ok(ToSave::Change(changed.into_contact(present.id)))
        }
        (Saving::Link(id), Some(present)) if *id == present.id => Ok(ToSave::Change(present.filled_by(&form))),
        // The same form again: its first answer was lost.
        (Saving::First | Saving::New | Saving::Link(_) | Saving::Edit(_), Some(present)) => {
            let is_saved = SaveContact::of(present) == form;
            let found = Match { contact: present.clone(), by: vec![MatchedBy::Customer] };
            Ok(if is_saved { ToSave::Change(present.clone()) } else { ToSave::Ask(vec![found]) })
        }
        (Saving::Edit(_), None) => Err(gone("was deleted meanwhile; open this again to save a new one")),
        (Saving::New, None) => Ok(ToSave::Make(form)),
        (Saving::Link(id), None) => match matching.iter().position(|found| found.contact.id == *id) {
            Some(at) => Ok(ToSave::Join(matching.swap_remove(at).contact.filled_by(&form))),
            None if matching.is_empty() => Err(gone("is not there any more; go back and save again")),
            None => Ok(ToSave::Ask(matching)),
        },
        (Saving::First, None) if matching.is_empty() => Ok(ToSave::Make(form)),
        (Saving::First, None) => Ok(ToSave::Ask(matching)),
    }
}

/// Fewer digits than these are an extension or a short code, which many people may have.
const PHONE_KEY_MIN: usize = 7;

/// What two spellings of a phone number have in common: its digits, without a 00 in the place of a +. None for one that is
/// too short to tell people apart. A number without its country code is another number: whose it is nobody knows.
#[must_use]
pub fn phone_key(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let key = digits.strip_prefix("00").unwrap_or(&digits);
    (key.len() >= PHONE_KEY_MIN).then(|| key.to_owned())
}

impl Match {
    /// `contact`, if it has the e-mail or the phone number of `form`.
    #[must_use]
    pub fn of(contact: Contact, form: &SaveContact) -> Option<Self> {
        let key = |phone: &Option<String>| phone.as_deref().and_then(phone_key);
        let has_phone = key(&contact.phone).is_some() && key(&contact.phone) == key(&form.phone);
        let email = |email: &Option<String>| email.as_deref().map(str::to_lowercase);
        let has_email = contact.email.is_some() && email(&contact.email) == email(&form.email);
        let by = [(has_phone, MatchedBy::Phone), (has_email, MatchedBy::Email)];
        let by: Vec<_> = by.into_iter().filter_map(|(has, by)| has.then_some(by)).collect();
        (!by.is_empty()).then_some(Self { contact, by })
    }
}

impl Contact {
    /// The contact with what it lacks taken from `form`; what it has stays.
    #[must_use]
    pub fn filled_by(&self, form: &SaveContact) -> Self {
        let mut tags = self.tags.clone();
        for tag in &form.tags {
            if tags.len() < CONTACT_PARTS_MAX && !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        let mut fields = self.fields.clone();
        for (field, value) in &form.fields {
            if fields.len() < CONTACT_PARTS_MAX && !fields.contains_key(field) {
                fields.insert(field.clone(), value.clone());
            }
        }
        Self {
            id: self.id,
            name: self.name.clone(),
            phone: self.phone.clone().or_else(|| form.phone.clone()),
            email: self.email.clone().or_else(|| form.email.clone()),
            tags,
            fields,
        }
    }
}

impl SaveContact {
    /// The form as `contact` fills it.
    #[must_use]
    pub fn of(contact: &Contact) -> Self {
        let Contact { name, phone, email, tags, fields, .. } = contact.clone();
        Self { name, phone, email, tags, fields }
    }

    /// The contact that the form describes.
    #[must_use]
    pub fn into_contact(self, id: ContactId) -> Contact {
        let Self { name, phone, email, tags, fields } = self;
        Contact { id, name, phone, email, tags, fields }
    }

    /// What was changed of `shown`, done to `present`: what a colleague changed meanwhile stays.
    #[must_use]
    pub fn onto(self, shown: &Self, present: &Self) -> Self {
        fn part<T: PartialEq + Clone>(typed: T, shown: &T, present: &T) -> T {
            if typed == *shown { present.clone() } else { typed }
        }
        Self {
            name: part(self.name, &shown.name, &present.name),
            phone: part(self.phone, &shown.phone, &present.phone),
            email: part(self.email, &shown.email, &present.email),
            tags: part(self.tags, &shown.tags, &present.tags),
            fields: part(self.fields, &shown.fields, &present.fields),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Match, MatchedBy, Saving, ToSave, phone_key, save};
    use crate::customer::{Contact, SaveContact};
    use crate::id::ContactId;

    fn form(name: &str, phone: &str, email: &str) -> SaveContact {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        SaveContact { name: name.into(), phone: filled(phone), email: filled(email), ..SaveContact::default() }
    }

    fn contact(name: &str, phone: &str, email: &str) -> Contact {
        form(name, phone, email).into_contact(ContactId::from_number(1))
    }

    #[test]
    fn a_phone_number_is_the_same_however_it_is_written_and_only_with_its_country() {
        let key = Some("5511900000001".to_owned());
        for phone in ["+55 (11) 90000-0001", "5511900000001", "0055 11 90000.0001"] {
            assert_eq!(phone_key(phone), key, "{phone}");
        }
        for other in ["011 90000-0001", "90000-0001", "+1 55 11900000001"] {
            assert_ne!(phone_key(other), key, "{other}");
        }
        assert_eq!([phone_key("112"), phone_key("00 123456"), phone_key("")], [None, None, None]);
    }

    #[test]
    fn a_contact_matches_by_phone_or_e_mail_in_any_case_and_never_by_its_name() {
        let saved = contact("Ana", "+55 11 90000-0001", "ana@example.com");
        for (typed, by) in [
            (form("Bia", "5511900000001", "ANA@Example.com"), vec![MatchedBy::Phone, MatchedBy::Email]),
            (form("Bia", "", "Ana@example.com"), vec![MatchedBy::Email]),
            (form("Bia", "005511900000001", "bia@example.com"), vec![MatchedBy::Phone]),
            (form("Ana", "", ""), vec![]),
            (form("Ana", "+55 11 90000-0002", "ana@example.org"), vec![]),
        ] {
            let found = Match::of(saved.clone(), &typed).map(|found| found.by).unwrap_or_default();
            assert_eq!(found, by, "{typed:?}");
        }
        for (nothing, number) in [("", ""), ("112", "112")] {
            assert_eq!(Match::of(contact("Ana", nothing, ""), &form("Ana", number, "")), None);
        }
    }

    #[test]
    fn linking_fills_what_is_empty_and_changes_nothing_that_is_there() {
        let mut saved = contact("Ana Souza", "", "ana@example.com");
        saved.tags = vec!["vip".into()];
        saved.fields = [("size".into(), "M".into())].into();
        let mut typed = form("Ana", "+55 11 90000-0001", "other@example.com");
        typed.tags = vec!["vip".into(), "new".into()];
        typed.fields = [("size".into(), "L".into()), ("order".into(), "A-1".into())].into();

        let filled = saved.filled_by(&typed);

        let mut expected = contact("Ana Souza", "+55 11 90000-0001", "ana@example.com");
        expected.tags = vec!["vip".into(), "new".into()];
        expected.fields = [("size".into(), "M".into()), ("order".into(), "A-1".into())].into();
        assert_eq!(filled, expected);
    }

    #[test]
    fn two_who_edit_at_once_both_keep_what_they_changed() {
        let shown = form("Ana", "+55 11 90000-0001", "ana@example.com");
        let present = form("Ana", "+55 11 90000-0002", "ana@example.com");
        let typed = form("Ana Souza", "+55 11 90000-0001", "");

        assert_eq!(typed.onto(&shown, &present), form("Ana Souza", "+55 11 90000-0002", ""));
    }

    #[test]
    fn a_form_says_which_way_it_goes_and_nothing_is_saved_while_that_is_open() {
        let typed = form("Ana", "", "ana@example.com");
        let saved = contact("Ana Souza", "+55 11 90000-0001", "ana@example.com");
        let other = Contact { id: ContactId::from_number(2), ..saved.clone() };
        let found = || Match::of(saved.clone(), &typed).into_iter().collect::<Vec<_>>();
        let ask = |by: MatchedBy| Ok(ToSave::Ask(vec![Match { contact: saved.clone(), by: vec![by] }]));
        let make = || Ok(ToSave::Make(typed.clone()));
        let decide = |saving, present, found| save(typed.clone(), &saving, present, found);

        assert_eq!(decide(Saving::First, None, vec![]), make());
        assert_eq!(decide(Saving::First, None, found()), ask(MatchedBy::Email));
        assert_eq!(decide(Saving::New, None, found()), make());
        assert_eq!(decide(Saving::Link(saved.id), None, found()), Ok(ToSave::Join(saved.clone())));
        assert_eq!(decide(Saving::Link(other.id), None, found()), ask(MatchedBy::Email), "it matches no more");
        assert!(decide(Saving::Link(other.id), None, vec![]).is_err(), "it is gone");
        assert!(decide(Saving::Edit(Box::new(saved.clone())), None, vec![]).is_err(), "it was deleted");
        // A colleague was quicker, or merged it.
        for saving in [Saving::First, Saving::New, Saving::Link(other.id), Saving::Edit(Box::new(other.clone()))] {
            assert_eq!(decide(saving, Some(&saved), vec![]), ask(MatchedBy::Customer));
        }
        assert_eq!(decide(Saving::Link(saved.id), Some(&saved), vec![]), Ok(ToSave::Change(saved.clone())));
        let renamed = Contact { name: "Ana".into(), phone: None, ..saved.clone() };
        assert_eq!(decide(Saving::Edit(Box::new(saved.clone())), Some(&saved), vec![]), Ok(ToSave::Change(renamed)));
    }

    #[test]
    fn the_same_form_again_is_saved_already() {
        let saved = contact("Ana", "+55 11 90000-0001", "ana@example.com");
        for saving in [Saving::First, Saving::New] {
            let again = save(SaveContact::of(&saved), &saving, Some(&saved), vec![]);
            assert_eq!(again, Ok(ToSave::Change(saved.clone())));
        }
    }
}
