//! The emoji over the composer: found by words, chosen by mouse or keys, put in where the cursor is.

mod list;

use std::sync::{Arc, OnceLock};

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use crate::console::Ui;
use crate::parts::dynamic;
use crate::storage;
use list::{Emoji, Group, fetch, find, named};

/// Where this browser remembers which were chosen last, and how many of them.
const KEY: &str = "emoji";
const RECENT: usize = 24;

/// How many stand in a row; the style sheet has the same.
const COLUMNS: usize = 8;

type Groups = Arc<Vec<Group>>;

/// Those of this page, once they have come.
static GROUPS: OnceLock<Groups> = OnceLock::new();

/// How far the list has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coming {
    Here,
    OnItsWay,
    Failed,
}

/// What the picker shows now.
#[derive(Clone, Copy)]
struct Picker {
    ui: Ui,
    coming: RwSignal<Coming>,
    words: RwSignal<String>,
    /// The group on screen; the one before the first is what was chosen last.
    group: RwSignal<usize>,
    /// The one that Enter puts in, by its place.
    chosen: RwSignal<usize>,
    shown: Memo<Vec<Emoji>>,
    recent: StoredValue<Vec<String>>,
    field: NodeRef<html::Textarea>,
    write: Callback<String>,
}

/// The picker, for as long as it is open. `write` takes what stands in `field` afterwards.
#[component]
pub fn EmojiPicker(field: NodeRef<html::Textarea>, write: Callback<String>) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let search = NodeRef::<html::Input>::new();
    let picker = Picker::open(field, write);
    Effect::new(move |_| {
        if let Some(search) = search.get() {
            // At once where it can be: the next key may already be the first letter.
            drop(search.focus());
        }
    });
    let left = move |event: FocusEvent| {
        // Also a picker that is taken off the page loses the focus.
        let Some(frame) = frame.try_get_untracked().flatten() else { return };
        let target = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if !frame.contains(target.as_ref()) {
            picker.ui.emoji.set(false);
        }
    };
    let name = Memo::new(move |_| {
        picker.shown.with(|shown| shown.get(picker.chosen.get()).map(|emoji| emoji.name.clone()).unwrap_or_default())
    });
    let active = move || (!picker.shown.with(Vec::is_empty)).then(|| format!("emoji-{}", picker.chosen.get()));

    view! {
        <div class="emoji" role="dialog" aria-label="Emoji" node_ref=frame on:focusout=left on:keydown=move |event| picker.press(&event)>
            <input
                class="field__input emoji__search"
                type="text"
                role="combobox"
                aria-label="Search emoji"
                aria-expanded="true"
                aria-controls="emoji-list"
                aria-activedescendant=active
                autocomplete="off"
                spellcheck="false"
                placeholder="Search emoji"
                node_ref=search
                prop:value=move || picker.words.get()
                on:input:target=move |event| picker.search(event.target().value())
            />
            <Tabs picker />
            <Grid picker />
            <p class="emoji__name">{dynamic(move || name.get())}</p>
        </div>
    }
    .into_any()
}

/// The groups, each under its first sign.
#[component]
fn Tabs(picker: Picker) -> impl IntoView {
    let tab = move |at: usize, sign: String, name: String| {
        let is_on = move || picker.group.get() == at && picker.words.with(String::is_empty);
        view! {
            <button
                type="button"
                class="emoji__group"
                title=name.clone()
                aria-label=name
                aria-pressed=move || if is_on() { "true" } else { "false" }
                on:click=move |_| picker.show_group(at)
            >
                {sign}
            </button>
        }
    };
    dynamic(move || {
        (picker.coming.get() == Coming::Here).then(|| {
            let has_recent = picker.recent.with_value(|recent| !recent.is_empty());
            let groups = GROUPS.get().cloned().unwrap_or_default();
            let others = groups
                .iter()
                .enumerate()
                .filter_map(|(at, group)| Some(tab(at + 1, group.emoji.first()?.sign.clone(), group.name.clone())));
            view! {
                <div class="emoji__groups" role="group" aria-label="Groups">
                    {has_recent.then(|| tab(0, "🕘".into(), "Used last".into()))}
                    {others.collect_view()}
                </div>
            }
        })
    })
}

#[component]
fn Grid(picker: Picker) -> impl IntoView {
    let grid = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let (at, _) = (picker.chosen.get(), picker.shown.track());
        if let Some(grid) = grid.get() {
            reveal(&grid, at);
        }
    });
    view! {
        <div
            class="emoji__grid"
            id="emoji-list"
            role="listbox"
            aria-label="Emoji"
            node_ref=grid
            // The cursor stays in the field one searches by.
            on:mousedown=move |event| event.prevent_default()
        >
            <For
                each=move || picker.shown.get().into_iter().enumerate()
                key=|(at, emoji)| (*at, emoji.sign.clone())
                let((at, emoji))
            >
                {one(picker, at, emoji)}
            </For>
        </div>
        {dynamic(move || match picker.coming.get() {
            Coming::OnItsWay => view! { <p class="emoji__empty" role="status">"Loading…"</p> }.into_any(),
            Coming::Failed => {
                view! {
                    <p class="emoji__empty" role="alert">
                        "The emoji could not be loaded. "
                        <button type="button" class="button button--small" on:click=move |_| picker.load()>
                            "Try again"
                        </button>
                    </p>
                }
                    .into_any()
            }
            Coming::Here if picker.shown.with(Vec::is_empty) => {
                view! { <p class="emoji__empty" role="status">"No emoji has that name."</p> }.into_any()
            }
            Coming::Here => ().into_any(),
        })}
    }
}

fn one(picker: Picker, at: usize, emoji: Emoji) -> AnyView {
    let is_chosen = Memo::new(move |_| picker.chosen.get() == at);
    let sign = emoji.sign.clone();
    view! {
        <span
            class="emoji__one"
            id=format!("emoji-{at}")
            role="option"
            title=emoji.name.clone()
            aria-label=emoji.name
            aria-selected=move || if is_chosen.get() { "true" } else { "false" }
            on:click=move |event| picker.choose(&sign, event.shift_key())
        >
            {emoji.sign.clone()}
        </span>
    }
    .into_any()
}

impl Picker {
    fn open(field: NodeRef<html::Textarea>, write: Callback<String>) -> Self {
        let kept = storage::load(KEY).unwrap_or_default();
        let recent: Vec<String> = kept.split(' ').filter(|sign| !sign.is_empty()).map(Into::into).collect();
        let group = RwSignal::new(usize::from(recent.is_empty()));
        let recent = StoredValue::new(recent);
        let (words, coming) = (RwSignal::new(String::new()), RwSignal::new(Coming::OnItsWay));
        let shown = Memo::new(move |_| {
            let is_here = coming.get() == Coming::Here;
            let groups = GROUPS.get().filter(|_| is_here).cloned().unwrap_or_default();
            let words = words.get();
            match (words.trim().is_empty(), group.get()) {
                (false, _) => find(&groups, &words),
                (true, 0) => recent.with_value(|recent| named(&groups, recent)),
                (true, at) => groups.get(at - 1).map(|group| group.emoji.clone()).unwrap_or_default(),
            }
        });
        let chosen = RwSignal::new(0);
        let picker = Self { ui: expect_context(), coming, words, group, chosen, shown, recent, field, write };
        picker.load();
        picker
    }

    /// Shows a whole group, whatever was searched for.
    fn show_group(self, at: usize) {
        self.group.set(at);
        self.words.set(String::new());
        self.chosen.set(0);
    }

    fn load(self) {
        if GROUPS.get().is_some() {
            return self.coming.set(Coming::Here);
        }
        self.coming.set(Coming::OnItsWay);
        spawn_local(async move {
            let coming = match fetch().await {
                Some(groups) => {
                    // Another picker may have been quicker.
                    drop(GROUPS.set(Arc::new(groups)));
                    Coming::Here
                }
                None => Coming::Failed,
            };
            self.coming.try_set(coming);
        });
    }

    fn search(self, words: String) {
        self.chosen.set(0);
        self.words.set(words);
    }

    fn press(self, event: &KeyboardEvent) {
        let count = self.shown.with_untracked(Vec::len);
        let present = self.chosen.get_untracked();
        let is_in_search = event.target().is_some_and(|target| target.has_type::<web_sys::HtmlInputElement>());
        let wanted = match event.key().as_str() {
            "Escape" => {
                self.close();
                None
            }
            "Enter" if is_in_search => {
                let sign = self.shown.with_untracked(|shown| shown.get(present).map(|emoji| emoji.sign.clone()));
                if let Some(sign) = sign {
                    self.choose(&sign, event.shift_key());
                }
                None
            }
            "ArrowRight" if is_in_search => Some(present + 1),
            "ArrowLeft" if is_in_search => Some(present.saturating_sub(1)),
            "ArrowDown" if is_in_search => Some(present + COLUMNS),
            "ArrowUp" if is_in_search => Some(present.saturating_sub(COLUMNS)),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(wanted) = wanted.filter(|_| count > 0) {
            self.chosen.set(wanted.min(count - 1));
        }
    }

    /// Puts the emoji in where the cursor is, and closes unless more are wanted.
    fn choose(self, sign: &str, wants_more: bool) {
        let Some(field) = self.field.get_untracked() else { return };
        // A field that refuses keeps its words.
        drop(field.set_range_text(sign));
        let end = field.selection_start().ok().flatten().unwrap_or(0) + width(sign);
        drop(field.set_selection_range(end, end));
        self.write.run(field.value());
        self.recent.update_value(|recent| {
            recent.retain(|other| other != sign);
            recent.insert(0, sign.to_owned());
            recent.truncate(RECENT);
        });
        storage::save(KEY, &self.recent.with_value(|recent| recent.join(" ")));
        if !wants_more {
            self.close();
        }
    }

    fn close(self) {
        self.ui.emoji.set(false);
        if let Some(field) = self.field.get_untracked() {
            // A field that is gone takes no focus.
            drop(field.focus());
        }
    }
}

/// How far a field counts `sign`.
fn width(sign: &str) -> u32 {
    u32::try_from(sign.encode_utf16().count()).unwrap_or(0)
}

/// Scrolls just enough to show the one at `at`.
fn reveal(grid: &web_sys::HtmlElement, at: usize) {
    let Some(one) = grid.children().item(u32::try_from(at).unwrap_or(0)) else { return };
    let (seen, one) = (grid.get_bounding_client_rect(), one.get_bounding_client_rect());
    let above = seen.top() - one.top();
    let below = one.bottom() - seen.bottom();
    #[expect(clippy::cast_possible_truncation, reason = "no grid is that high")]
    if above > 0.0 {
        grid.set_scroll_top(grid.scroll_top() - above.ceil() as i32);
    } else if below > 0.0 {
        grid.set_scroll_top(grid.scroll_top() + below.ceil() as i32);
    }
}
