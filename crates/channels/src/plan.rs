//! Fits a message to its channel: decides whether it may leave now, and into which pieces it goes. Pure.

mod albums;
mod choices;
mod split;

use domain::channel::{Capabilities, WindowState};
use domain::feedback;
use domain::id::MessageId;
use domain::media::StoredFile;
use domain::message::{Attachment, Content};
use domain::refused::Refused;
use domain::timestamp::Timestamp;

use crate::files::OutboundFile;
use crate::outbound::{AlbumForm, Author, OutboundMessage, Piece, ProviderSend, SendKey};

use albums::Slot;

pub use albums::AlbumLimits;
pub(crate) use choices::numbered;
pub use split::split;

/// What a planned message must fit into: what the product knows of the channel, and what only the wire cares about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub capabilities: Capabilities,
    /// Longest title of a list's row, in characters; buttons take `capabilities.choices.title_max`.
    pub row_title_max: usize,
    /// Longest id of a button or a row, in bytes.
    pub choice_id_max: usize,
    /// Whether a place can be shown on a map; elsewhere it is a text with an address on the web.
    pub places: bool,
    /// Which files are shown together; `None` where each goes by itself.
    pub albums: Option<AlbumLimits>,
}

/// The requests that carry `message`, in order. Together they say everything it says.
///
/// # Errors
/// The channel's window is closed to this author, there is nothing to say, a file is none the channel takes, or the
/// content is nothing one sends.
pub fn plan(
    limits: &Limits,
    message: &OutboundMessage,
    now: Timestamp,
    last_inbound: Option<Timestamp>,
) -> Result<Vec<ProviderSend>, Refused> {
    let by_person_late = check_window(limits, message, now, last_inbound)?;
    let shares = shares(limits, message.id, &message.content)?;
    Ok(shares
        .into_iter()
        .map(|Share { key, places, piece }| ProviderSend {
            key,
            places,
            to: message.to.clone(),
            piece,
            reply_to: message.reply_to.clone().filter(|_| key.part == 1 && limits.capabilities.reply_out),
            author: message.author,
            speaker: message.speaker.clone(),
            by_person_late,
        })
        .collect())
}

/// Whether only the longer time that a channel gives to people lets the message through. A template needs no window.
fn check_window(
    limits: &Limits,
    message: &OutboundMessage,
    now: Timestamp,
    last_inbound: Option<Timestamp>,
) -> Result<bool, Refused> {
    if matches!(message.content, Content::Template(_)) {
        return Ok(false);
    }
    let Some(window) = limits.capabilities.window else { return Ok(false) };
    let templates = limits.capabilities.templates;
    let closed =
        |window: std::time::Duration| Err(Refused::WindowClosed { hours: window.as_secs() / 3_600, templates });
    match (WindowState::within(window, last_inbound, now), message.author) {
        (WindowState::Unlimited | WindowState::OpenUntil(_), _) => Ok(false),
        (WindowState::PeopleUntil(_), Author::Person) => Ok(true),
        (WindowState::PeopleUntil(_), Author::Bot | Author::Switchboard) => closed(window.open),
        (WindowState::Closed, _) => closed(window.people),
    }
}

/// What one request carries of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub key: SendKey,
    /// As [`ProviderSend::places`].
    pub places: Vec<u16>,
    pub piece: Piece,
}

/// What `content` of the message `id` is sent as, whenever that is. A file that was taken back is not sent any more; the
/// requests for the others keep their numbers.
///
/// # Errors
/// As [`plan`], but for the window.
pub fn shares(limits: &Limits, id: MessageId, content: &Content) -> Result<Vec<Share>, Refused> {
    let requests = match content {
        Content::Files { text, files } => files_and_words(limits, text.trim(), files)?,
        content => in_turn(0, pieces(limits, content)?),
    };
    let parts = u16::try_from(requests.len()).map_err(|_| Refused::invalid("message", "is too long to send"))?;
    let is_one = match &requests[..] {
        [(_, Some(Piece::Album { form: AlbumForm::OneMessage, .. }))] => true,
        requests => matches!(content.files(), [] | [_]) && requests.len() == 1,
    };
    let numbered = (1..=parts).zip(requests);
    let share = |(part, (places, piece)): (u16, Request)| {
        let places = if is_one { Vec::new() } else { places };
        piece.map(|piece| Share { key: SendKey { message: id, part, parts }, places, piece })
    };
    Ok(numbered.filter_map(share).collect())
}

/// Which places of the message a request carries, and as what; `None` once nothing of that is here.
type Request = (Vec<u16>, Option<Piece>);

/// Each of `pieces` in a request of its own, at the places from `first` on.
fn in_turn(first: u16, pieces: Vec<Piece>) -> Vec<Request> {
    (first..).zip(pieces).map(|(place, piece)| (vec![place], Some(piece))).collect()
}

/// What content other than files is sent as.
fn pieces(limits: &Limits, content: &Content) -> Result<Vec<Piece>, Refused> {
    match content {
        Content::Text(text) => Ok(texts(limits, spoken(text)?)),
        Content::Choices { text, choices } => Ok(choices::pieces(limits, spoken(text)?, choices)),
        Content::FeedbackRequest { text, .. } => Ok(choices::pieces(limits, spoken(text)?, &feedback::choices())),
        Content::Place(place) if limits.places => Ok(vec![Piece::Place(place.clone())]),
        Content::Place(place) => Ok(texts(limits, &place.written())),
        Content::Template(template) if limits.capabilities.templates => {
            let header = template.header.as_ref().map(|file| outbound(limits, file)).transpose()?;
            Ok(vec![Piece::Template { template: template.clone(), header }])
        }
        Content::Template(_) => Err(Refused::invalid("template", "is nothing this channel knows")),
        Content::Files { .. }
        | Content::Picked { .. }
        | Content::Cards(_)
        | Content::Order(_)
        | Content::Shared { .. }
        | Content::FeedbackAnswer { .. }
        | Content::Deleted
        | Content::Unsupported { .. } => Err(Refused::invalid("message", "is nothing that can be sent")),
    }
}

/// The words go beside the last file or album where they fit there, else after all of them: a reader sees what they are
/// about first.
fn files_and_words(limits: &Limits, text: &str, files: &[Attachment]) -> Result<Vec<Request>, Refused> {
    let slots = (0..).zip(files).map(|(place, file)| slot(limits, place, file));
    let together = albums::together(limits.albums.as_ref(), slots.collect::<Result<_, _>>()?);
    // Beside an album they stand with its first file, which is where messengers show them below all of it.
    let Some(beside) = together.last().and_then(|slots| slots.first()) else {
        return Ok(in_turn(0, texts(limits, spoken(text)?)));
    };
    let caption_max = limits.capabilities.media_limit(beside.kind).map_or(0, |limit| limit.caption_max);
    let fits = !text.is_empty() && limits.capabilities.text_unit.measure(text) <= caption_max;
    let count = together.len();
    let sends = (1..).zip(together);
    let mut requests: Vec<Request> = sends
        .map(|(number, slots)| {
            let caption = Some(text.to_owned()).filter(|_| fits && number == count);
            albums::request(limits.albums.as_ref(), slots, caption)
        })
        .collect();
    if !text.is_empty() && !fits {
        let first = u16::try_from(files.len()).map_err(|_| Refused::invalid("message", "is too long to send"))?;
        requests.extend(in_turn(first, texts(limits, text)));
    }
    Ok(requests)
}

fn slot(limits: &Limits, place: u16, attachment: &Attachment) -> Result<Slot, Refused> {
    let kind = attachment.kind;
    if attachment.is_deleted() {
        let (mime, bytes) = attachment.was.clone().map(|was| (was.mime, was.bytes)).unwrap_or_default();
        return Ok(Slot { place, kind, mime, bytes, file: None });
    }
    let file = outbound(limits, attachment)?;
    Ok(Slot { place, kind, mime: file.mime.clone(), bytes: file.bytes, file: Some(file) })
}

/// A file as it is sent, if it is here and the channel takes it.
fn outbound(limits: &Limits, attachment: &Attachment) -> Result<OutboundFile, Refused> {
    let file = attachment.file.stored().ok_or_else(|| Refused::invalid("file", "is not here"))?;
    limits.capabilities.check_file(attachment.kind, file)?;
    let StoredFile { id, name, mime, bytes } = file.clone();
    Ok(OutboundFile { kind: attachment.kind, id, name, mime, bytes })
}

fn texts(limits: &Limits, text: &str) -> Vec<Piece> {
    let Capabilities { text_max, text_unit, .. } = limits.capabilities;
    split(text, text_max, text_unit).into_iter().map(|part| Piece::Text(part.into())).collect()
}

/// `text` without surrounding blank: providers refuse a message of nothing else.
fn spoken(text: &str) -> Result<&str, Refused> {
    Some(text.trim()).filter(|text| !text.is_empty()).ok_or(Refused::Empty { field: "message".into() })
}
