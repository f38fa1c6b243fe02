//! One rule says who sees a room, and a query has to say the same: `permission::may_see` and its twin.

use std::collections::BTreeSet;

use backend::test_desk::TestDesk;
use backend::{desk as consoles, rooms, settings};
use domain::change::{Change, HandOffReason};
use domain::channel::Channel;
use domain::desk::{Cursor, ListQuery, Sort, Whose};
use domain::episode::Outcome;
use domain::id::{PersonId, TeamId};
use domain::permission::{may_look_back, may_see};
use domain::person::{Person, Role};
use domain::policy::{AgentsSeeLive, Policy};
use domain::room::{Room, Section};
use domain::timestamp::hours;
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// More than a page in every section.
const ROOMS: usize = 220;

const ROLES: [Role; 3] = [Role::Agent, Role::TeamManager, Role::Admin];

#[tokio::test]
async fn a_list_shows_exactly_the_rooms_one_may_see_and_the_counts_agree() {
    let mut random = StdRng::seed_from_u64(20_261_122);
    let desk = TestDesk::new().await;
    let teams = [desk.team, desk.add_team("Sales").await, desk.add_team("Returns").await];
    let people = some_people(&desk, &teams, &mut random).await;
    let channels = [desk.web_channel().await, desk.whatsapp_channel_with_bot().await];
    let rooms = some_rooms(&desk, &channels, &teams, &people, &mut random).await;
    let rooms = some_contacts(&desk, rooms).await;
    let admin = desk.admin("priya").await;

    for (number, policy) in some_policies().into_iter().enumerate() {
        settings::save_policy(&desk.backend, &admin, desk.policy(), policy.clone()).await.expect("an admin may");
        // The policy is about agents; for the others two of them are enough.
        for me in people.iter().filter(|me| me.role == Role::Agent || number < 2) {
            agree(&desk, me, &policy, &rooms, &channels).await;
        }
    }
}

async fn some_people(desk: &TestDesk, teams: &[TeamId], random: &mut StdRng) -> Vec<Person> {
    let mut people = Vec::new();
    for number in 0..9 {
        let own = teams.iter().copied().filter(|_| random.random_bool(0.5)).collect();
        people.push(desk.person(&format!("person{number}"), ROLES[number % 3], own).await);
    }
    people
}

fn some_policies() -> Vec<Policy> {
    let lives = [AgentsSeeLive::None, AgentsSeeLive::QueueOfMyTeams, AgentsSeeLive::All];
    let both = lives.into_iter().flat_map(|live| [(live, false), (live, true)]);
    both.map(|(agents_see_live, agents_see_team)| Policy { agents_see_live, agents_see_team, ..Policy::default() })
        .collect()
}

async fn some_rooms(
    desk: &TestDesk,
    channels: &[Channel],
    teams: &[TeamId],
    people: &[Person],
    random: &mut StdRng,
) -> Vec<Room> {
    let mut makings = Vec::new();
    for number in 0..ROOMS {
        // Rooms of one moment have to be told apart by their ids.
        let later = random.random_range(0..3);
        let channel = channels.choose(random).expect("there are channels").clone();
        let team = Some(teams).filter(|_| random.random_bool(0.8)).and_then(|teams| teams.choose(random).copied());
        let changes = some_changes(people, random);
        makings.push((number, later, Channel { team, ..channel }, changes));
    }
    let mut rooms = Vec::new();
    for batch in makings.chunks(20) {
        desk.later(std::time::Duration::from_millis(batch[0].1));
        let made = batch.iter().map(async |(number, _, channel, changes)| {
            let room = desk.room(channel, &format!("Customer {number}")).await;
            if changes.is_empty() { room } else { desk.happens(room.id, changes.clone()).await }
        });
        rooms.extend(join_all(made).await);
    }
    rooms
}

/// Some of the rooms are of one contact by twos and threes.
async fn some_contacts(desk: &TestDesk, rooms: Vec<Room>) -> Vec<Room> {
    let ids: Vec<_> = rooms.iter().map(|room| room.id).collect();
    for (number, ids) in ids.chunks(3).enumerate().step_by(2) {
        desk.saved_as_one(&ids[number % 2..]).await;
    }
    join_all(ids.into_iter().map(|id| desk.find_room(id))).await
}

fn some_changes(people: &[Person], random: &mut StdRng) -> Vec<Change> {
    let someone = |random: &mut StdRng| people.choose(random).expect("there are people").id;
    let mut changes = Vec::new();
    let course = random.random_range(0..6);
    if course == 1 {
        changes.push(Change::HandedOff { reason: HandOffReason::Asked, team: None });
    }
    if course < 2 && random.random_bool(0.3) {
        changes.push(Change::Restored { by: someone(random) });
    }
    let holder: PersonId = someone(random);
    if course >= 2 {
        changes.push(Change::Entered { by: holder });
        let joined: BTreeSet<_> = (0..2).map(|_| someone(random)).filter(|joined| *joined != holder).collect();
        changes.extend(joined.into_iter().filter(|_| random.random_bool(0.4)).map(|person| Change::Joined { person }));
    }
    if course == 3 {
        let until = backend::test_desk::NOON.plus(hours(100));
        changes.push(Change::Snoozed { by: holder, until });
    }
    if random.random_bool(0.2) {
        changes.push(Change::MarkedCritical { by: holder, comment: None, feedback: false });
    }
    if course >= 4 {
        let by = someone(random);
        changes.push(Change::Closed { outcome: Outcome::Resolved, by, comment: None, reason: None, feedback: false });
    }
    changes
}

/// Holds every list and count of `me`, and every room by its id, against the rule.
async fn agree(desk: &TestDesk, me: &Person, policy: &Policy, rooms: &[Room], channels: &[Channel]) {
    let visible: Vec<&Room> = rooms.iter().filter(|room| may_see(me, policy, &room.scope())).collect();
    for section in Section::ALL {
        for (sort, whose, channel) in [
            (Sort::Newest, Whose::Everyone, None),
            (Sort::LongestWait, Whose::Everyone, None),
            (Sort::Newest, Whose::Mine, None),
            (Sort::Newest, Whose::Snoozed, None),
            (Sort::LongestWait, Whose::Mine, Some(channels[0].id)),
            (Sort::Newest, Whose::Everyone, Some(channels[1].id)),
        ] {
            let query = ListQuery { section, sort, whose, channel };
            let mut expected: Vec<&Room> = visible.iter().copied().filter(|room| query.has(room, me.id)).collect();
            expected.sort_by(|a, b| Cursor::of(a, sort).cmp_in(&Cursor::of(b, sort), sort));
            let listed = all_pages(desk, me, &query).await;
            let names = |rooms: &[&Room]| rooms.iter().map(|room| room.name.clone()).collect::<Vec<_>>();
            assert_eq!(names(&listed.iter().collect::<Vec<_>>()), names(&expected), "{me:?} {policy:?} {query:?}");
            assert!(listed.iter().eq(expected.into_iter()), "{me:?} {policy:?} {query:?}");
        }
        let console = consoles::load(&desk.backend, me, ListQuery::of(section)).await.expect("can be read");
        let counted = visible.iter().filter(|room| room.section() == section && room.snoozed_until.is_none());
        let count = counted.count() as u64;
        assert_eq!(console.counts.of(section), count, "{me:?} {policy:?} {section:?}");
    }
    let reads = |room: &Room| may_see(me, policy, &room.scope()) || may_look_back(me, room, rooms);
    for room in rooms.iter().step_by(5) {
        let read = rooms::load(&desk.backend, me, room.id).await.is_ok();
        assert_eq!(read, reads(room), "{me:?} {policy:?} {room:?}");
        if read {
            let of_contact = |other: &&Room| other.contact.is_some() && other.contact == room.contact;
            let others = rooms.iter().filter(of_contact).filter(|other| other.is_archived() && other.id != room.id);
            let expected: BTreeSet<_> = others.filter(|other| reads(other)).map(|other| other.id).collect();
            let earlier = rooms::list_earlier(&desk.backend, me, room.id).await.expect("they read it");
            assert_eq!(earlier.iter().map(|room| room.id).collect::<BTreeSet<_>>(), expected, "{me:?} {policy:?}");
        }
    }
    if me.role == Role::Agent && !policy.agents_see_team {
        let looked_back = rooms.iter().any(|room| may_look_back(me, room, rooms));
        assert!(looked_back, "nothing of this is true of {me:?}");
    }
}

async fn all_pages(desk: &TestDesk, me: &Person, query: &ListQuery) -> Vec<Room> {
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = consoles::page(&desk.backend, me, query.clone(), after).await.expect("can be read");
        listed.extend(page.rooms);
        after = page.next;
        if after.is_none() {
            return listed;
        }
    }
}
