//! The files of the play: what customers send is built in, what the business sends is kept for a while.

use std::collections::{BTreeMap, VecDeque};

use axum::body::Bytes;

use crate::message::FileKind;

const FILES_MOST: usize = 60;
/// The most that is kept, in bytes; a single file may have as many.
pub const BYTES_MOST: usize = 100 * 1024 * 1024;
/// Files that may be on their way in pieces at once.
const COMING_MOST: usize = 8;

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

/// The newest files, and those that are still on their way.
#[derive(Default)]
pub struct Shelf {
    files: VecDeque<Filed>,
    coming: VecDeque<Coming>,
}

/// A file of which not all pieces are there.
struct Coming {
    number: u64,
    name: String,
    mime: String,
    size: usize,
    pieces: BTreeMap<u32, Bytes>,
}

impl Coming {
    fn held(&self) -> usize {
        self.pieces.values().map(Bytes::len).sum()
    }
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

    /// Expects a file of `size` bytes in pieces; gives its id. Of too many, what was expected first is given up.
    pub fn expect(&mut self, number: u64, mime: &str, size: usize) -> String {
        let (name, pieces) = (String::new(), BTreeMap::new());
        self.coming.push_back(Coming { number, name, mime: mime.into(), size, pieces });
        while self.coming.len() > COMING_MOST {
            self.coming.pop_front();
        }
        number.to_string()
    }

    /// Takes the piece that stands in `place`; false when no such file is expected, or it would be larger than was said.
    pub fn add(&mut self, id: &str, place: u32, name: &str, piece: Bytes) -> bool {
        let Some(coming) = self.coming.iter_mut().find(|coming| coming.number.to_string() == id) else { return false };
        let replaced = coming.pieces.get(&place).map_or(0, Bytes::len);
        if coming.held() - replaced + piece.len() > coming.size {
            return false;
        }
        coming.pieces.insert(place, piece);
        coming.name = name.into();
        while self.coming.len() > 1 && self.coming.iter().map(Coming::held).sum::<usize>() > BYTES_MOST {
            self.coming.pop_front();
        }
        true
    }

    /// Keeps a file that came in pieces; nothing when it was not expected, or is not whole.
    pub fn complete(&mut self, id: &str) -> Option<Filed> {
        let place = self.coming.iter().position(|coming| coming.number.to_string() == id)?;
        if self.coming[place].held() != self.coming[place].size {
            return None;
        }
        let Coming { number, name, mime, pieces, .. } = self.coming.remove(place)?;
        let bytes: Vec<u8> = pieces.into_values().flatten().collect();
        Some(self.keep(number, Filed::new(&name, &mime, bytes.into())))
    }

    pub fn file(&self, id: &str) -> Option<&Filed> {
        self.files.iter().find(|file| file.id == id)
    }
}
