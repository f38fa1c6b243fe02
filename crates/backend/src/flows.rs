//! Flows: the documents bots run, as they are stored, imported and exported.

use domain::audit::{Act, Doer};
use domain::flow::{Flow, FlowCard};
use domain::id::{ChannelId, FlowId};
use domain::person::Person;
use domain::refused::Refused;
use domain::team::Team;
use entity::flow::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::audit;
use crate::backend::Backend;
use crate::channels::{self, administers};
use crate::clock::new_id;
use crate::directory::Directory;
use crate::error::{Error, Result};
use crate::teams::rows as teams;
use crate::writer::{Command, Tx};

/// What a bot is called until somebody names it.
pub(crate) const BOT_NAME: &str = "Assistant";

/// All flows by name, with the channels that run them.
///
/// # Errors
/// `me` is no admin.
pub async fn list(backend: &Backend, me: &Person) -> Result<Vec<FlowCard>> {
    administers(me)?;
    let directory = backend.directory();
    let rows = Entity::find().order_by_asc(Column::Name).all(&backend.store().read).await?;
    Ok(rows
        .into_iter()
        .map(|row| FlowCard {
            id: row.id,
            name: row.name,
            updated_at: row.updated_at,
            channels: running(&directory, row.id),
        })
        .collect())
}

fn running(directory: &Directory, flow: FlowId) -> Vec<ChannelId> {
    let channels = directory.channels.values().filter(|channel| channel.flow == Some(flow));
    channels.map(|channel| channel.id).collect()
}

/// Takes a flow file. One of the same name is replaced, and bots that run it go on with the new one.
///
/// # Errors
/// `me` is no admin, or the file is not a good flow; the refusal names the step and the reason.
pub async fn import(backend: &Backend, me: &Person, json: &str) -> Result<FlowId> {
    administers(me)?;
    let flow = Flow::parse(json).map_err(Refused::from)?;
    backend.run(Import { by: Doer::of(me), flow }).await
}

struct Import {
    by: Doer,
    flow: Flow,
}

impl Command for Import {
    type Output = FlowId;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<FlowId> {
        let teams = teams::lock_all(tx.db).await?;
        let unknown = self.flow.teams().find(|name| !teams.values().any(|team| team.is_named(name)));
        if let Some(name) = unknown {
            let rule = format!("hands over to the team \"{name}\", which does not exist");
            return Err(Refused::invalid("flow", &rule).into());
        }
        let known = Entity::find().filter(Column::Name.eq(self.flow.name())).one(tx.db).await?;
        let Some(known) = known else {
            let id = new_id();
            insert(tx, id, &self.flow).await?;
            audit::note(tx, &self.by, &[], Act::FlowImported { flow: self.flow.name().into() }).await?;
            return Ok(id);
        };
        update(tx, known.id, &self.flow).await?;
        audit::note(tx, &self.by, &[], Act::FlowReplaced { flow: self.flow.name().into() }).await?;
        Ok(known.id)
    }
}

async fn update(tx: &Tx<'_>, id: FlowId, flow: &Flow) -> Result<()> {
    let row = ActiveModel { id: Set(id), document: Set(flow.to_json()), updated_at: Set(tx.now), ..Default::default() };
    Entity::update(row).exec(tx.db).await?;
    Ok(())
}

/// Has every flow that hands over to `team` hand over to it under its new name.
pub(crate) async fn rename_team(tx: &Tx<'_>, team: &Team, name: &str) -> Result<()> {
    for (id, flow) in list_readable(tx.db).await? {
        if let Some(renamed) = flow.with_team_renamed(team, name) {
            update(tx, id, &renamed).await?;
        }
    }
    Ok(())
}

/// The names of the flows that hand over to `team`.
pub(crate) async fn list_to_team(db: &impl ConnectionTrait, team: &Team) -> Result<Vec<String>> {
    let flows = list_readable(db).await?.into_iter().map(|(_, flow)| flow);
    let to_team = flows.filter(|flow| flow.teams().any(|name| team.is_named(name)));
    Ok(to_team.map(|flow| flow.name().to_owned()).collect())
}

/// All flows but those that another version wrote and no bot of this one runs.
async fn list_readable(db: &impl ConnectionTrait) -> Result<Vec<(FlowId, Flow)>> {
    let rows = Entity::find().order_by_asc(Column::Name).all(db).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.id, Flow::parse(&row.document).ok()?))).collect())
}

/// Writes a new flow.
pub(crate) async fn insert(tx: &Tx<'_>, id: FlowId, flow: &Flow) -> Result<()> {
    let row = ActiveModel {
        id: Set(id),
        name: Set(flow.name().into()),
        document: Set(flow.to_json()),
        updated_at: Set(tx.now),
    };
    Entity::insert(row).exec_without_returning(tx.db).await?;
    Ok(())
}

/// The flow as a file that [`import`] takes.
///
/// # Errors
/// `me` is no admin, or the flow does not exist.
pub async fn export(backend: &Backend, me: &Person, id: FlowId) -> Result<String> {
    administers(me)?;
    let flow = find(&backend.store().read, id).await?.ok_or_else(|| Refused::invalid("flow", "does not exist"))?;
    Ok(flow.to_json())
}

/// Has the channel's bot run `flow`, under the name it has; without a flow the channel has no bot.
///
/// # Errors
/// `me` is no admin, or the channel or flow does not exist.
pub async fn use_on_channel(backend: &Backend, me: &Person, channel: ChannelId, flow: Option<FlowId>) -> Result<()> {
    let named = backend.directory().channels.get(&channel).and_then(|channel| channel.bot_name.clone());
    let bot_name = named.unwrap_or_else(|| BOT_NAME.into());
    channels::use_flow(backend, me, channel, flow, Some(bot_name)).await?;
    Ok(())
}

/// The flow, ready to run.
pub(crate) async fn find(db: &impl ConnectionTrait, id: FlowId) -> Result<Option<Flow>> {
    let Some(row) = Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let flow = Flow::parse(&row.document).map_err(|problem| Error::World(format!("stored flow {id}: {problem}")))?;
    Ok(Some(flow))
}
