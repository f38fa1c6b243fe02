//! Earlier chats of the contact that the customer is saved as: those that one may read, wherever they were.

use domain::id::RoomId;
use domain::room::{Room, Section, State};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::{api, outcome_chip};
use crate::clock::short_date;
use crate::console::Ui;
use crate::desk::Store;
use crate::panel::gathered::in_sight;
use crate::parts::{Moment, dynamic};

/// The list, for as long as `room` is on screen; each opens where it can be read.
#[component]
pub fn EarlierChats(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let frame = NodeRef::<html::Section>::new();
    let chats = RwSignal::new(None::<Vec<Room>>);
    let is_in_sight = in_sight(frame);
    Effect::new(move |_| {
        if !is_in_sight.get() {
            return;
        }
        spawn_local(async move {
            match api::list_earlier_chats(room).await {
                Ok(found) => {
                    chats.try_set(Some(found));
                }
                Err(error) => store.report(&error),
            }
        });
    });
    let count = move || match chats.with(|chats| chats.as_ref().map(Vec::len)) {
        Some(0) => "none".to_owned(),
        Some(count) => count.to_string(),
        None => String::new(),
    };
    view! {
        <section class="panel__section" node_ref=frame>
            <h3 class="panel__title">
                <span>"Earlier chats of this contact"</span>
                <span class="panel__count">{dynamic(count)}</span>
            </h3>
            {dynamic(move || {
                chats
                    .get()
                    .filter(|chats| !chats.is_empty())
                    .map(|chats| {
                        view! {
                            <ul class="panel__episodes">
                                {chats.into_iter().map(|chat| row(store, ui, chat)).collect_view()}
                            </ul>
                        }
                    })
            })}
        </section>
    }
    .into_any()
}

/// "Resolved 3 Nov · Acme WhatsApp". A panel that covers the conversation makes way for the one that is opened.
fn row(store: Store, ui: Ui, chat: Room) -> AnyView {
    let State::Archived { outcome, unanswered, at, .. } = chat.state else { return ().into_any() };
    let (tone, outcome) = outcome_chip(outcome, unanswered);
    let channel =
        store.desk.with_untracked(|desk| desk.channels.get(&chat.channel).map(|channel| channel.name.clone()));
    let channel = channel.unwrap_or_else(|| chat.kind.label().to_owned());
    let place = format!("/{}/{}", Section::Archived.word(), chat.id);
    view! {
        <li class="panel__episode">
            <p class="panel__line">
                <span class=format!("chip chip--{tone}")>{outcome}</span>
                <a class="link" href=place on:click=move |_| ui.uncover()>
                    {channel}
                </a>
                <span class="panel__when">
                    <Moment at=at words=short_date />
                </span>
            </p>
        </li>
    }
    .into_any()
}
