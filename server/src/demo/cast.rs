//! The teams, people and channels of the demo: one channel per messenger, with made-up secrets that the simulator knows.
//! Another one is one entry.

use domain::channel::ChannelKind;
use domain::person::Role;
use serde_json::{Value, json};
use simulator::{
    Account, BUSINESS_ACCOUNT, Contents, Google, Hook, Inbox, Partner, Product, Sms, Spent, Telegram, WhatsApp, X,
};

const APP_SECRET: &str = "demo-app-secret-known-to-the-simulator";
const ACCESS_TOKEN: &str = "demo-access-token-known-to-the-simulator";
const CLIENT_ID: &str = "demo-client";
const VERIFY_TOKEN: &str = "demo-verify-token";
/// A key of nobody's: the simulator asks for no proof of it.
const SERVICE_ACCOUNT: &str = include_str!("../../../crates/channels/fixtures/google/service_account.json");

/// One channel: what our side is set to, and what the provider's side holds.
pub struct Entry {
    pub kind: ChannelKind,
    pub name: &'static str,
    pub settings: Value,
    pub account: Account,
}

/// The teams beside the one that setting up makes.
pub const TEAMS: [&str; 2] = ["Social media", "Wholesale"];

/// Somebody who works with the first admin.
pub struct Colleague {
    pub name: &'static str,
    pub email: &'static str,
    pub role: Role,
    pub teams: &'static [&'static str],
}

/// Every team has people, and one of them is in two.
pub const COLLEAGUES: [Colleague; 6] = [
    colleague("Tom Becker", "tom@acme.example", Role::TeamManager, &["Support"]),
    colleague("Maria Souza", "maria@acme.example", Role::Agent, &["Support"]),
    colleague("Mo Haddad", "mo@acme.example", Role::Agent, &["Support"]),
    colleague("Ines Duarte", "ines@acme.example", Role::Agent, &["Support", "Social media"]),
    colleague("Lena Vogt", "lena@acme.example", Role::TeamManager, &["Social media"]),
    colleague("Kofi Mensah", "kofi@acme.example", Role::Agent, &["Wholesale"]),
];

const fn colleague(name: &'static str, email: &'static str, role: Role, teams: &'static [&'static str]) -> Colleague {
    Colleague { name, email, role, teams }
}

/// Words that the demo's people keep ready: everybody's, or a team's.
pub const QUICK_REPLIES: [(Option<&str>, &str, &str); 7] = [
    (None, "hello", "Hello {{customer first name}}, this is {{agent first name}} from Acme. How can I help?"),
    (None, "moment", "One moment, please. Let me look that up for you."),
    (None, "bye", "Thank you for writing, {{customer first name}}. Have a good day!\n{{agent name}}"),
    (
        Some("Support"),
        "delivery",
        "Your parcel is on its way. As soon as it is handed over you get a message from the carrier.",
    ),
    (
        Some("Support"),
        "delivery-late",
        "I am sorry about the wait, {{customer first name}}. Let me see where your parcel is right now.",
    ),
    (Some("Support"), "refund", "The refund has left us today. Most banks take three to five working days to show it."),
    (
        Some("Wholesale"),
        "price-list",
        "Our price list for resellers comes with your account. Shall I set one up for you?",
    ),
];

/// One with a file.
pub struct QuickReplyWithFile {
    pub shortcut: &'static str,
    pub text: &'static str,
    pub name: &'static str,
    pub content: &'static [u8],
}

/// Everybody's, with a form to be filled in.
pub const RETURNS: QuickReplyWithFile = QuickReplyWithFile {
    shortcut: "returns",
    text: "Here is our returns form, {{customer first name}}. Put it into the parcel, and any post office takes it.",
    name: "returns-form.pdf",
    content: include_bytes!("returns-form.pdf"),
};

/// Whose the chats of this messenger are.
pub const fn team_of(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Messenger | ChannelKind::Instagram | ChannelKind::X => "Social media",
        ChannelKind::Telegram | ChannelKind::Api => "Wholesale",
        ChannelKind::WhatsApp | ChannelKind::Web | ChannelKind::Sms | ChannelKind::Google => "Support",
    }
}

/// Everything that is played. `simulator` is its address.
pub fn entries(simulator: &str) -> Vec<Entry> {
    let at = |door: &str| format!("{simulator}/{door}");
    vec![
        Entry {
            kind: ChannelKind::WhatsApp,
            name: "Acme WhatsApp",
            settings: json!({
                "phone_number_id": "100000000000001", "business_account_id": BUSINESS_ACCOUNT,
                "access_token": ACCESS_TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN,
                "base_url": at("graph"),
            }),
            account: Account::WhatsApp(WhatsApp {
                phone_number_id: "100000000000001".into(),
                app_secret: APP_SECRET.into(),
                access_token: ACCESS_TOKEN.into(),
            }),
        },
        inbox(ChannelKind::Messenger, "Acme Messenger", Product::Messenger, "600000000000001", &at("messenger")),
        inbox(ChannelKind::Instagram, "Acme Instagram", Product::Instagram, "17840000000000001", &at("instagram")),
        Entry {
            kind: ChannelKind::Telegram,
            name: "Acme Telegram",
            settings: json!({
                "bot_token": "110201543:demo-token-known-to-the-simulator", "webhook_secret": APP_SECRET,
                "base_url": at("telegram"),
            }),
            account: Account::Telegram(Telegram {
                bot_token: "110201543:demo-token-known-to-the-simulator".into(),
                webhook_secret: APP_SECRET.into(),
                hook: Hook::default(),
            }),
        },
        Entry {
            kind: ChannelKind::X,
            name: "Acme on X",
            settings: json!({
                "user_id": "222", "consumer_secret": APP_SECRET, "access_token": ACCESS_TOKEN, "base_url": at("x"),
                "client_id": CLIENT_ID, "client_secret": APP_SECRET, "sign_in_url": at("x/i/oauth2/authorize"),
            }),
            account: Account::X(X {
                user_id: "222".into(),
                consumer_secret: APP_SECRET.into(),
                access_token: ACCESS_TOKEN.into(),
                client_id: CLIENT_ID.into(),
                client_secret: APP_SECRET.into(),
                spent: Spent::default(),
            }),
        },
        Entry {
            kind: ChannelKind::Sms,
            name: "Acme SMS",
            settings: json!({
                "account_sid": "AC00000000000000000000000000000001", "auth_token": APP_SECRET,
                "sender": "+15550002222", "base_url": at("twilio"),
            }),
            account: Account::Sms(Sms {
                account_sid: "AC00000000000000000000000000000001".into(),
                auth_token: APP_SECRET.into(),
                number: "+15550002222".into(),
                contents: Contents::default(),
            }),
        },
        Entry {
            kind: ChannelKind::Google,
            name: "Acme RCS",
            settings: json!({
                "agent_id": "acme_demo@rbm.goog", "client_token": APP_SECRET, "base_url": at("google"),
                "service_account": service_account(&at("google/token")),
            }),
            account: Account::Google(Google {
                agent_id: "acme_demo@rbm.goog".into(),
                client_token: APP_SECRET.into(),
                access_token: ACCESS_TOKEN.into(),
            }),
        },
        Entry {
            kind: ChannelKind::Api,
            name: "Acme partner",
            settings: json!({ "endpoint": at("partner"), "secret": APP_SECRET }),
            account: Account::Api(Partner { secret: APP_SECRET.into() }),
        },
    ]
}

fn inbox(kind: ChannelKind, name: &'static str, product: Product, account: &str, base_url: &str) -> Entry {
    let id_field = if product == Product::Messenger { "page_id" } else { "account_id" };
    Entry {
        kind,
        name,
        settings: json!({
            id_field: account, "access_token": ACCESS_TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN,
            "base_url": base_url,
        }),
        account: Account::Meta(Inbox {
            product,
            account_id: account.into(),
            app_secret: APP_SECRET.into(),
            access_token: ACCESS_TOKEN.into(),
        }),
    }
}

/// The key file, with the simulator as the place where tokens are got.
fn service_account(token_url: &str) -> String {
    let mut file: Value = serde_json::from_str(SERVICE_ACCOUNT).unwrap_or_default();
    file["token_uri"] = token_url.into();
    file.to_string()
}
