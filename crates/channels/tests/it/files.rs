//! Files both ways through WhatsApp: ours stream up before a message names them, a customer's are found and fetched,
//! and the token goes to nobody but Meta.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use channels::adapter::Tools;
use channels::error::ChannelError;
use channels::files::{Content, Fetched, FileRef, Files};
use channels::http::{Http, HttpLimits};
use channels::outbound::{Piece, ProviderSend, Receipt};
use channels::plan::plan;
use domain::id::FileId;
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{self, Attachment};
use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Url;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::desk::{A_MINUTE_AGO, NOW, answer, documented_path, http, whatsapp_at};
use crate::stand_in::{Reply, StandIn};

const UPLOADED: &str = r#"{"id":"901000000000001"}"#;
const ACCEPTED: &str = r#"{"messaging_product":"whatsapp","messages":[{"id":"wamid.OUT1="}]}"#;
const CHUNK: usize = 64 * 1024;

/// Files that are made while they are read, and count how much of them was.
#[derive(Default)]
struct Made {
    bytes: usize,
    read: Arc<AtomicUsize>,
}

impl Files for Made {
    fn open(&self, _: FileId) -> BoxFuture<'_, Result<Content, ChannelError>> {
        let (mut left, read) = (self.bytes, Arc::clone(&self.read));
        let content = stream::iter(std::iter::from_fn(move || {
            let chunk = left.min(CHUNK);
            left -= chunk;
            read.fetch_add(chunk, Ordering::Relaxed);
            (chunk > 0).then(|| Ok(Bytes::from(vec![b'x'; chunk])))
        }));
        Box::pin(async { Ok(content.boxed()) })
    }

    fn link(&self, _: FileId) -> Url {
        panic!("WhatsApp is given the bytes")
    }
}

fn document(bytes: usize) -> message::Content {
    let id = FileId::from_number(1);
    let file = StoredFile { id, name: "nota.pdf".into(), mime: "application/pdf".into(), bytes: bytes as u64 };
    let files = vec![Attachment::new(MediaKind::Document, FileState::Here(file))];
    message::Content::Files { text: "segue a nota".into(), files }
}

fn planned(base_url: &str, content: message::Content) -> ProviderSend {
    let planned = plan(&whatsapp_at(base_url).limits(), &answer(content), NOW, A_MINUTE_AGO);
    planned.expect("can be planned").remove(0)
}

async fn send(base_url: &str, files: &Made) -> Result<Receipt, ChannelError> {
    let send = planned(base_url, document(files.bytes));
    whatsapp_at(base_url).send(Tools { http: &http(), files }, &send).await
}

#[tokio::test]
async fn a_file_goes_up_whole_before_the_message_names_it() {
    let meta = StandIn::answering_in_turn(|_| vec![Reply::new(200, "", UPLOADED), Reply::new(200, "", ACCEPTED)]).await;
    let receipt = send(&meta.base_url, &Made { bytes: 200_000, ..Made::default() }).await.expect("is taken");
    assert_eq!(receipt.ids[0].0, "wamid.OUT1=");

    let [upload, message] = &meta.asked()[..] else { panic!("not two requests") };
    assert!(upload.head.starts_with("post /v26.0/801000000000002/media http/1.1"), "{}", upload.head);
    assert!(upload.head.contains("authorization: bearer eaatoken"));
    assert!(upload.head.contains("content-type: multipart/form-data; boundary="));
    assert!(!upload.head.contains("transfer-encoding"), "its length is told beforehand");
    assert_eq!(upload.bytes.iter().filter(|byte| **byte == b'x').count() / 200_000, 1);
    let expected = json!({"id": "901000000000001", "filename": "nota.pdf", "caption": "segue a nota"});
    assert_eq!(message.body["document"], expected);
}

/// The same file is checked against Meta's own schema, outside this crate.
#[tokio::test]
async fn the_parts_of_an_upload_are_those_that_meta_documents() {
    let meta = StandIn::answering(Reply::new(200, "", UPLOADED)).await;
    let _ = send(&meta.base_url, &Made { bytes: 10, ..Made::default() }).await;
    let body = String::from_utf8(meta.asked()[0].bytes.clone()).expect("is text");
    let boundary = body.lines().next().expect("there is a line").trim_start_matches("--");
    let fixture = include_str!("../../fixtures/whatsapp/requests/media.txt");
    assert_eq!(body.replace(boundary, "BOUNDARY").replace("\r\n", "\n"), fixture);
}

#[tokio::test]
async fn a_file_of_a_hundred_megabytes_is_never_held_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base_url = format!("http://{}", listener.local_addr().expect("bound"));
    let files = Made { bytes: 99_000_000, ..Made::default() };
    let read = Arc::clone(&files.read);
    // Takes a megabyte and hangs up: what was not taken was not made either, but for what the sockets hold.
    let meta = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.read_exact(&mut vec![0; 1_000_000]).await.expect("a megabyte");
    });
    let lost = send(&base_url, &files).await.expect_err("must fail");
    meta.await.expect("does not panic");
    assert!(lost.is_retryable(), "nothing was said yet: {lost:?}");
    let read = read.load(Ordering::Relaxed);
    assert!((1_000_000..30_000_000).contains(&read), "{read} bytes were read");
}

#[tokio::test]
async fn a_file_that_meta_does_not_take_is_the_files_fault_and_no_message_leaves() {
    let refusal =
        r#"{"error":{"code":100,"message":"(#100) Param file must be a file with one of the following types"}}"#;
    let meta = StandIn::answering(Reply::new(400, "", refusal)).await;
    let refused = send(&meta.base_url, &Made { bytes: 10, ..Made::default() }).await.expect_err("must fail");
    assert!(matches!(refused, ChannelError::MediaRejected { .. }), "{refused:?}");
    assert_eq!(meta.asked().len(), 1);
}

#[tokio::test]
async fn only_the_message_itself_leaves_an_unknown_outcome() {
    let lost_upload = StandIn::answering(Reply::HangUp).await;
    let files = Made { bytes: 10, ..Made::default() };
    assert!(send(&lost_upload.base_url, &files).await.expect_err("must fail").is_retryable());
    let unnamed = StandIn::answering(Reply::new(200, "", "{}")).await;
    assert!(send(&unnamed.base_url, &files).await.expect_err("must fail").is_retryable());
    let lost_message = StandIn::answering_in_turn(|_| vec![Reply::new(200, "", UPLOADED), Reply::HangUp]).await;
    assert_eq!(send(&lost_message.base_url, &files).await, Err(ChannelError::OutcomeUnknown));
}

#[tokio::test]
async fn a_template_takes_its_picture_along() {
    let meta = StandIn::answering_in_turn(|_| vec![Reply::new(200, "", UPLOADED), Reply::new(200, "", ACCEPTED)]).await;
    let mut send = planned(&meta.base_url, document(10));
    let Piece::File { file, .. } = send.piece else { panic!("not a file") };
    let template = domain::template::SentTemplate {
        id: "1".into(),
        name: "order_ok".into(),
        language: "pt_BR".into(),
        named: false,
        values: domain::template::TemplateValues::default(),
        header: None,
        text: "Olá".into(),
        buttons: Vec::new(),
    };
    send.piece = Piece::Template { template: Box::new(template), header: Some(file) };
    let files = Made { bytes: 10, ..Made::default() };
    whatsapp_at(&meta.base_url).send(Tools { http: &http(), files: &files }, &send).await.expect("is taken");
    let header = &meta.asked()[1].body["template"]["components"][0]["parameters"][0];
    assert_eq!(header["document"]["id"], "901000000000001");
}

/// A place of a file that is at the stand-in itself.
fn located(base_url: &str) -> Reply {
    let place = json!({"url": format!("{base_url}/file?mid=901"), "mime_type": "image/jpeg", "file_size": "5"});
    Reply::new(200, "", &place.to_string())
}

async fn fetch(base_url: &str, handle: &str) -> Result<Fetched, ChannelError> {
    whatsapp_at(base_url).fetch_file(&http(), &FileRef::at(handle)).await
}

async fn lost(reply: Reply) -> ChannelError {
    let meta = StandIn::answering(reply).await;
    fetch(&meta.base_url, "901000000000001").await.err().expect("must fail")
}

async fn content(fetched: Fetched) -> Result<Vec<u8>, ChannelError> {
    fetched.content.try_fold(Vec::new(), async |whole, chunk| Ok([whole, chunk.to_vec()].concat())).await
}

#[tokio::test]
async fn a_customers_file_is_found_by_its_id_and_fetched_with_the_same_token() {
    let meta = StandIn::answering_in_turn(|url| vec![located(url), Reply::new(200, "", "hello")]).await;
    let fetched = fetch(&meta.base_url, "901000000000001").await.expect("it is there");
    assert_eq!((fetched.mime.as_deref(), fetched.bytes), (Some("image/jpeg"), Some(5)));
    assert_eq!(content(fetched).await.expect("it is whole"), b"hello");

    let [place, file] = &meta.asked()[..] else { panic!("not two requests") };
    assert_eq!(place.path(), format!("/v26.0/{}", documented_path(1)));
    assert_eq!(file.path(), "/file?mid=901");
    for asked in [place, file] {
        assert!(asked.head.contains("authorization: bearer eaatoken"), "{}", asked.head);
        assert!(asked.head.contains("user-agent: switchboard/"), "{}", asked.head);
    }
}

#[tokio::test]
async fn a_file_without_an_id_is_fetched_from_its_address() {
    let meta = StandIn::answering(Reply::new(200, "content-type: image/heic\r\n", "hello")).await;
    let fetched = fetch(&meta.base_url, &format!("{}/file?mid=907", meta.base_url)).await.expect("it is there");
    assert_eq!(fetched.mime.as_deref(), Some("image/heic"));
    assert_eq!(content(fetched).await.expect("it is whole"), b"hello");
    assert_eq!(meta.asked().len(), 1);
}

#[tokio::test]
async fn an_expired_file_is_lost_and_says_nothing_about_the_channel() {
    let gone =
        r#"{"error":{"code":100,"error_subcode":33,"message":"Unsupported get request. Object does not exist"}}"#;
    for error in [lost(Reply::new(400, "", gone)).await, lost(Reply::new(404, "", gone)).await] {
        assert!(matches!(error, ChannelError::MediaRejected { .. }) && !error.needs_admin(), "{error:?}");
    }
    for status in [401, 403, 404, 410] {
        let meta = StandIn::answering_in_turn(|url| vec![located(url), Reply::new(status, "", "")]).await;
        let error = fetch(&meta.base_url, "901000000000001").await.err().expect("must fail");
        assert!(matches!(error, ChannelError::MediaRejected { .. }), "{status}: {error:?}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_had_just_now_is_asked_for_again() {
    let limited = r#"{"error":{"code":80007,"message":"Rate limit"}}"#;
    for reply in [
        Reply::new(500, "", ""),
        Reply::new(504, "", ""),
        Reply::new(429, "retry-after: 30\r\n", limited),
        Reply::new(200, "", "{}"),
        Reply::HangUp,
    ] {
        let error = lost(reply).await;
        assert!(error.is_retryable(), "{error:?}");
    }
    let expired = r#"{"error":{"code":190,"message":"Session has expired"}}"#;
    assert_eq!(lost(Reply::new(401, "", expired)).await, ChannelError::AuthExpired);
}

#[tokio::test]
async fn the_token_follows_nobody_to_another_host() {
    let elsewhere = StandIn::answering(Reply::new(200, "", "hello")).await;
    let location = format!("location: {}/file\r\n", elsewhere.base_url);
    for status in [301, 302, 303, 307, 308] {
        let meta = StandIn::answering_in_turn(|url| vec![located(url), Reply::new(status, &location, "")]).await;
        let error = fetch(&meta.base_url, "901000000000001").await.err().expect("must fail");
        assert!(matches!(error, ChannelError::MediaRejected { .. }), "{error:?}");
    }
    let meta = StandIn::answering_in_turn(|_| vec![located(&elsewhere.base_url)]).await;
    assert!(fetch(&meta.base_url, "901000000000001").await.is_err());
    assert!(fetch(&meta.base_url, &format!("{}/file", elsewhere.base_url)).await.is_err());
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_redirect_within_meta_is_followed() {
    let meta = StandIn::answering_in_turn(|url| {
        vec![located(url), Reply::new(302, "location: /moved\r\n", ""), Reply::new(200, "", "hello")]
    })
    .await;
    let fetched = fetch(&meta.base_url, "901000000000001").await.expect("it is there");
    assert_eq!(content(fetched).await.expect("it is whole"), b"hello");
    assert!(meta.asked()[2].head.starts_with("get /moved http"));
}

#[tokio::test]
async fn a_file_may_take_longer_than_an_answer_as_long_as_it_keeps_coming() {
    let meta = StandIn::answering_in_turn(|url| vec![located(url), Reply::Endless]).await;
    let (connect, answer) = (Duration::from_millis(100), Duration::from_millis(500));
    http();
    let impatient = Http::new(HttpLimits { connect, answer, answer_max: 1_024 }).expect("a client");
    let began = Instant::now();
    let fetched = whatsapp_at(&meta.base_url).fetch_file(&impatient, &FileRef::at("901000000000001")).await;
    let mut content = fetched.expect("it is there").content;
    // An answer would have been given up by then.
    while began.elapsed() <= (connect + answer) * 2 {
        content.try_next().await.expect("it keeps coming").expect("it never ends");
    }
}

#[tokio::test]
async fn an_oversize_file_says_its_size_before_any_of_it_is_read() {
    let huge = Reply::Answer("HTTP/1.1 200 OK\r\ncontent-length: 900000000\r\n\r\nhello".into());
    let meta = StandIn::answering_in_turn(|url| vec![located(url), huge]).await;
    let fetched = fetch(&meta.base_url, "901000000000001").await.expect("it is there");
    assert_eq!(fetched.bytes, Some(900_000_000));
    let broken_off = content(fetched).await.expect_err("it broke off");
    assert!(broken_off.is_retryable());
}
