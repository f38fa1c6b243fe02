//! Snooze: until when a room is out of the way. It comes back by itself, or when the customer writes.

use domain::id::RoomId;
use domain::refused::Refused;
use domain::room::check_snooze;
use domain::timestamp::{Timestamp, hours};
use leptos::prelude::*;

use crate::clock;
use crate::desk::Store;
use crate::dialogs::RoomDialog;
use crate::parts::{Closing, dynamic};

/// The hour at which a working day begins.
const MORNING: u32 = 9;

/// The dialog for `room`.
#[component]
pub fn Snooze(room: RoomId) -> impl IntoView {
    view! {
        <RoomDialog room title="Snooze">
            <Form room />
        </RoomDialog>
    }
}

#[component]
fn Form(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    let own = RwSignal::new(String::new());
    let problem = move || {
        own.with(|own| own_time(own, clock::now()).err().filter(|_| !own.is_empty()).map(|refused| refused.to_string()))
    };
    let snooze = move |until: Timestamp| {
        closing.close();
        store.snooze(room, until);
    };
    view! {
        <form
            class="snooze"
            method="dialog"
            on:submit=move |event| {
                event.prevent_default();
                if let Ok(until) = own.with_untracked(|own| own_time(own, clock::now())) {
                    snooze(until);
                }
            }
        >
            <div class="snooze__offers">
                {offers(clock::now())
                    .into_iter()
                    .enumerate()
                    .map(|(place, (words, until))| {
                        view! {
                            <button type="button" class="snooze__offer" autofocus=place == 0 on:click=move |_| snooze(until)>
                                <span>{words}</span>
                                <span class="snooze__time">{clock::coming_words(until, clock::now())}</span>
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
            <label class="field">
                <span class="field__label">"Another time"</span>
                <input
                    class="field__input"
                    type="datetime-local"
                    aria-describedby="snooze-problem"
                    prop:value=move || own.get()
                    on:input:target=move |event| own.set(event.target().value())
                />
            </label>
            <p class="snooze__problem" id="snooze-problem" role="status">
                {dynamic(problem)}
            </p>
            <p class="snooze__words">"It comes back by itself then, or as soon as the customer writes."</p>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| closing.close()>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main" disabled=move || own.with(|own| own_time(own, clock::now()).is_err())>
                    "Snooze"
                </button>
            </div>
        </form>
    }
}

/// The times most rooms are put off to, soonest first.
fn offers(now: Timestamp) -> Vec<(&'static str, Timestamp)> {
    let to_monday = 7 - clock::days_since_monday(now);
    let tomorrow = clock::at_hour(now, 1, MORNING);
    let monday = clock::at_hour(now, to_monday, MORNING);
    let mut offers =
        vec![("In an hour", now.plus(hours(1))), ("In four hours", now.plus(hours(4))), ("Tomorrow morning", tomorrow)];
    if monday > tomorrow {
        offers.push(("Monday morning", monday));
    }
    offers
}

/// What the field for a time says, or why it cannot be taken.
fn own_time(words: &str, now: Timestamp) -> Result<Timestamp, Refused> {
    let until = clock::from_field(words).ok_or(Refused::Empty { field: "time".into() })?;
    check_snooze(until, now).map(|()| until)
}
