//! Google's refusals as our taxonomy. Its statuses speak; its words are for a person.
//! <https://developers.google.com/business-communications/rcs-business-messaging/guides/build/messages/send>

use serde::Deserialize;

use crate::error::{ChannelError, Scope};
use crate::http::Answer;
use crate::words::written;

#[derive(Deserialize)]
struct Refusal {
    error: RefusalWords,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RefusalWords {
    #[serde(deserialize_with = "written")]
    message: Option<String>,
}

/// Longest part of Google's own words we pass on, in characters.
const DETAIL_MAX: usize = 300;

/// Why Google did not do what was asked.
pub(super) fn refused(answer: &Answer) -> ChannelError {
    let said = answer.json::<Refusal>().and_then(|refusal| refusal.error.message);
    let detail = detail(answer.status, said.as_deref());
    match answer.status {
        401 => ChannelError::AuthExpired,
        403 if is_permission(said.as_deref()) => ChannelError::PermissionMissing { detail },
        // The agent is not launched at the customer's carrier.
        403 => ChannelError::RecipientUnreachable { detail },
        404 if answer.json::<Refusal>().is_some() => ChannelError::RecipientUnreachable { detail },
        400 | 413 | 422 => ChannelError::InvalidContent { field: None, detail },
        429 => ChannelError::RateLimited { retry_after: answer.retry_after, scope: Scope::Channel },
        500..=599 => ChannelError::Transient { detail },
        _ => ChannelError::Rejected { detail },
    }
}

/// Whether it is the service account or its project that may not, not the agent that is not launched.
fn is_permission(said: Option<&str>) -> bool {
    let is_of_account =
        |words: &str| ["permission", "has not been used in project", "disabled"].iter().any(|of| words.contains(of));
    said.is_none_or(|words| is_of_account(&words.to_ascii_lowercase()))
}

fn detail(status: u16, said: Option<&str>) -> String {
    match said {
        Some(words) => {
            let words: String = words.trim().chars().take(DETAIL_MAX).collect();
            format!("Google says: {} ({status}).", words.trim_end_matches('.'))
        }
        None => format!("It answered with status {status}."),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use reqwest::header::HeaderMap;
    use serde_json::json;

    use super::refused;
    use crate::error::{ChannelError, Scope};
    use crate::http::Answer;

    fn class(status: u16, said: &str) -> ChannelError {
        let body = json!({"error": {"code": status, "message": said, "status": "SOME"}}).to_string();
        let body = if said.is_empty() { "<html>".into() } else { body };
        refused(&Answer { status, retry_after: None, headers: HeaderMap::new(), body: Some(Bytes::from(body)) })
    }

    #[test]
    fn every_documented_status_has_its_meaning() {
        let detail = |words: &str| words.to_owned();
        let table = [
            (400, "Bad.", ChannelError::InvalidContent { field: None, detail: detail("Google says: Bad (400).") }),
            (401, "Expired.", ChannelError::AuthExpired),
            (
                403,
                "The caller does not have permission",
                ChannelError::PermissionMissing {
                    detail: detail("Google says: The caller does not have permission (403)."),
                },
            ),
            (
                403,
                "The agent is not launched on this carrier.",
                ChannelError::RecipientUnreachable {
                    detail: detail("Google says: The agent is not launched on this carrier (403)."),
                },
            ),
            (
                403,
                "RCS API has not been used in project 12 before or it is disabled.",
                ChannelError::PermissionMissing {
                    detail: detail(
                        "Google says: RCS API has not been used in project 12 before or it is disabled (403).",
                    ),
                },
            ),
            (403, "", ChannelError::PermissionMissing { detail: detail("It answered with status 403.") }),
            (404, "Gone.", ChannelError::RecipientUnreachable { detail: detail("Google says: Gone (404).") }),
            (404, "", ChannelError::Rejected { detail: detail("It answered with status 404.") }),
            (429, "Slow.", ChannelError::RateLimited { retry_after: None, scope: Scope::Channel }),
            (503, "", ChannelError::Transient { detail: detail("It answered with status 503.") }),
            (504, "Late.", ChannelError::Transient { detail: detail("Google says: Late (504).") }),
            (418, "Tea.", ChannelError::Rejected { detail: detail("Google says: Tea (418).") }),
        ];
        for (status, said, meaning) in table {
            assert_eq!(class(status, said), meaning, "{status} {said}");
        }
    }
}
