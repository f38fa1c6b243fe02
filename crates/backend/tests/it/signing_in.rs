//! Signing in and out, and what guessing leads to.

use std::time::Duration;

use backend::test_desk::{PASSWORD, TestDesk};
use backend::{Error, sessions};
use domain::account::PersonUpdate;
use domain::live::Frame;
use domain::timestamp::hours;

const OFFICE: &str = "192.0.2.1";
const DAY: Duration = hours(24);

#[tokio::test]
async fn one_who_signed_in_is_recognised_until_they_sign_out() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;

    let (person, token) =
        sessions::sign_in(&desk.backend, " Maria@Example.com ", PASSWORD, OFFICE).await.expect("right");
    let token = token.to_string();
    let signed_in = sessions::find(&desk.backend, &token).await.expect("can be read").expect("goes on");
    assert_eq!((person, signed_in.person), (maria.clone(), maria));

    sessions::sign_out(&desk.backend, &token).await.expect("can be saved");
    assert_eq!(sessions::find(&desk.backend, &token).await.ok(), Some(None));
}

#[tokio::test]
async fn a_wrong_password_an_unknown_email_and_somebody_deactivated_get_the_same_answer() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let maria = desk.agent("maria").await;
    let gone = PersonUpdate { active: false, ..PersonUpdate::of(&maria) };
    backend::people::update(&desk.backend, &priya, maria.id, gone).await.expect("an admin may");

    let mut answers = Vec::new();
    for (email, password) in [
        ("priya@example.com", "not her password"),
        ("nobody@example.com", PASSWORD),
        ("maria@example.com", PASSWORD),
        ("not an address", ""),
    ] {
        let answer = sessions::sign_in(&desk.backend, email, password, OFFICE).await;
        answers.push(format!("{:?}", answer.expect_err("nobody gets in")));
    }
    assert!(answers.iter().all(|answer| answer == "SignIn"), "{answers:?}");
}

#[tokio::test]
async fn whoever_guesses_is_stopped_and_whom_they_guess_at_is_not() {
    let desk = TestDesk::new().await;
    desk.agent("maria").await;

    let mut looked_at = 0;
    for guess in 0..30 {
        let guess = format!("guess number {guess}");
        match sessions::sign_in(&desk.backend, "maria@example.com", &guess, "203.0.113.5").await {
            Err(Error::SignIn) => looked_at += 1,
            Err(Error::TooMany { seconds }) => assert!(seconds > 0),
            other => panic!("{other:?}"),
        }
    }

    assert_eq!(looked_at, 10);
    let refused = sessions::sign_in(&desk.backend, "maria@example.com", PASSWORD, "203.0.113.5").await;
    assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
    assert!(sessions::sign_in(&desk.backend, "maria@example.com", PASSWORD, OFFICE).await.is_ok());
    desk.later(Duration::from_secs(60));
    assert!(sessions::sign_in(&desk.backend, "maria@example.com", PASSWORD, "203.0.113.5").await.is_ok());
}

#[tokio::test]
async fn the_token_and_the_password_are_nowhere_in_the_database_or_in_what_is_printed() {
    let desk = TestDesk::new().await;
    desk.agent("maria").await;

    let (_, token) = sessions::sign_in(&desk.backend, "maria@example.com", PASSWORD, OFFICE).await.expect("right");

    assert!(desk.stores("maria@example.com").await);
    assert!(!desk.stores(&token.to_string()).await);
    assert!(!desk.stores(PASSWORD).await);
    assert_eq!(format!("{token:?}"), "SessionToken(..)");
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_for_two_weeks_and_after_two_months_anyway() {
    let desk = TestDesk::new().await;
    desk.agent("maria").await;
    let sign_in = async || {
        let signed_in = sessions::sign_in(&desk.backend, "maria@example.com", PASSWORD, OFFICE).await;
        signed_in.expect("right").1.to_string()
    };
    let goes_on = async |token: &str| sessions::find(&desk.backend, token).await.expect("can be read").is_some();

    let unused = sign_in().await;
    desk.later(14 * DAY);
    assert!(!goes_on(&unused).await);

    let used = sign_in().await;
    for _ in 0..5 {
        desk.later(11 * DAY);
        assert!(goes_on(&used).await);
    }
    desk.later(5 * DAY);
    assert!(!goes_on(&used).await);
}

#[tokio::test]
async fn signing_out_closes_the_sockets_of_that_session_and_everywhere_those_of_all() {
    let desk = TestDesk::new().await;
    let maria = desk.agent("maria").await;
    let mut sockets = Vec::new();
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let (_, token) = sessions::sign_in(&desk.backend, "maria@example.com", PASSWORD, OFFICE).await.expect("right");
        let signed_in = sessions::find(&desk.backend, &token.to_string()).await.expect("can be read").expect("goes on");
        let head = desk.backend.hub().head();
        sockets.push(desk.backend.resume(maria.id, &signed_in.session, head).await.expect("may look"));
        tokens.push(token.to_string());
    }

    sessions::sign_out(&desk.backend, &tokens[0]).await.expect("can be saved");
    assert_eq!(last_words(&mut sockets[0]).await, Some(Frame::SignedOut));
    assert!(!sockets[1].take_waiting().iter().any(|frame| frame.contains("signed_out")));

    sessions::sign_out_everywhere(&desk.backend, &maria).await.expect("can be saved");
    for socket in &mut sockets[1..] {
        assert_eq!(last_words(socket).await, Some(Frame::SignedOut));
    }
    for token in tokens {
        assert_eq!(sessions::find(&desk.backend, &token).await.ok(), Some(None));
    }
}

/// The last frame before the socket was closed.
async fn last_words(socket: &mut backend::live::Subscription) -> Option<Frame> {
    let mut last = None;
    while let Some(text) = socket.next().await {
        last = serde_json::from_str(&text).ok();
    }
    last
}
