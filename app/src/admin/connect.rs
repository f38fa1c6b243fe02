//! Connecting a channel: which messenger, what to fill in, what to tell the provider, and whether it works.

use std::collections::BTreeMap;

use domain::channel::{Channel, ChannelKind, ChannelSetup, ConnectChannel, SetupForm};
use domain::flow::FlowCard;
use domain::id::{ChannelId, FlowId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::admin::Asked;
use crate::admin::api::{begin_sign_in, connect_channel, setup_form};
use crate::admin::channels::{giving_words, to_give};
use crate::admin::proof::{Answer, OpenSettings, TestButton, Trial};
use crate::admin::setup::{Fields, Filled, Named, Wrong, begin, place, settings};
use crate::admin::sign_in::{NotSignedIn, Ways, keep, leave, on_return, sign_in_words, take_kept};
use crate::desk::Store;
use crate::parts::{CopyButton, Icon, channel_icon, dynamic};

/// Where one is on the way.
#[derive(Clone)]
enum Step {
    Closed,
    Choosing,
    Filling {
        kind: ChannelKind,
        form: SetupForm,
        kept: Kept,
    },
    /// It is there; `copy` is what the provider has to be told besides the address.
    Connected {
        channel: Channel,
        copy: Vec<(String, String)>,
    },
    /// The provider did not let the admin in, or the admin did not let us.
    NotSignedIn {
        words: String,
        kept: Kept,
    },
}

/// What an admin had filled in before leaving for the provider, without its secrets.
type Kept = Option<(ConnectChannel, BTreeMap<String, String>)>;

/// What each messenger is, for who chooses one.
const fn about(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Web => "A chat window on your own site.",
        ChannelKind::WhatsApp => "A number of the WhatsApp Business Platform (Cloud API).",
        ChannelKind::Messenger => "Messages to your Facebook page.",
        ChannelKind::Instagram => "Direct messages to your Instagram business account.",
        ChannelKind::Telegram => "A Telegram bot.",
        ChannelKind::X => "Direct messages to your X account.",
        ChannelKind::Sms => "SMS, MMS and RCS through Twilio.",
        ChannelKind::Google => "RCS for Business, the successor of Business Messages.",
        ChannelKind::Api => "Any other messenger, through our own API.",
    }
}

/// The button, and what follows it.
#[component]
pub fn Connect(flows: Asked<Vec<FlowCard>>, setups: Asked<Vec<ChannelSetup>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let step = RwSignal::new(Step::Closed);
    let close = Callback::new(move |()| step.set(Step::Closed));
    on_return(move |outcome| {
        setups.again.try_run(());
        let kept = take_kept();
        step.try_set(match outcome {
            Ok(channel) => Step::Connected { channel, copy: Vec::new() },
            Err(error) => Step::NotSignedIn { words: error.to_string(), kept },
        });
    });
    dynamic(move || match step.get() {
        Step::Closed => view! {
            <p class="setup__begin">
                <button type="button" class="button button--main" on:click=move |_| step.set(Step::Choosing)>
                    "Connect a channel"
                </button>
            </p>
        }
        .into_any(),
        Step::Choosing => view! { <Kinds step close /> }.into_any(),
        Step::Filling { kind, form, kept } => view! { <Fill kind form kept flows setups step close /> }.into_any(),
        Step::Connected { channel, copy } => view! { <Connected channel copy setups close /> }.into_any(),
        Step::NotSignedIn { words, kept } => {
            let again = kept.map(|kept| Callback::new(move |()| fill(store, step, kept.0.kind, Some(kept.clone()))));
            view! { <NotSignedIn words again close /> }.into_any()
        }
    })
}

/// Opens the form of a `kind`, with what was filled in before.
fn fill(store: Store, step: RwSignal<Step>, kind: ChannelKind, kept: Kept) {
    spawn_local(async move {
        match setup_form(kind).await {
            Ok(form) => {
                step.try_set(Step::Filling { kind, form, kept });
            }
            Err(error) => store.report(&error),
        }
    });
}

#[component]
fn Kinds(step: RwSignal<Step>, close: Callback<()>) -> impl IntoView {
    let store = expect_context::<Store>();
    view! {
        <section class="setup" aria-label="Connect a channel">
            <h2 class="setup__title">"Where do customers write?"</h2>
            <ul class="setup__kinds">
                {ChannelKind::ALL
                    .into_iter()
                    .map(|kind| {
                        view! {
                            <li>
                                <button type="button" class="setup__kind" on:click=move |_| fill(store, step, kind, None)>
                                    <span class=format!("rows__icon face__via--{}", kind.word())>
                                        <Icon name=channel_icon(kind) />
                                    </span>
                                    <span>
                                        <span class="setup__label">{kind.label()}</span>
                                        <span class="setup__about">{about(kind)}</span>
                                    </span>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <div class="setup__actions">
                <button type="button" class="button" on:click=move |_| close.run(())>
                    "Cancel"
                </button>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Fill(
    kind: ChannelKind,
    form: SetupForm,
    kept: Kept,
    flows: Asked<Vec<FlowCard>>,
    setups: Asked<Vec<ChannelSetup>>,
    step: RwSignal<Step>,
    close: Callback<()>,
) -> impl IntoView {
    let store = expect_context::<Store>();
    let (before, known) = kept.unzip();
    let offer = StoredValue::new(form.sign_in.clone());
    let by_hand = RwSignal::new(form.sign_in.is_none());
    let filled: Filled = begin(form, &known.unwrap_or_default());
    let first_team = || store.desk.with_untracked(|desk| desk.teams.keys().next().copied());
    let name = RwSignal::new(before.as_ref().map_or_else(|| kind.label().to_owned(), |before| before.name.clone()));
    let team = RwSignal::new(before.as_ref().map_or_else(first_team, |before| before.team));
    let flow = RwSignal::new(before.and_then(|before| before.flow));
    let problem = RwSignal::new(None::<String>);
    let wrong: Wrong = RwSignal::new(None);
    let is_busy = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        wrong.set(None);
        let form = ConnectChannel {
            kind,
            name: name.get_untracked(),
            team: team.get_untracked(),
            flow: flow.get_untracked(),
            settings: settings(filled, &BTreeMap::new()),
        };
        problem.set(None);
        if !by_hand.get_untracked() {
            keep(&form, filled);
            return leave(begin_sign_in(form), is_busy, move |error| place(error, filled, wrong, problem));
        }
        is_busy.set(true);
        spawn_local(async move {
            match connect_channel(form).await {
                Ok(channel) => {
                    setups.again.try_run(());
                    step.try_set(Step::Connected { channel, copy: tokens(filled) });
                }
                Err(error) => place(&error, filled, wrong, problem),
            }
            is_busy.try_set(false);
        });
    };
    view! {
        <form class="setup" method="post" on:submit=submit>
            <h2 class="setup__title">{format!("Connect {}", kind.label())}</h2>
            <p class="setup__about">{about(kind)}</p>
            <Named name team />
            <Bot flows flow />
            {dynamic(move || {
                let offer = offer.get_value().filter(|_| !by_hand.get());
                let (hidden, needed) = offer.map(|offer| (offer.fills, offer.needs)).unwrap_or_default();
                view! { <Fields filled wrong hidden needed /> }
            })}
            <Ways offer by_hand />
            <p class="admin__problem" role="alert">
                {dynamic(move || problem.get())}
            </p>
            <div class="setup__actions">
                <button type="button" class="button" on:click=move |_| close.run(())>
                    "Cancel"
                </button>
                <button type="submit" class="button button--main" disabled=move || is_busy.get()>
                    {dynamic(move || if by_hand.get() { "Connect".to_owned() } else { sign_in_words(kind) })}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// What we made and the provider has to be told.
fn tokens(filled: Filled) -> Vec<(String, String)> {
    filled.with_value(|fields| {
        let made = fields.iter().filter(|(field, _)| matches!(field.input, domain::channel::SetupInput::Token));
        made.map(|(field, value)| (field.label.clone(), value.get_untracked())).collect()
    })
}

/// Which flow answers first.
#[component]
fn Bot(flows: Asked<Vec<FlowCard>>, flow: RwSignal<Option<FlowId>>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field__label">"Bot"</span>
            <select class="field__input" on:change:target=move |event| flow.set(event.target().value().parse().ok())>
                <option value="">"No bot: people answer at once"</option>
                {dynamic(move || {
                    let known = flows.answer.get().and_then(Result::ok).unwrap_or_default();
                    known
                        .into_iter()
                        .map(|known| {
                            view! {
                                <option value=known.id.to_string() selected=flow.get_untracked() == Some(known.id)>
                                    {known.name}
                                </option>
                            }
                        })
                        .collect_view()
                })}
            </select>
            <span class="field__hint">"Which flow answers first."</span>
        </label>
    }
    .into_any()
}

#[component]
fn Connected(
    channel: Channel,
    copy: Vec<(String, String)>,
    setups: Asked<Vec<ChannelSetup>>,
    close: Callback<()>,
) -> impl IntoView {
    let (id, kind) = (channel.id, channel.kind);
    let is_web = kind == ChannelKind::Web;
    view! {
        <section class="setup" aria-label="The channel is connected">
            <h2 class="setup__title">{format!("{} is here", channel.name)}</h2>
            <Copied label=giving_words(kind).to_owned() text=to_give(setups, id) />
            {copy.into_iter().map(|(label, text)| view! { <Copied label text=Signal::stored(text) /> }).collect_view()}
            {(!is_web).then(|| view! { <Proof channel=id setups /> })}
            <div class="setup__actions">
                <button type="button" class="button button--main" on:click=move |_| close.run(())>
                    "Done"
                </button>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Copied(label: String, text: Signal<String>) -> impl IntoView {
    view! {
        <div class="secret__line">
            <span class="rows__label">{label}</span>
            <code class="secret__text">{dynamic(move || text.get())}</code>
            <CopyButton text=text />
        </div>
    }
    .into_any()
}

/// Asks the provider at once, and opens the settings where it says that one of them is wrong.
#[component]
fn Proof(channel: ChannelId, setups: Asked<Vec<ChannelSetup>>) -> impl IntoView {
    let trial = Trial::new(channel);
    Effect::new(move |_| trial.ask(setups.again));
    let again = Callback::new(move |()| {
        trial.is_open.set(false);
        trial.ask(setups.again);
    });
    view! {
        <Answer trial />
        <p>
            <TestButton trial setups />
        </p>
        <OpenSettings trial setups on_done=again />
    }
    .into_any()
}
