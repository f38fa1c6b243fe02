//! What every answer carries, and which requests are let in at all.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;

use app::session::Visit;

use crate::export::EXPORT;
use crate::files::UPLOADS;
use crate::router::Doors;

/// Notes who asks, for the limits on sign-in and for cookies.
pub async fn note_visit(State(doors): State<Doors>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let client = doors.settings.trust_proxy.then(|| forwarded_for(request.headers())).flatten();
    let client = client.or_else(|| peer.map(|ip| ip.to_string())).unwrap_or_else(|| "unknown".into());
    let visit = Visit { client, is_secure: doors.settings.is_secure() };
    request.extensions_mut().insert(visit);
    next.run(request).await
}

/// Whom our own proxy saw: the last address of the last line. Those before it are the client's own claims.
fn forwarded_for(headers: &HeaderMap) -> Option<String> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(|address| address.trim().to_owned())
}

/// Refuses what another site's page makes a browser send: everything under /api that changes something, every upload to the
/// console and every export must come from our own pages.
pub async fn refuse_cross_site(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let path = request.uri().path();
    let is_ours = path.starts_with("/api/") || matches!(path, UPLOADS | EXPORT);
    if is_ours && !is_safe && !is_own_origin(request.headers(), &doors.settings.backend.public_url) {
        return (StatusCode::FORBIDDEN, "This request came from another site.").into_response();
    }
    next.run(request).await
}

/// Whether a browser sent this from one of our own pages: its Origin names the host it asks, or our public address.
#[must_use]
pub fn is_own_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return false };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    origin == public_url || (!host.is_empty() && authority == Some(host))
}

/// The headers of every answer. Pages add their own Content-Security-Policy with a nonce before this runs.
pub async fn add_headers(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let may_frame = request.uri().path().starts_with("/widget/frame") || request.uri().path().starts_with("/simulator");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(headers, HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), payment=()");
    if !may_frame {
        set(headers, header::X_FRAME_OPTIONS, "DENY");
        set(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    }
    if doors.settings.is_secure() {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    let is_html = headers.get(header::CONTENT_TYPE).is_some_and(|mime| mime.as_bytes().starts_with(b"text/html"));
    if is_html || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        set(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// The policy of a console page: scripts by nonce, nothing from elsewhere, framed by nobody.
#[must_use]
pub fn console_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; \
         script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'none'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; \
         connect-src 'self'; worker-src 'self'; manifest-src 'self'"
    )
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{forwarded_for, is_own_origin};

    fn asked(origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("desk.example"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn only_our_own_pages_may_change_something() {
        let ours = "https://desk.example";
        assert!(is_own_origin(&asked(Some("https://desk.example")), ours));
        for foreign in [Some("https://evil.example"), Some("https://sub.desk.example"), Some("null"), None] {
            assert!(!is_own_origin(&asked(foreign), ours), "{foreign:?}");
        }
    }

    #[test]
    fn an_address_that_the_client_claims_is_not_believed() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("203.0.113.1, 203.0.113.2"));
        headers.append("x-forwarded-for", HeaderValue::from_static("203.0.113.3, 198.51.100.7"));
        assert_eq!(forwarded_for(&headers).as_deref(), Some("198.51.100.7"));
        assert_eq!(forwarded_for(&HeaderMap::new()), None);
    }
}
