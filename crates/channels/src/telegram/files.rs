//! Files that Telegram keeps for the bot, and the pictures of people. <https://core.telegram.org/bots/api#getfile>

use serde::Deserialize;
use serde_json::json;

use super::address::Chat;
use super::send::question;
use super::settings::Settings;
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef};
use crate::http::{Http, Origin, Proof};
use crate::identity::{ExternalId, Profile};
use crate::words::{Words, present};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    file_path: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Photos {
    photos: Vec<Vec<Photo>>,
}

#[derive(Deserialize)]
struct Photo {
    file_id: Words,
    file_size: Option<u64>,
}

/// Two steps: where the file is, then its content.
pub(super) async fn fetch(settings: &Settings, http: &Http, file: &FileRef) -> Result<Fetched, ChannelError> {
    let found = question::<Found>(settings, http, "getFile", &json!({ "file_id": file.handle })).await;
    let found = found.map_err(|error| match error {
        ChannelError::MediaRejected { detail } if detail.to_lowercase().contains("too big") => {
            lost("It is larger than the 20 MB that Telegram hands over to bots.")
        }
        // Telegram says 404 to a wrong token as well; a file that is gone is a 400.
        error => error,
    })?;
    let path = present(found.file_path.as_ref()).ok_or_else(|| lost("Telegram no longer has it."))?;
    let origin = Origin { api: &settings.base_url, hosts: &[], proof: Proof::None };
    let fetched = http.download(settings.file_url(path), &origin).await?;
    // Telegram's files come as nothing but bytes, whatever they are.
    Ok(Fetched { mime: file.mime.clone().or(fetched.mime), name: file.name.clone(), ..fetched })
}

/// The picture of whoever is in a private chat; the name comes with every message.
pub(super) async fn profile(
    settings: &Settings,
    http: &Http,
    id: &ExternalId,
) -> Result<Option<Profile>, ChannelError> {
    let Some(chat) = Chat::named(&id.0).filter(|chat| chat.id > 0) else { return Ok(None) };
    let asked = json!({ "user_id": chat.id, "limit": 1 });
    let photos: Photos = question(settings, http, "getUserProfilePhotos", &asked).await?;
    let largest = photos.photos.into_iter().next().and_then(|sizes| sizes.into_iter().next_back());
    let picture = largest.map(|photo| FileRef {
        mime: Some("image/jpeg".into()),
        bytes: photo.file_size,
        ..FileRef::at(photo.file_id.0)
    });
    Ok(Some(Profile { picture, ..Profile::default() }))
}

fn lost(detail: &str) -> ChannelError {
    ChannelError::MediaRejected { detail: detail.into() }
}
