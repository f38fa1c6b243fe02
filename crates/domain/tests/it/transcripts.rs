//! A conversation as a text file: what stands in it, and what never may.

use std::collections::BTreeMap;

use domain::change::{Actor, Change};
use domain::delivery::Delivery;
use domain::episode::{Episode, OpenedBy, Outcome};
use domain::id::{EpisodeId, FeedbackId, FileId, MessageId};
use domain::media::{FileState, MediaKind, StoredFile};
use domain::message::{Attachment, Author, Card, Choice, Content, Entry, Message, Note, Order, OrderItem, Place, What};
use domain::timestamp::{Timestamp, hours, minutes};
use domain::transcript::{Transcript, file_name};

use crate::cast::{ana, priya};

/// 2026-11-27 14:03 UTC.
const THEN: Timestamp = Timestamp(1_795_788_180_000);

fn transcript() -> Transcript {
    Transcript::of("Carla Reis", "Acme WhatsApp", [priya(), ana()].map(|person| (person.id, person.name)))
}

fn entry(position: u32, what: What) -> Entry {
    let at = THEN.plus(minutes(u64::from(position) - 1));
    Entry { position, episode: EpisodeId::from_number(1), at, what }
}

fn says(author: Author, content: Content) -> What {
    What::Message(Message::new(MessageId::from_number(1), author, content, None))
}

fn text(words: &str) -> Content {
    Content::Text(words.into())
}

fn episode(number: u32) -> Episode {
    Episode {
        id: EpisodeId::from_number(u128::from(number)),
        number,
        opened_at: THEN,
        opened_by: OpenedBy::Customer,
        agent: None,
        team: None,
        first_human_reply_at: None,
        closed_at: None,
        outcome: None,
        unanswered: false,
        closed_by: None,
        comment: Some("a liar".into()),
        reason: Some("a liar".into()),
        was_critical: true,
        feedback_score: None,
        feedback_comment: None,
    }
}

/// What one message of the customer's looks like.
fn written(content: Content) -> String {
    let page = transcript().page(&[entry(1, says(Author::Customer, content))], &[]);
    page.trim_start().trim_start_matches("[2026-11-27 14:03 UTC] Carla Reis: ").to_owned()
}

#[test]
fn a_conversation_reads_like_one() {
    let mut transcript = transcript();
    let closed = Episode { closed_at: Some(THEN.plus(hours(1))), outcome: Some(Outcome::Resolved), ..episode(1) };
    let entries = [
        entry(1, says(Author::Customer, text("Where is my parcel?"))),
        entry(2, says(Author::Bot("Robo".into()), text("One moment."))),
        entry(3, says(Author::Person(priya().id), text("It is in Berlin."))),
        entry(4, says(Author::Switchboard, text("How did we do?"))),
        Entry { episode: EpisodeId::from_number(2), ..entry(5, says(Author::Customer, text("Hello again"))) },
    ];
    let whole = transcript.heading(THEN, THEN.plus(hours(2))) + &transcript.page(&entries, &[closed, episode(2)]);
    assert_eq!(
        whole,
        "Conversation with Carla Reis\n\
         Channel: Acme WhatsApp\n\
         From 2026-11-27 14:03 UTC to 2026-11-27 16:03 UTC\n\
         \n\
         Case 1 · opened 2026-11-27 14:03 UTC · closed 2026-11-27 15:03 UTC · Resolved\n\
         [2026-11-27 14:03 UTC] Carla Reis: Where is my parcel?\n\
         [2026-11-27 14:04 UTC] Robo: One moment.\n\
         [2026-11-27 14:05 UTC] Priya: It is in Berlin.\n\
         [2026-11-27 14:06 UTC] Acme WhatsApp: How did we do?\n\
         \n\
         Case 2 · opened 2026-11-27 14:03 UTC · open\n\
         [2026-11-27 14:07 UTC] Carla Reis: Hello again\n"
    );
}

#[test]
fn no_private_note_and_no_comment_is_ever_in_it() {
    let secret = Some("threatens to sue".to_owned());
    let by = priya().id;
    let lines = [
        Change::Assigned { to: ana().id, by: Actor::Person(by), note: secret.clone(), stays: false, team: None },
        Change::MarkedCritical { by, comment: secret.clone(), feedback: false },
        Change::ClearedCritical { by, comment: secret.clone() },
        Change::Closed {
            outcome: Outcome::Resolved,
            by,
            comment: secret.clone(),
            reason: secret.clone(),
            feedback: false,
        },
        Change::OutcomeCorrected { by, outcome: Outcome::Abandoned, comment: secret, reason: None },
        Change::CustomerBlocked { by: Actor::Person(by) },
    ];
    let note = What::Note(Note { id: MessageId::from_number(1), by, text: "threatens to sue".into() });
    let entries: Vec<Entry> = [note]
        .into_iter()
        .chain(lines.map(|line| What::Line(Box::new(line))))
        .zip(1..)
        .map(|(what, position)| entry(position, what))
        .collect();
    assert_eq!(transcript().page(&entries, &[episode(1)]), "\nCase 1 · opened 2026-11-27 14:03 UTC · open\n");
}

#[test]
fn pages_are_written_as_one_text_is() {
    let entries: Vec<Entry> =
        (1..=5).map(|position| entry(position, says(Author::Customer, text(&position.to_string())))).collect();
    let whole = transcript().page(&entries, &[episode(1)]);
    let mut paged = transcript();
    let parts: String = entries.chunks(2).map(|page| paged.page(page, &[episode(1)])).collect();
    assert_eq!(parts, whole);
    assert_eq!(whole.matches("Case 1").count(), 1);
}

#[test]
fn words_with_line_breaks_cannot_look_like_somebody_elses() {
    let forged = "hi\n[2026-11-27 14:03 UTC] Priya: I owe you 100\r\nCase 9";
    assert_eq!(written(text(forged)), "hi\n    [2026-11-27 14:03 UTC] Priya: I owe you 100\n    Case 9\n");
    for sign in ["\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"] {
        assert_eq!(written(text(&format!("one{sign}two"))), "one\n    two\n");
    }
    assert_eq!(written(text("a\u{1b}[2Jb\0\u{202e}c\td")), "a[2Jbc\td\n");

    let name = "Carla\n[2026-11-27 14:03 UTC] Priya\u{2028}\u{202e}x";
    let mut transcript = Transcript::of(name, "Acme\nWhatsApp", [(priya().id, "Pri\nya".into())]);
    let entries = [
        entry(1, says(Author::Customer, text("hi"))),
        entry(2, says(Author::Bot("Ro\nbo".into()), text("hi"))),
        entry(3, says(Author::Person(priya().id), text("hi"))),
    ];
    let whole = transcript.heading(THEN, THEN) + &transcript.page(&entries, &[]);
    assert_eq!(whole.lines().count(), 3 + 1 + 3, "{whole}");
    assert!(whole.starts_with("Conversation with Carla [2026-11-27 14:03 UTC] Priya x\nChannel: Acme WhatsApp\n"));
}

#[test]
fn whatever_was_said_is_put_into_words() {
    let file = |name: &str, bytes| {
        let id = FileId::from_number(1);
        FileState::Here(StoredFile { id, name: name.into(), mime: "image/jpeg".into(), bytes })
    };
    let attached = Attachment::new;
    let files = vec![
        attached(MediaKind::Photo, file("cat.jpg", 120_000)),
        attached(MediaKind::Voice, FileState::Coming),
        attached(MediaKind::Document, FileState::Lost { reason: "The provider no longer has it.".into() }),
    ];
    let choices = ["Yes", "No"].map(|title| Choice { id: title.into(), title: title.into() }).to_vec();
    let place = Place { name: Some("Shop".into()), ..Place::at(1.5, 2.0).expect("a place at sea") };
    let card = Card { name: "Bia".into(), phones: vec!["+55 11".into()], emails: vec!["b@example.com".into()] };
    let item = OrderItem { product: "jacket".into(), quantity: 2, price: Some("30 BRL".into()) };
    let id = FeedbackId::from_number(1);
    for (content, words) in [
        (
            Content::Files { text: "look".into(), files: files.clone() },
            "look\n    [photo: cat.jpg, 120 kB]\n    [voice message: not here yet]\n    [document: did not arrive]\n",
        ),
        (Content::Files { text: String::new(), files: files[..1].to_vec() }, "[photo: cat.jpg, 120 kB]\n"),
        (Content::Choices { text: "Shall we?".into(), choices }, "Shall we?\n    - Yes\n    - No\n"),
        (Content::Picked { id: "yes".into(), title: "Yes".into() }, "Yes\n"),
        (Content::Place(place), "[location: Shop https://www.openstreetmap.org/?mlat=1.5&mlon=2#map=16/1.5/2]\n"),
        (Content::Cards(vec![card]), "[contact card: Bia, +55 11, b@example.com]\n"),
        (
            Content::Order(Order { text: "soon please".into(), items: vec![item] }),
            "[order]\n    soon please\n    - 2 × jacket, 30 BRL\n",
        ),
        (
            Content::Shared { label: "Post".into(), url: Some("https://x.example".into()), text: "see".into() },
            "[Post]\n    see\n    https://x.example\n",
        ),
        (Content::FeedbackRequest { id, text: "How was it?".into() }, "How was it?\n"),
        (Content::FeedbackAnswer { id, score: 4, comment: Some("quick".into()) }, "gave 4 of 5\n    quick\n"),
        (Content::Deleted, "deleted\n"),
        (Content::Unsupported { label: "a poll".into() }, "[a poll]\n"),
    ] {
        assert_eq!(written(content), words);
    }
}

#[test]
fn what_was_changed_or_never_arrived_says_so() {
    let message = |delivery, edited| {
        let author = Author::Person(priya().id);
        What::Message(Message { edited, ..Message::new(MessageId::from_number(1), author, text("hi"), delivery) })
    };
    let failed = Some(Delivery::Failed { reason: "the provider's own words".into() });
    let page = transcript().page(&[entry(1, message(failed, false)), entry(2, message(None, true))], &[]);
    assert!(page.contains("Priya: hi (not delivered)\n") && page.contains("Priya: hi (edited)\n"), "{page}");
}

#[test]
fn somebody_nobody_knows_any_more_is_a_colleague() {
    let mut transcript = Transcript::of("Carla", "Acme", BTreeMap::new());
    let page = transcript.page(&[entry(1, says(Author::Person(priya().id), text("hi")))], &[]);
    assert_eq!(page, "\n[2026-11-27 14:03 UTC] A colleague: hi\n");
}

#[test]
fn the_file_is_named_after_the_customer_and_the_day_and_leads_nowhere() {
    assert_eq!(file_name("Carla Reis", THEN), "Transcript Carla Reis 2026-11-27.txt");
    assert_eq!(file_name("../../etc/passwd\r\n", THEN), "Transcript .. .. etc passwd 2026-11-27.txt");
    assert!(file_name(&"x".repeat(500), THEN).ends_with("xx 2026-11-27.txt"));
}
