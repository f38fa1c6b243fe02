//! Files that a messenger shows together leave together.

use domain::media::MediaKind;

use crate::files::OutboundFile;
use crate::outbound::Piece;

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
}

impl AlbumLimits {
    fn sort_of(&self, file: &OutboundFile) -> Option<usize> {
        let takes = |(kind, mimes): &(MediaKind, &[&str])| {
            *kind == file.kind && (mimes.is_empty() || mimes.contains(&file.mime.as_str()))
        };
        self.sorts.iter().position(|sort| sort.iter().any(takes))
    }

    /// Whether `file` may stand beside `files`.
    fn takes(&self, files: &[OutboundFile], file: &OutboundFile) -> bool {
        let bytes: u64 = files.iter().chain([file]).map(|file| file.bytes).sum();
        let sort = self.sort_of(file);
        sort.is_some()
            && files.last().is_some_and(|last| self.sort_of(last) == sort)
            && files.len() < self.files_max
            && bytes <= self.bytes_max
    }
}

/// `files`, in their order, as they leave: neighbours that an album takes are together.
pub(super) fn together(limits: Option<&AlbumLimits>, files: Vec<OutboundFile>) -> Vec<Vec<OutboundFile>> {
    let mut together: Vec<Vec<OutboundFile>> = Vec::new();
    for file in files {
        match (limits, together.last_mut()) {
            (Some(limits), Some(album)) if limits.takes(album, &file) => album.push(file),
            _ => together.push(vec![file]),
        }
    }
    together
}

/// One file by itself, or several as an album.
pub(super) fn piece(files: Vec<OutboundFile>, caption: Option<String>) -> Piece {
    match <[OutboundFile; 1]>::try_from(files) {
        Ok([file]) => Piece::File { file, caption },
        Err(files) => Piece::Album { files, caption },
    }
}
