//! Made-up people, channels and rooms that the tests are about.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::change::{Change, HandOffReason};
use domain::channel::{Channel, ChannelKind};
use domain::customer::Customer;
use domain::feedback::FeedbackRule;
use domain::id::{ChannelId, CustomerId, EpisodeId, FlowId, MessageId, PersonId, RoomId, TeamId};
use domain::media::{FileState, MediaKind};
use domain::message::{Attachment, Author, Content, Message, Reply};
use domain::person::{Availability, DEFAULT_CAPACITY, Person, Role};
use domain::policy::{EXPIRY, Policy};
use domain::room::{self, Room, Status, StatusUpdate};
use domain::template::{SentTemplate, TemplateValues};
use domain::timestamp::Timestamp;

pub const SUPPORT: TeamId = TeamId::from_number(1);
pub const SALES: TeamId = TeamId::from_number(2);

/// The morning the tests begin.
pub const MORNING: Timestamp = Timestamp(1_760_000_000_000);

pub fn person(number: u128, name: &str, role: Role, teams: &[TeamId]) -> Person {
    Person {
        id: PersonId::from_number(number),
        name: name.into(),
        email: format!("{}@example.com", name.to_lowercase()),
        role,
        teams: teams.to_vec(),
        availability: Availability::Online,
        capacity: DEFAULT_CAPACITY,
        active: true,
    }
}

/// An admin, in no team.
pub fn priya() -> Person {
    person(1, "Priya", Role::Admin, &[])
}

/// The team manager of Support.
pub fn tom() -> Person {
    person(2, "Tom", Role::TeamManager, &[SUPPORT])
}

/// Three agents of Support.
pub fn ana() -> Person {
    person(3, "Ana", Role::Agent, &[SUPPORT])
}

pub fn ben() -> Person {
    person(4, "Ben", Role::Agent, &[SUPPORT])
}

pub fn bea() -> Person {
    person(5, "Bea", Role::Agent, &[SUPPORT])
}

/// Two agents and the team manager of Sales.
pub fn sam() -> Person {
    person(6, "Sam", Role::Agent, &[SALES])
}

pub fn sue() -> Person {
    person(7, "Sue", Role::Agent, &[SALES])
}

pub fn sol() -> Person {
    person(8, "Sol", Role::TeamManager, &[SALES])
}

pub fn everybody() -> Vec<Person> {
    let dan = Person { active: false, ..person(9, "Dan", Role::Admin, &[SUPPORT]) };
    vec![priya(), tom(), ana(), ben(), bea(), sam(), sue(), sol(), dan]
}

pub fn channel(kind: ChannelKind, team: Option<TeamId>, has_bot: bool) -> Channel {
    Channel {
        id: ChannelId::from_number(if kind == ChannelKind::Web { 1 } else { 2 }),
        kind,
        name: format!("Acme {}", kind.label()),
        team,
        flow: has_bot.then_some(FlowId::from_number(1)),
        bot_name: has_bot.then(|| "Robo".into()),
        expires_after_millis: u64::try_from(EXPIRY.as_millis()).ok(),
        feedback: FeedbackRule::default(),
        paused: false,
        trouble: None,
        spent: Vec::new(),
        limited_until: None,
    }
}

/// The web channel of Support, with a bot and without a window.
pub fn web() -> Channel {
    channel(ChannelKind::Web, Some(SUPPORT), true)
}

/// The WhatsApp channel of Support, without a bot and with a window.
pub fn whatsapp() -> Channel {
    channel(ChannelKind::WhatsApp, Some(SUPPORT), false)
}

pub fn customer() -> Customer {
    Customer {
        id: CustomerId::from_number(1),
        name: "Carla".into(),
        channel_name: None,
        phone: None,
        email: None,
        contact: None,
        fields: BTreeMap::new(),
        tags: Vec::new(),
        opted_out: false,
        blocked: false,
    }
}

pub fn said(number: u128, text: &str) -> Message {
    let content = Content::Text(text.into());
    Message::new(MessageId::from_number(number), Author::Customer, content, None)
}

/// Two files of a customer's, on their way to us, with words beside them.
pub fn two_files() -> Content {
    let coming = |kind| Attachment::new(kind, FileState::Coming);
    Content::Files { text: "look".into(), files: vec![coming(MediaKind::Photo), coming(MediaKind::Document)] }
}

/// A template, as it is sent.
pub fn template() -> SentTemplate {
    SentTemplate {
        id: "1".into(),
        name: "order_ok".into(),
        language: "pt_BR".into(),
        named: false,
        values: TemplateValues::default(),
        header: None,
        text: "Olá!".into(),
        buttons: Vec::new(),
    }
}

/// A reply that passed every rule of this kind of channel.
pub fn hello(kind: ChannelKind) -> Reply {
    Reply::check(kind, "hello").expect("it is short")
}

/// The plain dialog's answer, with everything the customer wrote on the screen.
pub fn asks(status: Status) -> StatusUpdate {
    StatusUpdate { status, comment: None, reason: None, feedback: false, seen_messages: u32::MAX }
}

/// One room and its clock.
#[derive(Clone, Debug)]
pub struct Stage {
    pub room: Room,
    pub now: Timestamp,
    pub channel: Channel,
    pub policy: Policy,
    number: u128,
}

impl Stage {
    /// A room in which nothing was said yet.
    pub fn empty(channel: Channel) -> Self {
        let room = Room::begin(RoomId::from_number(1), &channel, &customer(), EpisodeId::from_number(1), MORNING);
        Self { room, now: MORNING, channel, policy: Policy::default(), number: 100 }
    }

    /// The customer wrote once, and the bot answers.
    pub fn with_bot() -> Self {
        let mut stage = Self::empty(web());
        stage.customer_writes("hello");
        stage
    }

    /// The customer wrote once and waits in the queue of Support.
    pub fn queued() -> Self {
        let mut stage = Self::with_bot();
        let epoch = stage.room.handler_epoch;
        let change = room::hand_off(&stage.room, epoch, HandOffReason::Asked, None);
        stage.take(change.expect("the bot holds the room"));
        stage
    }

    pub fn held_by(person: &Person) -> Self {
        let mut stage = Self::queued();
        stage.take(Change::Entered { by: person.id });
        stage
    }

    /// On WhatsApp, where there is a window.
    pub fn on_whatsapp_held_by(person: &Person) -> Self {
        Self::on_held_by(whatsapp(), person)
    }

    /// By SMS, which carries words and files alone.
    pub fn by_sms_held_by(person: &Person) -> Self {
        Self::on_held_by(Channel { kind: ChannelKind::Sms, ..whatsapp() }, person)
    }

    fn on_held_by(channel: Channel, person: &Person) -> Self {
        let mut stage = Self::empty(channel);
        stage.customer_writes("hello");
        stage.take(Change::Entered { by: person.id });
        stage
    }

    pub fn resolved_by(person: &Person) -> Self {
        let mut stage = Self::held_by(person);
        let change =
            room::update_status(&stage.room, person, &asks(Status::Resolve), &stage.channel, &stage.policy, stage.now);
        stage.take(change.expect("the holder may resolve"));
        stage
    }

    pub fn take(&mut self, change: Change) {
        self.room.apply(&change, self.now);
    }

    pub fn later(&mut self, span: Duration) -> &mut Self {
        self.now = self.now.plus(span);
        self
    }

    pub fn new_number(&mut self) -> u128 {
        self.number += 1;
        self.number
    }

    pub fn customer_writes(&mut self, text: &str) -> Vec<Change> {
        let message = said(self.new_number(), text);
        let fresh = EpisodeId::from_number(self.new_number());
        let changes = room::customer_writes(&self.room, &self.channel, message, fresh);
        for change in &changes {
            self.take(change.clone());
        }
        changes
    }
}
