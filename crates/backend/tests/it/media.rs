//! Files: what they are by their content, how large they may be, and who may read them.

use std::path::Path;
use std::time::Duration;

use backend::test_desk::TestDesk;
use backend::{Error, Result, media};
use bytes::Bytes;
use domain::change::Change;
use domain::channel::ChannelKind;
use domain::media::MediaKind;
use domain::timestamp::hours;
use futures::TryStreamExt;
use futures::stream::{self, Stream};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n";

/// `head` and then zeros, `bytes` in all, in pieces as a network brings them.
fn content(head: &'static [u8], bytes: usize) -> impl Stream<Item = Result<Bytes>> + Send {
    const PIECE: usize = 64 * 1_024;
    let rest = bytes - head.len();
    let pieces = (0..rest.div_ceil(PIECE)).map(move |at| Bytes::from(vec![0; PIECE.min(rest - at * PIECE)]));
    stream::iter([Bytes::from_static(head)].into_iter().chain(pieces).map(Ok))
}

fn files_in(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    entries.map(|entry| if entry.path().is_dir() { files_in(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn a_file_is_what_its_content_says_whatever_it_is_called() {
    let desk = TestDesk::new().await;

    let file = media::put(&desk.backend, MediaKind::Photo, "../bill.pdf", content(PNG, 3_000)).await.expect("a photo");
    assert_eq!((file.mime.as_str(), file.name.as_str(), file.bytes), ("image/png", "bill.pdf", 3_000));

    let refused = media::put(&desk.backend, MediaKind::Photo, "cat.png", content(PDF, 3_000)).await;
    assert_eq!(refused.expect_err("must be refused").to_string(), "The photo is not one by its content.");
    let refused = media::put(&desk.backend, MediaKind::Document, "empty.txt", stream::empty()).await;
    assert_eq!(refused.expect_err("must be refused").to_string(), "The document is empty.");
}

#[tokio::test]
async fn a_file_one_byte_too_large_is_refused_and_nothing_of_it_stays() {
    let desk = TestDesk::new().await;

    let just_right = media::put(&desk.backend, MediaKind::Photo, "cat.png", content(PNG, 5_000_000)).await;
    assert_eq!(just_right.map(|file| file.bytes).ok(), Some(5_000_000));
    let too_large = media::put(&desk.backend, MediaKind::Photo, "cat.png", content(PNG, 5_000_001)).await;
    assert_eq!(too_large.expect_err("must be refused").to_string(), "The photo is larger than 5 MB.");
    assert_eq!(files_in(&desk.folder().join("media")), 1);

    let as_document = media::put(&desk.backend, MediaKind::Document, "cat.png", content(PNG, 5_000_001)).await;
    assert!(as_document.is_ok());
}

#[tokio::test]
async fn a_file_may_be_as_large_as_its_channel_takes_it() {
    let desk = TestDesk::new().await;
    let put = async |on, kind, head, bytes| {
        let put = media::put_on(&desk.backend, on, kind, "a file", content(head, bytes)).await;
        put.map(|file| file.bytes).map_err(|error| error.to_string())
    };

    assert_eq!(put(ChannelKind::Telegram, MediaKind::Photo, PNG, 10_000_000).await, Ok(10_000_000));
    let refused = put(ChannelKind::Telegram, MediaKind::Photo, PNG, 10_000_001).await;
    assert_eq!(refused, Err("The photo is larger than 10 MB.".into()));
    assert_eq!(put(ChannelKind::X, MediaKind::Video, MP4, 50_000_000).await, Ok(50_000_000));
    let refused = put(ChannelKind::WhatsApp, MediaKind::Video, MP4, 16_000_001).await;
    assert_eq!(refused, Err("The video is larger than 16 MB.".into()));
}

#[tokio::test]
async fn a_film_that_browsers_do_not_play_is_one_where_its_channel_takes_it_and_a_document_elsewhere() {
    const AVI: &[u8] = b"RIFF\x24\0\0\0AVI LIST";
    const OGV: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x2a\x80theora\x03\x02\x01";
    let desk = TestDesk::new().await;
    let put = async |on, kind, head| {
        let put = media::put_on(&desk.backend, on, kind, "a file", content(head, 1_000)).await;
        put.map(|file| file.mime).map_err(|error| error.to_string())
    };

    for (head, mime) in [(AVI, "video/x-msvideo"), (OGV, "video/ogg")] {
        let kind_on = |on: ChannelKind| on.capabilities().kind_of(mime);
        assert_eq!(kind_on(ChannelKind::Instagram), MediaKind::Video, "{mime}");
        assert_eq!(put(ChannelKind::Instagram, MediaKind::Video, head).await, Ok(mime.into()));
        assert_eq!(kind_on(ChannelKind::WhatsApp), MediaKind::Document, "{mime}");
        assert_eq!(put(ChannelKind::WhatsApp, MediaKind::Document, head).await, Ok(mime.into()));
        let rule = format!("The video is of a type that can only be sent as a document: {mime}.");
        assert_eq!(put(ChannelKind::WhatsApp, MediaKind::Video, head).await, Err(rule));
    }
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let desk = TestDesk::new().await;
    let broken = content(PDF, 100_000).map_ok(|piece| piece);
    let broken = futures::StreamExt::chain(broken, stream::iter([Err(Error::World("the line went dead".into()))]));

    let failed = media::put(&desk.backend, MediaKind::Document, "bill.pdf", broken).await;

    assert_eq!(failed.expect_err("must fail").to_string(), "the line went dead");
    assert_eq!(files_in(&desk.folder().join("media")), 0);
}

#[tokio::test]
async fn a_file_is_read_by_those_who_see_its_room_and_by_nobody_before_it_has_one() {
    let desk = TestDesk::new().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    let channel = desk.web_channel().await;
    let (room, other) = (desk.room(&channel, "Ana").await.id, desk.room(&channel, "Bo").await.id);
    desk.happens(room, vec![Change::Entered { by: maria.id }]).await;
    let file = media::put(&desk.backend, MediaKind::Photo, "cat.png", content(PNG, 200_000)).await.expect("a photo").id;

    assert!(media::open(&desk.backend, &maria, file).await.is_err());
    assert!(desk.attach(file, room).await);
    assert!(!desk.attach(file, other).await, "a file is one room's");

    assert!(media::open(&desk.backend, &mo, file).await.is_err());
    let found = media::open(&desk.backend, &maria, file).await.expect("the room is hers");
    let read: Vec<Bytes> = found.read(None).await.expect("is here").try_collect().await.expect("can be read");
    assert_eq!(read.iter().map(Bytes::len).sum::<usize>() as u64, found.file.bytes);
    assert_eq!(&read.concat()[..PNG.len()], PNG);
    let part: Vec<Bytes> = found.read(Some(1..4)).await.expect("is here").try_collect().await.expect("can be read");
    assert_eq!(part.concat(), b"PNG");
}

#[tokio::test]
async fn a_file_that_was_never_sent_is_gone_after_a_day() {
    let desk = TestDesk::new().await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;
    let put =
        async || media::put(&desk.backend, MediaKind::Photo, "cat.png", content(PNG, 200)).await.expect("a photo").id;
    let (sent, _unsent) = (put().await, put().await);
    desk.attach(sent, room).await;

    desk.later(hours(24));
    let _fresh = put().await;
    desk.later(Duration::from_secs(1));

    assert_eq!(media::sweep(&desk.backend).await.ok(), Some(1));
    assert_eq!(files_in(&desk.folder().join("media")), 2);
}
