//! Whom an "@" in a note or comment may name: listed as one types, and put in by a key or a click.

use domain::mention;
use domain::room::Room;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use crate::chat::composer::writing::COMPOSED;
use crate::desk::Store;
use crate::parts::{bare, dynamic};

/// How many names are listed at once; one types on for others.
const SHOWN: usize = 50;

/// What the field says of itself to whoever hears it.
pub(super) const ROLE: [(&str, &str); 2] = [("aria-autocomplete", "list"), ("aria-haspopup", "listbox")];

const LIST: &str = "mentions-list";

/// A name that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Begun {
    /// Where its "@" stands, as the field counts.
    at: u32,
    /// What stands between that and the cursor, as it is compared.
    words: String,
}

/// A name that can be put in, and how many people are called so.
type Offer = (String, usize);

#[derive(Clone, Copy)]
struct Naming {
    field: NodeRef<html::Textarea>,
    write: Callback<String>,
    begun: RwSignal<Option<Begun>>,
    /// The "@" at which the list was left: it does not open there again.
    left: StoredValue<Option<u32>>,
    /// The one that Enter puts in, by its place.
    chosen: RwSignal<usize>,
    shown: Memo<Vec<Offer>>,
}

/// Lists, as soon as an "@" begins a word in `field`, who sees the room as it is in `known`. `write` takes what stands in the
/// field afterwards.
#[component]
pub fn Mentions(field: NodeRef<html::Textarea>, write: Callback<String>, known: Memo<Option<Room>>) -> impl IntoView {
    let list = NodeRef::<html::Ul>::new();
    let naming = Naming::begin(field, write, known);
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            naming.listen(&field);
        }
    });
    Effect::new(move |_| {
        let count = naming.shown.with(Vec::len);
        let chosen = (count > 0).then(|| naming.chosen.get());
        if let Some(field) = field.get() {
            tell(&field, chosen);
        }
        let row = chosen.and_then(|chosen| document().get_element_by_id(&row_id(chosen)));
        if let Some((list, row)) = list.get().zip(row.and_then(|row| row.dyn_into::<HtmlElement>().ok())) {
            reveal(&list, &row, 0);
        }
    });
    let said = move || match naming.shown.with(Vec::len) {
        0 => String::new(),
        1 => "1 colleague. Enter puts the name in.".into(),
        count => format!("{count} colleagues. Choose with the arrow keys, Enter puts the name in."),
    };
    view! {
        <p class="visually-hidden" role="status">
            {dynamic(said)}
        </p>
        {dynamic(move || {
            let shown = naming.shown.get();
            (!shown.is_empty())
                .then(|| {
                    let rows = shown.into_iter().enumerate().map(|(at, offer)| row(naming, at, offer)).collect_view();
                    view! {
                        <ul
                            class="mentions"
                            id=LIST
                            role="listbox"
                            aria-label="Colleagues"
                            node_ref=list
                            // The cursor stays where one writes.
                            on:mousedown=move |event| event.prevent_default()
                        >
                            {rows}
                        </ul>
                    }
                })
        })}
    }
    .into_any()
}

fn row(naming: Naming, at: usize, (name, count): Offer) -> AnyView {
    let is_chosen = Memo::new(move |_| naming.chosen.get() == at);
    let shown = name.clone();
    view! {
        <li
            class="mentions__one"
            id=row_id(at)
            role="option"
            aria-selected=move || if is_chosen.get() { "true" } else { "false" }
            on:mousemove=move |_| {
                if !is_chosen.get_untracked() {
                    naming.chosen.set(at);
                }
            }
            on:click=move |_| naming.put_in(&name)
        >
            <span class="mentions__name" dir="auto">{shown}</span>
            {(count > 1).then(|| view! { <span class="mentions__count">{format!("{count} of this name")}</span> })}
        </li>
    }
    .into_any()
}

impl Naming {
    fn begin(field: NodeRef<html::Textarea>, write: Callback<String>, known: Memo<Option<Room>>) -> Self {
        let store = expect_context::<Store>();
        let begun = RwSignal::new(None::<Begun>);
        // Looked for once one begins a name, and not at every key.
        let is_begun = Memo::new(move |_| begun.with(Option::is_some));
        let names = Memo::new(move |_| {
            let room = known.get().filter(|_| is_begun.get());
            let offered = room.map(|room| {
                store.desk.with(|desk| mention::offered(&desk.people, &desk.me, &desk.policy, &room.scope()))
            });
            offered
                .unwrap_or_default()
                .into_iter()
                .map(|(name, count)| (bare(&name), (name, count)))
                .collect::<Vec<_>>()
        });
        let shown = Memo::new(move |_| begun.with(|begun| names.with(|names| fitting(names, begun.as_ref()))));
        Self { field, write, begun, left: StoredValue::new(None), chosen: RwSignal::new(0), shown }
    }

    /// Follows what happens in the field, for as long as this is there.
    fn listen(self, field: &HtmlTextAreaElement) {
        hear(field, "input", move |_| self.follow());
        hear(field, "keydown", move |event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                self.press(event);
            }
        });
        for moved in ["keyup", "click"] {
            hear(field, moved, move |_| self.stay());
        }
        hear(field, "blur", move |_| self.begun.set(None));
        // Where quick replies are listed as well, the field says so already, and goes on to.
        let role = ROLE.into_iter().filter(|(name, _)| !field.has_attribute(name)).collect::<Vec<_>>();
        for (name, value) in &role {
            // Neither fails for a name like these.
            drop(field.set_attribute(name, value));
        }
        let kept = StoredValue::new_local(field.clone());
        on_cleanup(move || {
            kept.try_with_value(|field| {
                tell(field, None);
                for (name, _) in &role {
                    drop(field.remove_attribute(name));
                }
            });
        });
    }

    /// Something was typed.
    fn follow(self) {
        let begun = self.at_cursor();
        let at = begun.as_ref().map(|begun| begun.at);
        if at != self.left.get_value() {
            self.left.set_value(None);
        }
        self.show(begun.filter(|_| self.left.get_value().is_none()));
    }

    /// The cursor may stand elsewhere: the list closes where it left the name, and opens nowhere.
    fn stay(self) {
        let Some(before) = self.begun.get_untracked() else { return };
        self.show(self.at_cursor().filter(|begun| begun.at == before.at));
    }

    fn show(self, begun: Option<Begun>) {
        if self.begun.with_untracked(|before| *before != begun) {
            self.chosen.set(0);
            self.begun.set(begun);
        }
    }

    /// A key while the list is open is the list's.
    fn press(self, event: &KeyboardEvent) {
        let count = self.shown.with_untracked(Vec::len);
        if count == 0 || event.is_composing() || event.key_code() == COMPOSED {
            return;
        }
        let present = self.chosen.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => self.chosen.set((present + 1) % count),
            "ArrowUp" => self.chosen.set((present + count - 1) % count),
            "Enter" | "Tab" if !event.shift_key() => {
                let name = self.shown.with_untracked(|shown| shown.get(present).map(|(name, _)| name.clone()));
                if let Some(name) = name {
                    self.put_in(&name);
                }
            }
            "Escape" => self.leave(),
            _ => return,
        }
        event.prevent_default();
        event.stop_immediate_propagation();
    }

    fn leave(self) {
        self.left.set_value(self.begun.with_untracked(|begun| begun.as_ref().map(|begun| begun.at)));
        self.begun.set(None);
    }

    /// Puts the name in the place of what was typed of it.
    fn put_in(self, name: &str) {
        let (Some(field), Some(begun)) = (self.field.get_untracked(), self.begun.get_untracked()) else { return };
        let words = format!("@{name} ");
        let end = field.selection_start().ok().flatten().unwrap_or(begun.at);
        // A field that refuses keeps its words.
        drop(field.set_range_text_with_start_and_end(&words, begun.at, end));
        let after = begun.at + width(&words);
        drop(field.set_selection_range(after, after));
        self.leave();
        self.write.run(field.value());
    }

    /// The name that is begun where the cursor stands.
    fn at_cursor(self) -> Option<Begun> {
        let field = self.field.get_untracked()?;
        let cursor = field.selection_start().ok().flatten()?;
        let text = field.value();
        let before = up_to(&text, cursor).filter(|_| field.selection_end().ok().flatten() == Some(cursor))?;
        let words = mention::begun(before)?;
        Some(Begun { at: cursor - width(words) - 1, words: bare(words) })
    }
}

/// The names among `names` that `begun` may become: as a whole first, then by a later word.
fn fitting(names: &[(String, Offer)], begun: Option<&Begun>) -> Vec<Offer> {
    let Some(Begun { words, .. }) = begun else { return Vec::new() };
    let whole = names.iter().filter(|(bare, _)| bare.starts_with(words.as_str()));
    let later = names.iter().filter(|(bare, _)| {
        let mut words_on = bare.match_indices(' ').map(|(space, _)| &bare[space + 1..]);
        !bare.starts_with(words.as_str()) && words_on.any(|rest| rest.starts_with(words.as_str()))
    });
    whole.chain(later).take(SHOWN).map(|(_, offer)| offer.clone()).collect()
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

/// Runs `then` at each `event` in the field before anything else hears of it, until the present owner goes.
pub(super) fn hear(field: &HtmlTextAreaElement, event: &'static str, then: impl FnMut(Event) + 'static) {
    let heard = Closure::<dyn FnMut(Event)>::new(then);
    if field.add_event_listener_with_callback_and_bool(event, heard.as_ref().unchecked_ref(), true).is_err() {
        return;
    }
    let kept = StoredValue::new_local((field.clone(), heard));
    on_cleanup(move || {
        kept.try_with_value(|(field, heard)| {
            field.remove_event_listener_with_callback_and_bool(event, heard.as_ref().unchecked_ref(), true)
        });
    });
}

fn row_id(at: usize) -> String {
    format!("mention-{at}")
}

/// The part of `text` before the cursor, which a field counts in UTF-16.
pub(super) fn up_to(text: &str, cursor: u32) -> Option<&str> {
    let mut counted = 0;
    for (place, letter) in text.char_indices() {
        if counted >= cursor {
            return Some(&text[..place]);
        }
        counted += width(letter.encode_utf8(&mut [0; 4]));
    }
    (counted >= cursor).then_some(text)
}

/// How far a field counts `words`.
pub(super) fn width(words: &str) -> u32 {
    u32::try_from(words.encode_utf16().count()).unwrap_or(0)
}

/// Scrolls the list until the row is in sight, and no further; something stands over the last `covered` pixels of the list.
pub(super) fn reveal(list: &HtmlElement, row: &HtmlElement, covered: i32) {
    let (above, below) = (row.offset_top(), row.offset_top() + row.offset_height() + covered - list.client_height());
    list.set_scroll_top(list.scroll_top().min(above).max(below));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_their_beginning_and_then_by_any_of_their_words() {
        let names = ["Lima Braga", "Maria Souza", "Maria Souza Lima"].map(|name| (bare(name), (name.to_owned(), 1)));
        for (words, expected) in [
            ("", vec!["Lima Braga", "Maria Souza", "Maria Souza Lima"]),
            ("MARIA SOUZA", vec!["Maria Souza", "Maria Souza Lima"]),
            ("maria souza ", vec!["Maria Souza Lima"]),
            ("lim", vec!["Lima Braga", "Maria Souza Lima"]),
            ("souza l", vec!["Maria Souza Lima"]),
            ("ouza", vec![]),
        ] {
            let begun = Begun { at: 0, words: bare(words) };
            let found: Vec<_> = fitting(&names, Some(&begun)).into_iter().map(|(name, _)| name).collect();
            assert_eq!(found, expected, "{words}");
        }
    }

    #[test]
    fn a_field_counts_as_javascript_does() {
        let text = "é🙏 @M";
        assert_eq!([1, 3, 4, 6].map(|cursor| up_to(text, cursor)), [Some("é"), Some("é🙏"), Some("é🙏 "), Some(text)]);
        assert_eq!(up_to(text, 7), None);
    }
}
