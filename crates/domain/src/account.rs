//! What makes an account: the rules about its name, e-mail and password, and the invitation that lets somebody in.

use serde::{Deserialize, Serialize};

use crate::flow::is_email;
use crate::id::{InvitationId, PersonId, TeamId};
use crate::message::checked;
use crate::permission::may_manage_people;
use crate::person::{Availability, Person, Role};
use crate::refused::Refused;
use crate::timestamp::Timestamp;

/// The longest name of a person, team, channel or contact, in characters.
pub const NAME_MAX: usize = 80;

/// The shortest password, in characters.
pub const PASSWORD_MIN: usize = 10;

/// The longest password, in characters: enough for any sentence, and no work for nothing.
pub const PASSWORD_MAX: usize = 200;

/// The most rooms anybody may be given automatically.
pub const CAPACITY_MAX: u16 = 500;

/// An open door for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub teams: Vec<TeamId>,
    pub invited_by: PersonId,
    pub expires_at: Timestamp,
}

/// Whose password a reset link resets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordReset {
    pub name: String,
    pub email: String,
}

/// What an admin or team manager decides about somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonUpdate {
    pub role: Role,
    pub teams: Vec<TeamId>,
    pub capacity: u16,
    pub active: bool,
}

impl PersonUpdate {
    /// `person` as they are, to change something of it.
    #[must_use]
    pub fn of(person: &Person) -> Self {
        let Person { role, teams, capacity, active, .. } = person;
        Self { role: *role, teams: teams.clone(), capacity: *capacity, active: *active }
    }
}

/// What `me` makes of `person` by `update`. `is_last_admin`: without them nobody could administer any more.
///
/// # Errors
/// No permission over the person, the role or a team; or nobody would be left to administer.
pub fn update_person(
    me: &Person,
    person: &Person,
    update: &PersonUpdate,
    is_last_admin: bool,
) -> Result<Person, Refused> {
    let mut teams = update.teams.clone();
    teams.sort_unstable();
    teams.dedup();
    let moved = || teams.iter().chain(&person.teams).filter(|team| teams.contains(team) != person.is_in(**team));
    let reaches = me.role == Role::Admin || (me.shares_team_with(person) && moved().all(|team| me.is_in(*team)));
    if !may_manage_people(me, person.role) || !may_manage_people(me, update.role) || !reaches {
        return Err(Refused::not_allowed(&format!("change {}", person.name)));
    }
    if is_last_admin && (update.role != Role::Admin || !update.active) {
        return Err(Refused::not_allowed("remove the last admin"));
    }
    if update.capacity > CAPACITY_MAX {
        return Err(Refused::invalid("capacity", &format!("must be at most {CAPACITY_MAX}")));
    }
    let availability = if update.active { person.availability } else { Availability::Offline };
    let PersonUpdate { role, capacity, active, .. } = *update;
    Ok(Person { role, teams, capacity, active, availability, ..person.clone() })
}

/// Whether `me` may let somebody in as `role`, into `teams`.
///
/// # Errors
/// The role is more than they may give, or a team is not theirs.
pub fn may_invite(me: &Person, role: Role, teams: &[TeamId]) -> Result<(), Refused> {
    if !may_manage_people(me, role) {
        return Err(Refused::not_allowed(&format!("invite somebody as {}", role.label().to_ascii_lowercase())));
    }
    if me.role != Role::Admin && !teams.iter().all(|team| me.is_in(*team)) {
        return Err(Refused::not_allowed("invite somebody into a team that is not yours"));
    }
    Ok(())
}

/// Whether `me` may make a link with which `person` chooses a new password.
///
/// # Errors
/// It is their own, which they change themselves; the person is not within their reach, or deactivated.
pub fn may_reset_password(me: &Person, person: &Person) -> Result<(), Refused> {
    let reaches = me.role == Role::Admin || me.shares_team_with(person);
    if me.id == person.id || !person.active || !may_manage_people(me, person.role) || !reaches {
        return Err(Refused::not_allowed(&format!("reset the password of {}", person.name)));
    }
    Ok(())
}

/// A name of one line, without the blanks around it. `field` says whose name it is.
///
/// # Errors
/// It is empty, over [`NAME_MAX`] characters, or holds characters that cannot be seen.
pub fn check_name(field: &str, name: &str) -> Result<String, Refused> {
    let name = checked(field, name, NAME_MAX)?;
    if name.chars().any(is_unseen) {
        return Err(Refused::invalid(field, "must be letters and signs that can be seen"));
    }
    Ok(name)
}

/// Control characters, and the marks that turn the direction of text: they make one name look like another.
fn is_unseen(letter: char) -> bool {
    let turns_text = matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    letter.is_control() || turns_text || matches!(letter, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// An e-mail address in lower case, without the blanks around it: the form people are known by.
///
/// # Errors
/// It is empty or no address.
pub fn check_email(email: &str) -> Result<String, Refused> {
    let email = checked("e-mail", email, 254)?.to_lowercase();
    if is_email(&email) { Ok(email) } else { Err(Refused::invalid("e-mail", "must look like ana@example.com")) }
}

/// A password as it was typed, blanks included.
///
/// # Errors
/// It has fewer than [`PASSWORD_MIN`] or more than [`PASSWORD_MAX`] characters.
pub fn check_password(password: &str) -> Result<(), Refused> {
    check_length("password", password)
}

/// A new password in the place of `current`.
///
/// # Errors
/// As [`check_password`]; or it is the same.
pub fn check_new_password(current: &str, new: &str) -> Result<(), Refused> {
    check_length("new password", new)?;
    if current == new {
        return Err(Refused::invalid("new password", "must be another than the current one"));
    }
    Ok(())
}

fn check_length(field: &str, password: &str) -> Result<(), Refused> {
    if (PASSWORD_MIN..=PASSWORD_MAX).contains(&password.chars().count()) {
        return Ok(());
    }
    Err(Refused::invalid(field, &format!("must have {PASSWORD_MIN} to {PASSWORD_MAX} characters")))
}

#[cfg(test)]
mod tests {
    use super::{check_email, check_name, check_new_password, check_password};

    fn refusal<T>(checked: Result<T, crate::refused::Refused>) -> String {
        checked.err().map(|refused| refused.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_is_wrong_names_the_field_and_the_rule() {
        assert_eq!(refusal(check_name("name", "  ")), "The name is empty.");
        assert_eq!(refusal(check_email("ana")), "The e-mail must look like ana@example.com.");
        assert_eq!(refusal(check_password("short")), "The password must have 10 to 200 characters.");
    }

    #[test]
    fn an_email_is_the_same_however_it_is_typed() {
        assert_eq!(check_email(" Ana.L@Example.COM "), Ok("ana.l@example.com".into()));
    }

    #[test]
    fn a_name_cannot_hide_what_it_says() {
        assert!(check_name("name", "Ana\u{202E}nimda").is_err());
        assert!(check_name("name", "Ana\nAdmin").is_err());
        assert_eq!(check_name("name", " Ana Müller-Ōta "), Ok("Ana Müller-Ōta".into()));
    }

    #[test]
    fn a_new_password_is_another_one() {
        let same = check_new_password("correct horse", "correct horse");
        assert_eq!(refusal(same), "The new password must be another than the current one.");
        assert_eq!(
            refusal(check_new_password("correct horse", "short")),
            "The new password must have 10 to 200 characters."
        );
        assert_eq!(check_new_password("correct horse", "battery staple"), Ok(()));
    }

    #[test]
    fn a_password_is_counted_in_characters() {
        assert!(check_password("ääääääääää").is_ok());
        assert!(check_password(&"x".repeat(201)).is_err());
    }
}
