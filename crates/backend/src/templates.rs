//! Templates: kept as the provider has them, sent where free words may not be.

mod begin;
pub(crate) mod rows;

use std::sync::Arc;
use std::time::Duration;

use domain::feedback;
use domain::id::{ChannelId, FileId, MessageId, PersonId, RoomId};
use domain::media::FileState;
use domain::message::{Attachment, Content, Entry, Message, What, storable};
use domain::person::Person;
use domain::refused::Refused;
use domain::room::{Room, send_template};
use domain::template::{ChosenTemplate, SentTemplate, Template, TemplateHeader, TemplateName};
use domain::timestamp::{Timestamp, minutes};

use crate::backend::{Backend, active};
use crate::error::{Error, Result};
use crate::jobs::providers;
use crate::media;
use crate::messages::rows as entries;
use crate::sweeper::expiry;
use crate::writer::{Command, Tx};

pub use begin::{Begun, begin};

/// What is known of a channel's templates is good for this long.
const FRESH: Duration = minutes(10);

/// The templates of a channel, by name. Asks the provider when what is known is old; when the provider cannot be asked,
/// what is known stands.
///
/// # Errors
/// The channel does not exist, or nothing is known and the provider cannot be asked.
pub async fn list(backend: &Backend, me: &Person, channel: ChannelId) -> Result<Vec<Template>> {
    let directory = backend.directory();
    active(&directory, me.id)?;
    let known = directory.channels.get(&channel).ok_or(Refused::NotFound)?;
    if !known.kind.capabilities().templates {
        return Ok(Vec::new());
    }
    let (templates, synced_at) = rows::list(&backend.store().read, channel).await?;
    let is_old = synced_at.is_none_or(|at| backend.now().since(at) > FRESH);
    if !is_old {
        return Ok(templates);
    }
    match sync(backend, channel).await {
        Ok(fresh) => Ok(fresh),
        Err(error) if templates.is_empty() => Err(error),
        Err(_) => Ok(templates),
    }
}

/// Asks the provider for the channel's templates and keeps them in the place of those that were known.
///
/// # Errors
/// The provider cannot be asked; what is known stays.
pub(crate) async fn sync(backend: &Backend, channel: ChannelId) -> Result<Vec<Template>> {
    let Some(adapter) = providers::ready(backend, channel).await? else { return Ok(Vec::new()) };
    let http = backend.workshop().providers.http()?;
    let templates = adapter.list_templates(http).await.map_err(|error| Refused::ByProvider { words: error.words() })?;
    backend.run(Replace { channel, templates }).await?;
    Ok(rows::list(&backend.store().read, channel).await?.0)
}

pub(crate) struct Replace {
    pub channel: ChannelId,
    pub templates: Vec<Template>,
}

impl Command for Replace {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        rows::replace(tx.db, self.channel, &self.templates, tx.now).await
    }
}

/// Sends a template into a room: to win back the customer of an archived one, or where the window is closed. The caller
/// made `id`: the same call again gives the same entry.
///
/// # Errors
/// As [`send_template`]; a value breaks a rule; the template is not known or not approved; [`Refused::SentDifferently`]
/// when `id` was used for something else.
pub async fn send(
    backend: &Backend,
    me: &Person,
    room: RoomId,
    id: MessageId,
    chosen: ChosenTemplate,
) -> Result<Entry> {
    expiry::run(backend, Send { me: me.id, room, id, chosen }).await
}

struct Send {
    me: PersonId,
    room: RoomId,
    id: MessageId,
    chosen: ChosenTemplate,
}

impl Command for Send {
    type Output = Entry;

    fn room(&self) -> Option<RoomId> {
        Some(self.room)
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Entry> {
        if let Some((room, entry)) = entries::find(tx.db, self.id).await? {
            return same(room == self.room, entry, &self.chosen);
        }
        let mut room = expiry::meet(tx, self.room).await?;
        say(tx, &mut room, self.me, self.id, &self.chosen).await
    }
}

/// The answer to the same send again: what the first one left, if it really was the same.
fn same(is_there: bool, entry: Entry, chosen: &ChosenTemplate) -> Result<Entry> {
    let is_same = is_there
        && matches!(
            &entry.what,
            What::Message(Message { content: Content::Template(sent), .. })
                if sent.name == chosen.name && sent.language == chosen.language && sent.values == chosen.values
        );
    if is_same { Ok(entry) } else { Err(Refused::SentDifferently.into()) }
}

/// Says the template in the room and gives its entry.
async fn say(tx: &mut Tx<'_>, room: &mut Room, me: PersonId, id: MessageId, chosen: &ChosenTemplate) -> Result<Entry> {
    let sent = filled(tx, room, chosen).await?;
    let directory = Arc::clone(&tx.directory);
    let change = send_template(room, active(&directory, me)?, id, sent, &directory.policy)?;
    tx.change(room, vec![change]).await?;
    tx.last_entry().ok_or_else(|| Error::World("a template left no entry".into()))
}

/// The template with what was chosen for it, as the channel has it now.
async fn filled(tx: &Tx<'_>, room: &Room, chosen: &ChosenTemplate) -> Result<SentTemplate> {
    let (name, language) = (storable(&chosen.name), storable(&chosen.language));
    let template = rows::find(tx.db, room.channel, &name, &language).await?;
    let template = template.ok_or_else(|| Refused::invalid("template", "is not one of this channel's"))?;
    let header = match (chosen.header, &template.header) {
        (Some(file), Some(TemplateHeader::Media(kind))) => Some(header(tx, room, file, *kind).await?),
        _ => None,
    };
    Ok(template.fill(chosen.values.clone(), header)?)
}

/// The channel's template that asks how it went.
///
/// # Errors
/// The provider has it no more, does not let it be sent, or it has something to fill in.
pub(crate) async fn find_feedback(tx: &Tx<'_>, channel: ChannelId, template: &TemplateName) -> Result<SentTemplate> {
    let known = rows::find(tx.db, channel, &template.name, &template.language).await?;
    let known = known.ok_or_else(|| Refused::invalid("feedback template", "is not one of this channel's any more"))?;
    Ok(feedback::ask_with(&known)?)
}

async fn header(tx: &Tx<'_>, room: &Room, id: FileId, kind: domain::media::MediaKind) -> Result<Attachment> {
    let gone = || Refused::invalid("header", "has a file that is not here any more");
    let file = media::find(tx.db, id).await?.ok_or_else(gone)?;
    room.kind.capabilities().check_file(kind, &file)?;
    if !media::attach(tx, id, room.id).await? {
        return Err(gone().into());
    }
    Ok(Attachment::new(kind, FileState::Here(file)))
}

/// Templates that the provider decided about are asked for again.
pub(crate) async fn forget(tx: &Tx<'_>, channel: ChannelId) -> Result<()> {
    rows::mark_old(tx.db, channel, Timestamp(0)).await
}
