//! Bulk actions: each room by the ordinary rules, none stopped by another, none of another team, and nothing done twice.

use backend::test_desk::{TestDesk, desk_policy};
use backend::{Error, new_id, rooms};
use domain::bulk::{BulkAction, Chosen, MOST};
use domain::change::Change;
use domain::channel::Channel;
use domain::desk::{ListQuery, Sort, Whose};
use domain::episode::Outcome;
use domain::id::{BulkId, RoomId, TeamId};
use domain::message::{Author, Content, Message, What};
use domain::person::{Person, Role};
use domain::policy::{Policy, UNDO};
use domain::refused::Refused;
use domain::room::{Room, Section, State, Status};
use domain::timestamp::{hours, minutes};
use futures::future::join_all;

use crate::transcript::words;

/// Tom manages Support, on whose channel Ana, Bia and Caio have written.
async fn three_chats() -> (TestDesk, Channel, Person, Vec<Room>) {
    let desk = TestDesk::new().await;
    desk.set_policy(Policy { auto_assign: false, ..desk_policy() }).await;
    let channel = desk.whatsapp_channel().await;
    let tom = desk.team_manager("tom").await;
    let mut written = Vec::new();
    for name in ["Ana", "Bia", "Caio"] {
        written.push(desk.room(&channel, name).await);
    }
    (desk, channel, tom, written)
}

fn resolve(feedback: bool) -> BulkAction {
    BulkAction::UpdateStatus { status: Status::Resolve, comment: Some("storm".into()), reason: None, feedback }
}

/// What became of each room, in their order: nothing, or why not.
async fn act(desk: &TestDesk, me: &Person, id: BulkId, action: BulkAction, chosen: &[Chosen]) -> Vec<Option<Refused>> {
    let results = rooms::act_in_bulk(&desk.backend, me, id, action, chosen.to_vec()).await.expect("they may");
    assert_eq!(
        results.iter().map(|one| one.room).collect::<Vec<_>>(),
        chosen.iter().map(|one| one.room).collect::<Vec<_>>()
    );
    results.into_iter().map(|result| result.refused).collect()
}

fn all(written: &[Room]) -> Vec<Chosen> {
    written.iter().map(Chosen::of).collect()
}

async fn is_resolved(desk: &TestDesk, room: &Room) -> bool {
    matches!(desk.find_room(room.id).await.state, State::Archived { outcome: Outcome::Resolved, .. })
}

async fn writes_again(desk: &TestDesk, room: &Room) {
    let message = Message::new(new_id(), Author::Customer, Content::Text("wait!".into()), None);
    desk.happens(room.id, vec![Change::MessageAdded(message)]).await;
}

#[tokio::test]
async fn a_customer_who_wrote_again_is_kept_and_the_others_are_resolved_with_the_comment() {
    let (desk, _, tom, written) = three_chats().await;
    let chosen = all(&written);
    writes_again(&desk, &written[1]).await;

    let results = act(&desk, &tom, new_id(), resolve(false), &chosen).await;

    assert_eq!(results, [None, Some(Refused::NewMessage), None]);
    assert!(is_resolved(&desk, &written[0]).await && is_resolved(&desk, &written[2]).await);
    assert!(!desk.find_room(written[1].id).await.is_archived());
    for room in [&written[0], &written[2]] {
        let view = rooms::load(&desk.backend, &tom, room.id).await.expect("he sees it");
        assert_eq!(view.episodes[0].comment.as_deref(), Some("storm"));
    }
}

#[tokio::test]
async fn where_the_window_is_closed_nobody_is_asked_and_the_chat_stays_while_the_others_are_asked() {
    let (desk, channel, tom, mut written) = three_chats().await;
    desk.later(hours(23));
    written.push(desk.room(&channel, "Duda").await);
    desk.later(minutes(61));
    // Nobody addressed the others for longer, so only somebody who holds them has kept them.
    for room in &written[..3] {
        desk.happens(room.id, vec![Change::Entered { by: tom.id }]).await;
    }
    let chosen = all(&written);

    let results = act(&desk, &tom, new_id(), resolve(true), &chosen).await;

    let closed = || Some(Refused::window_closed(channel.kind));
    assert_eq!(results, [closed(), closed(), closed(), None]);
    assert!(is_resolved(&desk, &written[3]).await);
    let again = act(&desk, &tom, new_id(), resolve(false), &chosen[..3]).await;
    assert_eq!(again, [None, None, None], "without asking they may");
}

#[tokio::test]
async fn a_managers_action_reaches_no_chat_of_another_team_not_even_one_they_joined() {
    let (desk, channel, tom, written) = three_chats().await;
    let sales = desk.add_team("Sales").await;
    let sol = desk.person("sol", Role::TeamManager, vec![sales]).await;
    let (mut theirs, mut joined) = (desk.room(&channel, "Duda").await, desk.room(&channel, "Eva").await);
    for room in [&mut theirs, &mut joined] {
        *room = move_to(&desk, room, sales, &sol).await;
    }
    desk.happens(joined.id, vec![Change::Joined { person: tom.id }]).await;
    let nowhere = Chosen { room: new_id(), seen_messages: 9 };
    let chosen = [Chosen::of(&written[0]), Chosen::of(&theirs), Chosen::of(&joined), nowhere];

    for action in
        [BulkAction::Assign { to: tom.id }, BulkAction::ReturnToQueue { team: Some(desk.team) }, resolve(false)]
    {
        let results = act(&desk, &tom, new_id(), action, &chosen).await;
        assert_eq!(results[1..], [const { Some(Refused::NotFound) }; 3]);
    }
    for room in [&theirs, &joined] {
        let now = desk.find_room(room.id).await;
        assert_eq!((now.agent(), now.team), (Some(sol.id), Some(sales)));
    }
    let priya = desk.admin("priya").await;
    let results = act(&desk, &priya, new_id(), resolve(false), &chosen[1..3]).await;
    assert_eq!(results, [None, None], "an admin's reaches all");
}

/// The room is of `team` from now on, and held there.
async fn move_to(desk: &TestDesk, room: &Room, team: TeamId, holder: &Person) -> Room {
    let priya = desk.person(&format!("admin-{}", room.id), Role::Admin, vec![team]).await;
    rooms::return_to_queue(&desk.backend, &priya, room.id, Some(team)).await.expect("an admin may");
    rooms::enter(&desk.backend, holder, room.id).await.expect("it waits for their team")
}

#[tokio::test]
async fn the_same_action_again_is_answered_as_before_and_does_nothing_twice() {
    let (desk, _, tom, written) = three_chats().await;
    let (chosen, id) = (all(&written), new_id());
    let (once, twice) =
        futures::join!(act(&desk, &tom, id, resolve(false), &chosen), act(&desk, &tom, id, resolve(false), &chosen));
    assert_eq!((once, twice), (vec![None; 3], vec![None; 3]));
    rooms::reopen(&desk.backend, &tom, written[0].id).await.expect("it was closed just now");

    let later = act(&desk, &tom, id, resolve(false), &chosen).await;

    assert_eq!(later, [None, None, None]);
    assert!(!desk.find_room(written[0].id).await.is_archived(), "reopened since, and left alone");
    let is_end = |what: &What| matches!(what, What::Line(change) if matches!(**change, Change::Closed { .. }));
    assert_eq!(words(&desk, &written[1]).await.iter().filter(|entry| is_end(&entry.what)).count(), 1);
    let another = act(&desk, &tom, new_id(), resolve(false), &chosen).await;
    assert_eq!(another, [None, Some(Refused::Archived), Some(Refused::Archived)]);
}

#[tokio::test]
async fn a_refused_room_is_decided_anew_when_the_same_action_is_asked_for_again() {
    let (desk, _, tom, written) = three_chats().await;
    let id = new_id();
    let mut chosen = all(&written);
    writes_again(&desk, &written[1]).await;
    assert_eq!(act(&desk, &tom, id, resolve(false), &chosen).await[1], Some(Refused::NewMessage));

    chosen[1].seen_messages += 1;

    assert_eq!(act(&desk, &tom, id, resolve(false), &chosen).await, [None, None, None]);
    assert!(is_resolved(&desk, &written[1]).await);
}

#[tokio::test]
async fn chats_are_given_to_a_person_or_a_teams_queue_marked_and_taken_back_together() {
    let (desk, _, tom, written) = three_chats().await;
    let (sales, maria) = (desk.add_team("Sales").await, desk.agent("maria").await);
    let chosen = all(&written);
    let holders = async || join_all(written.iter().map(|room| desk.find_room(room.id))).await;

    act(&desk, &tom, new_id(), BulkAction::Assign { to: maria.id }, &chosen).await;
    assert!(holders().await.iter().all(|room| room.agent() == Some(maria.id)));

    let critical = BulkAction::UpdateStatus { status: Status::Critical, comment: None, reason: None, feedback: false };
    assert_eq!(act(&desk, &tom, new_id(), critical, &chosen).await, [None, None, None]);
    assert!(holders().await.iter().all(|room| room.critical));
    assert_eq!(act(&desk, &tom, new_id(), BulkAction::Undo, &chosen).await, [None, None, None]);
    assert!(holders().await.iter().all(|room| !room.critical));
    desk.later(UNDO + minutes(1));
    let late = act(&desk, &tom, new_id(), BulkAction::Undo, &chosen[..1]).await;
    assert_eq!(late, [Some(Refused::TooLateToUndo)]);

    let to_sales = BulkAction::ReturnToQueue { team: Some(sales) };
    assert_eq!(act(&desk, &tom, new_id(), to_sales, &chosen).await, [None, None, None]);
    assert!(holders().await.iter().all(|room| room.is_queued() && room.team == Some(sales)));
}

#[tokio::test]
async fn an_agent_may_not_nobody_may_name_none_or_too_many_and_calls_of_one_action_are_counted_together() {
    let (desk, _, tom, written) = three_chats().await;
    let maria = desk.agent("maria").await;
    let asks = async |me: &Person, id, chosen: Vec<Chosen>| {
        rooms::act_in_bulk(&desk.backend, me, id, resolve(false), chosen).await.map(|results| results.len())
    };
    let strangers = |count: usize| (0..count).map(|_| Chosen { room: new_id(), seen_messages: 0 }).collect::<Vec<_>>();

    let refused = asks(&maria, new_id(), all(&written)).await.expect_err("an agent");
    assert!(matches!(refused, Error::Refused(Refused::NotAllowed { .. })), "{refused}");
    let refused = rooms::list_matching(&desk.backend, &maria, ListQuery::of(Section::Live)).await;
    assert!(refused.is_err());
    assert!(asks(&tom, new_id(), Vec::new()).await.is_err());
    let refused = asks(&tom, new_id(), strangers(MOST + 1)).await.expect_err("too many").to_string();
    assert_eq!(refused, "The selection has 501 chats; at most 500 are allowed.");
    let id = new_id();
    assert_eq!(asks(&tom, id, all(&written)).await.expect("three are not many"), 3);
    assert!(asks(&tom, id, strangers(MOST - 2)).await.is_err(), "with the three, 501");
}

#[tokio::test]
async fn all_matching_is_what_the_list_shows_in_its_order_page_by_page() {
    let (desk, channel, tom, _) = three_chats().await;
    for number in 0..60 {
        desk.later(minutes(1));
        let room = desk.room(&channel, &format!("Customer {number}")).await;
        if number % 10 == 0 {
            desk.happens(room.id, vec![Change::Entered { by: tom.id }]).await;
        }
    }
    for (query, count) in [
        (ListQuery::of(Section::Live), 57),
        (ListQuery { sort: Sort::LongestWait, ..ListQuery::of(Section::Live) }, 57),
        (ListQuery { whose: Whose::Mine, ..ListQuery::of(Section::Assigned) }, 6),
        (ListQuery { channel: Some(domain::id::ChannelId::from_number(7)), ..ListQuery::of(Section::Live) }, 0),
    ] {
        let matching = rooms::list_matching(&desk.backend, &tom, query.clone()).await.expect("he may");

        let mut listed: Vec<RoomId> = Vec::new();
        let mut after = None;
        loop {
            let page = backend::desk::page(&desk.backend, &tom, query.clone(), after).await.expect("it loads");
            listed.extend(page.rooms.iter().map(|room| room.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(matching.rooms.iter().map(|named| named.chosen.room).collect::<Vec<_>>(), listed);
        assert_eq!((matching.rooms.len(), matching.is_cut), (count, false));
    }
}

#[tokio::test]
async fn all_matching_ends_at_the_cap_and_says_so() {
    let (desk, channel, tom, _) = three_chats().await;
    let names: Vec<String> = (3..MOST).map(|number| format!("Customer {number}")).collect();
    join_all(names.iter().map(|name| desk.room(&channel, name))).await;
    let ask = async || rooms::list_matching(&desk.backend, &tom, ListQuery::of(Section::Live)).await.expect("he may");
    let exact = ask().await;
    assert_eq!((exact.rooms.len(), exact.is_cut), (MOST, false));

    desk.room(&channel, "One more").await;

    let cut = ask().await;
    assert_eq!((cut.rooms.len(), cut.is_cut), (MOST, true));
    let chosen: Vec<Chosen> = cut.rooms.iter().map(|named| named.chosen).collect();
    let results = act(&desk, &tom, new_id(), resolve(false), &chosen).await;
    assert!(results.iter().all(Option::is_none));
    assert_eq!(ask().await.rooms.len(), 1);
}

#[tokio::test]
async fn all_matching_leaves_out_what_a_managers_action_does_not_reach() {
    let (desk, channel, tom, written) = three_chats().await;
    let sales = desk.add_team("Sales").await;
    let sol = desk.person("sol", Role::TeamManager, vec![sales]).await;
    let joined = move_to(&desk, &desk.room(&channel, "Duda").await, sales, &sol).await;
    desk.happens(joined.id, vec![Change::Joined { person: tom.id }]).await;
    desk.happens(written[0].id, vec![Change::Entered { by: tom.id }]).await;

    let query = ListQuery::of(Section::Assigned);
    let listed = backend::desk::page(&desk.backend, &tom, query.clone(), None).await.expect("it loads").rooms;
    let matching = rooms::list_matching(&desk.backend, &tom, query).await.expect("he may");

    assert_eq!(listed.len(), 2, "he sees both");
    assert_eq!(matching.rooms.iter().map(|named| named.chosen.room).collect::<Vec<_>>(), [written[0].id]);
}

#[tokio::test]
async fn what_was_done_is_remembered_for_a_month() {
    let (desk, _, tom, written) = three_chats().await;
    let (chosen, id) = (all(&written), new_id());
    let asks = async || act(&desk, &tom, id, resolve(false), &chosen).await;
    assert_eq!(asks().await, [None, None, None]);

    for (days, answer) in [(29, None), (2, Some(Refused::Archived))] {
        desk.later(hours(24 * days));
        desk.sweep().await;
        assert_eq!(asks().await, vec![answer; 3]);
    }
}
