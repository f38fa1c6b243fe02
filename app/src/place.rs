//! Where in the console one is. The URL says it, and only the URL: section, room, filters and sort order.

use domain::desk::{ListQuery, Sort, Whose};
use domain::id::RoomId;
use domain::room::Section;
use leptos_router::params::ParamsMap;

/// A page of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/`, which is Live.
    Home,
    Rooms {
        section: Section,
        room: Option<RoomId>,
    },
    Admin(AdminPage),
    /// A URL nothing answers to.
    Nowhere,
}

/// The pages for those who run the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminPage {
    People,
    Teams,
    Channels,
    Flows,
    Rules,
    Audit,
    Trouble,
}

impl AdminPage {
    /// Every page, as its tabs stand.
    pub const ALL: [Self; 7] =
        [Self::People, Self::Teams, Self::Channels, Self::Flows, Self::Rules, Self::Audit, Self::Trouble];

    /// The word in the URL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Teams => "teams",
            Self::Channels => "channels",
            Self::Flows => "flows",
            Self::Rules => "rules",
            Self::Audit => "audit",
            Self::Trouble => "trouble",
        }
    }

    /// The word on the tab.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::Teams => "Teams",
            Self::Channels => "Channels",
            Self::Flows => "Flows",
            Self::Rules => "Rules",
            Self::Audit => "Audit",
            Self::Trouble => "Trouble",
        }
    }
}

impl Place {
    /// The place a URL's path names.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let mut words = path.split('/').filter(|word| !word.is_empty());
        let (first, second, rest) = (words.next(), words.next(), words.next());
        if rest.is_some() {
            return Self::Nowhere;
        }
        match (first, second) {
            (None, _) => Self::Home,
            (Some("admin"), page) => {
                let page = AdminPage::ALL.into_iter().find(|known| Some(known.word()) == page);
                page.map_or(Self::Nowhere, Self::Admin)
            }
            (Some(section), room) => match (Section::from_word(section), room.map(str::parse)) {
                (Some(section), None) => Self::Rooms { section, room: None },
                (Some(section), Some(Ok(room))) => Self::Rooms { section, room: Some(room) },
                (None, _) | (_, Some(Err(_))) => Self::Nowhere,
            },
        }
    }

    /// The path of the URL.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Home | Self::Nowhere => "/".into(),
            Self::Rooms { section, room: None } => format!("/{}", section.word()),
            Self::Rooms { section, room: Some(room) } => format!("/{}/{room}", section.word()),
            Self::Admin(page) => format!("/admin/{}", page.word()),
        }
    }

    /// The section on screen; Live on pages without one.
    #[must_use]
    pub const fn section(self) -> Section {
        match self {
            Self::Rooms { section, .. } => section,
            Self::Home | Self::Admin(_) | Self::Nowhere => Section::Live,
        }
    }

    /// The selected room.
    #[must_use]
    pub const fn room(self) -> Option<RoomId> {
        match self {
            Self::Rooms { room, .. } => room,
            Self::Home | Self::Admin(_) | Self::Nowhere => None,
        }
    }
}

/// Whether rooms there are, or were, somebody's: nobody holds a live one.
#[must_use]
pub fn has_owners(section: Section) -> bool {
    section != Section::Live
}

/// What the list shows at `section` under the URL's parameters.
#[must_use]
pub fn list_query(section: Section, parameters: &ParamsMap) -> ListQuery {
    ListQuery {
        section,
        sort: if parameters.get_str("sort") == Some("wait") { Sort::LongestWait } else { Sort::Newest },
        whose: if parameters.get_str("mine").is_some() && has_owners(section) {
            Whose::Mine
        } else if parameters.get_str("snoozed").is_some() && section == Section::Assigned {
            Whose::Snoozed
        } else {
            Whose::Everyone
        },
        channel: parameters.get_str("channel").and_then(|id| id.parse().ok()),
    }
}

/// The part of the URL after the path that says the same; empty for what is shown anyway.
#[must_use]
pub fn search(query: &ListQuery) -> String {
    let mut parts = Vec::new();
    match query.whose {
        Whose::Mine if has_owners(query.section) => parts.push("mine".to_owned()),
        // Only what somebody holds is put off.
        Whose::Snoozed if query.section == Section::Assigned => parts.push("snoozed".to_owned()),
        Whose::Everyone | Whose::Mine | Whose::Snoozed => {}
    }
    if let Some(channel) = query.channel {
        parts.push(format!("channel={channel}"));
    }
    if query.sort == Sort::LongestWait {
        parts.push("sort=wait".to_owned());
    }
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found_again_by_its_path() {
        let room = RoomId::from_number(7);
        let rooms = Section::ALL
            .into_iter()
            .flat_map(|section| [Place::Rooms { section, room: None }, Place::Rooms { section, room: Some(room) }]);
        for place in rooms.chain(AdminPage::ALL.map(Place::Admin)) {
            assert_eq!(Place::of(&place.path()), place);
        }
    }

    #[test]
    fn a_path_that_names_no_room_leads_nowhere() {
        assert_eq!(Place::of("/live/poll"), Place::Nowhere);
        assert_eq!(Place::of("/admin"), Place::Nowhere);
        assert_eq!(Place::of("/live/"), Place::Rooms { section: Section::Live, room: None });
    }

    #[test]
    fn filters_survive_the_url() {
        for whose in [Whose::Mine, Whose::Snoozed, Whose::Everyone] {
            let query = ListQuery {
                section: Section::Assigned,
                sort: Sort::LongestWait,
                whose,
                channel: Some(domain::id::ChannelId::from_number(9)),
            };
            assert_eq!(list_query(Section::Assigned, &parameters(&search(&query))), query);
        }
    }

    #[test]
    fn no_other_section_than_assigned_has_snoozed_rooms() {
        let query = ListQuery { whose: Whose::Snoozed, ..ListQuery::of(Section::Live) };
        assert_eq!(search(&query), "");
        assert_eq!(list_query(Section::Archived, &parameters("?snoozed")).whose, Whose::Everyone);
    }

    #[test]
    fn a_live_room_is_nobodys() {
        let query = ListQuery { whose: Whose::Mine, ..ListQuery::of(Section::Live) };
        assert_eq!(search(&query), "");
        assert_eq!(list_query(Section::Live, &parameters("?mine")).whose, Whose::Everyone);
        assert_eq!(list_query(Section::Archived, &parameters("?mine")).whose, Whose::Mine);
    }

    fn parameters(search: &str) -> ParamsMap {
        search
            .trim_start_matches('?')
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}
