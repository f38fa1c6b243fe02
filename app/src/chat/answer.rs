//! What one can do with a message of the customer's: answer it by name, and leave a sign on it.

use domain::desk::Desk;
use domain::id::{MessageId, RoomId};
use domain::message::{Content, Message, Reacting, What};
use domain::permission::may_send;
use domain::room::REACTIONS;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::{Mode, api};
use crate::console::Ui;
use crate::desk::Store;
use crate::parts::{Icon, Menu, MenuItem, dynamic};

/// What the channel and the room allow with a message.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ways {
    answer: bool,
    react: bool,
}

/// The menu beside a message; nothing where nothing can be done.
#[component]
pub fn Answer(room: RoomId, id: MessageId) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let ways = Memo::new(move |_| store.desk.with(|desk| ways(desk, room, id)));
    let items = Callback::new(move |()| items(store, ui, room, id));
    dynamic(move || {
        let ways = ways.get();
        (ways.answer || ways.react).then(|| {
            view! {
                <Menu label="Reply or react" class="bubble__more" place="menu__items--signs" items>
                    <Icon name="smile" small=true />
                </Menu>
            }
        })
    })
}

fn items(store: Store, ui: Ui, room: RoomId, id: MessageId) -> Vec<MenuItem> {
    let (ways, own) = store.desk.with_untracked(|desk| (ways(desk, room, id), own_sign(desk, id)));
    let answer = ways.answer.then(|| MenuItem {
        icon: "back",
        label: "Reply".into(),
        key: None,
        is_on: None,
        begins_group: false,
        run: Callback::new(move |()| {
            ui.answering.set(Some(id));
            ui.compose.set(Some(Mode::Reply));
        }),
    });
    let signs = REACTIONS.iter().filter(move |_| ways.react).enumerate().map(move |(at, emoji)| {
        let is_on = own.as_deref() == Some(*emoji);
        MenuItem {
            icon: "smile",
            label: (*emoji).into(),
            key: None,
            is_on: Some(is_on),
            begins_group: at == 0 && ways.answer,
            run: Callback::new(move |()| leave(store, room, id, (!is_on).then(|| (*emoji).to_owned()))),
        }
    });
    answer.into_iter().chain(signs).collect()
}

fn leave(store: Store, room: RoomId, id: MessageId, emoji: Option<String>) {
    spawn_local(async move {
        if let Err(error) = api::react(room, id, emoji).await {
            store.report(&error);
        }
    });
}

fn ways(desk: &Desk, room: RoomId, id: MessageId) -> Ways {
    let allowed = || {
        let room = desk.room(room).filter(|room| !room.is_archived() && !room.has_said_stop())?;
        let room = Some(room).filter(|room| may_send(&desk.me, room))?;
        let message = find(desk, id)?;
        let stands = message.author.is_customer() && message.content != Content::Deleted;
        let limits = room.kind.capabilities();
        stands.then_some(Ways { answer: limits.reply_out, react: limits.reaction_out })
    };
    allowed().unwrap_or(Ways { answer: false, react: false })
}

fn own_sign(desk: &Desk, id: MessageId) -> Option<String> {
    let signs = &find(desk, id)?.reactions;
    signs.iter().find(|sign| sign.by == Reacting::OurSide).map(|sign| sign.emoji.clone())
}

fn find(desk: &Desk, id: MessageId) -> Option<&Message> {
    desk.open.as_ref()?.entries.iter().rev().find_map(|entry| match &entry.what {
        What::Message(message) if message.id == id => Some(message),
        What::Message(_) | What::Note(_) | What::Line(_) => None,
    })
}

/// What the composer's words answer, above them.
#[component]
pub fn Answering() -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let words = Memo::new(move |_| {
        let id = ui.answering.get()?;
        store
            .desk
            .with(|desk| find(desk, id).map(|message| message.content.text().chars().take(120).collect::<String>()))
    });
    dynamic(move || {
        words.get().map(|words| {
            view! {
                <p class="composer__answering">
                    <Icon name="back" small=true />
                    <span class="composer__quoted">{format!("Reply to: {words}")}</span>
                    <button
                        type="button"
                        class="button button--quiet button--small"
                        aria-label="Do not reply to this message"
                        title="Do not reply to this message"
                        on:click=move |_| ui.answering.set(None)
                    >
                        <Icon name="close" small=true />
                    </button>
                </p>
            }
        })
    })
}
