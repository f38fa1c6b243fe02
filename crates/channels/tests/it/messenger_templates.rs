//! The utility templates of a page, as Meta lists them.

use insta::assert_snapshot;

use crate::desk::{http, messenger_at};
use crate::stand_in::{Reply, StandIn};

#[tokio::test]
async fn the_pages_templates_are_listed_page_by_page_and_those_that_cannot_be_sent_from_here_say_why() {
    let pages = [
        include_str!("../../fixtures/messenger/templates_first.json"),
        include_str!("../../fixtures/messenger/templates_last.json"),
    ];
    let replies = Vec::from(pages.map(|page| Reply::new(200, "", page)));
    let meta = StandIn::answering_in_turn(|_| replies).await;
    let templates = messenger_at(&meta.base_url).list_templates(&http()).await.expect("are told");
    assert_snapshot!("templates", serde_json::to_string_pretty(&templates).expect("has JSON"));
    let asked = meta.asked();
    assert!(
        asked[0].path().starts_with("/v26.0/600000000000001/message_templates?fields=id%2Cname"),
        "{}",
        asked[0].path()
    );
    assert!(asked[1].path().ends_with("&after=b") && asked.len() == 2, "{}", asked[1].path());
}

#[tokio::test]
async fn where_meta_does_not_know_the_newer_fields_the_list_is_asked_for_without_them() {
    let unknown = r#"{"error":{"message":"(#100) Tried accessing nonexisting field (parameter_format)","code":100}}"#;
    let page = include_str!("../../fixtures/messenger/templates_last.json");
    let replies = vec![Reply::new(400, "", unknown), Reply::new(200, "", page)];
    let meta = StandIn::answering_in_turn(|_| replies).await;

    let templates = messenger_at(&meta.base_url).list_templates(&http()).await.expect("are told");

    assert!(!templates.is_empty());
    let asked: Vec<_> = meta.asked().iter().map(|request| request.path().contains("parameter_format")).collect();
    assert_eq!(asked, [true, false]);
}

#[tokio::test]
async fn a_token_that_may_not_list_templates_is_told_what_it_lacks() {
    let meta = StandIn::answering(Reply::new(400, "", r#"{"error":{"message":"no","code":200}}"#)).await;
    let refused = messenger_at(&meta.base_url).list_templates(&http()).await.expect_err("must fail");
    assert!(refused.words().contains("page_utility_messaging"), "{}", refused.words());
}
