//! Files that one is about to send: on their way to the server from the moment they are chosen, and kept with their room
//! until they are sent or taken away.

use std::cell::RefCell;
use std::collections::HashMap;

use domain::channel::ChannelKind;
use domain::id::{FileId, RoomId};
use domain::media::{FileState, MediaKind, StoredFile, UNKNOWN};
use domain::message::Attachment;
use gloo_net::http::Request;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{File, ProgressEvent, Url, XmlHttpRequest};

use crate::api::read;
use crate::error::AppError;

thread_local! {
    /// The browser's own handles of the chosen files; only the browser has any.
    static FILES: RefCell<HashMap<u32, File>> = RefCell::default();
}

/// A chosen file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub key: u32,
    pub kind: MediaKind,
    /// As the browser says, without an id; what it really is the server finds.
    pub file: StoredFile,
    /// Where this browser shows it from.
    pub url: String,
    pub going: Going,
}

/// How far a chosen file has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Going {
    /// So many hundredths of it have left.
    Up(u8),
    Here(StoredFile),
    /// Why it did not get there, or may not.
    Stuck(String),
}

/// The chosen files of every room.
#[derive(Clone, Copy)]
pub struct Attached {
    rooms: RwSignal<HashMap<RoomId, Vec<Chosen>>>,
    /// Where this browser shows what it sent itself.
    shown: StoredValue<HashMap<FileId, String>>,
    next: StoredValue<u32>,
}

impl Default for Attached {
    fn default() -> Self {
        Self {
            rooms: RwSignal::new(HashMap::new()),
            shown: StoredValue::new(HashMap::new()),
            next: StoredValue::new(1),
        }
    }
}

impl Attached {
    /// The files chosen in `room`.
    #[must_use]
    pub fn of(self, room: RoomId) -> Vec<Chosen> {
        self.rooms.with(|rooms| rooms.get(&room).cloned().unwrap_or_default())
    }

    /// Whether a file is chosen anywhere.
    #[must_use]
    pub fn any(self) -> bool {
        self.rooms.with(|rooms| rooms.values().any(|files| !files.is_empty()))
    }

    /// Where the file is shown from: this browser, when it sent it, else the server.
    #[must_use]
    pub fn url(self, file: FileId) -> String {
        self.shown.with_value(|shown| shown.get(&file).cloned()).unwrap_or_else(|| format!("/files/{file}"))
    }

    /// Takes a chosen file and begins to send it, unless the channel would not take it.
    pub fn choose(self, room: RoomId, on: ChannelKind, file: File) {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "browsers give sizes as floats")]
        let bytes = file.size() as u64;
        let mime = Some(file.type_()).filter(|mime| !mime.is_empty()).unwrap_or_else(|| UNKNOWN.into());
        let kind = on.capabilities().kind_of(&mime);
        let url = Url::create_object_url_with_blob(&file).unwrap_or_default();
        let described = StoredFile { id: FileId::from_number(0), name: file.name(), mime, bytes };
        FILES.with_borrow_mut(|files| files.insert(key, file));
        let chosen = Chosen { key, kind, file: described, url, going: Going::Up(0) };
        self.rooms.update(|rooms| rooms.entry(room).or_default().push(chosen));
        self.begin(room, on, key);
    }

    /// Puts files back that a message was to carry.
    pub fn put_back(self, room: RoomId, files: &[Attachment]) {
        for attachment in files {
            let Some(file) = attachment.file.stored().cloned() else { continue };
            let url = self.url(file.id);
            self.add(room, attachment.kind, file, url);
        }
    }

    /// Adds a file that is on the server already, to be sent as `kind`; `url` shows it meanwhile.
    pub fn add(self, room: RoomId, kind: MediaKind, file: StoredFile, url: String) {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let going = Going::Here(file.clone());
        let chosen = Chosen { key, kind, file, url, going };
        self.rooms.update(|rooms| rooms.entry(room).or_default().push(chosen));
    }

    /// Tries a stuck file again.
    pub fn retry(self, room: RoomId, on: ChannelKind, key: u32) {
        self.set(room, key, Going::Up(0));
        self.begin(room, on, key);
    }

    /// Sends it as a document, where a photo or film may not be as large.
    pub fn as_document(self, room: RoomId, on: ChannelKind, key: u32) {
        self.change(room, key, |chosen| chosen.kind = MediaKind::Document);
        self.retry(room, on, key);
    }

    /// Takes all files of `room` away.
    pub fn remove_all(self, room: RoomId) {
        untrack(|| self.of(room)).iter().for_each(|chosen| self.remove(room, chosen.key));
    }

    pub fn remove(self, room: RoomId, key: u32) {
        self.rooms.update(|rooms| {
            let Some(chosen) = rooms.get_mut(&room) else { return };
            chosen.retain(|chosen| {
                if chosen.key == key {
                    drop(Url::revoke_object_url(&chosen.url));
                }
                chosen.key != key
            });
        });
        FILES.with_borrow_mut(|files| files.remove(&key));
    }

    /// Hands over the files of `room`, to be sent; all of them are on the server.
    #[must_use]
    pub fn take(self, room: RoomId) -> Vec<Attachment> {
        let chosen = self.rooms.try_update(|rooms| rooms.remove(&room)).flatten().unwrap_or_default();
        let sent = chosen.into_iter().filter_map(|chosen| match chosen.going {
            Going::Here(file) => {
                self.shown.update_value(|shown| {
                    shown.insert(file.id, chosen.url);
                });
                FILES.with_borrow_mut(|files| files.remove(&chosen.key));
                Some(Attachment::new(chosen.kind, FileState::Here(file)))
            }
            Going::Up(_) | Going::Stuck(_) => None,
        });
        sent.collect()
    }

    fn begin(self, room: RoomId, on: ChannelKind, key: u32) {
        let found =
            self.rooms.with_untracked(|rooms| rooms.get(&room)?.iter().find(|chosen| chosen.key == key).cloned());
        let Some(chosen) = found else { return };
        // The rule that the server applies to what the content really is.
        if let Err(refused) = on.capabilities().check_file(chosen.kind, &chosen.file) {
            return self.set(room, key, Going::Stuck(refused.to_string()));
        }
        let Some(file) = FILES.with_borrow(|files| files.get(&key).cloned()) else { return };
        if self.upload(room, on, &chosen, &file).is_none() {
            self.set(room, key, Going::Stuck(AppError::Offline.to_string()));
        }
    }

    /// `None` when the browser cannot even begin.
    fn upload(self, room: RoomId, on: ChannelKind, chosen: &Chosen, file: &File) -> Option<()> {
        let key = chosen.key;
        let request = XmlHttpRequest::new().ok()?;
        let kind = word(chosen.kind);
        let name = String::from(js_sys::encode_uri_component(&chosen.file.name));
        request.open("POST", &format!("/files?kind={kind}&name={name}&on={}", on.word())).ok()?;
        request.set_request_header("Content-Type", UNKNOWN).ok()?;
        let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 100")]
            let hundredths = (event.loaded() / event.total().max(1.0) * 100.0).clamp(0.0, 100.0) as u8;
            self.set(room, key, Going::Up(hundredths));
        });
        request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        let answer = request.clone();
        let ended = Closure::once_into_js(move || {
            // The progress ends with its request.
            drop(progress);
            let text = answer.response_text().ok().flatten().unwrap_or_default();
            let going = match answer.status() {
                Ok(200) => read(text.as_bytes()).map_or_else(|error| Going::Stuck(error.to_string()), Going::Here),
                Ok(0) | Err(_) => Going::Stuck(AppError::Offline.to_string()),
                Ok(401) => Going::Stuck(AppError::SignIn.to_string()),
                Ok(_) => Going::Stuck(words_of(&text).unwrap_or_else(|| AppError::Broken.to_string())),
            };
            self.set(room, key, going);
        });
        request.set_onloadend(Some(ended.unchecked_ref()));
        request.send_with_opt_blob(Some(file)).ok()
    }

    fn set(self, room: RoomId, key: u32, going: Going) {
        self.change(room, key, |chosen| chosen.going = going);
    }

    fn change(self, room: RoomId, key: u32, change: impl FnOnce(&mut Chosen)) {
        self.rooms.update(|rooms| {
            let chosen = rooms.get_mut(&room).and_then(|chosen| chosen.iter_mut().find(|chosen| chosen.key == key));
            if let Some(chosen) = chosen {
                change(chosen);
            }
        });
    }
}

/// Uploads a file that belongs to no draft: what stands above a template.
///
/// # Errors
/// Why it is not taken, in words.
pub async fn upload(kind: MediaKind, file: File) -> Result<StoredFile, String> {
    let name = String::from(js_sys::encode_uri_component(&file.name()));
    let request = Request::post(&format!("/files?kind={}&name={name}", word(kind))).header("Content-Type", UNKNOWN);
    let request = request.body(file).map_err(|_| AppError::Unreadable.to_string())?;
    let answer = request.send().await.map_err(|_| AppError::Offline.to_string())?;
    let is_taken = answer.ok();
    let text = answer.text().await.map_err(|_| AppError::Offline.to_string())?;
    if is_taken {
        read(text.as_bytes()).map_err(|error| error.to_string())
    } else {
        Err(words_of(&text).unwrap_or_else(|| AppError::Broken.to_string()))
    }
}

/// The words of a refusal that is no server function's.
pub fn words_of(answer: &str) -> Option<String> {
    let answer = js_sys::JSON::parse(answer).ok()?;
    let error = js_sys::Reflect::get(&answer, &"error".into()).ok()?;
    js_sys::Reflect::get(&error, &"message".into()).ok()?.as_string()
}

const fn word(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Photo => "photo",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Voice => "voice",
        MediaKind::Sticker => "sticker",
        MediaKind::Document => "document",
    }
}
