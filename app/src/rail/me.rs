//! Oneself: availability, colours, the account, keys, signing out.

use domain::person::Availability;
use leptos::prelude::*;

use crate::actions;
use crate::console::{Dialog, Here, Theme, Ui};
use crate::desk::Store;
use crate::parts::{Avatar, Menu, MenuItem, dynamic};

/// One's own avatar with its menu. Keys are offered only where there is a keyboard.
#[component]
pub fn Me(class: &'static str, place: &'static str, has_keyboard: bool) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let ui = expect_context::<Ui>();
    let me = Memo::new(move |_| store.me());
    let items = Callback::new(move |()| items(actions::Scene { store, here, ui }, has_keyboard));
    let label = move || me.with(|me| format!("{}, {}", me.name, me.availability.label()));
    view! {
        <Menu label="You" class=class place=place items=items>
            <span class="me">
                {dynamic(move || me.with(|me| view! { <Avatar id=me.id.0 name=me.name.clone() /> }))}
                <span
                    class="me__presence"
                    class:me__presence--away=move || me.with(|me| me.availability == Availability::Away)
                    class:me__presence--offline=move || me.with(|me| me.availability == Availability::Offline)
                ></span>
            </span>
            <span class="way__word">"You"</span>
            <span class="visually-hidden">{label}</span>
        </Menu>
    }
}

fn items(scene: actions::Scene, has_keyboard: bool) -> Vec<MenuItem> {
    let present = scene.store.desk.with_untracked(|desk| desk.me.availability);
    let chosen = Theme::chosen();
    let availability = [Availability::Online, Availability::Away, Availability::Offline].map(|availability| MenuItem {
        icon: "presence",
        label: availability.label().into(),
        key: None,
        is_on: Some(availability == present),
        begins_group: false,
        run: Callback::new(move |()| match availability {
            Availability::Offline => scene.ui.dialog.set(Some(Dialog::Offline)),
            Availability::Online | Availability::Away => scene.store.set_availability(availability),
        }),
    });
    let themes = Theme::ALL.map(|theme| MenuItem {
        icon: theme.icon(),
        label: theme.label().into(),
        key: None,
        is_on: Some(theme == chosen),
        begins_group: theme == Theme::ALL[0],
        run: Callback::new(move |()| theme.choose()),
    });
    let plain = |icon, label: &str, key: Option<&str>, run: Callback<()>| MenuItem {
        icon,
        label: label.into(),
        key: key.map(Into::into),
        is_on: None,
        begins_group: false,
        run,
    };
    let account = [MenuItem {
        begins_group: true,
        ..plain(
            "person",
            "Account and password…",
            None,
            Callback::new(move |()| scene.ui.dialog.set(Some(Dialog::Account))),
        )
    }];
    let quick_replies =
        plain("bolt", "Quick replies…", None, Callback::new(move |()| scene.ui.dialog.set(Some(Dialog::QuickReplies))));
    let shortcuts = plain(
        "keyboard",
        "Keyboard shortcuts",
        Some("?"),
        Callback::new(move |()| scene.ui.dialog.set(Some(Dialog::Shortcuts))),
    );
    let leaving = [
        MenuItem {
            begins_group: true,
            ..plain("leave", "Sign out", None, Callback::new(move |()| actions::sign_out(scene)))
        },
        plain("leave", "Sign out everywhere", None, Callback::new(move |()| actions::sign_out_everywhere(scene))),
    ];
    let shortcuts = has_keyboard.then_some(shortcuts);
    availability
        .into_iter()
        .chain(themes)
        .chain(account)
        .chain([quick_replies])
        .chain(shortcuts)
        .chain(leaving)
        .collect()
}
