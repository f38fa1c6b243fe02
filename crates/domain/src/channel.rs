//! Channels, what each kind can carry, and the messaging window it grants.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{ChannelId, FlowId, TeamId};
use crate::timestamp::{Timestamp, hours};

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
}

impl ChannelKind {
    /// Every kind, in the order menus show them.
    pub const ALL: [Self; 2] = [Self::Web, Self::WhatsApp];

    /// The word in URLs, columns and settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::WhatsApp => "whatsapp",
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
        }
    }

    /// What the messenger can carry.
    #[must_use]
    pub const fn capabilities(self) -> Capabilities {
        match self {
            // Ours to define; handbook/channels.md §9.
            Self::Web => Capabilities {
                text_max: 10_000,
                choices: Some(ChoiceLimits { buttons: 10, rows: 10, title_max: 80, body_max: 10_000 }),
                window: None,
                typing_out: true,
                typing_in: true,
                read_in: true,
                delivered_in: true,
                feedback_form: true,
            },
            // https://developers.facebook.com/docs/whatsapp/cloud-api/messages and .../interactive-messages
            Self::WhatsApp => Capabilities {
                text_max: 4_096,
                choices: Some(ChoiceLimits { buttons: 3, rows: 10, title_max: 20, body_max: 1_024 }),
                window: Some(Window { open: hours(24) }),
                typing_out: true,
                typing_in: false,
                read_in: true,
                delivered_in: true,
                feedback_form: false,
            },
        }
    }
}

/// What one kind of channel can carry, in the channel's own units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Longest text, in characters (Unicode scalar values).
    pub text_max: usize,
    /// Native buttons or lists; `None` where choices become numbered text.
    pub choices: Option<ChoiceLimits>,
    /// How long after the customer's last message free text may be sent; `None` for no limit.
    pub window: Option<Window>,
    pub typing_out: bool,
    pub typing_in: bool,
    pub read_in: bool,
    pub delivered_in: bool,
    /// The channel shows a form for feedback; elsewhere the request is a message with choices.
    pub feedback_form: bool,
}

/// How many choices fit natively, and how long their words may be, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoiceLimits {
    pub buttons: usize,
    pub rows: usize,
    pub title_max: usize,
    pub body_max: usize,
}

/// The messaging window: the channel's rule about free text, counted from the customer's last message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub open: Duration,
}

/// Whether free text may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowState {
    /// The channel has no window.
    Unlimited,
    OpenUntil(Timestamp),
    Closed,
}

impl WindowState {
    /// The window of a channel of this `kind` whose customer last wrote at `last_customer_at`.
    #[must_use]
    pub fn of(kind: ChannelKind, last_customer_at: Option<Timestamp>, now: Timestamp) -> Self {
        let Some(window) = kind.capabilities().window else { return Self::Unlimited };
        match last_customer_at.map(|at| at.plus(window.open)) {
            Some(until) if now < until => Self::OpenUntil(until),
            _ => Self::Closed,
        }
    }

    #[must_use]
    pub const fn is_open(self) -> bool {
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
    pub paused: bool,
}

impl Channel {
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
    /// Where the provider delivers, after our address; `None` for a channel our own server carries.
    pub webhook_path: Option<String>,
    /// The sites that may show the web chat.
    pub origins: Vec<String>,
    pub last_webhook_at: Option<Timestamp>,
    /// Why the provider last refused something.
    pub last_error: Option<String>,
}

/// What an admin decides about a channel, besides its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelUpdate {
    pub name: String,
    pub team: Option<TeamId>,
    pub flow: Option<FlowId>,
    pub bot_name: Option<String>,
    /// How long a room may go unaddressed, from [`EXPIRY_MIN`] to [`EXPIRY_MAX`]; `None` for never.
    pub expires_after_millis: Option<u64>,
}

impl ChannelUpdate {
    /// `channel` as it is, to change something of it.
    #[must_use]
    pub fn of(channel: &Channel) -> Self {
        let Channel { name, team, flow, bot_name, expires_after_millis, .. } = channel.clone();
        Self { name, team, flow, bot_name, expires_after_millis }
    }
}

/// The shortest time a room may go unaddressed.
pub const EXPIRY_MIN: Duration = hours(1);

/// The longest time a room may go unaddressed, unless it is for ever.
pub const EXPIRY_MAX: Duration = hours(30 * 24);
