//! Channels: where customers write, what to paste where, and which flow answers.

use domain::channel::{Channel, ChannelKind, ChannelSetup};
use domain::flow::FlowCard;
use domain::id::ChannelId;
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::admin::api::{list_channels, list_flows, set_channel_paused, use_flow};
use crate::admin::connect::Connect;
use crate::admin::proof::{Answer, OpenSettings, TestButton, Trial};
use crate::admin::{Asked, Heading, carry_out};
use crate::clock::moment_words;
use crate::desk::Store;
use crate::parts::{CopyButton, Empty, Icon, Moment, channel_icon, dynamic};

/// The page.
#[component]
pub fn Channels() -> impl IntoView {
    let store = expect_context::<Store>();
    let flows = Asked::new(list_flows);
    let setups = Asked::new(list_channels);
    // A removed channel stays in the directory for its rooms' sake; it has no setup any more.
    let channels = Memo::new(move |_| {
        setups.answer.with(|answer| match answer {
            Some(Ok(setups)) => setups.iter().map(|setup| setup.channel.id).collect::<Vec<_>>(),
            Some(Err(_)) | None => store.desk.with(|desk| desk.channels.keys().copied().collect()),
        })
    });
    view! {
        <Heading title="Channels" words="Where customers write to you. Secrets go in and are never shown again." />
        <Connect flows setups />
        {dynamic(move || {
            channels
                .with(Vec::is_empty)
                .then(|| view! { <Empty icon="web" title="No channels yet" words="Connect one, and customers can write." /> })
        })}
        <ul class="rows">
            <For each=move || channels.get() key=|channel| *channel let:channel>
                <Row channel flows setups />
            </For>
        </ul>
    }
}

#[component]
fn Row(channel: ChannelId, flows: Asked<Vec<FlowCard>>, setups: Asked<Vec<ChannelSetup>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let known = Memo::new(move |_| store.desk.with(|desk| desk.channels.get(&channel).cloned()));
    let is_known = Memo::new(move |_| known.with(Option::is_some));
    let is_paused = move || known.with(|known| known.as_ref().is_some_and(|channel| channel.paused));
    let trial = Trial::new(channel);
    let close = Callback::new(move |()| trial.is_open.set(false));
    dynamic(move || {
        is_known.get().then(|| {
            view! {
                <li class="rows__row rows__row--tall" class:rows__row--off=is_paused>
                    {dynamic(move || known.get().map(|channel| view! { <Known channel flows setups trial /> }))}
                    <Answer trial />
                    <OpenSettings trial setups on_done=close />
                </li>
            }
        })
    })
}

/// What is known of a channel, and what can be done about it.
#[component]
fn Known(
    channel: Channel,
    flows: Asked<Vec<FlowCard>>,
    setups: Asked<Vec<ChannelSetup>>,
    trial: Trial,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let (id, kind, paused, flow) = (channel.id, channel.kind, channel.paused, channel.flow);
    let team = store.desk.with_untracked(|desk| {
        channel.team.and_then(|team| desk.teams.get(&team)).map_or("no team".to_owned(), |team| team.name.clone())
    });
    let nothing = Callback::new(|()| ());
    let pause = move |_| {
        let done = if paused { "The channel goes on." } else { "The channel is paused." };
        carry_out(store, done, set_channel_paused(id, !paused), nothing);
    };
    let choose = move |value: String| {
        carry_out(store, "Saved. It holds for new conversations.", use_flow(id, value.parse().ok()), nothing);
    };
    let setup = Memo::new(move |_| setup_of(setups, id));
    let is_open = trial.is_open;
    let is_provided = kind != ChannelKind::Web;
    let text = to_give(setups, id);
    view! {
        <span class=format!("rows__icon face__via--{}", kind.word())>
            <Icon name=channel_icon(kind) />
        </span>
        <div class="rows__who">
            <p class="rows__name">
                {channel.name.clone()} " "
                {paused.then(|| view! { <span class="chip chip--warn">"Paused"</span> })}
            </p>
            <p class="rows__under">{format!("{} · {team}", kind.label())}</p>
            {dynamic(move || setup.get().map(|setup| view! { <Health setup /> }))}
            <div class="secret__line">
                <span class="rows__label">{giving_words(kind)}</span>
                <code class="secret__text">{dynamic(move || text.get())}</code>
                <CopyButton text=text />
            </div>
        </div>
        <label class="rows__choice">
            <span>"Bot"</span>
            <select
                class="field__input field__input--short"
                aria-label=format!("Flow of {}", channel.name)
                on:change:target=move |event| choose(event.target().value())
            >
                <option value="" selected=flow.is_none()>
                    "No bot"
                </option>
                {dynamic(move || {
                    let known = flows.answer.get().and_then(Result::ok).unwrap_or_default();
                    known
                        .into_iter()
                        .map(|known| {
                            view! {
                                <option value=known.id.to_string() selected=flow == Some(known.id)>
                                    {known.name}
                                </option>
                            }
                        })
                        .collect_view()
                })}
            </select>
        </label>
        <div class="rows__actions">
            {is_provided.then(|| view! { <TestButton trial setups /> })}
            <button
                type="button"
                class="button button--small"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
            >
                "Settings"
            </button>
            <button type="button" class="button button--small" on:click=pause>
                {if paused { "Go on" } else { "Pause" }}
            </button>
        </div>
    }
    .into_any()
}

/// When the provider was last heard, what it last refused, and which sites may show the chat.
#[component]
fn Health(setup: ChannelSetup) -> impl IntoView {
    let sites = match (setup.channel.kind, setup.origins.as_slice()) {
        (ChannelKind::Web, []) => Some("Shown on any site".to_owned()),
        (ChannelKind::Web, sites) => Some(format!("Shown on {}", sites.join(", "))),
        _ => None,
    };
    view! {
        {sites.map(|sites| view! { <p class="rows__under">{sites}</p> })}
        {moment_line("Last heard", setup.last_webhook_at)}
        {moment_line("Last sent", setup.last_sent_at)}
        {moment_line("Access token ends", setup.token_expires_at)}
        {setup
            .last_error
            .map(|problem| {
                view! {
                    <p class="admin__problem">
                        <Icon name="alert" small=true />
                        {format!(" Last refused: {problem}")}
                    </p>
                }
            })}
    }
    .into_any()
}

fn moment_line(words: &'static str, at: Option<Timestamp>) -> Option<impl IntoView> {
    at.map(|at| view! { <p class="rows__under">{words} " " <Moment at=at words=moment_words /></p> })
}

/// What is set up for a channel, once it is known.
pub(super) fn setup_of(setups: Asked<Vec<ChannelSetup>>, channel: ChannelId) -> Option<ChannelSetup> {
    setups.answer.with(|answer| match answer {
        Some(Ok(setups)) => setups.iter().find(|setup| setup.channel.id == channel).cloned(),
        Some(Err(_)) | None => None,
    })
}

/// What the channel's provider or site has to be given, once it is known.
pub(super) fn to_give(setups: Asked<Vec<ChannelSetup>>, channel: ChannelId) -> Signal<String> {
    Signal::derive(move || setup_of(setups, channel).map(|setup| setup.to_give).unwrap_or_default())
}

/// To whom that is given.
pub(super) const fn giving_words(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Web => "Paste into every page of the site",
        _ => "Webhook URL for the provider",
    }
}
