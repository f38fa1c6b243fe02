//! Whom a note or a comment names, and that they can read it.

use std::collections::BTreeMap;

use domain::change::Change;
use domain::episode::Outcome;
use domain::id::{MessageId, PersonId};
use domain::mention::{begun, check, mentioned, offered};
use domain::message::Note;
use domain::person::{Person, Role};
use domain::policy::Policy;

use crate::cast::{SALES, SUPPORT, Stage, ana, ben, person, priya, tom};

fn people(names: &[&str]) -> BTreeMap<PersonId, Person> {
    let people = (1..).zip(names).map(|(number, name)| person(number, name, Role::Agent, &[SUPPORT]));
    people.map(|person| (person.id, person)).collect()
}

fn cast() -> BTreeMap<PersonId, Person> {
    [priya(), ana(), ben()].into_iter().map(|person| (person.id, person)).collect()
}

fn noted(text: &str) -> Change {
    Change::NoteAdded(Note { id: MessageId::from_number(1), by: ana().id, text: text.into() })
}

#[test]
fn a_name_after_an_at_sign_is_a_mention_and_nothing_else_is() {
    let people = people(&["Maria Souza", "Maria Souza Lima", "Jonas Weber", "Jonas Krüger", "Zoë", "Li", "José Á"]);
    for (words, names) in [
        ("@Maria Souza, can you look?", &["Maria Souza"] as &[&str]),
        ("(@maria souza lima)", &["Maria Souza Lima"]),
        ("@Maria Souza Limas", &["Maria Souza"]),
        ("ask @Zoë.", &["Zoë"]),
        ("ask @Zoës", &[]),
        ("@Li", &["Li"]),
        ("@Lima", &[]),
        ("@li_fashion, @li.lima and @li-ma are shops", &[]),
        ("https://tiktok.com/@li/video/1", &[]),
        ("“@Li.” she said", &["Li"]),
        ("@Jonas can decide", &[]),
        ("@Jonas Weber and @Jonas Krüger…", &["Jonas Weber", "Jonas Krüger"]),
        ("@José please", &["José Á"]),
        ("@Li @Li", &["Li"]),
        ("maria@Li.example", &[]),
        ("Maria Souza", &[]),
        ("@", &[]),
        ("@ Li", &[]),
        ("@é", &[]),
    ] {
        let found: Vec<_> = mentioned(words, &people).iter().map(|person| person.name.as_str()).collect();
        assert_eq!(found, names, "{words}");
    }
    let gone = people.into_iter().map(|(id, person)| (id, Person { active: false, ..person })).collect();
    assert_eq!(mentioned("@Zoë", &gone), Vec::<&Person>::new());
}

#[test]
fn whoever_is_named_must_see_the_chat() {
    let stage = Stage::held_by(&ana());
    let says = |change: &Change, policy: &Policy| check(&stage.room, change, &cast(), policy, stage.now);
    let refused = says(&noted("@Ben knows her"), &stage.policy).expect_err("he does not see it");
    assert_eq!(refused.to_string(), "The note names Ben, who cannot see this chat.");
    assert_eq!(refused.field(), Some("note"));
    assert_eq!(says(&noted("@Priya decides"), &stage.policy), Ok(()));
    let team = Policy { agents_see_team: true, ..Policy::default() };
    assert_eq!(says(&noted("@Ben knows her"), &team), Ok(()));
}

#[test]
fn a_comment_reaches_who_sees_the_chat_after_it_not_before() {
    let mut stage = Stage::held_by(&ana());
    stage.take(Change::BroughtIn { person: ben().id, by: ana().id });
    let comment = Some("thanks to @Ben".to_owned());
    let critical = Change::MarkedCritical { by: ana().id, comment: comment.clone(), feedback: false };
    assert_eq!(check(&stage.room, &critical, &cast(), &stage.policy, stage.now), Ok(()));
    let by = ana().id;
    let closed = Change::Closed { outcome: Outcome::Resolved, by, comment, reason: None, feedback: false };
    assert_eq!(check(&stage.room, &closed, &cast(), &stage.policy, stage.now), Ok(()), "he had joined it");
    let queued = Stage::queued().room;
    let refused = check(&queued, &closed, &cast(), &stage.policy, stage.now).expect_err("it leaves his sight");
    assert_eq!(refused.to_string(), "The comment names Ben, who cannot see this chat.");
}

#[test]
fn people_of_the_same_name_are_named_together_and_one_who_sees_the_chat_is_enough() {
    let stage = Stage::held_by(&ana());
    let mut people = cast();
    for (number, role) in [(70, Role::Agent), (71, Role::Admin)] {
        let lima = person(number, "Ana Lima", role, &[SALES]);
        people.insert(lima.id, lima);
    }
    let named: Vec<_> = mentioned("ask @ana lima", &people).iter().map(|person| person.role).collect();
    assert_eq!(named, [Role::Agent, Role::Admin]);
    let says = |people: &BTreeMap<_, _>| check(&stage.room, &noted("ask @Ana Lima"), people, &stage.policy, stage.now);
    assert_eq!(says(&people), Ok(()), "the admin sees it");
    people.retain(|_, person| person.name != "Ana Lima" || person.role == Role::Agent);
    assert_eq!(
        says(&people).expect_err("nobody of that name does").to_string(),
        "The note names Ana Lima, who cannot see this chat."
    );
}

#[test]
fn a_name_is_begun_by_an_at_sign_that_could_name_somebody() {
    for (before, expected) in [
        ("@", Some("")),
        ("ask @Mar", Some("Mar")),
        ("(@Maria Sou", Some("Maria Sou")),
        ("@Maria Souza and @j", Some("j")),
        ("line\n@Zoë", Some("Zoë")),
        ("maria@acme", None),
        ("@ maria", None),
        ("@Maria\n", None),
        ("Maria", None),
        ("@Maria a@b", None),
    ] {
        assert_eq!(begun(before), expected, "{before}");
    }
}

#[test]
fn whoever_sees_the_chat_is_offered_each_name_once() {
    let stage = Stage::held_by(&ana());
    let mut people: BTreeMap<_, _> = [priya(), tom(), ana(), ben()].map(|person| (person.id, person)).into();
    let offers = |people: &BTreeMap<_, _>| {
        let offered = offered(people, &ana(), &stage.policy, &stage.room.scope());
        offered.into_iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(offers(&people), "Priya 1, Tom 1", "Ben does not see it, and nobody names themselves");
    let namesake = person(70, "Priya", Role::Admin, &[]);
    people.insert(namesake.id, namesake);
    people.values_mut().filter(|person| person.name == "Tom").for_each(|person| person.active = false);
    assert_eq!(offers(&people), "Priya 2");
}
