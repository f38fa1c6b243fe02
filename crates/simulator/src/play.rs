//! The made-up people, what was said to and by them, and how Meta is to behave towards each. Plain data, bounded.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

const CUSTOMERS_MOST: usize = 100;
const MESSAGES_MOST: usize = 200;
const POSTS_MOST: usize = 40;
/// A page that shows a customer says so at least this often.
const VIEW_LASTS: u64 = 9_000;
/// Meta shows "typing…" for at most this long.
const TYPING_LASTS: u64 = 25_000;

/// Everything that is played.
#[derive(Default)]
pub struct Play {
    last_id: u32,
    pub customers: Vec<Customer>,
    /// The latest webhooks, newest first.
    pub posts: VecDeque<Posted>,
}

/// One played person on one channel.
#[derive(Clone, Debug, Serialize)]
pub struct Customer {
    pub id: u32,
    pub channel: String,
    pub name: String,
    pub username: Option<String>,
    /// Digits only; missing for who hides the number.
    pub phone: Option<String>,
    /// The business-scoped user id.
    pub bsuid: Option<String>,
    pub switches: Switches,
    pub messages: VecDeque<Message>,
    pub unread: u32,
    pub typing_until: u64,
    #[serde(skip)]
    viewed_at: u64,
}

/// Who a new customer is.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    pub name: String,
    pub username: Option<String>,
    pub phone: Option<String>,
    pub bsuid: Option<String>,
}

/// How Meta behaves towards one customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    pub answer: Answer,
    /// Every answer takes three seconds.
    pub slow: bool,
    /// Every webhook comes twice.
    pub duplicates: bool,
    /// Statuses come in the wrong order.
    pub reordered: bool,
}

/// What becomes of a send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    #[default]
    Normal,
    /// Taken, then failed: more than 24 hours since the customer wrote.
    OutOfWindow,
    /// Taken, then failed: the customer cannot be reached.
    Blocked,
    RateLimit,
    ExpiredToken,
    ServerError,
}

/// One message, as the customer's phone holds it.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    pub id: String,
    pub at: u64,
    pub from: Side,
    #[serde(flatten)]
    pub content: Content,
    pub stage: Stage,
    pub problem: Option<String>,
    /// What the business asked to hear back with every status.
    #[serde(skip)]
    pub callback: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Customer,
    Business,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Content {
    Text { text: String },
    Buttons { text: String, footer: Option<String>, choices: Vec<Choice> },
    List { text: String, footer: Option<String>, button: String, choices: Vec<Choice> },
    Template { text: String },
    Picked { text: String },
    Unsupported { text: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
}

/// How far a message came. A customer's message is delivered once our server took the webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Waiting,
    Sent,
    Failed,
    Delivered,
    Read,
}

/// One webhook that was posted, for the log on the page.
#[derive(Clone, Debug, Serialize)]
pub struct Posted {
    pub at: u64,
    pub what: String,
    /// The HTTP status, or none when there was no answer.
    pub status: Option<u16>,
    pub millis: u64,
}

impl Play {
    /// A few people on every channel.
    pub fn with_people<'a>(channels: impl Iterator<Item = &'a str>) -> Self {
        let mut play = Self::default();
        for channel in channels {
            for (name, username, phone, bsuid) in [
                ("Ana Lima", None, Some("5511900000001"), "BR.1349000000000000001"),
                ("Jonas Weber", None, Some("4915100000002"), "DE.1349000000000000002"),
                ("Amara Okafor", Some("amara.okafor"), None, "NG.1349000000000000003"),
                ("Li Wei 李伟", None, Some("8613000000004"), "CN.1349000000000000004"),
                ("Grace O’Neill", Some("gracie"), None, "IE.1349000000000000005"),
            ] {
                play.add(
                    channel,
                    Identity {
                        name: name.into(),
                        username: username.map(Into::into),
                        phone: phone.map(Into::into),
                        bsuid: Some(bsuid.into()),
                    },
                );
            }
        }
        play
    }

    /// Adds a customer; when there are too many, the one that was silent longest leaves.
    pub fn add(&mut self, channel: &str, who: Identity) -> u32 {
        if self.customers.len() >= CUSTOMERS_MOST {
            let last_heard = |customer: &Customer| customer.messages.back().map_or(0, |message| message.at);
            if let Some(quietest) = (0..self.customers.len()).min_by_key(|&index| last_heard(&self.customers[index])) {
                self.customers.remove(quietest);
            }
        }
        self.last_id += 1;
        self.customers.push(Customer {
            id: self.last_id,
            channel: channel.into(),
            name: who.name,
            username: who.username,
            phone: who.phone,
            bsuid: who.bsuid,
            switches: Switches::default(),
            messages: VecDeque::new(),
            unread: 0,
            typing_until: 0,
            viewed_at: 0,
        });
        self.last_id
    }

    pub fn customer(&self, id: u32) -> Option<&Customer> {
        self.customers.iter().find(|customer| customer.id == id)
    }

    pub fn customer_mut(&mut self, id: u32) -> Option<&mut Customer> {
        self.customers.iter_mut().find(|customer| customer.id == id)
    }

    /// The customer the business names, by phone if it gives one: that is how Meta decides. Somebody we have not met
    /// yet joins the play, so that every chat of the demo can be answered.
    pub fn meet(&mut self, channel: &str, phone: Option<&str>, bsuid: Option<&str>) -> u32 {
        let is_them = |customer: &&Customer| {
            customer.channel == channel
                && match phone {
                    Some(phone) => customer.phone.as_deref() == Some(phone),
                    None => customer.bsuid.as_deref() == bsuid,
                }
        };
        if let Some(known) = self.customers.iter().find(is_them) {
            return known.id;
        }
        let name = phone.map_or_else(|| "Somebody new".into(), |phone| format!("+{phone}"));
        self.add(channel, Identity { name, username: None, phone: phone.map(Into::into), bsuid: bsuid.map(Into::into) })
    }

    pub fn log(&mut self, posted: Posted) {
        self.posts.truncate(POSTS_MOST - 1);
        self.posts.push_front(posted);
    }
}

impl Customer {
    pub fn push(&mut self, message: Message) {
        if self.messages.len() >= MESSAGES_MOST {
            self.messages.pop_front();
        }
        if message.from == Side::Business {
            self.unread += 1;
            self.typing_until = 0;
        }
        self.messages.push_back(message);
    }

    pub fn message(&self, id: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// Moves a message forward; false when it is already that far or gone.
    pub fn advance(&mut self, id: &str, stage: Stage, problem: Option<String>) -> bool {
        let Some(message) = self.messages.iter_mut().find(|message| message.id == id) else { return false };
        if stage <= message.stage {
            return false;
        }
        message.stage = stage;
        message.problem = problem;
        true
    }

    /// The business has read this message and everything before it.
    pub fn was_read_up_to(&mut self, id: &str) -> bool {
        let Some(last) = self.messages.iter().position(|message| message.id == id && message.from == Side::Customer)
        else {
            return false;
        };
        for message in self.messages.iter_mut().take(last + 1) {
            if message.from == Side::Customer && message.stage == Stage::Delivered {
                message.stage = Stage::Read;
            }
        }
        true
    }

    pub fn business_types(&mut self, now: u64) {
        self.typing_until = now + TYPING_LASTS;
    }

    /// The customer looks at the chat: answers with what is read by that.
    pub fn view(&mut self, now: u64) -> Vec<String> {
        self.viewed_at = now;
        self.unread = 0;
        let arrived = |message: &&Message| message.from == Side::Business && message.stage == Stage::Delivered;
        self.messages.iter().filter(arrived).map(|message| message.id.clone()).collect()
    }

    pub const fn is_viewed(&self, now: u64) -> bool {
        now.saturating_sub(self.viewed_at) < VIEW_LASTS
    }
}

/// A message id like Meta's.
pub fn new_wamid() -> String {
    format!("wamid.{}=", Uuid::now_v7().simple().to_string().to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::{Content, Identity, Message, Play, Side, Stage};

    fn message(id: &str, from: Side, stage: Stage) -> Message {
        Message {
            id: id.into(),
            at: 1,
            from,
            content: Content::Text { text: "hi".into() },
            stage,
            problem: None,
            callback: None,
        }
    }

    #[test]
    fn a_read_message_never_goes_back_to_delivered() {
        let mut play = Play::with_people(["c"].into_iter());
        let customer = &mut play.customers[0];
        customer.push(message("m", Side::Business, Stage::Sent));
        assert!(customer.advance("m", Stage::Read, None));
        assert!(!customer.advance("m", Stage::Delivered, None));
        assert!(!customer.advance("unknown", Stage::Read, None));
    }

    #[test]
    fn a_phone_number_wins_over_the_scoped_id() {
        let mut play = Play::with_people(["c"].into_iter());
        let (ana, jonas) = (play.customers[0].clone(), play.customers[1].clone());
        assert_eq!(play.meet("c", ana.phone.as_deref(), jonas.bsuid.as_deref()), ana.id);
        assert_eq!(play.meet("c", None, jonas.bsuid.as_deref()), jonas.id);
    }

    #[test]
    fn somebody_unknown_is_met_once_and_only_on_that_channel() {
        let mut play = Play::default();
        let met = play.meet("c", Some("49151"), None);
        assert_eq!(play.meet("c", Some("49151"), None), met);
        assert_ne!(play.meet("d", Some("49151"), None), met);
    }

    #[test]
    fn people_and_messages_stay_bounded() {
        let mut play = Play::default();
        for number in 0..500 {
            play.add("c", Identity { name: number.to_string(), ..Identity::default() });
        }
        assert_eq!(play.customers.len(), 100);
        for number in 0..500 {
            play.customers[0].push(message(&number.to_string(), Side::Business, Stage::Sent));
        }
        assert_eq!(play.customers[0].messages.len(), 200);
    }

    #[test]
    fn reading_one_message_reads_those_before_it() {
        let mut play = Play::with_people(["c"].into_iter());
        let customer = &mut play.customers[0];
        for id in ["1", "2", "3"] {
            customer.push(message(id, Side::Customer, Stage::Delivered));
        }
        assert!(customer.was_read_up_to("2"));
        let stages: Vec<_> = customer.messages.iter().map(|message| message.stage).collect();
        assert_eq!(stages, [Stage::Read, Stage::Read, Stage::Delivered]);
    }
}
