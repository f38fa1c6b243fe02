//! How a customer's answer to "How did we do?" is read on channels without a form.

use crate::message::Choice;

/// The answers offered where a form cannot be shown: good, fair, bad, as scores 5, 3 and 1.
#[must_use]
pub fn choices() -> Vec<Choice> {
    [("feedback:5", "Good"), ("feedback:3", "Okay"), ("feedback:1", "Bad")]
        .map(|(id, title)| Choice { id: id.into(), title: title.into() })
        .into()
}

/// The score in a picked answer or in a text that is nothing but one: "5", "👍", "👎".
#[must_use]
pub fn score(answer: &str) -> Option<u8> {
    match answer.trim().trim_start_matches("feedback:") {
        "1" | "👎" => Some(1),
        "2" => Some(2),
        "3" => Some(3),
        "4" => Some(4),
        "5" | "👍" => Some(5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{choices, score};

    #[test]
    fn every_offered_answer_has_a_score() {
        assert!(choices().iter().all(|choice| score(&choice.id).is_some()));
    }

    #[test]
    fn a_sentence_is_not_a_score() {
        assert_eq!(score("5 minutes late again"), None);
        assert_eq!(score(" 4 "), Some(4));
    }
}
