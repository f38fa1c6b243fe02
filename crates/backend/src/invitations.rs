//! Invitations: a link that lets one person in, once. Its token is only in the link.

use domain::account::{Invitation, check_email, check_name, check_password, may_invite};
use domain::audit::{Act, Doer, names};
use domain::change::Change;
use domain::id::{InvitationId, PersonId, TeamId};
use domain::permission::may_manage_people;
use domain::person::{Availability, DEFAULT_CAPACITY, Person, Role};
use domain::refused::Refused;
use domain::team::teams_of;
use domain::timestamp::{Timestamp, hours};
use entity::invitation::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::audit;
use crate::backend::Backend;
use crate::clock::new_id;
use crate::error::Result;
use crate::passwords;
use crate::people::rows as people;
use crate::teams;
use crate::tokens;
use crate::writer::{Command, Tx};

/// An invitation is open for this long.
const OPEN: std::time::Duration = hours(7 * 24);

/// Invites whoever reads mail at `email`, and gives the token for the link; into no team is into the default one, as
/// [`teams_of`] says. An earlier invitation of the same e-mail is taken back.
///
/// # Errors
/// As [`may_invite`]; the e-mail is none or somebody's already; a team does not exist.
pub async fn create(backend: &Backend, me: &Person, email: &str, role: Role, teams: Vec<TeamId>) -> Result<String> {
    let token = tokens::new_token();
    let create = Create { me: me.id, email: check_email(email)?, role, teams, token_hash: tokens::hash(&token) };
    backend.run(create).await?;
    Ok(token)
}

struct Create {
    me: PersonId,
    email: String,
    role: Role,
    teams: Vec<TeamId>,
    token_hash: String,
}

impl Command for Create {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let me = people::find(tx.db, self.me).await?.ok_or_else(void)?;
        let teams = teams_of(self.role, &self.teams, &tx.directory.teams);
        may_invite(&me, self.role, &teams)?;
        teams::check(tx.db, &teams).await?;
        if people::has_email(tx.db, &self.email).await? {
            return Err(Refused::invalid("e-mail", "belongs to somebody who is here already").into());
        }
        let earlier = Entity::delete_many().filter(Column::Email.eq(&self.email)).filter(Column::AcceptedAt.is_null());
        earlier.exec(tx.db).await?;
        let row = ActiveModel {
            id: Set(new_id()),
            token_hash: Set(self.token_hash.clone()),
            email: Set(self.email.clone()),
            role: Set(self.role),
            teams: Set(serde_json::to_string(&teams)?),
            invited_by: Set(self.me),
            created_at: Set(tx.now),
            expires_at: Set(tx.now.plus(OPEN)),
            accepted_at: Set(None),
        };
        Entity::insert(row).exec_without_returning(tx.db).await?;
        let named = names(&teams, &tx.directory.teams);
        let invited = Act::PersonInvited { email: self.email.clone(), role: self.role, teams: named };
        audit::note(tx, &Doer::of(&me), &teams, invited).await
    }
}

/// The open invitation of this token: not used, not run out, and by somebody who may still give its role.
///
/// # Errors
/// The database cannot be read.
pub async fn find(backend: &Backend, token: &str) -> Result<Option<Invitation>> {
    let row = Entity::find().filter(Column::TokenHash.eq(tokens::hash(token))).one(&backend.store().read).await?;
    let Some(row) = row.filter(|row| is_open(row, backend.now())) else { return Ok(None) };
    let directory = backend.directory();
    let inviter = directory.people.get(&row.invited_by);
    if inviter.is_some_and(|inviter| may_manage_people(inviter, row.role)) {
        Ok(Some(to_invitation(row)?))
    } else {
        Ok(None)
    }
}

/// Makes the invited person. They still have to sign in.
///
/// # Errors
/// The invitation is not open, or the name or password breaks a rule.
pub async fn accept(backend: &Backend, token: &str, name: &str, password: &str) -> Result<Person> {
    let name = check_name("name", name)?;
    check_password(password)?;
    // Nobody makes us hash without an invitation.
    find(backend, token).await?.ok_or_else(void)?;
    let password_hash = passwords::hash(password).await?;
    backend.run(Accept { token_hash: tokens::hash(token), name, password_hash, id: new_id() }).await
}

struct Accept {
    token_hash: String,
    name: String,
    password_hash: String,
    id: PersonId,
}

impl Command for Accept {
    type Output = Person;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Person> {
        let used = Entity::update_many()
            .col_expr(Column::AcceptedAt, Expr::value(tx.now))
            .filter(Column::TokenHash.eq(&self.token_hash))
            .filter(Expr::col(Column::AcceptedAt).is_null())
            .filter(Column::ExpiresAt.gt(tx.now))
            .exec_with_returning(tx.db)
            .await?;
        let invitation = to_invitation(used.into_iter().next().ok_or_else(void)?)?;
        let inviter = people::find(tx.db, invitation.invited_by).await?.ok_or_else(void)?;
        if !may_manage_people(&inviter, invitation.role) {
            return Err(void().into());
        }
        let known = teams::rows::keep(tx.db, &invitation.teams).await?;
        let chosen: Vec<TeamId> = invitation.teams.into_iter().filter(|team| known.contains_key(team)).collect();
        let teams = teams_of(invitation.role, &chosen, &tx.directory.teams);
        let person = Person {
            id: self.id,
            name: self.name.clone(),
            email: invitation.email,
            role: invitation.role,
            teams,
            availability: Availability::Online,
            capacity: DEFAULT_CAPACITY,
            active: true,
        };
        if !people::insert(tx.db, &person, &self.password_hash, tx.now).await? {
            return Err(void().into());
        }
        let named = names(&person.teams, &tx.directory.teams);
        let joined = Act::Joined { role: person.role, teams: named, invited_by: inviter.name };
        audit::note(tx, &Doer::of(&person), &person.teams, joined).await?;
        tx.tell(Change::PersonChanged(person.clone()));
        Ok(person)
    }
}

/// The open invitations `me` may take back: all for an admin, one's own for a team manager. Newest first.
///
/// # Errors
/// The database cannot be read.
pub async fn list(backend: &Backend, me: &Person) -> Result<Vec<Invitation>> {
    let rows = Entity::find().filter(Column::AcceptedAt.is_null()).order_by_desc(Column::Id);
    let rows = rows.all(&backend.store().read).await?;
    let now = backend.now();
    rows.into_iter().filter(|row| is_open(row, now) && may_revoke(me, row)).map(to_invitation).collect()
}

/// Takes an open invitation back: its link leads nowhere any more.
///
/// # Errors
/// It does not exist, or `me` may not take it back.
pub async fn revoke(backend: &Backend, me: &Person, id: InvitationId) -> Result<()> {
    backend.run(Revoke { me: me.clone(), id }).await
}

struct Revoke {
    me: Person,
    id: InvitationId,
}

impl Command for Revoke {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let row = Entity::find_by_id(self.id).one(tx.db).await?;
        let row = row.filter(|row| row.accepted_at.is_none() && may_revoke(&self.me, row)).ok_or_else(void)?;
        Entity::delete_by_id(row.id).exec(tx.db).await?;
        let invitation = to_invitation(row)?;
        let taken_back = Act::InvitationTakenBack { email: invitation.email };
        audit::note(tx, &Doer::of(&self.me), &invitation.teams, taken_back).await
    }
}

fn may_revoke(me: &Person, row: &Model) -> bool {
    me.active && (me.role == Role::Admin || row.invited_by == me.id)
}

fn is_open(row: &Model, now: Timestamp) -> bool {
    row.accepted_at.is_none() && now < row.expires_at
}

fn to_invitation(row: Model) -> Result<Invitation> {
    Ok(Invitation {
        id: row.id,
        email: row.email,
        role: row.role,
        teams: serde_json::from_str(&row.teams)?,
        invited_by: row.invited_by,
        expires_at: row.expires_at,
    })
}

fn void() -> Refused {
    Refused::invalid("invitation", "was used, taken back, or has run out")
}
