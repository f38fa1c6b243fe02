//! What a customer in the web chat does to a message that stands there already, and whether they may.

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::channel::ChannelKind;
use crate::message::{Content, Message, Reacting, Reaction, Reply, storable};
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
    /// Other words in the place of theirs; files stay.
    Edited(String),
    /// They take back what they said.
    Deleted,
}

impl Mark {
    /// What becomes of `message`; `None` where it is so already.
    ///
    /// # Errors
    /// Naming the field: there is nothing of ours to put a sign on, or it is none of the signs; what is to be changed or
    /// taken back is not theirs, or neither words nor files; the words break a limit, as for [`Reply::check`].
    pub fn on(&self, message: &Message) -> Result<Option<Change>, Refused> {
        let change = match self {
            Self::Reacted(emoji) => reacted(message, emoji.as_deref())?,
            Self::Edited(text) => edited(message, text)?,
            Self::Deleted => deleted(message)?,
        };
        let says_the_same = matches!(&change, Change::MessageEdited { content, .. } if *content == message.content);
        Ok(Some(change).filter(|change| !says_the_same && message.would_take(change)))
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

fn edited(message: &Message, text: &str) -> Result<Change, Refused> {
    check_own(message)?;
    let words = match &message.content {
        Content::Files { .. } if storable(text).trim().is_empty() => Content::Text(String::new()),
        Content::Text(_) | Content::Files { .. } => Reply::check(ChannelKind::Web, text)?.into_content(),
        Content::Deleted => return Err(Refused::invalid("message", "was taken back")),
        _ => return Err(Refused::invalid("message", "has no words that can be changed")),
    };
    Ok(Change::MessageEdited { message: message.id, content: message.content.edited(words) })
}

fn deleted(message: &Message) -> Result<Change, Refused> {
    check_own(message)?;
    match &message.content {
        Content::Text(_) | Content::Files { .. } | Content::Deleted => {
            Ok(Change::MessageDeleted { message: message.id })
        }
        _ => Err(Refused::invalid("message", "cannot be taken back")),
    }
}

fn check_own(message: &Message) -> Result<(), Refused> {
    if message.author.is_customer() { Ok(()) } else { Err(Refused::invalid("message", "is not yours")) }
}

#[cfg(test)]
mod tests {
    use super::Mark;
    use crate::id::{FileId, MessageId};
    use crate::media::{FileState, MediaKind, StoredFile};
    use crate::message::{Attachment, Author, Content, Message, Reacting, Reaction};
    use crate::refused::Refused;

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
            if let Some(change) = mark.on(&after).expect("may be done") {
                after.take(&change);
            }
        }
        assert_eq!(mark.on(&after), Ok(None), "the same again is no news");
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

    fn with_photo(text: &str) -> Message {
        let file = StoredFile { id: FileId::from_number(1), name: "x".into(), mime: "image/png".into(), bytes: 1 };
        let files = vec![Attachment::new(MediaKind::Photo, FileState::Here(file))];
        Message { content: Content::Files { text: text.into(), files }, ..said(Author::Customer, "") }
    }

    #[test]
    fn a_customer_puts_other_words_in_the_place_of_their_own_and_files_stay() {
        let edit = |text: &str| Mark::Edited(text.into());
        let fixed = done(&edit(" order 12\0 "), &said(Author::Customer, "order 21"));
        assert_eq!((fixed.content, fixed.edited), (Content::Text("order 12".into()), true));

        let bare = done(&edit(" "), &with_photo("my parcel"));
        assert!(matches!(&bare.content, Content::Files { text, files } if text.is_empty() && files.len() == 1));
        let same = said(Author::Customer, "order 21");
        assert_eq!(edit("order 21 ").on(&same), Ok(None), "the same words are no edit");
    }

    #[test]
    fn a_customer_takes_back_what_they_said_and_it_stays_so() {
        for message in [said(Author::Customer, "oops"), with_photo("oops")] {
            let gone = done(&Mark::Deleted, &message);
            assert_eq!(gone.content, Content::Deleted);
            assert_eq!(refusal(&Mark::Edited("again".into()), &gone), "The message was taken back.");
        }
    }

    #[test]
    fn only_ones_own_words_and_files_are_changed_or_taken_back_and_within_the_limits() {
        let edit = Mark::Edited("other words".into());
        for mark in [&edit, &Mark::Deleted] {
            assert_eq!(refusal(mark, &ours()), "The message is not yours.");
        }
        let content = Content::Picked { id: "a".into(), title: "A".into() };
        let picked = Message { content, ..said(Author::Customer, "") };
        assert_eq!(refusal(&edit, &picked), "The message has no words that can be changed.");
        assert_eq!(refusal(&Mark::Deleted, &picked), "The message cannot be taken back.");
        let own = said(Author::Customer, "hello");
        assert!(matches!(Mark::Edited(" \0".into()).on(&own), Err(Refused::Empty { .. })));
        assert!(matches!(Mark::Edited("x".repeat(10_001)).on(&own), Err(Refused::TooLong { .. })));
    }
}
