//! Who has which quick replies, and who keeps them (lifecycle.md §2).

use domain::permission::{may_keep_quick_reply, may_see_quick_reply};
use domain::person::Person;
use domain::quick_reply::QuickReplyScope;

use crate::cast::{SALES, SUPPORT, ana, ben, priya, sol, tom};

/// Holds `allowed` against a row, one sign for each of: their own, Ben's, Support's, Sales', everybody's.
fn check(what: &str, me: &Person, row: &str, allowed: fn(&Person, QuickReplyScope) -> bool) {
    let scopes = [
        QuickReplyScope::Personal(me.id),
        QuickReplyScope::Personal(ben().id),
        QuickReplyScope::Team(SUPPORT),
        QuickReplyScope::Team(SALES),
        QuickReplyScope::Shared,
    ];
    let gone = Person { active: false, ..me.clone() };
    for (scope, sign) in scopes.into_iter().zip(row.chars()) {
        assert_eq!(allowed(me, scope), sign == 'y', "{} may {what} {scope:?}", me.role.label());
        assert!(!allowed(&gone, scope), "deactivated {} may {what} {scope:?}", me.role.label());
    }
}

#[test]
fn everybody_has_their_own_their_teams_and_the_shared_ones_and_an_admin_those_of_all_teams() {
    for (me, row) in [(ana(), "y.y.y"), (tom(), "y.y.y"), (sol(), "y..yy"), (priya(), "y.yyy")] {
        check("see", &me, row, may_see_quick_reply);
    }
}

#[test]
fn everybody_keeps_their_own_a_manager_those_of_their_teams_and_an_admin_all_but_other_peoples() {
    for (me, row) in [(ana(), "y...."), (tom(), "y.y.."), (sol(), "y..y."), (priya(), "y.yyy")] {
        check("keep", &me, row, may_keep_quick_reply);
    }
}
