//! /webhooks/`kind`/`channel id`: where providers knock. The body reaches the codec as it came.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use backend::inbound::{self, Answer, Knock};
use domain::channel::ChannelKind;
use domain::id::ChannelId;

use crate::reply::Failure;
use crate::router::Doors;

/// Any method: a handshake comes by GET, deliveries by POST. 200 means that the delivery is on disk.
pub async fn receive(
    State(doors): State<Doors>,
    Path((kind, channel)): Path<(String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let (Some(kind), Ok(channel)) = (ChannelKind::from_word(&kind), channel.parse::<ChannelId>()) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let headers = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let path_query = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let knock = Knock { method: method.to_string(), path_query, headers, body };
    let answer = inbound::receive(&doors.backend, kind, channel, knock).await?;
    Ok(to_response(answer))
}

/// Some providers read the answer, and only as what they expect: X its challenge as JSON, Twilio its TwiML as XML.
fn to_response(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::header::CONTENT_TYPE;
    use backend::inbound::Answer;

    use super::to_response;

    #[test]
    fn an_answer_is_of_the_type_that_its_provider_expects() {
        for content_type in ["application/json", "text/plain; charset=utf-8"] {
            let response = to_response(Answer { status: 200, content_type, body: "{}".into() });
            let types: Vec<_> = response.headers().get_all(CONTENT_TYPE).iter().collect();
            assert_eq!(types, [content_type]);
        }
    }
}
