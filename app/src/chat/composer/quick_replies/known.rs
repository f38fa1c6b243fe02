//! The quick replies that one has, as this page last heard of them, and how it says whose they are.

use std::sync::{Arc, Mutex};

use domain::quick_reply::{Listed, QuickReplyScope};
use leptos::prelude::*;

use crate::chat::api::list_quick_replies;
use crate::desk::Store;
use crate::error::AppError;
use crate::parts::bare;

/// Those of this page, once they have come.
static LAST: Mutex<Option<Arc<Vec<Listed>>>> = Mutex::new(None);

/// What came last, if anything did.
pub fn known_quick_replies() -> Option<Arc<Vec<Listed>>> {
    LAST.lock().ok().and_then(|last| last.clone())
}

/// Asks for them as they are now.
///
/// # Errors
/// They could not be loaded; what came last is known still.
pub async fn ask_quick_replies() -> Result<Arc<Vec<Listed>>, AppError> {
    let replies = list_quick_replies().await?;
    let listed = Arc::new(replies.into_iter().map(|reply| Listed::new(reply, bare)).collect::<Vec<_>>());
    if let Ok(mut last) = LAST.lock() {
        *last = Some(Arc::clone(&listed));
    }
    Ok(listed)
}

/// Who has those of this scope: "Only you", the team's name, "Everyone".
pub fn whose(store: Store, scope: QuickReplyScope) -> String {
    match scope {
        QuickReplyScope::Personal(_) => "Only you".into(),
        QuickReplyScope::Team(team) => store
            .desk
            .with(|desk| desk.teams.get(&team).map_or_else(|| "A team that is gone".into(), |team| team.name.clone())),
        QuickReplyScope::Shared => "Everyone".into(),
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{FileId, PersonId, QuickReplyId, TeamId};
    use domain::media::StoredFile;
    use domain::quick_reply::{LentFile, QuickReply, QuickReplyScope};

    use crate::api::{json, read};

    fn file(name: &str) -> StoredFile {
        StoredFile { id: FileId::from_number(4), name: name.into(), mime: "application/pdf".into(), bytes: 1_200 }
    }

    #[test]
    fn what_is_lent_comes_to_the_browser_as_it_is() {
        let link = "https://chat.example/lent/1/2/3".into();
        let lent = vec![LentFile { of: FileId::from_number(5), file: file("form.pdf"), link }];
        assert_eq!(read::<Vec<LentFile>>(json(&lent).as_bytes()), Ok(lent));
    }

    #[test]
    fn those_of_every_scope_come_to_the_browser_as_they_are() {
        let scopes = [
            QuickReplyScope::Personal(PersonId::from_number(1)),
            QuickReplyScope::Team(TeamId::from_number(2)),
            QuickReplyScope::Shared,
        ];
        let replies = scopes.map(|scope| QuickReply {
            id: QuickReplyId::from_number(3),
            shortcut: "größe".into(),
            text: "Hello {{customer name}},\n\"one\" moment".into(),
            scope,
            files: vec![file("form.pdf"), file("map.pdf")],
        });
        assert_eq!(read::<Vec<QuickReply>>(json(&replies.as_slice()).as_bytes()), Ok(replies.to_vec()));
    }
}
