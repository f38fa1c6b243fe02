//! Quick replies: words that are kept ready. Who has them, how they are found as one types, and what is filled in.

mod filling;

use serde::{Deserialize, Serialize};

use crate::account::check_name;
use crate::id::{PersonId, QuickReplyId, TeamId};
use crate::message::checked;
use crate::refused::Refused;

pub use filling::{Filling, Placeholder};

/// The longest shortcut, in characters.
pub const SHORTCUT_MAX: usize = 32;

/// The longest text, in characters: the longest message that a channel carries.
pub const TEXT_MAX: usize = 4_096;

/// The most that a person, a team or everybody together has.
pub const KEPT_MAX: u64 = 500;

/// Who has a quick reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuickReplyScope {
    /// This person alone.
    Personal(PersonId),
    /// Whoever is in the team.
    Team(TeamId),
    /// Everybody.
    Shared,
}

/// Words that are kept ready under a shortcut.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuickReply {
    pub id: QuickReplyId,
    /// What is typed after a "/"; no two of the same scope have one. Of several that somebody has, their own stands first,
    /// then a team's, then everybody's.
    pub shortcut: String,
    /// As it was written, with its placeholders.
    pub text: String,
    pub scope: QuickReplyScope,
}

/// What somebody saves as a quick reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveQuickReply {
    /// With or without its "/".
    pub shortcut: String,
    pub text: String,
    pub scope: QuickReplyScope,
}

impl SaveQuickReply {
    /// The quick reply that is saved as `id`, without blanks around its words.
    ///
    /// # Errors
    /// The shortcut is empty, over [`SHORTCUT_MAX`] or more than one word; the text is empty, over [`TEXT_MAX`], or has a
    /// placeholder that does not exist, which is named.
    pub fn check(&self, id: QuickReplyId) -> Result<QuickReply, Refused> {
        let shortcut = self.shortcut.trim();
        let shortcut = checked("shortcut", shortcut.strip_prefix('/').unwrap_or(shortcut), SHORTCUT_MAX)?;
        let shortcut = check_name("shortcut", &shortcut)?;
        if shortcut.contains(|letter: char| letter.is_whitespace() || letter == '/') {
            return Err(Refused::invalid("shortcut", "must be one word, without blanks and “/”"));
        }
        let text = checked("text", &self.text, TEXT_MAX)?;
        filling::check(&text)?;
        Ok(QuickReply { id, shortcut, text, scope: self.scope })
    }
}

/// What stands after the last "/" of `before`, the words before the cursor, where that may still become a shortcut: the "/"
/// begins a word, and the cursor is still in it.
#[must_use]
pub fn begun(before: &str) -> Option<&str> {
    let place = before.rfind('/')?;
    let begins = before[..place].chars().next_back().is_none_or(char::is_whitespace);
    let begun = &before[place + 1..];
    (begins && !begun.contains(char::is_whitespace)).then_some(begun)
}

/// A quick reply with its words as they are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub reply: QuickReply,
    shortcut: String,
    text: String,
}

impl Listed {
    /// `bare` puts words as they are compared.
    #[must_use]
    pub fn new(reply: QuickReply, bare: fn(&str) -> String) -> Self {
        let (shortcut, text) = (bare(&reply.shortcut), bare(&reply.text));
        Self { reply, shortcut, text }
    }

    /// How well it fits what is wanted, the best first; nothing where it does not.
    fn rank(&self, wanted: &str) -> Option<u8> {
        if self.shortcut == wanted {
            return Some(0);
        }
        if self.shortcut.starts_with(wanted) {
            return Some(1);
        }
        if self.shortcut.contains(wanted) {
            return Some(2);
        }
        let has = |word: &str| words(&self.text).any(|other| other.starts_with(word));
        let mut wanted = words(wanted).peekable();
        (wanted.peek().is_some() && wanted.all(has)).then_some(3)
    }
}

/// Those that `wanted`, put as they are compared, may mean: by their shortcut first, then by words of their text. With nothing
/// wanted it is all of them.
#[must_use]
pub fn fitting<'a>(listed: &'a [Listed], wanted: &str) -> Vec<&'a QuickReply> {
    let wanted = wanted.trim();
    let fits = |one: &'a Listed| {
        let rank = if wanted.is_empty() { 0 } else { one.rank(wanted)? };
        Some((rank, &one.shortcut, one.reply.scope, &one.reply))
    };
    let mut fitting: Vec<_> = listed.iter().filter_map(fits).collect();
    fitting.sort_by_key(|(rank, shortcut, scope, _)| (*rank, *shortcut, *scope));
    fitting.into_iter().map(|(.., reply)| reply).collect()
}

/// The words of a text; what is beyond ASCII belongs to a word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_ascii() && !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARIA: PersonId = PersonId::from_number(1);
    const SUPPORT: TeamId = TeamId::from_number(2);

    fn reply(shortcut: &str, text: &str, scope: QuickReplyScope) -> QuickReply {
        QuickReply { id: QuickReplyId::from_number(3), shortcut: shortcut.into(), text: text.into(), scope }
    }

    fn saved(shortcut: &str, text: &str) -> Result<QuickReply, String> {
        let form = SaveQuickReply { shortcut: shortcut.into(), text: text.into(), scope: QuickReplyScope::Shared };
        form.check(QuickReplyId::from_number(3)).map_err(|refused| refused.to_string())
    }

    #[test]
    fn a_shortcut_is_one_short_word_and_its_slash_is_not_part_of_it() {
        for typed in ["hello", " /hello ", "/hello"] {
            assert_eq!(saved(typed, "Hi"), Ok(reply("hello", "Hi", QuickReplyScope::Shared)), "{typed}");
        }
        let one_word = "The shortcut must be one word, without blanks and “/”.";
        for (typed, refusal) in [
            ("", "The shortcut is empty."),
            ("/", "The shortcut is empty."),
            ("late parcel", one_word),
            ("late\u{a0}parcel", one_word),
            ("late/parcel", one_word),
            ("//late", one_word),
            ("la\u{202e}te", "The shortcut must be letters and signs that can be seen."),
        ] {
            assert_eq!(saved(typed, "Hi"), Err(refusal.into()), "{typed}");
        }
        assert_eq!(saved(&"é".repeat(33), "Hi"), Err("The shortcut has 33 characters; at most 32 are allowed.".into()));
        assert!(saved(&"é".repeat(32), "Hi").is_ok());
    }

    #[test]
    fn a_text_is_not_empty_and_not_longer_than_the_longest_message() {
        assert_eq!(saved("hello", " \n "), Err("The text is empty.".into()));
        assert!(saved("hello", &"x".repeat(4_096)).is_ok());
        let long = "The text has 4097 characters; at most 4096 are allowed.";
        assert_eq!(saved("hello", &"x".repeat(4_097)), Err(long.into()));
    }

    #[test]
    fn a_slash_that_begins_a_word_begins_a_shortcut() {
        for (before, expected) in [
            ("/", Some("")),
            ("/del", Some("del")),
            ("Hello /del", Some("del")),
            ("Hello\n/", Some("")),
            ("and/or", None),
            ("https://", None),
            ("/usr/bin", None),
            ("24 / 7", None),
            ("/del ", None),
            ("/del\n", None),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(begun(before), expected, "{before:?}");
        }
    }

    #[test]
    fn they_are_found_by_their_shortcut_first_and_then_by_the_words_of_their_text() {
        let all = [
            reply("refund", "Your money is on its way.", QuickReplyScope::Shared),
            reply("delay", "Your parcel is late; the refund is ours.", QuickReplyScope::Shared),
            reply("no-refund", "That is past the 30 days.", QuickReplyScope::Shared),
            reply("refunded", "It is back with you.", QuickReplyScope::Shared),
        ]
        .map(|reply| Listed::new(reply, str::to_lowercase));
        for (wanted, expected) in [
            ("", vec!["delay", "no-refund", "refund", "refunded"]),
            ("refund", vec!["refund", "refunded", "no-refund", "delay"]),
            ("mon", vec!["refund"]),
            ("way mon", vec!["refund"]),
            ("oney", vec![]),
            ("-", vec!["no-refund"]),
            ("!", vec![]),
        ] {
            let found: Vec<_> = fitting(&all, wanted).into_iter().map(|reply| reply.shortcut.as_str()).collect();
            assert_eq!(found, expected, "{wanted}");
        }
    }

    #[test]
    fn of_those_with_one_shortcut_ones_own_stands_first_and_everybodys_last() {
        let scopes = [QuickReplyScope::Shared, QuickReplyScope::Personal(MARIA), QuickReplyScope::Team(SUPPORT)];
        let all = scopes.map(|scope| Listed::new(reply("Hello", "Hi", scope), str::to_lowercase));
        for wanted in ["", "hello", "he", "hi"] {
            let found: Vec<_> = fitting(&all, wanted).into_iter().map(|reply| reply.scope).collect();
            assert_eq!(found, [scopes[1], scopes[2], scopes[0]], "{wanted}");
        }
    }
}
