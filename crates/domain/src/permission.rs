//! Who may do what; the one place that says so. The list's query has a twin of [`may_see`], and a test holds
//! them together.

use crate::id::TeamId;
use crate::person::{Person, Role};
use crate::policy::{AgentsSeeLive, Policy};
use crate::quick_reply::QuickReplyScope;
use crate::room::{LiveHandler, Room, Scope, Section, State};

/// Whether `me` may see a room of this `scope`: its card, its transcript, its events, its count.
#[must_use]
pub fn may_see(me: &Person, policy: &Policy, scope: &Scope) -> bool {
    if !me.active {
        return false;
    }
    let own = scope.agent == Some(me.id) || scope.participants.contains(&me.id);
    let team = scope.team.is_some_and(|team| me.is_in(team));
    match (me.role, scope.section) {
        (Role::Admin, _) => true,
        // Whose template won the customer back sees what becomes of it.
        (Role::TeamManager | Role::Agent, Section::Live) if own => true,
        (Role::TeamManager, Section::Live) => team || scope.team.is_none(),
        (Role::TeamManager, Section::Assigned | Section::Archived) => own || team,
        (Role::Agent, Section::Live) => match policy.agents_see_live {
            AgentsSeeLive::None => false,
            AgentsSeeLive::QueueOfMyTeams => scope.queued && team,
            AgentsSeeLive::All => true,
        },
        (Role::Agent, Section::Assigned | Section::Archived) => own || (policy.agents_see_team && team),
    }
}

/// Reading an archived room that `me` does not see by itself: whoever holds or joined one of `rooms` that is of the same
/// saved contact looks back at it, and does nothing in it.
pub fn may_look_back<'a>(me: &Person, room: &Room, rooms: impl IntoIterator<Item = &'a Room>) -> bool {
    let is_served =
        |other: &Room| other.section() == Section::Assigned && other.contact == room.contact && other.is_own(me.id);
    me.active && room.is_archived() && room.contact.is_some() && rooms.into_iter().any(is_served)
}

/// Whether the room is within `me`'s reach for what changes it: an agent's own, a team manager's teams, anything
/// for an admin.
fn is_in_reach(me: &Person, room: &Room) -> bool {
    let team = match room.team {
        Some(team) => me.is_in(team),
        None => room.section() == Section::Live,
    };
    me.active
        && match me.role {
            Role::Admin => true,
            Role::TeamManager => room.is_own(me.id) || team,
            Role::Agent => room.is_own(me.id),
        }
}

/// Enter Chat on a Live room: an agent picks up from the queue of their teams, and from a bot only where the policy says so.
/// Whoever's template won the customer back enters wherever the room waits.
#[must_use]
pub fn may_enter(me: &Person, policy: &Policy, room: &Room) -> bool {
    match me.role {
        _ if room.restored_by == Some(me.id) => me.active,
        Role::Admin | Role::TeamManager => is_in_reach(me, room),
        Role::Agent => {
            let team = room.team.is_some_and(|team| me.is_in(team));
            me.active && team && (room.is_queued() || policy.agents_may_enter_bot)
        }
    }
}

/// Whether a room that waits in the queue of `team` is one for `me` to take.
#[must_use]
pub fn may_take_queued(me: &Person, team: Option<TeamId>) -> bool {
    me.active
        && match me.role {
            Role::Admin => true,
            Role::TeamManager => team.is_none_or(|team| me.is_in(team)),
            Role::Agent => team.is_some_and(|team| me.is_in(team)),
        }
}

/// Whether a held room was one for `me` to enter while it waited in the queue.
#[must_use]
pub fn might_have_entered(me: &Person, policy: &Policy, room: &Room) -> bool {
    let waiting = Room { state: State::Live { handler: LiveHandler::Queue }, ..room.clone() };
    room.agent().is_some() && may_see(me, policy, &waiting.scope()) && may_enter(me, policy, &waiting)
}

/// Giving a Live or Assigned room to `to`.
#[must_use]
pub fn may_assign(me: &Person, policy: &Policy, room: &Room, to: &Person) -> bool {
    match (me.role, room.section()) {
        (_, Section::Archived) => false,
        (Role::Admin, _) => me.active,
        (Role::TeamManager, _) => is_in_reach(me, room) && (to.id == me.id || me.shares_team_with(to)),
        (Role::Agent, Section::Live) => to.id == me.id && may_enter(me, policy, room),
        (Role::Agent, Section::Assigned) => me.active && room.agent() == Some(me.id) && policy.agents_may_reassign,
    }
}

/// Taking a room that somebody else holds.
#[must_use]
pub fn may_take_over(me: &Person, room: &Room) -> bool {
    me.role >= Role::TeamManager && is_in_reach(me, room)
}

/// Asking for a room that somebody else holds: whoever sees it and may not just take it.
#[must_use]
pub fn may_request_take_over(me: &Person, room: &Room) -> bool {
    me.active && room.agent().is_some_and(|holder| holder != me.id) && !may_take_over(me, room)
}

/// Joining a held room beside its holder.
#[must_use]
pub fn may_join(me: &Person, room: &Room) -> bool {
    may_take_over(me, room)
}

/// Having a colleague join a held room: whoever holds it or joined it, and whom it is in reach of.
#[must_use]
pub fn may_bring_in(me: &Person, room: &Room) -> bool {
    room.section() == Section::Assigned && is_in_reach(me, room)
}

/// Writing to the customer: the holder, and whoever joined.
#[must_use]
pub fn may_send(me: &Person, room: &Room) -> bool {
    let joined = room.participants.contains(&me.id);
    me.active && room.section() == Section::Assigned && (room.agent() == Some(me.id) || joined)
}

/// Adding a private note: to any room one sees, archived ones included.
#[must_use]
pub fn may_note(me: &Person, policy: &Policy, room: &Room) -> bool {
    may_see(me, policy, &room.scope())
}

/// Resolve, abandon, critical, clear critical.
#[must_use]
pub fn may_update_status(me: &Person, room: &Room) -> bool {
    is_in_reach(me, room)
}

/// Resolving or abandoning a room: where it is critical, the policy may want a manager for it.
#[must_use]
pub fn may_close(me: &Person, policy: &Policy, room: &Room) -> bool {
    let needs_manager = room.critical && policy.resolve_critical_needs_manager;
    may_update_status(me, room) && (me.role >= Role::TeamManager || !needs_manager)
}

/// Putting the outcome of an archived room right: managers, within their reach.
#[must_use]
pub fn may_correct_outcome(me: &Person, room: &Room) -> bool {
    me.role >= Role::TeamManager && is_in_reach(me, room)
}

/// Blocking the room's customer, so that what they write is dropped, and letting them in again: whoever may change the
/// room's status.
#[must_use]
pub fn may_block(me: &Person, room: &Room) -> bool {
    may_update_status(me, room)
}

/// Reopening an archived room.
#[must_use]
pub fn may_reopen(me: &Person, room: &Room) -> bool {
    is_in_reach(me, room)
}

/// Returning a room to the queue.
#[must_use]
pub fn may_return_to_queue(me: &Person, room: &Room) -> bool {
    is_in_reach(me, room)
}

/// Returning a room to the bot; a critical one only by a manager.
#[must_use]
pub fn may_return_to_bot(me: &Person, room: &Room) -> bool {
    is_in_reach(me, room) && (me.role >= Role::TeamManager || !room.critical)
}

/// Putting a held room off for later, and waking it.
#[must_use]
pub fn may_snooze(me: &Person, room: &Room) -> bool {
    room.section() == Section::Assigned && is_in_reach(me, room)
}

/// Bulk actions: changing many rooms by one request. Which of them, [`may_reach_in_bulk`] says.
#[must_use]
pub fn may_act_in_bulk(me: &Person) -> bool {
    me.active && me.role >= Role::TeamManager
}

/// Whether a bulk action of `me` reaches the room: never one of another team than a manager's own, not even where they hold
/// it; anything for an admin.
#[must_use]
pub fn may_reach_in_bulk(me: &Person, room: &Room) -> bool {
    let is_elsewhere = me.role != Role::Admin && room.team.is_some_and(|team| !me.is_in(team));
    may_act_in_bulk(me) && is_in_reach(me, room) && !is_elsewhere
}

/// Saving chats as a file for a spreadsheet. Which of them, [`may_export_room`] says.
#[must_use]
pub fn may_export(me: &Person) -> bool {
    may_act_in_bulk(me)
}

/// Whether an export of `me` has the room: one they see, within the reach of their bulk actions.
#[must_use]
pub fn may_export_room(me: &Person, policy: &Policy, room: &Room) -> bool {
    may_export(me) && may_see(me, policy, &room.scope()) && may_reach_in_bulk(me, room)
}

/// Sending templates, into a room or to begin a conversation. Into which room, the room says.
#[must_use]
pub fn may_send_templates(me: &Person, policy: &Policy) -> bool {
    me.active && (me.role >= Role::TeamManager || policy.agents_may_send_templates)
}

/// Whether `me` has the quick replies of this `scope`. Its twin as a query is in `backend::quick_replies`.
#[must_use]
pub fn may_see_quick_reply(me: &Person, scope: QuickReplyScope) -> bool {
    me.active
        && match scope {
            QuickReplyScope::Personal(person) => person == me.id,
            QuickReplyScope::Team(team) => me.role == Role::Admin || me.is_in(team),
            QuickReplyScope::Shared => true,
        }
}

/// Making, changing and deleting quick replies of this `scope`: everybody their own, a team manager also those of their teams,
/// an admin also those of any team and of everybody.
#[must_use]
pub fn may_keep_quick_reply(me: &Person, scope: QuickReplyScope) -> bool {
    may_see_quick_reply(me, scope)
        && match scope {
            QuickReplyScope::Personal(_) => true,
            QuickReplyScope::Team(_) => me.role >= Role::TeamManager,
            QuickReplyScope::Shared => me.role == Role::Admin,
        }
}

/// Saving or editing a contact.
#[must_use]
pub const fn may_save_contact(me: &Person) -> bool {
    me.active
}

/// Inviting, deactivating and changing people of `role`. Nobody gives more than they have.
#[must_use]
pub fn may_manage_people(me: &Person, role: Role) -> bool {
    me.active && (me.role == Role::Admin || (me.role == Role::TeamManager && role == Role::Agent))
}

/// Channels, flows, settings and what the job queue gave up on.
#[must_use]
pub fn may_administer(me: &Person) -> bool {
    me.active && me.role == Role::Admin
}

/// Changing the rules of a team: an admin those of any, a team manager those of their own.
#[must_use]
pub fn may_rule_team(me: &Person, team: TeamId) -> bool {
    may_administer(me) || (me.active && me.role == Role::TeamManager && me.is_in(team))
}

/// Reading the audit trail at all; [`may_read_audit`] says which of its lines.
#[must_use]
pub fn may_see_audit(me: &Person) -> bool {
    me.active && me.role >= Role::TeamManager
}

/// Reading what was done to the workspace: everything for an admin, for a team manager what concerns one of their teams or
/// somebody in it. `concerned` are the teams as they were then. Its twin as a query is in `backend::audit`.
#[must_use]
pub fn may_read_audit(me: &Person, concerned: &[TeamId]) -> bool {
    may_see_audit(me) && (me.role == Role::Admin || concerned.iter().any(|team| me.is_in(*team)))
}

/// Making one contact of two: its people, wherever they write, go by the one that is kept.
#[must_use]
pub fn may_merge_contacts(me: &Person) -> bool {
    me.active && me.role >= Role::TeamManager
}

/// Deleting a contact. Its people, their rooms and what was said stay.
#[must_use]
pub fn may_delete_contact(me: &Person) -> bool {
    may_administer(me)
}
