//! Reset links: whoever manages somebody makes one, and it lets them choose a new password, once. Its token is only in
//! the link.

use domain::account::{PasswordReset, check_password, may_reset_password};
use domain::audit::{Act, Doer};
use domain::id::PersonId;
use domain::person::Person;
use domain::refused::Refused;
use domain::timestamp::{Timestamp, hours};
use entity::password_reset::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::audit;
use crate::backend::Backend;
use crate::directory::Directory;
use crate::error::Result;
use crate::passwords;
use crate::people::rows as people;
use crate::sessions;
use crate::tokens;
use crate::writer::{Command, Tx};

/// A link is open for this long.
const OPEN: std::time::Duration = hours(24);

/// Makes the token of a link with which `person` chooses a new password; an earlier one leads nowhere any more. Their
/// password and their sessions stay until it is followed.
///
/// # Errors
/// As [`may_reset_password`]; or the person does not exist.
pub async fn create(backend: &Backend, me: &Person, person: PersonId) -> Result<String> {
    let token = tokens::new_token();
    backend.run(Create { me: me.id, person, token_hash: tokens::hash(&token) }).await?;
    tracing::info!(%person, by = %me.id, "a link to reset a password was made");
    Ok(token)
}

struct Create {
    me: PersonId,
    person: PersonId,
    token_hash: String,
}

impl Command for Create {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let nobody = || Refused::invalid("person", "does not exist");
        let me = people::find(tx.db, self.me).await?.ok_or_else(nobody)?;
        let person = people::find(tx.db, self.person).await?.ok_or_else(nobody)?;
        may_reset_password(&me, &person)?;
        let row = ActiveModel {
            person: Set(self.person),
            token_hash: Set(self.token_hash.clone()),
            made_by: Set(self.me),
            expires_at: Set(tx.now.plus(OPEN)),
        };
        let renew = [Column::TokenHash, Column::MadeBy, Column::ExpiresAt];
        let renew = OnConflict::column(Column::Person).update_columns(renew).to_owned();
        Entity::insert(row).on_conflict(renew).exec_without_returning(tx.db).await?;
        let made = Act::PasswordResetLinkMade { person: person.name };
        audit::note(tx, &Doer::of(&me), &person.teams, made).await
    }
}

/// Whose password the open link of this token resets: not used, not run out, and by somebody who still may.
///
/// # Errors
/// The database cannot be read.
pub async fn find(backend: &Backend, token: &str) -> Result<Option<PasswordReset>> {
    let row = Entity::find().filter(Column::TokenHash.eq(tokens::hash(token))).one(&backend.store().read).await?;
    let directory = backend.directory();
    let person = row.as_ref().and_then(|row| person_of(row, &directory, backend.now()));
    Ok(person.map(|person| PasswordReset { name: person.name.clone(), email: person.email.clone() }))
}

/// Gives the link's person the password they chose, and ends all their sessions. They still have to sign in.
///
/// # Errors
/// The link is not open, or the password breaks a rule.
pub async fn follow(backend: &Backend, token: &str, password: &str) -> Result<Person> {
    check_password(password)?;
    // Nobody makes us hash without a link.
    find(backend, token).await?.ok_or_else(void)?;
    let follow = Follow { token_hash: tokens::hash(token), password_hash: passwords::hash(password).await? };
    let person = backend.run(follow).await?;
    backend.hub().sign_out(person.id, None);
    Ok(person)
}

struct Follow {
    token_hash: String,
    password_hash: String,
}

impl Command for Follow {
    type Output = Person;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Person> {
        let row = Entity::find().filter(Column::TokenHash.eq(&self.token_hash)).one(tx.db).await?.ok_or_else(void)?;
        let person = person_of(&row, &tx.directory, tx.now).cloned().ok_or_else(void)?;
        // Of two who follow it at once, one finds it gone.
        let used = Entity::delete_many().filter(Column::TokenHash.eq(&self.token_hash)).exec(tx.db).await?;
        if used.rows_affected == 0 {
            return Err(void().into());
        }
        people::set_password_hash(tx.db, person.id, &self.password_hash).await?;
        audit::note(tx, &Doer::of(&person), &person.teams, Act::PasswordReset).await?;
        sessions::end_all(tx, person.id).await?;
        sessions::tell_ended(tx, person.id).await?;
        Ok(person)
    }
}

/// A link that was made for `person` leads nowhere any more.
pub(super) async fn forget(tx: &Tx<'_>, person: PersonId) -> Result<()> {
    Entity::delete_by_id(person).exec(tx.db).await?;
    Ok(())
}

fn person_of<'a>(row: &Model, directory: &'a Directory, now: Timestamp) -> Option<&'a Person> {
    let (by, person) = (directory.people.get(&row.made_by)?, directory.people.get(&row.person)?);
    (now < row.expires_at && may_reset_password(by, person).is_ok()).then_some(person)
}

fn void() -> Refused {
    Refused::invalid("link", "was used, replaced, or has run out")
}
