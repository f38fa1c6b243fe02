//! The access token of an account that is connected by itself: it ends, and is renewed well before.
//! <https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token>

use std::time::Duration;

use domain::timestamp::{Timestamp, hours};
use serde::Deserialize;
use serde_json::json;

use super::settings::{Login, Settings, written};
use crate::error::ChannelError;
use crate::http::{Http, Proof};
use crate::meta::graph::is_untold;
use crate::words::{Words, present};

/// Half of the 60 days a token lasts: time enough to try again, and for an admin to act.
const RENEWED_BEFORE: Duration = hours(30 * 24);

#[derive(Default, Deserialize)]
#[serde(default)]
struct Renewed {
    access_token: Option<Words>,
    expires_in: Option<u64>,
}

/// From when on it is renewed: at once where its end is not known.
pub(super) fn due_at(settings: &Settings) -> Option<Timestamp> {
    let is_alone = settings.login == Login::Instagram;
    is_alone.then(|| settings.token_ends.map_or(Timestamp(0), |ends| ends.minus(RENEWED_BEFORE)))
}

/// The settings with a new token; `None` when it cannot be renewed yet, or not at all.
pub(super) async fn renew(settings: &Settings, http: &Http, now: Timestamp) -> Result<Option<String>, ChannelError> {
    if settings.login != Login::Instagram {
        return Ok(None);
    }
    let mut url = settings.graph.beside(&["refresh_access_token"]);
    url.query_pairs_mut()
        .append_pair("grant_type", "ig_refresh_token")
        .append_pair("access_token", settings.graph.token.expose());
    let answer = match settings.graph.judge(http.get(url, Proof::None).await) {
        Ok(answer) => answer,
        // Meta renews no token in its first day; when this one began is not known.
        Err(failure) if settings.token_ends.is_none() && is_untold(&failure.error) => return Ok(None),
        Err(failure) => return Err(failure.into()),
    };
    let renewed: Renewed = answer.json().unwrap_or_default();
    let token =
        present(renewed.access_token.as_ref()).filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
    let (Some(token), Some(seconds)) = (token, renewed.expires_in) else {
        return Err(ChannelError::Transient { detail: "Meta gave no new token.".into() });
    };
    let ends = written(now.plus(Duration::from_secs(seconds)));
    Ok(Some(json!({ "access_token": token, "access_token_expires_at": ends }).to_string()))
}
