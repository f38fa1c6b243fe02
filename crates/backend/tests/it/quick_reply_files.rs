//! Files of quick replies: kept as long as the quick reply has them, read by whoever has it, and lent to messages as copies.

use std::path::Path;
use std::time::Duration;

use backend::test_desk::TestDesk;
use backend::{Result, media, messages, new_id, quick_replies};
use bytes::Bytes;
use domain::change::Change;
use domain::channel::Channel;
use domain::id::{FileId, QuickReplyId, RoomId};
use domain::media::MediaKind;
use domain::message::{ChosenFile, NewMessage};
use domain::person::Person;
use domain::quick_reply::{LentFile, QuickReply, QuickReplyScope, SaveQuickReply};
use domain::timestamp::hours;
use futures::TryStreamExt;
use futures::stream;

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n";

async fn uploads(desk: &TestDesk, name: &str) -> FileId {
    let content = stream::iter([Ok(Bytes::from_static(PDF))]);
    media::put(&desk.backend, MediaKind::Document, name, content).await.expect("a document").id
}

fn form(files: &[FileId], scope: QuickReplyScope) -> SaveQuickReply {
    SaveQuickReply { shortcut: "returns".into(), text: "Here is the form.".into(), scope, files: files.to_vec() }
}

async fn keeps(desk: &TestDesk, me: &Person, files: &[FileId]) -> QuickReply {
    let form = form(files, QuickReplyScope::Team(desk.team));
    quick_replies::add(&desk.backend, me, &form).await.expect("a manager may")
}

async fn changes(desk: &TestDesk, me: &Person, reply: QuickReplyId, files: &[FileId]) -> Result<QuickReply> {
    quick_replies::change(&desk.backend, me, reply, &form(files, QuickReplyScope::Team(desk.team))).await
}

async fn is_lent(desk: &TestDesk, me: &Person, reply: QuickReplyId) -> Vec<LentFile> {
    quick_replies::lend_files(&desk.backend, me, reply).await.expect("they have it")
}

async fn may_open(desk: &TestDesk, me: &Person, file: FileId) -> bool {
    media::open(&desk.backend, me, file).await.is_ok()
}

/// A room that `me` holds.
async fn holds(desk: &TestDesk, me: &Person, channel: &Channel, name: &str) -> RoomId {
    let room = desk.room(channel, name).await.id;
    desk.happens(room, vec![Change::Entered { by: me.id }]).await;
    room
}

async fn sends(desk: &TestDesk, me: &Person, room: RoomId, file: FileId) -> Result<()> {
    let files = vec![ChosenFile { id: file, kind: MediaKind::Document }];
    let message = NewMessage { files, ..NewMessage::from("Here is the form.") };
    messages::send(&desk.backend, me, room, new_id(), message).await.map(drop)
}

fn names(reply: &QuickReply) -> Vec<&str> {
    reply.files.iter().map(|file| file.name.as_str()).collect()
}

fn files_in(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    entries.map(|entry| if entry.path().is_dir() { files_in(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn what_a_quick_reply_keeps_stays_and_goes_a_day_after_it() {
    let desk = TestDesk::new().await;
    let tom = desk.team_manager("tom").await;
    let (form, map) = (uploads(&desk, "form.pdf").await, uploads(&desk, "map.pdf").await);
    let reply = keeps(&desk, &tom, &[form, map]).await;

    desk.later(hours(7 * 24));
    assert_eq!(media::sweep(&desk.backend).await.ok(), Some(0));
    assert_eq!(files_in(&desk.folder().join("media")), 2);

    changes(&desk, &tom, reply.id, &[form]).await.expect("he may");
    assert_eq!(media::sweep(&desk.backend).await.ok(), Some(1), "the map is freed");
    quick_replies::delete(&desk.backend, &tom, reply.id).await.expect("he may");
    assert!(!may_open(&desk, &tom, form).await);
    assert_eq!(media::sweep(&desk.backend).await.ok(), Some(1), "the form is freed");
    assert_eq!(files_in(&desk.folder().join("media")), 0);
}

#[tokio::test]
async fn its_files_are_in_the_order_in_which_they_were_saved() {
    let desk = TestDesk::new().await;
    let tom = desk.team_manager("tom").await;
    let mut files = Vec::new();
    for name in ["one.pdf", "two.pdf", "three.pdf"] {
        files.push(uploads(&desk, name).await);
    }
    let reply = keeps(&desk, &tom, &[files[2], files[0]]).await;
    assert_eq!(names(&reply), ["three.pdf", "one.pdf"]);

    let changed = changes(&desk, &tom, reply.id, &[files[0], files[1], files[2]]).await.expect("he may");

    assert_eq!(names(&changed), ["one.pdf", "two.pdf", "three.pdf"]);
    assert_eq!(quick_replies::list(&desk.backend, &tom).await.expect("can be read"), [changed]);
}

#[tokio::test]
async fn whoever_has_a_quick_reply_reads_its_files_and_nobody_else_does() {
    let desk = TestDesk::new().await;
    let sales = desk.add_team("Sales").await;
    let (tom, maria) = (desk.team_manager("tom").await, desk.agent("maria").await);
    let sam = desk.person("sam", domain::person::Role::TeamManager, vec![sales]).await;
    let file = uploads(&desk, "form.pdf").await;
    assert!(!may_open(&desk, &tom, file).await, "nothing has it yet");

    let reply = keeps(&desk, &tom, &[file]).await;

    assert!(may_open(&desk, &maria, file).await);
    assert!(!may_open(&desk, &sam, file).await);
    let refused = quick_replies::lend_files(&desk.backend, &sam, reply.id).await.expect_err("it is not his");
    assert_eq!(refused.to_string(), "The quick reply does not exist any more.");
}

#[tokio::test]
async fn each_message_has_a_copy_that_outlives_the_quick_reply() {
    let desk = TestDesk::new().await;
    let (tom, maria) = (desk.team_manager("tom").await, desk.agent("maria").await);
    let channel = desk.web_channel().await;
    let (ana, bo) = (holds(&desk, &maria, &channel, "Ana").await, holds(&desk, &maria, &channel, "Bo").await);
    let file = uploads(&desk, "form.pdf").await;
    let reply = keeps(&desk, &tom, &[file]).await;

    let gone = sends(&desk, &maria, ana, file).await.expect_err("it is the quick reply's own");
    assert_eq!(gone.to_string(), "The file is no longer here; add it again.");
    let (one, other) = (is_lent(&desk, &maria, reply.id).await, is_lent(&desk, &maria, reply.id).await);
    let _unsent = is_lent(&desk, &maria, reply.id).await;
    assert_eq!((one[0].of, one[0].file.name.as_str(), one[0].file.bytes), (file, "form.pdf", PDF.len() as u64));
    sends(&desk, &maria, ana, one[0].file.id).await.expect("a copy is hers to send");
    sends(&desk, &maria, bo, other[0].file.id).await.expect("and another");
    quick_replies::delete(&desk.backend, &tom, reply.id).await.expect("he may");
    desk.later(hours(25));
    assert_eq!(media::sweep(&desk.backend).await.ok(), Some(2), "what the reply had, and the copy that nobody sent");

    for sent in [one[0].file.id, other[0].file.id] {
        let found = media::open(&desk.backend, &maria, sent).await.expect("its room is hers");
        let read: Vec<Bytes> = found.read(None).await.expect("is here").try_collect().await.expect("can be read");
        assert_eq!(read.concat(), PDF);
    }
}

#[tokio::test]
async fn whoever_is_given_the_address_of_a_file_reads_it_for_thirty_days() {
    let desk = TestDesk::new().await;
    let tom = desk.team_manager("tom").await;
    let file = uploads(&desk, "form.pdf").await;
    let reply = keeps(&desk, &tom, &[file]).await;
    let link = is_lent(&desk, &tom, reply.id).await.remove(0).link;
    let path = link.split("/lent/").nth(1).expect("an address of ours").to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    let (id, until) = (parts[0].parse().map(FileId).expect("an id"), parts[1].parse().expect("a time"));

    desk.later(hours(30 * 24));
    let found = media::open_lent(&desk.backend, id, until, parts[2]).await.expect("it is good still");
    assert_eq!(found.file.id, file);
    assert!(media::open_lent(&desk.backend, id, until + 1, parts[2]).await.is_err());
    desk.later(Duration::from_secs(1));
    assert!(media::open_lent(&desk.backend, id, until, parts[2]).await.is_err());
}

#[tokio::test]
async fn what_a_message_or_another_quick_reply_has_is_refused_and_nothing_changes() {
    let desk = TestDesk::new().await;
    let tom = desk.team_manager("tom").await;
    let channel = desk.web_channel().await;
    let room = holds(&desk, &tom, &channel, "Ana").await;
    let (kept, sent) = (uploads(&desk, "kept.pdf").await, uploads(&desk, "sent.pdf").await);
    sends(&desk, &tom, room, sent).await.expect("he holds it");
    let reply = keeps(&desk, &tom, &[kept]).await;

    for taken in [sent, FileId::from_number(7)] {
        let refused = changes(&desk, &tom, reply.id, &[taken]).await.expect_err("it is not free");
        assert_eq!(refused.to_string(), "The file is no longer here; add it again.");
    }
    let own = form(&[kept], QuickReplyScope::Personal(tom.id));
    assert!(quick_replies::add(&desk.backend, &tom, &own).await.is_err());
    assert_eq!(quick_replies::list(&desk.backend, &tom).await.expect("can be read"), [reply]);
    assert!(may_open(&desk, &tom, kept).await);
}
