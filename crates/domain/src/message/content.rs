//! What can be said: words, answers to pick, files, places, people's cards, and what a messenger has besides.

use serde::{Deserialize, Serialize};

use crate::id::FeedbackId;
use crate::media::{FileState, MediaKind};
use crate::message::place::Place;
use crate::template::SentTemplate;

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Text(String),
    /// Files, with the words that came along; the words may be empty.
    Files {
        text: String,
        files: Vec<Attachment>,
    },
    /// A question with answers to pick from.
    Choices {
        text: String,
        choices: Vec<Choice>,
    },
    /// The customer picked one.
    Picked {
        id: String,
        title: String,
    },
    Place(Place),
    /// Somebody's card, or several.
    Cards(Vec<Card>),
    Order(Order),
    /// Something of the messenger's own that was passed on: a story, a post, a link.
    Shared {
        /// What it is: "Story mention", "Post".
        label: String,
        url: Option<String>,
        text: String,
    },
    /// In a box: it is larger than all the others, and rare.
    Template(Box<SentTemplate>),
    /// A request to say how it went.
    FeedbackRequest {
        id: FeedbackId,
        text: String,
    },
    /// The customer's answer to it: 1 (bad) to 5 (good).
    FeedbackAnswer {
        id: FeedbackId,
        score: u8,
        comment: Option<String>,
    },
    /// Whoever said it took it back; what it was is gone.
    Deleted,
    /// Something the channel sent that we cannot show; the label says what.
    Unsupported {
        label: String,
    },
}

impl Content {
    /// The words, as far as there are any: for previews, search and matching.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Choices { text, .. } | Self::FeedbackRequest { text, .. } => text,
            Self::Files { text, files } if text.is_empty() => {
                files.iter().find(|file| !file.is_deleted()).map_or("File", Attachment::label)
            }
            Self::Files { text, .. } => text,
            Self::Picked { title, .. } => title,
            Self::Place(place) => place.name.as_deref().or(place.address.as_deref()).unwrap_or("Location"),
            Self::Cards(cards) => cards.first().map_or("Contact", |card| card.name.as_str()),
            Self::Order(order) => Some(order.text.as_str()).filter(|text| !text.is_empty()).unwrap_or("Order"),
            Self::Shared { label, text, .. } => {
                if text.is_empty() {
                    label
                } else {
                    text
                }
            }
            Self::Template(template) => &template.text,
            Self::FeedbackAnswer { comment, .. } => comment.as_deref().unwrap_or("Feedback"),
            Self::Deleted => "Deleted",
            Self::Unsupported { label } => label,
        }
    }

    /// What stands there once its words were changed to `new`. Files stay as they are: an edit brings none, it changes
    /// the words beside them.
    #[must_use]
    pub fn edited(&self, new: Self) -> Self {
        match (self, new) {
            (Self::Files { files, .. }, Self::Files { text, .. } | Self::Text(text)) => {
                // Whose words these are is not said.
                let files = files.iter().cloned().map(|file| Attachment { words: String::new(), ..file });
                Self::Files { text, files: files.collect() }
            }
            (_, new) => new,
        }
    }

    /// The same with other words beside the file at `place` alone.
    #[must_use]
    pub fn with_caption(&self, place: u16, caption: &str) -> Self {
        let (Self::Files { files, .. }, new) = (self, Self::Text(caption.into())) else { return self.clone() };
        let mut files = files.clone();
        let are_of_one = files.iter().any(|file| !file.words.is_empty()) || self.has_no_words();
        match files.get_mut(usize::from(place)) {
            Some(file) if are_of_one => {
                caption.trim().clone_into(&mut file.words);
                Self::Files { text: words_of(&files), files }
            }
            Some(_) | None => self.edited(new),
        }
    }

    /// What is left once the file at `place` was taken back, with the words that came with it; `None` where that is
    /// nothing.
    #[must_use]
    pub fn without_part(&self, place: u16) -> Option<Self> {
        let Self::Files { text, files } = self else { return None };
        let mut left = files.clone();
        if let Some(file) = left.get_mut(usize::from(place)) {
            let was = file.file.stored().map(|stored| Was { mime: stored.mime.clone(), bytes: stored.bytes });
            *file = Attachment { was, ..Attachment::new(file.kind, FileState::Deleted) };
        }
        let are_of_one = files.iter().any(|file| !file.words.is_empty());
        let text = if are_of_one { words_of(&left) } else { text.clone() };
        let is_empty = left.iter().all(Attachment::is_deleted);
        (!is_empty).then_some(Self::Files { text, files: left })
    }

    /// What is left once the files from the `first` place to the `last` were taken back together; `None` where that is nothing.
    #[must_use]
    pub fn without_parts(&self, first: u16, last: u16) -> Option<Self> {
        let is_here = |place: &u16| self.files().get(usize::from(*place)).is_some_and(|file| !file.is_deleted());
        (first..=last).filter(is_here).try_fold(self.clone(), |left, place| left.without_part(place))
    }

    /// What is left once the file at `place` was taken back, beside which the words of the whole message stood: they are gone
    /// with it. `None` where that is nothing.
    #[must_use]
    pub fn without_captioned_part(&self, place: u16) -> Option<Self> {
        match self.without_part(place)? {
            Self::Files { files, .. } => Some(Self::Files { text: String::new(), files }),
            left => Some(left),
        }
    }

    fn has_no_words(&self) -> bool {
        matches!(self, Self::Files { text, .. } if text.trim().is_empty())
    }

    /// The files in it.
    #[must_use]
    pub fn files(&self) -> &[Attachment] {
        match self {
            Self::Files { files, .. } => files,
            _ => &[],
        }
    }
}

/// The words of each file, one below the other.
fn words_of(files: &[Attachment]) -> String {
    let words = files.iter().map(|file| file.words.as_str()).filter(|words| !words.is_empty());
    words.collect::<Vec<_>>().join("\n")
}

/// One file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub kind: MediaKind,
    pub file: FileState,
    /// Words that came with it alone, as part of an album; the message's text has them as well.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Of a file that was taken back: the others leave together as they would have with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Was>,
}

/// What is still known of a file that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Was {
    pub mime: String,
    pub bytes: u64,
}

impl Attachment {
    /// A file without words of its own.
    #[must_use]
    pub const fn new(kind: MediaKind, file: FileState) -> Self {
        Self { kind, file, words: String::new(), was: None }
    }

    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.file == FileState::Deleted
    }

    /// What it is, in a word: for previews and for who cannot see it.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self.kind {
            MediaKind::Photo => "Photo",
            MediaKind::Video => "Video",
            MediaKind::Audio => "Audio",
            MediaKind::Voice => "Voice message",
            MediaKind::Sticker => "Sticker",
            MediaKind::Document => "File",
        }
    }

    /// The file came, or will not; what was taken back stays so. What a messenger calls a photo may be something else
    /// by its content, and is shown as that.
    pub(super) fn take(&mut self, file: &FileState) {
        if self.is_deleted() {
            return;
        }
        if let Some(stored) = file.stored()
            && !self.kind.takes(&stored.mime)
        {
            self.kind = MediaKind::of(&stored.mime);
        }
        self.file = file.clone();
    }
}

/// One answer to pick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What comes back when it is picked.
    pub id: String,
    pub title: String,
}

/// Somebody's card, as it was passed on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub name: String,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
}

/// What the customer ordered from a catalogue in the messenger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub text: String,
    pub items: Vec<OrderItem>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The shop's own number or name of the product.
    pub product: String,
    pub quantity: u32,
    /// As the messenger wrote it, with its currency: "30 BRL".
    pub price: Option<String>,
}

/// What a message is about, besides its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// It answers a message of this room.
    Message(crate::id::MessageId),
    /// It answers a message we do not have.
    Unknown,
    /// It answers a story of ours.
    Story { url: Option<String> },
    /// It asks about a product.
    Product(String),
    /// It was passed on from elsewhere.
    Forwarded,
    /// The customer came from an advertisement or a link, in words.
    CameFrom(String),
    /// Another app holds the conversation with the customer: whatever of ours answers by itself keeps silent.
    Standby,
}

/// A sign that one side left on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    pub by: Reacting,
    pub emoji: String,
}

/// Which side left a reaction; each has at most one on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reacting {
    Customer,
    OurSide,
}
