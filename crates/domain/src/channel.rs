//! Channels, what each kind can carry, and the messaging window it grants.

mod budget;
mod capabilities;
mod measure;
mod pace;
mod segments;
mod setup;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::account::check_name;
use crate::feedback::FeedbackRule;
use crate::id::{ChannelId, FlowId, TeamId};
use crate::refused::Refused;
use crate::timestamp::{Timestamp, hours};

pub use budget::{Allowance, Budget, Left, Spent};
pub use capabilities::{Capabilities, ChoiceLimits, MediaLimit};
pub use measure::{Measure, TextUnit};
pub use pace::Pace;
pub use segments::{Segments, SmsEncoding, segments};
pub use setup::{SetupField, SetupForm, SetupInput, SignInOffer};

/// The messengers a room can be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "db", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(feature = "db", sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))"))]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    #[cfg_attr(feature = "db", sea_orm(string_value = "web"))]
    Web,
    #[cfg_attr(feature = "db", sea_orm(string_value = "whatsapp"))]
    #[serde(rename = "whatsapp")]
    WhatsApp,
    #[cfg_attr(feature = "db", sea_orm(string_value = "messenger"))]
    Messenger,
    #[cfg_attr(feature = "db", sea_orm(string_value = "instagram"))]
    Instagram,
    #[cfg_attr(feature = "db", sea_orm(string_value = "telegram"))]
    Telegram,
    #[cfg_attr(feature = "db", sea_orm(string_value = "x"))]
    X,
    #[cfg_attr(feature = "db", sea_orm(string_value = "sms"))]
    Sms,
    /// RCS for Business, and the wire format of Business Messages, which Google retired.
    #[cfg_attr(feature = "db", sea_orm(string_value = "google"))]
    Google,
    /// Any messenger that we have no adapter for, through our own open interface.
    #[cfg_attr(feature = "db", sea_orm(string_value = "api"))]
    Api,
}

impl ChannelKind {
    /// Every kind, in the order menus show them.
    pub const ALL: [Self; 9] = [
        Self::Web,
        Self::WhatsApp,
        Self::Messenger,
        Self::Instagram,
        Self::Telegram,
        Self::X,
        Self::Sms,
        Self::Google,
        Self::Api,
    ];

    /// The word in URLs, columns and settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::WhatsApp => "whatsapp",
            Self::Messenger => "messenger",
            Self::Instagram => "instagram",
            Self::Telegram => "telegram",
            Self::X => "x",
            Self::Sms => "sms",
            Self::Google => "google",
            Self::Api => "api",
        }
    }

    /// The kind a URL's word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The name people know it by.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Web => "Web",
            Self::WhatsApp => "WhatsApp",
            Self::Messenger => "Messenger",
            Self::Instagram => "Instagram",
            Self::Telegram => "Telegram",
            Self::X => "X",
            Self::Sms => "SMS",
            Self::Google => "Google",
            Self::Api => "API",
        }
    }

    /// What the messenger can carry.
    #[must_use]
    pub const fn capabilities(self) -> Capabilities {
        capabilities::of(self)
    }

    /// Whether the provider shows how its people look to who asks.
    #[must_use]
    pub const fn shows_pictures(self) -> bool {
        matches!(self, Self::Messenger | Self::Instagram | Self::Telegram | Self::X)
    }

    /// Whether people are known by their phone number, so that one can write to somebody who never wrote.
    #[must_use]
    pub const fn knows_phones(self) -> bool {
        matches!(self, Self::WhatsApp | Self::Sms)
    }

    /// Whether the provider tells who comes by an advertisement or a link before they say anything.
    #[must_use]
    pub const fn tells_who_comes(self) -> bool {
        matches!(self, Self::Messenger | Self::Instagram)
    }
}

/// The messaging window: the channel's rule about free words, counted from the customer's last message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Anybody of our side may write, the bot too.
    pub open: Duration,
    /// What a person wrote themselves may still be sent for this long; no longer than `open` where the channel makes no
    /// such difference.
    pub people: Duration,
}

/// Whether free words may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowState {
    /// The channel has no window.
    Unlimited,
    OpenUntil(Timestamp),
    /// Only what a person writes, until then.
    PeopleUntil(Timestamp),
    Closed,
}

impl WindowState {
    /// The window of a channel of this `kind` whose customer last wrote at `last_customer_at`.
    #[must_use]
    pub fn of(kind: ChannelKind, last_customer_at: Option<Timestamp>, now: Timestamp) -> Self {
        kind.capabilities().window.map_or(Self::Unlimited, |window| Self::within(window, last_customer_at, now))
    }

    /// Whether `window` stands open to a customer who last wrote at `last_customer_at`.
    #[must_use]
    pub fn within(window: Window, last_customer_at: Option<Timestamp>, now: Timestamp) -> Self {
        let Some(at) = last_customer_at else { return Self::Closed };
        let (open, people) = (at.plus(window.open), at.plus(window.people));
        match now {
            now if now < open => Self::OpenUntil(open),
            now if now < people => Self::PeopleUntil(people),
            _ => Self::Closed,
        }
    }

    /// Whether anything may be said, by the bot or the product itself too.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Unlimited | Self::OpenUntil(_))
    }

    /// Whether a person may write.
    #[must_use]
    pub const fn is_open_to_people(self) -> bool {
        !matches!(self, Self::Closed)
    }
}

/// A configured connection, as the console shows it. Its secrets are never here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    pub id: ChannelId,
    pub kind: ChannelKind,
    pub name: String,
    /// Where its new rooms are routed.
    pub team: Option<TeamId>,
    /// The flow its bot runs; `None` for no bot.
    pub flow: Option<FlowId>,
    /// The bot's name, as customers and agents see it.
    pub bot_name: Option<String>,
    /// How long a room may go unaddressed; `None` for never.
    pub expires_after_millis: Option<u64>,
    #[serde(default)]
    pub feedback: FeedbackRule,
    pub paused: bool,
    /// Why nothing gets through until an admin acts, in words.
    pub trouble: Option<String>,
    /// What was sent of each of the kind's budgets, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<Spent>,
    /// The provider asked to send nothing before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_until: Option<Timestamp>,
}

impl Channel {
    /// Whether nothing gets through until an admin acts. One that an admin paused is meant to rest.
    #[must_use]
    pub const fn has_stopped(&self) -> bool {
        self.trouble.is_some() && !self.paused
    }

    /// When a room last addressed at `addressed` expires.
    #[must_use]
    pub fn expiry(&self, addressed: Timestamp) -> Option<Timestamp> {
        self.expires_after_millis.map(|millis| addressed.plus(Duration::from_millis(millis)))
    }
}

/// A channel as the admin who set it up sees it. Its secrets are not here: they go in and never come out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelSetup {
    pub channel: Channel,
    /// The settings without their secrets, as a JSON object; a secret that is set shows as `"set"`.
    pub settings: String,
    /// The same, as the form shows it: text by the field's name, several on lines of their own. Secrets are left out.
    pub filled: BTreeMap<String, String>,
    /// What its provider has to be given, the webhook address, or its site, the line that shows the chat. Both are whole:
    /// they begin with the public address, wherever the admin reached the console.
    pub to_give: String,
    /// The sites that may show the web chat.
    pub origins: Vec<String>,
    pub last_webhook_at: Option<Timestamp>,
    pub last_sent_at: Option<Timestamp>,
    /// Why the provider last refused something.
    pub last_error: Option<String>,
    /// When the access token ends, where the provider says.
    pub token_expires_at: Option<Timestamp>,
}

/// A channel that an admin connects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectChannel {
    pub kind: ChannelKind,
    pub name: String,
    pub team: Option<TeamId>,
    /// The flow its bot runs from the first message on; `None` for no bot.
    pub flow: Option<FlowId>,
    /// A JSON object of what was filled in.
    pub settings: String,
}

/// Who we are to a provider, as it says when it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelAccount {
    pub name: String,
    /// What an admin should know besides.
    pub remarks: Vec<String>,
    pub subscription: Subscription,
}

/// Whether a provider delivers to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscription {
    /// It was told to.
    Done,
    /// The address is entered by hand, which nobody can ask about; where, in words. It last delivered to us at `heard_at`,
    /// perhaps to an address that has been moved since.
    ByHand { how: String, heard_at: Option<Timestamp> },
    /// It could not be told; why, in words.
    Refused { why: String },
}

/// What an admin decides about a channel, besides its settings and its bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelPlace {
    pub name: String,
    /// Where its new rooms are routed.
    pub team: Option<TeamId>,
    /// How long a room may go unaddressed, from [`EXPIRY_MIN`] to [`EXPIRY_MAX`]; `None` for never.
    pub expires_after_millis: Option<u64>,
    pub feedback: FeedbackRule,
}

impl ChannelPlace {
    /// `channel` as it is, to change something of it.
    #[must_use]
    pub fn of(channel: &Channel) -> Self {
        let Channel { name, team, expires_after_millis, feedback, .. } = channel.clone();
        Self { name, team, expires_after_millis, feedback }
    }

    /// The same with the name as it is kept.
    ///
    /// # Errors
    /// The name or the expiry breaks a rule.
    pub fn check(self) -> Result<Self, Refused> {
        let span = self.expires_after_millis.map(Duration::from_millis);
        if span.is_some_and(|span| !(EXPIRY_MIN..=EXPIRY_MAX).contains(&span)) {
            return Err(Refused::invalid("expiry", "must be from 1 hour to 30 days, or never"));
        }
        Ok(Self { name: check_name("name", &self.name)?, ..self })
    }
}

/// The shortest time a room may go unaddressed.
pub const EXPIRY_MIN: Duration = hours(1);

/// The longest time a room may go unaddressed, unless it is for ever.
pub const EXPIRY_MAX: Duration = hours(30 * 24);
