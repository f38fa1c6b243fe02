//! A conversation as a text file, for people outside: what was said, and when each case began and ended. Private notes,
//! comments and lines about our own affairs are another type than messages, and only messages are written.

use std::collections::BTreeMap;

use crate::delivery::Delivery;
use crate::episode::Episode;
use crate::id::{EpisodeId, PersonId};
use crate::media::{self, FileState};
use crate::message::{Attachment, Author, Card, Content, Entry, Message, Order, What};
use crate::timestamp::{Timestamp, Utc};

/// What further lines of a message begin with: nothing said can begin where the lines of speakers do.
const INDENT: &str = "    ";

/// Writes a conversation down, page by page.
pub struct Transcript {
    customer: String,
    channel: String,
    people: BTreeMap<PersonId, String>,
    /// The case of the last entry.
    case: Option<EpisodeId>,
}

impl Transcript {
    /// A conversation with `customer` through `channel`, by their names; `people` are ours, as customers see them.
    #[must_use]
    pub fn of(customer: &str, channel: &str, people: impl IntoIterator<Item = (PersonId, String)>) -> Self {
        let people = people.into_iter().map(|(id, name)| (id, one_line(&name))).collect();
        Self { customer: one_line(customer), channel: one_line(channel), people, case: None }
    }

    /// What stands above everything: with whom, where, and from when to when.
    #[must_use]
    pub fn heading(&self, from: Timestamp, to: Timestamp) -> String {
        let Self { customer, channel, .. } = self;
        let [from, to] = [from, to].map(|at| Utc::of(at).words());
        format!("Conversation with {customer}\nChannel: {channel}\nFrom {from} to {to}\n")
    }

    /// The next entries, by position. `episodes` has those that they belong to.
    #[must_use]
    pub fn page(&mut self, entries: &[Entry], episodes: &[Episode]) -> String {
        let mut text = String::new();
        for entry in entries {
            if self.case != Some(entry.episode) {
                self.case = Some(entry.episode);
                // A conversation that we began has no case before the customer answers.
                if let Some(episode) = episodes.iter().find(|episode| episode.id == entry.episode) {
                    text.push_str(&format!("\n{}\n", case_line(episode)));
                } else {
                    text.push('\n');
                }
            }
            match &entry.what {
                What::Message(message) => text.push_str(&self.said(message, entry.at)),
                What::Note(_) | What::Line(_) => {}
            }
        }
        text
    }

    fn said(&self, message: &Message, at: Timestamp) -> String {
        let who = match &message.author {
            Author::Customer => self.customer.clone(),
            Author::Bot(name) => one_line(name),
            Author::Person(person) => self.people.get(person).cloned().unwrap_or_else(|| "A colleague".into()),
            Author::Switchboard => self.channel.clone(),
        };
        let lines: Vec<String> = content_lines(&message.content).iter().flat_map(|words| lines_of(words)).collect();
        let edited = if message.edited { " (edited)" } else { "" };
        let failed = if matches!(message.delivery, Some(Delivery::Failed { .. })) { " (not delivered)" } else { "" };
        format!("[{}] {who}: {}{edited}{failed}\n", Utc::of(at).words(), lines.join(&format!("\n{INDENT}")))
    }
}

/// The most of a customer's name that the file's name has, in characters.
const NAME_MAX: usize = 60;

/// The name of the file, with the day it was written.
#[must_use]
pub fn file_name(customer: &str, now: Timestamp) -> String {
    let customer: String = one_line(customer).replace(['/', '\\'], " ").chars().take(NAME_MAX).collect();
    media::file_name(&format!("Transcript {} {}.txt", customer.trim(), Utc::of(now).date()))
}

/// "Case 2 · opened 2026-11-27 14:03 UTC · closed 2026-11-27 15:20 UTC · Resolved". What our side says of it, its comment,
/// stays with us.
fn case_line(episode: &Episode) -> String {
    let opened = Utc::of(episode.opened_at).words();
    let mut line = format!("Case {} · opened {opened}", episode.number);
    if let Some(at) = episode.closed_at {
        line.push_str(&format!(" · closed {}", Utc::of(at).words()));
    }
    match episode.outcome {
        Some(outcome) => line + " · " + outcome.label(),
        None => line + " · open",
    }
}

/// What was said, as parts that each begin a line.
fn content_lines(content: &Content) -> Vec<String> {
    match content {
        Content::Text(text) | Content::FeedbackRequest { text, .. } => vec![text.clone()],
        Content::Files { text, files } => words(text).chain(files.iter().map(file_line)).collect(),
        Content::Choices { text, choices } => {
            words(text).chain(choices.iter().map(|choice| format!("- {}", one_line(&choice.title)))).collect()
        }
        Content::Picked { title, .. } => vec![title.clone()],
        Content::Place(place) => vec![format!("[location: {}]", one_line(&place.written()))],
        Content::Cards(cards) => cards.iter().map(card_line).collect(),
        Content::Order(order) => order_lines(order),
        Content::Shared { label, url, text } => {
            [format!("[{}]", one_line(label))].into_iter().chain(words(text)).chain(url.clone()).collect()
        }
        Content::Template(template) => {
            let header = template.header.iter().map(file_line);
            header.chain(words(&template.text)).collect()
        }
        Content::FeedbackAnswer { score, comment, .. } => {
            [format!("gave {score} of 5")].into_iter().chain(comment.clone()).collect()
        }
        Content::Deleted => vec!["deleted".into()],
        Content::Unsupported { label } => vec![format!("[{}]", one_line(label))],
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    Some(text).filter(|text| !text.trim().is_empty()).map(str::to_owned).into_iter()
}

/// "[photo: cat.jpg, 120 kB]".
fn file_line(attachment: &Attachment) -> String {
    let kind = attachment.kind.label();
    match &attachment.file {
        FileState::Here(file) => format!("[{kind}: {}, {}]", one_line(&file.name), file.size_words()),
        FileState::Coming => format!("[{kind}: not here yet]"),
        FileState::Lost { .. } => format!("[{kind}: did not arrive]"),
        FileState::Deleted => format!("[{kind}: deleted]"),
    }
}

fn card_line(card: &Card) -> String {
    let ways = card.phones.iter().chain(&card.emails);
    let parts: Vec<String> = [&card.name].into_iter().chain(ways).map(|part| one_line(part)).collect();
    format!("[contact card: {}]", parts.join(", "))
}

fn order_lines(order: &Order) -> Vec<String> {
    let items = order.items.iter().map(|item| {
        let price = item.price.as_ref().map(|price| format!(", {}", one_line(price))).unwrap_or_default();
        format!("- {} × {}{price}", item.quantity, one_line(&item.product))
    });
    ["[order]".to_owned()].into_iter().chain(words(&order.text)).chain(items).collect()
}

/// The lines of a text, wherever it breaks them, without what controls a terminal.
pub(crate) fn lines_of(text: &str) -> Vec<String> {
    let unified = text.trim_end().replace("\r\n", "\n");
    unified.split(is_break).map(plain).collect()
}

/// A text on one line.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|letter: char| is_break(letter) || letter == '\t').map(str::trim).collect();
    plain(&words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

/// Everything that a program which shows text may take for the end of a line (Unicode Standard Annex #14).
const fn is_break(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Without control characters, and without those that turn what follows them around.
fn plain(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|letter| *letter == '\t' || !(letter.is_control() || turns(*letter))).collect()
}
