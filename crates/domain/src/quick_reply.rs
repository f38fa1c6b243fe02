//! Quick replies: words and files that are kept ready. Who has them, how they are found as one types, and what is filled in.

mod filling;

use serde::{Deserialize, Serialize};

use crate::account::check_name;
use crate::id::{FileId, PersonId, QuickReplyId, TeamId};
use crate::media::StoredFile;
use crate::message::checked;
use crate::refused::Refused;

pub use filling::{Filling, Placeholder};

/// The longest shortcut, in characters.
pub const SHORTCUT_MAX: usize = 32;

/// The longest text, in characters: the longest message that a channel carries.
pub const TEXT_MAX: usize = 4_096;

/// The most files of one.
pub const FILES_MAX: usize = 10;

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

/// Words and files that are kept ready under a shortcut.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QuickReply {
    pub id: QuickReplyId,
    /// What is typed after a "/"; no two of the same scope have one. Of several that somebody has, their own stands first,
    /// then a team's, then everybody's.
    pub shortcut: String,
    /// As it was written, with its placeholders; it may be empty where there are files.
    pub text: String,
    pub scope: QuickReplyScope,
    /// What goes with the words, in this order.
    #[serde(default)]
    pub files: Vec<StoredFile>,
}

/// A file of a quick reply as it is put into one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LentFile {
    /// The quick reply's own.
    pub of: FileId,
    /// One with the same content, which a message can carry.
    pub file: StoredFile,
    /// Where anybody can read it for a while, for a message that cannot carry it.
    pub link: String,
}

/// What somebody saves as a quick reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveQuickReply {
    /// With or without its "/".
    pub shortcut: String,
    pub text: String,
    pub scope: QuickReplyScope,
    /// Uploaded ones, or those that it has already.
    #[serde(default)]
    pub files: Vec<FileId>,
}

impl SaveQuickReply {
    /// The quick reply that is saved as `id`, without blanks around its words, and without its files: they are for the caller
    /// to find.
    ///
    /// # Errors
    /// The shortcut is empty, over [`SHORTCUT_MAX`] or more than one word; there are more files than [`FILES_MAX`]; the text is
    /// empty beside no file, over [`TEXT_MAX`], or has a placeholder that does not exist, which is named.
    pub fn check(&self, id: QuickReplyId) -> Result<QuickReply, Refused> {
        let shortcut = self.shortcut.trim();
        let shortcut = checked("shortcut", shortcut.strip_prefix('/').unwrap_or(shortcut), SHORTCUT_MAX)?;
        let shortcut = check_name("shortcut", &shortcut)?;
        if shortcut.contains(|letter: char| letter.is_whitespace() || letter == '/') {
            return Err(Refused::invalid("shortcut", "must be one word, without blanks and “/”"));
        }
        if self.files.len() > FILES_MAX {
            return Err(Refused::invalid("quick reply", &format!("has more than {FILES_MAX} files")));
        }
        // Beside a file no word is needed.
        let text = match self.text.trim() {
            "" if !self.files.is_empty() => String::new(),
            text => checked("text", text, TEXT_MAX)?,
        };
        filling::check(&text)?;
        Ok(QuickReply { id, shortcut, text, scope: self.scope, files: Vec::new() })
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
        let names = reply.files.iter().map(|file| file.name.as_str());
        let text = std::iter::once(reply.text.as_str()).chain(names).collect::<Vec<_>>().join("\n");
        let (shortcut, text) = (bare(&reply.shortcut), bare(&text));
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

/// Those that `wanted`, put as they are compared, may mean: by their shortcut first, then by words of their text and
/// of the names of their files. With nothing
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
        let (shortcut, text) = (shortcut.into(), text.into());
        QuickReply { id: QuickReplyId::from_number(3), shortcut, text, scope, files: Vec::new() }
    }

    fn saved(shortcut: &str, text: &str) -> Result<QuickReply, String> {
        saved_with(shortcut, text, 0)
    }

    fn saved_with(shortcut: &str, text: &str, files: usize) -> Result<QuickReply, String> {
        let files = vec![FileId::from_number(4); files];
        let form =
            SaveQuickReply { shortcut: shortcut.into(), text: text.into(), scope: QuickReplyScope::Shared, files };
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
    fn beside_a_file_no_word_is_needed_and_there_are_so_many_files() {
        assert_eq!(saved_with("prices", " \n ", 1).map(|reply| reply.text), Ok(String::new()));
        assert_eq!(saved_with("prices", " Here. ", FILES_MAX).map(|reply| reply.text), Ok("Here.".into()));
        let many = "The quick reply has more than 10 files.";
        assert_eq!(saved_with("prices", "Here.", FILES_MAX + 1), Err(many.into()));
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
    fn they_are_found_by_the_names_of_their_files() {
        let file = |name: &str| {
            let id = FileId::from_number(4);
            StoredFile { id, name: name.into(), mime: "application/pdf".into(), bytes: 1 }
        };
        let files = vec![file("Returns_form.pdf"), file("map.png")];
        let kept = QuickReply { files, ..reply("back", "", QuickReplyScope::Shared) };
        let all = [Listed::new(kept, str::to_lowercase)];
        for (wanted, found) in [("returns", 1), ("form", 1), ("map back", 0), ("map pdf", 1), ("turns", 0)] {
            assert_eq!(fitting(&all, wanted).len(), found, "{wanted}");
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
