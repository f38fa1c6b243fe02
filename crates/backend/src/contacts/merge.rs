//! One contact of two, and none of one. Whoever they were saved for stays, with their rooms and all that was said.

use domain::audit::{Act, Doer};
use domain::change::Change;
use domain::customer::{AboutContact, Contact, Match, SaveContact};
use domain::id::{ContactId, PersonId, TeamId};
use domain::permission::{may_delete_contact, may_merge_contacts};
use domain::person::Person;
use domain::refused::Refused;

use crate::audit;
use crate::backend::{Backend, active};
use crate::contacts::rows::{self, Within};
use crate::contacts::{show, with_words};
use crate::error::Result;
use crate::rooms::rows as room_rows;
use crate::writer::{Command, Tx};

/// Whom merging or deleting the contact would concern.
///
/// # Errors
/// `me` may do neither, or there is no such contact.
pub async fn about(backend: &Backend, me: &Person, contact: ContactId) -> Result<AboutContact> {
    if !may_merge_contacts(me) {
        return Err(Refused::not_allowed("merge contacts").into());
    }
    let db = &backend.store().read;
    let contact = rows::find(db, contact).await?.ok_or_else(gone)?;
    let members = rows::list_members(db, contact.id).await?;
    let form = SaveContact::of(&contact);
    let like = rows::list_like(db, &form).await?.into_iter().filter(|other| other.id != contact.id);
    Ok(AboutContact {
        channels: members.into_iter().map(|member| member.channel).collect(),
        others: like.filter_map(|other| Match::of(other, &form)).collect(),
    })
}

/// The contacts whose name, number or e-mail has `words` in it, by name, as [`super::find`] looks for them.
///
/// # Errors
/// `me` may not merge contacts.
pub async fn look_up(backend: &Backend, me: &Person, words: &str) -> Result<Vec<Contact>> {
    if !may_merge_contacts(me) {
        return Err(Refused::not_allowed("merge contacts").into());
    }
    with_words(backend, words, Within::Everything).await
}

/// Makes one contact of two: `kept` stays as it is, takes what it lacks from `merged`, and gets its customers; `merged` is
/// gone. Every room of them hears it.
///
/// # Errors
/// `me` may not merge contacts, or one of them is not there any more.
pub async fn merge(backend: &Backend, me: &Person, kept: ContactId, merged: ContactId) -> Result<Contact> {
    backend.run(Merge { me: me.id, kept, merged }).await
}

/// Deletes the contact. Its customers go by the name their channel gave them again; their rooms, and what was said there, stay.
///
/// # Errors
/// `me` may not delete contacts.
pub async fn delete(backend: &Backend, me: &Person, contact: ContactId) -> Result<()> {
    backend.run(Delete { me: me.id, contact }).await
}

fn gone() -> Refused {
    Refused::invalid("contact", "is not there any more: somebody merged or deleted it")
}

struct Merge {
    me: PersonId,
    kept: ContactId,
    merged: ContactId,
}

impl Command for Merge {
    type Output = Contact;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Contact> {
        let by = Doer::of(active(&tx.directory, self.me)?);
        if !may_merge_contacts(active(&tx.directory, self.me)?) {
            return Err(Refused::not_allowed("merge contacts").into());
        }
        if self.kept == self.merged {
            return Err(Refused::invalid("contact", "cannot be merged with itself").into());
        }
        rows::lock(tx.db).await?;
        let kept = rows::find(tx.db, self.kept).await?.ok_or_else(gone)?;
        let merged = rows::find(tx.db, self.merged).await?.ok_or_else(gone)?;
        let contact = kept.filled_by(&SaveContact::of(&merged));
        rows::update(tx.db, &contact).await?;
        rows::move_members(tx.db, merged.id, contact.id).await?;
        rows::delete(tx.db, merged.id).await?;
        let act = Act::ContactsMerged { kept: contact.name.clone(), merged: merged.name.clone() };
        audit::note(tx, &by, &teams_of(tx, contact.id).await?, act).await?;
        let merged = Change::ContactsMerged { by: self.me, kept: contact.name.clone(), merged: merged.name };
        show(tx, &contact, |_| Some(merged.clone())).await?;
        Ok(contact)
    }
}

struct Delete {
    me: PersonId,
    contact: ContactId,
}

impl Command for Delete {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let by = Doer::of(active(&tx.directory, self.me)?);
        if !may_delete_contact(active(&tx.directory, self.me)?) {
            return Err(Refused::not_allowed("delete contacts").into());
        }
        rows::lock(tx.db).await?;
        let Some(contact) = rows::find(tx.db, self.contact).await? else { return Ok(()) };
        let deleted = Act::ContactDeleted { contact: contact.name.clone() };
        audit::note(tx, &by, &teams_of(tx, contact.id).await?, deleted).await?;
        for member in rows::list_members(tx.db, contact.id).await? {
            // Whoever was saved before their channel's name was kept goes by the contact's until the channel gives it anew.
            let name = member.channel_name.unwrap_or(member.name);
            rows::leave(tx.db, member.id, &name).await?;
            if let Some(mut room) = room_rows::find_of_customer(tx.db, member.channel, member.id).await? {
                room.contact = None;
                let change =
                    Change::CustomerChanged { name, opted_out: member.opted_out, contact: None, described: None };
                let deleted = Change::ContactDeleted { by: self.me, contact: contact.name.clone() };
                tx.change(&mut room, vec![deleted, change]).await?;
            }
        }
        rows::delete(tx.db, contact.id).await
    }
}

/// The teams that the rooms of the contact are in.
async fn teams_of(tx: &Tx<'_>, contact: ContactId) -> Result<Vec<TeamId>> {
    let mut teams = Vec::new();
    for member in rows::list_members(tx.db, contact).await? {
        let room = room_rows::find_of_customer(tx.db, member.channel, member.id).await?;
        teams.extend(room.and_then(|room| room.team));
    }
    Ok(teams)
}
