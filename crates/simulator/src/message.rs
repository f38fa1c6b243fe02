//! One message as the customer's phone holds it.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize)]
pub struct Message {
    pub id: String,
    pub at: u64,
    pub from: Side,
    #[serde(flatten)]
    pub content: Content,
    pub stage: Stage,
    pub problem: Option<String>,
    /// What the other side reacted with.
    pub reaction: Option<String>,
    pub edited: bool,
    /// Messages of the same name are shown together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// What the business asked to hear back with every status, or where to tell it.
    #[serde(skip)]
    pub callback: Option<String>,
}

impl Message {
    pub fn new(id: impl Into<String>, at: u64, from: Side, content: Content) -> Self {
        Self {
            id: id.into(),
            at,
            from,
            content,
            stage: Stage::Waiting,
            problem: None,
            reaction: None,
            edited: false,
            album: None,
            callback: None,
        }
    }

    #[cfg(test)]
    pub fn at_stage(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Customer,
    Business,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Content {
    Text {
        text: String,
    },
    Buttons {
        text: String,
        footer: Option<String>,
        choices: Vec<Choice>,
    },
    List {
        text: String,
        footer: Option<String>,
        button: String,
        choices: Vec<Choice>,
    },
    Template {
        text: String,
        footer: Option<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        choices: Vec<Choice>,
    },
    Picked {
        text: String,
    },
    /// A file on the shelf, and the words below it.
    File {
        file: String,
        shows: FileKind,
        name: String,
        text: String,
    },
    /// Several files in one message, and the words below them.
    Files {
        files: Vec<Held>,
        text: String,
    },
    Place {
        text: String,
    },
    Card {
        text: String,
    },
    Unsupported {
        text: String,
    },
    Deleted {
        text: String,
    },
}

/// One of several files on the shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    pub file: String,
    pub shows: FileKind,
    pub name: String,
}

impl Content {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// A file that is put on the shelf as the message arrives.
    pub fn file(text: impl Into<String>) -> Self {
        Self::File { file: String::new(), shows: FileKind::Document, name: String::new(), text: text.into() }
    }

    /// Buttons to choose from; without any it is a text.
    pub fn choice(text: String, choices: Vec<Choice>) -> Self {
        if choices.is_empty() { Self::Text { text } } else { Self::Buttons { text, footer: None, choices } }
    }

    /// The files in it, by their names on the shelf.
    pub fn files(&self) -> Vec<&str> {
        match self {
            Self::File { file, .. } => vec![file],
            Self::Files { files, .. } => files.iter().map(|held| held.file.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Buttons { choices, .. } | Self::List { choices, .. } | Self::Template { choices, .. } => choices,
            _ => &[],
        }
    }

    pub fn words(&self) -> &str {
        match self {
            Self::Text { text }
            | Self::Buttons { text, .. }
            | Self::List { text, .. }
            | Self::Template { text, .. }
            | Self::Picked { text }
            | Self::File { text, .. }
            | Self::Files { text, .. }
            | Self::Place { text }
            | Self::Card { text }
            | Self::Unsupported { text }
            | Self::Deleted { text } => text,
        }
    }
}

/// How a phone shows a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Photo,
    Voice,
    Video,
    Document,
    /// One that the phone had; what the business sends is a photo.
    Sticker,
}

impl FileKind {
    pub fn of(mime: &str) -> Self {
        match mime.split('/').next() {
            Some("image") => Self::Photo,
            Some("audio") => Self::Voice,
            Some("video") => Self::Video,
            _ => Self::Document,
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::Photo => "image",
            Self::Voice => "audio",
            Self::Video => "video",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
}

/// How far a message came. A customer's message is delivered once our server took the webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Waiting,
    Sent,
    Failed,
    Delivered,
    Read,
}
