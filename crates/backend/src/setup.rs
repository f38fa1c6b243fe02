//! The first run: the one who comes first becomes the admin, and finds everything a conversation needs.

use domain::account::{check_email, check_name, check_password};
use domain::audit::{Act, Doer};
use domain::change::Change;
use domain::channel::ChannelKind;
use domain::flow::Flow;
use domain::id::{FlowId, PersonId, TeamId};
use domain::person::{Availability, DEFAULT_CAPACITY, Person, Role};
use domain::refused::Refused;
use domain::team::Team;
use entity::{person, setting};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::audit;
use crate::backend::Backend;
use crate::channels::{self, NewChannel};
use crate::clock::new_id;
use crate::error::Result;
use crate::flows;
use crate::passwords;
use crate::people;
use crate::teams;
use crate::writer::{Command, Tx};

/// The setting that says who set the installation up; its one row is what makes the first the only one.
const SET_UP_BY: &str = "set_up_by";

/// Whether nobody is here yet.
///
/// # Errors
/// The database cannot be read.
pub async fn is_needed(backend: &Backend) -> Result<bool> {
    Ok(backend.directory().people.is_empty() && person::Entity::find().one(&backend.store().read).await?.is_none())
}

/// Makes the first admin, the team "Support" with them in it, and the web channel "Website" with the standard flow.
///
/// # Errors
/// Somebody is here already, or the name, e-mail or password breaks a rule; the refusal names which.
pub async fn create_admin(backend: &Backend, name: &str, email: &str, password: &str) -> Result<Person> {
    let create = prepare(backend, name, email, password).await?;
    backend.run(CreateAdmin { by: Doer::of(&create.admin), act: Act::SetUp, ..create }).await
}

/// As [`create_admin`], for whoever runs the program on its machine.
///
/// # Errors
/// As [`create_admin`].
pub async fn name_admin(backend: &Backend, name: &str, email: &str, password: &str) -> Result<Person> {
    backend.run(prepare(backend, name, email, password).await?).await
}

async fn prepare(backend: &Backend, name: &str, email: &str, password: &str) -> Result<CreateAdmin> {
    let name = check_name("name", name)?;
    let email = check_email(email)?;
    check_password(password)?;
    if !is_needed(backend).await? {
        return Err(too_late().into());
    }
    let team: TeamId = new_id();
    let admin = Person {
        id: new_id(),
        name,
        email,
        role: Role::Admin,
        teams: vec![team],
        availability: Availability::Online,
        capacity: DEFAULT_CAPACITY,
        active: true,
    };
    let password_hash = passwords::hash(password).await?;
    let flow: FlowId = new_id();
    let mut website = NewChannel::check(backend, ChannelKind::Web, "Website", "{}")?;
    website.channel.team = Some(team);
    website.channel.flow = Some(flow);
    website.channel.bot_name = Some(flows::BOT_NAME.into());
    let act = Act::SetUpFor { admin: admin.name.clone() };
    Ok(CreateAdmin { by: Doer::CommandLine, act, admin, password_hash, team, website, flow })
}

struct CreateAdmin {
    by: Doer,
    act: Act,
    admin: Person,
    password_hash: String,
    team: TeamId,
    website: NewChannel,
    flow: FlowId,
}

impl Command for CreateAdmin {
    type Output = Person;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Person> {
        if !self.is_first(tx).await? {
            return Err(too_late().into());
        }
        let team = Team::new(self.team, "Support");
        teams::rows::insert(tx.db, &team).await?;
        people::rows::insert(tx.db, &self.admin, &self.password_hash, tx.now).await?;
        flows::insert(tx, self.flow, &Flow::standard()).await?;
        tx.tell(Change::TeamChanged(team));
        tx.tell(Change::PersonChanged(self.admin.clone()));
        channels::insert(tx, &self.website).await?;
        audit::note(tx, &self.by, &[self.team], self.act.clone()).await?;
        Ok(self.admin.clone())
    }
}

impl CreateAdmin {
    /// Of two who come first at the same moment, the row has room for one.
    async fn is_first(&self, tx: &Tx<'_>) -> Result<bool> {
        let by: PersonId = self.admin.id;
        let row = setting::ActiveModel { name: Set(SET_UP_BY.into()), value: Set(by.to_string()) };
        let once = OnConflict::column(setting::Column::Name).do_nothing().to_owned();
        let inserted = setting::Entity::insert(row).on_conflict(once).exec_without_returning(tx.db).await?;
        Ok(inserted == 1 && person::Entity::find().one(tx.db).await?.is_none())
    }
}

fn too_late() -> Refused {
    Refused::not_allowed("set up a Switchboard that is set up")
}
