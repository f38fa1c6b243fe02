//! What went wrong behind the scenes, as admins see it.

use backend::test_desk::TestDesk;
use backend::trouble;

#[tokio::test]
async fn an_admin_sees_what_was_given_up_and_has_it_tried_again() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;
    let job = desk.failed_job(room, "The provider is down.").await;

    let found = trouble::list(&desk.backend, &priya).await.expect("an admin may");
    assert_eq!((found.jobs[0].id, found.jobs[0].room, found.jobs[0].attempts), (job, Some(room), 5));
    assert_eq!(found.jobs[0].problem, "The provider is down.");

    trouble::retry_job(&desk.backend, &priya, job).await.expect("it was given up");
    assert_eq!(trouble::list(&desk.backend, &priya).await.map(|found| found.jobs.len()).ok(), Some(0));
    assert!(trouble::retry_job(&desk.backend, &priya, job).await.is_err());
    assert!(trouble::dismiss_job(&desk.backend, &priya, job).await.is_err(), "it is no trouble any more");
}

#[tokio::test]
async fn what_is_put_away_is_off_the_list() {
    let desk = TestDesk::new().await;
    let priya = desk.admin("priya").await;
    let channel = desk.web_channel().await;
    let room = desk.room(&channel, "Ana").await.id;
    let job = desk.failed_job(room, "The provider is down.").await;
    let webhook = desk.unreadable_webhook(&channel, "not JSON: line 1 column 1").await;

    let found = trouble::list(&desk.backend, &priya).await.expect("an admin may");
    assert_eq!((found.webhooks[0].id, found.webhooks[0].channel), (webhook, channel.id));
    trouble::dismiss_job(&desk.backend, &priya, job).await.expect("it was given up");
    trouble::dismiss_webhook(&desk.backend, &priya, webhook).await.expect("it is on the list");

    let found = trouble::list(&desk.backend, &priya).await.expect("an admin may");
    assert!(found.jobs.is_empty() && found.webhooks.is_empty());
}

#[tokio::test]
async fn trouble_is_for_admins() {
    let desk = TestDesk::new().await;
    let tom = desk.team_manager("tom").await;

    assert!(trouble::list(&desk.backend, &tom).await.is_err());
}
