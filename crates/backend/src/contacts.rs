//! Contacts: the record an agent saves of a customer. It belongs to every customer it was saved for.

use domain::change::Change;
use domain::customer::{Contact, SaveContact};
use domain::id::{ContactId, PersonId, RoomId};
use domain::permission;
use domain::person::Person;
use domain::refused::Refused;
use entity::{contact, customer};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::backend::{Backend, active};
use crate::clock::new_id;
use crate::error::Result;
use crate::rooms::rows as room_rows;
use crate::writer::{Command, Tx};

/// Saves the room's customer as a contact, or changes the contact they are. Every room of the contact takes its name.
///
/// # Errors
/// The room is not visible, or a field breaks a rule; the refusal names it.
pub async fn save(backend: &Backend, me: &Person, room: RoomId, form: SaveContact) -> Result<Contact> {
    let form = form.check()?;
    backend.run(Save { me: me.id, room, form, fresh: new_id() }).await
}

struct Save {
    me: PersonId,
    room: RoomId,
    form: SaveContact,
    fresh: ContactId,
}

impl Command for Save {
    type Output = Contact;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Contact> {
        let room = room_rows::find(tx.db, self.room).await?.ok_or(Refused::NotFound)?;
        let me = active(&tx.directory, self.me)?;
        if !permission::may_see(me, &tx.directory.policy, &room.scope()) {
            return Err(Refused::NotFound.into());
        }
        if !permission::may_save_contact(me) {
            return Err(Refused::not_allowed("save contacts").into());
        }
        let known = customer::Entity::find_by_id(room.customer).one(tx.db).await?.ok_or(Refused::NotFound)?.contact;
        let contact = self.contact(known.unwrap_or(self.fresh));
        write(tx, &contact, known.is_none()).await?;
        if known.is_none() {
            let row =
                customer::ActiveModel { id: Set(room.customer), contact: Set(Some(contact.id)), ..Default::default() };
            customer::Entity::update(row).exec(tx.db).await?;
        }
        show(tx, &contact).await?;
        Ok(contact)
    }
}

impl Save {
    fn contact(&self, id: ContactId) -> Contact {
        let SaveContact { name, phone, email, tags, fields } = self.form.clone();
        Contact { id, name, phone, email, tags, fields }
    }
}

async fn write(tx: &Tx<'_>, contact: &Contact, is_new: bool) -> Result<()> {
    let row = contact::ActiveModel {
        id: Set(contact.id),
        name: Set(contact.name.clone()),
        phone: Set(contact.phone.clone()),
        email: Set(contact.email.clone()),
        tags: Set(serde_json::to_string(&contact.tags)?),
        fields: Set(serde_json::to_string(&contact.fields)?),
        ..Default::default()
    };
    if is_new {
        let row = contact::ActiveModel { created_at: Set(tx.now), ..row };
        contact::Entity::insert(row).exec_without_returning(tx.db).await?;
    } else {
        contact::Entity::update(row).exec(tx.db).await?;
    }
    Ok(())
}

/// Gives every customer of the contact, and their room, its name.
async fn show(tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
    let customers = customer::Entity::find()
        .filter(customer::Column::Contact.eq(contact.id))
        .order_by_asc(customer::Column::Id)
        .all(tx.db)
        .await?;
    for row in customers {
        let (id, channel, opted_out) = (row.id, row.channel, row.opted_out);
        let named = customer::ActiveModel { id: Set(id), name: Set(contact.name.clone()), ..Default::default() };
        customer::Entity::update(named).exec(tx.db).await?;
        if let Some(mut room) = room_rows::find_of_customer(tx.db, channel, id).await? {
            room.contact = Some(contact.id);
            tx.change(&mut room, vec![Change::CustomerChanged { name: contact.name.clone(), opted_out }]).await?;
        }
    }
    Ok(())
}
