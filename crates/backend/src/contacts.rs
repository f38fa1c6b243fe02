//! Contacts: the record an agent saves of a customer. It belongs to every customer it was saved for.

use domain::change::Change;
use domain::customer::{Contact, FIND_MIN, FoundContact, SaveContact};
use domain::id::{ContactId, PersonId, RoomId};
use domain::permission;
use domain::person::Person;
use domain::refused::Refused;
use entity::{contact, customer};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

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

/// The contacts with a phone number whose name or number has `words` in it, by name; none while `words` are fewer than
/// [`FIND_MIN`] characters. Signs in a number count for nothing, as everybody writes them differently.
///
/// # Errors
/// `me` may not deal with contacts.
pub async fn find(backend: &Backend, me: &Person, words: &str) -> Result<Vec<FoundContact>> {
    if !permission::may_save_contact(me) {
        return Err(Refused::not_allowed("look for contacts").into());
    }
    let words: String = words.trim().chars().take(WORDS_MAX).collect();
    if words.chars().count() < FIND_MIN {
        return Ok(Vec::new());
    }
    let name = || Expr::col(contact::Column::Name);
    // Not every database knows the small letters of every script: what is typed as it is written is found in any case.
    let mut fits = Condition::any()
        .add(name().like(anywhere(&words)))
        .add(Func::lower(name()).like(anywhere(&words.to_lowercase())));
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= FIND_MIN && words.chars().all(|letter| letter.is_ascii_digit() || SIGNS.contains(&letter)) {
        fits = fits.add(digits_of_phone().like(anywhere(&digits)));
    }
    let found = contact::Entity::find()
        .filter(contact::Column::Phone.is_not_null())
        .filter(fits)
        .order_by_asc(contact::Column::Name)
        .order_by_asc(contact::Column::Id)
        .limit(FOUND)
        .all(&backend.store().read)
        .await?;
    Ok(found
        .into_iter()
        .filter_map(|row| Some(FoundContact { id: row.id, name: row.name, phone: row.phone? }))
        .collect())
}

/// The most contacts that are found at once, and the most of what is typed that counts, in characters.
const FOUND: u64 = 8;
const WORDS_MAX: usize = 100;

/// What people write between the digits of a number.
const SIGNS: [char; 7] = [' ', '+', '(', ')', '-', '.', '/'];

fn digits_of_phone() -> Expr {
    SIGNS.into_iter().fold(Expr::col(contact::Column::Phone), |phone, sign| {
        Func::cust("REPLACE").arg(phone).arg(sign.to_string()).arg("").into()
    })
}

/// A pattern for `words` anywhere in a text; what stands for other letters in patterns stands for itself.
fn anywhere(words: &str) -> LikeExpr {
    let escaped: String = words
        .chars()
        .flat_map(|letter| {
            let escape = matches!(letter, '%' | '_' | '\\').then_some('\\');
            escape.into_iter().chain([letter])
        })
        .collect();
    LikeExpr::new(format!("%{escaped}%")).escape('\\')
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
