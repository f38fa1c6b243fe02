//! Sessions: signing in, being recognised, signing out. A session's token is only ever in its owner's browser.

mod limits;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use domain::change::Change;
use domain::id::PersonId;
use domain::message::storable;
use domain::person::Person;
use domain::timestamp::{Timestamp, hours, minutes};
use entity::{person, session};
use sea_orm::sea_query::{Cond, Expr};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::passwords;
use crate::tokens;
use crate::writer::{Command, Tx};

pub(crate) use limits::Limits;
pub use limits::network;

/// A session nobody uses for this long is over.
const IDLE: Duration = hours(14 * 24);

/// A session is over after this long, however much it is used.
const LONGEST: Duration = hours(60 * 24);

/// That a session is used is written down at most this often.
const NOTED: Duration = minutes(10);

/// No e-mail is longer; what is typed beyond it is not worth keeping count of.
const EMAIL_MAX: usize = 254;

/// A session's token, for its owner's cookie. Its `Debug` tells nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl fmt::Display for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

/// Who a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub person: Person,
    /// The session's name: what the token is hashed to.
    pub session: String,
}

/// Begins a session of whoever has this e-mail and password. `client` is the address they come from.
///
/// # Errors
/// [`Error::SignIn`] for a wrong password, an unknown e-mail and somebody deactivated alike, and as slowly;
/// [`Error::TooMany`] after too many failures from the same address.
pub async fn sign_in(backend: &Backend, email: &str, password: &str, client: &str) -> Result<(Person, SessionToken)> {
    let email: String = storable(email).trim().to_lowercase().chars().take(EMAIL_MAX).collect();
    let taken = backend.limits().take(&email, client, backend.now())?;
    tokio::time::sleep(taken.pause).await;
    let row = person::Entity::find().filter(person::Column::Email.eq(email)).one(&backend.store().read).await?;
    let row = row.filter(|row| row.active);
    let known = row.as_ref().map(|row| row.password_hash.as_str());
    let is_right = passwords::verify(password, known).await?;
    let row = row.filter(|_| is_right).ok_or(Error::SignIn)?;
    backend.limits().give_back(&taken, backend.now());
    let token = tokens::new_token();
    let person = backend.run(SignIn { person: row.id, token_hash: tokens::hash(&token) }).await?;
    Ok((person, SessionToken(token)))
}

pub(crate) struct SignIn {
    pub person: PersonId,
    pub token_hash: String,
}

impl Command for SignIn {
    type Output = Person;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Person> {
        let person = crate::people::rows::find(tx.db, self.person).await?.filter(|person| person.active);
        let person = person.ok_or(Error::SignIn)?;
        forget_ended(tx, self.person).await?;
        let row = session::ActiveModel {
            token_hash: Set(self.token_hash.clone()),
            person: Set(self.person),
            created_at: Set(tx.now),
            used_at: Set(tx.now),
            expires_at: Set(tx.now.plus(LONGEST)),
        };
        session::Entity::insert(row).exec_without_returning(tx.db).await?;
        Ok(person)
    }
}

async fn forget_ended(tx: &Tx<'_>, person: PersonId) -> Result<()> {
    let unused_since = Timestamp(tx.now.0 - i64::try_from(IDLE.as_millis()).unwrap_or(i64::MAX));
    let over = Cond::any().add(session::Column::ExpiresAt.lte(tx.now)).add(session::Column::UsedAt.lte(unused_since));
    session::Entity::delete_many().filter(session::Column::Person.eq(person)).filter(over).exec(tx.db).await?;
    Ok(())
}

/// Whose session this is, if it is one and still goes on.
///
/// # Errors
/// The database cannot be read.
pub async fn find(backend: &Backend, token: &str) -> Result<Option<SignedIn>> {
    let hash = tokens::hash(token);
    let Some(row) = session::Entity::find_by_id(&hash).one(&backend.store().read).await? else { return Ok(None) };
    let now = backend.now();
    if now >= row.expires_at || now >= row.used_at.plus(IDLE) {
        return Ok(None);
    }
    let directory = backend.directory();
    let Some(person) = directory.people.get(&row.person).filter(|person| person.active) else { return Ok(None) };
    if now.since(row.used_at) >= NOTED {
        // Reading goes on when nothing can be saved; the session then ends a little earlier than it might.
        if let Err(error) = backend.run(NoteUse { token_hash: hash.clone() }).await {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
    }
    Ok(Some(SignedIn { person: person.clone(), session: hash }))
}

struct NoteUse {
    token_hash: String,
}

impl Command for NoteUse {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        session::Entity::update_many()
            .col_expr(session::Column::UsedAt, Expr::value(tx.now))
            .filter(session::Column::TokenHash.eq(&self.token_hash))
            .exec(tx.db)
            .await?;
        Ok(())
    }
}

/// Ends the session of this token, wherever it is open. A token of no session ends nothing.
///
/// # Errors
/// The end cannot be saved.
pub async fn sign_out(backend: &Backend, token: &str) -> Result<()> {
    let token_hash = tokens::hash(token);
    if let Some(person) = backend.run(SignOut { token_hash: token_hash.clone() }).await? {
        backend.hub().sign_out(person, Some(&token_hash));
    }
    Ok(())
}

struct SignOut {
    token_hash: String,
}

impl Command for SignOut {
    type Output = Option<PersonId>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Option<PersonId>> {
        let Some(row) = session::Entity::find_by_id(&self.token_hash).one(tx.db).await? else { return Ok(None) };
        session::Entity::delete_by_id(&self.token_hash).exec(tx.db).await?;
        tell_ended(tx, row.person).await?;
        Ok(Some(row.person))
    }
}

/// Ends all sessions of `me`, this one included.
///
/// # Errors
/// The end cannot be saved.
pub async fn sign_out_everywhere(backend: &Backend, me: &Person) -> Result<()> {
    backend.run(EndAll { person: me.id }).await?;
    backend.hub().sign_out(me.id, None);
    Ok(())
}

struct EndAll {
    person: PersonId,
}

impl Command for EndAll {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        end_all(tx, self.person).await?;
        tell_ended(tx, self.person).await
    }
}

/// Has every other process look which of the person's sessions still go on, and end the sockets of those that do not.
pub(crate) async fn tell_ended(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    if let Some(person) = crate::people::rows::find(tx.db, person).await? {
        tx.tell(Change::PersonChanged(person));
    }
    Ok(())
}

/// The sessions of the person, as their sockets are known by.
pub(crate) async fn list_of(db: &impl ConnectionTrait, person: PersonId) -> Result<BTreeSet<String>> {
    let hashes = session::Entity::find().select_only().column(session::Column::TokenHash);
    let hashes: Vec<String> = hashes.filter(session::Column::Person.eq(person)).into_tuple().all(db).await?;
    Ok(hashes.into_iter().collect())
}

/// Ends all of a person's sessions but the one that `kept` names; the caller ends their sockets after the commit.
pub(crate) async fn end_others(tx: &Tx<'_>, person: PersonId, kept: &str) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::Column::Person.eq(person))
        .filter(session::Column::TokenHash.ne(kept))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// Ends all of a person's sessions; the caller ends their sockets after the commit.
pub(crate) async fn end_all(tx: &Tx<'_>, person: PersonId) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::Person.eq(person)).exec(tx.db).await?;
    Ok(())
}
