//! Visitors of the web chat: a browser with a token, and who it belongs to.

mod identity;

use std::fmt;
use std::time::Duration;

use ::channels::identity::{Actor, ExternalId};
use domain::id::{ChannelId, CustomerId};
use domain::refused::Refused;
use domain::timestamp::hours;
use entity::visitor::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::backend::Backend;
use crate::channels;
use crate::customers;
use crate::error::Result;
use crate::tokens;
use crate::visitors::identity::Proven;
use crate::writer::{Command, Tx};

/// That a visitor was here is written down at most this often.
const NOTED: Duration = hours(24);

/// Somebody who opened the chat.
#[derive(Clone)]
pub struct Visitor {
    /// For the browser to keep; it is the proof that somebody is them.
    pub token: String,
    pub session: VisitorSession,
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor").field("session", &self.session).finish_non_exhaustive()
    }
}

/// Whom a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitorSession {
    pub channel: ChannelId,
    pub customer: CustomerId,
}

/// Opens the chat of a web channel. A known `token` gives the same visitor; a proven user is the same customer from every
/// browser. The token of a user who no longer proves to be one begins anew: somebody else may sit there now. `identity` is
/// the site's JSON Web Token; one that has ended is still good in the browser that is known as this user.
///
/// # Errors
/// There is no such web channel, it is paused, or the user is not proven.
pub async fn open(
    backend: &Backend,
    channel: ChannelId,
    token: Option<&str>,
    identity: Option<&str>,
) -> Result<Visitor> {
    let settings = channels::open_web(backend, channel).await?;
    if backend.directory().channels.get(&channel).is_none_or(|channel| channel.paused) {
        return Err(closed().into());
    }
    let now = backend.now();
    let user = identity.map(|identity| Proven::check(identity, &settings.secret, channel, now)).transpose()?;
    let known = match token {
        Some(token) => find_row(backend, token).await?.filter(|row| row.channel == channel),
        None => None,
    };
    if let (Some(token), Some(row)) = (token, &known)
        && is_still(backend, row.customer, user.as_ref()).await?
    {
        note_use(backend, row).await;
        return Ok(Visitor { token: token.into(), session: VisitorSession { channel, customer: row.customer } });
    }
    user.as_ref().map_or(Ok(()), |user| user.check_end(now))?;
    let fresh = tokens::new_token();
    let known = known.map(|row| row.token_hash);
    let (customer, is_known) = backend.run(Open { channel, known, fresh: tokens::hash(&fresh), user }).await?;
    let token = token.filter(|_| is_known).map_or(fresh, str::to_owned);
    Ok(Visitor { token, session: VisitorSession { channel, customer } })
}

/// What a visitor hears on a paused channel.
pub(crate) fn closed() -> Refused {
    Refused::invalid("chat", "is closed at the moment")
}

/// Opening a chat goes on when nothing can be saved.
async fn note_use(backend: &Backend, row: &Model) {
    if backend.now().since(row.used_at) < NOTED {
        return;
    }
    if let Err(error) = backend.run(NoteUse { token_hash: row.token_hash.clone() }).await {
        tracing::warn!(%error, "the use of a visitor's token could not be noted");
    }
}

/// Whom this token stands for, if it is one.
///
/// # Errors
/// The database cannot be read.
pub async fn find(backend: &Backend, token: &str) -> Result<Option<VisitorSession>> {
    let row = find_row(backend, token).await?;
    Ok(row.map(|row| VisitorSession { channel: row.channel, customer: row.customer }))
}

async fn find_row(backend: &Backend, token: &str) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(tokens::hash(token)).one(&backend.store().read).await?)
}

/// Whether the customer of a token is the one who opens the chat now, with nothing new to be noted of them.
async fn is_still(backend: &Backend, customer: CustomerId, user: Option<&Proven>) -> Result<bool> {
    let db = &backend.store().read;
    let ids = customers::rows::list_ids(db, customer).await?;
    let Some(user) = user else { return Ok(!ids.iter().any(Proven::is_of_user)) };
    let known = customers::rows::find(db, customer).await?;
    Ok(ids.contains(&user.external_id()) && known.is_some_and(|known| user.is_known(&known)))
}

struct Open {
    channel: ChannelId,
    /// The hash of the token the browser has, when it is one of this channel.
    known: Option<String>,
    /// The hash of the one it gets otherwise.
    fresh: String,
    user: Option<Proven>,
}

impl Command for Open {
    /// The customer, and whether the browser's token is already theirs.
    type Output = (CustomerId, bool);

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(CustomerId, bool)> {
        let customer = customers::find_or_make(tx, self.channel, &self.actor()).await?;
        if let Some(email) = self.user.as_ref().and_then(|user| user.email.clone()) {
            customers::set_email(tx, self.channel, customer.clone(), email).await?;
        }
        if let Some(known) = &self.known
            && Entity::find_by_id(known).one(tx.db).await?.is_some_and(|row| row.customer == customer.id)
        {
            return Ok((customer.id, true));
        }
        let row = ActiveModel {
            token_hash: Set(self.fresh.clone()),
            channel: Set(self.channel),
            customer: Set(customer.id),
            created_at: Set(tx.now),
            used_at: Set(tx.now),
        };
        Entity::insert(row).exec_without_returning(tx.db).await?;
        Ok((customer.id, false))
    }
}

impl Open {
    /// Who it is to the channel: the site's user, or somebody known by nothing but this browser.
    fn actor(&self) -> Actor {
        match &self.user {
            Some(user) => {
                Actor { ids: vec![user.external_id()], name: Some(user.shown_name()), username: None, phone: None }
            }
            None => Actor {
                ids: vec![ExternalId(format!("visitor:{}", &self.fresh[..32]))],
                name: Some(format!("Visitor {}", self.fresh[..4].to_uppercase())),
                username: None,
                phone: None,
            },
        }
    }
}

struct NoteUse {
    token_hash: String,
}

impl Command for NoteUse {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(tx.now))
            .filter(Column::TokenHash.eq(&self.token_hash))
            .exec(tx.db)
            .await?;
        Ok(())
    }
}
