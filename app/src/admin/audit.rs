//! Audit: who did what to the workspace, and when. The newest first; what is done meanwhile shows with the next visit.

use domain::audit::AuditLine;
use domain::id::{AuditId, PersonId};
use domain::person::Person;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;

use crate::admin::Heading;
use crate::admin::api::list_audit;
use crate::clock::moment_words;
use crate::console::Here;
use crate::desk::Store;
use crate::parts::{Empty, Moment, dynamic, sort_people};

/// What is shown, and whose.
#[derive(Clone, Copy)]
struct Trail {
    /// Who did it, from the URL; everyone without.
    person: Memo<Option<PersonId>>,
    /// Nothing until the first page came.
    lines: RwSignal<Option<Vec<AuditLine>>>,
    next: RwSignal<Option<AuditId>>,
    problem: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
    /// Takes the focus when the button that had it goes.
    list: NodeRef<html::Ul>,
}

impl Trail {
    fn new(person: Memo<Option<PersonId>>) -> Self {
        let trail = Self {
            person,
            lines: RwSignal::new(None),
            next: RwSignal::new(None),
            problem: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            list: NodeRef::new(),
        };
        Effect::new(move |_| {
            person.track();
            trail.lines.set(None);
            trail.load(None);
        });
        trail
    }

    /// The lines `after` those on screen, or the first ones.
    fn load(self, after: Option<AuditId>) {
        let person = self.person.get_untracked();
        self.problem.set(None);
        self.is_busy.set(true);
        spawn_local(async move {
            let answer = list_audit(person, after).await;
            // Somebody else was chosen meanwhile, or another page.
            if self.person.try_get_untracked() != Some(person) {
                return;
            }
            self.is_busy.set(false);
            match answer {
                Ok(page) => {
                    self.lines.update(|lines| match (lines, after) {
                        (Some(lines), Some(_)) => lines.extend(page.lines),
                        (lines, _) => *lines = Some(page.lines),
                    });
                    self.next.set(page.next);
                    if let Some(list) = self.list.get_untracked().filter(|_| after.is_some() && page.next.is_none()) {
                        drop(list.focus());
                    }
                }
                Err(error) => self.problem.set(Some(error.to_string())),
            }
        });
    }
}

/// The page.
#[component]
pub fn Audit() -> impl IntoView {
    let parameters = use_query_map();
    let person =
        Memo::new(move |_| parameters.with(|parameters| parameters.get_str("person").and_then(|id| id.parse().ok())));
    let trail = Trail::new(person);
    let is_empty = Memo::new(move |_| trail.lines.with(|lines| lines.as_ref().is_some_and(Vec::is_empty)));
    view! {
        <Heading
            title="Audit"
            words="Who changed what, and when, for a year back. Team managers read what concerns their teams. What happens in a chat stands in the chat."
        />
        <Filter person />
        {dynamic(move || is_empty.get().then(|| nothing(person.get_untracked().is_some())))}
        <ul class="rows" node_ref=trail.list tabindex="-1" aria-label="What was done">
            <For each=move || trail.lines.get().unwrap_or_default() key=|line| line.id let:line>
                <Line line />
            </For>
        </ul>
        <p class="admin__problem" role="alert">
            {dynamic(move || trail.problem.get())}
        </p>
        {dynamic(move || {
            let next = trail.next.get().filter(|_| trail.lines.with(Option::is_some));
            next.map(|next| {
                view! {
                    <button
                        type="button"
                        class="button audit__more"
                        aria-busy=move || trail.is_busy.get().to_string()
                        on:click=move |_| {
                            if !trail.is_busy.get_untracked() {
                                trail.load(Some(next));
                            }
                        }
                    >
                        "Show more"
                    </button>
                }
            })
        })}
    }
    .into_any()
}

/// Whose acts are shown. The URL keeps it.
#[component]
fn Filter(person: Memo<Option<PersonId>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let people = Memo::new(move |_| {
        store.desk.with(|desk| {
            let mut people: Vec<Person> = desk.people.values().cloned().collect();
            sort_people(&mut people, |person| u8::from(!person.active));
            people.into_iter().map(|person| (person.id, person.name)).collect::<Vec<_>>()
        })
    });
    let option = move |(id, name): (PersonId, String)| {
        view! {
            <option value=id.to_string() selected=person.get_untracked() == Some(id)>
                {name}
            </option>
        }
    };
    view! {
        <select
            class="field__input field__input--short audit__filter"
            aria-label="Who did it"
            prop:value=move || person.get().map(|id| id.to_string()).unwrap_or_default()
            on:change:target=move |event| here.filter_audit(event.target().value().parse().ok())
        >
            <option value="">"Everyone"</option>
            {dynamic(move || people.get().into_iter().map(option).collect_view())}
        </select>
    }
    .into_any()
}

#[component]
fn Line(line: AuditLine) -> impl IntoView {
    let AuditLine { at, who, words, .. } = line;
    view! {
        <li class="rows__row">
            <div class="rows__who">
                <p class="audit__words">
                    <span class="rows__name">{who}</span>
                    {format!(" {words}")}
                </p>
                <p class="rows__under">
                    <Moment at=at words=moment_words />
                </p>
            </div>
        </li>
    }
    .into_any()
}

fn nothing(is_filtered: bool) -> AnyView {
    let (title, words) = if is_filtered {
        ("Nothing by this person", "What they change here, and you may read, appears in this place.")
    } else {
        (
            "Nothing was done yet",
            "Who is invited, what becomes of teams, channels, flows and rules, and who saves a transcript or exports chats appears here.",
        )
    };
    view! { <Empty icon="clock" title=title words=words /> }.into_any()
}
