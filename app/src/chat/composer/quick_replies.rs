//! What a "/" may put in: quick replies, listed as one types, and put in where the slash stands by a key or a click.

mod field;
mod known;
mod offer;
mod picker;

use domain::quick_reply::QuickReply;
use domain::room::Room;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement};

use crate::chat::Mode;
use crate::chat::composer::mentions::reveal;
use crate::parts::{Icon, dynamic};
use offer::Offer;
use picker::{Coming, Picker};

pub use field::put_words;
pub use known::{ask_quick_replies, known_quick_replies, whose};

const LIST: &str = "quick-list";

/// How many rows stand below every list: those that make and manage them.
const WAYS: usize = 2;

/// Lists, as soon as a "/" begins a word in `field`, the quick replies that one has, filled in for the room as it is in `known`.
/// `write` takes what stands in the field afterwards.
#[component]
pub fn QuickReplies(
    field: NodeRef<html::Textarea>,
    write: Callback<String>,
    known: Memo<Option<Room>>,
    mode: RwSignal<Mode>,
) -> impl IntoView {
    let list = NodeRef::<html::Ul>::new();
    let picker = Picker::begin(field, write, known, mode);
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            picker.listen(&field);
        }
    });
    Effect::new(move |_| {
        let is_open = picker.is_open.get();
        if picker.ui.quick_replies.get_untracked() != is_open {
            picker.ui.quick_replies.set(is_open);
        }
        let count = picker.shown.with(Vec::len);
        let chosen = (is_open && count > 0).then(|| picker.chosen.get());
        if let Some(field) = field.get() {
            tell(&field, chosen);
        }
        let row = chosen.and_then(|chosen| document().get_element_by_id(&row_id(chosen)));
        if let Some((list, row)) = list.get().zip(row.and_then(|row| row.dyn_into::<HtmlElement>().ok())) {
            // The ways below the list stand over its end.
            let way = list.last_element_child().and_then(|way| way.dyn_into::<HtmlElement>().ok());
            let covered = way.filter(|_| chosen.is_some_and(|chosen| chosen + WAYS < count));
            reveal(&list, &row, covered.map_or(0, |way| 2 * way.offset_height()));
        }
    });
    // The button, and the key that does the same.
    Effect::new(move |_| {
        let is_wanted = picker.ui.quick_replies.get();
        // What the field tells of its words is nothing to follow here.
        untrack(|| match (is_wanted, picker.is_open.get()) {
            (true, false) => picker.open(),
            (false, true) => picker.leave(),
            (true, true) | (false, false) => {}
        });
    });
    let said = move || match picker.shown.with(Vec::len) {
        0 => String::new(),
        WAYS => picker.nothing().into(),
        3 => "1 quick reply. Enter puts it in.".into(),
        count => format!("{} quick replies. Choose with the arrow keys, Enter puts one in.", count - WAYS),
    };
    view! {
        <p class="visually-hidden" role="status">
            {dynamic(said)}
        </p>
        {dynamic(move || picker.is_open.get().then(|| panel(picker, list)))}
    }
    .into_any()
}

fn panel(picker: Picker, list: NodeRef<html::Ul>) -> AnyView {
    let inside = move || match picker.coming.get() {
        Coming::OnItsWay => view! { <p class="quick__wait">"Loading…"</p> }.into_any(),
        Coming::Failed => {
            view! { <p class="quick__wait">"The quick replies could not be loaded. Check the connection."</p> }
                .into_any()
        }
        Coming::Here => {
            let rows = picker.shown.get().into_iter().enumerate().map(|(at, offer)| row(picker, at, offer));
            let rows = rows.collect_view();
            let nothing = picker.shown.with(|shown| shown.len() == WAYS).then(|| picker.nothing());
            view! {
                {nothing.map(|nothing| view! { <p class="quick__wait">{nothing}</p> })}
                <ul class="quick__list" id=LIST tabindex="0" role="listbox" aria-label="Quick replies" node_ref=list>
                    {rows}
                </ul>
            }
            .into_any()
        }
    };
    view! {
        // The cursor stays where one writes.
        <div class="quick" on:mousedown=move |event| event.prevent_default()>
            <p class="quick__hint wide-only" aria-hidden="true">
                "↑↓ choose · Enter puts in · Esc closes"
            </p>
            {dynamic(inside)}
        </div>
    }
    .into_any()
}

fn row(picker: Picker, at: usize, offer: Offer) -> AnyView {
    let is_chosen = Memo::new(move |_| picker.chosen.get() == at);
    let is_reply = matches!(offer, Offer::Reply { .. });
    let inside = match offer.clone() {
        Offer::Reply { reply, words, whose, warning } => view! {
            <span class="quick__shortcut" dir="auto">{format!("/{}", reply.shortcut)}</span>
            <span class="quick__words" dir="auto">{words}</span>
            {files_of(&reply)}
            <span class="quick__whose">{whose}</span>
            {warning
                .map(|warning| {
                    view! {
                        <span class="quick__warning">
                            <Icon name="alert" small=true />
                            {warning}
                        </span>
                    }
                })}
        }
        .into_any(),
        Offer::New => view! { <Icon name="draft" small=true /> "New quick reply…" }.into_any(),
        Offer::Manage => view! { <Icon name="gear" small=true /> "Manage quick replies…" }.into_any(),
    };
    view! {
        <li
            class="quick__one"
            class:quick__one--act=!is_reply
            id=row_id(at)
            role="option"
            aria-selected=move || if is_chosen.get() { "true" } else { "false" }
            on:mousemove=move |_| {
                if !is_chosen.get_untracked() {
                    picker.chosen.set(at);
                }
            }
            on:click=move |_| picker.take(&offer)
        >
            {inside}
        </li>
    }
    .into_any()
}

/// What goes with a quick reply, in a few words.
pub fn files_of(reply: &QuickReply) -> Option<AnyView> {
    let words = match reply.files.as_slice() {
        [] => return None,
        [file] => file.name.clone(),
        files => format!("{} files", files.len()),
    };
    Some(
        view! {
            <span class="quick__files">
                <Icon name="paperclip" small=true />
                <span dir="auto">{words}</span>
            </span>
        }
        .into_any(),
    )
}

/// Tells the field which row is chosen, where the list is open.
fn tell(field: &HtmlTextAreaElement, chosen: Option<usize>) {
    // Neither fails for a name like these.
    for (name, value) in [("aria-controls", LIST.to_owned()), ("aria-activedescendant", row_id(chosen.unwrap_or(0)))] {
        drop(match chosen {
            Some(_) => field.set_attribute(name, &value),
            None => field.remove_attribute(name),
        });
    }
}

fn row_id(at: usize) -> String {
    format!("quick-{at}")
}
