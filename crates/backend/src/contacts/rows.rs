//! Contacts and whom they are saved for, as rows. Asks and stores; never judges.

use domain::customer::{Contact, FIND_MIN, SaveContact, phone_key};
use domain::id::{ChannelId, ContactId, CustomerId};
use domain::timestamp::Timestamp;
use entity::{contact, customer};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::error::Result;

/// The most contacts that are found at once.
const FOUND: u64 = 8;

/// What people write between the digits of a number.
const SIGNS: [char; 7] = [' ', '+', '(', ')', '-', '.', '/'];

/// Somebody a contact was saved for.
pub(crate) struct Member {
    pub id: CustomerId,
    pub channel: ChannelId,
    pub name: String,
    pub channel_name: Option<String>,
    pub opted_out: bool,
}

/// Which columns words are looked for in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    /// Names and numbers, of those who can be written to by number.
    Numbers,
    Everything,
}

/// Holds back whoever else saves, merges or deletes contacts, through whichever process, until the transaction ends: none of
/// them sees half of another's work. SQLite writes one transaction at a time anyway.
pub(crate) async fn lock(db: &impl ConnectionTrait) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("SELECT pg_advisory_xact_lock(8317459202)").await?;
    }
    Ok(())
}

/// The contact, if there is one.
pub(crate) async fn find(db: &impl ConnectionTrait, id: ContactId) -> Result<Option<Contact>> {
    contact::Entity::find_by_id(id).one(db).await?.map(to_contact).transpose()
}

/// Those of `ids` that there are.
pub(crate) async fn list(db: &impl ConnectionTrait, ids: impl IntoIterator<Item = ContactId>) -> Result<Vec<Contact>> {
    let rows = contact::Entity::find().filter(contact::Column::Id.is_in(ids)).all(db).await?;
    rows.into_iter().map(to_contact).collect()
}

/// Those that may have the phone number or e-mail of `form`, oldest first.
pub(crate) async fn list_like(db: &impl ConnectionTrait, form: &SaveContact) -> Result<Vec<Contact>> {
    let email = form.email.as_deref().map(|email| contact::Column::Email.eq(email));
    let phone = form.phone.as_deref().and_then(phone_key).map(|key| contact::Column::PhoneKey.eq(key));
    let keys: Vec<_> = email.into_iter().chain(phone).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = contact::Entity::find()
        .filter(keys.into_iter().fold(Condition::any(), Condition::add))
        .order_by_asc(contact::Column::CreatedAt)
        .order_by_asc(contact::Column::Id)
        .limit(FOUND)
        .all(db)
        .await?;
    rows.into_iter().map(to_contact).collect()
}

/// Contacts that `words` are written somewhere in, by name.
pub(crate) async fn list_with_words(db: &impl ConnectionTrait, words: &str, within: Within) -> Result<Vec<Contact>> {
    let name = || Expr::col(contact::Column::Name);
    // Not every database knows the small letters of every script: what is typed as it is written is found in any case.
    let mut fits = Condition::any()
        .add(name().like(anywhere(words)))
        .add(Func::lower(name()).like(anywhere(&words.to_lowercase())));
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= FIND_MIN && words.chars().all(|letter| letter.is_ascii_digit() || SIGNS.contains(&letter)) {
        fits = fits.add(digits_of_phone().like(anywhere(&digits)));
    }
    let mut found = contact::Entity::find();
    match within {
        Within::Numbers => found = found.filter(contact::Column::Phone.is_not_null()),
        Within::Everything => fits = fits.add(Expr::col(contact::Column::Email).like(anywhere(&words.to_lowercase()))),
    }
    let rows = found
        .filter(fits)
        .order_by_asc(contact::Column::Name)
        .order_by_asc(contact::Column::Id)
        .limit(FOUND)
        .all(db)
        .await?;
    rows.into_iter().map(to_contact).collect()
}

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

pub(crate) async fn insert(db: &impl ConnectionTrait, contact: &Contact, now: Timestamp) -> Result<()> {
    let row = contact::ActiveModel { created_at: Set(now), ..to_row(contact)? };
    contact::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub(crate) async fn update(db: &impl ConnectionTrait, contact: &Contact) -> Result<()> {
    contact::Entity::update(to_row(contact)?).exec(db).await?;
    Ok(())
}

pub(crate) async fn delete(db: &impl ConnectionTrait, id: ContactId) -> Result<()> {
    contact::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Everybody the contact was saved for.
pub(crate) async fn list_members(db: &impl ConnectionTrait, contact: ContactId) -> Result<Vec<Member>> {
    let rows = customer::Entity::find()
        .filter(customer::Column::Contact.eq(contact))
        .order_by_asc(customer::Column::Id)
        .all(db)
        .await?;
    let member = |row: customer::Model| Member {
        id: row.id,
        channel: row.channel,
        name: row.name,
        channel_name: row.channel_name,
        opted_out: row.opted_out,
    };
    Ok(rows.into_iter().map(member).collect())
}

/// The customer, whose channel calls them `channel_name`, belongs to `contact` from now on.
pub(crate) async fn join(
    db: &impl ConnectionTrait,
    customer: CustomerId,
    channel_name: &str,
    contact: ContactId,
) -> Result<()> {
    let row = customer::ActiveModel {
        id: Set(customer),
        contact: Set(Some(contact)),
        channel_name: Set(Some(channel_name.into())),
        ..Default::default()
    };
    customer::Entity::update(row).exec(db).await?;
    Ok(())
}

/// The customer belongs to no contact any more and goes by `name`.
pub(crate) async fn leave(db: &impl ConnectionTrait, customer: CustomerId, name: &str) -> Result<()> {
    let row = customer::ActiveModel {
        id: Set(customer),
        contact: Set(None),
        name: Set(name.into()),
        channel_name: Set(None),
        ..Default::default()
    };
    customer::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Whoever belongs to `from` belongs to `to`.
pub(crate) async fn move_members(db: &impl ConnectionTrait, from: ContactId, to: ContactId) -> Result<()> {
    customer::Entity::update_many()
        .col_expr(customer::Column::Contact, Expr::value(to))
        .filter(customer::Column::Contact.eq(from))
        .exec(db)
        .await?;
    Ok(())
}

/// The customer goes by `name`.
pub(crate) async fn rename(db: &impl ConnectionTrait, customer: CustomerId, name: &str) -> Result<()> {
    let row = customer::ActiveModel { id: Set(customer), name: Set(name.into()), ..Default::default() };
    customer::Entity::update(row).exec(db).await?;
    Ok(())
}

fn to_contact(row: contact::Model) -> Result<Contact> {
    Ok(Contact {
        id: row.id,
        name: row.name,
        phone: row.phone,
        email: row.email,
        tags: serde_json::from_str(&row.tags)?,
        fields: serde_json::from_str(&row.fields)?,
    })
}

fn to_row(contact: &Contact) -> Result<contact::ActiveModel> {
    Ok(contact::ActiveModel {
        id: Set(contact.id),
        name: Set(contact.name.clone()),
        phone: Set(contact.phone.clone()),
        phone_key: Set(contact.phone.as_deref().and_then(phone_key)),
        email: Set(contact.email.clone()),
        tags: Set(serde_json::to_string(&contact.tags)?),
        fields: Set(serde_json::to_string(&contact.fields)?),
        ..Default::default()
    })
}
