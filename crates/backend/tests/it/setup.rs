//! The first run.

use backend::test_desk::{PASSWORD, TestDesk};
use backend::{Error, desk as consoles, sessions, setup};
use domain::channel::ChannelKind;
use domain::desk::ListQuery;
use domain::person::Role;
use domain::refused::Refused;
use domain::room::Section;

#[tokio::test]
async fn whoever_comes_first_finds_everything_a_conversation_needs() {
    let desk = TestDesk::first_run(|_| ()).await;
    assert_eq!(setup::is_needed(&desk.backend).await.ok(), Some(true));

    let priya =
        setup::create_admin(&desk.backend, "Priya", "Priya@Example.com", PASSWORD).await.expect("nobody is here");

    assert_eq!(setup::is_needed(&desk.backend).await.ok(), Some(false));
    assert_eq!((priya.role, priya.email.as_str()), (Role::Admin, "priya@example.com"));
    let console = consoles::load(&desk.backend, &priya, ListQuery::of(Section::Live)).await.expect("can be read");
    assert_eq!(console.teams.iter().map(|team| team.name.as_str()).collect::<Vec<_>>(), ["Support"]);
    assert_eq!(priya.teams, [console.teams[0].id]);
    let website = &console.channels[0];
    assert_eq!(
        (website.kind, website.name.as_str(), website.team),
        (ChannelKind::Web, "Website", Some(priya.teams[0]))
    );
    assert!(website.flow.is_some() && website.bot_name.is_some());
    assert!(sessions::sign_in(&desk.backend, "priya@example.com", PASSWORD, "192.0.2.1").await.is_ok());
}

#[tokio::test]
async fn of_two_who_come_first_one_is_the_admin() {
    let desk = TestDesk::first_run(|_| ()).await;

    let (one, other) = tokio::join!(
        setup::create_admin(&desk.backend, "Priya", "priya@example.com", PASSWORD),
        setup::create_admin(&desk.backend, "Tom", "tom@example.com", PASSWORD),
    );

    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|done| **done).count(), 1);
    assert_eq!(desk.backend.directory().people.len(), 1);
    let third = setup::create_admin(&desk.backend, "Eve", "eve@example.com", PASSWORD).await;
    assert!(matches!(third, Err(Error::Refused(Refused::NotAllowed { .. }))), "{third:?}");
}

#[tokio::test]
async fn what_is_wrong_with_the_form_names_the_field_and_nothing_is_made() {
    let desk = TestDesk::first_run(|_| ()).await;

    for (name, email, password, words) in [
        (" ", "priya@example.com", PASSWORD, "The name is empty."),
        ("Priya", "priya", PASSWORD, "The e-mail must look like ana@example.com."),
        ("Priya", "priya@example.com", "short", "The password must have 10 to 200 characters."),
    ] {
        let refused = setup::create_admin(&desk.backend, name, email, password).await;
        assert_eq!(refused.expect_err("must be refused").to_string(), words);
    }
    assert_eq!(setup::is_needed(&desk.backend).await.ok(), Some(true));
}
