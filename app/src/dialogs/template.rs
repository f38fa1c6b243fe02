//! Templates: finding one, filling it in, seeing what the customer will read, and sending it.

use domain::channel::ChannelKind;
use domain::id::{ChannelId, FileId, MessageId, RoomId};
use domain::media::MediaKind;
use domain::template::{
    ChosenTemplate, Template, TemplateButton, TemplateHeader, TemplateStatus, TemplateValue, TemplateValues,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use crate::chat::api::{list_templates, send_template};
use crate::console::Ui;
use crate::desk::{Store, upload};
use crate::dialogs::RoomDialog;
use crate::error::AppError;
use crate::parts::{Closing, Icon, dynamic, small};

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
    let send = Callback::new(move |chosen: ChosenTemplate| {
        problem.set(None);
        spawn_local(async move {
            match send_template(room, id, chosen).await {
                Ok(_) => {
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
    view! { <TemplateForm channel=Signal::stored(Some(channel)) problem send /> }
}

/// Finding and filling in a template of `channel`.
#[component]
pub fn TemplateForm(
    channel: Signal<Option<ChannelId>>,
    problem: RwSignal<Option<String>>,
    send: Callback<ChosenTemplate>,
) -> impl IntoView {
    let closing = expect_context::<Closing>();
    let known = RwSignal::new(None::<Result<Vec<Template>, AppError>>);
    let chosen = RwSignal::new(None::<Template>);
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
    let has_failed = Memo::new(move |_| known.with(|known| matches!(known, Some(Err(_)))));
    let again = move |_| {
        channel.get_untracked().map(ask);
    };
    view! {
        {dynamic(move || match (chosen.get(), known.get()) {
            (Some(template), _) => view! { <Fill template chosen problem send /> }.into_any(),
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
                                            <button type="button" class="button button--main" on:click=again>
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
                class="field__input"
                type="text"
                placeholder="Find a template"
                autofocus
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

/// A placeholder and what is filled in.
type Slot = (String, RwSignal<String>);

#[component]
fn Fill(
    template: Template,
    chosen: RwSignal<Option<Template>>,
    problem: RwSignal<Option<String>>,
    send: Callback<ChosenTemplate>,
) -> impl IntoView {
    let slots = |names: Vec<&str>| -> StoredValue<Vec<Slot>> {
        StoredValue::new(names.into_iter().map(|name| (name.to_owned(), RwSignal::new(String::new()))).collect())
    };
    let header = slots(template.header_placeholders());
    let body = slots(template.placeholders());
    let links: StoredValue<Vec<(usize, String, RwSignal<String>)>> = StoredValue::new(
        template
            .buttons
            .iter()
            .enumerate()
            .filter_map(|(place, button)| match button {
                TemplateButton::Link { title, url } if url.contains("{{") => {
                    Some((place, title.clone(), RwSignal::new(String::new())))
                }
                _ => None,
            })
            .collect(),
    );
    let file = RwSignal::new(None::<FileId>);
    let media = match &template.header {
        Some(TemplateHeader::Media(kind)) => Some(*kind),
        Some(TemplateHeader::Text(_) | TemplateHeader::Own | TemplateHeader::Place) | None => None,
    };
    let has_own_file = template.header == Some(TemplateHeader::Own);
    let shown = StoredValue::new(template);
    let filled = move |slots: StoredValue<Vec<Slot>>| {
        slots.with_value(|slots| {
            let value =
                |(placeholder, value): &Slot| TemplateValue { placeholder: placeholder.clone(), value: value.get() };
            slots.iter().map(value).collect::<Vec<_>>()
        })
    };
    let values = Signal::derive(move || TemplateValues {
        header: filled(header),
        body: filled(body),
        buttons: links.with_value(|links| links.iter().map(|(place, _, value)| (*place, value.get())).collect()),
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (name, language) = shown.with_value(|template| (template.name.clone(), template.language.clone()));
        send.run(ChosenTemplate { name, language, values: values.get_untracked(), header: file.get_untracked() });
    };
    let fields = move |slots: StoredValue<Vec<Slot>>| {
        slots
            .get_value()
            .into_iter()
            .map(|(name, value)| view! { <Value label=format!("Value of {{{{{name}}}}}") value /> })
            .collect_view()
    };
    view! {
        <form class="contact" method="dialog" on:submit=submit>
            {media.map(|kind| view! { <HeaderFile kind file problem /> })}
            {fields(header)}
            {fields(body)}
            {links
                .get_value()
                .into_iter()
                .map(|(_, title, value)| view! { <Value label=format!("End of the address of “{title}”") value /> })
                .collect_view()}
            {has_own_file.then(|| view! { <p class="field__hint">"The template's own picture or file goes with it."</p> })}
            <div class="template__preview" aria-label="What the customer will read" role="group">
                {dynamic(move || values.with(|values| shown.with_value(|template| template.preview(values))))}
                <Buttons template=shown />
            </div>
            <p class="contact__problem" role="alert">
                {dynamic(move || problem.get())}
            </p>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| chosen.set(None)>
                    "Back"
                </button>
                <button type="submit" class="button button--main">
                    "Send template"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// The file above the words; it leaves for the server as soon as it is chosen.
#[component]
fn HeaderFile(kind: MediaKind, file: RwSignal<Option<FileId>>, problem: RwSignal<Option<String>>) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let said = RwSignal::new(String::new());
    let choose = move |_| {
        let chosen = input.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
        let Some(chosen) = chosen else { return };
        file.set(None);
        problem.set(None);
        said.set("Uploading…".into());
        spawn_local(async move {
            match upload(kind, chosen).await {
                Ok(stored) => {
                    said.try_set(format!("{} is ready.", stored.name));
                    file.try_set(Some(stored.id));
                }
                Err(words) => {
                    said.try_set(String::new());
                    problem.try_set(Some(words));
                }
            }
        });
    };
    view! {
        <label class="field">
            <span class="field__label">{format!("The {} above the words", kind.label())}</span>
            <input type="file" class="field__input" node_ref=input on:change=choose />
            <span class="field__hint" role="status">{dynamic(move || said.get())}</span>
        </label>
    }
    .into_any()
}

#[component]
fn Buttons(template: StoredValue<Template>) -> impl IntoView {
    let titles: Vec<String> = template.with_value(|template| {
        let title = |button: &TemplateButton| match button {
            TemplateButton::Reply { title }
            | TemplateButton::Link { title, .. }
            | TemplateButton::Call { title, .. }
            | TemplateButton::Other { title } => title.clone(),
        };
        template.buttons.iter().map(title).collect()
    });
    titles.into_iter().map(|title| view! { <span class="template__button">{title}</span> }).collect_view()
}

#[component]
fn Value(label: String, value: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input
                class="field__input"
                type="text"
                required
                autocomplete="off"
                prop:value=move || value.get()
                on:input:target=move |event| value.set(event.target().value())
            />
        </label>
    }
    .into_any()
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

/// The channels through which one can write first.
#[must_use]
pub fn channels_with_templates(store: Store) -> Vec<domain::channel::Channel> {
    let has = |kind: ChannelKind| kind.capabilities().templates;
    store
        .desk
        .with(|desk| desk.channels.values().filter(|channel| has(channel.kind) && !channel.paused).cloned().collect())
}
