//! Connecting a channel from the console: the form, the channel it makes, and whether the provider knows us.

use std::sync::Arc;

use ::channels::adapter::{self, Adapter, Subscribed};
use ::channels::error::ChannelError;
use domain::audit::Doer;
use domain::channel::{
    Channel, ChannelAccount, ChannelKind, ChannelPlace, ConnectChannel, SetupField, SetupForm, SetupInput, Subscription,
};
use domain::id::ChannelId;
use domain::person::Person;
use domain::refused::Refused;
use domain::timestamp::Timestamp;
use entity::channel::Entity;
use sea_orm::EntityTrait;

use super::{
    Alter, NewChannel, administers, check_places, insert, note_connected, sign_in, stored, take_away, unknown,
};
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
    backend.run(Connect { by: Doer::of(me), new }).await?;
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
    by: Doer,
    new: NewChannel,
}

impl Command for Connect {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        insert_checked(tx, &self.by, &self.new).await
    }
}

/// Writes a new channel whose team and flow exist.
pub(super) async fn insert_checked(tx: &mut Tx<'_>, by: &Doer, new: &NewChannel) -> Result<()> {
    check_places(tx, &new.channel).await?;
    insert(tx, new).await?;
    note_connected(tx, by, &new.channel).await
}

/// Asks the provider who we are to it, which proves that the settings are good, and has it deliver to us.
///
/// # Errors
/// `me` is no admin, the channel is none of a provider's, or the provider says no: the refusal names the setting that is
/// wrong, or holds the provider's words.
pub async fn test(backend: &Backend, me: &Person, id: ChannelId) -> Result<ChannelAccount> {
    let adapter = adapter_of(backend, me, id).await?;
    let http = backend.workshop().providers.http()?;
    let account = adapter.test(http).await.map_err(|error| said_no(adapter.kind(), error))?;
    backend.workshop().providers.let_go_on(id);
    backend.run(GoOn { id }).await?;
    // Asked each time: a channel that was put right later was never told before.
    let subscription = match adapter.subscribe(http).await {
        Ok(Subscribed::Done) => {
            // Where it could not deliver before, it has something to tell.
            jobs::catch_up::at_once(backend, id).await?;
            Subscription::Done
        }
        Ok(Subscribed::ByHand(how)) => Subscription::ByHand { how: how.into(), heard_at: heard_at(backend, id).await? },
        Err(error) => Subscription::Refused { why: error.words() },
    };
    // What it remarked before it was told may not hold any more.
    let account = match subscription {
        Subscription::Done if !account.remarks.is_empty() => adapter.test(http).await.unwrap_or(account),
        _ => account,
    };
    if let Some(changes) = &account.learned {
        stored::change(backend, None, adapter.kind(), id, changes).await?;
    }
    Ok(ChannelAccount { name: account.name, remarks: account.remarks, subscription })
}

/// When the provider last delivered: then somebody had entered the address.
async fn heard_at(backend: &Backend, id: ChannelId) -> Result<Option<Timestamp>> {
    let row = Entity::find_by_id(id).one(&backend.store().read).await?;
    Ok(row.and_then(|row| row.last_webhook_at))
}

/// Removes a channel, as [`super::remove`] does, for an admin at the console.
///
/// # Errors
/// `me` is no admin, or the channel does not exist.
pub async fn disconnect(backend: &Backend, me: &Person, id: ChannelId) -> Result<()> {
    administers(me)?;
    take_away(backend, Doer::of(me), id).await
}

/// Gives a channel another name, has its new rooms go to another team, has them expire sooner or later, or asks for
/// feedback in another way.
///
/// # Errors
/// `me` is no admin, the name or the expiry breaks a rule, the feedback template cannot ask, or the channel or team does
/// not exist.
pub async fn set_place(backend: &Backend, me: &Person, id: ChannelId, place: ChannelPlace) -> Result<Channel> {
    administers(me)?;
    let place = place.check()?;
    let alter = move |channel: &mut Channel| {
        channel.name.clone_from(&place.name);
        channel.team = place.team;
        channel.expires_after_millis = place.expires_after_millis;
        channel.feedback.clone_from(&place.feedback);
    };
    backend.run(Alter { by: Doer::of(me), id, alter, settings: None }).await
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

/// The provider's no: about one of the settings if it is, so that it stands at its field.
fn said_no(kind: ChannelKind, error: ChannelError) -> Error {
    let is_setting = |field: &String| setup_fields(kind).iter().any(|known| known.name == *field);
    match (error, adapter::credential(kind)) {
        (ChannelError::AuthExpired, Some(credential)) => {
            Refused::invalid(credential, "is not accepted by the provider: it is wrong, or has ended").into()
        }
        (ChannelError::SettingRefused { field, rule }, _) if is_setting(&field) => {
            Refused::invalid(&field, &rule).into()
        }
        (ChannelError::InvalidContent { field: Some(field), detail }, _) if is_setting(&field) => {
            Refused::invalid(&field, &format!("is wrong. {}", detail.trim_end_matches('.'))).into()
        }
        (error, _) => Refused::ByProvider { words: error.words() }.into(),
    }
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
