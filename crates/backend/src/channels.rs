//! Channels: configured connections. Their settings are sealed at rest and never come out whole, except to adapters.

mod connect;
mod settings;
mod sign_in;
pub(crate) mod stored;

use ::channels::adapter;
use domain::account::check_name;
use domain::audit::{Act, Doer, of_channel};
use domain::change::Change;
use domain::channel::{Channel, ChannelKind, ChannelSetup};
use domain::feedback::{self, FeedbackRule};
use domain::flow::Flow;
use domain::id::{ChannelId, FlowId, TeamId};
use domain::permission;
use domain::person::Person;
use domain::policy::EXPIRY;
use domain::refused::Refused;
use domain::team::default_team;
use entity::channel::{ActiveModel, Entity, Model};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder};
use serde_json::json;

use crate::audit;
use crate::backend::Backend;
use crate::clock::new_id;
use crate::directory::to_channel;
use crate::error::{Error, Result};
use crate::flows;
use crate::jobs::{self, providers::webhook_url};
use crate::teams;
use crate::templates;
use crate::writer::{Command, Tx};

pub use ::channels::api::DESCRIPTION as API_DESCRIPTION;
pub use connect::{connect, disconnect, set_place, setup_form, test};
pub(crate) use settings::WebSettings;
pub use settings::may_embed;
pub use sign_in::{SentBack, begin_sign_in, begin_sign_in_again, finish_sign_in, sign_in_outcome};

/// A channel about to be written, its settings checked and sealed.
pub(crate) struct NewChannel {
    pub channel: Channel,
    settings: String,
}

impl NewChannel {
    /// Checks everything there is to check before the transaction. It has no bot yet.
    pub(crate) fn check(backend: &Backend, kind: ChannelKind, name: &str, settings: &str) -> Result<Self> {
        let id = new_id();
        let channel = Channel {
            id,
            kind,
            name: check_name("name", name)?,
            team: None,
            flow: None,
            bot_name: None,
            expires_after_millis: millis(EXPIRY),
            feedback: FeedbackRule::default(),
            paused: false,
            trouble: None,
            spent: Vec::new(),
            limited_until: None,
        };
        let settings = stored::seal(backend, kind, id, settings)?;
        Ok(Self { channel, settings })
    }
}

/// Adds a channel whose rooms go to the default team. For whoever runs the program on its machine; people at the console
/// have no such door yet.
///
/// # Errors
/// A setting is missing or wrong; the refusal names it.
pub async fn add(backend: &Backend, kind: ChannelKind, name: &str, settings: &str) -> Result<Channel> {
    let mut new = NewChannel::check(backend, kind, name, settings)?;
    new.channel.team = default_team(&backend.directory().teams);
    let channel = new.channel.clone();
    backend.run(Add { new }).await?;
    Ok(channel)
}

struct Add {
    new: NewChannel,
}

impl Command for Add {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        insert(tx, &self.new).await?;
        note_connected(tx, &Doer::CommandLine, &self.new.channel).await
    }
}

/// Writes a new channel and tells of it.
pub(crate) async fn insert(tx: &mut Tx<'_>, new: &NewChannel) -> Result<()> {
    let row = ActiveModel {
        kind: Set(new.channel.kind),
        settings: Set(new.settings.clone()),
        created_at: Set(tx.now),
        last_webhook_at: Set(None),
        last_sent_at: Set(None),
        last_error: Set(None),
        renewing_until: Set(None),
        renewed_at: Set(None),
        spent: Set(None),
        limited_until: Set(None),
        ..to_row(&new.channel)
    };
    Entity::insert(row).exec_without_returning(tx.db).await?;
    tx.tell(Change::ChannelChanged(new.channel.clone()));
    Ok(())
}

async fn note_connected(tx: &Tx<'_>, by: &Doer, channel: &Channel) -> Result<()> {
    let connected = Act::ChannelConnected { channel: channel.name.clone(), kind: channel.kind };
    audit::note(tx, by, channel.team.as_slice(), connected).await
}

/// Every channel that was not removed, oldest first, without its secrets.
///
/// # Errors
/// `me` is no admin.
pub async fn list(backend: &Backend, me: &Person) -> Result<Vec<ChannelSetup>> {
    administers(me)?;
    let rows = Entity::find().order_by_asc(entity::channel::Column::Id).all(&backend.store().read).await?;
    rows.into_iter().filter(|row| !is_removed(row)).map(|row| to_setup(backend, row)).collect()
}

fn to_setup(backend: &Backend, row: Model) -> Result<ChannelSetup> {
    let stored = backend.seal().unseal(&place(row.id), &row.settings)?;
    let origins = match row.kind {
        ChannelKind::Web => WebSettings::read(&stored)?.origins,
        _ => Vec::new(),
    };
    let adapter = adapter::open(row.kind, &stored, &webhook_url(backend, row.kind, row.id)).ok().flatten();
    let token_expires_at = adapter.and_then(|adapter| adapter.token_expires_at());
    Ok(ChannelSetup {
        settings: settings::without_secrets(row.kind, &stored)?,
        filled: settings::filled(row.kind, &stored)?,
        to_give: to_give(backend, row.kind, row.id),
        origins,
        last_webhook_at: row.last_webhook_at,
        last_sent_at: row.last_sent_at,
        token_expires_at,
        last_error: row.last_error.clone(),
        channel: to_channel(row),
    })
}

/// What the provider of a channel has to be given, its webhook address, or its site, the line that shows the chat.
#[must_use]
pub fn to_give(backend: &Backend, kind: ChannelKind, id: ChannelId) -> String {
    match kind {
        ChannelKind::Web => {
            let base = &backend.config().public_url;
            format!("<script async src=\"{base}/widget.js\" data-channel=\"{id}\"></script>")
        }
        kind => webhook_url(backend, kind, id).into(),
    }
}

/// Removes a channel: it takes nothing any more and its secrets are gone. Its rooms stay, and so does its name on them.
/// For whoever runs the program on its machine.
///
/// # Errors
/// It does not exist.
pub async fn remove(backend: &Backend, id: ChannelId) -> Result<()> {
    take_away(backend, Doer::CommandLine, id).await
}

async fn take_away(backend: &Backend, by: Doer, id: ChannelId) -> Result<()> {
    let alter = |channel: &mut Channel| {
        channel.paused = true;
        channel.flow = None;
        channel.name = format!("{} (removed)", channel.name);
    };
    backend.run(Alter { by, id, alter, settings: Some(String::new()) }).await.map(drop)
}

/// Pauses a channel, or lets it go on. While it is paused nothing is lost: what its provider delivers is kept and read
/// once it goes on, what is to be sent through the provider waits, and the web chat refuses new words, so that the visitor
/// still has them. A visitor whose chat is open still reads what people write.
///
/// # Errors
/// `me` is no admin, or the channel does not exist.
pub async fn set_paused(backend: &Backend, me: &Person, id: ChannelId, paused: bool) -> Result<Channel> {
    administers(me)?;
    alter(backend, me, id, move |channel| {
        channel.paused = paused;
    })
    .await
}

/// Gives a channel another name.
///
/// # Errors
/// `me` is no admin, the name breaks a rule, or the channel does not exist.
pub async fn rename(backend: &Backend, me: &Person, id: ChannelId, name: &str) -> Result<Channel> {
    administers(me)?;
    let name = check_name("name", name)?;
    alter(backend, me, id, move |channel| {
        channel.name.clone_from(&name);
    })
    .await
}

/// Has the channel's bot run `flow` under this name; without a flow the channel has no bot.
///
/// # Errors
/// `me` is no admin, the name breaks a rule, or the channel or flow does not exist.
pub async fn use_flow(
    backend: &Backend,
    me: &Person,
    id: ChannelId,
    flow: Option<FlowId>,
    bot_name: Option<String>,
) -> Result<Channel> {
    administers(me)?;
    run_flow(backend, Doer::of(me), id, flow, bot_name).await
}

/// As [`use_flow`], for whoever runs the program on its machine.
///
/// # Errors
/// The name breaks a rule, or the channel or flow does not exist.
pub async fn give_flow(
    backend: &Backend,
    id: ChannelId,
    flow: Option<FlowId>,
    bot_name: Option<String>,
) -> Result<Channel> {
    run_flow(backend, Doer::CommandLine, id, flow, bot_name).await
}

async fn run_flow(
    backend: &Backend,
    by: Doer,
    id: ChannelId,
    flow: Option<FlowId>,
    bot_name: Option<String>,
) -> Result<Channel> {
    let bot_name = bot_name.map(|name| check_name("bot's name", &name)).transpose()?;
    let alter = move |channel: &mut Channel| {
        channel.flow = flow;
        channel.bot_name.clone_from(&bot_name);
    };
    backend.run(Alter { by, id, alter, settings: None }).await
}

/// Changes settings: those in `changes`, a JSON object, replace the stored ones; the others stay, and `null` takes one
/// away. With another access token nobody knows when it ends until the provider is asked.
///
/// # Errors
/// `me` is no admin, the channel does not exist, or a setting is missing or wrong; the refusal names it.
pub async fn change_settings(backend: &Backend, me: &Person, id: ChannelId, changes: &str) -> Result<Channel> {
    administers(me)?;
    let kind = backend.directory().channels.get(&id).ok_or_else(unknown)?.kind;
    stored::change(backend, Some(&Doer::of(me)), kind, id, &settings::without_old_end(kind, changes)?).await?;
    Ok(backend.directory().channels.get(&id).ok_or_else(unknown)?.clone())
}

/// The sites that may show the chat of a web channel; none at all stands for every site.
///
/// # Errors
/// There is no such web channel.
pub async fn origins(backend: &Backend, id: ChannelId) -> Result<Vec<String>> {
    Ok(open_web(backend, id).await?.origins)
}

/// What the site of a web channel signs its users' ids with. Only for admins, who put it into the site's server.
///
/// # Errors
/// `me` is no admin, or there is no such web channel.
pub async fn signing_secret(backend: &Backend, me: &Person, id: ChannelId) -> Result<String> {
    administers(me)?;
    Ok(open_web(backend, id).await?.secret)
}

/// The settings of a web channel that takes visitors.
pub(crate) async fn open_web(backend: &Backend, id: ChannelId) -> Result<WebSettings> {
    let directory = backend.directory();
    directory.channels.get(&id).filter(|channel| channel.kind == ChannelKind::Web).ok_or_else(unknown)?;
    WebSettings::read(&stored::load(backend, id).await?.text)
}

/// Refuses whoever is no admin.
pub(crate) fn administers(me: &Person) -> std::result::Result<(), Refused> {
    if permission::may_administer(me) {
        Ok(())
    } else {
        Err(Refused::not_allowed("change channels, bots and settings"))
    }
}

async fn alter<A>(backend: &Backend, me: &Person, id: ChannelId, alter: A) -> Result<Channel>
where
    A: Fn(&mut Channel) + Send + Sync + 'static,
{
    backend.run(Alter { by: Doer::of(me), id, alter, settings: None }).await
}

/// One change of a channel, and of its sealed settings when there are new ones.
struct Alter<A> {
    by: Doer,
    id: ChannelId,
    alter: A,
    settings: Option<String>,
}

impl<A> Command for Alter<A>
where
    A: Fn(&mut Channel) + Send + Sync + 'static,
{
    type Output = Channel;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Channel> {
        let row = Entity::find_by_id(self.id).one(tx.db).await?;
        let row = row.filter(|row| !is_removed(row)).ok_or_else(unknown)?;
        let mut channel = to_channel(row);
        let before = channel.clone();
        (self.alter)(&mut channel);
        let flow = check_places(tx, &channel).await?;
        // One that the provider took away meanwhile stays until somebody chooses another.
        if channel.feedback.template != before.feedback.template {
            check_feedback(tx, &channel).await?;
        }
        let mut row = to_row(&channel);
        if let Some(settings) = &self.settings {
            row.settings = Set(settings.clone());
        }
        Entity::update(row).exec(tx.db).await?;
        let acts = match &self.settings {
            None => of_channel(&before, &channel, flow.as_ref().map(Flow::name)),
            Some(_) => vec![Act::ChannelRemoved { channel: before.name }],
        };
        let concerned: Vec<TeamId> = before.team.into_iter().chain(channel.team).collect();
        audit::note_all(tx, &self.by, &concerned, acts).await?;
        if before.paused && !channel.paused {
            jobs::wake(tx, channel.id).await?;
        }
        tx.tell(Change::ChannelChanged(channel.clone()));
        Ok(channel)
    }
}

/// Refuses a team or a flow that does not exist, and gives the flow.
async fn check_places(tx: &Tx<'_>, channel: &Channel) -> Result<Option<Flow>> {
    let team: Vec<TeamId> = channel.team.into_iter().collect();
    teams::check(tx.db, &team).await?;
    let Some(flow) = channel.flow else { return Ok(None) };
    let flow = flows::find(tx.db, flow).await?.ok_or_else(|| Refused::invalid("flow", "does not exist"))?;
    Ok(Some(flow))
}

/// Refuses a template that could not ask how it went.
async fn check_feedback(tx: &Tx<'_>, channel: &Channel) -> Result<()> {
    let Some(template) = &channel.feedback.template else { return Ok(()) };
    if !feedback::has_template(channel.kind) {
        return Err(Refused::invalid("feedback template", "is nothing this channel needs").into());
    }
    templates::find_feedback(tx, channel.id, template).await.map(drop)
}

fn to_row(channel: &Channel) -> ActiveModel {
    ActiveModel {
        id: Set(channel.id),
        name: Set(channel.name.clone()),
        team: Set(channel.team),
        flow: Set(channel.flow),
        bot_name: Set(channel.bot_name.clone()),
        expires_after_millis: Set(channel.expires_after_millis.and_then(|millis| i64::try_from(millis).ok())),
        feedback_on_resolve: Set(channel.feedback.on_resolve),
        feedback_template: Set(channel.feedback.template.as_ref().map(|template| json!(template).to_string())),
        paused: Set(channel.paused),
        ..Default::default()
    }
}

/// A removed channel is one without settings.
fn is_removed(row: &Model) -> bool {
    row.settings.is_empty()
}

/// Where the settings stand, for the seal.
fn place(id: ChannelId) -> String {
    format!("channels/{id}/settings")
}

fn unknown() -> Error {
    Refused::invalid("channel", "does not exist").into()
}

fn millis(span: std::time::Duration) -> Option<u64> {
    u64::try_from(span.as_millis()).ok()
}
