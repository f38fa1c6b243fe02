//! Icons, all from the page's one sprite.

use domain::channel::ChannelKind;
use leptos::prelude::*;

/// One icon; it says nothing to who listens, so a word always stands beside it or on its button.
#[component]
pub fn Icon(name: &'static str, #[prop(optional)] small: bool) -> impl IntoView {
    let class = if small { "icon icon--small" } else { "icon" };
    view! {
        <svg class=class aria-hidden="true" focusable="false">
            <use href=format!("#{name}") />
        </svg>
    }
}

/// The icon of a kind of channel.
#[must_use]
pub const fn channel_icon(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Web => "web",
        ChannelKind::WhatsApp => "whatsapp",
        ChannelKind::Messenger => "messenger",
        ChannelKind::Instagram => "instagram",
        ChannelKind::Telegram => "telegram",
        ChannelKind::X => "x",
        ChannelKind::Sms => "sms",
        ChannelKind::Google => "google",
        ChannelKind::Api => "api",
    }
}
