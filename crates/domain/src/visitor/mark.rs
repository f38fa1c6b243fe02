//! What a customer in the web chat does to a message that stands there already, and whether they may.

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::message::{Content, Message, Reacting, Reaction};
use crate::refused::Refused;
use crate::room::REACTIONS;
use crate::visitor::VisitorAuthor;

/// A sign that the customer or our side left on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// [`VisitorAuthor::You`], or [`VisitorAuthor::Agent`] for our side.
    pub by: VisitorAuthor,
    pub emoji: String,
}

impl Sign {
    pub(super) fn of(reaction: &Reaction) -> Self {
        let by = match reaction.by {
            Reacting::Customer => VisitorAuthor::You,
            Reacting::OurSide => VisitorAuthor::Agent,
        };
        Self { by, emoji: reaction.emoji.clone() }
    }
}

/// What the customer's browser asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A sign of theirs on a message of ours; `None` takes it away.
    Reacted(Option<String>),
}

impl Mark {
    /// What becomes of `message`. Asked for again, it is the same change, which is no news then.
    ///
    /// # Errors
    /// [`Refused::Invalid`], naming the field: there is nothing of ours to put a sign on, or it is none of the signs.
    pub fn on(&self, message: &Message) -> Result<Change, Refused> {
        match self {
            Self::Reacted(emoji) => reacted(message, emoji.as_deref()),
        }
    }
}

fn reacted(message: &Message, emoji: Option<&str>) -> Result<Change, Refused> {
    if emoji.is_some_and(|emoji| !REACTIONS.contains(&emoji)) {
        return Err(Refused::invalid("reaction", "is none of those that can be sent"));
    }
    if message.author.is_customer() || message.content == Content::Deleted {
        return Err(Refused::invalid("message", "is none of ours that still stands"));
    }
    Ok(Change::Reacted { message: message.id, by: Reacting::Customer, emoji: emoji.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::Mark;
    use crate::id::MessageId;
    use crate::message::{Author, Content, Message, Reacting, Reaction};

    fn said(author: Author, text: &str) -> Message {
        Message::new(MessageId::from_number(1), author, Content::Text(text.into()), None)
    }

    fn ours() -> Message {
        said(Author::Bot("Assistant".into()), "hello")
    }

    /// Does it, as often as it is asked for.
    fn done(mark: &Mark, message: &Message) -> Message {
        let mut after = message.clone();
        for _ in 0..2 {
            after.take(&mark.on(&after).expect("may be done"));
        }
        after
    }

    fn refusal(mark: &Mark, message: &Message) -> String {
        mark.on(message).expect_err("must be refused").to_string()
    }

    #[test]
    fn a_customer_leaves_one_sign_on_our_words_and_takes_it_away() {
        let sign = |emoji: &str| Mark::Reacted(Some(emoji.into()));
        let liked = done(&sign("👍"), &ours());
        let loved = done(&sign("❤"), &liked);

        assert_eq!(loved.reactions, [Reaction { by: Reacting::Customer, emoji: "❤".into() }]);
        assert_eq!(done(&Mark::Reacted(None), &loved), ours());
    }

    #[test]
    fn a_sign_is_one_of_ours_and_on_words_of_ours_that_still_stand() {
        let sign = |emoji: &str| Mark::Reacted(Some(emoji.into()));
        for odd in ["", "👍👍", "<b>", "a\0"] {
            assert_eq!(refusal(&sign(odd), &ours()), "The reaction is none of those that can be sent.");
        }
        let gone = Message { content: Content::Deleted, ..ours() };
        for message in [said(Author::Customer, "mine"), gone] {
            assert_eq!(refusal(&sign("👍"), &message), "The message is none of ours that still stands.");
        }
    }
}
