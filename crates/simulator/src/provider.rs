//! What every provider is to the rest of the simulator: it tells us what a customer does, stands in for the provider's
//! API, and reports on our messages. Everything here is pure; who calls it does the waiting and the posting.

use crate::message::{Choice, Content, Message};
use crate::play::{Answer, Customer, Identity, Play};
use crate::shelf::{Filed, Shelf};
use crate::wire::{Letter, Reply, Request};

/// One account at one provider.
pub trait Provider: Send + Sync {
    /// The word in the address of our webhook.
    fn kind(&self) -> &'static str;

    /// The word in the address of the stand-in's API.
    fn door(&self) -> &'static str {
        self.kind()
    }

    /// What the provider lets its customers do, or tells us of.
    fn abilities(&self) -> &'static [Ability];

    /// How somebody is known here.
    fn identity(&self, person: Person) -> Identity;

    /// An id of a new message.
    fn new_id(&self, number: u64) -> String;

    /// The webhook for what `customer` does; `None` when the provider tells nobody.
    fn tell(&self, scene: &Scene<'_>, customer: &Customer, deed: &Deed<'_>) -> Option<Letter>;

    /// The webhook for one step of our message on its way; `None` when the provider tells nobody.
    fn report(&self, scene: &Scene<'_>, customer: &Customer, message: &Message, status: Status) -> Option<Letter>;

    /// Reads a request to the API.
    ///
    /// # Errors
    /// The answer of the provider to what it does not allow.
    fn read(&self, scene: &Scene<'_>, request: &Request, play: &Play) -> Result<Asked, Reply>;

    /// What a send is answered when it is refused at once; `None` when it is taken.
    fn refusal(&self, answer: Answer) -> Option<Reply>;

    /// What the phone shows under a message that failed after it was taken.
    fn failure(&self, _answer: Answer) -> String {
        "failed".into()
    }

    /// How often a webhook is posted that is not taken.
    fn tries(&self) -> u32 {
        6
    }
}

/// Where the play happens: addresses, and the moment.
pub struct Scene<'a> {
    pub channel: &'a str,
    /// Where we are reached, as the provider was told.
    pub public_base_url: &'a str,
    /// The stand-in's API.
    pub api_url: String,
    /// Unix milliseconds.
    pub now: u64,
    /// A number that was not there before.
    pub number: u64,
}

impl Scene<'_> {
    /// The address of our webhook below its host.
    pub fn webhook_path(&self, provider: &dyn Provider) -> String {
        format!("/webhooks/{}/{}", provider.kind(), self.channel)
    }

    pub const fn seconds(&self) -> u64 {
        self.now / 1_000
    }
}

/// A made-up person, before a provider makes somebody of its own of them.
#[derive(Clone, Debug)]
pub struct Person {
    pub number: u64,
    pub name: String,
    pub username: Option<String>,
    /// Digits only; missing for who hides the number.
    pub phone: Option<String>,
    /// The provider's own id, if it is to be a certain one.
    pub user_id: Option<String>,
}

/// What can be done on the phone beside writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    Photo,
    Video,
    Voice,
    Document,
    Place,
    Contact,
    Order,
    React,
    Edit,
    Delete,
    Typing,
    Sticker,
    Poll,
    /// What only the other's own app can read.
    Encrypted,
}

/// What a customer does.
pub enum Deed<'a> {
    Says { id: &'a str, said: Said<'a> },
    Edits { id: &'a str, text: &'a str },
    Deletes { id: &'a str },
    Reacts { message: &'a Message, emoji: Option<&'a str> },
    Types,
}

/// What a customer sends.
pub enum Said<'a> {
    Text(&'a str),
    File(&'a Filed),
    /// The shop's place.
    Place {
        latitude: f64,
        longitude: f64,
        name: &'a str,
        address: &'a str,
    },
    /// A pressed button, or a picked row, of the message `question`.
    Picked {
        question: &'a Message,
        choice: &'a Choice,
    },
    /// Somebody's card.
    Contact {
        name: &'a str,
        /// Digits only.
        phone: &'a str,
    },
    /// One thing of the catalogue, twice.
    Order {
        product: &'a str,
    },
    /// Something the provider itself does not hand on.
    Poll,
    /// Something that it hands on and cannot read.
    Encrypted,
}

/// One step of a message of ours on its way to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Sent,
    Delivered,
    Read,
    Failed(Answer),
}

/// Whom the business names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub phone: Option<String>,
    pub user_id: Option<String>,
}

impl Address {
    pub fn phone(phone: &str) -> Self {
        Self { phone: Some(phone.trim_start_matches('+').into()), user_id: None }
    }

    pub fn user(id: impl Into<String>) -> Self {
        Self { phone: None, user_id: Some(id.into()) }
    }
}

/// What a request to the API asks for.
pub enum Asked {
    /// Nothing that anybody would see.
    Answer(Reply),
    Send(Box<Outgoing>),
    Album(Album),
    Sign(Signed),
    /// To keep a file; the answer names it.
    Upload {
        file: Filed,
        reply: fn(&Filed) -> Reply,
    },
    /// Something with the files on the shelf that takes more than one request.
    Shelve(Shelved),
}

/// Does it, and makes the answer; the number was not there before.
pub type Shelved = Box<dyn FnOnce(&mut Shelf, u64) -> Reply + Send>;

/// Makes the answer from the customer and the new message.
pub type Taken = Box<dyn FnOnce(&Customer, &Message) -> Reply + Send>;

/// A message on its way to a customer.
pub struct Outgoing {
    pub to: Address,
    pub content: Content,
    pub file: Enclosed,
    /// What the business asked to hear back with every status, or where to tell it.
    pub callback: Option<String>,
    /// An id that the business gave the message itself.
    pub id: Option<String>,
    pub reply: Taken,
}

/// Makes the answer from the customer and the new messages.
pub type AllTaken = Box<dyn FnOnce(&Customer, &[Message]) -> Reply + Send>;

/// Several files on their way to a customer, which are shown together.
pub struct Album {
    pub to: Address,
    pub parts: Vec<(Content, Enclosed)>,
    pub reply: AllTaken,
}

/// Where the file of a message is.
pub enum Enclosed {
    Nothing,
    Bytes(Filed),
    /// The provider fetches it.
    Link(String),
    /// Several, which it fetches for one message.
    Links(Vec<String>),
}

/// Something small that is shown to a customer.
pub struct Signed {
    /// Whom; missing where the message alone says it.
    pub to: Option<Address>,
    /// About which message of theirs or ours.
    pub message: Option<String>,
    pub signs: Vec<Sign>,
    pub reply: Reply,
    /// When there is no such customer or message.
    pub missing: Reply,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    Read,
    Typing,
    React(Option<String>),
    Edit(String),
    Delete,
}
