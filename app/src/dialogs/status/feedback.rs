//! The box "Send a feedback message": ticked as the channel has it, and why it cannot be.

use domain::desk::Desk;
use domain::feedback::{Way, way};
use domain::id::RoomId;
use domain::refused::Refused;
use domain::room::Status;
use leptos::prelude::*;

use crate::clock::{self, Clock};
use crate::desk::Store;
use crate::parts::dynamic;

/// Whether the customer is asked how it went.
#[derive(Clone, Copy)]
pub struct Feedback {
    chosen: RwSignal<Status>,
    /// Nothing touched: the channel and the status say whether it is asked for.
    choice: RwSignal<Option<bool>>,
    is_usual: Memo<bool>,
    /// How it would be asked, or why it cannot be.
    way: Memo<Result<String, &'static str>>,
}

impl Feedback {
    /// What holds for `room` at each moment.
    pub fn of(store: Store, room: RoomId, chosen: RwSignal<Status>) -> Self {
        let clock = expect_context::<Clock>();
        let is_usual = Memo::new(move |_| {
            store.desk.with(|desk| {
                let channel = desk.room(room).and_then(|room| desk.channels.get(&room.channel));
                channel.is_some_and(|channel| channel.feedback.asks(chosen.get()))
            })
        });
        let way = Memo::new(move |_| {
            let now = clock.now().unwrap_or_else(clock::now);
            store.desk.with(|desk| hint(desk, room, now))
        });
        Self { chosen, choice: RwSignal::new(None), is_usual, way }
    }

    /// Nothing is over when a mark is taken away: there is nothing to ask about.
    fn is_offered(self) -> bool {
        self.chosen.get() != Status::ClearCritical
    }

    /// Whether the customer will be asked.
    pub fn asks(self) -> bool {
        self.is_offered() && self.way.with(Result::is_ok) && self.choice.get().unwrap_or_else(|| self.is_usual.get())
    }
}

fn hint(desk: &Desk, room: RoomId, now: domain::timestamp::Timestamp) -> Result<String, &'static str> {
    let room = desk.room(room).ok_or("the chat is gone")?;
    let channel = desk.channels.get(&room.channel).ok_or("the channel is gone")?;
    match way(room, channel, now) {
        Ok(Way::Question) => Ok("in 10 s, so you can undo".into()),
        Ok(Way::Template(template)) => Ok(format!("as the template {}, in 10 s, so you can undo", template.name)),
        Err(refused) => Err(why_not_asked(&refused)),
    }
}

/// Why a customer cannot be asked how it went, in a few words.
pub fn why_not_asked(refused: &Refused) -> &'static str {
    match refused {
        Refused::Blocked => "the customer is blocked",
        Refused::OptedOut => "the customer opted out",
        _ => "24-hour window closed",
    }
}

/// The box, with the customer's name.
#[component]
pub fn FeedbackBox(feedback: Feedback, name: String) -> impl IntoView {
    let Feedback { choice, way, .. } = feedback;
    view! {
        <label class="status__feedback" hidden=move || !feedback.is_offered()>
            <input
                type="checkbox"
                prop:checked=move || feedback.asks()
                disabled=move || way.with(Result::is_err)
                on:change:target=move |event| choice.set(Some(event.target().checked()))
            />
            <span>{format!("Send a feedback message to {name}")}</span>
            <span class="status__hint">
                {dynamic(move || way.get().unwrap_or_else(Into::into))}
            </span>
        </label>
    }
    .into_any()
}
