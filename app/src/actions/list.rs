//! The list of actions.

use domain::permission;
use domain::person::Availability;
use domain::room::{Room, Section, Status, other_outcome};
use leptos::prelude::*;

use crate::actions::room::{
    assign_to_me, copy_link, download_transcript, enter, join, mark_unread, take_over, with_room,
};
use crate::actions::{Action, Key, Scene, sign_out};
use crate::chat::{Mode, go_on, go_on_writing, may_template};
use crate::console::{Dialog, Theme};
use crate::dialogs::channels_with_templates;
use crate::list::{may_select, neighbour};

/// Every action, in the order menus and the command bar show them.
pub const ACTIONS: &[Action] = &[
    Action {
        run: |scene| with_room(scene, |room| enter(scene, room)),
        when: |scene| {
            may(scene, |desk, room| {
                room.section() == Section::Live && permission::may_enter(&desk.me, &desk.policy, room)
            })
        },
        keys: &[Key::plain("KeyC", "C")],
        is_in_menu: false,
        ..action("enter", "enter", "Enter Chat")
    },
    Action {
        run: |scene| open_status(scene, Status::Resolve),
        when: may_update_status,
        keys: &[Key::plain("Period", ".")],
        is_in_menu: true,
        ..action("status", "check", "Update status…")
    },
    Action {
        run: |scene| open_status(scene, Status::Resolve),
        when: may_update_status,
        keys: &[Key::plain("KeyE", "E"), Key::alt("KeyE", "E")],
        ..action("resolve", "check", "Resolve…")
    },
    Action {
        run: |scene| {
            with_room(scene, |room| {
                open_status(scene, if room.critical { Status::ClearCritical } else { Status::Critical });
            });
        },
        when: may_update_status,
        keys: &[Key::shift("Digit1", "!")],
        ..action("critical", "flag", "Mark or clear critical…")
    },
    Action {
        run: |scene| {
            if let Some(last) = untrack(|| scene.store.last_undoable()) {
                scene.store.undo(last, |_| ());
            }
        },
        when: |scene| scene.store.last_undoable().is_some(),
        keys: &[Key::command("KeyZ", "Z")],
        ..action("undo", "undo", "Undo")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Correct)),
        when: |scene| {
            may(scene, |desk, room| other_outcome(room).is_some() && permission::may_correct_outcome(&desk.me, room))
        },
        is_in_menu: true,
        ..action("correct-outcome", "check", "Correct outcome…")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Contact)),
        when: |scene| {
            may(scene, |desk, room| desk.open.is_some() && desk.sees(room) && permission::may_save_contact(&desk.me))
        },
        keys: &[Key::plain("KeyS", "S")],
        is_in_menu: true,
        ..action("save-contact", "person", "Save contact…")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Assign)),
        when: |scene| {
            may(scene, |desk, room| {
                let may_return = !room.is_archived() && permission::may_return_to_queue(&desk.me, room);
                may_return
                    || desk.people.values().any(|person| permission::may_assign(&desk.me, &desk.policy, room, person))
            })
        },
        keys: &[Key::plain("KeyA", "A")],
        is_in_menu: true,
        ..action("assign", "people", "Assign…")
    },
    Action {
        run: |scene| with_room(scene, |room| assign_to_me(scene, room)),
        when: |scene| {
            may(scene, |desk, room| {
                room.agent() != Some(desk.me.id) && permission::may_assign(&desk.me, &desk.policy, room, &desk.me)
            })
        },
        keys: &[Key::plain("KeyI", "I")],
        ..action("assign-to-me", "person", "Assign to me")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Snooze)),
        when: |scene| may(scene, |desk, room| room.snoozed_until.is_none() && permission::may_snooze(&desk.me, room)),
        keys: &[Key::plain("KeyZ", "Z"), Key::alt("KeyM", "M")],
        is_in_menu: true,
        ..action("snooze", "clock", "Snooze…")
    },
    Action {
        run: |scene| with_room(scene, |room| scene.store.wake(room.id)),
        when: |scene| may(scene, |desk, room| room.snoozed_until.is_some() && permission::may_snooze(&desk.me, room)),
        is_in_menu: true,
        ..action("wake", "clock", "Wake up")
    },
    Action {
        run: |scene| with_room(scene, |room| mark_unread(scene, room.id)),
        when: |scene| may(scene, domain::desk::Desk::sees),
        keys: &[Key::plain("KeyU", "U")],
        is_in_menu: true,
        ..action("mark-unread", "mark", "Mark unread")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Template)),
        when: |scene| {
            may(scene, |desk, room| {
                let is_mine = permission::may_send(&desk.me, room) || room.is_archived() && desk.sees(room);
                may_template(desk, room) && !room.blocked && is_mine
            })
        },
        is_in_menu: true,
        ..action("template", "send", "Send template…")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Begin)),
        when: |scene| !untrack(|| channels_with_templates(scene.store)).is_empty(),
        ..action("begin", "draft", "New conversation…")
    },
    Action {
        run: |scene| with_room(scene, |room| take_over(scene, room.id)),
        when: |scene| {
            may(scene, |desk, room| {
                room.agent().is_some_and(|holder| holder != desk.me.id) && permission::may_take_over(&desk.me, room)
            })
        },
        is_in_menu: true,
        ..action("take-over", "enter", "Take over")
    },
    Action {
        run: |scene| with_room(scene, |room| scene.store.request_take_over(room.id)),
        when: |scene| may(scene, |desk, room| permission::may_request_take_over(&desk.me, room)),
        is_in_menu: true,
        ..action("request-take-over", "enter", "Ask to take over")
    },
    Action {
        run: |scene| with_room(scene, |room| join(scene, room.id)),
        when: |scene| {
            may(scene, |desk, room| {
                room.agent().is_some() && !room.is_own(desk.me.id) && permission::may_join(&desk.me, room)
            })
        },
        is_in_menu: true,
        ..action("join", "people", "Join")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::BringIn)),
        when: |scene| may(scene, |desk, room| permission::may_bring_in(&desk.me, room)),
        is_in_menu: true,
        ..action("bring-in", "people", "Bring in a colleague…")
    },
    Action {
        run: |scene| with_room(scene, |room| scene.store.leave(room.id)),
        when: |scene| may(scene, |desk, room| !room.is_archived() && room.participants.contains(&desk.me.id)),
        is_in_menu: true,
        ..action("leave", "leave", "Leave the chat")
    },
    Action {
        run: |scene| with_room(scene, |room| scene.store.return_to_bot(room.id)),
        when: |scene| {
            may(scene, |desk, room| {
                let has_bot = desk.channels.get(&room.channel).is_some_and(|channel| channel.flow.is_some());
                has_bot && !room.is_archived() && !room.is_with_bot() && permission::may_return_to_bot(&desk.me, room)
            })
        },
        is_in_menu: true,
        ..action("return-to-bot", "bot", "Return to bot")
    },
    Action {
        run: |scene| with_room(scene, |room| scene.store.return_to_queue(room.id, None)),
        when: |scene| {
            may(scene, |desk, room| {
                !room.is_archived() && !room.is_queued() && permission::may_return_to_queue(&desk.me, room)
            })
        },
        is_in_menu: true,
        ..action("return-to-queue", "queue", "Return to queue")
    },
    Action {
        run: |scene| with_room(scene, |room| scene.store.reopen(room.id, move || go_on_writing(scene, room.id))),
        when: |scene| {
            may(scene, |desk, room| {
                room.is_archived()
                    && permission::may_reopen(&desk.me, room)
                    && room.window(crate::clock::now()).is_open_to_people()
            })
        },
        is_in_menu: true,
        ..action("reopen", "refresh", "Reopen")
    },
    Action {
        run: download_transcript,
        when: |scene| scene.room().is_some(),
        is_in_menu: true,
        ..action("transcript", "doc", "Transcript")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Block)),
        when: |scene| may(scene, |desk, room| !room.blocked && permission::may_block(&desk.me, room)),
        is_in_menu: true,
        ..action("block", "block", "Block customer…")
    },
    Action {
        run: |scene| with_room(scene, |room| scene.store.unblock(room.id, move || go_on(scene, room.id))),
        when: |scene| may(scene, |desk, room| room.blocked && permission::may_block(&desk.me, room)),
        is_in_menu: true,
        ..action("unblock", "block", "Unblock customer")
    },
    Action {
        run: copy_link,
        when: |scene| scene.room().is_some(),
        is_in_menu: true,
        ..action("copy-link", "link", "Copy link")
    },
    Action {
        run: |scene| scene.ui.compose.set(Some(Mode::Reply)),
        when: |scene| may(scene, |desk, room| permission::may_send(&desk.me, room)),
        keys: &[Key::plain("KeyR", "R"), Key::alt("KeyL", "L")],
        ..action("reply", "send", "Write a reply")
    },
    Action {
        run: |scene| scene.ui.compose.set(Some(Mode::Note)),
        when: |scene| may(scene, |desk, room| permission::may_note(&desk.me, &desk.policy, room)),
        keys: &[Key::plain("KeyN", "N"), Key::alt("KeyP", "P")],
        ..action("note", "lock", "Write a private note")
    },
    Action {
        run: |scene| scene.ui.emoji.set(true),
        when: is_composer_there,
        keys: &[Key::alt("KeyI", "I")],
        ..action("emoji", "smile", "Insert emoji…")
    },
    Action {
        run: |scene| scene.ui.quick_replies.set(true),
        when: is_composer_there,
        keys: &[Key::alt("KeyQ", "Q")],
        ..action("quick-reply", "bolt", "Insert quick reply…")
    },
    Action {
        run: |scene| step(scene, 1),
        keys: &[Key::plain("KeyJ", "J"), Key::alt("KeyJ", "J")],
        ..action("next", "down", "Next room")
    },
    Action {
        run: |scene| step(scene, -1),
        keys: &[Key::plain("KeyK", "K"), Key::alt("KeyK", "K")],
        ..action("previous", "up", "Previous room")
    },
    Action {
        run: |scene| scene.ui.selects.set(true),
        when: |scene| may_select(scene.store, scene.here),
        keys: &[Key::plain("KeyX", "X")],
        ..action("select", "select", "Select chats")
    },
    Action {
        run: |scene| scene.here.go_to_section(Section::Live),
        keys: &[Key::plain("Digit1", "1")],
        ..action("live", "rooms", "Go to Live")
    },
    Action {
        run: |scene| scene.here.go_to_section(Section::Assigned),
        keys: &[Key::plain("Digit2", "2")],
        ..action("assigned", "rooms", "Go to Assigned")
    },
    Action {
        run: |scene| scene.here.go_to_section(Section::Archived),
        keys: &[Key::plain("Digit3", "3")],
        ..action("archived", "rooms", "Go to Archived")
    },
    Action {
        run: |scene| scene.ui.toggle_panel(),
        when: |scene| scene.room().is_some(),
        keys: &[Key::plain("KeyP", "P"), Key::alt("KeyO", "O")],
        ..action("panel", "panel", "Show or hide the customer")
    },
    Action {
        run: |scene| scene.here.close_room(),
        when: |scene| scene.room().is_some(),
        keys: &[Key::plain("Escape", "Esc")],
        is_in_bar: false,
        ..action("close", "back", "Close the room")
    },
    Action {
        run: |scene| scene.store.set_availability(Availability::Online),
        ..action("online", "presence", "I am online")
    },
    Action { run: |scene| scene.store.set_availability(Availability::Away), ..action("away", "presence", "I am away") },
    Action { run: |scene| scene.ui.dialog.set(Some(Dialog::Offline)), ..action("offline", "presence", "I am offline") },
    Action { run: |_| Theme::Light.choose(), ..action("light", "sun", "Light colours") },
    Action { run: |_| Theme::Dark.choose(), ..action("dark", "moon", "Dark colours") },
    Action { run: |_| Theme::System.choose(), ..action("system", "screen", "Colours as the system has them") },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Shortcuts)),
        keys: &[Key::shift("Slash", "?"), Key::command("Slash", "/")],
        ..action("shortcuts", "keyboard", "Keyboard shortcuts")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Commands)),
        keys: &[Key::command("KeyK", "K")],
        is_in_bar: false,
        ..action("commands", "find", "Command bar")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::Account)),
        ..action("account", "person", "Account and password…")
    },
    Action {
        run: |scene| scene.ui.dialog.set(Some(Dialog::QuickReplies)),
        ..action("quick-replies", "bolt", "Quick replies…")
    },
    Action { run: sign_out, ..action("sign-out", "leave", "Sign out") },
];

/// What most actions have in common: always possible, in the command bar, without a key.
const fn action(id: &'static str, icon: &'static str, label: &'static str) -> Action {
    Action { id, icon, label, keys: &[], is_in_menu: false, is_in_bar: true, when: |_| true, run: |_| () }
}

fn may(scene: Scene, rule: fn(&domain::desk::Desk, &Room) -> bool) -> bool {
    let room = scene.here.place.get().room();
    scene.store.desk.with(|desk| room.and_then(|room| desk.room(room)).is_some_and(|room| rule(desk, room)))
}

fn is_composer_there(_: Scene) -> bool {
    document().query_selector(".composer__field").is_ok_and(|field| field.is_some())
}

fn may_update_status(scene: Scene) -> bool {
    !scene.is_in(Section::Archived) && may(scene, |desk, room| permission::may_update_status(&desk.me, room))
}

fn open_status(scene: Scene, status: Status) {
    scene.ui.dialog.set(Some(Dialog::Status(status)));
}

fn step(scene: Scene, by: i32) {
    if let Some(room) = neighbour(scene.store, scene.here, by) {
        scene.here.go_to_room(room);
    }
}
