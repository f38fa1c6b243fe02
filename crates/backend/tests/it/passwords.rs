//! Changing a password, and the link that resets a forgotten one.

use backend::test_desk::{PASSWORD, TestDesk, heard};
use backend::{Error, passwords, people, sessions};
use domain::account::PersonUpdate;
use domain::live::Frame;
use domain::person::{Person, Role};
use domain::timestamp::hours;

const OFFICE: &str = "192.0.2.1";
const NEW: &str = "staple battery horse";

async fn signs_in(desk: &TestDesk, person: &Person, password: &str) -> Option<String> {
    let signed_in = sessions::sign_in(&desk.backend, &person.email, password, OFFICE).await.ok()?;
    Some(signed_in.1.to_string())
}

async fn goes_on(desk: &TestDesk, token: &str) -> bool {
    sessions::find(&desk.backend, token).await.expect("can be read").is_some()
}

async fn changes(desk: &TestDesk, me: &Person, token: &str, current: &str, new: &str) -> Result<(), Error> {
    passwords::change(&desk.backend, me, token, OFFICE, current, new).await
}

async fn link_by(desk: &TestDesk, by: &Person, person: &Person) -> Result<String, Error> {
    passwords::create_reset(&desk.backend, by, person.id).await
}

#[tokio::test]
async fn whoever_changes_their_password_stays_signed_in_here_and_nowhere_else() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let here = signs_in(&desk, &maria, PASSWORD).await.expect("right");
    let elsewhere = signs_in(&desk, &maria, PASSWORD).await.expect("right");
    let subscribe = async |token: &str| {
        let session = sessions::find(&desk.backend, token).await.expect("can be read").expect("goes on").session;
        desk.backend.resume(maria.id, &session, desk.backend.hub().head()).await.expect("the log can be read")
    };
    let (mut console, mut other) = (subscribe(&here).await, subscribe(&elsewhere).await);

    changes(&desk, &maria, &here, PASSWORD, NEW).await.expect("she knows the present one");

    assert!(goes_on(&desk, &here).await && !goes_on(&desk, &elsewhere).await);
    let is_told = |frames: Vec<Frame>| frames.contains(&Frame::SignedOut);
    assert_eq!((is_told(heard(&mut console)), is_told(heard(&mut other))), (false, true));
    assert_eq!(signs_in(&desk, &maria, PASSWORD).await, None);
    assert!(signs_in(&desk, &maria, NEW).await.is_some());
    assert!(!desk.stores(NEW).await);
}

#[tokio::test]
async fn a_wrong_short_or_same_password_changes_nothing_and_says_why() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let (here, other) = (signs_in(&desk, &maria, PASSWORD).await, signs_in(&desk, &maria, PASSWORD).await);
    let here = here.expect("right");

    for (current, new, words) in [
        ("not her password", NEW, "The current password is wrong."),
        (PASSWORD, "short", "The new password must have 10 to 200 characters."),
        (PASSWORD, PASSWORD, "The new password must be another than the current one."),
    ] {
        let refused = changes(&desk, &maria, &here, current, new).await.expect_err("must be refused");
        assert_eq!(refused.to_string(), words);
    }

    assert!(goes_on(&desk, &other.expect("right")).await);
    assert!(signs_in(&desk, &maria, PASSWORD).await.is_some());
}

#[tokio::test]
async fn guessing_the_present_password_at_an_open_console_is_guessing() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let here = signs_in(&desk, &maria, PASSWORD).await.expect("right");

    let mut looked_at = 0;
    for guess in 0..20 {
        match changes(&desk, &maria, &here, &format!("guess number {guess}"), NEW).await {
            Err(Error::TooMany { seconds }) => assert!(seconds > 0),
            Err(Error::Refused(_)) => looked_at += 1,
            other => panic!("{other:?}"),
        }
    }

    assert_eq!(looked_at, 10);
    let too_late = changes(&desk, &maria, &here, PASSWORD, NEW).await;
    assert!(matches!(too_late, Err(Error::TooMany { .. })), "{too_late:?}");
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once_and_ends_every_session() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let open = signs_in(&desk, &maria, PASSWORD).await.expect("right");
    let mut console = desk.comes_online(&maria).await;
    let token = link_by(&desk, &priya, &maria).await.expect("an admin may");
    assert!(goes_on(&desk, &open).await, "nothing ends before the link is followed");
    let found = passwords::find_reset(&desk.backend, &token).await.expect("can be read").expect("is open");
    assert_eq!((found.name.as_str(), found.email.as_str()), ("Maria", "maria@example.com"));

    let (one, other) = tokio::join!(
        passwords::follow_reset(&desk.backend, &token, NEW),
        passwords::follow_reset(&desk.backend, &token, "another of somebody else"),
    );

    assert_eq!([&one, &other].iter().filter(|followed| followed.is_ok()).count(), 1);
    assert!(!goes_on(&desk, &open).await);
    assert!(heard(&mut console).contains(&Frame::SignedOut));
    assert_eq!(signs_in(&desk, &maria, PASSWORD).await, None);
    assert_eq!(signs_in(&desk, &maria, NEW).await.is_some(), one.is_ok());
    assert_eq!(passwords::find_reset(&desk.backend, &token).await.ok(), Some(None));
    assert!(!desk.stores(&token).await);
}

#[tokio::test]
async fn a_reset_link_runs_out_and_a_newer_one_or_a_change_takes_its_place() {
    let desk = TestDesk::new().await;
    let (priya, maria) = (desk.admin("priya").await, desk.agent("maria").await);
    let is_open = async |token: &str| passwords::find_reset(&desk.backend, token).await.expect("can be read").is_some();

    let first = link_by(&desk, &priya, &maria).await.expect("an admin may");
    let second = link_by(&desk, &priya, &maria).await.expect("an admin may");
    assert!(!is_open(&first).await && is_open(&second).await);
    let refused = passwords::follow_reset(&desk.backend, &second, "short").await.expect_err("must be refused");
    assert_eq!(refused.to_string(), "The password must have 10 to 200 characters.");
    assert!(is_open(&second).await, "a refused password uses no link up");

    let here = signs_in(&desk, &maria, PASSWORD).await.expect("right");
    changes(&desk, &maria, &here, PASSWORD, NEW).await.expect("she knows the present one");
    assert!(!is_open(&second).await);

    let third = link_by(&desk, &priya, &maria).await.expect("an admin may");
    desk.later(hours(24));
    assert!(!is_open(&third).await);
    let refused = passwords::follow_reset(&desk.backend, &third, "yet another one").await.expect_err("has run out");
    assert_eq!(refused.to_string(), "The link was used, replaced, or has run out.");
}

#[tokio::test]
async fn nobody_resets_the_password_of_whom_they_do_not_manage() {
    let desk = TestDesk::new().await;
    let sales = desk.add_team("Sales").await;
    let (priya, tom) = (desk.admin("priya").await, desk.team_manager("tom").await);
    let (maria, mo) = (desk.agent("maria").await, desk.person("mo", Role::Agent, vec![sales]).await);

    assert!(link_by(&desk, &tom, &maria).await.is_ok());
    for (by, person) in [(&tom, &mo), (&tom, &priya), (&tom, &tom), (&maria, &mo), (&maria, &maria)] {
        let refused = link_by(&desk, by, person).await.expect_err("must be refused");
        assert_eq!(refused.to_string(), format!("You are not allowed to reset the password of {}.", person.name));
    }
}

#[tokio::test]
async fn a_link_ends_with_its_makers_rights_and_with_its_persons_access() {
    let desk = TestDesk::new().await;
    let (priya, tom, maria) = (desk.admin("priya").await, desk.team_manager("tom").await, desk.agent("maria").await);
    let is_open = async |token: &str| passwords::find_reset(&desk.backend, token).await.expect("can be read").is_some();

    let by_tom = link_by(&desk, &tom, &maria).await.expect("a team manager may");
    let lesser = PersonUpdate { role: Role::Agent, ..PersonUpdate::of(&tom) };
    people::update(&desk.backend, &priya, tom.id, lesser).await.expect("an admin may");
    assert!(!is_open(&by_tom).await);

    let by_priya = link_by(&desk, &priya, &maria).await.expect("an admin may");
    let gone = PersonUpdate { active: false, ..PersonUpdate::of(&maria) };
    people::update(&desk.backend, &priya, maria.id, gone).await.expect("an admin may");
    assert!(!is_open(&by_priya).await);
}
