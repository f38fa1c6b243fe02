//! /channels/`kind`/callback: where a provider sends the browser of an admin back who signed in there for a channel.

use app::session::{Visit, find_cookie};
use axum::extract::{Extension, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Redirect;
use backend::channels::{self, SentBack};
use backend::{Error, sessions};
use domain::channel::ChannelKind;
use domain::id::SignInId;
use domain::refused::Refused;

use crate::reply::Failure;
use crate::router::Doors;

/// Ends the sign-in and leads to the page that tells how it went. Of one that is nobody's, or somebody else's, the page
/// tells that it does not know it; whoever is no longer signed in here does that first.
pub async fn come_back(
    State(doors): State<Doors>,
    Extension(visit): Extension<Visit>,
    Path(kind): Path<String>,
    Query(sent): Query<SentBack>,
    headers: HeaderMap,
) -> Result<Redirect, Failure> {
    ChannelKind::from_word(&kind).ok_or(Refused::NotFound)?;
    let outcome = match finish(&doors, &visit, &headers, sent).await {
        Ok(sign_in) => sign_in.to_string(),
        Err(Error::Refused(_) | Error::SignIn) => "unknown".into(),
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("/admin/channels?sign_in={outcome}")))
}

async fn finish(doors: &Doors, visit: &Visit, headers: &HeaderMap, sent: SentBack) -> Result<SignInId, Error> {
    let token = find_cookie(headers, visit.cookie_name()).ok_or(Error::SignIn)?;
    let found = sessions::find(&doors.backend, &token).await?.ok_or(Error::SignIn)?;
    channels::finish_sign_in(&doors.backend, &found.person, sent).await
}
