//! The frame's page: filled in here, brought to life by plain modules.

use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use backend::{channels, new_id};
use domain::channel::ChannelKind;
use domain::id::ChannelId;
use serde::Deserialize;
use uuid::Uuid;

use crate::reply::Failure;
use crate::router::Doors;

/// What the loader puts in the frame's address.
#[derive(Deserialize)]
pub struct Asked {
    channel: ChannelId,
    #[serde(default)]
    origin: String,
    #[serde(default)]
    accent: String,
    #[serde(default)]
    theme: String,
}

/// GET /widget/frame: only pages of the channel's sites may frame it.
pub async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let directory = doors.backend.directory();
    let channel = directory.channels.get(&asked.channel).filter(|channel| channel.kind == ChannelKind::Web);
    let (Some(channel), Some(template)) = (channel, doors.site.text("widget/frame.html")) else {
        return Ok((StatusCode::NOT_FOUND, "There is no such chat.").into_response());
    };
    let origins = channels::origins(&doors.backend, channel.id).await?;
    let nonce = new_id::<Uuid>().simple().to_string();
    let html = fill(
        &template,
        &[
            ("nonce", &nonce),
            ("channel", &channel.id.to_string()),
            ("channel_name", &channel.name),
            ("origin", &asked.origin),
            ("accent", &asked.accent),
            ("theme", &asked.theme),
        ],
    );
    let mut response = Html(html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy(&nonce, &origins)) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// Whoever has no list of sites lets every site show the chat.
fn policy(nonce: &str, origins: &[String]) -> String {
    let ancestors = if origins.is_empty() { "*".into() } else { format!("'self' {}", origins.join(" ")) };
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}; \
         script-src 'self' 'nonce-{nonce}'; style-src 'self'; style-src-attr 'none'; img-src 'self' data: blob:; media-src blob:; connect-src 'self'; \
         require-trusted-types-for 'script'"
    )
}

/// Puts the values into their places, as text.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |page, (name, value)| page.replace(&format!("{{{{{name}}}}}"), &escape(value)))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // A brace would be taken for a place of its own.
            '{' => escaped.push_str("&#123;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{fill, policy};

    #[test]
    fn a_site_cannot_write_into_the_page() {
        let page = fill("<p>{{origin}}</p>{{accent}}", &[("origin", "\"><script>{{accent}}"), ("accent", "red")]);
        assert_eq!(page, "<p>&quot;&gt;&lt;script&gt;&#123;&#123;accent}}</p>red");
    }

    #[test]
    fn only_listed_sites_may_frame_the_chat() {
        let policy = policy("n", &["https://shop.example".into()]);
        assert!(policy.contains("frame-ancestors 'self' https://shop.example;"), "{policy}");
    }
}
