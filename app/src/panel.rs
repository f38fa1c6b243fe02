//! The side panel: who the customer is, what the bot asked, how it went before, and what was noted and sent.

mod earlier;
mod gathered;

use domain::channel::ChannelKind;
use domain::customer::{Contact, Customer};
use domain::desk::{Desk, RoomView};
use domain::episode::Episode;
use domain::id::{FileId, RoomId};
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::chat::outcome_chip;
use crate::clock::{long_span, moment_words, short_date};
use crate::console::{Dialog, Here, Later, Part, Ui};
use crate::desk::Store;
use crate::parts::{Avatar, Icon, Moment, dynamic, large};
use earlier::EarlierChats;
use gathered::Gathered;

/// Everything the panel shows: compared, so that a new message does not redraw it.
#[derive(Clone, PartialEq)]
struct Known {
    room: RoomId,
    kind: ChannelKind,
    customer: Customer,
    contact: Option<Contact>,
    name: String,
    picture: Option<FileId>,
    opted_out: bool,
    blocked: bool,
    opened_at: Timestamp,
    case: u32,
    earlier: Vec<(Episode, Option<String>)>,
    /// It is not only looked back at.
    is_seen: bool,
}

/// The pane beside the conversation; a drawer where there is no room for it. What stands in it comes later.
#[component]
pub fn Panel() -> impl IntoView {
    let ui = expect_context::<Ui>();
    view! {
        <div class="panel__veil" on:click=move |_| ui.uncover()></div>
        <section
            class="panel"
            aria-label="Customer"
            role=move || ui.covers.get().then_some("dialog")
            aria-modal=move || ui.covers.get().then_some("true")
        >
            <button
                type="button"
                class="icon-button panel__close"
                aria-label="Close"
                on:click=move |_| ui.uncover()
            >
                <Icon name="close" />
            </button>
            <Later part=Part::Panel />
        </section>
    }
}

/// What is known of the customer of the room on screen.
#[component]
pub fn AboutCustomer() -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let known = Memo::new(move |_| {
        let selected = here.place.get().room();
        store.desk.with(|desk| {
            let view = desk.open.as_ref().filter(|view| Some(view.room.id) == selected)?;
            Some(known_of(desk, view))
        })
    });
    let room = Memo::new(move |_| known.with(|known| known.as_ref().map(|known| known.room)));
    let saved = Memo::new(move |_| {
        known.with(|known| {
            let known = known.as_ref()?;
            Some((known.room, known.contact.as_ref()?.id))
        })
    });
    view! {
        {dynamic(move || known.get().map(|known| view! { <Sections known /> }))}
        {dynamic(move || saved.get().map(|(room, _)| view! { <EarlierChats room /> }))}
        {dynamic(move || room.get().map(|room| view! { <Gathered room /> }))}
    }
    .into_any()
}

fn known_of(desk: &Desk, view: &RoomView) -> Known {
    let earlier = view.episodes.iter().filter(|episode| episode.id != view.room.episode);
    Known {
        room: view.room.id,
        kind: view.room.kind,
        customer: view.customer.clone(),
        contact: view.contact.clone(),
        name: view.room.name.clone(),
        picture: view.room.picture,
        opted_out: view.room.opted_out,
        blocked: view.room.blocked,
        opened_at: view.room.episode_opened_at,
        case: view.room.episode_number,
        is_seen: desk.sees(&view.room),
        earlier: earlier
            .map(|episode| {
                let agent = episode
                    .agent
                    .map(|agent| if agent == desk.me.id { "you".into() } else { desk.name_of(agent).to_owned() });
                (episode.clone(), agent)
            })
            .collect(),
    }
}

#[component]
fn Sections(known: Known) -> impl IntoView {
    let Known { kind, customer, contact, name, picture, opted_out, blocked, opened_at, case, earlier, is_seen, .. } =
        known;
    let ui = expect_context::<Ui>();
    let is_saved = contact.is_some();
    let contact_name = contact.as_ref().map(|contact| contact.name.clone()).filter(|other| *other != name);
    let no_phone = if customer.hides_phone(kind) { "hidden by user" } else { "not known" };
    let phone = contact.as_ref().and_then(|contact| contact.phone.clone()).or(customer.phone);
    let email = contact.as_ref().and_then(|contact| contact.email.clone()).or(customer.email);
    let mut tags = contact.map(|contact| contact.tags).unwrap_or_default();
    for tag in customer.tags {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let fields: Vec<_> = customer.fields.into_iter().collect();
    view! {
        <section class="panel__section panel__who">
            <Avatar id=customer.id.0 name=name.clone() size="large" picture />
            <div class="panel__names">
                <h2 class="panel__name">{name}</h2>
                <p class="panel__under">
                    {format!("Case {case} · since ")} <Moment at=opened_at words=moment_words />
                </p>
            </div>
            {is_seen
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button button--small"
                            on:click=move |_| ui.dialog.set(Some(Dialog::Contact))
                        >
                            {if is_saved { "Edit" } else { "Save" }}
                            <span class="visually-hidden">" contact"</span>
                        </button>
                    }
                })}
        </section>
        <section class="panel__section">
            <h3 class="panel__title">"Contact"</h3>
            <dl class="facts">
                {contact_name.map(|name| fact("Saved as", name))}
                {fact("Phone", phone.unwrap_or_else(|| no_phone.into()))}
                {fact("E-mail", email.unwrap_or_else(|| "not known".into()))}
                {(!tags.is_empty())
                    .then(|| {
                        view! {
                            <dt>"Tags"</dt>
                            <dd class="facts__tags">
                                {tags.into_iter().map(|tag| view! { <span class="chip chip--plain">{tag}</span> }).collect_view()}
                            </dd>
                        }
                    })}
            </dl>
            {opted_out.then(|| warning("alert", "Asked not to be written to"))}
            {blocked.then(|| warning("block", "Blocked: what they write is dropped"))}
        </section>
        {(!fields.is_empty())
            .then(|| {
                view! {
                    <section class="panel__section">
                        <h3 class="panel__title">"From the bot"</h3>
                        <dl class="facts">
                            {fields.into_iter().map(|(name, value)| fact_owned(label_of(&name), value)).collect_view()}
                        </dl>
                    </section>
                }
            })}
        {(!earlier.is_empty())
            .then(|| {
                view! {
                    <section class="panel__section">
                        <h3 class="panel__title">
                            <span>"Earlier"</span>
                            <span class="panel__count">
                                {match earlier.len() {
                                    1 => "1 case".to_owned(),
                                    cases => format!("{cases} cases"),
                                }}
                            </span>
                        </h3>
                        <ul class="panel__episodes">
                            {earlier.into_iter().map(|(episode, agent)| view! { <Earlier episode agent /> }).collect_view()}
                        </ul>
                    </section>
                }
            })}
    }
    .into_any()
}

fn warning(icon: &'static str, words: &'static str) -> impl IntoView {
    view! {
        <p class="panel__warning">
            <Icon name=icon small=true />
            {words}
        </p>
    }
    .into_any()
}

fn fact(label: &'static str, value: String) -> impl IntoView {
    fact_owned(label.to_owned(), value)
}

fn fact_owned(label: String, value: String) -> impl IntoView {
    view! {
        <dt>{label}</dt>
        <dd class="facts__value" title=value.clone()>
            {value.clone()}
        </dd>
    }
    .into_any()
}

/// "order_number" as people read it.
fn label_of(field: &str) -> String {
    let words = field.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| large(first.encode_utf8(&mut [0; 4])) + letters.as_str()).unwrap_or_default()
}

/// One closed episode.
#[component]
fn Earlier(episode: Episode, agent: Option<String>) -> impl IntoView {
    let (tone, outcome) =
        episode.outcome.map_or(("plain", "Open"), |outcome| outcome_chip(outcome, episode.unanswered));
    let lasted = episode.closed_at.map(|closed| long_span(closed.since(episode.opened_at)));
    let rest: Vec<String> = lasted.into_iter().chain([agent.unwrap_or_else(|| "bot".into())]).collect();
    let at = episode.closed_at.unwrap_or(episode.opened_at);
    view! {
        <li class="panel__episode">
            <p class="panel__line">
                <span class=format!("chip chip--{tone}")>{outcome}</span>
                {episode.was_critical.then(|| view! { <span class="chip chip--bad">"Critical"</span> })}
                <span class="panel__when">
                    <Moment at=at words=short_date /> {format!(" · {}", rest.join(" · "))}
                </span>
            </p>
            {episode.reason.map(|reason| view! { <p class="panel__comment">{reason}</p> })}
            {episode.comment.map(|comment| view! { <p class="panel__comment">{comment}</p> })}
            {episode
                .feedback_score
                .map(|score| {
                    let comment = episode.feedback_comment.map(|comment| format!(" “{comment}”")).unwrap_or_default();
                    view! {
                        <p class="panel__feedback">
                            <Icon name="star" small=true />
                            {format!("{score} of 5{comment}")}
                        </p>
                    }
                })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::label_of;

    #[test]
    fn a_field_of_the_bot_reads_like_words() {
        assert_eq!(label_of("order_number"), "Order number");
        assert_eq!(label_of(""), "");
    }
}
