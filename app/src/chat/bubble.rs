//! One message or private note, from the click on Send to the customer's eye.

use domain::channel::ChannelKind;
use domain::delivery::{Delivery, shown};
use domain::desk::Desk;
use domain::id::{MessageId, RoomId};
use domain::message::{Author, Choice, Content, Message, Note, What};
use domain::permission::may_send;
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::actions::Scene;
use crate::chat::answer::Answer;
use crate::chat::content::{Reactions, Said};
use crate::chat::way::Way;
use crate::chat::{Mode, reopen_and_send};
use crate::clock::{coming_words, exact, now, time};
use crate::console::{Dialog, Ui};
use crate::desk::{Link, Store};
use crate::parts::{Icon, dynamic};

/// Where the words are: in the transcript, or still on their way.
struct Found {
    at: Timestamp,
    what: What,
}

/// How far one's own words have come, as the bubble shows it.
#[derive(Clone, PartialEq, Eq)]
enum Standing {
    /// Nothing to tell: the customer's words, or a note that is saved.
    Silent,
    Leaving,
    /// Did not even reach the server.
    Stuck(String),
    Told(Delivery),
}

/// A message or note.
#[component]
pub fn Bubble(room: RoomId, id: MessageId, first: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let Some(found) = store.desk.with_untracked(|desk| find(desk, id)) else { return ().into_any() };
    let (kind, who) = store.desk.with_untracked(|desk| (kind_of(&found.what), who_of(desk, &found.what)));
    let at = found.at;
    // Words are changed and taken back, files come, signs are left: what was said is asked again.
    let what = Memo::new(move |_| store.desk.with(|desk| find(desk, id)).map(|found| without_delivery(found.what)));
    let reacted = Memo::new(move |_| what.with(|what| what.as_ref().and_then(reacted_to)));
    let class = format!("bubble bubble--{kind}{}", if first { " bubble--first" } else { "" });
    view! {
        <article class=class id=format!("message-{id}") tabindex="-1">
            {first
                .then(|| {
                    view! {
                        <p class="bubble__who">
                            {(kind == "bot").then(|| view! { <Icon name="bot" small=true /> })}
                            {(kind == "note").then(|| view! { <Icon name="lock" small=true /> })}
                            <span>{who} " · " <time datetime=crate::clock::machine_time(at)>{time(at)}</time></span>
                        </p>
                    }
                })}
            <div class="bubble__words" dir="auto" title=exact(at)>
                {dynamic(move || what.get().map(|what| view! { <Said what /> }))}
            </div>
            {dynamic(move || reacted.get().map(|message| view! { <Reactions message /> }))}
            {(kind == "them").then(|| view! { <Answer room id /> })}
            {choices_of(&found.what).map(|choices| view! { <Choices id choices /> })}
            {needs_tick(&found.what).then(|| view! { <Tick room id /> })}
        </article>
    }
    .into_any()
}

/// The answers a bot offered; the one the customer picked stands out.
#[component]
fn Choices(id: MessageId, choices: Vec<Choice>) -> impl IntoView {
    let store = expect_context::<Store>();
    let picked = Memo::new(move |_| store.desk.with(|desk| picked_after(desk, id)));
    view! {
        <ul class="bubble__choices" aria-label="Answers offered">
            {choices
                .into_iter()
                .map(|choice| {
                    let id = choice.id;
                    let is_picked = move || picked.with(|picked| picked.as_ref() == Some(&id));
                    view! {
                        <li class="bubble__choice" class:bubble__choice--picked=is_picked>
                            {choice.title}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// How far the words have come, why they did not, and what one can do about it.
#[component]
fn Tick(room: RoomId, id: MessageId) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let standing = Memo::new(move |_| store.desk.with(|desk| standing(desk, id)));
    let scene = Scene::present();
    let way = Memo::new(move |_| store.desk.with(|desk| way(desk, room, id)));
    let edit = move |_| {
        let mode = store.desk.with_untracked(|desk| mode_of(desk, id));
        if let Some(words) = store.take_back(id) {
            crate::chat::draft::put_back(store, room, mode, words);
            ui.compose.set(Some(mode));
        }
    };
    dynamic(move || match standing.get() {
        Standing::Silent => ().into_any(),
        Standing::Leaving => {
            let is_offline = store.link.get() == Link::Down;
            let words = if is_offline { "Waiting for the network" } else { "Sending" };
            view! {
                <p class="tick">
                    <Icon name="clock" small=true />
                    {words}
                </p>
            }
            .into_any()
        }
        Standing::Stuck(reason) => view! {
            <p class="tick tick--bad">
                <Icon name="alert" small=true />
                <span>{format!("Not sent. {reason}")}</span>
                {match way.get() {
                    Way::Retry => act("Retry", move || store.send_again(id)),
                    Way::Reopen => act("Reopen and send", move || reopen_and_send(scene, room)),
                    Way::Template => act("Send template", move || ui.dialog.set(Some(Dialog::Template))),
                    Way::Wait => ().into_any(),
                }}
                <button type="button" class="tick__action" on:click=edit>
                    "Edit"
                </button>
            </p>
        }
        .into_any(),
        Standing::Told(delivery) => view! { <Told room id delivery /> }.into_any(),
    })
}

fn act(words: &'static str, run: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="tick__action" on:click=move |_| run()>
            {words}
        </button>
    }
    .into_any()
}

#[component]
fn Told(room: RoomId, id: MessageId, delivery: Delivery) -> impl IntoView {
    let store = expect_context::<Store>();
    let (class, icon) = match &delivery {
        Delivery::Waiting | Delivery::Delayed(_) => ("tick", "clock"),
        Delivery::Sent => ("tick", "check"),
        Delivery::Delivered => ("tick", "checks"),
        Delivery::Read => ("tick tick--read", "checks"),
        Delivery::Failed { .. } => ("tick tick--bad", "alert"),
        Delivery::Unconfirmed => ("tick tick--warn", "alert"),
        Delivery::Overtaken => ("tick", "enter"),
    };
    let kind = store.desk.with_untracked(|desk| desk.open.as_ref().map_or(ChannelKind::Web, |view| view.room.kind));
    let words = match &delivery {
        Delivery::Failed { reason } if !reason.is_empty() => format!("Not sent: {reason}"),
        Delivery::Unconfirmed => "Unconfirmed: it may or may not have arrived".into(),
        Delivery::Delayed(delay) => delay.words(kind, |until| coming_words(until, now())),
        other => other.label().into(),
    };
    let may_retry = delivery.may_retry();
    view! {
        <p class=class>
            <Icon name=icon small=true />
            <span>{words}</span>
            {may_retry.then(|| view! { <Retry room id /> })}
        </p>
    }
    .into_any()
}

/// Once more, for whoever may write here.
#[component]
fn Retry(room: RoomId, id: MessageId) -> impl IntoView {
    let store = expect_context::<Store>();
    let may_send =
        Memo::new(move |_| store.desk.with(|desk| desk.room(room).is_some_and(|room| may_send(&desk.me, room))));
    dynamic(move || may_send.get().then(|| act("Retry", move || store.deliver_again(room, id))))
}

/// How far it came has a place of its own and must not have the words drawn again.
fn without_delivery(what: What) -> What {
    match what {
        What::Message(message) => What::Message(Message { delivery: None, ..message }),
        other => other,
    }
}

fn reacted_to(what: &What) -> Option<Message> {
    match what {
        What::Message(message) if !message.reactions.is_empty() => Some(message.clone()),
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    }
}

fn find(desk: &Desk, id: MessageId) -> Option<Found> {
    let told =
        desk.open.as_ref().and_then(|view| view.entries.iter().rev().find(|entry| entry.what.message_id() == Some(id)));
    if let Some(entry) = told {
        return Some(Found { at: entry.at, what: entry.what.clone() });
    }
    let outgoing = desk.outbox.iter().find(|outgoing| outgoing.id() == Some(id))?;
    Some(Found { at: outgoing.at, what: outgoing.what.clone() })
}

fn standing(desk: &Desk, id: MessageId) -> Standing {
    if let Some(view) = &desk.open
        && let Some(delivery) = shown(&view.entries, id, desk.channels.get(&view.room.channel))
    {
        return Standing::Told(delivery.clone());
    }
    match desk.outbox.iter().find(|outgoing| outgoing.id() == Some(id)) {
        Some(outgoing) => outgoing.problem.clone().map_or(Standing::Leaving, Standing::Stuck),
        None => Standing::Silent,
    }
}

/// A note may be added to any room.
fn way(desk: &Desk, room: RoomId, id: MessageId) -> Way {
    let room = desk.room(room).filter(|_| mode_of(desk, id) == Mode::Reply);
    room.map_or(Way::Retry, |room| Way::of(desk, room, now()))
}

fn mode_of(desk: &Desk, id: MessageId) -> Mode {
    match find(desk, id).map(|found| found.what) {
        Some(What::Note(_)) => Mode::Note,
        Some(What::Message(_) | What::Line(_)) | None => Mode::Reply,
    }
}

fn picked_after(desk: &Desk, id: MessageId) -> Option<String> {
    let entries = &desk.open.as_ref()?.entries;
    let asked = entries.iter().rposition(|entry| entry.what.message_id() == Some(id))?;
    entries.get(asked + 1..)?.iter().find_map(|entry| match &entry.what {
        What::Message(Message { content: Content::Picked { id, .. }, .. }) => Some(id.clone()),
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    })
}

const fn kind_of(what: &What) -> &'static str {
    match what {
        What::Note(_) => "note",
        What::Line(_) => "us",
        What::Message(message) => match message.author {
            Author::Customer => "them",
            Author::Bot(_) | Author::Switchboard => "bot",
            Author::Person(_) => "us",
        },
    }
}

fn who_of(desk: &Desk, what: &What) -> String {
    let name = |person| if person == desk.me.id { "You".to_owned() } else { desk.name_of(person).to_owned() };
    match what {
        What::Note(Note { by, .. }) => format!("{} · private note, only your team", name(*by)),
        What::Line(_) => String::new(),
        What::Message(message) => match &message.author {
            Author::Customer => desk.open.as_ref().map_or_else(String::new, |view| view.room.name.clone()),
            Author::Bot(bot) => bot.clone(),
            Author::Switchboard => "Switchboard".into(),
            Author::Person(person) => name(*person),
        },
    }
}

fn choices_of(what: &What) -> Option<Vec<Choice>> {
    match what {
        What::Message(Message { content: Content::Choices { choices, .. }, .. }) => Some(choices.clone()),
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    }
}

/// Our side's words carry a tick; a note does only until it is saved.
const fn needs_tick(what: &What) -> bool {
    match what {
        What::Message(message) => message.delivery.is_some(),
        What::Note(_) => true,
        What::Line(_) => false,
    }
}
