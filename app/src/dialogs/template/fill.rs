//! Filling in a template, and what the customer will read.

use domain::id::FileId;
use domain::media::MediaKind;
use domain::message::Place;
use domain::template::{ChosenTemplate, Template, TemplateButton, TemplateHeader, TemplateValue, TemplateValues};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::Url;

use crate::desk::upload;
use crate::parts::dynamic;

/// A placeholder and what is filled in.
type Slot = (String, RwSignal<String>);

/// Fills in `template`; `words` begin in its first place, where they fit.
#[component]
pub fn Fill(
    template: Template,
    words: String,
    chosen: RwSignal<Option<Template>>,
    problem: RwSignal<Option<String>>,
    send: Callback<ChosenTemplate>,
) -> impl IntoView {
    let slots = |names: Vec<&str>| -> StoredValue<Vec<Slot>> {
        StoredValue::new(names.into_iter().map(|name| (name.to_owned(), RwSignal::new(String::new()))).collect())
    };
    let header = slots(template.header_placeholders());
    let body = slots(template.placeholders());
    let copied = template.place_for(&words).map(str::to_owned);
    if copied.is_some() {
        body.with_value(|slots| slots.iter().take(1).for_each(|(_, value)| value.set(words.clone())));
    }
    let said = match &copied {
        _ if words.is_empty() => None,
        Some(place) => Some(format!("Your reply was copied into {{{{{place}}}}}.")),
        None => Some("Your reply does not fit into this template; it is kept.".into()),
    };
    let buttons: StoredValue<Vec<(usize, String, RwSignal<String>)>> = StoredValue::new(
        template
            .buttons
            .iter()
            .enumerate()
            .filter_map(|(place, button)| Some((place, asked_of(button)?, RwSignal::new(String::new()))))
            .collect(),
    );
    let place = (template.header == Some(TemplateHeader::Place)).then(Spot::default);
    let file = RwSignal::new(None::<FileId>);
    let above = RwSignal::new(None::<Above>);
    on_cleanup(move || forget(above));
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
        buttons: buttons.with_value(|buttons| buttons.iter().map(|(place, _, value)| (*place, value.get())).collect()),
        place: place.and_then(Spot::get),
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
            {said.map(|said| view! { <p class="field__hint">{said}</p> })}
            {media.map(|kind| view! { <HeaderFile kind file above problem /> })}
            {fields(header)}
            {place.map(|spot| view! { <PlaceFields spot /> })}
            {fields(body)}
            {buttons.get_value().into_iter().map(|(_, label, value)| view! { <Value label value /> }).collect_view()}
            {has_own_file.then(|| view! { <p class="field__hint">"The template's own picture or file goes with it."</p> })}
            <div class="template__preview" aria-label="What the customer will read" role="group" tabindex="-1">
                {dynamic(move || above.get().map(pictured))}
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

/// What has to be filled in for a button, if anything has.
fn asked_of(button: &TemplateButton) -> Option<String> {
    match button {
        TemplateButton::Link { title, url } if url.contains("{{") => Some(format!("End of the address of “{title}”")),
        TemplateButton::Code { title } => Some(format!("Coupon code of “{title}”")),
        TemplateButton::Reply { .. }
        | TemplateButton::Link { .. }
        | TemplateButton::Call { .. }
        | TemplateButton::Other { .. } => None,
    }
}

/// What is filled in for the map above the words.
#[derive(Clone, Copy, Default)]
struct Spot {
    latitude: RwSignal<String>,
    longitude: RwSignal<String>,
    name: RwSignal<String>,
    address: RwSignal<String>,
}

impl Spot {
    /// The place, once its degrees are on earth.
    fn get(self) -> Option<Place> {
        let told = |words: String| Some(words.trim().to_owned()).filter(|words| !words.is_empty());
        let place = Place::read(&self.latitude.get(), &self.longitude.get())?;
        Some(Place { name: told(self.name.get()), address: told(self.address.get()), ..place })
    }
}

#[component]
fn PlaceFields(spot: Spot) -> impl IntoView {
    view! {
        <Value label="Latitude of the map above the words, such as -23.5505".into() value=spot.latitude />
        <Value label="Longitude, such as -46.6333".into() value=spot.longitude />
        <Value label="Name of the place".into() value=spot.name />
        <Value label="Address of the place".into() value=spot.address />
    }
    .into_any()
}

/// The file above the words, as this browser has it.
#[derive(Clone, PartialEq, Eq)]
struct Above {
    kind: MediaKind,
    name: String,
    url: String,
}

/// Nothing stands above the words any more.
fn forget(above: RwSignal<Option<Above>>) {
    if let Some(gone) = above.try_update(Option::take).flatten() {
        drop(Url::revoke_object_url(&gone.url));
    }
}

/// The file as the customer will see it; of a document, its name.
fn pictured(above: Above) -> AnyView {
    let Above { kind, name, url } = above;
    match kind {
        MediaKind::Photo | MediaKind::Sticker => {
            view! { <img class="template__picture" src=url alt=format!("Above the words: {name}") /> }.into_any()
        }
        MediaKind::Video => view! {
            <video class="template__picture" src=url controls preload="metadata" aria-label=format!("Above the words: {name}")></video>
        }
        .into_any(),
        MediaKind::Audio | MediaKind::Voice | MediaKind::Document => view! { <span>{name}</span> }.into_any(),
    }
}

/// The file above the words; it leaves for the server as soon as it is chosen.
#[component]
fn HeaderFile(
    kind: MediaKind,
    file: RwSignal<Option<FileId>>,
    above: RwSignal<Option<Above>>,
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let said = RwSignal::new(String::new());
    let choose = move |_| {
        let chosen = input.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
        let Some(chosen) = chosen else { return };
        file.set(None);
        problem.set(None);
        forget(above);
        said.set("Uploading…".into());
        let url = Url::create_object_url_with_blob(&chosen).unwrap_or_default();
        above.set(Some(Above { kind, name: chosen.name(), url: url.clone() }));
        spawn_local(async move {
            let answer = upload(kind, chosen).await;
            // Another file may have been chosen meanwhile: only what is shown is sent.
            let is_shown = |above: &Option<Above>| above.as_ref().is_some_and(|above| above.url == url);
            if above.try_with_untracked(is_shown) != Some(true) {
                return;
            }
            match answer {
                Ok(stored) => {
                    said.try_set(format!("{} is ready.", stored.name));
                    file.try_set(Some(stored.id));
                }
                Err(words) => {
                    forget(above);
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
            | TemplateButton::Code { title }
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
