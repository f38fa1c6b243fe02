//! The present place, and moving to another.

use std::sync::Arc;

use domain::desk::{ListQuery, Whose};
use domain::id::{PersonId, RoomId};
use domain::room::Section;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::place::{AdminPage, Place, has_owners, list_query, search};

type Navigate = Arc<dyn Fn(&str, NavigateOptions) + Send + Sync>;

/// Where one is, from the URL, and the way to elsewhere.
#[derive(Clone, Copy)]
pub struct Here {
    pub place: Memo<Place>,
    /// What the list shows: of the section on screen, or of the last one.
    pub query: Memo<ListQuery>,
    /// Whether one wants to see only one's own rooms, where rooms are somebody's: Live leads back to them.
    pub wants_own: RwSignal<bool>,
    navigate: StoredValue<Navigate>,
}

impl Here {
    /// Reads the router it stands in.
    #[must_use]
    pub fn new() -> Self {
        let location = use_location();
        let (path, parameters) = (location.pathname, location.query);
        let place = Memo::new(move |_| path.with(|path| Place::of(path)));
        let query = Memo::new(move |before: Option<&ListQuery>| match (place.get(), before) {
            (Place::Rooms { section, .. }, _) => parameters.with(|parameters| list_query(section, parameters)),
            (Place::Home | Place::Admin(_) | Place::Nowhere, Some(before)) => before.clone(),
            (Place::Home | Place::Admin(_) | Place::Nowhere, None) => ListQuery::of(Section::Live),
        });
        let wants_own = RwSignal::new(query.with_untracked(|query| query.whose == Whose::Mine));
        let navigate: Navigate = Arc::new(use_navigate());
        Self { place, query, wants_own, navigate: StoredValue::new(navigate) }
    }

    /// The URL of a room in the list on screen.
    #[must_use]
    pub fn url_of(self, room: RoomId) -> String {
        self.query.with(|query| url(query, Some(room)))
    }

    /// The URL of a section under the filters on screen.
    #[must_use]
    pub fn url_of_section(self, section: Section) -> String {
        let wants_own = self.wants_own.get();
        self.query.with(|query| url(&in_section(query, section, wants_own), None))
    }

    /// Goes to a room in the list on screen.
    pub fn go_to_room(self, room: RoomId) {
        self.go(&self.query.with_untracked(|query| url(query, Some(room))), false);
    }

    /// Goes to a section, with the filters on screen.
    pub fn go_to_section(self, section: Section) {
        self.go(&untrack(|| self.url_of_section(section)), false);
    }

    /// The room on screen, now in `section`: the list goes with it.
    pub fn follow_room(self, room: RoomId, section: Section) {
        let wants_own = self.wants_own.get_untracked();
        let target = self.query.with_untracked(|query| url(&in_section(query, section, wants_own), Some(room)));
        self.go(&target, true);
    }

    /// The same section under other filters; the room on screen stays.
    pub fn filter(self, query: &ListQuery) {
        self.go(&url(query, self.place.get_untracked().room()), true);
    }

    /// The bare page of the administration, without a step back to where one is.
    pub fn stay_at_admin(self, page: AdminPage) {
        self.go(&Place::Admin(page).path(), true);
    }

    /// The audit trail of one person, or of everyone.
    pub fn filter_audit(self, person: Option<PersonId>) {
        let whose = person.map(|person| format!("?person={person}")).unwrap_or_default();
        self.go(&(Place::Admin(AdminPage::Audit).path() + &whose), true);
    }

    /// Closes the room on screen.
    pub fn close_room(self) {
        if self.place.get_untracked().room().is_some() {
            self.go_to_section(self.place.get_untracked().section());
        }
    }

    /// Goes to a page by its URL. `replace` leaves no step back to where one is.
    fn go(self, url: &str, replace: bool) {
        let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
        self.navigate.with_value(|navigate| navigate(url, options));
    }
}

/// The same list in another section: where rooms are nobody's it has no "Mine", and on the way back it has.
fn in_section(query: &ListQuery, section: Section, wants_own: bool) -> ListQuery {
    let whose = if has_owners(query.section) || !wants_own { query.whose } else { Whose::Mine };
    ListQuery { section, whose, ..query.clone() }
}

fn url(query: &ListQuery, room: Option<RoomId>) -> String {
    Place::Rooms { section: query.section, room }.path() + &search(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mine_is_left_behind_in_live_and_found_again_behind_it() {
        let own = ListQuery { whose: Whose::Mine, ..ListQuery::of(Section::Assigned) };
        assert_eq!(url(&in_section(&own, Section::Archived, true), None), "/archived?mine");
        assert_eq!(url(&in_section(&own, Section::Live, true), None), "/live");
        let live = ListQuery::of(Section::Live);
        assert_eq!(url(&in_section(&live, Section::Assigned, true), None), "/assigned?mine");
        assert_eq!(url(&in_section(&live, Section::Assigned, false), None), "/assigned");
        assert_eq!(url(&in_section(&live, Section::Live, true), None), "/live");
    }
}
