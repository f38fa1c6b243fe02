//! The made-up people, what was said to and by them, and how the provider is to behave towards each. Plain data, bounded.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::message::{Content, Message, Side, Stage};
use crate::post::Parcel;
use crate::provider::{Address, Person, Provider};
use crate::shelf::Shelf;
use crate::simulator::Known;

const CUSTOMERS_MOST: usize = 200;
const MESSAGES_MOST: usize = 200;
const POSTS_MOST: usize = 40;
/// A page that shows a customer says so at least this often.
const VIEW_LASTS: u64 = 9_000;
/// "typing…" is shown for at most this long.
const TYPING_LASTS: u64 = 25_000;

/// Everything that is played.
#[derive(Default)]
pub struct Play {
    last_id: u32,
    last_number: u64,
    pub shelf: Shelf,
    /// What a customer did, by their id, until they do more.
    pub held: HashMap<u32, Parcel>,
    pub customers: Vec<Customer>,
    /// The latest webhooks, newest first.
    pub posts: VecDeque<Posted>,
    /// How somebody who is not played yet is called, by channel and id.
    names: HashMap<(String, String), String>,
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
    /// The provider's id of this person.
    pub user_id: Option<String>,
    pub switches: Switches,
    pub messages: VecDeque<Message>,
    pub unread: u32,
    /// The business types until then.
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
    pub user_id: Option<String>,
}

/// How the provider behaves towards one customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    pub answer: Answer,
    /// Every answer takes three seconds.
    pub slow: bool,
    /// Every webhook comes twice.
    pub duplicates: bool,
    /// Statuses come in the wrong order, and what the customer does comes after what they do next.
    pub reordered: bool,
    /// No webhook comes, and none is repeated.
    pub lost: bool,
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
    pub fn with_people<'a>(channels: impl Iterator<Item = (&'a str, &'a dyn Provider)>) -> Self {
        let mut play = Self::default();
        for (channel, provider) in channels {
            for (number, (name, username, phone, user_id)) in (1..).zip(PEOPLE) {
                let person = Person {
                    number,
                    name: name.into(),
                    username: username.map(Into::into),
                    phone: phone.map(Into::into),
                    user_id: Some(user_id.into()).filter(|_| provider.kind() == "whatsapp"),
                };
                play.add(channel, provider.identity(person));
            }
        }
        play
    }

    /// The same, knowing these people's names.
    pub fn knowing(mut self, people: &[Known]) -> Self {
        let key = |person: &Known| (person.channel.clone(), person.id.trim_start_matches('+').to_owned());
        self.names = people.iter().map(|person| (key(person), person.name.clone())).collect();
        self
    }

    /// A number that was not there before, not even before the program was started anew.
    pub fn next_number(&mut self, now: u64) -> u64 {
        self.last_number = (self.last_number + 1).max(now / 1_000);
        self.last_number
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
            user_id: who.user_id,
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

    /// The customer the business names, by phone if it gives one: that is how Meta decides.
    pub fn find(&self, channel: &str, address: &Address) -> Option<u32> {
        let is_them = |customer: &&Customer| {
            customer.channel == channel
                && match &address.phone {
                    Some(phone) => customer.phone.as_ref() == Some(phone),
                    None => customer.user_id == address.user_id,
                }
        };
        self.customers.iter().find(is_them).map(|customer| customer.id)
    }

    /// As [`Self::find`]. Somebody we have not met yet joins the play, so that every chat of the demo can be answered.
    pub fn meet(&mut self, channel: &str, address: &Address) -> u32 {
        if let Some(known) = self.find(channel, address) {
            return known;
        }
        let Address { phone, user_id } = address.clone();
        let known = |id: &String| self.names.get(&(channel.to_owned(), id.clone())).cloned();
        let name = phone.as_ref().or(user_id.as_ref()).and_then(known);
        let nameless = || phone.as_ref().map_or_else(|| "Somebody new".into(), |phone| format!("+{phone}"));
        let name = name.unwrap_or_else(nameless);
        self.add(channel, Identity { name, username: None, phone, user_id })
    }

    /// Whose message `id` is.
    pub fn owner(&self, channel: &str, id: &str) -> Option<u32> {
        let mut mine = self.customers.iter().filter(|customer| customer.channel == channel);
        mine.find(|customer| customer.message(id).is_some()).map(|customer| customer.id)
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

    pub fn message_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == id)
    }

    /// Takes a message back: its words are gone.
    pub fn delete(&mut self, id: &str) {
        if let Some(message) = self.message_mut(id) {
            message.content = Content::Deleted { text: "Message deleted".into() };
        }
    }

    /// Gives a message other words.
    pub fn edit(&mut self, id: &str, words: &str) {
        let Some(message) = self.message_mut(id) else { return };
        message.edited = true;
        match &mut message.content {
            Content::Text { text }
            | Content::File { text, .. }
            | Content::Files { text, .. }
            | Content::Buttons { text, .. } => *text = words.into(),
            _ => {}
        }
    }

    pub fn react(&mut self, id: &str, emoji: Option<&str>) {
        if let Some(message) = self.message_mut(id) {
            message.reaction = emoji.map(Into::into);
        }
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

    /// The business has read this message and everything before it; without one, everything.
    pub fn was_read_up_to(&mut self, id: Option<&str>) -> bool {
        let is_it = |message: &Message| message.from == Side::Customer && id.is_none_or(|id| message.id == id);
        let Some(last) = self.messages.iter().rposition(is_it) else { return false };
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

/// Who is played everywhere: name, username, phone, WhatsApp's id.
const PEOPLE: [(&str, Option<&str>, Option<&str>, &str); 5] = [
    ("Ana Lima", None, Some("5511900000001"), "BR.1349000000000000001"),
    ("Jonas Weber", None, Some("4915100000002"), "DE.1349000000000000002"),
    ("Amara Okafor", Some("amara.okafor"), None, "NG.1349000000000000003"),
    ("Li Wei 李伟", None, Some("8613000000004"), "CN.1349000000000000004"),
    ("Grace O’Neill", Some("gracie"), None, "IE.1349000000000000005"),
];

#[cfg(test)]
mod tests {
    use super::{Customer, Identity, Play};
    use crate::message::{Content, Message, Side, Stage};
    use crate::provider::Address;
    use crate::simulator::Known;

    fn message(id: &str, from: Side, stage: Stage) -> Message {
        Message::new(id, 1, from, Content::text("hi")).at_stage(stage)
    }

    fn play() -> Play {
        let mut play = Play::default();
        for (name, phone, id) in [("Ana", "551", "BR.1"), ("Jonas", "491", "DE.2")] {
            let identity =
                Identity { name: name.into(), username: None, phone: Some(phone.into()), user_id: Some(id.into()) };
            play.add("c", identity);
        }
        play
    }

    fn first(play: &mut Play) -> &mut Customer {
        &mut play.customers[0]
    }

    #[test]
    fn a_read_message_never_goes_back_to_delivered() {
        let mut play = play();
        let customer = first(&mut play);
        customer.push(message("m", Side::Business, Stage::Sent));
        assert!(customer.advance("m", Stage::Read, None));
        assert!(!customer.advance("m", Stage::Delivered, None));
        assert!(!customer.advance("unknown", Stage::Read, None));
    }

    #[test]
    fn a_phone_number_wins_over_the_scoped_id() {
        let mut play = play();
        let address = |phone: Option<&str>| Address { phone: phone.map(Into::into), user_id: Some("DE.2".into()) };
        assert_eq!(play.meet("c", &address(Some("551"))), 1);
        assert_eq!(play.meet("c", &address(None)), 2);
    }

    #[test]
    fn somebody_unknown_is_met_once_and_only_on_that_channel() {
        let mut play = Play::default();
        let met = play.meet("c", &Address::phone("+49151"));
        assert_eq!(play.meet("c", &Address::phone("49151")), met);
        assert_ne!(play.meet("d", &Address::phone("49151")), met);
    }

    #[test]
    fn whoever_is_met_keeps_the_name_that_is_known() {
        let known =
            |channel: &str, id: &str, name: &str| Known { channel: channel.into(), id: id.into(), name: name.into() };
        let mut play = Play::default().knowing(&[known("c", "+49151", "Jonas"), known("c", "7000000001", "Amara")]);
        let mut name = |channel, address| {
            let met = play.meet(channel, &address);
            play.customer(met).map(|customer| customer.name.clone())
        };
        assert_eq!(name("c", Address::phone("+49151")).as_deref(), Some("Jonas"));
        assert_eq!(name("c", Address::user("7000000001")).as_deref(), Some("Amara"));
        assert_eq!(name("d", Address::user("7000000001")).as_deref(), Some("Somebody new"));
    }

    #[test]
    fn people_and_messages_stay_bounded() {
        let mut play = Play::default();
        for number in 0..500 {
            play.add("c", Identity { name: number.to_string(), ..Identity::default() });
        }
        assert_eq!(play.customers.len(), 200);
        for number in 0..500 {
            first(&mut play).push(message(&number.to_string(), Side::Business, Stage::Sent));
        }
        assert_eq!(play.customers[0].messages.len(), 200);
    }

    #[test]
    fn reading_one_message_reads_those_before_it() {
        let mut play = play();
        let customer = first(&mut play);
        for id in ["1", "2", "3"] {
            customer.push(message(id, Side::Customer, Stage::Delivered));
        }
        assert!(customer.was_read_up_to(Some("2")));
        let stages: Vec<_> = customer.messages.iter().map(|message| message.stage).collect();
        assert_eq!(stages, [Stage::Read, Stage::Read, Stage::Delivered]);
    }

    #[test]
    fn a_number_is_never_given_twice_and_never_lies_in_the_past() {
        let mut play = Play::default();
        let numbers = [5_000, 5_000, 9_000].map(|now| play.next_number(now));
        assert_eq!(numbers, [5, 6, 9]);
    }
}
