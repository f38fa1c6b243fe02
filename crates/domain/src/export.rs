//! Chats as lines for a spreadsheet: a line for each case, in columns that people read. Whoever opens the file is one of
//! us; what customers wrote in it is nothing that a spreadsheet may carry out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bulk::MOST;
use crate::channel::Channel;
use crate::customer::{Contact, Customer};
use crate::desk::{ListQuery, Sort};
use crate::episode::{Episode, OpenedBy};
use crate::id::{ChannelId, EpisodeId, PersonId, RoomId, TeamId};
use crate::permission;
use crate::person::Person;
use crate::refused::Refused;
use crate::room::Room;
use crate::team::Team;
use crate::timestamp::{Timestamp, Utc};
use crate::transcript::lines_of;

/// What somebody wants to have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToExport {
    /// Everything that a list shows, however much it is: it is only read.
    All(ListQuery),
    /// These rooms, in the order of a list.
    Chosen { rooms: Vec<RoomId>, sort: Sort },
}

/// Whether `me` may export that.
///
/// # Errors
/// No permission; or rooms are chosen, and none or more than [`MOST`].
pub fn check(me: &Person, what: &ToExport) -> Result<(), Refused> {
    let field = || "selection".to_owned();
    if !permission::may_export(me) {
        return Err(Refused::not_allowed("export chats"));
    }
    match what {
        ToExport::Chosen { rooms, .. } if rooms.is_empty() => Err(Refused::Empty { field: field() }),
        ToExport::Chosen { rooms, .. } if rooms.len() > MOST => {
            Err(Refused::TooLong { field: field(), length: rooms.len(), max: MOST, unit: "chats".into() })
        }
        ToExport::All(_) | ToExport::Chosen { .. } => Ok(()),
    }
}

/// The name of the file, with the day it was written.
#[must_use]
pub fn file_name(now: Timestamp) -> String {
    format!("Chats {}.csv", Utc::of(now).date())
}

/// What stands above the columns: first what is true of the room, then what is true of the case.
pub const TITLES: [&str; OF_ROOM + OF_CASE] = [
    "Chat",
    "Customer",
    "Phone",
    "E-mail",
    "Channel",
    "Team",
    "Case",
    "Opened",
    "Opened by",
    "First answer",
    "Closed",
    "Closed by",
    "Outcome",
    "Critical",
    "Held by",
    "Reason",
    "Comment",
    "Feedback score",
    "Feedback comment",
    "Messages",
];

const OF_ROOM: usize = 5;

const OF_CASE: usize = 15;

/// Who and what is meant by the ids in the rows.
pub struct Names<'a> {
    /// The address of the console, without a slash at its end.
    pub console: &'a str,
    pub people: &'a BTreeMap<PersonId, Person>,
    pub teams: &'a BTreeMap<TeamId, Team>,
    pub channels: &'a BTreeMap<ChannelId, Channel>,
}

/// A room with everything that its lines say.
pub struct Exported<'a> {
    pub room: &'a Room,
    pub customer: &'a Customer,
    pub contact: Option<&'a Contact>,
    /// Its cases, in the order of their lines.
    pub episodes: &'a [Episode],
    /// How many messages there are in a case; none in one that is left out.
    pub messages: &'a BTreeMap<EpisodeId, u64>,
}

impl Names<'_> {
    /// The lines of a room, with a cell for each of [`TITLES`]. A room that we began has no case before the customer answers,
    /// and a line all the same.
    #[must_use]
    pub fn lines(&self, exported: &Exported<'_>) -> Vec<Vec<String>> {
        let cases: Vec<[String; OF_CASE]> = match exported.episodes {
            [] => vec![self.no_case(exported.room)],
            episodes => episodes.iter().map(|episode| self.about_case(exported, episode)).collect(),
        };
        let room = self.about_room(exported);
        cases.iter().map(|case| [room.as_slice(), case].concat()).collect()
    }

    fn about_room(&self, exported: &Exported<'_>) -> [String; OF_ROOM] {
        let Exported { room, customer, contact, .. } = exported;
        let phone = customer.phone.as_deref().or_else(|| contact.and_then(|contact| contact.phone.as_deref()));
        let email = customer.email.as_deref().or_else(|| contact.and_then(|contact| contact.email.as_deref()));
        let channel = self.channels.get(&room.channel).map_or(room.kind.label(), |channel| &channel.name);
        [
            format!("{}/{}/{}", self.console, room.section().word(), room.id),
            cell(&room.name),
            cell(&phone.map(dialled).unwrap_or_default()),
            cell(email.unwrap_or_default()),
            cell(channel),
        ]
    }

    fn about_case(&self, exported: &Exported<'_>, episode: &Episode) -> [String; OF_CASE] {
        let moment = |at: Option<Timestamp>| at.map(|at| Utc::of(at).rfc3339()).unwrap_or_default();
        let words = |words: &Option<String>| words.as_deref().map(cell).unwrap_or_default();
        [
            self.team(episode.team),
            episode.number.to_string(),
            moment(Some(episode.opened_at)),
            opened_by(episode.opened_by).into(),
            moment(episode.first_human_reply_at),
            moment(episode.closed_at),
            self.person(episode.closed_by),
            episode.outcome_words().into(),
            if episode.was_critical { "Yes" } else { "No" }.into(),
            self.person(episode.agent),
            words(&episode.reason),
            words(&episode.comment),
            episode.feedback_score.map(|score| score.to_string()).unwrap_or_default(),
            words(&episode.feedback_comment),
            exported.messages.get(&episode.id).copied().unwrap_or(0).to_string(),
        ]
    }

    fn no_case(&self, room: &Room) -> [String; OF_CASE] {
        let mut cells = <[String; OF_CASE]>::default();
        cells[0] = self.team(room.team);
        cells
    }

    fn team(&self, id: Option<TeamId>) -> String {
        id.and_then(|id| self.teams.get(&id)).map(|team| cell(&team.name)).unwrap_or_default()
    }

    fn person(&self, id: Option<PersonId>) -> String {
        id.and_then(|id| self.people.get(&id)).map(|person| cell(&person.name)).unwrap_or_default()
    }
}

const fn opened_by(by: OpenedBy) -> &'static str {
    match by {
        OpenedBy::Customer => "Customer",
        OpenedBy::Agent => "Agent",
        OpenedBy::TemplateReply => "Answer to a template",
    }
}

/// A phone number with its country code, as other programs take it: "+55 (11) 90000-0001" is "+5511900000001". Any other as
/// it was written.
fn dialled(phone: &str) -> String {
    let Some(rest) = phone.trim().strip_prefix('+') else { return phone.to_owned() };
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let is_number = rest.chars().all(|letter| letter.is_ascii_digit() || " ()-./".contains(letter));
    if is_number { format!("+{digits}") } else { phone.to_owned() }
}

/// The words of somebody, without control characters and those that turn what follows around, and so that no spreadsheet
/// takes them for a formula.
///
/// An apostrophe comes before what would begin one, and not only where the cell begins: a spreadsheet that parts cells at
/// semicolons, as in most of Europe, sees no quotes in the middle of a line of ours and begins a cell after a semicolon or a
/// line break (<https://owasp.org/www-community/attacks/CSV_Injection>). A plus before at most fifteen digits and nothing
/// else stays, though the same page lists the plus: it is a phone number (ITU-T E.164 has no longer ones), computes to the
/// same digits, which a spreadsheet's number holds exactly, and with an apostrophe nobody could dial or look it up.
fn cell(words: &str) -> String {
    let words = lines_of(words).join("\n").replace('\t', " ");
    if is_phone(&words) {
        return words;
    }
    let mut written = String::with_capacity(words.len());
    let mut begins = true;
    for letter in words.chars() {
        if begins && is_formula_sign(letter) {
            written.push('\'');
        }
        begins =
            matches!(letter, ';' | '\n') || begins && (letter == '"' || letter.is_whitespace() || is_unseen(letter));
        written.push(letter);
    }
    written
}

fn is_phone(words: &str) -> bool {
    words
        .strip_prefix('+')
        .is_some_and(|digits| (1..=15).contains(&digits.len()) && digits.chars().all(|letter| letter.is_ascii_digit()))
}

/// What begins a formula, also in the full width that East Asian keyboards write. Tabs and carriage returns, which OWASP
/// names beside them, are in no cell of ours.
const fn is_formula_sign(letter: char) -> bool {
    matches!(letter, '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
}

/// Takes no room of its own: a program may leave it out and begin with what follows.
const fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}
