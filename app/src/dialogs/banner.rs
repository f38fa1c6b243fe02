//! What one must know for as long as it holds: no link, or a newer build.

use leptos::prelude::*;

use crate::desk::{Link, Store};
use crate::parts::{Icon, dynamic};

/// At most one line; nothing while all is well.
#[component]
pub fn Banner() -> impl IntoView {
    let store = expect_context::<Store>();
    let waiting = Memo::new(move |_| store.desk.with(|desk| desk.outbox.len()));
    dynamic(move || {
        if store.is_outdated.get() {
            view! {
                <div class="banner banner--news">
                    <Icon name="refresh" small=true />
                    <span>"Switchboard was updated."</span>
                    <a class="banner__action" href="" rel="external">
                        "Reload"
                    </a>
                </div>
            }
            .into_any()
        } else if store.link.get() == Link::Down {
            view! {
                <div class="banner banner--problem">
                    <Icon name="offline" small=true />
                    <span>{dynamic(move || offline_words(waiting.get()))}</span>
                </div>
            }
            .into_any()
        } else {
            ().into_any()
        }
    })
}

fn offline_words(waiting: usize) -> String {
    match waiting {
        0 => "Reconnecting…".into(),
        1 => "Reconnecting… 1 message is waiting and leaves by itself.".into(),
        waiting => format!("Reconnecting… {waiting} messages are waiting and leave by themselves."),
    }
}
