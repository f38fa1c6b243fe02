//! Files: ours go up to Meta before a message names them, a customer's are found by their id and fetched.
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media>

use reqwest::multipart::{Form, Part};
use reqwest::{Method, Url};
use serde::Deserialize;

use super::settings::Settings;
use crate::adapter::Tools;
use crate::error::ChannelError;
use crate::files::{Fetched, FileRef, OutboundFile};
use crate::http::{Body, Http, Origin, Proof};
use crate::meta::graph::Failure;
use crate::words::{Words, present};

/// Where Meta keeps files, besides its API.
const HOSTS: [&str; 2] = ["fbsbx.com", "whatsapp.net"];

/// What a wrong parameter is called; of a file it says that the file is not taken, or that it is gone.
const WRONG_PARAMETER: i64 = 100;

#[derive(Deserialize)]
struct Uploaded {
    id: Words,
}

/// Where a customer's file is for the next minutes.
#[derive(Deserialize)]
struct Located {
    url: Words,
    mime_type: Option<Words>,
    /// A number or a text.
    file_size: Option<Words>,
}

/// Hands a file over, streaming; the id that messages name it by, good for a month.
pub(super) async fn upload(settings: &Settings, tools: Tools<'_>, file: &OutboundFile) -> Result<String, ChannelError> {
    let content = tools.files.open(file.id).await?;
    let mime = meta_mime(&file.mime);
    let refused = |_| ChannelError::MediaRejected { detail: format!("{mime} is no type of a file.") };
    // The name is not what the customer sees, so it need not survive the way.
    let part = Part::stream_with_length(reqwest::Body::wrap_stream(content), file.bytes).file_name("file");
    let part = part.mime_str(mime).map_err(refused)?;
    let form = Form::new().text("messaging_product", "whatsapp").text("type", mime.to_owned()).part("file", part);
    let url = settings.graph.at(&[&settings.phone_number_id, "media"]);
    // A file that came twice says nothing twice.
    let answer = settings.graph.ask(tools.http, Method::POST, url, Body::Parts(form)).await.map_err(of_file)?;
    let uploaded = answer.json::<Uploaded>().map(|uploaded| uploaded.id.0).filter(|id| !id.is_empty());
    uploaded.ok_or_else(|| ChannelError::Transient { detail: "It did not name the file.".into() })
}

/// What Meta calls an MP4 with nothing but sound.
fn meta_mime(mime: &str) -> &str {
    match mime {
        "audio/m4a" | "audio/x-m4a" => "audio/mp4",
        mime => mime,
    }
}

/// Fetches a customer's file by its id, or by its address where there was no id.
pub(super) async fn fetch(settings: &Settings, http: &Http, file: &FileRef) -> Result<Fetched, ChannelError> {
    if let Some(url) = address(&file.handle) {
        return download(settings, http, url).await;
    }
    let mut url = settings.graph.at(&[&file.handle]);
    url.query_pairs_mut().append_pair("phone_number_id", &settings.phone_number_id);
    let answer = settings.graph.get(http, url).await.map_err(of_file)?;
    let located = answer.json::<Located>();
    let place = located.and_then(|located| Some((address(&located.url.0)?, located)));
    let (url, located) =
        place.ok_or_else(|| ChannelError::Transient { detail: "It did not say where the file is.".into() })?;
    let fetched = download(settings, http, url).await?;
    // Its file server calls everything the same.
    let mime = present(located.mime_type.as_ref()).map(str::to_owned).or(fetched.mime);
    let size = present(located.file_size.as_ref()).and_then(|size| size.parse().ok());
    Ok(Fetched { mime, name: None, bytes: fetched.bytes.or(size), content: fetched.content })
}

async fn download(settings: &Settings, http: &Http, url: Url) -> Result<Fetched, ChannelError> {
    let proof = Proof::Bearer(&settings.graph.token);
    http.download(url, &Origin { api: &settings.graph.base, hosts: &HOSTS, proof }).await
}

fn address(handle: &str) -> Option<Url> {
    Url::parse(handle).ok().filter(|url| matches!(url.scheme(), "https" | "http"))
}

/// Why a question about one file came to nothing. A wrong parameter is then the file; to ask again says nothing twice.
fn of_file(failure: Failure) -> ChannelError {
    match (failure.code, failure.error.of_repeatable()) {
        (
            Some(WRONG_PARAMETER),
            ChannelError::InvalidContent { detail, .. } | ChannelError::PermissionMissing { detail },
        ) => ChannelError::MediaRejected { detail },
        (_, error) => error,
    }
}
