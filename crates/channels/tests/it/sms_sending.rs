//! What leaves for Twilio, what its answers mean, and what it is asked.

use std::time::Duration;

use channels::adapter::{Account, Subscribed};
use channels::error::{ChannelError, Scope};
use channels::files::FileRef;
use channels::http::{Http, HttpLimits};
use channels::identity::ProviderId;
use channels::missed::Gap;
use channels::outbound::{ProviderSend, Receipt, Signal};
use channels::plan::plan;
use domain::message::Content;
use domain::template::{TemplateHeader, TemplateStatus};
use domain::timestamp::Timestamp;
use futures::StreamExt;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::desk::{NOW, answer, choices, http, sms, sms_at, sms_from_at, sms_with, tools};
use crate::inbound::line;
use crate::stand_in::{Reply, StandIn};

const ACCEPTED: &str =
    r#"{"sid":"SM0000000000000000000000000000c001","status":"queued","num_segments":"1","error_code":null}"#;
/// `AC00000000000000000000000000000001:auth-token`, as heads are kept: in small letters.
const PROOF: &str = "authorization: basic qumwmdawmdawmdawmdawmdawmdawmdawmdawmdawmdawmtphdxrolxrva2vu";

fn planned(content: Content) -> Vec<ProviderSend> {
    let mut message = answer(content);
    message.to.ids = vec![channels::identity::ExternalId("+5511900000001".into())];
    plan(&sms().limits(), &message, NOW, None).expect("there is no window")
}

async fn send_to(base_url: &str) -> Result<Receipt, ChannelError> {
    sms_at(base_url).send(tools(&http()), &planned(Content::Text("Olá".into()))[0]).await
}

async fn failed(status: u16, headers: &str, body: &str) -> ChannelError {
    let twilio = StandIn::answering(Reply::new(status, headers, body)).await;
    send_to(&twilio.base_url).await.expect_err("must fail")
}

/// The setting that Twilio does not take.
fn refused_setting(error: ChannelError) -> String {
    let words = error.words();
    let ChannelError::SettingRefused { field, rule } = error else { panic!("no setting is named: {words}") };
    assert!(rule.starts_with("is not accepted by Twilio"), "{rule}");
    field
}

#[tokio::test]
async fn a_message_leaves_once_with_its_proof_and_comes_back_with_its_id() {
    let twilio = StandIn::answering(Reply::new(201, "", ACCEPTED)).await;
    let receipt = send_to(&twilio.base_url).await.expect("is taken");
    assert_eq!(receipt.ids, [ProviderId("SM0000000000000000000000000000c001".into())]);

    let [asked] = &twilio.asked()[..] else { panic!("not one request") };
    let path = "post /2010-04-01/accounts/ac00000000000000000000000000000001/messages.json http/1.1";
    assert!(asked.head.starts_with(path), "{}", asked.head);
    assert!(asked.head.contains(PROOF), "{}", asked.head);
    assert!(asked.head.contains("content-type: application/x-www-form-urlencoded"), "{}", asked.head);
    let form = include_str!("../../fixtures/sms/outbound/text.form").trim_end();
    assert_eq!(asked.text(), form.replace("Ol%C3%A1+%F0%9F%99%82+%26+at%C3%A9+j%C3%A1", "Ol%C3%A1"));
}

#[tokio::test]
async fn a_question_is_a_text_with_numbered_answers() {
    let question = Content::Choices { text: "Ok?".into(), choices: choices(&["Yes", "No"]) };
    let twilio = StandIn::answering(Reply::new(201, "", ACCEPTED)).await;
    sms_at(&twilio.base_url).send(tools(&http()), &planned(question)[0]).await.expect("is taken");
    let body = twilio.asked()[0].text().to_owned();
    assert!(body.contains("Body=Ok%3F%0A%0A1.+Yes%0A2.+No"), "{body}");
}

#[tokio::test]
async fn a_refusal_is_read_from_its_code_whatever_the_status() {
    let body = |code: i64| format!(r#"{{"code":{code},"message":"Because.","more_info":"https://x","status":400}}"#);
    assert_eq!(refused_setting(failed(401, "", &body(20_003)).await), "auth_token");
    assert_eq!(failed(400, "", &body(21_610)).await, ChannelError::OptedOut);
    let unreachable = ChannelError::RecipientUnreachable { detail: "Twilio says: Because (21211).".into() };
    assert_eq!(failed(400, "", &body(21_211)).await, unreachable);
    let unknown = ChannelError::Rejected { detail: "Twilio says: Because (99999).".into() };
    assert_eq!(failed(400, "", &body(99_999)).await, unknown);
    assert!(failed(503, "", &body(99_999)).await.is_retryable());
}

#[tokio::test]
async fn a_limit_says_how_long_to_wait_if_twilio_does() {
    let limited = |retry_after| ChannelError::RateLimited { retry_after, scope: Scope::Channel };
    let body = r#"{"code":20429,"message":"Too Many Requests","status":429}"#;
    assert_eq!(failed(429, "retry-after: 30\r\n", body).await, limited(Some(Duration::from_secs(30))));
    assert_eq!(failed(429, "", body).await, limited(None));
    assert_eq!(failed(429, "", "slow down").await, limited(None));
}

#[tokio::test]
async fn silence_hanging_up_and_a_success_that_cannot_be_read_are_unknown_outcomes() {
    let oversize = "x".repeat(65 * 1024);
    for body in ["", "<html>", "{}", &oversize] {
        assert_eq!(failed(201, "", body).await, ChannelError::OutcomeUnknown);
    }
    assert_eq!(failed(504, "", "").await, ChannelError::OutcomeUnknown);
    let twilio = StandIn::answering(Reply::HangUp).await;
    assert_eq!(send_to(&twilio.base_url).await, Err(ChannelError::OutcomeUnknown));
    assert_eq!(twilio.asked().len(), 1);
    let twilio = StandIn::answering(Reply::Silence).await;
    let limits = HttpLimits { answer: Duration::from_millis(100), ..HttpLimits::default() };
    http();
    let impatient = Http::new(limits).expect("a client");
    let outcome = sms_at(&twilio.base_url).send(tools(&impatient), &planned(Content::Text("hi".into()))[0]).await;
    assert_eq!(outcome, Err(ChannelError::OutcomeUnknown));
}

#[tokio::test]
async fn an_outage_is_tried_again_and_no_error_tells_a_secret() {
    let errors = [
        failed(500, "", "auth-token +5511900000001").await,
        send_to("http://127.0.0.1:1").await.expect_err("must fail"),
        failed(502, "", "<html>").await,
    ];
    for error in errors {
        assert!(error.is_retryable(), "{error:?}");
        let told = format!("{error} {error:?} {}", error.words());
        assert!(!["auth-token", "127.0.0.1", "5511900000001"].iter().any(|secret| told.contains(secret)), "{told}");
    }
}

#[tokio::test]
async fn a_phone_shows_no_sign() {
    let to = answer(Content::Text(String::new())).to;
    let typing = Signal::Typing { to, answering: ProviderId("SM1".into()) };
    let signed = sms().signal(&http(), &typing).await;
    assert!(matches!(signed, Err(ChannelError::Unsupported { .. })));
}

#[tokio::test]
async fn a_file_is_fetched_with_our_proof_from_twilio_alone() {
    let elsewhere = StandIn::answering(Reply::new(200, "", "secret")).await;
    let there = Reply::new(200, "content-type: image/jpeg\r\n", "pixels");
    let moved = Reply::new(302, &format!("location: {}/b.jpg\r\n", elsewhere.base_url), "");
    let twilio =
        StandIn::answering_in_turn(|_| vec![there, moved, Reply::new(404, "", ""), Reply::new(503, "", "")]).await;
    let sms = sms_at(&twilio.base_url);
    let file = FileRef { name: Some("contact.vcf".into()), ..FileRef::at(format!("{}/2010-04-01/a", twilio.base_url)) };

    let fetched = sms.fetch_file(&http(), &file).await.expect("is there");
    assert_eq!((fetched.mime.as_deref(), fetched.name.as_deref()), (Some("image/jpeg"), Some("contact.vcf")));
    let pixels = fetched.content.map(|chunk| chunk.expect("whole").to_vec()).concat().await;
    assert_eq!(pixels, b"pixels");
    assert!(twilio.asked()[0].head.contains(PROOF));

    // It leads to an address that is not Twilio's and not a public one.
    assert!(matches!(sms.fetch_file(&http(), &file).await.err(), Some(ChannelError::MediaRejected { .. })));
    assert!(matches!(sms.fetch_file(&http(), &file).await.err(), Some(ChannelError::MediaRejected { .. })));
    assert!(sms.fetch_file(&http(), &file).await.err().is_some_and(|error| error.is_retryable()));
    for bad in ["", "MM1", "http://example.com/a.jpg", &format!("{}/b.jpg", elsewhere.base_url)] {
        assert!(sms.fetch_file(&http(), &FileRef::at(bad)).await.is_err(), "{bad}");
    }
    assert!(elsewhere.asked().is_empty());
}

const ACCOUNT: &str = r#"{"friendly_name":"Acme Store","status":"active","type":"Trial"}"#;

#[tokio::test]
async fn a_test_names_the_account_and_what_an_admin_should_know() {
    let numbers = Reply::new(200, "", r#"{"incoming_phone_numbers":[]}"#);
    let twilio = StandIn::answering_in_turn(|_| vec![Reply::new(200, "", ACCOUNT), numbers]).await;
    let remarks = [
        "It is a trial account: it can write to verified numbers only.",
        "+15550001111 is none of the account's numbers.",
    ];
    let expected =
        Account { name: "Acme Store, +15550001111".into(), remarks: remarks.map(Into::into).to_vec(), learned: None };
    assert_eq!(sms_at(&twilio.base_url).test(&http()).await, Ok(expected));
    let paths: Vec<_> =
        twilio.asked().iter().map(|asked| asked.head.lines().next().unwrap_or_default().to_owned()).collect();
    let account = "/2010-04-01/accounts/ac00000000000000000000000000000001";
    let numbers = format!("get {account}/incomingphonenumbers.json?phonenumber=%2b15550001111 http/1.1");
    assert_eq!(paths, [format!("get {account}.json http/1.1"), numbers]);
}

#[tokio::test]
async fn a_test_with_a_wrong_secret_names_the_one_that_twilio_did_not_take() {
    let wrong = || Reply::new(401, "", r#"{"code":20003,"message":"Authenticate","status":401}"#);
    let tested = async |replies, settings: Value| {
        let twilio = StandIn::answering_in_turn(|_| replies).await;
        let error = sms_with(&settings, &twilio.base_url).test(&http()).await.expect_err("one is wrong");
        (refused_setting(error), twilio.asked().len())
    };
    let key = json!({ "api_key": "SK00000000000000000000000000000003", "api_secret": "key-secret" });
    assert_eq!(tested(vec![wrong()], json!({})).await, ("auth_token".into(), 1));
    // Only the auth token may ask about the account, also where a key is used for everything else.
    assert_eq!(tested(vec![wrong()], key.clone()).await, ("auth_token".into(), 1));
    assert_eq!(tested(vec![Reply::new(200, "", ACCOUNT), wrong()], key).await, ("api_secret".into(), 2));
}

#[tokio::test]
async fn twilio_is_told_where_a_numbers_messages_go_and_a_service_by_hand() {
    let numbers = Reply::new(200, "", r#"{"incoming_phone_numbers":[{"sid":"PN1"}]}"#);
    let twilio = StandIn::answering_in_turn(|_| vec![numbers, Reply::new(200, "", "{}")]).await;
    assert_eq!(sms_at(&twilio.base_url).subscribe(&http()).await, Ok(Subscribed::Done));
    let told = &twilio.asked()[1];
    assert!(told.head.contains("/incomingphonenumbers/pn1.json"), "{}", told.head);
    let form = "SmsUrl=https%3A%2F%2Fdesk.example%2Fwebhooks%2Fsms%2F01939d3c-7a00-7000-8000-0000000000c1&SmsMethod=POST&SmsApplicationSid=";
    assert_eq!(told.text(), form);
    let service = sms_from_at("MG00000000000000000000000000000002", &twilio.base_url);
    assert!(matches!(service.subscribe(&http()).await, Ok(Subscribed::ByHand(_))));
}

#[tokio::test]
async fn what_was_lost_is_asked_for_and_is_the_same_events() {
    let page = |file: &str, next: &str| Reply::new(200, "", &file.replace("NEXT", next));
    let received = include_str!("../../fixtures/sms/list_received.json");
    let more = "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json?PageToken=2";
    let files = Reply::new(200, "", include_str!("../../fixtures/sms/list_media.json"));
    let twilio = StandIn::answering_in_turn(|_| {
        vec![
            page(received, more),
            Reply::new(200, "", r#"{"messages":[]}"#),
            page(include_str!("../../fixtures/sms/list_sent.json"), "https://elsewhere.example/"),
            files,
        ]
    })
    .await;
    // Sun, 22 Nov 2026 10:00:00 UTC
    let gap = Gap::since(Timestamp(1_795_341_600_000));
    let missed = sms_at(&twilio.base_url).catch_up(&http(), &gap).await.expect("is told");
    let told = missed.events.into_iter().map(|event| line(&Ok(event)).replace(&twilio.base_url, "BASE"));
    assert_snapshot!("missed", told.collect::<Vec<_>>().join("\n"));

    let asked = twilio.asked();
    let paths: Vec<_> = asked.iter().filter_map(|asked| asked.head.split_whitespace().nth(1)).collect();
    let list = "/2010-04-01/accounts/ac00000000000000000000000000000001/messages.json";
    assert_eq!(paths[0], format!("{list}?to=%2b15550001111&datesent%3e=2026-11-22&pagesize=200"));
    assert_eq!(paths[1], format!("{list}?pagetoken=2"));
    assert_eq!(paths[2], format!("{list}?from=%2b15550001111&datesent%3e=2026-11-22&pagesize=200"));
    assert!(paths[3].ends_with("/messages/mm0000000000000000000000000000a012/media.json"), "{}", paths[3]);
    assert_eq!(paths.len(), 4);
}

#[tokio::test]
async fn the_accounts_templates_are_listed_page_by_page_and_those_that_sms_does_not_carry_say_so() {
    let pages =
        [include_str!("../../fixtures/sms/content_first.json"), include_str!("../../fixtures/sms/content_last.json")];
    let replies = || Vec::from(pages.map(|page| Reply::new(200, "", page)));
    let twilio = StandIn::answering_in_turn(|_| replies()).await;
    let templates = sms_at(&twilio.base_url).list_templates(&http()).await.expect("are told");
    let unfit = |reason: &str| TemplateStatus::Unfit { reason: reason.into() };
    let told: Vec<_> =
        templates.iter().map(|template| (template.name.as_str(), template.named, template.status.clone())).collect();
    let expected = [
        ("order_shipped (…000001)", true, TemplateStatus::Ready),
        ("pickup_reminder", false, TemplateStatus::Ready),
        ("winter", false, TemplateStatus::Ready),
        ("receipt", false, unfit("The address of its file cannot be filled in here.")),
        ("help_topics", false, unfit("Quick reply is nothing that SMS carries.")),
        ("shop", false, unfit("Location is nothing that SMS carries.")),
        ("order_shipped (…000007)", false, TemplateStatus::Ready),
        ("HX00000000000000000000000000000008", false, TemplateStatus::Ready),
    ];
    assert_eq!(told, expected);
    let winter = &templates[2];
    assert_eq!((winter.body.as_str(), &winter.header), ("Winter jackets are here, {{1}}.", &Some(TemplateHeader::Own)));
    let asked = twilio.asked();
    let paths: Vec<_> = asked.iter().map(|asked| asked.path()).collect();
    assert_eq!(paths, ["/v1/Content?PageSize=50", "/v1/Content?PageSize=50&Page=1&PageToken=DNHX1"]);
    assert!(asked.iter().all(|asked| asked.head.contains("authorization: basic ")));

    let twilio = StandIn::answering_in_turn(|_| replies()).await;
    let by_rcs = sms_from_at("rcs:acme_agent", &twilio.base_url).list_templates(&http()).await.expect("are told");
    let topics = by_rcs.iter().find(|template| template.name == "help_topics").expect("is one of them");
    assert!(topics.status.may_be_sent() && topics.buttons.len() == 2, "{topics:?}");
}

#[tokio::test]
async fn a_list_of_templates_that_nobody_can_read_loses_none_that_is_known() {
    let twilio = StandIn::answering(Reply::new(200, "", r#"{"contents":"none"}"#)).await;
    assert!(sms_at(&twilio.base_url).list_templates(&http()).await.expect_err("must fail").is_retryable());
    let turning = r#"{"contents":[],"meta":{"next_page_url":"https://elsewhere.example/v1/Content?PageSize=50"}}"#;
    let twilio = StandIn::answering(Reply::new(200, "", turning)).await;
    assert_eq!(sms_at(&twilio.base_url).list_templates(&http()).await, Ok(Vec::new()));
    assert_eq!(twilio.asked().len(), 1, "the list leads back to where it was");
}
