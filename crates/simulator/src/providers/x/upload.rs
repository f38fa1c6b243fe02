//! Files that the business hands over: a picture at once, a film in pieces, on which X works for a while afterwards.
//! <https://docs.x.com/x-api/media/introduction>

use serde_json::{Value, json};

use super::{no_address, refused};
use crate::message::FileKind;
use crate::play::Play;
use crate::provider::Asked;
use crate::shelf::{BYTES_MOST, Filed, Shelf};
use crate::wire::{Reply, Request};

/// The largest picture, as X has it, and the largest film: of that we keep less than X. In bytes.
const PICTURE_MOST: usize = 5 * 1024 * 1024;
const FILM_MOST: usize = BYTES_MOST;

/// An upload is good for a day.
const LASTS: u64 = 86_400;

/// What a request to `2/media/upload`, and to what is below it, asks for.
pub(super) fn read(request: &Request, below: &[&str], play: &Play) -> Result<Asked, Reply> {
    match (request.method.as_str(), below) {
        ("POST", []) => picture(request),
        ("POST", ["initialize"]) => initialize(request),
        ("POST", [id, "append"]) => append(request, id),
        ("POST", [id, "finalize"]) => Ok(finalize(id)),
        ("GET", []) if request.field("command") == Some("STATUS") => {
            let file = request.field("media_id").and_then(|id| play.shelf.file(id)).ok_or_else(unknown)?;
            let done = json!({"state": "succeeded", "progress_percent": 100});
            Ok(Asked::Answer(Reply::ok(&told(file, Some(&done)))))
        }
        _ => Err(no_address()),
    }
}

fn picture(request: &Request) -> Result<Asked, Reply> {
    let file = request.files.iter().find(|file| file.field == "media").ok_or_else(|| invalid("media is required."))?;
    let mime = request.field("media_type").unwrap_or(&file.mime);
    let file = Filed::new(&file.name, mime, file.bytes.clone());
    if file.kind != FileKind::Photo || file.bytes.len() > PICTURE_MOST {
        return Err(invalid("Only an image of up to 5 MB is taken at once."));
    }
    Ok(Asked::Upload { file, reply: |file| Reply::ok(&told(file, None)) })
}

fn initialize(request: &Request) -> Result<Asked, Reply> {
    let body = request.json();
    let size = body["total_bytes"].as_u64().and_then(|size| usize::try_from(size).ok());
    let size = size.filter(|size| (1..=FILM_MOST).contains(size)).ok_or_else(|| invalid("total_bytes is invalid."))?;
    let mime = body["media_type"].as_str().ok_or_else(|| invalid("media_type is required."))?.to_owned();
    if !matches!(body["media_category"].as_str(), Some("dm_video" | "dm_gif")) {
        return Err(invalid("media_category is invalid."));
    }
    Ok(on_shelf(move |shelf, number| {
        let id = shelf.expect(number, &mime, size);
        Reply::ok(&json!({"data": {"id": id, "media_key": format!("7_{id}"), "expires_after_secs": LASTS}}))
    }))
}

fn append(request: &Request, id: &str) -> Result<Asked, Reply> {
    let place = request.field("segment_index").and_then(|place| place.parse().ok());
    let place: u32 = place.filter(|place| *place < 1_000).ok_or_else(|| invalid("segment_index is invalid."))?;
    let piece = request.files.iter().find(|file| file.field == "media").ok_or_else(|| invalid("media is required."))?;
    let (id, name, bytes) = (id.to_owned(), piece.name.clone(), piece.bytes.clone());
    let expires_at = crate::simulator::now() / 1_000 + LASTS;
    Ok(on_shelf(move |shelf, _| {
        if shelf.add(&id, place, &name, bytes) {
            Reply::ok(&json!({"data": {"expires_at": expires_at}}))
        } else {
            unknown()
        }
    }))
}

fn finalize(id: &str) -> Asked {
    let id = id.to_owned();
    on_shelf(move |shelf, _| {
        let begun = json!({"state": "pending", "check_after_secs": 1});
        shelf.complete(&id).map_or_else(unknown, |file| Reply::ok(&told(&file, Some(&begun))))
    })
}

fn on_shelf(work: impl FnOnce(&mut Shelf, u64) -> Reply + Send + 'static) -> Asked {
    Asked::Shelve(Box::new(work))
}

fn told(file: &Filed, processing: Option<&Value>) -> Value {
    let kind = if file.kind == FileKind::Video { 7 } else { 3 };
    let mut data = json!({
        "id": file.id, "media_key": format!("{kind}_{}", file.id), "size": file.bytes.len(), "expires_after_secs": LASTS,
    });
    if let Some(processing) = processing {
        data["processing_info"] = processing.clone();
    }
    json!({"data": data})
}

fn invalid(detail: &str) -> Reply {
    refused(400, "Invalid Request", detail)
}

fn unknown() -> Reply {
    invalid("There is no such upload, or its pieces are not what was said.")
}
