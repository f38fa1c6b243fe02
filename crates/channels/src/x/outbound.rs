//! Planned pieces as X's JSON, and how X calls files.
//! <https://docs.x.com/x-api/direct-messages/manage/introduction>

use domain::channel::ChannelKind;
use domain::media::MediaKind;
use serde_json::{Value, json};

use super::settings::is_number;
use crate::error::ChannelError;
use crate::files::OutboundFile;
use crate::outbound::{Piece, ProviderSend, Recipient};
use crate::plan::Limits;

/// Choices become numbered text here, so nothing bounds them.
pub(super) const LIMITS: Limits = Limits {
    capabilities: ChannelKind::X.capabilities(),
    row_title_max: 0,
    choice_id_max: 0,
    places: false,
    albums: None,
};

/// The person a message goes to.
pub(super) fn participant(to: &Recipient) -> Result<&str, ChannelError> {
    let nobody = || ChannelError::InvalidContent { field: Some("recipient".into()), detail: "There is none.".into() };
    to.ids.iter().map(|id| id.0.as_str()).find(|id| is_number(id)).ok_or_else(nobody)
}

/// The body that sends one piece, whose file X knows by `media_id`.
pub(super) fn message(send: &ProviderSend, media_id: Option<&str>) -> Result<Value, ChannelError> {
    let mut body = match &send.piece {
        Piece::Text(text) => json!({ "text": text }),
        Piece::File { caption: Some(caption), .. } => json!({ "text": caption }),
        Piece::File { caption: None, .. } => json!({}),
        Piece::Album { .. } | Piece::Buttons { .. } | Piece::List { .. } | Piece::Template { .. } | Piece::Place(_) => {
            return Err(ChannelError::Unsupported { detail: "X knows only texts and files.".into() });
        }
    };
    if let Some(media_id) = media_id {
        body["attachments"] = json!([{ "media_id": media_id }]);
    }
    Ok(body)
}

/// What X calls a file in a direct message.
pub(super) fn category(file: &OutboundFile) -> Result<&'static str, ChannelError> {
    match file.kind {
        MediaKind::Photo if file.mime == "image/gif" => Ok("dm_gif"),
        MediaKind::Photo => Ok("dm_image"),
        MediaKind::Video => Ok("dm_video"),
        MediaKind::Audio | MediaKind::Voice | MediaKind::Sticker | MediaKind::Document => {
            Err(ChannelError::Unsupported { detail: "X takes only photos and videos.".into() })
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{FileId, MessageId};
    use domain::media::MediaKind;
    use serde_json::Value;

    use super::{category, message, participant};
    use crate::files::OutboundFile;
    use crate::identity::ExternalId;
    use crate::outbound::{Author, Piece, ProviderSend, Recipient, SendKey};

    fn file(kind: MediaKind, mime: &str) -> OutboundFile {
        OutboundFile { kind, id: FileId::from_number(1), name: "a".into(), mime: mime.into(), bytes: 3 }
    }

    fn photo(caption: Option<&str>) -> Piece {
        Piece::File { file: file(MediaKind::Photo, "image/png"), caption: caption.map(str::to_owned) }
    }

    fn body(piece: Piece, media_id: Option<&str>) -> Value {
        let key = SendKey { message: MessageId::from_number(1), part: 1, parts: 1 };
        let to = Recipient { ids: vec![ExternalId("1900000000000000111".into())] };
        let send = ProviderSend {
            key,
            places: Vec::new(),
            to,
            piece,
            reply_to: None,
            author: Author::Person,
            speaker: None,
            by_person_late: false,
        };
        message(&send, media_id).expect("can be sent")
    }

    /// The same files are compared with what X's own client writes, outside this crate.
    macro_rules! writes {
        ($($test:ident: $fixture:literal = $body:expr);+ $(;)?) => {$(
            #[test]
            fn $test() {
                let fixture = include_str!(concat!("../../fixtures/x/outbound/", $fixture, ".json"));
                assert_eq!($body, serde_json::from_str::<Value>(fixture).expect("the fixture is JSON"));
            }
        )+};
    }

    writes! {
        a_text_is_a_text: "text" = body(Piece::Text("Olá 🙂".into()), None);
        a_photo_has_its_words_beside_it: "photo" = body(photo(Some("A loja")), Some("1583157113245011970"));
        a_photo_may_have_no_words: "photo_alone" = body(photo(None), Some("1583157113245011970"));
    }

    #[test]
    fn x_has_its_own_words_for_files() {
        assert_eq!(category(&file(MediaKind::Photo, "image/png")), Ok("dm_image"));
        assert_eq!(category(&file(MediaKind::Photo, "image/gif")), Ok("dm_gif"));
        assert_eq!(category(&file(MediaKind::Video, "video/mp4")), Ok("dm_video"));
        assert!(category(&file(MediaKind::Document, "application/pdf")).is_err());
    }

    #[test]
    fn only_a_person_of_x_is_written_to() {
        let to = |ids: &[&str]| Recipient { ids: ids.iter().map(|id| ExternalId((*id).into())).collect() };
        assert_eq!(participant(&to(&["@ana", "111"])), Ok("111"));
        assert!(participant(&to(&["../me"])).is_err() && participant(&to(&[])).is_err());
    }
}
