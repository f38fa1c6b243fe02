//! Connecting a channel from the console: the form, the channel it makes, and whether the provider knows us.

use ::channels::adapter::{self, Adapter, Subscribed};
use domain::account::check_name;
use domain::channel::{
    Channel, ChannelAccount, ChannelKind, ConnectChannel, SetupField, SetupForm, SetupInput, Subscription,
};
use domain::id::ChannelId;
use domain::person::Person;
use domain::refused::Refused;
use std::sync::Arc;

use super::{Alter, NewChannel, administers, check_places, insert, remove, sign_in, unknown};
use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::flows::BOT_NAME;
use crate::jobs::{self, providers};
use crate::tokens;
use crate::writer::{Command, Tx};

/// What has to be filled in for a channel of this kind, with the secrets that we make for it.
///
/// # Errors
/// `me` is no admin.
pub fn setup_form(backend: &Backend, me: &Person, kind: ChannelKind) -> Result<SetupForm> {
    administers(me)?;
    let fields = setup_fields(kind);
    let made = fields.iter().filter(|field| matches!(field.input, SetupInput::Token));
    let made = made.map(|field| (field.name.clone(), tokens::new_token())).collect();
    Ok(SetupForm { fields, made, sign_in: sign_in::offer(backend, kind) })
}

pub(super) fn setup_fields(kind: ChannelKind) -> Vec<SetupField> {
    if kind != ChannelKind::Web {
        return adapter::setup_fields(kind);
    }
    let help = "The sites that may show the chat, one on a line: https://shop.example or https://*.shop.example. Empty: \
                every site.";
    vec![SetupField::optional("origins", "Sites", SetupInput::Lines, help)]
}

/// Makes a channel. Everything is checked first; nothing is asked of the provider yet.
///
/// # Errors
/// `me` is no admin; the name breaks a rule; a setting is missing or wrong, and the refusal names it; the team or flow
/// does not exist.
pub async fn connect(backend: &Backend, me: &Person, form: ConnectChannel) -> Result<Channel> {
    administers(me)?;
    let new = check(backend, &form)?;
    let channel = new.channel.clone();
    backend.run(Connect { new }).await?;
    Ok(channel)
}

/// The channel of a form that was filled in.
pub(super) fn check(backend: &Backend, form: &ConnectChannel) -> Result<NewChannel> {
    let mut new = NewChannel::check(backend, form.kind, &form.name, &form.settings)?;
    new.channel.team = form.team;
    new.channel.flow = form.flow;
    new.channel.bot_name = form.flow.map(|_| BOT_NAME.into());
    Ok(new)
}

struct Connect {
    new: NewChannel,
}

impl Command for Connect {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        insert_checked(tx, &self.new).await
    }
}

/// Writes a new channel whose team and flow exist.
pub(super) async fn insert_checked(tx: &mut Tx<'_>, new: &NewChannel) -> Result<()> {
    check_places(tx, &tx.directory, &new.channel).await?;
    insert(tx, new).await
}

/// Asks the provider who we are to it, which proves that the settings are good.
///
/// # Errors
/// `me` is no admin, the channel is none of a provider's, or the provider says no; its words are in the refusal.
pub async fn test(backend: &Backend, me: &Person, id: ChannelId) -> Result<ChannelAccount> {
    let adapter = adapter_of(backend, me, id).await?;
    let http = backend.workshop().providers.http()?;
    let account = adapter.test(http).await.map_err(|error| said_no(&error.words()))?;
    backend.workshop().providers.let_go_on(id);
    backend.run(GoOn { id }).await?;
    Ok(ChannelAccount { name: account.name, remarks: account.remarks })
}

/// Has the provider deliver to us, where it can be told so.
///
/// # Errors
/// As [`test`].
pub async fn subscribe(backend: &Backend, me: &Person, id: ChannelId) -> Result<Subscription> {
    let adapter = adapter_of(backend, me, id).await?;
    let http = backend.workshop().providers.http()?;
    match adapter.subscribe(http).await.map_err(|error| said_no(&error.words()))? {
        Subscribed::Done => Ok(Subscription::Done),
        Subscribed::ByHand => Ok(Subscription::ByHand),
    }
}

/// Removes a channel, as [`remove`] does, for an admin at the console.
///
/// # Errors
/// `me` is no admin, or the channel does not exist.
pub async fn disconnect(backend: &Backend, me: &Person, id: ChannelId) -> Result<()> {
    administers(me)?;
    remove(backend, id).await
}

/// Gives a channel another name and has its new rooms go to another team.
///
/// # Errors
/// `me` is no admin, the name breaks a rule, or the channel or team does not exist.
pub async fn set_place(
    backend: &Backend,
    me: &Person,
    id: ChannelId,
    name: &str,
    team: Option<domain::id::TeamId>,
) -> Result<Channel> {
    administers(me)?;
    let name = check_name("name", name)?;
    let alter = move |channel: &mut Channel| {
        channel.name.clone_from(&name);
        channel.team = team;
    };
    backend.run(Alter { id, alter, settings: None }).await
}

async fn adapter_of(backend: &Backend, me: &Person, id: ChannelId) -> Result<Arc<dyn Adapter>> {
    administers(me)?;
    if !backend.directory().channels.contains_key(&id) {
        return Err(unknown());
    }
    providers::ready(backend, id)
        .await?
        .ok_or_else(|| Refused::invalid("channel", "is carried by this server: there is nobody to ask").into())
}

pub(super) fn said_no(words: &str) -> Error {
    Refused::ByProvider { words: words.into() }.into()
}

/// The provider has just said that all is well, so what waits for it may leave.
pub(super) struct GoOn {
    pub id: ChannelId,
}

impl Command for GoOn {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        providers::forget_trouble(tx, self.id).await?;
        jobs::wake(tx, self.id).await
    }
}
