//! Customers: people on one channel, found by any of the ids their provider knows them by.

pub(crate) mod rows;

use ::channels::identity::{self, ExternalId};
use domain::change::{Actor, Change};
use domain::customer::{Contact, Customer};
use domain::id::ChannelId;
use domain::refused::Refused;
use domain::timestamp::Timestamp;

use crate::clock::new_id;
use crate::contacts::rows as contacts;
use crate::error::Result;
use crate::rooms::rows as room_rows;
use crate::writer::Tx;

/// The longest name that is kept, in characters.
const NAME_MAX: usize = 120;

/// The customer a provider names. Whoever is not known yet is made; whoever turns out to be two is made one. Whoever is
/// blocked says nothing, of themselves neither.
pub(crate) async fn find_or_make(tx: &mut Tx<'_>, channel: ChannelId, actor: &identity::Actor) -> Result<Customer> {
    let known = rows::list_by_ids(tx.db, channel, &actor.ids).await?;
    let Some(customer) = merge(tx, channel, known).await? else { return make(tx, channel, actor).await };
    rows::add_ids(tx.db, channel, customer.id, &actor.ids).await?;
    if customer.blocked {
        return Ok(customer);
    }
    update(tx, channel, customer, actor).await
}

/// The customer known by any of these ids, if there is one.
pub(crate) async fn find(tx: &Tx<'_>, channel: ChannelId, ids: &[ExternalId]) -> Result<Option<Customer>> {
    Ok(rows::list_by_ids(tx.db, channel, ids).await?.into_iter().next())
}

/// The customer known by any of `previous` is known by all of `current` from now on, and no longer by the others: a
/// number may be somebody else's tomorrow.
pub(crate) async fn change_identity(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    previous: &[ExternalId],
    current: &[ExternalId],
) -> Result<()> {
    let known = rows::list_by_ids(tx.db, channel, &[previous, current].concat()).await?;
    let Some(customer) = merge(tx, channel, known).await? else { return Ok(()) };
    let gone: Vec<_> = previous.iter().filter(|id| !current.contains(id)).cloned().collect();
    rows::forget_ids(tx.db, channel, &gone).await?;
    rows::add_ids(tx.db, channel, customer.id, current).await
}

/// Notes whether the customer wants to hear from us since `at`, unless they have said it anew.
pub(crate) async fn set_opted_out(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    customer: Customer,
    opted_out: bool,
    at: Timestamp,
) -> Result<()> {
    if !rows::note_opted(tx.db, customer.id, at).await? || customer.opted_out == opted_out {
        return Ok(());
    }
    let read = customer.clone();
    let customer = Customer { opted_out, ..customer };
    rows::update(tx.db, &read, &customer).await?;
    show(tx, channel, &customer, None).await
}

/// The oldest of `known`, who takes over what is known of the others.
async fn merge(tx: &mut Tx<'_>, channel: ChannelId, known: Vec<Customer>) -> Result<Option<Customer>> {
    let mut known = known.into_iter();
    let Some(mut oldest) = known.next() else { return Ok(None) };
    let (was_blocked, was_opted_out, had_contact) = (oldest.blocked, oldest.opted_out, oldest.contact);
    let was = oldest.described();
    for other in known {
        let read = oldest.clone();
        rows::move_ids(tx.db, channel, other.id, oldest.id).await?;
        let opted_out = either_opted_out(tx, &oldest, &other).await?;
        if oldest.contact.is_none() && other.contact.is_some() {
            oldest.contact = other.contact;
            oldest.channel_name = Some(std::mem::replace(&mut oldest.name, other.name));
        }
        oldest = Customer {
            phone: oldest.phone.or(other.phone),
            email: oldest.email.or(other.email),
            fields: other.fields.into_iter().chain(oldest.fields).collect(),
            opted_out,
            blocked: oldest.blocked || other.blocked,
            ..oldest
        };
        oldest.tags.extend(other.tags);
        oldest.tags.sort();
        oldest.tags.dedup();
        rows::update(tx.db, &read, &oldest).await?;
    }
    if oldest.opted_out != was_opted_out || oldest.contact != had_contact {
        let contact = match oldest.contact {
            Some(contact) => contacts::find(tx.db, contact).await?,
            None => None,
        };
        show(tx, channel, &oldest, contact).await?;
    }
    if oldest.described() != was {
        describe(tx, channel, &oldest).await?;
    }
    if oldest.blocked
        && !was_blocked
        && let Some(mut room) = room_rows::find_of_customer(tx.db, channel, oldest.id).await?
    {
        tx.change(&mut room, vec![Change::CustomerBlocked { by: Actor::Switchboard }]).await?;
    }
    Ok(Some(oldest))
}

/// Whether somebody who was `one` and `other` wants to hear from us: their later word holds, and where nobody knows when it
/// was said, a STOP does.
async fn either_opted_out(tx: &Tx<'_>, one: &Customer, other: &Customer) -> Result<bool> {
    let (before, after) = (rows::opted_at(tx.db, one.id).await?, rows::opted_at(tx.db, other.id).await?);
    let is_later = match after {
        Some(at) => rows::note_opted(tx.db, one.id, at).await?,
        None => false,
    };
    Ok(match (before, after) {
        (Some(_), Some(_)) if is_later => other.opted_out,
        (Some(_), Some(_)) => one.opted_out,
        _ => one.opted_out || other.opted_out,
    })
}

async fn make(tx: &Tx<'_>, channel: ChannelId, actor: &identity::Actor) -> Result<Customer> {
    let customer = Customer {
        id: new_id(),
        name: shown_name(actor.display_name()).unwrap_or_else(|| "Customer".into()),
        channel_name: None,
        phone: actor.phone.clone(),
        email: None,
        contact: None,
        fields: Default::default(),
        tags: Vec::new(),
        opted_out: false,
        blocked: false,
    };
    // Another node that makes the same customer at this moment holds the ids; this one finds them when it tries again.
    if !rows::claim_ids(tx.db, channel, customer.id, &actor.ids).await? {
        return Err(Refused::Changed.into());
    }
    rows::insert(tx.db, channel, &customer, tx.now).await?;
    Ok(customer)
}

/// Takes over a new name or phone number. The name of a saved contact is its agents' choice and stays in its place.
pub(crate) async fn update(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    known: Customer,
    actor: &identity::Actor,
) -> Result<Customer> {
    let told = [&actor.name, &actor.username].into_iter().flatten().find_map(|name| shown_name(name));
    let phone = actor.phone.clone().or_else(|| known.phone.clone());
    let mut customer = Customer { phone, ..known.clone() };
    match told {
        Some(name) if known.contact.is_none() => customer.name = name,
        Some(name) => customer.channel_name = Some(name),
        None => {}
    }
    if customer == known {
        return Ok(known);
    }
    rows::update(tx.db, &known, &customer).await?;
    if customer.name != known.name {
        show(tx, channel, &customer, None).await?;
    }
    if customer.phone != known.phone {
        describe(tx, channel, &customer).await?;
    }
    Ok(customer)
}

/// Notes the e-mail that the customer has now.
pub(crate) async fn set_email(tx: &mut Tx<'_>, channel: ChannelId, known: Customer, email: String) -> Result<()> {
    let customer = Customer { email: Some(email), ..known.clone() };
    if known.blocked || customer == known {
        return Ok(());
    }
    rows::update(tx.db, &known, &customer).await?;
    describe(tx, channel, &customer).await
}

/// Tells the customer's room what it shows of them from now on; with the contact they are, where it did not know of it.
async fn show(tx: &mut Tx<'_>, channel: ChannelId, customer: &Customer, contact: Option<Contact>) -> Result<()> {
    let Some(mut room) = room_rows::find_of_customer(tx.db, channel, customer.id).await? else { return Ok(()) };
    if contact.is_some() {
        room.contact = customer.contact;
    }
    let (name, opted_out) = (customer.name.clone(), customer.opted_out);
    tx.change(
        &mut room,
        vec![Change::CustomerChanged { name, opted_out, contact: contact.map(Box::new), described: None }],
    )
    .await
}

/// Tells the customer's room what else is known of them from now on.
async fn describe(tx: &mut Tx<'_>, channel: ChannelId, customer: &Customer) -> Result<()> {
    let Some(mut room) = room_rows::find_of_customer(tx.db, channel, customer.id).await? else { return Ok(()) };
    let change = customer.redescribed(&room);
    tx.change(&mut room, vec![change]).await
}

/// A name as lists can show it: on one line, without signs that turn the text around it; `None` when nothing is left.
pub(crate) fn shown_name(name: &str) -> Option<String> {
    let is_turning =
        |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String =
        name.chars().filter(|letter| !letter.is_control() && !is_turning(*letter)).take(NAME_MAX).collect();
    Some(plain.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::shown_name;

    #[test]
    fn a_name_cannot_turn_the_line_around_or_break_it() {
        assert_eq!(shown_name("Ana\u{202e}\nLima ").as_deref(), Some("AnaLima"));
        assert_eq!(shown_name(" \u{200f} "), None);
    }
}
