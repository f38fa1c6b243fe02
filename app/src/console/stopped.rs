//! Which channels have stopped, for whoever can mend them: one line above the panes, for as long as it holds.

use domain::channel::Channel;
use domain::desk::Desk;
use domain::permission::may_administer;
use leptos::prelude::*;

use crate::console::Ui;
use crate::desk::Store;
use crate::parts::{Icon, dynamic};
use crate::place::{AdminPage, Place};

/// The line; nothing while every channel works.
#[component]
pub fn Stopped() -> impl IntoView {
    let store = expect_context::<Store>();
    let ui = expect_context::<Ui>();
    let words = Memo::new(move |_| store.desk.with(|desk| words(&stopped(desk))));
    view! {
        <div role="status" inert=move || ui.covers.get()>
            {dynamic(move || {
                words
                    .get()
                    .map(|words| {
                        view! {
                            <p class="stopped">
                                <Icon name="alert" small=true />
                                <span class="stopped__words">{words}</span>
                                <a class="stopped__way" href=Place::Admin(AdminPage::Channels).path()>
                                    "Open channels"
                                </a>
                            </p>
                        }
                    })
            })}
        </div>
    }
}

/// The channels that wait for whoever sits here.
#[must_use]
pub fn stopped(desk: &Desk) -> Vec<&Channel> {
    let may_mend = may_administer(&desk.me);
    desk.channels.values().filter(|channel| may_mend && channel.has_stopped()).collect()
}

fn words(stopped: &[&Channel]) -> Option<String> {
    match stopped {
        [] => None,
        [one] => Some(format!("{} has stopped sending. {}", one.name, one.trouble.as_deref().unwrap_or_default())),
        several => {
            let names: Vec<_> = several.iter().map(|channel| channel.name.as_str()).collect();
            Some(format!("These channels have stopped sending: {}.", names.join(", ")))
        }
    }
}
