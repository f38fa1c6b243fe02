//! How a customer's answer is read: a pick among titles, or a value that passes a check.

use serde::{Deserialize, Serialize};

use crate::flow::run::Heard;
use crate::flow::words::fold;

/// What a collected answer must look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Check {
    #[default]
    Text,
    Email,
    Number,
    Phone,
    /// One of these titles, offered as choices.
    OneOf(Vec<String>),
}

/// The longest answer to keep unless the step says otherwise, in characters.
pub(super) const fn usual_length() -> usize {
    200
}

impl Check {
    /// The value in `heard`, as it is kept; `None` when there is none.
    pub(super) fn value(&self, heard: Heard<'_>, max_length: usize) -> Option<String> {
        if let Self::OneOf(titles) = self {
            let picked = picked(heard, titles.iter().map(|title| (title.as_str(), title.as_str())))?;
            return titles.get(picked).cloned();
        }
        let Heard::Text(text) = heard else { return None };
        let text = text.trim();
        let value = match self {
            Self::Text | Self::OneOf(_) => (!text.is_empty()).then(|| one_line(text)),
            Self::Email => email(text),
            Self::Number => number(text),
            Self::Phone => phone(text),
        }?;
        (value.chars().count() <= max_length).then_some(value)
    }
}

/// Which of the `(id, title)` offers `heard` picks. Where a channel has no buttons the customer writes the title, or
/// the number it stood under.
pub(super) fn picked<'a>(heard: Heard<'_>, offers: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Option<usize> {
    let by_id = |id: &str| offers.clone().position(|(other, _)| other == id);
    let by_title = |folded: &str| offers.clone().position(|(_, title)| fold(title) == folded);
    match heard {
        Heard::Picked { id, title } => by_id(id).or_else(|| by_title(&fold(title))),
        Heard::Text(text) => {
            let folded = fold(text);
            let by_number = || folded.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < offers.clone().count());
            by_title(&folded).or_else(by_number).or_else(|| by_id(text.trim()))
        }
        Heard::Other => None,
    }
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first word that is an e-mail address: people write "it is ana@example.com".
fn email(text: &str) -> Option<String> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|edge: char| "<>()[]\"',;:.!?".contains(edge)))
        .map(|word| word.strip_prefix("mailto:").unwrap_or(word))
        .find(|word| is_email(word))
        .map(String::from)
}

/// Whether `word` has the shape of an e-mail address.
pub(crate) fn is_email(word: &str) -> bool {
    let Some((local, domain)) = word.split_once('@') else { return false };
    let is_label = |label: &str| {
        let edges_fit = !label.starts_with('-') && !label.ends_with('-');
        !label.is_empty() && edges_fit && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    let local_fits = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && local.chars().all(|letter| letter.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(letter));
    let ending = domain.rsplit('.').next().unwrap_or_default();
    local_fits
        && word.len() <= 254
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && ending.chars().count() >= 2
        && !ending.chars().all(|letter| letter.is_ascii_digit())
}

/// Digits, perhaps a sign before and a fraction behind; blanks between digits are dropped.
fn number(text: &str) -> Option<String> {
    let number: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let unsigned = number.strip_prefix(['-', '+']).unwrap_or(&number);
    let (whole, fraction) = unsigned.split_once(['.', ',']).unwrap_or((unsigned, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit());
    (is_digits(whole) && is_digits(fraction)).then_some(number)
}

/// Six to fifteen digits, as people group them, kept without the grouping.
fn phone(text: &str) -> Option<String> {
    let is_grouping = |letter: char| letter.is_whitespace() || "()-./".contains(letter);
    let plus = text.starts_with('+');
    let digits: String = text.chars().skip(usize::from(plus)).filter(|letter| !is_grouping(*letter)).collect();
    let fits = (6..=15).contains(&digits.len()) && digits.chars().all(|letter| letter.is_ascii_digit());
    fits.then(|| if plus { format!("+{digits}") } else { digits })
}

#[cfg(test)]
mod tests {
    use super::{Check, picked};
    use crate::flow::run::Heard;

    fn value(check: &Check, text: &str) -> Option<String> {
        check.value(Heard::Text(text), 60)
    }

    #[test]
    fn an_address_is_found_in_a_sentence_and_anything_less_is_none() {
        assert_eq!(
            value(&Check::Email, "it is <ana.l+shop@mail.example.com>.").as_deref(),
            Some("ana.l+shop@mail.example.com")
        );
        for text in ["ana", "ana@", "@example.com", "ana@example", "a@b@c.de", "ana@-x.de", "ana@1.2.3.4", "a b.de"] {
            assert_eq!(value(&Check::Email, text), None, "{text}");
        }
    }

    #[test]
    fn numbers_and_phones_are_kept_without_their_blanks() {
        assert_eq!(value(&Check::Number, " 12 500,50 ").as_deref(), Some("12500,50"));
        assert_eq!(value(&Check::Phone, "+49 (0)30 / 123-456").as_deref(), Some("+49030123456"));
        for text in ["", "twelve", "1.2.3", "-", "5 apples"] {
            assert_eq!(value(&Check::Number, text), None, "{text}");
        }
        for text in ["12345", "1234567890123456", "call me", "12+345678"] {
            assert_eq!(value(&Check::Phone, text), None, "{text}");
        }
    }

    #[test]
    fn an_answer_longer_than_the_step_allows_is_no_value() {
        assert_eq!(value(&Check::Text, &"ä".repeat(60)), Some("ä".repeat(60)));
        assert_eq!(value(&Check::Text, &"ä".repeat(61)), None);
        assert_eq!(value(&Check::Text, " \n "), None);
    }

    #[test]
    fn a_pick_among_titles_keeps_the_title() {
        let sizes = Check::OneOf(vec!["Small".into(), "Größer".into()]);
        assert_eq!(value(&sizes, "GROSSER!").as_deref(), Some("Größer"));
        assert_eq!(value(&sizes, "tiny").as_deref(), None);
        assert_eq!(value(&sizes, "1").as_deref(), Some("Small"));
        assert_eq!(sizes.value(Heard::Picked { id: "Small", title: "Small" }, 60).as_deref(), Some("Small"));
    }

    #[test]
    fn a_title_that_is_a_number_beats_the_number_it_stands_under() {
        let offers = [("a", "2"), ("b", "1")];
        assert_eq!(picked(Heard::Text("2"), offers.into_iter()), Some(0));
        assert_eq!(picked(Heard::Text("b"), offers.into_iter()), Some(1));
        assert_eq!(picked(Heard::Text("0"), offers.into_iter()), None);
        assert_eq!(picked(Heard::Text("3"), offers.into_iter()), None);
        assert_eq!(picked(Heard::Other, offers.into_iter()), None);
    }
}
