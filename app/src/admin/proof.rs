//! Asking a provider whether a channel works, what it says, and the settings that are put right then.

use domain::channel::{ChannelSetup, Subscription};
use domain::id::ChannelId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::admin::Asked;
use crate::admin::api::test_channel;
use crate::admin::channels::setup_of;
use crate::admin::setup::{ChangeSettings, Wrong, refused_setting};
use crate::clock::{moment_words, now};
use crate::error::AppError;
use crate::parts::dynamic;

/// A channel's settings, open or not, and what its provider said of them.
#[derive(Clone, Copy)]
pub struct Trial {
    channel: ChannelId,
    said: RwSignal<Option<String>>,
    is_bad: RwSignal<bool>,
    /// The setting that the provider refused.
    wrong: Wrong,
    /// Whether the settings are open.
    pub is_open: RwSignal<bool>,
}

impl Trial {
    /// Nothing was asked yet.
    pub fn new(channel: ChannelId) -> Self {
        Self {
            channel,
            said: RwSignal::new(None),
            is_bad: RwSignal::new(false),
            wrong: RwSignal::new(None),
            is_open: RwSignal::new(false),
        }
    }

    /// Asks the provider who we are and has it deliver. A setting that it refuses is shown at its field; `then` runs
    /// once it has answered.
    pub fn ask(self, then: Callback<()>) {
        self.said.set(Some("Asking the provider…".into()));
        self.is_bad.set(false);
        self.wrong.set(None);
        spawn_local(async move {
            let (words, is_bad) = match ask(self.channel).await {
                Ok(answer) => answer,
                Err(error) => match refused_setting(&error) {
                    Some(setting) => {
                        self.wrong.try_set(Some(setting));
                        self.is_open.try_set(true);
                        ("The provider refuses one of the settings. It is marked below.".into(), true)
                    }
                    None => (error.to_string(), true),
                },
            };
            self.said.try_set(Some(words));
            self.is_bad.try_set(is_bad);
            then.try_run(());
        });
    }
}

/// What the provider says, in words, and whether an admin has to act.
async fn ask(channel: ChannelId) -> Result<(String, bool), AppError> {
    let account = test_channel(channel).await?;
    let mut words = format!("Connected as {}.", account.name);
    for remark in account.remarks {
        words.push(' ');
        words.push_str(&remark);
    }
    Ok(match account.subscription {
        Subscription::Done => (format!("{words} The provider delivers here."), false),
        Subscription::ByHand { how, heard_at } => {
            let heard = heard_at.map(|at| moment_words(at, now()));
            (format!("{words} {}", by_hand(&how, heard.as_deref())), false)
        }
        Subscription::Refused { why } => (format!("{words} It could not be told where to deliver. {why}"), true),
    })
}

/// What is known of an address that an admin enters at the provider, which was last `heard` from then.
fn by_hand(how: &str, heard: Option<&str>) -> String {
    match heard {
        None => format!("One step is left. {how}"),
        Some(heard) => format!(
            "It last delivered here {heard}. Whether it still does, nobody can ask: write to the channel to see. If nothing \
             comes: {how}"
        ),
    }
}

/// What the provider said last.
#[component]
pub fn Answer(trial: Trial) -> impl IntoView {
    view! {
        <p class="setup__proof" class:setup__proof--bad=move || trial.is_bad.get() role="status">
            {dynamic(move || trial.said.get())}
        </p>
    }
    .into_any()
}

/// Asks the provider again.
#[component]
pub fn TestButton(trial: Trial, setups: Asked<Vec<ChannelSetup>>) -> impl IntoView {
    view! {
        <button type="button" class="button button--small" on:click=move |_| trial.ask(setups.again)>
            "Test connection"
        </button>
    }
    .into_any()
}

/// The channel's settings while they are open. They are not made anew when the channel changes: what was typed would be
/// lost.
#[component]
pub fn OpenSettings(trial: Trial, setups: Asked<Vec<ChannelSetup>>, on_done: Callback<()>) -> impl IntoView {
    let Trial { channel, wrong, is_open, .. } = trial;
    let is_known = Memo::new(move |_| setup_of(setups, channel).is_some());
    dynamic(move || {
        let setup = (is_open.get() && is_known.get()).then(|| untrack(|| setup_of(setups, channel)));
        setup.flatten().map(|setup| view! { <ChangeSettings setup setups wrong on_done /> })
    })
}

#[cfg(test)]
mod tests {
    use super::by_hand;

    #[test]
    fn an_address_entered_by_hand_is_never_said_to_work() {
        assert_eq!(by_hand("Enter it.", None), "One step is left. Enter it.");
        let heard = by_hand("Enter it.", Some("yesterday 17:58"));
        let words = "It last delivered here yesterday 17:58. Whether it still does, nobody can ask: write to the channel to \
                     see. If nothing comes: Enter it.";
        assert_eq!(heard, words);
    }
}
