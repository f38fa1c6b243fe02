//! The rows of the list of quick replies: what each would put in where it is asked for, and what one had better know before.

use domain::channel::ChannelKind;
use domain::media::{MediaKind, StoredFile};
use domain::quick_reply::{Filling, Listed, QuickReply, fitting};
use domain::room::Room;

use super::whose;
use crate::chat::Mode;
use crate::desk::Store;

/// How many are listed at once; one types on for others.
const SHOWN: usize = 50;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    Reply {
        reply: QuickReply,
        /// What would be put in.
        words: String,
        whose: String,
        /// What would be other than one may expect.
        warning: Option<String>,
    },
    /// Makes one of what is written.
    New,
    Manage,
}

/// Where quick replies are put in.
pub struct Place {
    customer: String,
    on: Option<ChannelKind>,
    mode: Mode,
}

impl Place {
    /// Words of this kind in `room`, once it is known.
    pub fn of(room: Option<&Room>, mode: Mode) -> Self {
        Self { customer: room.map(|room| room.name.clone()).unwrap_or_default(), on: room.map(|room| room.kind), mode }
    }

    /// How the file goes with them.
    ///
    /// # Errors
    /// It does not, and why.
    pub fn carries(&self, file: &StoredFile) -> Result<MediaKind, String> {
        match (self.mode, self.on) {
            (Mode::Note, _) => Err("A private note carries no files.".into()),
            (Mode::Reply, Some(on)) => on.capabilities().kind_for(file).map_err(|refused| refused.to_string()),
            (Mode::Reply, None) => Err("It is not known yet what this channel carries.".into()),
        }
    }

    /// Names that are missing, and files that do not go along.
    fn warning(&self, reply: &QuickReply, with: Filling<'_>) -> Option<String> {
        let names =
            reply.lacking(with).first().map(|lacking| format!("The {} is not known: it is left out.", lacking.name()));
        let refused: Vec<String> = reply.files.iter().filter_map(|file| self.carries(file).err()).collect();
        let files = refused.first().map(|reason| match refused.len() {
            1 => format!("{reason} A link to it is put in."),
            count => format!("{reason} Links to {count} files are put in."),
        });
        match (names, files) {
            (Some(names), Some(files)) => Some(format!("{names} {files}")),
            (names, files) => names.or(files),
        }
    }
}

/// What is listed for `wanted`. Where no quick reply fits it, nothing is, unless the list was asked for by its button: then
/// the ways to make and to manage them are.
pub fn listed_offers(store: Store, place: &Place, listed: &[Listed], wanted: &str, is_asked_for: bool) -> Vec<Offer> {
    let found = fitting(listed, wanted);
    if found.is_empty() && !wanted.is_empty() && !is_asked_for {
        return Vec::new();
    }
    let me = store.me();
    let with = Filling { customer: &place.customer, agent: &me.name };
    let to_offer = |reply: &QuickReply| Offer::Reply {
        words: reply.filled(with),
        whose: whose(store, reply.scope),
        warning: place.warning(reply, with),
        reply: reply.clone(),
    };
    found.into_iter().take(SHOWN).map(to_offer).chain([Offer::New, Offer::Manage]).collect()
}

#[cfg(test)]
mod tests {
    use domain::channel::ChannelKind;
    use domain::id::{FileId, QuickReplyId};
    use domain::media::StoredFile;
    use domain::quick_reply::{Filling, QuickReply, QuickReplyScope};

    use super::{Mode, Place};

    fn warning(on: ChannelKind, mode: Mode, customer: &str, files: &[&str]) -> Option<String> {
        let place = Place { customer: customer.into(), on: Some(on), mode };
        let file = |mime: &&str| {
            let (id, name, mime) = (FileId::from_number(1), "file".into(), (*mime).to_owned());
            StoredFile { id, name, mime, bytes: 1_000 }
        };
        let reply = QuickReply {
            id: QuickReplyId::from_number(2),
            shortcut: "form".into(),
            text: "Hello {{customer name}}".into(),
            scope: QuickReplyScope::Shared,
            files: files.iter().map(file).collect(),
        };
        place.warning(&reply, Filling { customer, agent: "Maria" })
    }

    #[test]
    fn a_name_that_is_missing_and_a_file_that_does_not_go_along_are_told_before() {
        const PDF: &str = "application/pdf";
        let (reply, note) = (Mode::Reply, Mode::Note);
        let name = "The customer name is not known: it is left out.";
        let no_documents = "The document cannot be sent on this channel.";
        for (on, mode, customer, files, expected) in [
            (ChannelKind::WhatsApp, reply, "Ana Lima", [PDF, "image/png"].as_slice(), None),
            (ChannelKind::WhatsApp, reply, "+49 151 4711", [PDF].as_slice(), Some(name.to_owned())),
            (ChannelKind::X, reply, "Ana Lima", &[PDF], Some(format!("{no_documents} A link to it is put in."))),
            (
                ChannelKind::X,
                reply,
                "",
                &["image/png", PDF, PDF],
                Some(format!("{name} {no_documents} Links to 2 files are put in.")),
            ),
            (
                ChannelKind::WhatsApp,
                note,
                "Ana Lima",
                &[PDF],
                Some("A private note carries no files. A link to it is put in.".into()),
            ),
        ] {
            assert_eq!(warning(on, mode, customer, files), expected, "{on:?} {customer} {files:?}");
        }
    }
}
