//! Keeps the desk in step with the URL and the browser: the few effects of the console stand here.

use domain::desk::{Desk, ListQuery, Sort, Whose};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::Mode;
use crate::chat::api::list_drafts;
use crate::console::{Here, Ui};
use crate::desk::{Store, keep_live};
use crate::place::{Place, has_owners};
use crate::storage;

/// Starts everything that runs for as long as the console is on screen.
pub fn keep_in_step(store: Store, here: Here, ui: Ui) {
    Effect::new(move |_| store.show_list(here.query.get()));
    let selected = Memo::new(move |_| here.place.get().room());
    Effect::new(move |_| store.select(selected.get()));
    Effect::new(move |_| {
        keep_live(store);
        store.keep_outbox();
        load_drafts(store);
        ui.has_keys.set(storage::load("keys").as_deref() != Some("off"));
        use_kept_filters(store, here);
    });
    let title = Memo::new(move |_| title(store.desk.with(Desk::unread_rooms), &page_words(store, here.place.get())));
    Effect::new(move |_| document().set_title(&title.get()));
}

/// What one chose last holds for every list whose address says nothing else.
fn use_kept_filters(store: Store, here: Here) {
    let is_kept = |key, word| storage::load(key).as_deref() == Some(word);
    if is_kept("whose", "mine") {
        here.wants_own.set(true);
    }
    let present = here.query.get_untracked();
    let is_list = matches!(here.place.get_untracked(), Place::Rooms { .. });
    if !is_list || present != ListQuery::of(present.section) {
        return;
    }
    let channel = storage::load("channel").and_then(|id| id.parse().ok());
    let query = ListQuery {
        section: present.section,
        sort: if is_kept("sort", "wait") { Sort::LongestWait } else { Sort::Newest },
        whose: if is_kept("whose", "mine") && has_owners(present.section) { Whose::Mine } else { Whose::Everyone },
        // One that is gone would leave the list empty.
        channel: channel.filter(|channel| store.desk.with_untracked(|desk| desk.channels.contains_key(channel))),
    };
    if query != present {
        here.filter(&query);
    }
}

fn load_drafts(store: Store) {
    spawn_local(async move {
        // Marks in the list are a convenience; the drafts themselves are loaded with their rooms.
        if let Ok(drafts) = list_drafts().await {
            store.drafts.update(|known| {
                // What this page knows is newer than the list: words that were sent meanwhile do not come back.
                let is_known =
                    |room| store.unsent.words.with_untracked(|words| words.text((room, Mode::Reply)).is_some());
                for (room, words) in drafts.into_iter().filter(|(room, _)| !is_known(*room)) {
                    known.entry(room).or_insert(words);
                }
            });
        }
    });
}

/// What is on screen: "Ana Lima · Assigned".
fn page_words(store: Store, place: Place) -> String {
    match place {
        Place::Rooms { section, room } => {
            let name = room.and_then(|room| store.desk.with(|desk| desk.room(room).map(|room| room.name.clone())));
            match name {
                Some(name) => format!("{name} · {}", section.label()),
                None => section.label().into(),
            }
        }
        Place::Admin(page) => page.label().into(),
        Place::Home | Place::Nowhere => String::new(),
    }
}

/// "(4) Ana Lima · Assigned · Switchboard": how many of one's own rooms have something unread, and the page.
fn title(unread: usize, page: &str) -> String {
    let unread = match unread {
        0 => String::new(),
        unread @ ..100 => format!("({unread}) "),
        _ => "(99+) ".into(),
    };
    let dot = if page.is_empty() { "" } else { " · " };
    format!("{unread}{page}{dot}Switchboard")
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn the_title_tells_what_is_unread_and_which_page_it_is() {
        assert_eq!(title(0, ""), "Switchboard");
        assert_eq!(title(4, "Ana Lima · Assigned"), "(4) Ana Lima · Assigned · Switchboard");
        assert_eq!(title(120, "Channels"), "(99+) Channels · Switchboard");
    }
}
