//! Files that are sent together: where a messenger shows them as one album, they leave as one.

use std::collections::BTreeSet;

use channels::outbound::{OutboundMessage, Piece, ProviderSend};
use channels::plan::{Limits, plan};
use domain::id::FileId;
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Content};
use domain::refused::Refused;
use proptest::prelude::*;

use crate::desk::{NOW, answer, http, instagram_at, sms, sms_from, telegram_at, tools, whatsapp};
use crate::stand_in::{Reply, StandIn};

const MB: u64 = 1_000_000;

/// A sort of file, as an agent adds it.
type Added = (MediaKind, &'static str, u64);

const PHOTO: Added = (MediaKind::Photo, "image/jpeg", MB);
const GIF: Added = (MediaKind::Photo, "image/gif", MB);
const VIDEO: Added = (MediaKind::Video, "video/mp4", 4 * MB);
const UNPLAYED: Added = (MediaKind::Video, "video/webm", MB);
const AUDIO: Added = (MediaKind::Audio, "audio/mpeg", MB);
const VOICE: Added = (MediaKind::Voice, "audio/ogg", MB);
const DOCUMENT: Added = (MediaKind::Document, "application/pdf", MB);

fn content(text: &str, added: &[Added]) -> Content {
    let attachment = |(number, (kind, mime, bytes)): (u128, &Added)| {
        let (name, mime) = (number.to_string(), (*mime).into());
        let file = StoredFile { id: FileId::from_number(number), name, mime, bytes: *bytes };
        Attachment::new(*kind, FileState::Here(file))
    };
    Content::Files { text: text.into(), files: (1..).zip(added).map(attachment).collect() }
}

const NOWHERE: &str = "http://127.0.0.1:1";

fn planned(text: &str, added: &[Added]) -> Result<Vec<ProviderSend>, Refused> {
    planned_within(&telegram_at(NOWHERE).limits(), text, added)
}

fn planned_within(limits: &Limits, text: &str, added: &[Added]) -> Result<Vec<ProviderSend>, Refused> {
    let message: OutboundMessage = answer(content(text, added));
    plan(limits, &message, NOW, Some(NOW))
}

/// How many files leave with each request, in order; 0 for words alone.
fn counts(sends: &[ProviderSend]) -> Vec<usize> {
    sends.iter().map(|send| files(&send.piece).len()).collect()
}

fn files(piece: &Piece) -> Vec<&str> {
    match piece {
        Piece::File { file, .. } => vec![&file.name],
        Piece::Album { files, .. } => files.iter().map(|file| file.name.as_str()).collect(),
        Piece::Text(_) | Piece::Buttons { .. } | Piece::List { .. } | Piece::Template { .. } | Piece::Place(_) => {
            vec![]
        }
    }
}

fn caption(piece: &Piece) -> Option<&str> {
    match piece {
        Piece::File { caption, .. } | Piece::Album { caption, .. } => caption.as_deref(),
        _ => None,
    }
}

#[test]
fn neighbours_that_are_shown_together_are_one_album() {
    let table: [(&[Added], &[usize]); 9] = [
        (&[PHOTO], &[1]),
        (&[PHOTO, VIDEO, PHOTO], &[3]),
        (&[DOCUMENT, DOCUMENT], &[2]),
        (&[AUDIO, AUDIO], &[2]),
        (&[PHOTO, PHOTO, DOCUMENT, PHOTO], &[2, 1, 1]),
        (&[DOCUMENT, UNPLAYED, AUDIO, AUDIO], &[2, 2]),
        (&[VOICE, VOICE], &[1, 1]),
        (&[PHOTO, GIF, PHOTO, PHOTO], &[1, 1, 2]),
        (&[PHOTO; 11], &[10, 1]),
    ];
    for (added, expected) in table {
        let sends = planned("", added).expect("can be planned");
        assert_eq!(counts(&sends), expected, "{added:?}");
    }
}

#[test]
fn the_words_stand_once_beside_what_leaves_last() {
    let beside = |added: &[Added]| {
        let sends = planned("A loja", added).expect("can be planned");
        sends.iter().map(|send| caption(&send.piece).map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(beside(&[PHOTO, PHOTO]), [Some("A loja".into())]);
    assert_eq!(beside(&[PHOTO, PHOTO, VOICE]), [None, Some("A loja".into())]);
    let long = "a".repeat(1_025);
    let sends = planned(&long, &[PHOTO, PHOTO]).expect("can be planned");
    assert_eq!((counts(&sends), caption(&sends[0].piece)), (vec![2, 0], None));
    assert_eq!(sends[1].piece, Piece::Text(long));
}

#[test]
fn an_album_has_no_more_bytes_than_one_request_may_have() {
    let sends = planned("", &[(MediaKind::Video, "video/mp4", 30 * MB); 3]).expect("can be planned");
    assert_eq!(counts(&sends), [1, 1, 1]);
    let sends = planned("", &[(MediaKind::Video, "video/mp4", 20 * MB); 3]).expect("can be planned");
    assert_eq!(counts(&sends), [2, 1]);
}

#[test]
fn each_file_of_an_album_keeps_to_its_own_limit() {
    let too_large = (MediaKind::Photo, "image/jpeg", 10 * MB + 1);
    assert!(matches!(planned("", &[PHOTO, too_large]), Err(Refused::Invalid { .. })));
}

#[test]
fn what_was_taken_back_is_not_sent_and_the_others_keep_their_numbers_and_places() {
    let without = |taken_back: &[u16], added: &[Added]| {
        let lost = |content: Content, place: &u16| content.without_part(*place).expect("others are left");
        answer(taken_back.iter().fold(content("A loja", added), lost))
    };
    let numbered = |sends: Vec<ProviderSend>| {
        sends.into_iter().map(|send| (send.key.part, send.key.parts, send.places)).collect::<Vec<_>>()
    };
    let telegram = telegram_at("http://127.0.0.1:1").limits();
    let sends = plan(&telegram, &without(&[3], &[PHOTO; 11]), NOW, None).expect("can be planned");
    assert_eq!(numbered(sends), [(1, 2, vec![0, 1, 2, 4, 5, 6, 7, 8, 9]), (2, 2, vec![10])]);
    let sends = plan(&telegram, &without(&[0], &[PHOTO, VOICE, VOICE]), NOW, None).expect("can be planned");
    assert_eq!(numbered(sends), [(2, 3, vec![1]), (3, 3, vec![2])]);
    // What it was keeps the others as they were with it.
    let sends = plan(&telegram, &without(&[1], &[PHOTO, GIF, PHOTO]), NOW, None).expect("can be planned");
    assert_eq!(numbered(sends), [(1, 3, vec![0]), (3, 3, vec![2])]);
    let large = (MediaKind::Video, "video/mp4", 20 * MB);
    let sends = plan(&telegram, &without(&[0], &[large; 3]), NOW, None).expect("can be planned");
    assert_eq!(numbered(sends), [(1, 2, vec![1]), (2, 2, vec![2])]);
    let sends = plan(&whatsapp().limits(), &without(&[0], &[PHOTO; 2]), NOW, Some(NOW)).expect("can be planned");
    assert_eq!(numbered(sends), [(2, 2, vec![1])]);
}

#[test]
fn up_to_ten_pictures_are_one_message_on_instagram_and_anything_else_goes_by_itself() {
    const PNG: Added = (MediaKind::Photo, "image/png", 8 * MB);
    let table: [(&[Added], &[usize]); 6] = [
        (&[PHOTO], &[1]),
        (&[PHOTO, PNG, PHOTO], &[3]),
        (&[PNG; 11], &[10, 1]),
        (&[PHOTO, GIF, PHOTO, PHOTO], &[1, 1, 2]),
        (&[PHOTO, VIDEO, PHOTO], &[1, 1, 1]),
        (&[DOCUMENT, PHOTO, PHOTO, DOCUMENT], &[1, 2, 1]),
    ];
    let limits = instagram_at(NOWHERE).limits();
    for (added, expected) in table {
        assert_eq!(counts(&planned_within(&limits, "", added).expect("can be planned")), expected, "{added:?}");
    }
    let too_large = (MediaKind::Photo, "image/png", 8 * MB + 1);
    assert!(matches!(planned_within(&limits, "", &[PHOTO, too_large]), Err(Refused::Invalid { .. })));
}

#[test]
fn pictures_are_one_mms_as_long_as_it_stays_below_five_megabytes() {
    const NOTE: Added = (MediaKind::Document, "application/pdf", 500_000);
    const LARGE: Added = (MediaKind::Photo, "image/jpeg", 5 * MB);
    const SMALL: Added = (MediaKind::Photo, "image/png", MB / 10);
    let table: [(&[Added], &[usize]); 6] = [
        (&[PHOTO, GIF, PHOTO], &[3]),
        (&[PHOTO; 6], &[4, 2]),
        (&[SMALL; 11], &[10, 1]),
        (&[SMALL, LARGE, SMALL, SMALL], &[1, 1, 2]),
        (&[SMALL, NOTE, SMALL], &[1, 1, 1]),
        (&[NOTE, NOTE], &[1, 1]),
    ];
    for (added, expected) in table {
        let sends = planned_within(&sms().limits(), "A loja", added).expect("can be planned");
        assert_eq!(counts(&sends), expected, "{added:?}");
        let said: Vec<Option<&str>> = sends.iter().map(|send| caption(&send.piece)).collect();
        assert_eq!(said.iter().flatten().count(), 1, "{added:?}");
        assert_eq!(said.last(), Some(&Some("A loja")), "{added:?}");
    }
    let by_rcs = planned_within(&sms_from("rcs:acme_agent").limits(), "", &[SMALL; 2]).expect("can be planned");
    assert_eq!(counts(&by_rcs), [1, 1]);
}

#[test]
fn pictures_that_are_one_message_are_told_as_one_and_all_of_a_message_has_no_places() {
    let limits = instagram_at(NOWHERE).limits();
    let alone = planned_within(&limits, "", &[PHOTO; 3]).expect("can be planned");
    assert_eq!((alone[0].places.len(), alone[0].piece.told().len()), (0, 1));
    let told = alone[0].piece.told().remove(0);
    assert_eq!(told.files().len(), 3);
    let with_words = planned_within(&limits, "A loja", &[PHOTO; 3]).expect("can be planned");
    let places: Vec<&[u16]> = with_words.iter().map(|send| &send.places[..]).collect();
    assert_eq!(places, [&[0, 1, 2][..], &[3]]);
    let each = planned("", &[PHOTO; 3]).expect("can be planned");
    assert_eq!((&each[0].places[..], each[0].piece.told().len()), (&[0, 1, 2][..], 3));
}

#[tokio::test]
async fn pictures_that_are_one_message_are_fetched_each_and_have_one_id() {
    let sends = planned_within(&instagram_at(NOWHERE).limits(), "", &[PHOTO; 3]).expect("can be planned");
    let accepted = r#"{"recipient_id":"7200000000000001","message_id":"mid.out.1"}"#;
    let meta = StandIn::answering(Reply::new(200, "", accepted)).await;
    let receipt = instagram_at(&meta.base_url).send(tools(&http()), &sends[0]).await.expect("is taken");
    assert_eq!((sends.len(), receipt.ids.len()), (1, 1));
    let [asked] = &meta.asked()[..] else { panic!("not one request") };
    let message = &asked.body["message"];
    let all = message["attachments"].as_array().expect("several");
    let urls: BTreeSet<_> = all.iter().filter_map(|one| one["payload"]["url"].as_str()).collect();
    assert_eq!((all.len(), urls.len(), message.get("attachment")), (3, 3, None));
}

#[test]
fn elsewhere_files_go_one_by_one() {
    let message = answer(content("", &[PHOTO, PHOTO]));
    let sends = plan(&whatsapp().limits(), &message, NOW, Some(NOW)).expect("can be planned");
    assert_eq!(counts(&sends), [1, 1]);
}

proptest! {
    #[test]
    fn every_file_leaves_once_in_its_order_in_albums_of_two_to_ten(
        added in prop::collection::vec(prop::sample::select(
            vec![PHOTO, GIF, VIDEO, UNPLAYED, AUDIO, VOICE, DOCUMENT],
        ), 1..30),
        text in "[a-z]{0,4}",
    ) {
        let sends = planned(&text, &added).expect("can be planned");
        let left: Vec<&str> = sends.iter().flat_map(|send| files(&send.piece)).collect();
        let names: Vec<String> = (1..=added.len()).map(|number| number.to_string()).collect();
        prop_assert_eq!(left, names);
        let albums = sends.iter().filter(|send| matches!(send.piece, Piece::Album { .. }));
        for send in albums {
            prop_assert!((2..=10).contains(&files(&send.piece).len()));
        }
        let said: Vec<&str> = sends.iter().filter_map(|send| caption(&send.piece)).collect();
        prop_assert_eq!(said.concat(), text);
    }
}
