//! Signing in at a provider: an admin leaves for the provider's own page, and what the browser brings back is changed
//! for the account's tokens. A sign-in is its beginner's, ends soon, and is good once.

use ::channels::adapter::{SigningIn, signing_in};
use ::channels::x::SignIn;
use domain::account::check_name;
use domain::audit::Doer;
use domain::channel::{Channel, ChannelKind, ConnectChannel, SignInOffer};
use domain::id::{ChannelId, PersonId, SignInId};
use domain::person::Person;
use domain::refused::Refused;
use domain::timestamp::{Timestamp, minutes};
use entity::channel_sign_in::{ActiveModel, Column, Entity};
use reqwest::Url;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::connect::{GoOn, check, insert_checked};
use super::{NewChannel, administers, settings, stored, unknown};
use crate::backend::Backend;
use crate::clock::new_id;
use crate::error::{Error, Result};
use crate::tokens;
use crate::writer::{Command, Tx};

/// Whoever has not come back after this begins again.
const OPEN: std::time::Duration = minutes(15);

/// What the provider sends back with the browser.
#[derive(Clone, Debug, Deserialize)]
pub struct SentBack {
    pub state: String,
    /// Good for the tokens, once.
    pub code: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// What a sign-in is for.
#[derive(Serialize, Deserialize)]
struct Plan {
    /// Proves to the provider that whoever began the sign-in ends it.
    verifier: String,
    aim: Aim,
}

#[derive(Serialize, Deserialize)]
enum Aim {
    /// A channel that is made once there are tokens for it.
    New(ConnectChannel),
    /// Other tokens for a channel that is there.
    Again { channel: ChannelId },
}

/// What an admin is offered for a channel of this kind.
pub(super) fn offer(backend: &Backend, kind: ChannelKind) -> Option<SignInOffer> {
    let names = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect();
    signing_in(kind).map(|SigningIn { fills, needs }| SignInOffer {
        fills: names(fills),
        needs: names(needs),
        callback: callback(backend, kind).into(),
    })
}

/// Begins to sign in for a new channel, and gives where to: the provider's page.
///
/// # Errors
/// `me` is no admin, the name breaks a rule, one cannot sign in at this kind of provider, or a setting is missing or
/// wrong; the refusal names it.
pub async fn begin_sign_in(backend: &Backend, me: &Person, form: ConnectChannel) -> Result<String> {
    administers(me)?;
    check_name("name", &form.name)?;
    let (kind, document) = (form.kind, form.settings.clone());
    begin(backend, me, kind, &document, Aim::New(form)).await
}

/// As [`begin_sign_in`], for a channel that is there, with the settings that it has.
///
/// # Errors
/// As [`begin_sign_in`], or the channel does not exist.
pub async fn begin_sign_in_again(backend: &Backend, me: &Person, id: ChannelId) -> Result<String> {
    administers(me)?;
    let kind = backend.directory().channels.get(&id).ok_or_else(unknown)?.kind;
    let document = stored::load(backend, id).await?.text;
    begin(backend, me, kind, &document, Aim::Again { channel: id }).await
}

async fn begin(backend: &Backend, me: &Person, kind: ChannelKind, document: &str, aim: Aim) -> Result<String> {
    let sign_in = open(kind, document)?;
    let (id, state, verifier) = (new_id(), tokens::new_token(), tokens::new_token());
    let address = sign_in.address(&callback(backend, kind), &state, &verifier);
    let plan = serde_json::to_string(&Plan { verifier, aim })?;
    let plan = backend.seal().seal(&place(id), &plan)?;
    backend.run(Begin { id, person: me.id, state_hash: tokens::hash(&state), plan }).await?;
    Ok(address.into())
}

/// Ends a sign-in with what the provider sent back, and gives which one it was: [`sign_in_outcome`] tells how it went.
///
/// # Errors
/// There is no open sign-in of `me` with this state; or nothing can be saved.
pub async fn finish_sign_in(backend: &Backend, me: &Person, sent: SentBack) -> Result<SignInId> {
    administers(me)?;
    let taken = backend.run(Take { person: me.id, state_hash: tokens::hash(&sent.state) }).await?;
    let (id, plan) = taken.ok_or_else(void)?;
    let plan: Plan = serde_json::from_str(&backend.seal().unseal(&place(id), &plan)?)?;
    match reach(backend, Doer::of(me), id, plan, sent).await {
        Ok(()) => {}
        Err(Error::Refused(refused)) => backend.run(NoteProblem { id, words: refused.to_string() }).await?,
        Err(error) => {
            tracing::warn!(sign_in = %id, %error, "a sign-in at a provider came to nothing");
            let words = "The sign-in could not be finished. Begin it again.".into();
            backend.run(NoteProblem { id, words }).await?;
        }
    }
    Ok(id)
}

/// The channel that a sign-in brought tokens for.
///
/// # Errors
/// It brought none, and why; or there is no such sign-in of `me`.
pub async fn sign_in_outcome(backend: &Backend, me: &Person, id: &str) -> Result<Channel> {
    administers(me)?;
    let id: SignInId = id.parse().map_err(|_| void())?;
    let row = Entity::find_by_id(id).one(&backend.store().read).await?;
    let row = row.filter(|row| row.person == me.id).ok_or_else(void)?;
    match (row.channel, row.problem) {
        (Some(channel), _) => Ok(backend.directory().channels.get(&channel).ok_or_else(unknown)?.clone()),
        (None, Some(words)) => Err(said_no(&words)),
        (None, None) => Err(void().into()),
    }
}

/// Does what the sign-in was for.
async fn reach(backend: &Backend, by: Doer, id: SignInId, plan: Plan, sent: SentBack) -> Result<()> {
    let code = match (sent.code, sent.error.as_deref()) {
        (Some(code), None) => code,
        (_, Some("access_denied")) => return Err(said_no("You did not let the app in, so there are no new tokens.")),
        _ => return Err(said_no("The provider did not let you sign in. Check the app's settings there.")),
    };
    match plan.aim {
        Aim::New(form) => {
            let changes = exchange(backend, form.kind, &form.settings, &code, &plan.verifier).await?.changes;
            let settings = settings::merge(&form.settings, &changes)?;
            let new = check(backend, &ConnectChannel { settings, ..form })?;
            backend.run(Connect { by, id, new }).await
        }
        Aim::Again { channel } => {
            let kind = backend.directory().channels.get(&channel).ok_or_else(unknown)?.kind;
            let document = stored::load(backend, channel).await?.text;
            let signed_in = exchange(backend, kind, &document, &code, &plan.verifier).await?;
            if !is_of(&document, &signed_in.user_id) {
                let words = format!(
                    "You signed in as @{}, and this channel is another account's. Connect a channel for each account.",
                    signed_in.username
                );
                return Err(said_no(&words));
            }
            stored::change(backend, Some(&by), kind, channel, &signed_in.changes).await?;
            backend.run(GoOn { id: channel }).await?;
            backend.run(NoteChannel { id, channel }).await
        }
    }
}

async fn exchange(
    backend: &Backend,
    kind: ChannelKind,
    document: &str,
    code: &str,
    verifier: &str,
) -> Result<::channels::x::SignedIn> {
    let (sign_in, http) = (open(kind, document)?, backend.workshop().providers.http()?);
    let signed_in = sign_in.exchange(http, &callback(backend, kind), code, verifier, backend.now()).await;
    signed_in.map_err(|error| said_no(&error.words()))
}

fn said_no(words: &str) -> Error {
    Refused::ByProvider { words: words.into() }.into()
}

fn open(kind: ChannelKind, document: &str) -> Result<SignIn> {
    if signing_in(kind).is_none() {
        return Err(Refused::invalid("channel", "is of a kind that nobody signs in for").into());
    }
    Ok(SignIn::open(document).map_err(|error| Refused::invalid(&error.field, &error.problem))?)
}

/// Whether a settings document is that of this account.
fn is_of(document: &str, user_id: &str) -> bool {
    serde_json::from_str::<Value>(document).is_ok_and(|settings| settings["user_id"] == user_id)
}

/// Where the provider sends the browser back to.
fn callback(backend: &Backend, kind: ChannelKind) -> Url {
    let base = &backend.config().public_url;
    Url::parse(&format!("{base}/channels/{}/callback", kind.word())).expect("the public address was checked at start")
}

/// Where a plan stands, for the seal.
fn place(id: SignInId) -> String {
    format!("channel_sign_ins/{id}/plan")
}

fn void() -> Refused {
    Refused::invalid("sign-in", "was begun by somebody else, was finished already, or has run out. Begin it again")
}

/// Writes a sign-in down, and forgets those that ran out.
struct Begin {
    id: SignInId,
    person: PersonId,
    state_hash: String,
    plan: String,
}

impl Command for Begin {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        Entity::delete_many().filter(Column::ExpiresAt.lte(tx.now)).exec(tx.db).await?;
        let row = ActiveModel {
            id: Set(self.id),
            state_hash: Set(self.state_hash.clone()),
            person: Set(self.person),
            plan: Set(Some(self.plan.clone())),
            channel: Set(None),
            problem: Set(None),
            expires_at: Set(tx.now.plus(OPEN)),
        };
        Entity::insert(row).exec_without_returning(tx.db).await?;
        Ok(())
    }
}

/// Takes the plan of an open sign-in out of its row; of two who come at once, one finds nothing.
struct Take {
    person: PersonId,
    state_hash: String,
}

impl Command for Take {
    type Output = Option<(SignInId, String)>;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output> {
        let row = Entity::find().filter(Column::StateHash.eq(&self.state_hash)).one(tx.db).await?;
        let is_open = |expires_at: Timestamp| tx.now < expires_at;
        let row = row.filter(|row| row.person == self.person && is_open(row.expires_at));
        let Some((id, plan)) = row.and_then(|row| Some((row.id, row.plan?))) else { return Ok(None) };
        let taken = Entity::update_many()
            .col_expr(Column::Plan, Expr::value(None::<String>))
            .filter(Column::Id.eq(id))
            .filter(Column::Plan.is_not_null())
            .exec(tx.db)
            .await?;
        Ok((taken.rows_affected == 1).then_some((id, plan)))
    }
}

/// Makes the channel that was signed in for.
struct Connect {
    by: Doer,
    id: SignInId,
    new: NewChannel,
}

impl Command for Connect {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        insert_checked(tx, &self.by, &self.new).await?;
        note_channel(tx, self.id, self.new.channel.id).await
    }
}

struct NoteChannel {
    id: SignInId,
    channel: ChannelId,
}

impl Command for NoteChannel {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        note_channel(tx, self.id, self.channel).await
    }
}

async fn note_channel(tx: &Tx<'_>, id: SignInId, channel: ChannelId) -> Result<()> {
    let noted = Entity::update_many().col_expr(Column::Channel, Expr::value(channel)).filter(Column::Id.eq(id));
    noted.exec(tx.db).await?;
    Ok(())
}

struct NoteProblem {
    id: SignInId,
    words: String,
}

impl Command for NoteProblem {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let words = self.words.as_str();
        let noted = Entity::update_many().col_expr(Column::Problem, Expr::value(words)).filter(Column::Id.eq(self.id));
        noted.exec(tx.db).await?;
        Ok(())
    }
}
