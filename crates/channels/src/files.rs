//! Files on their way: what a provider has of the customer's, and what it is given of ours.

use bytes::Bytes;
use domain::id::FileId;
use domain::media::MediaKind;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::error::ChannelError;

/// A file that a provider keeps for us, for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// What the adapter that wrote it needs to fetch it: an id, an address. Opaque to everybody else.
    pub handle: String,
    /// As the provider says; what it is, its content says.
    pub mime: Option<String>,
    /// What somebody called it.
    pub name: Option<String>,
    /// In bytes, as the provider says.
    pub bytes: Option<u64>,
}

impl FileRef {
    /// A file of which nothing but the way to it is known.
    #[must_use]
    pub fn at(handle: impl Into<String>) -> Self {
        Self { handle: handle.into(), mime: None, name: None, bytes: None }
    }
}

/// A file's content as it streams, never held whole.
pub type Content = BoxStream<'static, Result<Bytes, ChannelError>>;

/// A file that a provider hands over.
pub struct Fetched {
    pub mime: Option<String>,
    pub name: Option<String>,
    /// In bytes, if the provider says.
    pub bytes: Option<u64>,
    pub content: Content,
}

/// A stored file that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutboundFile {
    pub kind: MediaKind,
    pub id: FileId,
    pub name: String,
    pub mime: String,
    pub bytes: u64,
}

/// Where adapters get our files from: some providers are given the bytes, others an address to fetch them at.
pub trait Files: Send + Sync {
    /// The bytes.
    fn open(&self, id: FileId) -> BoxFuture<'_, Result<Content, ChannelError>>;

    /// An address at which anybody may fetch the file for a while.
    fn link(&self, id: FileId) -> Url;
}
