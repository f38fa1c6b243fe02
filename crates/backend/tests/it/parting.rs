//! Who goes offline says what becomes of each room they hold, in one go.

use backend::test_desk::{TestDesk, desk_policy};
use backend::{messages, new_id, people, rooms};
use domain::change::{Change, ReturnReason};
use domain::channel::Channel;
use domain::id::{RoomId, TeamId};
use domain::person::{Availability, Person, Role};
use domain::policy::Policy;
use domain::room::{Parted, Parting, Room};
use domain::timestamp::minutes;

/// A room of this customer, who waits for `holder`.
async fn held(desk: &TestDesk, channel: &Channel, holder: &Person, customer: &str) -> Room {
    let room = desk.room(channel, customer).await;
    desk.happens(room.id, vec![Change::Entered { by: holder.id }]).await
}

async fn go_offline(desk: &TestDesk, me: &Person, partings: Vec<(RoomId, Parting)>) -> Result<Parted, String> {
    let parted = people::set_availability(&desk.backend, me, Availability::Offline, partings).await;
    parted.map_err(|error| error.to_string())
}

fn availability(desk: &TestDesk, person: &Person) -> Availability {
    desk.backend.directory().people[&person.id].availability
}

#[tokio::test]
async fn each_room_goes_where_they_say_and_the_others_where_the_law_says() {
    let desk = TestDesk::new().await;
    let (web, sales) = (desk.web_channel().await, desk.add_team("Sales").await);
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    let [ana, bia, caio, davi, eva] = ["Ana", "Bia", "Caio", "Davi", "Eva"];
    let kept = held(&desk, &web, &maria, ana).await;
    let to_sales = held(&desk, &web, &maria, bia).await;
    let to_mo = held(&desk, &web, &maria, caio).await;
    let waiting = held(&desk, &web, &maria, davi).await;
    let answered = held(&desk, &web, &maria, eva).await;
    messages::send(&desk.backend, &maria, answered.id, new_id(), "here I am".into()).await.expect("may send");

    let partings = vec![(to_mo.id, Parting::To(mo.id)), (kept.id, Parting::Keep), (to_sales.id, Parting::Team(sales))];
    let parted = go_offline(&desk, &maria, partings).await;

    assert_eq!(parted, Ok(Parted { kept: 2, queued: 2, given: 1 }));
    assert_eq!(availability(&desk, &maria), Availability::Offline);
    for (room, holder) in [(&kept, Some(maria.id)), (&answered, Some(maria.id)), (&to_mo, Some(mo.id))] {
        assert_eq!(desk.find_room(room.id).await.agent(), holder, "{}", room.name);
    }
    for (room, team) in [(&waiting, desk.team), (&to_sales, sales)] {
        let after = desk.find_room(room.id).await;
        assert!(
            after.is_queued() && after.team == Some(team) && after.waiting_since == room.waiting_since,
            "{after:?}"
        );
    }
    let mut reasons: Vec<(RoomId, Option<TeamId>)> = Vec::new();
    for event in desk.told().await {
        if let Change::ReturnedToQueue { team, reason, .. } = event.change {
            assert_eq!(reason, ReturnReason::WentOffline(maria.id));
            reasons.push((event.room.expect("it is a room's").id, team));
        }
    }
    assert_eq!(reasons, [(to_sales.id, Some(sales)), (waiting.id, None)]);
}

#[tokio::test]
async fn when_one_room_cannot_go_there_nothing_is_changed_and_it_is_named() {
    let desk = TestDesk::new().await;
    let (web, sales) = (desk.web_channel().await, desk.add_team("Sales").await);
    let (maria, sam) = (desk.agent("maria").await, desk.person("sam", Role::Agent, vec![sales]).await);
    let first = held(&desk, &web, &maria, "Ana Lima").await;
    let second = held(&desk, &web, &maria, "Bia Reis").await;
    let before = (desk.find_room(first.id).await, desk.find_room(second.id).await, desk.told().await.len());

    for (parting, why) in [
        (Parting::To(sam.id), "Sam cannot hold this room: the room belongs to another team."),
        (Parting::To(new_id()), "The person does not exist."),
        (Parting::Team(new_id()), "The team does not exist."),
    ] {
        let refused = go_offline(&desk, &maria, vec![(first.id, Parting::Queue), (second.id, parting)]).await;
        assert_eq!(refused, Err(format!("The chat with Bia Reis cannot go there. {why}")));
    }

    assert_eq!(availability(&desk, &maria), Availability::Online);
    let after = (desk.find_room(first.id).await, desk.find_room(second.id).await, desk.told().await.len());
    assert_eq!(after, before);
}

#[tokio::test]
async fn where_agents_may_not_reassign_nobody_gives_rooms_away_by_going_offline() {
    let desk = TestDesk::new().await;
    let web = desk.web_channel().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    desk.set_policy(Policy { agents_may_reassign: false, ..desk_policy() }).await;
    let room = held(&desk, &web, &maria, "Ana Lima").await;

    let refused = go_offline(&desk, &maria, vec![(room.id, Parting::To(mo.id))]).await.expect_err("must be refused");

    assert_eq!(refused, "The chat with Ana Lima cannot go there. You are not allowed to assign this room to Mo.");
    assert_eq!(desk.find_room(room.id).await.agent(), Some(maria.id));
}

#[tokio::test]
async fn what_somebody_else_took_meanwhile_stays_theirs() {
    let desk = TestDesk::new().await;
    let web = desk.web_channel().await;
    let (priya, maria, mo) = (desk.admin("priya").await, desk.agent("maria").await, desk.agent("mo").await);
    let taken = held(&desk, &web, &maria, "Ana").await;
    let others = held(&desk, &web, &mo, "Bia").await;
    rooms::take_over(&desk.backend, &priya, taken.id).await.expect("an admin may");

    let partings = [taken.id, others.id, new_id()].map(|room| (room, Parting::Queue)).to_vec();
    assert_eq!(go_offline(&desk, &maria, partings).await, Ok(Parted::default()));

    assert_eq!(desk.find_room(taken.id).await.agent(), Some(priya.id));
    assert_eq!(desk.find_room(others.id).await.agent(), Some(mo.id));
}

#[tokio::test]
async fn who_is_offline_already_may_part_with_what_they_had_kept() {
    let desk = TestDesk::new().await;
    let web = desk.web_channel().await;
    let maria = desk.agent("maria").await;
    let room = held(&desk, &web, &maria, "Ana").await;
    let keep = vec![(room.id, Parting::Keep)];
    assert_eq!(go_offline(&desk, &maria, keep).await, Ok(Parted { kept: 1, ..Parted::default() }));

    assert_eq!(go_offline(&desk, &maria, vec![]).await, Ok(Parted::default()), "once kept, it stays");
    let back = vec![(room.id, Parting::Queue)];
    assert_eq!(go_offline(&desk, &maria, back).await, Ok(Parted { queued: 1, ..Parted::default() }));

    assert!(desk.find_room(room.id).await.is_queued());
}

#[tokio::test]
async fn one_is_asked_about_every_room_one_holds_and_no_other() {
    let desk = TestDesk::new().await;
    let web = desk.web_channel().await;
    let (maria, mo) = (desk.agent("maria").await, desk.agent("mo").await);
    let snoozed = held(&desk, &web, &maria, "Snoozed").await;
    let until = desk.backend.now().plus(minutes(60));
    rooms::snooze(&desk.backend, &maria, snoozed.id, until).await.expect("her own");
    desk.later(minutes(1));
    let joined = held(&desk, &web, &mo, "Joined").await;
    desk.happens(joined.id, vec![Change::Joined { person: maria.id }]).await;
    let mut longest_first = vec![snoozed.id];
    // More than a page of the list.
    for number in 0..55 {
        desk.later(minutes(1));
        longest_first.push(held(&desk, &web, &maria, &format!("Customer {number}")).await.id);
    }
    desk.room(&web, "Queued").await;
    let answered = longest_first.remove(3);
    messages::send(&desk.backend, &maria, answered, new_id(), "here I am".into()).await.expect("may send");
    longest_first.push(answered);

    let held = rooms::list_held(&desk.backend, &maria).await.expect("her own");

    assert_eq!(held.iter().map(|room| room.id).collect::<Vec<_>>(), longest_first);
}
