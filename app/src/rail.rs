//! The way around the console: a slim rail on wide screens, a bar at the bottom on phones.

mod me;

use domain::permission::may_administer;
use domain::person::{Person, Role};
use leptos::prelude::*;

use crate::console::{Here, Later, Part, Ui, stopped};
use crate::desk::Store;
use crate::parts::{Icon, dynamic};
use crate::place::{AdminPage, Place};
use me::Me;

/// Whether somebody may see any page of the administration.
#[must_use]
pub fn sees_admin(me: &Person) -> bool {
    may_administer(me) || me.role == Role::TeamManager
}

/// The rail at the left edge.
#[component]
pub fn Rail() -> impl IntoView {
    let ui = expect_context::<Ui>();
    view! {
        <nav class="rail" aria-label="Main" inert=move || ui.covers.get()>
            <span class="rail__mark" aria-hidden="true">
                <Icon name="mark" />
            </span>
            <Ways class="rail__way" />
            <span class="rail__gap"></span>
            <Me class="rail__me" place="menu__items--up-right" has_keyboard=true />
        </nav>
    }
}

/// The bar at the bottom of a phone; a room on screen hides it.
#[component]
pub fn TabBar() -> impl IntoView {
    view! {
        <nav class="tabbar" aria-label="Main">
            <Ways class="tabbar__way" />
            <Me class="tabbar__way tabbar__me" place="menu__items--up-left" has_keyboard=false />
        </nav>
    }
}

#[component]
fn Ways(class: &'static str) -> impl IntoView {
    let store = expect_context::<Store>();
    let here = expect_context::<Here>();
    let is_admin = Memo::new(move |_| matches!(here.place.get(), Place::Admin(_)));
    let sees_admin = Memo::new(move |_| store.desk.with(|desk| sees_admin(&desk.me)));
    let has_unread = Memo::new(move |_| store.desk.with(|desk| desk.unread_rooms() > 0));
    let has_stopped = Memo::new(move |_| store.desk.with(|desk| !stopped(desk).is_empty()));
    let rooms = move || here.query.with(|query| here.url_of_section(query.section));
    let current = |is_it: bool| is_it.then_some("page");
    view! {
        <a class=class href=rooms aria-current=move || current(!is_admin.get()) title="Rooms">
            <Icon name="rooms" />
            <span class="way__word">"Rooms"</span>
            {dynamic(move || has_unread.get().then(|| view! { <span class="way__dot" title="Unread messages in your rooms"></span> }))}
        </a>
        <Later part=Part::Called { class } />
        {dynamic(move || {
            sees_admin
                .get()
                .then(|| {
                    view! {
                        <a
                            class=class
                            href=Place::Admin(AdminPage::People).path()
                            aria-current=move || current(is_admin.get())
                            title="Admin"
                        >
                            <Icon name="gear" />
                            <span class="way__word">"Admin"</span>
                            {dynamic(move || {
                                has_stopped
                                    .get()
                                    .then(|| view! { <span class="way__dot" title="A channel has stopped"></span> })
                            })}
                        </a>
                    }
                })
        })}
    }
}
