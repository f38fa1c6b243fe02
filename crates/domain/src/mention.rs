//! "@Maria Souza" in what only the team reads: whom it names, and whether they can read it.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::id::PersonId;
use crate::permission;
use crate::person::Person;
use crate::policy::Policy;
use crate::refused::Refused;
use crate::room::Room;
use crate::timestamp::Timestamp;

/// Everybody whom `words` name, each once: by their whole name, or by its first word where nobody else is called so.
#[must_use]
pub fn mentioned<'a>(words: &str, people: &'a BTreeMap<PersonId, Person>) -> Vec<&'a Person> {
    let mut found: Vec<&Person> = Vec::new();
    for (place, _) in words.match_indices('@') {
        // "maria@acme.example" and the handle in an address name nobody.
        let before = words[..place].chars().next_back();
        if before.is_some_and(|one| !one.is_whitespace() && !matches!(one, '(' | '[' | '"' | '\'' | '“' | '‘')) {
            continue;
        }
        let person = named(&words[place + 1..], people);
        found.extend(person.filter(|person| found.iter().all(|other| other.id != person.id)));
    }
    found
}

/// Refuses a note or comment that names somebody who does not see the room once `change`, which has it, was made.
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
    match mentioned(words, people).into_iter().find(|person| !sees(person)) {
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

/// Whose name `words` begin with; of several the longest.
fn named<'a>(words: &str, people: &'a BTreeMap<PersonId, Person>) -> Option<&'a Person> {
    let begins = |name: &str| {
        let is_it = words.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        is_it && !name.is_empty() && ends(&words[name.len()..])
    };
    let active = || people.values().filter(|person| person.active);
    let whole = active().filter(|person| begins(&person.name)).max_by_key(|person| person.name.len());
    whole.or_else(|| {
        let mut first = active().filter(|person| person.name.split(' ').next().is_some_and(begins));
        first.next().filter(|_| first.next().is_none())
    })
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
