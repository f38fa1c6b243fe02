//! The table of who may do what (lifecycle.md §2), asked of the commands themselves.

use domain::change::Change;
use domain::channel::{Channel, ChannelKind};
use domain::episode::Outcome;
use domain::id::{ContactId, EpisodeId, MessageId, TeamId};
use domain::permission;
use domain::person::{Person, Role};
use domain::policy::{AgentsSeeLive, Policy};
use domain::refused::Refused;
use domain::room::{self, Room, Status};

use crate::cast::{
    MORNING, SALES, SUPPORT, Stage, ana, asks, bea, ben, channel, everybody, hello, priya, sam, sol, sue, tom, web,
};

/// The rooms a person of Support meets, each a column of the tables.
fn rooms(me: &Person) -> [Room; 13] {
    let own = |team| held(&live(team, false), me);
    let joined = |mut room: Room| {
        room.apply(&Change::Joined { person: me.id }, MORNING);
        room
    };
    [
        live(Some(SUPPORT), true),
        live(Some(SUPPORT), false),
        live(Some(SALES), true),
        live(Some(SALES), false),
        live(None, false),
        own(Some(SUPPORT)),
        joined(held(&live(Some(SUPPORT), false), &ben())),
        held(&live(Some(SUPPORT), false), &ben()),
        held(&live(Some(SALES), false), &sam()),
        archived(&own(Some(SUPPORT))),
        archived(&held(&live(Some(SUPPORT), false), &ben())),
        archived(&held(&live(Some(SALES), false), &sam())),
        archived(&joined(held(&live(Some(SALES), false), &sam()))),
    ]
}

const COLUMNS: [&str; 13] = [
    "with the bot, own team",
    "queued, own team",
    "with the bot, other team",
    "queued, other team",
    "queued, no team",
    "held by me",
    "joined by me",
    "held by a team mate",
    "held in another team",
    "archived, was mine",
    "archived, was a team mate's",
    "archived in another team",
    "archived in another team, joined by me",
];

fn live(team: Option<TeamId>, has_bot: bool) -> Room {
    let mut stage = Stage::empty(channel(ChannelKind::Web, team, has_bot));
    stage.customer_writes("hello");
    stage.room
}

fn held(room: &Room, by: &Person) -> Room {
    let mut room = room.clone();
    room.apply(&Change::Entered { by: by.id }, MORNING);
    room
}

fn archived(room: &Room) -> Room {
    let mut room = room.clone();
    let by = room.agent().expect("the room is held");
    room.apply(
        &Change::Closed { outcome: Outcome::Resolved, by, comment: None, reason: None, feedback: false },
        MORNING,
    );
    room
}

/// Holds `allowed` against a row like "yy..y........", one sign for each column. Deactivated, nobody may do anything.
fn check(what: &str, me: &Person, row: &str, allowed: impl Fn(&Person, &Room) -> bool) {
    let gone = Person { active: false, ..me.clone() };
    for ((room, column), sign) in rooms(me).iter().zip(COLUMNS).zip(row.chars()) {
        assert_eq!(allowed(me, room), sign == 'y', "{} may {what} a room {column}", me.role.label());
        assert!(!allowed(&gone, room), "deactivated {} may {what} a room {column}", me.role.label());
    }
}

fn with_bot() -> Channel {
    channel(ChannelKind::Web, None, true)
}

#[test]
fn everyone_sees_what_their_role_and_the_policy_say() {
    let default = Policy::default();
    let none = Policy { agents_see_live: AgentsSeeLive::None, ..Policy::default() };
    let all = Policy { agents_see_live: AgentsSeeLive::All, ..Policy::default() };
    let team = Policy { agents_see_team: true, ..Policy::default() };
    for (me, policy, row) in [
        (ana(), &default, ".y...yy..y..y"),
        (ana(), &none, ".....yy..y..y"),
        (ana(), &all, "yyyyyyy..y..y"),
        (ana(), &team, ".y...yyy.yy.y"),
        (tom(), &default, "yy..yyyy.yy.y"),
        (tom(), &none, "yy..yyyy.yy.y"),
        (priya(), &default, "yyyyyyyyyyyyy"),
    ] {
        check("see", &me, row, |me, room| permission::may_see(me, policy, &room.scope()));
        check("note in", &me, row, |me, room| room::note(room, me, MessageId::from_number(1), "hm", policy).is_ok());
    }
}

#[test]
fn entering_is_for_the_queue_of_the_team_and_for_managers_everywhere_in_reach() {
    let default = Policy::default();
    let bots_too = Policy { agents_may_enter_bot: true, agents_see_live: AgentsSeeLive::All, ..Policy::default() };
    for (me, policy, row) in [
        (ana(), &default, ".y..........."),
        (ana(), &bots_too, "yy..........."),
        (tom(), &default, "yy..y........"),
        (priya(), &default, "yyyyy........"),
    ] {
        check("enter", &me, row, |me, room| matches!(room::enter(room, me, policy), Ok(Some(_))));
    }
}

#[test]
fn whoever_may_take_from_a_queue_may_enter_what_waits_there() {
    for person in everybody() {
        for team in [None, Some(SUPPORT), Some(SALES)] {
            let may_enter = permission::may_enter(&person, &Policy::default(), &live(team, false));
            assert_eq!(permission::may_take_queued(&person, team), may_enter, "{} and {team:?}", person.name);
        }
    }
}

#[test]
fn rooms_are_given_within_the_giver_s_reach_and_by_admins_to_anyone() {
    let default = Policy::default();
    let no_reassign = Policy { agents_may_reassign: false, ..Policy::default() };
    for (me, to, policy, row) in [
        (ana(), ana(), &default, ".y..........."),
        (ana(), bea(), &default, ".....y......."),
        (ana(), bea(), &no_reassign, "............."),
        (ana(), sue(), &default, "............."),
        (tom(), tom(), &default, "yy..y.yy....."),
        (tom(), bea(), &default, "yy..yyyy....."),
        (tom(), sue(), &default, "............."),
        (priya(), priya(), &default, "yyyyy.yyy...."),
        (priya(), bea(), &default, "yyyyyyyyy...."),
        (priya(), sue(), &default, "yyyyyyyyy...."),
    ] {
        check("assign", &me, row, |me, room| room::assign(room, me, &to, None, policy).is_ok());
    }
}

#[test]
fn taking_over_and_joining_are_for_managers_in_reach() {
    let policy = Policy::default();
    for (me, take_over, join) in [
        (ana(), ".y...........", "............."),
        (tom(), "yy..y.yy.....", ".......y....."),
        (priya(), "yyyyy.yyy....", ".......yy...."),
    ] {
        check("take over", &me, take_over, |me, room| matches!(room::take_over(room, me, &policy), Ok(Some(_))));
        check("join", &me, join, |me, room| room::join(room, me, &policy).is_ok());
    }
}

#[test]
fn a_colleague_is_brought_in_by_whoever_has_the_held_room_in_reach() {
    let policy = Policy::default();
    for (me, to, row) in [
        (ana(), bea(), ".....yy......"),
        (tom(), bea(), ".....yyy....."),
        (priya(), bea(), ".....yyy....."),
        (priya(), sue(), "........y...."),
    ] {
        check("bring somebody into", &me, row, |me, room| room::bring_in(room, me, &to, &policy).is_ok());
    }
}

#[test]
fn only_who_holds_or_joined_a_room_writes_to_its_customer() {
    let policy = Policy::default();
    for me in [ana(), tom(), priya()] {
        check("write in", &me, ".....yy......", |me, room| {
            room::reply(room, me, MessageId::from_number(1), hello(room.kind), &policy, MORNING).is_ok()
        });
    }
}

#[test]
fn the_status_is_changed_by_whoever_has_the_room_in_reach() {
    let policy = Policy::default();
    let may = |room: &Room, me: &Person, status| {
        room::update_status(room, me, &asks(status), &web(), &policy, MORNING).is_ok()
    };
    for (me, row) in [(ana(), ".....yy......"), (tom(), "yy..yyyy....."), (priya(), "yyyyyyyyy....")] {
        check("resolve", &me, row, |me, room| may(room, me, Status::Resolve));
        check("abandon", &me, row, |me, room| may(room, me, Status::Abandon));
        check("mark critical", &me, row, |me, room| may(room, me, Status::Critical));
        check("clear critical", &me, row, |me, room| {
            may(&Room { critical: !room.is_archived(), ..room.clone() }, me, Status::ClearCritical)
        });
    }
}

#[test]
fn what_is_critical_may_need_a_manager_to_close_it_and_always_to_return_it_to_the_bot() {
    let default = Policy::default();
    let strict = Policy { resolve_critical_needs_manager: true, ..Policy::default() };
    let critical = |room: &Room| Room { critical: !room.is_archived(), ..room.clone() };
    for (me, policy, close, bot) in [
        (ana(), &default, ".....yy......", "............."),
        (ana(), &strict, ".............", "............."),
        (tom(), &strict, "yy..yyyy.....", ".y..yyyy....."),
        (priya(), &strict, "yyyyyyyyy....", ".y.yyyyyy...."),
    ] {
        check("close, though critical,", &me, close, |me, room| {
            let update = asks(Status::Resolve);
            room::update_status(&critical(room), me, &update, &web(), policy, MORNING).is_ok()
        });
        check("return to the bot, though critical,", &me, bot, |me, room| {
            room::return_to_bot(&critical(room), me, &with_bot(), policy).is_ok()
        });
    }
}

#[test]
fn each_row_of_the_table_has_its_name() {
    let strict = Policy { resolve_critical_needs_manager: true, ..Policy::default() };
    for (me, note, close, correct, queue, bot) in [
        (ana(), ".y...yy..y..y", ".............", ".............", ".....yy..y..y", "............."),
        (tom(), "yy..yyyy.yy.y", "yy..yyyy.yy.y", "yy..yyyy.yy.y", "yy..yyyy.yy.y", "yy..yyyy.yy.y"),
        (priya(), "yyyyyyyyyyyyy", "yyyyyyyyyyyyy", "yyyyyyyyyyyyy", "yyyyyyyyyyyyy", "yyyyyyyyyyyyy"),
    ] {
        let critical = |room: &Room| Room { critical: true, ..room.clone() };
        check("note in", &me, note, |me, room| permission::may_note(me, &strict, room));
        check("close", &me, close, |me, room| permission::may_close(me, &strict, &critical(room)));
        check("correct", &me, correct, permission::may_correct_outcome);
        check("return to the queue", &me, queue, permission::may_return_to_queue);
        check("return to the bot", &me, bot, |me, room| permission::may_return_to_bot(me, &critical(room)));
    }
}

#[test]
fn archived_rooms_are_reopened_and_put_right_within_reach() {
    let policy = Policy::default();
    let fresh = EpisodeId::from_number(9);
    for (me, reopen, correct) in [
        (ana(), ".........y..y", "............."),
        (tom(), ".........yy.y", ".........yy.y"),
        (priya(), ".........yyyy", ".........yyyy"),
    ] {
        check("reopen", &me, reopen, |me, room| room::reopen(room, me, &web(), fresh, &policy, MORNING).is_ok());
        check("correct", &me, correct, |me, room| {
            room::correct_outcome(room, me, Outcome::Abandoned, None, None, &policy).is_ok()
        });
    }
}

#[test]
fn rooms_go_back_to_bot_and_queue_within_reach() {
    let policy = Policy::default();
    for (me, queue, bot) in [
        (ana(), ".....yy......", ".....yy......"),
        (tom(), "y....yyy.....", ".y..yyyy....."),
        (priya(), "y.y..yyyy....", ".y.yyyyyy...."),
    ] {
        check("return to the queue", &me, queue, |me, room| room::return_to_queue(room, me, None, &policy).is_ok());
        check("return to the bot", &me, bot, |me, room| room::return_to_bot(room, me, &with_bot(), &policy).is_ok());
    }
}

#[test]
fn whoever_may_not_see_a_room_hears_nothing_of_it() {
    let policy = Policy::default();
    let room = held(&live(Some(SALES), false), &sam());
    for me in [ana(), tom()] {
        let id = MessageId::from_number(1);
        let answers = [
            room::enter(&room, &me, &policy).map(|change| change.expect("it is not theirs")),
            room::assign(&room, &me, &me, None, &policy),
            room::take_over(&room, &me, &policy).map(|change| change.expect("it is not theirs")),
            room::join(&room, &me, &policy),
            room::return_to_queue(&room, &me, None, &policy),
            room::return_to_bot(&room, &me, &with_bot(), &policy),
            room::update_status(&room, &me, &asks(Status::Resolve), &web(), &policy, MORNING),
            room::reopen(&room, &me, &web(), EpisodeId::from_number(9), &policy, MORNING),
            room::correct_outcome(&room, &me, Outcome::Abandoned, None, None, &policy),
            room::reply(&room, &me, id, hello(room.kind), &policy, MORNING),
            room::note(&room, &me, id, "hello", &policy),
        ];
        assert!(answers.iter().all(|answer| *answer == Err(Refused::NotFound)), "{answers:?}");
    }
}

#[test]
fn a_manager_also_reaches_what_they_hold_outside_their_teams() {
    let room = held(&live(Some(SUPPORT), false), &sol());
    assert!(permission::may_see(&sol(), &Policy::default(), &room.scope()));
    assert!(permission::may_update_status(&sol(), &room));
}

#[test]
fn nobody_gives_more_than_they_have() {
    let gone = Person { active: false, ..priya() };
    let withheld = Policy { agents_may_send_templates: false, ..Policy::default() };
    for (me, agents, managers, settings, contacts, templates) in [
        (ana(), false, false, false, true, [true, false]),
        (tom(), true, false, false, true, [true, true]),
        (priya(), true, true, true, true, [true, true]),
        (gone, false, false, false, false, [false, false]),
    ] {
        let may_send = [&Policy::default(), &withheld].map(|policy| permission::may_send_templates(&me, policy));
        assert_eq!(may_send, templates);
        assert_eq!(permission::may_manage_people(&me, Role::Agent), agents);
        assert_eq!(permission::may_manage_people(&me, Role::TeamManager), managers);
        assert_eq!(permission::may_manage_people(&me, Role::Admin), managers);
        assert_eq!(permission::may_administer(&me), settings);
        assert_eq!(permission::may_save_contact(&me), contacts);
    }
}

#[test]
fn a_manager_changes_the_rules_of_their_teams_and_an_admin_those_of_all() {
    let gone = Person { active: false, ..tom() };
    for (me, of_support, of_sales) in
        [(ana(), false, false), (tom(), true, false), (sol(), false, true), (priya(), true, true), (gone, false, false)]
    {
        let may = [SUPPORT, SALES].map(|team| permission::may_rule_team(&me, team));
        assert_eq!(may, [of_support, of_sales], "{}", me.name);
    }
}

#[test]
fn everybody_saves_contacts_managers_merge_them_and_admins_delete_them() {
    let gone = |me: Person| Person { active: false, ..me };
    for (me, save, merge, delete) in [
        (ana(), true, false, false),
        (tom(), true, true, false),
        (priya(), true, true, true),
        (gone(tom()), false, false, false),
        (gone(priya()), false, false, false),
    ] {
        let may = [permission::may_save_contact, permission::may_merge_contacts, permission::may_delete_contact];
        assert_eq!(may.map(|may| may(&me)), [save, merge, delete], "{}", me.role.label());
    }
}

#[test]
fn whoever_has_a_chat_of_a_contact_looks_back_at_the_archived_ones() {
    let contact = Some(ContactId::from_number(1));
    let saved = |room: Room| Room { contact, ..room };
    let mine = saved(held(&live(Some(SUPPORT), false), &ana()));
    let joined = |mut room: Room| {
        room.apply(&Change::Joined { person: ana().id }, MORNING);
        room
    };
    let bens = held(&live(Some(SUPPORT), false), &ben());
    let sams = archived(&held(&live(Some(SALES), false), &sam()));
    let gone = Person { active: false, ..ana() };
    for (why, me, room, has, may) in [
        ("they hold one", ana(), saved(sams.clone()), mine.clone(), true),
        ("they joined one", ana(), saved(sams.clone()), saved(joined(bens.clone())), true),
        ("a colleague holds one", ana(), saved(sams.clone()), saved(bens.clone()), false),
        ("they held one", ana(), saved(sams.clone()), archived(&mine), false),
        ("theirs is another contact's", ana(), saved(sams.clone()), Room { contact: None, ..mine.clone() }, false),
        ("neither is saved", ana(), sams.clone(), Room { contact: None, ..mine.clone() }, false),
        ("it goes on", ana(), saved(bens), mine.clone(), false),
        ("they are gone", gone, saved(sams), mine, false),
    ] {
        assert_eq!(permission::may_look_back(&me, &room, [&has]), may, "{why}");
    }
}

#[test]
fn a_bulk_action_and_an_export_reach_what_a_manager_may_change_in_their_own_teams_and_nothing_of_an_agents() {
    for (me, row) in [(ana(), "............."), (tom(), "yy..yyyy.yy.."), (priya(), "yyyyyyyyyyyyy")] {
        check("change in bulk", &me, row, permission::may_reach_in_bulk);
        let policy = Policy::default();
        check("export", &me, row, |me, room| permission::may_export_room(me, &policy, room));
    }
}
