//! What a browser begins with: the desk and further pages of its list.

use domain::desk::{Cursor, ListQuery, Page, Snapshot};
use domain::person::Person;

use crate::backend::Backend;
use crate::counters;
use crate::error::Result;
use crate::log;
use crate::mentions;
use crate::rooms::{load_page, own};

/// Everything a desk begins with: beside the list's first page all that is unread of one's own or was marked unread, and
/// where one was named. The `seq` is read first, so that what happens while the rest is read comes again over the socket.
///
/// # Errors
/// The database cannot be read.
pub async fn load(backend: &Backend, me: &Person, query: ListQuery) -> Result<Snapshot> {
    let db = &backend.store().read;
    let seq = log::head(db).await?;
    let directory = backend.directory();
    // What is counted is at least as new.
    backend.look().await;
    let counts = counters::of(backend.store(), backend.hub(), me, &directory.policy).await?;
    let mut page = load_page(db, me, &directory.policy, query, None).await?;
    own::add(db, me, &directory.policy, &mut page).await?;
    let mentions = mentions::list(db, me, &directory.policy, &mut page).await?;
    Ok(Snapshot {
        seq,
        me: me.clone(),
        policy: directory.policy.clone(),
        people: directory.people.values().cloned().collect(),
        teams: directory.teams.values().cloned().collect(),
        channels: directory.channels.values().cloned().collect(),
        counts,
        page,
        mentions,
    })
}

/// A page of the list, after `after`.
///
/// # Errors
/// The database cannot be read.
pub async fn page(backend: &Backend, me: &Person, query: ListQuery, after: Option<Cursor>) -> Result<Page> {
    load_page(&backend.store().read, me, &backend.directory().policy, query, after).await
}
