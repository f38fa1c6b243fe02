//! Signing in with an account. The pair of verifier and challenge is that of RFC 7636, appendix B.

use channels::adapter::signing_in;
use channels::error::ChannelError;
use channels::x::{SignIn, SignedIn};
use domain::channel::ChannelKind;
use domain::timestamp::Timestamp;
use reqwest::Url;
use serde_json::{Value, json};

use crate::desk::http;
use crate::stand_in::{Reply, StandIn};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const NOW: Timestamp = Timestamp(1_795_300_000_000);

const GRANTED: &str =
    r#"{"token_type":"bearer","expires_in":7200,"access_token":"user-token","refresh_token":"refresh-token"}"#;
const ME: &str = r#"{"data":{"id":"222","name":"Acme","username":"acme"}}"#;

fn app(changes: &Value) -> Result<SignIn, String> {
    let mut settings =
        json!({ "consumer_secret": "consumer-secret", "client_id": "client", "client_secret": "secret" });
    for (field, value) in changes.as_object().into_iter().flatten() {
        settings[field] = value.clone();
    }
    SignIn::open(&settings.to_string()).map_err(|error| error.to_string())
}

fn callback() -> Url {
    Url::parse("https://desk.example/channels/x/callback").expect("a URL")
}

async fn exchanged(replies: Vec<Reply>) -> (Result<SignedIn, ChannelError>, StandIn) {
    let x = StandIn::answering_in_turn(|_| replies).await;
    let sign_in = app(&json!({ "base_url": x.base_url })).expect("good settings");
    (sign_in.exchange(&http(), &callback(), "the-code", VERIFIER, NOW).await, x)
}

#[test]
fn the_accounts_owner_is_asked_on_xs_page_for_what_the_channel_needs() {
    let address = app(&json!({})).expect("good settings").address(&callback(), "the-state", VERIFIER);
    assert!(address.as_str().starts_with("https://x.com/i/oauth2/authorize?"), "{address}");
    let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    let expected = [
        ("response_type", "code"),
        ("client_id", "client"),
        ("redirect_uri", "https://desk.example/channels/x/callback"),
        ("scope", "dm.read dm.write tweet.read users.read media.write offline.access"),
        ("state", "the-state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let elsewhere = app(&json!({ "sign_in_url": "http://127.0.0.1:4010/authorize" })).expect("good settings");
    let address = elsewhere.address(&callback(), "the-state", VERIFIER);
    assert!(address.as_str().starts_with("http://127.0.0.1:4010/authorize?"), "{address}");
}

#[tokio::test]
async fn a_code_is_changed_for_the_accounts_tokens_and_its_number() {
    let (signed_in, x) = exchanged(vec![Reply::new(200, "", GRANTED), Reply::new(200, "", ME)]).await;
    let signed_in = signed_in.expect("X takes the code");
    assert_eq!((signed_in.user_id.as_str(), signed_in.username.as_str()), ("222", "acme"));
    let changes: Value = serde_json::from_str(&signed_in.changes).expect("a JSON object");
    let expected = json!({
        "user_id": "222", "access_token": "user-token", "refresh_token": "refresh-token",
        "access_token_expires_at": "1795307200",
    });
    assert_eq!(changes, expected);
    let fills = signing_in(ChannelKind::X).expect("one can").fills;
    assert!(changes.as_object().is_some_and(|changes| changes.keys().all(|field| fills.contains(&field.as_str()))));

    let [code, me] = &x.asked()[..] else { panic!("not two requests") };
    assert!(code.head.starts_with("post /2/oauth2/token http/1.1"), "{}", code.head);
    // printf client:secret | base64
    assert!(code.head.contains("authorization: basic y2xpzw50onnly3jlda=="), "{}", code.head);
    let form = format!(
        "grant_type=authorization_code&code=the-code&redirect_uri=https%3A%2F%2Fdesk.example%2Fchannels%2Fx%2Fcallback\
         &code_verifier={VERIFIER}"
    );
    assert_eq!(code.text(), form);
    assert!(me.head.starts_with("get /2/users/me?") && me.head.contains("bearer user-token"), "{}", me.head);
}

#[tokio::test]
async fn an_app_without_a_secret_says_who_it_is_and_shows_its_verifier() {
    let x = StandIn::answering_in_turn(|_| vec![Reply::new(200, "", GRANTED), Reply::new(200, "", ME)]).await;
    let public = app(&json!({ "client_secret": null, "base_url": x.base_url })).expect("good settings");
    let signed_in = public.exchange(&http(), &callback(), "the-code", VERIFIER, NOW).await;
    assert!(signed_in.is_ok());
    let asked = x.asked().remove(0);
    assert!(!asked.head.contains("authorization") && asked.text().ends_with("&client_id=client"), "{}", asked.text());
}

#[tokio::test]
async fn a_refusal_is_told_in_xs_words_and_an_outage_is_none() {
    let refused = async |replies| exchanged(replies).await.0.err().expect("X said no").words();
    let old =
        r#"{"error":"invalid_request","error_description":"Value passed for the authorization code was invalid."}"#;
    let words = refused(vec![Reply::new(400, "", old)]).await;
    assert_eq!(words, "The provider refused. X says: Value passed for the authorization code was invalid.");
    let words = refused(vec![Reply::new(401, "", "")]).await;
    assert_eq!(words, "The provider refused. X answered with status 401.");
    let words = refused(vec![Reply::new(503, "", "")]).await;
    assert!(words.starts_with("The provider is not available."), "{words}");
    for unusable in ["", "{}", r#"{"access_token":"a b"}"#] {
        let words = refused(vec![Reply::new(200, "", unusable)]).await;
        assert!(words.ends_with("X gave no token."), "{unusable}: {words}");
    }
    let hung_up = refused(vec![Reply::HangUp]).await;
    assert!(!hung_up.contains("may have arrived"), "{hung_up}");
}

#[test]
fn what_signing_in_fills_in_may_be_missing_and_nothing_else() {
    let refused = |field: &str| app(&json!({ field: null })).expect_err("must be refused");
    for needed in signing_in(ChannelKind::X).expect("one can").needs {
        assert_eq!(refused(needed), format!("{needed} is missing, and signing in needs it"));
    }
    assert_eq!(refused("consumer_secret"), "consumer_secret is missing");
    let misspelt = app(&json!({ "clientid": "client" })).expect_err("must be refused");
    assert_eq!(misspelt, "clientid is not a setting of this kind of channel");
    assert!(app(&json!({ "user_id": "222", "access_token": "old", "refresh_token": "old" })).is_ok());
}
