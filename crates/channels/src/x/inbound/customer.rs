//! Who an event is about. X names no thread: it is the other participant's.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::wire::WireUser;
use crate::identity::{Actor, ExternalId};
use crate::words::{Words, present};

/// What a delivery tells of people, by their ids.
#[derive(Default)]
pub(in crate::x) struct Users(BTreeMap<String, WireUser>);

impl Users {
    /// A user only adds names; one that is broken costs no more than these.
    pub fn read(raw: &RawValue) -> Self {
        let users: BTreeMap<String, &RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
        let read = |(id, raw): (String, &RawValue)| Some((id, serde_json::from_str::<WireUser>(raw.get()).ok()?));
        Self(users.into_iter().filter_map(read).map(|(id, user)| (id, unwrapped(user))).collect())
    }

    pub fn of(users: Vec<WireUser>) -> Self {
        Self(users.into_iter().filter_map(|user| Some((present(user.id.as_ref())?.to_owned(), user))).collect())
    }

    pub fn actor(&self, id: &str) -> Actor {
        let user = self.0.get(id);
        let shown = |words: Option<&Words>| present(words).map(str::to_owned);
        Actor {
            ids: vec![ExternalId(id.into())],
            name: shown(user.and_then(|user| user.name.as_ref())),
            username: shown(user.and_then(|user| user.username.as_ref())),
            phone: None,
        }
    }
}

fn unwrapped(user: WireUser) -> WireUser {
    match user.data {
        Some(data) => *data,
        None => user,
    }
}
