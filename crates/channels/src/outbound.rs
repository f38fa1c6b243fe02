//! What we want a provider to say, in neutral words.

use std::fmt;
use std::str::FromStr;

use domain::channel::Left;
use domain::id::MessageId;
use domain::media::FileState;
use domain::message::{Attachment, Choice, Content, Place};
use domain::template::SentTemplate;
use serde::Serialize;

use crate::files::OutboundFile;
use crate::identity::{ExternalId, ProviderId};

/// A message before it is fitted to its channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundMessage {
    pub id: MessageId,
    pub to: Recipient,
    pub content: Content,
    pub author: Author,
    /// The name of whoever speaks, if they have one.
    pub speaker: Option<String>,
    pub purpose: Purpose,
    /// The message it answers, by the provider's id.
    pub reply_to: Option<ProviderId>,
}

/// Everything the customer is known by on the channel, the steadiest first; the adapter picks what it can address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub ids: Vec<ExternalId>,
}

/// Who speaks: some channels give people more time than bots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    Person,
    Bot,
    Switchboard,
}

/// Whether the customer is being answered or addressed unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Reply,
    Proactive,
}

/// One request to a provider; a message may need several, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderSend {
    pub key: SendKey,
    /// Which of its files and texts it carries, counted from 0: first all files of the message, then its texts; none
    /// where it is all of a message that is one file or text.
    pub places: Vec<u16>,
    pub to: Recipient,
    pub piece: Piece,
    /// Only the first piece of a message answers another.
    pub reply_to: Option<ProviderId>,
    /// Some messengers show who speaks for the business, and by what name.
    pub author: Author,
    pub speaker: Option<String>,
    /// The window is closed to bots, and a person wrote this.
    pub by_person_late: bool,
}

/// What one request carries. Everything fits the channel's limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    Text(String),
    Buttons {
        text: String,
        choices: Vec<Choice>,
    },
    List {
        text: String,
        choices: Vec<Choice>,
    },
    /// A file with the words beside it; none where the channel takes none there.
    File {
        file: OutboundFile,
        caption: Option<String>,
    },
    /// At least two files that are shown together, with the words beside them.
    Album {
        files: Vec<OutboundFile>,
        caption: Option<String>,
        form: AlbumForm,
    },
    Template {
        template: Box<SentTemplate>,
        header: Option<OutboundFile>,
    },
    Place(Place),
}

/// What an album is at its provider, which names by ids what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AlbumForm {
    /// Each file is a message of its own.
    MessageEach,
    /// All of it is one message.
    OneMessage,
}

impl Piece {
    /// Whether the words of the message stand beside its first file, and go with it.
    #[must_use]
    pub const fn has_caption(&self) -> bool {
        matches!(self, Self::File { caption: Some(_), .. } | Self::Album { caption: Some(_), .. })
    }

    /// What a provider that tells us of our own sends says of it, for each message that it is there.
    #[must_use]
    pub fn told(&self) -> Vec<Content> {
        let one = |file: &OutboundFile, text: String| {
            let files = vec![Attachment::new(file.kind, FileState::Coming)];
            Content::Files { text, files }
        };
        match self {
            Self::Text(text) | Self::Buttons { text, .. } | Self::List { text, .. } => {
                vec![Content::Text(text.clone())]
            }
            Self::File { file, caption } => vec![one(file, caption.clone().unwrap_or_default())],
            Self::Album { files, caption, form: AlbumForm::OneMessage } => {
                let files = files.iter().map(|file| Attachment::new(file.kind, FileState::Coming)).collect();
                vec![Content::Files { text: caption.clone().unwrap_or_default(), files }]
            }
            Self::Album { files, caption, form: AlbumForm::MessageEach } => {
                let captions = caption.clone().into_iter().chain(std::iter::repeat(String::new()));
                files.iter().zip(captions).map(|(file, caption)| one(file, caption)).collect()
            }
            Self::Template { template, .. } => vec![Content::Template(template.clone())],
            Self::Place(place) => vec![Content::Place(place.clone())],
        }
    }
}

/// Names one part of one message; travels with the request where a provider gives such a key back.
/// Written `<message id>:<part>/<parts>`, parts counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SendKey {
    pub message: MessageId,
    pub part: u16,
    pub parts: u16,
}

impl SendKey {
    /// Whether it is the part that leaves last.
    #[must_use]
    pub const fn is_last(self) -> bool {
        self.part == self.parts
    }
}

impl fmt::Display for SendKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.message, self.part, self.parts)
    }
}

impl FromStr for SendKey {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        let (message, parts) = text.split_once(':').ok_or(NotOurs)?;
        let (part, parts) = parts.split_once('/').ok_or(NotOurs)?;
        let message = message.parse().map_err(|_| NotOurs)?;
        let (part, parts) = (part.parse().map_err(|_| NotOurs)?, parts.parse().map_err(|_| NotOurs)?);
        if part == 0 || part > parts {
            return Err(NotOurs);
        }
        Ok(Self { message, part, parts })
    }
}

impl Serialize for SendKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A key that another sender of the same account made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key is not one of ours")]
pub struct NotOurs;

/// What a provider answered to a send it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// At least one; statuses will name them.
    pub ids: Vec<ProviderId>,
    /// Identities of the recipient that the answer told, the steadiest first; may be empty.
    pub recipient: Vec<ExternalId>,
    /// How many more messages the provider takes, where it says so.
    pub left: Vec<Left>,
}

impl Receipt {
    /// For a message that has these ids from now on; the answer told nothing more.
    #[must_use]
    pub const fn of(ids: Vec<ProviderId>) -> Self {
        Self { ids, recipient: Vec::new(), left: Vec::new() }
    }
}

/// Something shown to the customer that is no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Everything up to this message of the customer was seen.
    Read { to: Recipient, up_to: ProviderId },
    /// Somebody is writing an answer to this message of the customer. May show it as read, too.
    Typing { to: Recipient, answering: ProviderId },
    /// Our sign on a message; `None` takes it away.
    Reaction { to: Recipient, target: ProviderId, emoji: Option<String> },
    /// The customer pressed a button; some messengers wait for this before they stop showing that something is going on.
    Pressed { button: String },
}
