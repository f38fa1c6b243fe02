//! Trouble: what was given up, and what could not be read. Nothing is thrown away in silence.

use domain::id::{ChannelId, WebhookId};
use domain::room::Section;
use domain::timestamp::Timestamp;
use domain::trouble::{FailedJob, ToldByProvider, Trouble, UnreadableWebhook};
use leptos::prelude::*;

use crate::admin::api::{dismiss_job, dismiss_webhook, list_trouble, retry_job};
use crate::admin::{Asked, Heading, carry_out};
use crate::clock::moment_words;
use crate::desk::Store;
use crate::parts::{Empty, Moment, dynamic};
use crate::place::Place;

/// The page.
#[component]
pub fn TroublePage() -> impl IntoView {
    let trouble = Asked::new(list_trouble);
    view! {
        <Heading title="Trouble" words="Work that was tried several times and given up, what providers tell about their accounts, and messages from them that could not be read." />
        {dynamic(move || match trouble.answer.get() {
            Some(Ok(found)) if found == Trouble::default() => {
                view! { <Empty icon="check" title="No trouble" words="What goes wrong for good appears here." /> }.into_any()
            }
            Some(Ok(found)) => view! { <Found found trouble /> }.into_any(),
            Some(Err(error)) => view! { <p class="admin__problem" role="alert">{error.to_string()}</p> }.into_any(),
            None => ().into_any(),
        })}
    }
}

#[component]
fn Found(found: Trouble, trouble: Asked<Trouble>) -> impl IntoView {
    let Trouble { jobs, webhooks, alerts } = found;
    view! {
        {(!jobs.is_empty())
            .then(|| {
                view! {
                    <h2 class="admin__part">"Given up"</h2>
                    <ul class="rows">{jobs.into_iter().map(|job| view! { <Job job trouble /> }).collect_view()}</ul>
                }
            })}
        {(!alerts.is_empty())
            .then(|| {
                view! {
                    <h2 class="admin__part">"Told by providers"</h2>
                    <ul class="rows">{alerts.into_iter().map(|alert| view! { <Alert alert trouble /> }).collect_view()}</ul>
                }
            })}
        {(!webhooks.is_empty())
            .then(|| {
                view! {
                    <h2 class="admin__part">"Unreadable"</h2>
                    <ul class="rows">{webhooks.into_iter().map(|webhook| view! { <Webhook webhook trouble /> }).collect_view()}</ul>
                }
            })}
    }
    .into_any()
}

#[component]
fn Job(job: FailedJob, trouble: Asked<Trouble>) -> impl IntoView {
    let store = expect_context::<Store>();
    let id = job.id;
    let tries = match job.attempts {
        1 => "1 try".to_owned(),
        tries => format!("{tries} tries"),
    };
    view! {
        <li class="rows__row">
            <div class="rows__who">
                <p class="rows__name">{job.kind}</p>
                <p class="rows__under">
                    {format!("{} · {tries} · ", job.problem)} <Moment at=job.given_up_at words=moment_words />
                    {job.room.map(|room| view! { " · " <a class="link" href=room_url(room)>"Show the room"</a> })}
                </p>
            </div>
            <button
                type="button"
                class="button button--small"
                on:click=move |_| carry_out(store, "It is tried again.", retry_job(id), trouble.again)
            >
                "Retry"
            </button>
            <button
                type="button"
                class="button button--small"
                on:click=move |_| carry_out(store, "Dismissed.", dismiss_job(id), trouble.again)
            >
                "Dismiss"
            </button>
        </li>
    }
    .into_any()
}

#[component]
fn Webhook(webhook: UnreadableWebhook, trouble: Asked<Trouble>) -> impl IntoView {
    let UnreadableWebhook { id, channel, received_at, problem } = webhook;
    delivery(id, channel, received_at, problem, trouble)
}

/// What a provider told about the account of a channel.
#[component]
fn Alert(alert: ToldByProvider, trouble: Asked<Trouble>) -> impl IntoView {
    let ToldByProvider { webhook, channel, received_at, words } = alert;
    delivery(webhook, channel, received_at, words, trouble)
}

fn delivery(
    id: WebhookId,
    channel: ChannelId,
    received_at: Timestamp,
    words: String,
    trouble: Asked<Trouble>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let channel = store.desk.with_untracked(|desk| {
        desk.channels.get(&channel).map_or("a channel that is gone".to_owned(), |channel| channel.name.clone())
    });
    view! {
        <li class="rows__row">
            <div class="rows__who">
                <p class="rows__name">{format!("From {channel}")}</p>
                <p class="rows__under">{format!("{words} · ")} <Moment at=received_at words=moment_words /></p>
            </div>
            <button
                type="button"
                class="button button--small"
                on:click=move |_| carry_out(store, "Dismissed.", dismiss_webhook(id), trouble.again)
            >
                "Dismiss"
            </button>
        </li>
    }
    .into_any()
}

/// The room stays open wherever it has gone; the section is only where one begins to look.
fn room_url(room: domain::id::RoomId) -> String {
    Place::Rooms { section: Section::Assigned, room: Some(room) }.path()
}
