//! Files that a messenger shows together leave together.

use domain::media::MediaKind;

use crate::files::OutboundFile;
use crate::outbound::{AlbumForm, Piece};
use crate::plan::Request;

/// Which files a channel takes together, as one album.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlbumLimits {
    /// What may be together: each sort is of these kinds with these MIME types, all of them where none is named. A file
    /// is of the first sort that takes it; one that none takes goes by itself.
    pub sorts: &'static [&'static [(MediaKind, &'static [&'static str])]],
    /// How many files an album has at most. It has at least two.
    pub files_max: usize,
    /// How large its files may be together, in bytes.
    pub bytes_max: u64,
    pub form: AlbumForm,
}

/// A file of a message at its place.
pub(super) struct Slot {
    pub place: u16,
    pub kind: MediaKind,
    pub mime: String,
    pub bytes: u64,
    /// `None` once it was taken back.
    pub file: Option<OutboundFile>,
}

impl AlbumLimits {
    fn sort_of(&self, slot: &Slot) -> Option<usize> {
        let takes = |(kind, mimes): &(MediaKind, &[&str])| {
            *kind == slot.kind && (mimes.is_empty() || mimes.contains(&slot.mime.as_str()))
        };
        self.sorts.iter().position(|sort| sort.iter().any(takes))
    }

    /// Whether `slot` may stand beside `slots`.
    fn takes(&self, slots: &[Slot], slot: &Slot) -> bool {
        let bytes: u64 = slots.iter().chain([slot]).map(|slot| slot.bytes).sum();
        let sort = self.sort_of(slot);
        sort.is_some()
            && slots.last().is_some_and(|last| self.sort_of(last) == sort)
            && slots.len() < self.files_max
            && bytes <= self.bytes_max
    }
}

/// `slots`, in their order, as they leave: neighbours that an album takes are together.
pub(super) fn together(limits: Option<&AlbumLimits>, slots: Vec<Slot>) -> Vec<Vec<Slot>> {
    let mut together: Vec<Vec<Slot>> = Vec::new();
    for slot in slots {
        match (limits, together.last_mut()) {
            (Some(limits), Some(album)) if limits.takes(album, &slot) => album.push(slot),
            _ => together.push(vec![slot]),
        }
    }
    together
}

/// What is here of `slots`: one file by itself, or several as an album.
pub(super) fn request(limits: Option<&AlbumLimits>, slots: Vec<Slot>, caption: Option<String>) -> Request {
    let here = slots.into_iter().filter_map(|slot| Some((slot.place, slot.file?)));
    let (places, files): (Vec<u16>, Vec<OutboundFile>) = here.unzip();
    let piece = match <[OutboundFile; 1]>::try_from(files) {
        Ok([file]) => Some(Piece::File { file, caption }),
        Err(files) if files.is_empty() => None,
        Err(files) => limits.map(|limits| Piece::Album { files, caption, form: limits.form }),
    };
    (places, piece)
}
