//! What a person says to a customer, and whether the channel carries it.

use serde::{Deserialize, Serialize};

use crate::channel::ChannelKind;
use crate::delivery::Delivery;
use crate::id::{FileId, MessageId};
use crate::media::MediaKind;
use crate::message::{About, Attachment, Author, Content, Message, storable};
use crate::refused::Refused;

/// What a person is about to say, as their browser asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMessage {
    pub text: String,
    /// In the order they are sent.
    #[serde(default)]
    pub files: Vec<ChosenFile>,
    /// The message of the room that it answers.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
}

impl From<&str> for NewMessage {
    fn from(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// An uploaded file, and how it is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenFile {
    pub id: FileId,
    pub kind: MediaKind,
}

/// A reply that passed every rule about its words and files; only this can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    content: Content,
    about: Option<About>,
}

impl Reply {
    /// Checks `text` against the channel's limits: surrounding blank and what no database keeps are dropped, the rest must
    /// be 1 to `text_max` of the channel's units.
    ///
    /// # Errors
    /// [`Refused::Empty`] and [`Refused::TooLong`], naming the field.
    pub fn check(kind: ChannelKind, text: &str) -> Result<Self, Refused> {
        let limits = kind.capabilities();
        let text = storable(text);
        let text = text.trim();
        let length = limits.text_unit.measure(text);
        match length {
            0 => Err(Refused::Empty { field: "message".into() }),
            length if length <= limits.text_max => Ok(Self { content: Content::Text(text.into()), about: None }),
            length => {
                let unit = limits.text_unit.label().into();
                Err(Refused::TooLong { field: "message".into(), length, max: limits.text_max, unit })
            }
        }
    }

    /// Checks `files` and the words beside them, which may be none, against what the channel carries.
    ///
    /// # Errors
    /// As [`Reply::check`], and [`Refused::Invalid`] when there are too many files, one is not here, or the channel does
    /// not take it.
    pub fn check_files(kind: ChannelKind, text: &str, files: Vec<Attachment>) -> Result<Self, Refused> {
        let limits = kind.capabilities();
        if files.len() > limits.files_max {
            let rule = format!("must be at most {} in one message on this channel", limits.files_max);
            return Err(Refused::invalid("files", &rule));
        }
        for attachment in &files {
            let stored = attachment.file.stored().ok_or_else(|| Refused::invalid("file", "is not here"))?;
            limits.check_file(attachment.kind, stored)?;
        }
        let text = storable(text);
        let text = text.trim();
        let checked = if text.is_empty() && !files.is_empty() { None } else { Some(Self::check(kind, text)?) };
        if files.is_empty() {
            return checked.ok_or(Refused::Empty { field: "message".into() });
        }
        Ok(Self { content: Content::Files { text: text.into(), files }, about: None })
    }

    /// The same as an answer to `message`.
    ///
    /// # Errors
    /// The channel does not show what a message answers.
    pub fn answering(self, kind: ChannelKind, message: MessageId) -> Result<Self, Refused> {
        if kind.capabilities().reply_out {
            Ok(Self { about: Some(About::Message(message)), ..self })
        } else {
            Err(Refused::invalid("answer", "cannot name the message it answers on this channel"))
        }
    }

    #[must_use]
    pub fn into_content(self) -> Content {
        self.content
    }

    /// The message that says it.
    #[must_use]
    pub fn into_message(self, id: MessageId, author: Author, delivery: Delivery) -> Message {
        Message { about: self.about, ..Message::new(id, author, self.content, Some(delivery)) }
    }

    /// Whether `message` says exactly this.
    #[must_use]
    pub fn is_said_by(&self, message: &Message) -> bool {
        message.content == self.content && message.about == self.about
    }
}

#[cfg(test)]
mod tests {
    use super::Reply;
    use crate::channel::ChannelKind;
    use crate::id::{FileId, MessageId};
    use crate::media::{FileState, MediaKind, StoredFile};
    use crate::message::{Attachment, Content};
    use crate::refused::Refused;

    #[test]
    fn a_reply_of_only_blanks_is_refused() {
        assert!(matches!(Reply::check(ChannelKind::Web, " \n\t"), Err(Refused::Empty { .. })));
    }

    #[test]
    fn what_no_database_keeps_is_dropped_from_a_reply() {
        let said = |text| Reply::check(ChannelKind::Web, text).map(Reply::into_content);
        assert_eq!(said("a\0b \0"), Ok(Content::Text("ab".into())));
        assert!(matches!(said("\0"), Err(Refused::Empty { .. })));
    }

    #[test]
    fn a_whatsapp_reply_may_have_4096_characters_and_not_one_more() {
        assert!(Reply::check(ChannelKind::WhatsApp, &"ä".repeat(4_096)).is_ok());
        let refused = Reply::check(ChannelKind::WhatsApp, &"ä".repeat(4_097));
        assert_eq!(
            refused,
            Err(Refused::TooLong { field: "message".into(), length: 4_097, max: 4_096, unit: "characters".into() })
        );
    }

    fn attached(kind: MediaKind, mime: &str, bytes: u64) -> Attachment {
        let file = StoredFile { id: FileId::from_number(1), name: "x".into(), mime: mime.into(), bytes };
        Attachment::new(kind, FileState::Here(file))
    }

    #[test]
    fn a_file_goes_without_words_and_only_where_its_channel_takes_it() {
        let photo = |bytes| attached(MediaKind::Photo, "image/png", bytes);
        let check = |kind, text, files| Reply::check_files(kind, text, files).map_err(|refused| refused.to_string());
        assert!(check(ChannelKind::WhatsApp, "  ", vec![photo(5_000_000)]).is_ok());
        for (kind, files, words) in [
            (ChannelKind::WhatsApp, vec![photo(5_000_001)], "The photo is larger than the 5 MB this channel takes."),
            (
                ChannelKind::WhatsApp,
                vec![photo(1), photo(1)],
                "The files must be at most 1 in one message on this channel.",
            ),
            (
                ChannelKind::WhatsApp,
                vec![attached(MediaKind::Photo, "image/gif", 1)],
                "The photo is of a type this channel does not take as one: image/gif.",
            ),
            (ChannelKind::Web, Vec::new(), "The message is empty."),
            (ChannelKind::Web, vec![Attachment::new(MediaKind::Photo, FileState::Coming)], "The file is not here."),
        ] {
            assert_eq!(check(kind, "", files), Err(words.to_owned()));
        }
    }

    #[test]
    fn instagram_takes_the_sounds_and_films_it_names_and_no_others() {
        let check = |kind, mime| Reply::check_files(ChannelKind::Instagram, "", vec![attached(kind, mime, 1)]).is_ok();
        assert!(check(MediaKind::Audio, "audio/x-wav") && check(MediaKind::Audio, "audio/mp4"));
        assert!(check(MediaKind::Video, "video/quicktime") && check(MediaKind::Document, "application/pdf"));
        assert!(!check(MediaKind::Audio, "audio/mpeg") && !check(MediaKind::Audio, "audio/ogg"));
        assert!(!check(MediaKind::Video, "video/3gpp") && !check(MediaKind::Document, "audio/mpeg"));
    }

    #[test]
    fn a_moving_picture_may_be_larger_on_x_and_a_sticker_is_small_on_whatsapp() {
        let check = |kind, file| Reply::check_files(kind, "", vec![file]).map_err(|refused| refused.to_string());
        let on_x = |mime, bytes| check(ChannelKind::X, attached(MediaKind::Photo, mime, bytes));
        assert!(on_x("image/gif", 15_000_000).is_ok() && on_x("image/png", 5_000_000).is_ok());
        assert_eq!(
            on_x("image/gif", 15_000_001).expect_err("too large"),
            "The photo is larger than the 15 MB this channel takes."
        );
        assert!(on_x("image/png", 5_000_001).is_err());
        assert_eq!(ChannelKind::X.upload_max(MediaKind::Photo), 15_000_000);
        let sticker = |bytes| check(ChannelKind::WhatsApp, attached(MediaKind::Sticker, "image/webp", bytes));
        assert!(sticker(100_000).is_ok() && sticker(100_001).is_err());
    }

    #[test]
    fn an_answer_names_its_message_where_the_channel_shows_it() {
        let reply = |kind| Reply::check(kind, "yes").and_then(|reply| reply.answering(kind, MessageId::from_number(1)));
        assert!(reply(ChannelKind::WhatsApp).is_ok());
        assert!(reply(ChannelKind::Sms).is_err());
    }
}
