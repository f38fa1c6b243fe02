//! The files of the play: what customers send is built in, what the business sends is kept for a while.

use std::collections::VecDeque;

use axum::body::Bytes;

use crate::message::FileKind;

const FILES_MOST: usize = 60;
const BYTES_MOST: usize = 100 * 1024 * 1024;

/// One file, and the name it goes by at its provider.
#[derive(Clone, Debug)]
pub struct Filed {
    pub id: String,
    pub kind: FileKind,
    pub name: String,
    pub mime: String,
    pub bytes: Bytes,
}

impl Filed {
    /// A file without an id: the shelf gives one.
    pub fn new(name: &str, mime: &str, bytes: Bytes) -> Self {
        let mime = mime.split(';').next().unwrap_or_default().trim().to_owned();
        Self { id: String::new(), kind: FileKind::of(&mime), name: name.into(), mime, bytes }
    }

    /// What a customer has on the phone to send.
    pub fn built_in(kind: FileKind) -> Self {
        let (name, mime, bytes): (_, _, &'static [u8]) = match kind {
            FileKind::Photo => ("parcel.jpg", "image/jpeg", include_bytes!("../assets/parcel.jpg")),
            FileKind::Voice => ("voice.ogg", "audio/ogg", include_bytes!("../assets/voice.ogg")),
            FileKind::Video => ("clip.mp4", "video/mp4", include_bytes!("../assets/clip.mp4")),
            FileKind::Document => ("receipt.pdf", "application/pdf", include_bytes!("../assets/receipt.pdf")),
            FileKind::Sticker => ("sticker.webp", "image/webp", include_bytes!("../assets/sticker.webp")),
        };
        Self { kind, ..Self::new(name, mime, Bytes::from_static(bytes)) }
    }
}

/// The newest files.
#[derive(Default)]
pub struct Shelf {
    files: VecDeque<Filed>,
}

impl Shelf {
    /// Keeps `file` under `id`; what is oldest leaves when there is too much.
    pub fn keep(&mut self, id: u64, file: Filed) -> Filed {
        let file = Filed { id: id.to_string(), ..file };
        self.files.push_back(file.clone());
        let size = |files: &VecDeque<Filed>| files.iter().map(|file| file.bytes.len()).sum::<usize>();
        while self.files.len() > FILES_MOST || (self.files.len() > 1 && size(&self.files) > BYTES_MOST) {
            self.files.pop_front();
        }
        file
    }

    pub fn file(&self, id: &str) -> Option<&Filed> {
        self.files.iter().find(|file| file.id == id)
    }
}
