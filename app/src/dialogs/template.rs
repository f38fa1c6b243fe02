//! Templates: finding one, filling it in, seeing what the customer will read, and sending it.

mod fill;

use domain::channel::ChannelKind;
use domain::id::{ChannelId, MessageId, RoomId};
use domain::permission::may_send_templates;
use domain::template::{ChosenTemplate, Template, TemplateStatus};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::chat::api::{list_templates, send_template};
use crate::chat::{Mode, clear, unsent};
use crate::console::Ui;
use crate::desk::Store;
use crate::dialogs::RoomDialog;
use crate::error::AppError;
use crate::parts::{Closing, Icon, dynamic, small};
use fill::Fill;

/// The dialog that sends a template into `room`.
#[component]
pub fn SendTemplate(room: RoomId) -> impl IntoView {
    let store = expect_context::<Store>();
    let channel = store.desk.with_untracked(|desk| desk.room(room).map(|room| room.channel));
    let is_archived = store.desk.with_untracked(|desk| desk.room(room).is_some_and(domain::room::Room::is_archived));
    channel.map(|channel| {
        view! {
            <RoomDialog room title="Send template">
                <Sending room channel is_archived />
            </RoomDialog>
        }
    })
}

#[component]
fn Sending(room: RoomId, channel: ChannelId, is_archived: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let closing = expect_context::<Closing>();
    // One id for as long as the dialog is open: a second click is the same template.
    let id = MessageId(Uuid::now_v7());
    let problem = RwSignal::new(None::<String>);
    // What could not be sent as it is goes with the template, where it fits.
    let left = untrack(|| Left::of(store, room));
    let words = left.words.clone();
    let send = Callback::new(move |chosen: ChosenTemplate| {
        problem.set(None);
        let left = left.clone();
        spawn_local(async move {
            let carried = left.is_in(&chosen);
            match send_template(room, id, chosen).await {
                Ok(_) => {
                    if carried {
                        left.forget(store, room);
                    }
                    closing.close();
                    store.say(if is_archived {
                        "Template sent. The chat returns to Live when the customer answers."
                    } else {
                        "Template sent."
                    });
                }
                Err(error) => {
                    problem.try_set(Some(error.to_string()));
                }
            }
        });
    });
    view! { <TemplateForm channel=Signal::stored(Some(channel)) words problem send /> }
}

/// What one wanted to say before only a template would do.
#[derive(Clone)]
struct Left {
    /// The reply that was refused; none while it is still a draft.
    refused: Option<MessageId>,
    words: String,
}

impl Left {
    fn of(store: Store, room: RoomId) -> Self {
        match store.refused_reply(room) {
            Some((id, words)) => Self { refused: Some(id), words: words.trim().into() },
            None => Self { refused: None, words: unsent(store, room, Mode::Reply).trim().into() },
        }
    }

    /// Whether the words stand in the template as they were.
    fn is_in(&self, chosen: &ChosenTemplate) -> bool {
        !self.words.is_empty() && chosen.values.body.first().is_some_and(|first| first.value.trim() == self.words)
    }

    /// The words were sent; files that were beside them are with the composer's again.
    fn forget(&self, store: Store, room: RoomId) {
        match self.refused {
            Some(id) => drop(store.take_back(id)),
            None => clear(store, room, Mode::Reply),
        }
    }
}

/// Finding and filling in a template of `channel`; `words` begin in its first place, where they fit.
#[component]
pub fn TemplateForm(
    channel: Signal<Option<ChannelId>>,
    #[prop(optional)] words: String,
    problem: RwSignal<Option<String>>,
    send: Callback<ChosenTemplate>,
) -> impl IntoView {
    let closing = expect_context::<Closing>();
    let known = RwSignal::new(None::<Result<Vec<Template>, AppError>>);
    let chosen = RwSignal::new(None::<Template>);
    let words = StoredValue::new(words);
    let ask = move |channel: ChannelId| {
        known.set(None);
        spawn_local(async move {
            let found = list_templates(channel).await;
            known.try_set(Some(found));
        });
    };
    Effect::new(move |_| {
        chosen.set(None);
        channel.get().map(ask);
    });
    Effect::new(move |_| {
        chosen.track();
        known.track();
        request_animation_frame(focus_first);
    });
    let has_failed = Memo::new(move |_| known.with(|known| matches!(known, Some(Err(_)))));
    let again = move |_| {
        channel.get_untracked().map(ask);
    };
    view! {
        {dynamic(move || match (chosen.get(), known.get()) {
            (Some(template), _) => view! { <Fill template words=words.get_value() chosen problem send /> }.into_any(),
            (None, Some(Ok(templates))) => view! { <Find templates chosen /> }.into_any(),
            (None, Some(Err(error))) => view! { <p class="contact__problem" role="alert">{error.to_string()}</p> }.into_any(),
            (None, None) => view! { <p class="template__wait" role="status">"Loading templates…"</p> }.into_any(),
        })}
        // Where one is filled in, its form has the buttons.
        {dynamic(move || {
            chosen
                .with(Option::is_none)
                .then(|| {
                    view! {
                        <div class="dialog__actions">
                            <button type="button" class="button" on:click=move |_| closing.close()>
                                "Cancel"
                            </button>
                            {dynamic(move || {
                                has_failed
                                    .get()
                                    .then(|| {
                                        view! {
                                            <button type="button" class="button button--main template__again" on:click=again>
                                                "Try again"
                                            </button>
                                        }
                                    })
                            })}
                        </div>
                    }
                })
        })}
    }
}

/// What comes when the dialog has long been open takes the focus, unless one writes elsewhere in it. Neither the button that
/// sends nor a field that is filled in already does: the same Enter that chose a template, held or doubled, would send it.
fn focus_first() {
    let is_field = |element: &Element| matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA");
    if document().active_element().as_ref().is_some_and(is_field) {
        return;
    }
    let found = |selector| document().query_selector(selector).ok().flatten();
    let first = found("dialog .template__find, dialog form.contact :is(input[type=file], input:invalid)")
        .or_else(|| found("dialog .template__preview"))
        .or_else(|| found("dialog .template__again"));
    if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        drop(first.focus());
    }
}

#[component]
fn Find(templates: Vec<Template>, chosen: RwSignal<Option<Template>>) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let is_empty = templates.is_empty();
    let all = StoredValue::new(templates);
    let fitting = Memo::new(move |_| {
        let wanted = small(wanted.get().trim());
        let fits =
            |template: &&Template| small(&template.name).contains(&wanted) || small(&template.body).contains(&wanted);
        all.with_value(|all| all.iter().filter(fits).cloned().collect::<Vec<_>>())
    });
    view! {
        <label class="field">
            <span class="visually-hidden">"Find a template"</span>
            <input
                class="field__input template__find"
                type="text"
                placeholder="Find a template"
                autocomplete="off"
                prop:value=move || wanted.get()
                on:input:target=move |event| wanted.set(event.target().value())
            />
        </label>
        <ul class="template__list">
            <For each=move || fitting.get() key=|template| (template.name.clone(), template.language.clone()) let:template>
                <Found template chosen />
            </For>
        </ul>
        {dynamic(move || {
            let words = if is_empty {
                "The account has no templates yet. They are made on the provider's pages."
            } else {
                "No template has these words."
            };
            fitting.with(Vec::is_empty).then(|| view! { <p class="template__wait">{words}</p> })
        })}
    }
    .into_any()
}

#[component]
fn Found(template: Template, chosen: RwSignal<Option<Template>>) -> impl IntoView {
    let (tone, status) = status_words(&template.status);
    let may_send = template.status.may_be_sent();
    let words = template.body.clone();
    let name = template.name.clone();
    let language = template.language.clone();
    view! {
        <li>
            <button
                type="button"
                class="template__found"
                disabled=!may_send
                on:click=move |_| chosen.set(Some(template.clone()))
            >
                <span class="template__name">{name}</span>
                <span class="chip chip--plain">{language}</span>
                <span class=format!("chip chip--{tone}")>{status}</span>
                <span class="template__words">{words}</span>
            </button>
        </li>
    }
    .into_any()
}

fn status_words(status: &TemplateStatus) -> (&'static str, String) {
    match status {
        TemplateStatus::Approved => ("good", "Approved".into()),
        TemplateStatus::Ready => ("good", "Ready".into()),
        TemplateStatus::Pending => ("warn", "In review".into()),
        TemplateStatus::Rejected { reason } if reason.is_empty() => ("bad", "Rejected".into()),
        TemplateStatus::Rejected { reason } => ("bad", format!("Rejected: {reason}")),
        TemplateStatus::Paused => ("warn", "Paused".into()),
        TemplateStatus::Disabled => ("bad", "Disabled".into()),
        TemplateStatus::Unfit { reason } => ("plain", reason.clone()),
    }
}

/// A button that opens the dialog, where a template is the way to write.
#[component]
pub fn TemplateButtonMain() -> impl IntoView {
    let ui = expect_context::<Ui>();
    view! {
        <button
            type="button"
            class="button button--main"
            on:click=move |_| ui.dialog.set(Some(crate::console::Dialog::Template))
        >
            <Icon name="send" small=true />
            "Send template"
        </button>
    }
}

/// The channels through which one can write first; none for whoever may send no templates.
#[must_use]
pub fn channels_with_templates(store: Store) -> Vec<domain::channel::Channel> {
    let has = |kind: ChannelKind| kind.capabilities().templates && kind.knows_phones();
    store.desk.with(|desk| {
        let may = may_send_templates(&desk.me, &desk.policy);
        desk.channels.values().filter(|channel| may && has(channel.kind) && !channel.paused).cloned().collect()
    })
}
