//! Change password: by whoever knows the present one.

use domain::account::check_new_password;
use domain::audit::{Act, Doer};
use domain::id::PersonId;
use domain::person::Person;
use domain::refused::Refused;

use crate::audit;
use crate::backend::{Backend, active};
use crate::error::{Error, Result};
use crate::passwords::{self, reset};
use crate::people::rows as people;
use crate::sessions;
use crate::tokens;
use crate::writer::{Command, Tx};

/// Gives `me` the password `new`. The session of `token` goes on, every other one of theirs ends at once. `client` is
/// the address they come from: guessing here is guessing at the sign-in.
///
/// # Errors
/// The present password is not `current`; `new` breaks a rule or is the same; [`Error::TooMany`] as for signing in.
pub async fn change(backend: &Backend, me: &Person, token: &str, client: &str, current: &str, new: &str) -> Result<()> {
    check_new_password(current, new)?;
    let taken = backend.limits().take(&me.email, client, backend.now())?;
    tokio::time::sleep(taken.pause).await;
    let known = people::find_password_hash(&backend.store().read, me.id).await?.ok_or(Error::SignIn)?;
    if !passwords::verify(current, Some(&known)).await? {
        return Err(wrong().into());
    }
    backend.limits().give_back(&taken, backend.now());
    let session = tokens::hash(token);
    let change = Change { me: me.id, session: session.clone(), known, hash: passwords::hash(new).await? };
    backend.run(change).await?;
    backend.hub().sign_out_others(me.id, &session);
    Ok(())
}

struct Change {
    me: PersonId,
    session: String,
    known: String,
    hash: String,
}

impl Command for Change {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        // Between the check and now it may have been changed elsewhere.
        if people::find_password_hash(tx.db, self.me).await?.as_ref() != Some(&self.known) {
            return Err(wrong().into());
        }
        people::set_password_hash(tx.db, self.me, &self.hash).await?;
        reset::forget(tx, self.me).await?;
        let me = active(&tx.directory, self.me)?;
        audit::note(tx, &Doer::of(me), &me.teams, Act::PasswordChanged).await?;
        sessions::end_others(tx, self.me, &self.session).await?;
        sessions::tell_ended(tx, self.me).await
    }
}

fn wrong() -> Refused {
    Refused::invalid("current password", "is wrong")
}
