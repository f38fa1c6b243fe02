//! Flows: what bots run, in and out as JSON.

use domain::flow::FlowCard;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::admin::api::{export_flow, import_flow, list_flows};
use crate::admin::{Asked, Heading};
use crate::clock::moment_words;
use crate::desk::Store;
use crate::parts::{CopyButton, Empty, Moment, dynamic};

/// The page.
#[component]
pub fn Flows() -> impl IntoView {
    let flows = Asked::new(list_flows);
    view! {
        <Heading title="Flows" words="What a bot says and asks, step by step. Export one to change it, and import it again." />
        <Import flows />
        {dynamic(move || match flows.answer.get() {
            Some(Ok(known)) if known.is_empty() => {
                view! { <Empty icon="bot" title="No flows yet" words="Import one, then choose it for a channel." /> }.into_any()
            }
            Some(Ok(known)) => {
                view! {
                    <ul class="rows">{known.into_iter().map(|flow| view! { <Row flow /> }).collect_view()}</ul>
                }
                    .into_any()
            }
            Some(Err(error)) => view! { <p class="admin__problem" role="alert">{error.to_string()}</p> }.into_any(),
            None => ().into_any(),
        })}
    }
}

#[component]
fn Row(flow: FlowCard) -> impl IntoView {
    let store = expect_context::<Store>();
    let json = RwSignal::new(None::<String>);
    let id = flow.id;
    let used = store.desk.with_untracked(|desk| {
        let names =
            flow.channels.iter().filter_map(|channel| desk.channels.get(channel)).map(|channel| channel.name.clone());
        names.collect::<Vec<_>>().join(", ")
    });
    let used = if used.is_empty() { "Not used by any channel".to_owned() } else { format!("Answers on {used}") };
    let export = move |_| {
        if json.get_untracked().is_some() {
            json.set(None);
            return;
        }
        spawn_local(async move {
            match export_flow(id).await {
                Ok(text) => {
                    json.try_set(Some(text));
                }
                Err(error) => store.report(&error),
            }
        });
    };
    view! {
        <li class="rows__row rows__row--tall">
            <div class="rows__who">
                <p class="rows__name">{flow.name}</p>
                <p class="rows__under">
                    {used} " · changed " <Moment at=flow.updated_at words=moment_words />
                </p>
                {dynamic(move || {
                    json.get()
                        .map(|text| {
                            view! {
                                <div class="secret__line">
                                    <CopyButton text=text.clone() label="Copy JSON" />
                                </div>
                                <pre class="flow__json" tabindex="0">
                                    {text}
                                </pre>
                            }
                        })
                })}
            </div>
            <button type="button" class="button button--small" on:click=export>
                {dynamic(move || if json.with(Option::is_some) { "Hide" } else { "Export" })}
            </button>
        </li>
    }
}

/// Takes a flow from a file or from what was pasted, and shows what is wrong with it.
#[component]
fn Import(flows: Asked<Vec<FlowCard>>) -> impl IntoView {
    let store = expect_context::<Store>();
    let text = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let file = NodeRef::<html::Input>::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        problem.set(None);
        let json = text.get_untracked();
        spawn_local(async move {
            match import_flow(json).await {
                Ok(()) => {
                    store.say("Flow imported.");
                    text.try_set(String::new());
                    flows.again.try_run(());
                }
                Err(error) => {
                    problem.try_set(Some(error.to_string()));
                }
            }
        });
    };
    let read = move |_| {
        let chosen = file.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
        let Some(chosen) = chosen else { return };
        spawn_local(async move {
            let read = read_text(&chosen).await;
            match read {
                Some(content) => {
                    text.try_set(content);
                }
                None => {
                    problem.try_set(Some("The file could not be read as text.".into()));
                }
            }
        });
    };
    view! {
        <form class="import" method="post" on:submit=submit>
            <label class="field">
                <span class="field__label">"A flow as JSON"</span>
                <textarea
                    class="field__input import__text"
                    rows="5"
                    spellcheck="false"
                    placeholder="Paste it here, or choose a file."
                    prop:value=move || text.get()
                    on:input:target=move |event| text.set(event.target().value())
                ></textarea>
            </label>
            <p class="admin__problem" role="alert">
                {dynamic(move || problem.get())}
            </p>
            <div class="import__actions">
                <input type="file" accept="application/json,.json" aria-label="A file with a flow" node_ref=file on:change=read />
                <button type="submit" class="button button--main" disabled=move || text.with(|text| text.trim().is_empty())>
                    "Import"
                </button>
            </div>
        </form>
    }
}

/// The text of a file the reader chose.
async fn read_text(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}
