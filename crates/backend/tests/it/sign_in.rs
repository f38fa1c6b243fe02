//! Signing in at X for a channel's tokens: whoever begins ends it, once, and soon.

use backend::Error;
use backend::channels::{self, SentBack};
use backend::test_desk::TestDesk;
use domain::channel::{Channel, ChannelKind, ConnectChannel};
use domain::id::SignInId;
use domain::person::Person;
use domain::refused::Refused;
use domain::timestamp::minutes;
use reqwest::Url;
use serde_json::json;

use crate::x_account::XAccount;

/// An admin, and an account on X whose owner is asked on its page.
struct Scene {
    desk: TestDesk,
    x: XAccount,
    priya: Person,
}

impl Scene {
    async fn new() -> Self {
        let (desk, x) = (TestDesk::new().await, XAccount::start().await);
        let priya = desk.admin("priya").await;
        Self { desk, x, priya }
    }

    fn form(&self) -> ConnectChannel {
        let settings = json!({
            "consumer_secret": "consumer-secret", "client_id": "client", "client_secret": "client-secret",
            "base_url": self.x.base_url(),
        });
        let (team, settings) = (Some(self.desk.team), settings.to_string());
        ConnectChannel { kind: ChannelKind::X, name: "Acme on X".into(), team, flow: None, settings }
    }

    /// Begins, and gives the state that X sends back.
    async fn begins(&self) -> String {
        state(&channels::begin_sign_in(&self.desk.backend, &self.priya, self.form()).await.expect("an admin may"))
    }

    async fn begins_again(&self, channel: &Channel) -> String {
        let begun = channels::begin_sign_in_again(&self.desk.backend, &self.priya, channel.id).await;
        state(&begun.expect("an admin may"))
    }

    async fn comes_back(&self, me: &Person, state: &str, code: &str) -> Result<SignInId, Error> {
        let sent = SentBack { state: state.into(), code: Some(code.into()), error: None };
        channels::finish_sign_in(&self.desk.backend, me, sent).await
    }

    /// How the sign-in went: the channel, or the words.
    async fn outcome(&self, id: SignInId) -> Result<Channel, String> {
        let outcome = channels::sign_in_outcome(&self.desk.backend, &self.priya, &id.to_string()).await;
        outcome.map_err(|error| error.to_string())
    }

    fn channels(&self) -> usize {
        self.desk.backend.directory().channels.len()
    }
}

fn state(address: &str) -> String {
    let address = Url::parse(address).expect("an address");
    assert_eq!((address.host_str(), address.path()), (Some("x.com"), "/i/oauth2/authorize"));
    let state = address.query_pairs().find(|(name, _)| name == "state");
    state.expect("it carries a state").1.into_owned()
}

const VOID: &str = "The sign-in was begun by somebody else, was finished already, or has run out. Begin it again.";

fn is_void(outcome: Result<SignInId, Error>) -> bool {
    outcome.is_err_and(|error| error.to_string() == VOID)
}

#[tokio::test]
async fn whoever_signs_in_gets_a_channel_with_the_accounts_tokens() {
    let scene = Scene::new().await;
    let begun = scene.begins().await;
    assert_eq!(scene.channels(), 0);
    scene.x.gives_code("the-code");

    let id = scene.comes_back(&scene.priya, &begun, "the-code").await.expect("it is hers");

    let channel = scene.outcome(id).await.expect("X let her in");
    assert_eq!((channel.name.as_str(), channel.team), ("Acme on X", Some(scene.desk.team)));
    let setup = channels::list(&scene.desk.backend, &scene.priya).await.expect("an admin may").remove(0);
    assert_eq!(setup.filled.get("user_id").map(String::as_str), Some("222"));
    assert!(setup.token_expires_at.is_some());
    let account = channels::test(&scene.desk.backend, &scene.priya, channel.id).await.expect("X knows us");
    assert_eq!(account.name, "@acme");
    for secret in ["access-100", "refresh-100", "client-secret", "consumer-secret", begun.as_str()] {
        assert!(!scene.desk.stores(secret).await, "{secret}");
    }
}

#[tokio::test]
async fn a_sign_in_is_good_once_also_for_two_who_come_at_once() {
    let scene = Scene::new().await;
    let begun = scene.begins().await;
    scene.x.gives_code("the-code");

    let comes = || scene.comes_back(&scene.priya, &begun, "the-code");
    let (one, two) = tokio::join!(comes(), comes());

    let [id] = [one, two].into_iter().filter_map(Result::ok).collect::<Vec<_>>()[..] else { panic!("not one") };
    assert!(scene.outcome(id).await.is_ok());
    scene.x.gives_code("the-code");
    assert!(is_void(comes().await));
    assert_eq!((scene.x.codes(), scene.channels()), (1, 1));
}

#[tokio::test]
async fn a_sign_in_that_ran_out_changes_nothing() {
    let scene = Scene::new().await;
    let begun = scene.begins().await;
    scene.x.gives_code("the-code");

    scene.desk.later(minutes(15));

    assert!(is_void(scene.comes_back(&scene.priya, &begun, "the-code").await));
    assert_eq!((scene.x.codes(), scene.channels()), (0, 0));
}

#[tokio::test]
async fn a_sign_in_is_its_beginners_and_another_admins_try_does_not_spend_it() {
    let scene = Scene::new().await;
    let mo = scene.desk.admin("mo").await;
    let begun = scene.begins().await;
    scene.x.gives_code("the-code");

    assert!(is_void(scene.comes_back(&mo, &begun, "the-code").await));
    assert!(is_void(scene.comes_back(&scene.priya, "another state", "the-code").await));
    let id = scene.comes_back(&scene.priya, &begun, "the-code").await.expect("it is hers");

    assert!(scene.outcome(id).await.is_ok());
    let seen = channels::sign_in_outcome(&scene.desk.backend, &mo, &id.to_string()).await;
    assert_eq!(seen.expect_err("it is not his").to_string(), VOID);
}

#[tokio::test]
async fn a_refusal_is_told_in_words_and_makes_no_channel() {
    let scene = Scene::new().await;
    let ends = async |code: Option<&str>, error: Option<&str>| {
        let sent = SentBack { state: scene.begins().await, code: code.map(Into::into), error: error.map(Into::into) };
        let id = channels::finish_sign_in(&scene.desk.backend, &scene.priya, sent).await.expect("it is hers");
        scene.outcome(id).await.expect_err("there are no tokens")
    };

    assert_eq!(ends(None, Some("access_denied")).await, "You did not let the app in, so there are no new tokens.");
    let words = ends(None, Some("invalid_scope")).await;
    assert_eq!(words, "The provider did not let you sign in. Check the app's settings there.");
    let words = ends(Some("an old code"), None).await;
    assert_eq!(words, "The provider refused. X says: The code was invalid.");
    assert_eq!(scene.channels(), 0);
}

#[tokio::test]
async fn a_channel_that_is_there_gets_new_tokens_and_keeps_what_was_changed_meanwhile() {
    let scene = Scene::new().await;
    let channel = scene.x.channel(&scene.desk).await;
    let begun = scene.begins_again(&channel).await;
    scene.x.gives_code("the-code");
    let changes = r#"{"bearer_token":"app-token"}"#;
    channels::change_settings(&scene.desk.backend, &scene.priya, channel.id, changes).await.expect("good settings");

    let id = scene.comes_back(&scene.priya, &begun, "the-code").await.expect("it is hers");

    assert_eq!(scene.outcome(id).await.map(|channel| channel.id), Ok(channel.id));
    let setup = channels::list(&scene.desk.backend, &scene.priya).await.expect("an admin may").remove(0);
    let settings: serde_json::Value = serde_json::from_str(&setup.settings).expect("a JSON object");
    assert_eq!((&settings["bearer_token"], &settings["client_id"]), (&json!("set"), &json!("client")));
    // 12:00 and two hours.
    assert_eq!(settings["access_token_expires_at"], "1795356000");
    assert_eq!(scene.channels(), 1);
}

#[tokio::test]
async fn another_accounts_tokens_are_not_taken_for_a_channel() {
    let scene = Scene::new().await;
    let settings = json!({
        "user_id": "333", "consumer_secret": "consumer-secret", "access_token": "access-0", "client_id": "client",
        "base_url": scene.x.base_url(),
    });
    let channel = scene.desk.channel(ChannelKind::X, "Another", &settings.to_string(), None).await;
    let begun = scene.begins_again(&channel).await;
    scene.x.gives_code("the-code");

    let id = scene.comes_back(&scene.priya, &begun, "the-code").await.expect("it is hers");

    let words = scene.outcome(id).await.expect_err("it is another account");
    assert!(words.starts_with("You signed in as @acme, and this channel is another account's."), "{words}");
    let setup = channels::list(&scene.desk.backend, &scene.priya).await.expect("an admin may").remove(0);
    assert_eq!((setup.filled["user_id"].as_str(), setup.token_expires_at), ("333", None));
}

#[tokio::test]
async fn only_admins_sign_in_and_only_where_it_is_offered() {
    let scene = Scene::new().await;
    let tom = scene.desk.team_manager("tom").await;
    let refused = channels::begin_sign_in(&scene.desk.backend, &tom, scene.form()).await;
    assert!(matches!(refused, Err(Error::Refused(Refused::NotAllowed { .. }))), "{refused:?}");

    let begin = async |form| channels::begin_sign_in(&scene.desk.backend, &scene.priya, form).await;
    let words = |outcome: Result<String, Error>| outcome.expect_err("must be refused").to_string();
    let nowhere = ConnectChannel { kind: ChannelKind::WhatsApp, ..scene.form() };
    assert_eq!(words(begin(nowhere).await), "The channel is of a kind that nobody signs in for.");
    let unfinished = ConnectChannel { settings: r#"{"consumer_secret":"secret"}"#.into(), ..scene.form() };
    assert_eq!(words(begin(unfinished).await), "The client_id is missing, and signing in needs it.");
    let unnamed = ConnectChannel { name: " ".into(), ..scene.form() };
    assert_eq!(words(begin(unnamed).await), "The name is empty.");

    let offered = |kind| {
        channels::setup_form(&scene.desk.backend, &scene.priya, kind)
            .expect("an admin may")
            .sign_in
            .map(|offer| (offer.callback, offer.needs))
    };
    let callback = "http://localhost:3000/channels/x/callback".to_owned();
    assert_eq!(offered(ChannelKind::X), Some((callback, vec!["client_id".to_owned()])));
    assert_eq!(offered(ChannelKind::WhatsApp), None);
}
