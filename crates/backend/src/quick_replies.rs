//! Quick replies: words and files that people keep ready, for themselves, for a team or for everybody.

pub(crate) mod rows;

use domain::audit::{Act, Doer, names};
use domain::id::{FileId, QuickReplyId};
use domain::permission::{may_keep_quick_reply, may_see_quick_reply};
use domain::person::Person;
use domain::quick_reply::{KEPT_MAX, LentFile, QuickReply, QuickReplyScope, SaveQuickReply};
use domain::refused::Refused;

use crate::audit;
use crate::backend::Backend;
use crate::clock::new_id;
use crate::error::Result;
use crate::media;
use crate::teams;
use crate::writer::{Command, Tx};

/// Those that `me` has, the oldest first: their own, their teams' and everybody's; an admin has those of all teams.
///
/// # Errors
/// The database cannot be read.
pub async fn list(backend: &Backend, me: &Person) -> Result<Vec<QuickReply>> {
    rows::list(&backend.store().read, me).await
}

/// The one of this id, where `me` has it.
pub(crate) async fn find_seen(backend: &Backend, me: &Person, id: QuickReplyId) -> Result<Option<QuickReply>> {
    Ok(rows::find(&backend.store().read, id).await?.filter(|reply| may_see_quick_reply(me, reply.scope)))
}

/// Lends the files of a quick reply to one message: a copy of each, and where the channel does not carry that, an address.
/// The copies go as uploads do that nobody sends.
///
/// # Errors
/// `me` has no such one; a file cannot be copied.
pub async fn lend_files(backend: &Backend, me: &Person, id: QuickReplyId) -> Result<Vec<LentFile>> {
    let reply = find_seen(backend, me, id).await?.ok_or_else(is_gone)?;
    let mut lent = Vec::with_capacity(reply.files.len());
    for kept in reply.files {
        let (of, link) = (kept.id, media::link_for_all(backend, kept.id));
        lent.push(LentFile { of, file: media::copy(backend, &kept).await?, link });
    }
    Ok(lent)
}

/// Keeps words and files ready from now on.
///
/// # Errors
/// `me` may not keep those of this scope; a word breaks a rule; another one of the scope has the shortcut, or it has as many
/// as there may be; the team does not exist; a file is not here.
pub async fn add(backend: &Backend, me: &Person, form: &SaveQuickReply) -> Result<QuickReply> {
    keeps(me, form.scope)?;
    let reply = form.check(new_id())?;
    backend.run(Add { me: me.clone(), reply, files: form.files.clone() }).await
}

struct Add {
    me: Person,
    reply: QuickReply,
    files: Vec<FileId>,
}

impl Command for Add {
    type Output = QuickReply;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<QuickReply> {
        let reply = &self.reply;
        make_room(tx, reply.scope).await?;
        if !rows::insert(tx.db, reply, tx.now).await? {
            return Err(is_taken(reply.scope).into());
        }
        let files = media::keep(tx.db, reply.id, &self.files).await?;
        note(tx, &self.me, reply, |shortcut, team| Act::QuickReplyAdded { shortcut, team }).await?;
        Ok(QuickReply { files, ..reply.clone() })
    }
}

/// Has a quick reply be as in `form`, perhaps for others than before.
///
/// # Errors
/// As [`add`], of the scope it had as well; `me` has no such one.
pub async fn change(backend: &Backend, me: &Person, id: QuickReplyId, form: &SaveQuickReply) -> Result<QuickReply> {
    keeps(me, form.scope)?;
    let reply = form.check(id)?;
    backend.run(Change { me: me.clone(), reply, files: form.files.clone() }).await
}

struct Change {
    me: Person,
    reply: QuickReply,
    files: Vec<FileId>,
}

impl Command for Change {
    type Output = QuickReply;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<QuickReply> {
        let before = find_kept(tx, &self.me, self.reply.id).await?;
        let files = media::keep(tx.db, before.id, &self.files).await?;
        let reply = &QuickReply { files, ..self.reply.clone() };
        if before == *reply {
            return Ok(before);
        }
        if before.scope != reply.scope {
            make_room(tx, reply.scope).await?;
        }
        if !rows::update(tx.db, reply, tx.now).await? {
            return Err(is_taken(reply.scope).into());
        }
        if before.scope == reply.scope {
            note(tx, &self.me, reply, |shortcut, team| Act::QuickReplyChanged { shortcut, team }).await?;
        } else {
            note(tx, &self.me, &before, |shortcut, team| Act::QuickReplyDeleted { shortcut, team }).await?;
            note(tx, &self.me, reply, |shortcut, team| Act::QuickReplyAdded { shortcut, team }).await?;
        }
        Ok(reply.clone())
    }
}

/// Deletes a quick reply. What was said with it stays said.
///
/// # Errors
/// `me` has no such one, or may not keep those of its scope.
pub async fn delete(backend: &Backend, me: &Person, id: QuickReplyId) -> Result<()> {
    backend.run(Delete { me: me.clone(), id }).await
}

struct Delete {
    me: Person,
    id: QuickReplyId,
}

impl Command for Delete {
    type Output = ();

    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let reply = find_kept(tx, &self.me, self.id).await?;
        media::release(tx.db, reply.id).await?;
        rows::delete(tx.db, reply.id).await?;
        note(tx, &self.me, &reply, |shortcut, team| Act::QuickReplyDeleted { shortcut, team }).await
    }
}

/// The one that `me` keeps as `id`; until the end of the transaction nobody else changes it.
async fn find_kept(tx: &Tx<'_>, me: &Person, id: QuickReplyId) -> Result<QuickReply> {
    let reply = rows::lock(tx.db, id).await?.filter(|reply| may_see_quick_reply(me, reply.scope));
    let reply = reply.ok_or_else(is_gone)?;
    keeps(me, reply.scope)?;
    Ok(reply)
}

/// One more of this scope can be kept. Its team stays until the end of the transaction.
async fn make_room(tx: &Tx<'_>, scope: QuickReplyScope) -> Result<()> {
    if let QuickReplyScope::Team(team) = scope {
        teams::check(tx.db, &[team]).await?;
    }
    if rows::count(tx.db, scope).await? >= KEPT_MAX {
        let rule = format!("has {KEPT_MAX} quick replies already; delete one that nobody needs");
        return Err(Refused::invalid("list", &rule).into());
    }
    Ok(())
}

/// What somebody does to those of a team or of everybody stands in the audit trail.
async fn note(tx: &Tx<'_>, me: &Person, reply: &QuickReply, act: fn(String, Option<String>) -> Act) -> Result<()> {
    let teams = match reply.scope {
        QuickReplyScope::Personal(_) => return Ok(()),
        QuickReplyScope::Team(team) => vec![team],
        QuickReplyScope::Shared => vec![],
    };
    let team = names(&teams, &tx.directory.teams).pop();
    audit::note(tx, &Doer::of(me), &teams, act(reply.shortcut.clone(), team)).await
}

fn keeps(me: &Person, scope: QuickReplyScope) -> std::result::Result<(), Refused> {
    if may_keep_quick_reply(me, scope) {
        return Ok(());
    }
    Err(Refused::not_allowed(match scope {
        QuickReplyScope::Personal(_) => "change quick replies of somebody else",
        QuickReplyScope::Team(_) => "change quick replies of this team",
        QuickReplyScope::Shared => "change quick replies of everybody",
    }))
}

fn is_gone() -> Refused {
    Refused::invalid("quick reply", "does not exist any more")
}

fn is_taken(scope: QuickReplyScope) -> Refused {
    let rule = match scope {
        QuickReplyScope::Personal(_) => "is that of another one of yours",
        QuickReplyScope::Team(_) => "is that of another one of this team",
        QuickReplyScope::Shared => "is that of another one of everybody",
    };
    Refused::invalid("shortcut", rule)
}
