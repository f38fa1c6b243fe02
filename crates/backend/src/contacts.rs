//! Contacts: the record an agent saves of a customer. It belongs to every customer it was saved for.

pub(crate) mod rows;

mod merge;

use domain::change::Change;
use domain::customer::{self, Contact, FIND_MIN, FoundContact, Match, SaveContact, Saved, Saving, ToSave};
use domain::id::{ContactId, CustomerId, PersonId, RoomId};
use domain::permission;
use domain::person::Person;
use domain::refused::Refused;

use crate::backend::{Backend, active};
use crate::clock::new_id;
use crate::error::Result;
use crate::rooms::rows as room_rows;
use crate::writer::{Command, Tx};
use rows::Within;

pub use merge::{about, delete, look_up, merge};

/// The most of what is typed that counts when contacts are looked for, in characters.
const WORDS_MAX: usize = 100;

/// Saves the room's customer as a contact, links them to one that matches, or changes the contact they are, as `saving` says.
/// Every room of the contact takes its name. Where contacts match and nobody has said which way it goes, they are the
/// answer and nothing is saved.
///
/// # Errors
/// The room is not visible, a field breaks a rule (the refusal names it), or the contact is not there any more.
pub async fn save(backend: &Backend, me: &Person, room: RoomId, form: SaveContact, saving: Saving) -> Result<Saved> {
    let form = form.check()?;
    backend.run(Save { me: me.id, room, form, saving, fresh: new_id() }).await
}

/// The contacts with a phone number whose name or number has `words` in it, by name; none while `words` are fewer than
/// [`FIND_MIN`] characters. Signs in a number count for nothing, as everybody writes them differently.
///
/// # Errors
/// `me` may not deal with contacts.
pub async fn find(backend: &Backend, me: &Person, words: &str) -> Result<Vec<FoundContact>> {
    if !permission::may_save_contact(me) {
        return Err(Refused::not_allowed("look for contacts").into());
    }
    let found = with_words(backend, words, Within::Numbers).await?;
    Ok(found
        .into_iter()
        .filter_map(|contact| Some(FoundContact { id: contact.id, name: contact.name, phone: contact.phone? }))
        .collect())
}

async fn with_words(backend: &Backend, words: &str, within: Within) -> Result<Vec<Contact>> {
    let words: String = words.trim().chars().take(WORDS_MAX).collect();
    if words.chars().count() < FIND_MIN {
        return Ok(Vec::new());
    }
    rows::list_with_words(&backend.store().read, &words, within).await
}

struct Save {
    me: PersonId,
    room: RoomId,
    form: SaveContact,
    saving: Saving,
    fresh: ContactId,
}

impl Command for Save {
    type Output = Saved;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Saved> {
        let room = room_rows::find(tx.db, self.room).await?.ok_or(Refused::NotFound)?;
        let me = active(&tx.directory, self.me)?;
        if !permission::may_see(me, &tx.directory.policy, &room.scope()) {
            return Err(Refused::NotFound.into());
        }
        if !permission::may_save_contact(me) {
            return Err(Refused::not_allowed("save contacts").into());
        }
        rows::lock(tx.db).await?;
        let customer = tx.customer(room.customer).await?.ok_or(Refused::NotFound)?;
        let present = match customer.contact {
            Some(id) => rows::find(tx.db, id).await?,
            None => None,
        };
        let matching = match present {
            Some(_) => Vec::new(),
            None => matching(tx, &self.form).await?,
        };
        match customer::save(self.form.clone(), &self.saving, present.as_ref(), matching)? {
            ToSave::Ask(found) => Ok(Saved::Found(found)),
            ToSave::Make(form) => {
                let contact = form.into_contact(self.fresh);
                rows::insert(tx.db, &contact, tx.now).await?;
                rows::join(tx.db, customer.id, &customer.name, contact.id).await?;
                show(tx, &contact, |_| None).await?;
                Ok(Saved::Done { contact, others: Vec::new() })
            }
            ToSave::Join(contact) => {
                rows::update(tx.db, &contact).await?;
                rows::join(tx.db, customer.id, &customer.name, contact.id).await?;
                let linked = Change::ContactLinked { by: self.me, contact: contact.name.clone() };
                show(tx, &contact, |member| (member == customer.id).then(|| linked.clone())).await?;
                Ok(Saved::Done { contact, others: Vec::new() })
            }
            ToSave::Change(contact) => {
                rows::update(tx.db, &contact).await?;
                show(tx, &contact, |_| None).await?;
                let others = others(tx, &contact).await?;
                Ok(Saved::Done { contact, others })
            }
        }
    }
}

async fn matching(tx: &Tx<'_>, form: &SaveContact) -> Result<Vec<Match>> {
    let like = rows::list_like(tx.db, form).await?;
    Ok(like.into_iter().filter_map(|contact| Match::of(contact, form)).collect())
}

async fn others(tx: &Tx<'_>, contact: &Contact) -> Result<Vec<Match>> {
    let found = matching(tx, &SaveContact::of(contact)).await?;
    Ok(found.into_iter().filter(|other| other.contact.id != contact.id).collect())
}

/// Gives every customer of the contact, and their room, what it is now; `line` says what stands in a customer's transcript
/// of how it came to that.
async fn show(tx: &mut Tx<'_>, contact: &Contact, line: impl Fn(CustomerId) -> Option<Change>) -> Result<()> {
    for member in rows::list_members(tx.db, contact.id).await? {
        rows::rename(tx.db, member.id, &contact.name).await?;
        if let Some(mut room) = room_rows::find_of_customer(tx.db, member.channel, member.id).await? {
            room.contact = Some(contact.id);
            let change = Change::CustomerChanged {
                name: contact.name.clone(),
                opted_out: member.opted_out,
                contact: Some(Box::new(contact.clone())),
                described: None,
            };
            tx.change(&mut room, line(member.id).into_iter().chain([change]).collect()).await?;
        }
    }
    Ok(())
}
