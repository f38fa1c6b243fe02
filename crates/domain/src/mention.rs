//! "@Maria Souza" in what only the team reads: whom it names, and whether they can read it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::id::{PersonId, RoomId};
use crate::permission;
use crate::person::Person;
use crate::policy::Policy;
use crate::refused::Refused;
use crate::room::{Room, Scope};
use crate::timestamp::Timestamp;

/// Somebody was named in a room and has not looked at it since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    pub room: RoomId,
    pub by: PersonId,
    pub at: Timestamp,
}

/// Everybody whom `words` name, each once: by their whole name, or by its first word where nobody else is called so. People
/// of the same name are named together.
#[must_use]
pub fn mentioned<'a>(words: &str, people: &'a BTreeMap<PersonId, Person>) -> Vec<&'a Person> {
    let mut found: Vec<&Person> = Vec::new();
    for person in names(words, people).into_iter().flatten() {
        if found.iter().all(|other| other.id != person.id) {
            found.push(person);
        }
    }
    found
}

/// Whom `change` names besides whoever wrote it, of those who see the room as it left it.
#[must_use]
pub fn told<'a>(
    room: &Room,
    change: &Change,
    people: &'a BTreeMap<PersonId, Person>,
    policy: &Policy,
) -> Option<(PersonId, Vec<&'a Person>)> {
    let (_, by, words) = words_of(change)?;
    let scope = room.scope();
    let mut named = mentioned(words, people);
    named.retain(|person| person.id != by && permission::may_see(person, policy, &scope));
    Some((by, named))
}

/// What stands after the last "@" of `before`, the words before the cursor, where that may still become a name.
#[must_use]
pub fn begun(before: &str) -> Option<&str> {
    let place = before.rfind('@').filter(|place| may_begin(&before[..*place]))?;
    let begun = &before[place + 1..];
    (!begun.starts_with(char::is_whitespace) && !begun.contains('\n')).then_some(begun)
}

/// The names by which `me` may name somebody in a room of this scope, each with how many are called so.
#[must_use]
pub fn offered(
    people: &BTreeMap<PersonId, Person>,
    me: &Person,
    policy: &Policy,
    scope: &Scope,
) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for person in people.values() {
        if person.id != me.id && permission::may_see(person, policy, scope) {
            *names.entry(person.name.clone()).or_default() += 1;
        }
    }
    names
}

/// Refuses a note or comment that names somebody who does not see the room once `change`, which has it, was made. Of people of
/// the same name one is enough.
///
/// # Errors
/// [`Refused::Invalid`], naming the field and the person.
pub fn check(
    room: &Room,
    change: &Change,
    people: &BTreeMap<PersonId, Person>,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), Refused> {
    let Some((field, _, words)) = words_of(change) else { return Ok(()) };
    let mut after = room.clone();
    after.apply(change, now);
    let scope = after.scope();
    let sees = |person: &&Person| permission::may_see(person, policy, &scope);
    let unseeing = names(words, people).into_iter().find(|namesakes| !namesakes.iter().any(sees));
    match unseeing.and_then(|namesakes| namesakes.into_iter().next()) {
        Some(person) => Err(Refused::invalid(field, &format!("names {}, who cannot see this chat", person.name))),
        None => Ok(()),
    }
}

/// The note or comment that a change has, under its name, and who wrote it.
#[must_use]
pub fn words_of(change: &Change) -> Option<(&'static str, PersonId, &str)> {
    match change {
        Change::NoteAdded(note) => Some(("note", note.by, &note.text)),
        Change::Closed { by, comment, .. }
        | Change::MarkedCritical { by, comment, .. }
        | Change::ClearedCritical { by, comment }
        | Change::OutcomeCorrected { by, comment, .. } => comment.as_deref().map(|comment| ("comment", *by, comment)),
        _ => None,
    }
}

/// Whom each "@" in `words` names, where it names anybody.
fn names<'a>(words: &str, people: &'a BTreeMap<PersonId, Person>) -> Vec<Vec<&'a Person>> {
    let places = words.match_indices('@').filter(|(place, _)| may_begin(&words[..*place]));
    places.map(|(place, _)| named(&words[place + 1..], people)).filter(|named| !named.is_empty()).collect()
}

/// Whether an "@" after `before` may name somebody: "maria@acme.example" and the handle in an address name nobody.
fn may_begin(before: &str) -> bool {
    let last = before.chars().next_back();
    last.is_none_or(|one| one.is_whitespace() || matches!(one, '(' | '[' | '"' | '\'' | '“' | '‘'))
}

/// Whose name `words` begin with; of several names the longest.
fn named<'a>(words: &str, people: &'a BTreeMap<PersonId, Person>) -> Vec<&'a Person> {
    let begins = |name: &str| {
        let is_it = words.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        is_it && !name.is_empty() && ends(&words[name.len()..])
    };
    let active = || people.values().filter(|person| person.active);
    let whole: Vec<&Person> = active().filter(|person| begins(&person.name)).collect();
    if let Some(longest) = whole.iter().map(|person| person.name.len()).max() {
        return whole.into_iter().filter(|person| person.name.len() == longest).collect();
    }
    let first: Vec<&Person> =
        active().filter(|person| person.name.split(' ').next().is_some_and(begins)).take(2).collect();
    if first.len() == 1 { first } else { Vec::new() }
}

/// Whether a name ends before `rest`: not in the middle of a longer one, or of a handle such as `maria.lima`.
fn ends(rest: &str) -> bool {
    let mut next = rest.chars();
    match next.next() {
        Some('.' | '-') => !next.next().is_some_and(is_letter),
        first => !first.is_some_and(|one| is_letter(one) || one == '_'),
    }
}

/// Letters as far as the end of a name goes: those beyond ASCII up to where the signs begin.
const fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '\u{c0}'..'\u{2000}')
}
