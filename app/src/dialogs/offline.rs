//! Going offline: what becomes of each room one holds.

use std::collections::HashMap;

use domain::desk::Desk;
use domain::id::RoomId;
use domain::person::{Availability, Person};
use domain::room::{Parting, Room, part};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::clock::{ago, coming_words};
use crate::console::Ui;
use crate::desk::Store;
use crate::desk::api::{list_held, set_availability};
use crate::dialogs::DialogForm;
use crate::list::preview_words;
use crate::parts::{Avatar, Closing, Icon, Modal, Moment, channel_icon, dynamic, sort_people};

/// Asks for the rooms one holds. Whoever holds none is offline at once; for others the dialog opens.
#[component]
pub fn Offline() -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let asked = RwSignal::new(None::<Vec<Room>>);
    Effect::new(move |_| {
        spawn_local(async move {
            let answer = list_held().await;
            // Something else was opened meanwhile.
            if asked.is_disposed() {
                return;
            }
            match answer {
                Ok(held) if held.is_empty() => {
                    ui.dialog.set(None);
                    store.set_availability(Availability::Offline);
                }
                Ok(held) => asked.set(Some(held)),
                Err(error) => {
                    ui.dialog.set(None);
                    store.report(&error);
                }
            }
        });
    });
    let close = Callback::new(move |()| ui.dialog.set(None));
    dynamic(move || {
        asked.get().map(|loaded| {
            view! {
                <Modal title="Go offline" under="You get no new chats. What becomes of those you hold?" on_close=close>
                    <Form loaded />
                </Modal>
            }
        })
    })
}

/// What is chosen by hand; the other rooms go the way of [`Parting::default_for`].
type Chosen = RwSignal<HashMap<RoomId, Parting>>;

#[component]
fn Form(loaded: Vec<Room>) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let is_one = loaded.len() == 1;
    let held = Memo::new(move |_| store.desk.with(|desk| desk.held(&loaded)));
    let rooms = Memo::new(move |_| held.with(|held| held.iter().map(|room| room.id).collect::<Vec<_>>()));
    let chosen: Chosen = RwSignal::new(HashMap::new());
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);

    let submit = move || {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        problem.set(None);
        let partings =
            untrack(|| held.with(|held| held.iter().map(|room| (room.id, parting_of(room, chosen))).collect()));
        spawn_local(async move {
            match set_availability(Availability::Offline, partings).await {
                Ok(parted) => {
                    store.desk.update(|desk| desk.me.availability = Availability::Offline);
                    if !is_busy.is_disposed() {
                        closing.close();
                    }
                    store.say_parted(parted);
                }
                Err(error) => {
                    is_busy.try_set(false);
                    problem.try_set(Some(store.words(&error)));
                }
            }
        });
    };
    view! {
        <DialogForm class="offline" submit=Callback::new(move |()| submit())>
            {(!is_one).then(|| view! { <All held chosen /> })}
            <ul class="offline__rooms">
                <For each=move || rooms.get() key=|room| *room let:room>
                    <Row room held chosen is_one />
                </For>
            </ul>
            <p class="offline__problem" role="alert">
                {dynamic(move || problem.get())}
            </p>
            <div class="dialog__actions">
                <span class="dialog__hint wide-only">"Ctrl Enter"</span>
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main" disabled=move || is_busy.get()>
                    "Go offline"
                </button>
            </div>
        </DialogForm>
    }
}

fn parting_of(room: &Room, chosen: Chosen) -> Parting {
    chosen.with(|chosen| chosen.get(&room.id).copied()).unwrap_or_else(|| Parting::default_for(room))
}

/// One choice for every room. Where it cannot be, what was chosen before stays.
#[component]
fn All(held: Memo<Vec<Room>>, chosen: Chosen) -> impl IntoView {
    let store = expect_context::<Store>();
    let left_out = RwSignal::new(0_usize);
    let offers = Memo::new(move |_| held.with(|held| store.desk.with(|desk| offers(desk, held, held))));
    let present = Memo::new(move |_| {
        held.with(|held| {
            let mut partings = held.iter().map(|room| parting_of(room, chosen));
            let first = partings.next()?;
            partings.all(|parting| parting == first).then_some(first)
        })
    });
    let choose = Callback::new(move |parting: Parting| {
        let held = held.get_untracked();
        let able: Vec<RoomId> = store.desk.with_untracked(|desk| {
            held.iter().filter(|room| may_go(desk, room, parting)).map(|room| room.id).collect()
        });
        left_out.set(held.len() - able.len());
        chosen.update(|chosen| chosen.extend(able.into_iter().map(|room| (room, parting))));
    });
    view! {
        <div class="offline__all">
            <span class="field__label">{move || format!("All {} chats", held.with(Vec::len))}</span>
            <Choose label="What becomes of all chats".to_owned() offers present choose is_first=true />
            <p class="offline__left-out" role="status">
                {dynamic(move || match left_out.get() {
                    0 => None,
                    1 => Some("1 chat cannot go there and stays as it was.".to_owned()),
                    count => Some(format!("{count} chats cannot go there and stay as they were.")),
                })}
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Row(room: RoomId, held: Memo<Vec<Room>>, chosen: Chosen, is_one: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let known = Memo::new(move |_| held.with(|held| held.iter().find(|other| other.id == room).cloned()));
    let offers = Memo::new(move |_| {
        let known = known.get();
        held.with(|held| store.desk.with(|desk| offers(desk, known.as_slice(), held)))
    });
    let present = Memo::new(move |_| known.with(|known| known.as_ref().map(|room| parting_of(room, chosen))));
    let choose = Callback::new(move |parting| {
        chosen.update(|chosen| {
            chosen.insert(room, parting);
        });
    });
    let name = known.with_untracked(|known| known.as_ref().map(|room| room.name.clone()).unwrap_or_default());
    view! {
        <li class="offline__room">
            {dynamic(move || known.get().map(|room| view! { <About room /> }))}
            <Choose label=format!("What becomes of the chat with {name}") offers present choose is_first=is_one />
        </li>
    }
    .into_any()
}

/// Who it is, on what, the last words, and whose turn it is.
#[component]
fn About(room: Room) -> impl IntoView {
    let store = expect_context::<Store>();
    let said = room.preview.as_ref().map(|preview| preview_words(store, preview));
    let channel = store.desk.with_untracked(|desk| {
        desk.channels.get(&room.channel).map_or(room.kind.label().into(), |channel| channel.name.clone())
    });
    view! {
        <span class="face">
            <Avatar id=room.customer.0 name=room.name.clone() />
            <span class=format!("face__via face__via--{}", room.kind.word())>
                <Icon name=channel_icon(room.kind) small=true />
            </span>
        </span>
        <div class="offline__about">
            <p class="offline__name">{room.name.clone()}</p>
            <p class="offline__said">{said}</p>
            <p class="offline__wait">
                <Turn room />
                <span class="offline__channel">{channel}</span>
            </p>
        </div>
    }
    .into_any()
}

/// Whose turn it is, and since when.
#[component]
fn Turn(room: Room) -> impl IntoView {
    let (tone, words, moment) = match (room.snoozed_until, room.waiting_since) {
        (Some(until), _) => ("plain", "Put off until ", view! { <Moment at=until words=coming_words /> }.into_any()),
        (None, Some(since)) => ("warn", "Waiting on you · ", view! { <Moment at=since words=ago /> }.into_any()),
        (None, None) => {
            ("plain", "Waiting on customer · ", view! { <Moment at=room.last_message_at words=ago /> }.into_any())
        }
    };
    view! { <span class=format!("chip chip--{tone}")>{words} {moment}</span> }.into_any()
}

/// One way a room can go.
#[derive(Clone, PartialEq)]
struct Offer {
    parting: Parting,
    words: String,
}

/// The ways. Where rooms differ nothing is `present`.
#[component]
fn Choose(
    label: String,
    offers: Memo<Vec<Offer>>,
    present: Memo<Option<Parting>>,
    choose: Callback<Parting>,
    is_first: bool,
) -> impl IntoView {
    view! {
        <select
            class="field__input field__input--short offline__choice"
            aria-label=label
            autofocus=is_first
            on:change:target=move |event| {
                let place = event.target().value().parse::<usize>().ok();
                let offer = place.and_then(|place| offers.with_untracked(|offers| offers.get(place).cloned()));
                if let Some(offer) = offer {
                    choose.run(offer.parting);
                }
            }
        >
            <option value="" hidden disabled prop:selected=move || present.get().is_none()>
                "Different for each"
            </option>
            {dynamic(move || {
                offers
                    .get()
                    .into_iter()
                    .enumerate()
                    .map(|(place, offer)| {
                        let is_present = move || present.get() == Some(offer.parting);
                        view! {
                            <option value=place.to_string() prop:selected=is_present>
                                {offer.words}
                            </option>
                        }
                    })
                    .collect_view()
            })}
        </select>
    }
    .into_any()
}

/// The ways that at least one of `rooms`, which are among the `held`, can go; those who are here stand first.
fn offers(desk: &Desk, rooms: &[Room], held: &[Room]) -> Vec<Offer> {
    let mut offers = vec![
        Offer { parting: Parting::Keep, words: "Keep".into() },
        Offer { parting: Parting::Queue, words: "Back to the queue".into() },
    ];
    // Where every room is of one team, its queue is the queue.
    let teams = desk.teams.values().filter(|team| held.iter().any(|room| room.team != Some(team.id)));
    offers.extend(teams.map(|team| Offer { parting: Parting::Team(team.id), words: format!("To team {}", team.name) }));
    let may = |person: &&Person| rooms.iter().any(|room| may_go(desk, room, Parting::To(person.id)));
    let mut people: Vec<Person> = desk.people.values().filter(may).cloned().collect();
    sort_people(&mut people, |person| person.availability as u8);
    offers.extend(people.iter().map(|person| Offer { parting: Parting::To(person.id), words: to_words(person) }));
    offers
}

fn to_words(person: &Person) -> String {
    match person.availability {
        Availability::Online => format!("To {}", person.name),
        Availability::Away => format!("To {} (away)", person.name),
        Availability::Offline => format!("To {} (offline)", person.name),
    }
}

fn may_go(desk: &Desk, room: &Room, parting: Parting) -> bool {
    part(room, &desk.me, parting, &desk.people, &desk.policy).is_ok()
}
