//! Chats as a CSV file: what a manager reaches, in the order of the list, each case with all that is known of it.

use backend::test_desk::{TestDesk, desk_policy};
use backend::{Error, new_id, people, rooms};
use domain::account::PersonUpdate;
use domain::bulk::MOST;
use domain::change::Change;
use domain::channel::Channel;
use domain::desk::{ListQuery, Sort, Whose};
use domain::episode::{OpenedBy, Outcome};
use domain::export::{TITLES, ToExport};
use domain::id::{RoomId, TeamId};
use domain::message::{Author, Content, Message};
use domain::person::{Person, Role};
use domain::policy::Policy;
use domain::refused::Refused;
use domain::room::{Room, Section};
use domain::timestamp::minutes;
use futures::TryStreamExt;
use futures::future::join_all;

/// A line of the file, by the titles of its columns.
struct Line(Vec<String>);

impl Line {
    fn cell(&self, title: &str) -> &str {
        let place = TITLES.iter().position(|known| *known == title).expect("there is such a column");
        &self.0[place]
    }
}

/// The lines of what somebody exports, as a program reads them that knows nothing of ours.
async fn exported(desk: &TestDesk, me: &Person, what: ToExport) -> backend::Result<Vec<Line>> {
    let exported = rooms::export(&desk.backend, me, what).await?;
    assert_eq!(exported.name, "Chats 2026-11-22.csv");
    let parts: Vec<Vec<u8>> = exported.bytes.try_collect().await?;
    let bytes = parts.concat();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").expect("the mark by which Excel knows UTF-8");
    let mut reader = csv::Reader::from_reader(bytes);
    assert_eq!(reader.headers().expect("there are titles"), TITLES.as_slice());
    Ok(reader.records().map(|line| Line(line.expect("a line").iter().map(Into::into).collect())).collect())
}

fn customers(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.cell("Customer")).collect()
}

fn chosen(rooms: &[&Room]) -> ToExport {
    ToExport::Chosen { rooms: rooms.iter().map(|room| room.id).collect(), sort: Sort::Newest }
}

/// Tom manages Support, whose channel this is, and where nobody is given anything by itself.
async fn support() -> (TestDesk, Channel, Person) {
    let desk = TestDesk::new().await;
    desk.set_policy(Policy { auto_assign: false, ..desk_policy() }).await;
    let channel = desk.whatsapp_channel().await;
    let tom = desk.team_manager("tom").await;
    (desk, channel, tom)
}

/// The room is of `team` from now on, and held there.
async fn move_to(desk: &TestDesk, room: &Room, team: TeamId, holder: &Person) -> Room {
    let priya = desk.person(&format!("admin-{}", room.id), Role::Admin, vec![team]).await;
    rooms::return_to_queue(&desk.backend, &priya, room.id, Some(team)).await.expect("an admin may");
    rooms::enter(&desk.backend, holder, room.id).await.expect("it waits for their team")
}

fn says(text: &str) -> Change {
    Change::MessageAdded(Message::new(new_id(), Author::Customer, Content::Text(text.into()), None))
}

#[tokio::test]
async fn each_case_is_a_line_with_its_comment_reason_and_feedback() {
    let (desk, channel, tom) = support().await;
    let room = desk.room(&channel, "Ana \"Nana\" Lima, São Paulo").await;
    let maria = desk.agent("maria").await;
    desk.later(minutes(2));
    desk.happens(
        room.id,
        vec![
            Change::Entered { by: maria.id },
            Change::MessageAdded(Message::new(
                new_id(),
                Author::Person(maria.id),
                Content::Text("Tomorrow.".into()),
                None,
            )),
            Change::MarkedCritical { by: maria.id, comment: None, feedback: false },
        ],
    )
    .await;
    desk.later(minutes(3));
    let comment = Some("Late;\r\n=1+1".into());
    let closed = Change::Closed {
        outcome: Outcome::Abandoned,
        by: tom.id,
        comment,
        reason: Some("Delivery".into()),
        feedback: true,
    };
    let given = Change::FeedbackGiven { id: new_id(), score: 2, comment: Some("@all slow".into()) };
    desk.happens(room.id, vec![closed, given]).await;
    desk.later(minutes(5));
    let opened = Change::EpisodeOpened {
        episode: new_id(),
        number: 2,
        by: OpenedBy::Customer,
        handler: domain::room::LiveHandler::Queue,
        team: Some(desk.team),
        expires_after_millis: None,
    };
    desk.happens(room.id, vec![opened, says("Still nothing"), says("Hello?")]).await;

    let lines = exported(&desk, &tom, chosen(&[&room])).await.expect("he may");

    let [first, second] = lines.as_slice() else { panic!("{} lines", lines.len()) };
    for (title, of_first, of_second) in [
        ("Chat", format!("http://localhost:3000/live/{}", room.id), format!("http://localhost:3000/live/{}", room.id)),
        ("Customer", "Ana \"Nana\" Lima, São Paulo".into(), "Ana \"Nana\" Lima, São Paulo".into()),
        ("Channel", channel.name.clone(), channel.name.clone()),
        ("Team", "Support".into(), "Support".into()),
        ("Case", "1".into(), "2".into()),
        ("Opened", "2026-11-22T12:00:00Z".into(), "2026-11-22T12:10:00Z".into()),
        ("Opened by", "Customer".into(), "Customer".into()),
        ("First answer", "2026-11-22T12:02:00Z".into(), String::new()),
        ("Closed", "2026-11-22T12:05:00Z".into(), String::new()),
        ("Closed by", "Tom".into(), String::new()),
        ("Outcome", "Abandoned".into(), "Open".into()),
        ("Critical", "Yes".into(), "No".into()),
        ("Held by", "Maria".into(), String::new()),
        ("Reason", "Delivery".into(), String::new()),
        ("Comment", "Late;\n'=1+1".into(), String::new()),
        ("Feedback score", "2".into(), String::new()),
        ("Feedback comment", "'@all slow".into(), String::new()),
        ("Messages", "2".into(), "2".into()),
    ] {
        assert_eq!((first.cell(title), second.cell(title)), (of_first.as_str(), of_second.as_str()), "{title}");
    }
}

#[tokio::test]
async fn a_manager_exports_no_chat_of_another_team_not_even_one_they_joined_and_an_admin_all() {
    let (desk, channel, tom) = support().await;
    let sales = desk.add_team("Sales").await;
    let sol = desk.person("sol", Role::TeamManager, vec![sales]).await;
    let mut written = Vec::new();
    for name in ["Ana", "Bia", "Caio"] {
        desk.later(minutes(1));
        written.push(desk.room(&channel, name).await);
    }
    desk.happens(written[0].id, vec![Change::Entered { by: tom.id }]).await;
    for room in &written[1..] {
        move_to(&desk, room, sales, &sol).await;
    }
    desk.happens(written[2].id, vec![Change::Joined { person: tom.id }]).await;
    let each: Vec<&Room> = written.iter().collect();
    let assigned = ToExport::All(ListQuery::of(Section::Assigned));
    let priya = desk.admin("priya").await;

    for what in [chosen(&each), assigned] {
        for (me, expected) in [(&tom, ["Ana"].as_slice()), (&sol, &["Caio", "Bia"]), (&priya, &["Caio", "Bia", "Ana"])]
        {
            let lines = exported(&desk, me, what.clone()).await.expect("they may");
            assert_eq!(customers(&lines), expected, "{} {what:?}", me.name);
        }
    }
}

#[tokio::test]
async fn an_agent_exports_nothing_and_nobody_none_or_too_many() {
    let (desk, channel, tom) = support().await;
    let room = desk.room(&channel, "Ana").await;
    let maria = desk.agent("maria").await;
    for what in [chosen(&[&room]), ToExport::All(ListQuery::of(Section::Live))] {
        let refused = exported(&desk, &maria, what).await.err();
        assert!(matches!(refused, Some(Error::Refused(Refused::NotAllowed { .. }))), "{refused:?}");
    }
    let many = ToExport::Chosen { rooms: vec![room.id; MOST + 1], sort: Sort::Newest };
    for what in [chosen(&[]), many] {
        let refused = exported(&desk, &tom, what).await.err();
        assert!(
            matches!(&refused, Some(Error::Refused(refused)) if refused.field() == Some("selection")),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_file_breaks_off_where_whoever_asked_may_no_longer_export_and_leaves_out_what_they_lost() {
    let (desk, channel, tom) = support().await;
    let (sales, priya) = (desk.add_team("Sales").await, desk.admin("priya").await);
    let room = desk.room(&channel, "Ana").await;
    let is = PersonUpdate::of(&tom);
    for (change, goes_on) in [
        (PersonUpdate { teams: vec![sales], ..is.clone() }, true),
        (PersonUpdate { role: Role::Agent, ..is.clone() }, false),
        (PersonUpdate { active: false, ..is.clone() }, false),
    ] {
        people::update(&desk.backend, &priya, tom.id, is.clone()).await.expect("an admin may");
        let mut exported = rooms::export(&desk.backend, &tom, chosen(&[&room])).await.expect("he may");
        assert!(exported.bytes.try_next().await.is_ok_and(|heading| heading.is_some()));

        people::update(&desk.backend, &priya, tom.id, change.clone()).await.expect("an admin may");

        let rest: backend::Result<Vec<Vec<u8>>> = exported.bytes.try_collect().await;
        assert_eq!(rest.ok(), goes_on.then(|| vec![Vec::new()]), "{change:?}");
    }
}

#[tokio::test]
async fn a_whole_list_is_exported_in_its_order_and_further_than_one_may_select() {
    let (desk, channel, tom) = support().await;
    let names: Vec<String> = (0..=MOST).map(|number| format!("Customer {number}")).collect();
    join_all(names.iter().map(|name| desk.room(&channel, name))).await;
    desk.later(minutes(1));
    let maria = desk.agent("maria").await;
    for (name, by) in [("Ana", tom.id), ("Bia", tom.id), ("Eva", maria.id), ("Gil", maria.id)] {
        let room = desk.room(&channel, name).await;
        desk.happens(room.id, vec![Change::Entered { by }]).await;
        if name == "Gil" {
            let until = desk.backend.now().plus(minutes(60));
            desk.happens(room.id, vec![Change::Snoozed { by, until }]).await;
        }
    }
    desk.later(minutes(1));
    let urgent = desk.room(&channel, "Caio").await;
    desk.later(minutes(1));
    desk.room(&channel, "Duda").await;
    desk.happens(urgent.id, vec![Change::MarkedCritical { by: tom.id, comment: None, feedback: false }]).await;
    let of = |section| ListQuery::of(section);
    for (query, count) in [
        (of(Section::Live), MOST + 3),
        (ListQuery { sort: Sort::LongestWait, ..of(Section::Live) }, MOST + 3),
        (of(Section::Assigned), 3),
        (ListQuery { whose: Whose::Mine, ..of(Section::Assigned) }, 2),
        (ListQuery { whose: Whose::Snoozed, ..of(Section::Assigned) }, 1),
        (ListQuery { channel: Some(domain::id::ChannelId::from_number(7)), ..of(Section::Live) }, 0),
        (of(Section::Archived), 0),
    ] {
        let listed = listed(&desk, &tom, &query).await;

        let lines = exported(&desk, &tom, ToExport::All(query.clone())).await.expect("he may");

        assert_eq!(listed.len(), count, "{query:?}");
        let id = |line: &Line| line.cell("Chat").rsplit('/').next()?.parse().ok();
        assert_eq!(lines.iter().filter_map(id).collect::<Vec<RoomId>>(), listed, "{query:?}");
        let first = &listed[..listed.len().min(MOST)];
        if !first.is_empty() {
            let chosen = ToExport::Chosen { rooms: first.iter().rev().copied().collect(), sort: query.sort };
            let lines = exported(&desk, &tom, chosen).await.expect("he may");
            assert_eq!(lines.iter().filter_map(id).collect::<Vec<RoomId>>(), first, "{query:?}");
        }
    }
}

/// The rooms of a list as a screen shows them, page by page.
async fn listed(desk: &TestDesk, me: &Person, query: &ListQuery) -> Vec<RoomId> {
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = backend::desk::page(&desk.backend, me, query.clone(), after).await.expect("it loads");
        listed.extend(page.rooms.iter().map(|room| room.id));
        after = page.next;
        if after.is_none() {
            return listed;
        }
    }
}
