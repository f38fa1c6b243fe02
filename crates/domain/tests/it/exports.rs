//! Chats as lines for a spreadsheet: who may have them, what stands in them, and what no spreadsheet carries out.

use std::collections::BTreeMap;

use domain::bulk::MOST;
use domain::customer::{Contact, Customer};
use domain::desk::{ListQuery, Sort};
use domain::episode::{Episode, OpenedBy, Outcome};
use domain::export::{Exported, Names, TITLES, ToExport, check, file_name};
use domain::id::{ContactId, CustomerId, EpisodeId, RoomId};
use domain::refused::Refused;
use domain::room::{Room, Section};
use domain::team::Team;
use domain::timestamp::{Timestamp, minutes};

use crate::cast::{SALES, SUPPORT, Stage, ana, everybody, priya, tom, web};

/// 2026-11-27 14:03 UTC.
const THEN: Timestamp = Timestamp(1_795_788_180_000);

fn episode(number: u32) -> Episode {
    Episode {
        id: EpisodeId::from_number(u128::from(number)),
        number,
        opened_at: THEN,
        opened_by: OpenedBy::Customer,
        agent: None,
        team: Some(SUPPORT),
        first_human_reply_at: None,
        closed_at: None,
        outcome: None,
        unanswered: false,
        closed_by: None,
        comment: None,
        reason: None,
        was_critical: false,
        feedback_score: None,
        feedback_comment: None,
    }
}

/// Carla's room in the web chat, and Carla.
fn carla() -> (Room, Customer) {
    let mut stage = Stage::empty(web());
    stage.customer_writes("hello");
    let room = Room { id: RoomId::from_number(7), name: "Carla Reis".into(), ..stage.room };
    let customer = Customer {
        id: CustomerId::from_number(1),
        name: "Carla Reis".into(),
        channel_name: None,
        phone: None,
        email: None,
        contact: None,
        fields: BTreeMap::new(),
        tags: Vec::new(),
        opted_out: false,
        blocked: false,
    };
    (room, customer)
}

fn lines(room: &Room, customer: &Customer, contact: Option<&Contact>, episodes: &[Episode]) -> Vec<Vec<String>> {
    let people = [priya(), tom(), ana()].map(|person| (person.id, person)).into();
    let teams = [(SUPPORT, "Support"), (SALES, "Sales")].map(|(id, name)| (id, Team::new(id, name))).into();
    let channels = [(web().id, web())].into();
    let names = Names { console: "https://desk.example", people: &people, teams: &teams, channels: &channels };
    let messages = [(EpisodeId::from_number(1), 12)].into();
    names.lines(&Exported { room, customer, contact, episodes, messages: &messages })
}

/// What stands under `title` in the line of a case.
fn cell(line: &[String], title: &str) -> String {
    let place = TITLES.iter().position(|known| *known == title).expect("there is such a column");
    line[place].clone()
}

/// What somebody's words become in a cell.
fn written(words: &str) -> String {
    let (room, customer) = carla();
    let said = Episode { comment: Some(words.into()), ..episode(1) };
    cell(&lines(&room, &customer, None, &[said])[0], "Comment")
}

#[test]
fn managers_and_admins_export_a_whole_list_or_up_to_five_hundred_chosen_chats() {
    let chosen = |count: usize| ToExport::Chosen { rooms: vec![RoomId::from_number(1); count], sort: Sort::Newest };
    let all = ToExport::All(ListQuery::of(Section::Archived));
    for me in everybody() {
        let may = me.active && me.role >= tom().role;
        for (what, fits) in [(&all, true), (&chosen(0), false), (&chosen(MOST), true), (&chosen(MOST + 1), false)] {
            assert_eq!(check(&me, what).is_ok(), may && fits, "{} {what:?}", me.name);
        }
    }
    assert_eq!(check(&ana(), &all), Err(Refused::not_allowed("export chats")));
    let words = check(&priya(), &chosen(MOST + 1)).expect_err("too many").to_string();
    assert_eq!(words, "The selection has 501 chats; at most 500 are allowed.");
}

#[test]
fn each_case_is_a_line_with_everything_that_is_known_of_it() {
    let (room, customer) = carla();
    let first = Episode {
        agent: Some(ana().id),
        first_human_reply_at: Some(THEN.plus(minutes(2))),
        closed_at: Some(THEN.plus(minutes(77))),
        outcome: Some(Outcome::Resolved),
        closed_by: Some(tom().id),
        comment: Some("The storm".into()),
        reason: Some("Delivery".into()),
        was_critical: true,
        feedback_score: Some(4),
        feedback_comment: Some("Quick!".into()),
        ..episode(1)
    };
    let second = Episode { team: Some(SALES), opened_by: OpenedBy::TemplateReply, ..episode(2) };

    let lines = lines(&room, &customer, None, &[first, second]);

    let link = format!("https://desk.example/live/{}", room.id);
    let of_room = [link.as_str(), "Carla Reis", "", "", &web().name];
    let [first, second] = [
        ["Support", "1", "2026-11-27T14:03:00Z", "Customer", "2026-11-27T14:05:00Z", "2026-11-27T15:20:00Z", "Tom"]
            .as_slice(),
        &["Sales", "2", "2026-11-27T14:03:00Z", "Answer to a template", "", "", ""],
    ];
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0][..12], [of_room.as_slice(), first].concat());
    assert_eq!(
        lines[0][12..],
        ["Resolved", "Yes", "Ana", "Delivery", "The storm", "4", "Quick!", "12"],
        "the end of {TITLES:?}"
    );
    assert_eq!(lines[1][..12], [of_room.as_slice(), second].concat());
    assert_eq!(lines[1][12..], ["Open", "No", "", "", "", "", "", "0"]);
}

#[test]
fn a_chat_that_expired_before_anybody_answered_says_so() {
    let (room, customer) = carla();
    let expired = |unanswered| Episode { outcome: Some(Outcome::Expired), unanswered, ..episode(1) };
    let lines = lines(&room, &customer, None, &[expired(false), expired(true)]);
    assert_eq!(lines.iter().map(|line| cell(line, "Outcome")).collect::<Vec<_>>(), ["Expired", "Expired unanswered"]);
}

#[test]
fn a_chat_that_has_no_case_yet_is_a_line_of_its_own() {
    let (room, customer) = carla();
    let lines = lines(&room, &customer, None, &[]);
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].len(), cell(&lines[0], "Customer")), (TITLES.len(), "Carla Reis".into()));
    assert_eq!((cell(&lines[0], "Case"), cell(&lines[0], "Messages")), (String::new(), String::new()));
}

#[test]
fn a_phone_number_stays_one_that_can_be_dialled_and_the_contact_knows_what_the_customer_did_not_say() {
    let (room, unknown) = carla();
    let contact = Contact {
        id: ContactId::from_number(1),
        name: "Carla Reis".into(),
        phone: Some("+55 (11) 90000-0001".into()),
        email: Some("carla@reis.example".into()),
        tags: Vec::new(),
        fields: BTreeMap::new(),
    };
    let known =
        Customer { phone: Some("+5511900000002".into()), email: Some("-1@x.example".into()), ..unknown.clone() };
    let local = Customer { phone: Some("011 90000-0001".into()), ..unknown.clone() };
    for (customer, phone, email) in [
        (&unknown, "+5511900000001", "carla@reis.example"),
        (&known, "+5511900000002", "'-1@x.example"),
        (&local, "011 90000-0001", "carla@reis.example"),
    ] {
        let line = &lines(&room, customer, Some(&contact), &[episode(1)])[0];
        assert_eq!((cell(line, "Phone").as_str(), cell(line, "E-mail").as_str()), (phone, email));
    }
}

#[test]
fn what_would_begin_a_formula_is_written_as_text() {
    for (words, expected) in [
        ("=1+1", "'=1+1"),
        ("+1", "+1"),
        ("+5511900000001", "+5511900000001"),
        ("+1-555-0100", "'+1-555-0100"),
        ("+1234567890123456", "'+1234567890123456"),
        ("-5 °C", "'-5 °C"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", " '=1"),
        ("\r=1", "\n'=1"),
        ("\u{7}=1", "'=1"),
        ("  =1", "  '=1"),
        ("\u{feff}\u{200f}=1", "\u{feff}\u{200f}'=1"),
        ("\"=1", "\"'=1"),
        ("＝1", "'＝1"),
        // Where semicolons part cells, or no quotes are seen, another cell begins within the words.
        ("storm;=cmd|' /C calc'!A0", "storm;'=cmd|' /C calc'!A0"),
        ("storm; \"@x", "storm; \"'@x"),
        ("storm\n=1", "storm\n'=1"),
        ("storm\r\n-1", "storm\n'-1"),
        // And nothing else changes.
        ("a=b, c-d; e@f.example +1", "a=b, c-d; e@f.example +1"),
        ("Reis, \"Carla\"", "Reis, \"Carla\""),
        ("שלום ‏(1)", "שלום ‏(1)"),
        ("evil\u{202e}gpj.exe", "evilgpj.exe"),
        ("", ""),
    ] {
        assert_eq!(written(words), expected, "{words:?}");
    }
}

#[test]
fn names_are_no_formulas_either() {
    let (room, customer) = carla();
    let room = Room { name: "=HYPERLINK(\"https://evil.example\")".into(), ..room };
    let line = &lines(&room, &customer, None, &[episode(1)])[0];
    assert_eq!(cell(line, "Customer"), "'=HYPERLINK(\"https://evil.example\")");
}

#[test]
fn the_file_is_named_after_the_day() {
    assert_eq!(file_name(THEN), "Chats 2026-11-27.csv");
}
