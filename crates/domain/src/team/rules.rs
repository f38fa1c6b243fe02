//! What a team does in its own way, where the rules of the workspace leave that to it.

use serde::{Deserialize, Serialize};

use crate::message::{checked, storable};
use crate::policy::{AWAY_LINE, AWAY_MAX, FEEDBACK_MAX, FEEDBACK_QUESTION, Policy};
use crate::refused::Refused;

/// The rules of one team. What is `None` is as in the workspace, also after that is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TeamRules {
    /// Whether chats in its queue go to whoever is online and has room.
    pub auto_assign: Option<bool>,
    /// What its customers are asked when their chat is resolved.
    pub feedback_question: Option<String>,
    /// What a customer who comes to its queue is told when nobody is here; nothing when it is empty.
    pub away_text: Option<String>,
}

impl TeamRules {
    /// The rules that hold in the team: its own, and those of the workspace where it has none.
    #[must_use]
    pub fn over(&self, workspace: &Policy) -> Policy {
        let mut policy = workspace.clone();
        if let Some(auto_assign) = self.auto_assign {
            policy.auto_assign = auto_assign;
        }
        if let Some(question) = &self.feedback_question {
            policy.feedback_question.clone_from(question);
        }
        if let Some(words) = &self.away_text {
            policy.away_text.clone_from(words);
        }
        policy
    }

    /// The rules with their words trimmed, if all of them can be meant.
    ///
    /// # Errors
    /// The first of [`TeamRules::problems`].
    pub fn check(self) -> Result<Self, Refused> {
        match self.problems().into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(Self {
                auto_assign: self.auto_assign,
                feedback_question: self.feedback_question.as_deref().map(kept),
                away_text: self.away_text.as_deref().map(kept),
            }),
        }
    }

    /// Everything in them that cannot be meant, each under the name of its field: a question that is empty, words that are
    /// too long.
    #[must_use]
    pub fn problems(&self) -> Vec<Refused> {
        let question = self.feedback_question.as_deref();
        let away = self.away_text.as_deref().filter(|words| !kept(words).is_empty());
        let problems = [
            question.and_then(|question| checked(FEEDBACK_QUESTION, question, FEEDBACK_MAX).err()),
            away.and_then(|words| checked(AWAY_LINE, words, AWAY_MAX).err()),
        ];
        problems.into_iter().flatten().collect()
    }
}

fn kept(words: &str) -> String {
    storable(words).trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_without_rules_of_its_own_follows_the_workspace() {
        let policy = Policy { auto_assign: false, away_text: "Closed.".into(), ..Policy::default() };
        assert_eq!(TeamRules::default().over(&policy), policy);
    }

    #[test]
    fn what_a_team_does_in_its_own_way_goes_before_the_workspace() {
        let policy = Policy { auto_assign: false, ..Policy::default() };
        let rules = TeamRules {
            auto_assign: Some(true),
            feedback_question: Some("Did it fit?".into()),
            away_text: Some(String::new()),
        };
        let expected = Policy {
            auto_assign: true,
            feedback_question: "Did it fit?".into(),
            away_text: String::new(),
            ..policy.clone()
        };
        assert_eq!(rules.over(&policy), expected);
    }

    #[test]
    fn words_are_trimmed_and_an_away_line_may_be_empty() {
        let rules = |question: &str, away: &str| TeamRules {
            feedback_question: Some(question.into()),
            away_text: Some(away.into()),
            ..TeamRules::default()
        };
        assert_eq!(rules(" Did it fit? ", " \n").check(), Ok(rules("Did it fit?", "")));
    }

    #[test]
    fn words_that_cannot_be_meant_are_refused_each_under_its_field() {
        let rules = TeamRules {
            auto_assign: None,
            feedback_question: Some(" ".into()),
            away_text: Some("x".repeat(AWAY_MAX + 1)),
        };
        let fields: Vec<_> = rules.problems().iter().map(|problem| problem.field().map(String::from)).collect();
        assert_eq!(fields, [Some(FEEDBACK_QUESTION.into()), Some(AWAY_LINE.into())]);
        assert!(rules.check().is_err());
    }
}
