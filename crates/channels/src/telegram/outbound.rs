//! Planned pieces and signals as calls of the Bot API. <https://core.telegram.org/bots/api#available-methods>

use domain::channel::ChannelKind;
use domain::media::MediaKind;
use domain::message::{Choice, Place};
use serde_json::{Map, Value, json};

use super::address::{Chat, message_number};
use crate::error::ChannelError;
use crate::files::OutboundFile;
use crate::identity::ProviderId;
use crate::outbound::{AlbumForm, Piece, ProviderSend, Recipient, Signal};
use crate::plan::{AlbumLimits, Limits};

/// A button's data may have 64 bytes; every choice is a button, so rows have the same titles.
pub(super) const LIMITS: Limits = Limits {
    capabilities: ChannelKind::Telegram.capabilities(),
    row_title_max: 64,
    choice_id_max: 64,
    places: true,
    albums: Some(ALBUMS),
};

/// What is seen goes together, what is heard, and what is a document; voice messages, stickers and moving pictures go by
/// themselves. A body may have as many bytes as a file, so an album has no more.
/// <https://core.telegram.org/bots/api#sendmediagroup>
const ALBUMS: AlbumLimits = AlbumLimits {
    sorts: &[
        &[
            (MediaKind::Photo, &["image/jpeg", "image/png", "image/webp"]),
            (MediaKind::Sticker, &["image/png"]),
            (MediaKind::Video, &VIDEO),
        ],
        &[(MediaKind::Audio, &AUDIO)],
        // What Telegram does not play is a document.
        &[(MediaKind::Document, &[]), (MediaKind::Video, &[]), (MediaKind::Audio, &[])],
    ],
    files_max: 10,
    bytes_max: 50_000_000,
    form: AlbumForm::MessageEach,
};

/// The films that Telegram plays.
const VIDEO: [&str; 2] = ["video/mp4", "video/quicktime"];

/// The sound that Telegram plays.
const AUDIO: [&str; 5] = ["audio/mpeg", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/aac"];

/// One call: a method, its parameters, and the files that go along, each under a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub method: &'static str,
    pub parameters: Map<String, Value>,
    pub files: Vec<(String, OutboundFile)>,
}

impl Call {
    pub fn new(method: &'static str, parameters: Value) -> Self {
        let parameters = match parameters {
            Value::Object(parameters) => parameters,
            _ => Map::new(),
        };
        Self { method, parameters, files: Vec::new() }
    }

    fn to(chat: &Chat, method: &'static str, parameters: Value) -> Self {
        let mut call = Self::new(method, parameters);
        call.parameters.insert("chat_id".into(), chat.id.into());
        if let Some(business) = &chat.business {
            call.parameters.insert("business_connection_id".into(), business.as_str().into());
        }
        call
    }
}

/// The chat that a message goes to.
pub(super) fn chat(to: &Recipient) -> Result<Chat, ChannelError> {
    let nobody = || ChannelError::InvalidContent { field: Some("recipient".into()), detail: "There is none.".into() };
    to.ids.iter().find_map(|id| Chat::named(&id.0)).ok_or_else(nobody)
}

/// The call that sends one piece to `chat`. Words go as they are, without a markup that could be wrong.
pub(super) fn message(send: &ProviderSend, chat: &Chat) -> Result<Call, ChannelError> {
    let mut call = match &send.piece {
        Piece::Text(text) => Call::to(chat, "sendMessage", json!({ "text": text })),
        Piece::Buttons { text, choices } | Piece::List { text, choices } => {
            Call::to(chat, "sendMessage", json!({ "text": text, "reply_markup": keyboard(choices) }))
        }
        Piece::File { file, caption } => with_file(chat, file, caption.as_deref()),
        Piece::Album { files, caption, .. } => with_files(chat, files, caption.as_deref()),
        Piece::Place(place) => on_a_map(chat, place),
        Piece::Template { .. } => {
            return Err(ChannelError::Unsupported { detail: "Telegram has no templates.".into() });
        }
    };
    if let Some(number) = send.reply_to.as_ref().and_then(message_number) {
        // The message may be gone by now; the answer is worth more than what it answers.
        let answered = json!({ "message_id": number, "allow_sending_without_reply": true });
        call.parameters.insert("reply_parameters".into(), answered);
    }
    Ok(call)
}

/// The call that shows a sign.
pub(super) fn signal(signal: &Signal) -> Result<Call, ChannelError> {
    match signal {
        Signal::Typing { to, .. } => Ok(Call::to(&chat(to)?, "sendChatAction", json!({ "action": "typing" }))),
        Signal::Reaction { to, target, emoji } => {
            let signs: Vec<Value> = emoji.iter().map(|emoji| json!({ "type": "emoji", "emoji": emoji })).collect();
            let chat = chat(to)?;
            // A call without the business connection would be about the bot's own chat, where other messages have these
            // numbers.
            if chat.business.is_some() {
                let detail = "Telegram takes no reactions of a bot in the chats of a business account.";
                return Err(ChannelError::Unsupported { detail: detail.into() });
            }
            let parameters = json!({ "message_id": known(target)?, "reaction": signs });
            Ok(Call::to(&chat, "setMessageReaction", parameters))
        }
        Signal::Pressed { button } => Ok(Call::new("answerCallbackQuery", json!({ "callback_query_id": button }))),
        Signal::Read { to, up_to } => {
            let chat = chat(to)?;
            // Only what a business account has read is shown. <https://core.telegram.org/bots/api#readbusinessmessage>
            if chat.business.is_none() {
                return Err(ChannelError::Unsupported { detail: "Telegram shows nobody what a bot has read.".into() });
            }
            Ok(Call::to(&chat, "readBusinessMessage", json!({ "message_id": known(up_to)? })))
        }
    }
}

fn known(target: &ProviderId) -> Result<i64, ChannelError> {
    let unknown = || ChannelError::InvalidContent { field: Some("message".into()), detail: "There is none.".into() };
    message_number(target).ok_or_else(unknown)
}

/// One button on each line: titles are as long as people made them.
fn keyboard(choices: &[Choice]) -> Value {
    let line = |choice: &Choice| json!([{ "text": choice.title, "callback_data": choice.id }]);
    json!({ "inline_keyboard": choices.iter().map(line).collect::<Vec<_>>() })
}

fn with_file(chat: &Chat, file: &OutboundFile, caption: Option<&str>) -> Call {
    let (method, parameter) = method(file.kind, &file.mime);
    let mut call = Call::to(chat, method, json!({}));
    if let Some(caption) = caption {
        call.parameters.insert("caption".into(), caption.into());
    }
    call.files.push((parameter.into(), file.clone()));
    call
}

/// An album names its files by where they are in the body. Its words stand with the first: then Telegram shows them below
/// the whole.
fn with_files(chat: &Chat, files: &[OutboundFile], caption: Option<&str>) -> Call {
    let named: Vec<(String, OutboundFile)> =
        (1..).zip(files).map(|(number, file): (u32, _)| (format!("file{number}"), file.clone())).collect();
    let medium = |(name, file): &(String, OutboundFile)| {
        let (_, kind) = method(file.kind, &file.mime);
        json!({ "type": kind, "media": format!("attach://{name}") })
    };
    let mut media: Vec<Value> = named.iter().map(medium).collect();
    if let (Some(first), Some(caption)) = (media.first_mut(), caption) {
        first["caption"] = caption.into();
    }
    Call { files: named, ..Call::to(chat, "sendMediaGroup", json!({ "media": media })) }
}

/// What Telegram would refuse as what it is, or send without its motion, goes as what it takes it for.
fn method(kind: MediaKind, mime: &str) -> (&'static str, &'static str) {
    let plays = AUDIO.contains(&mime);
    match kind {
        MediaKind::Photo | MediaKind::Sticker if mime == "image/gif" => ("sendAnimation", "animation"),
        MediaKind::Photo => ("sendPhoto", "photo"),
        MediaKind::Sticker if mime == "image/png" => ("sendPhoto", "photo"),
        MediaKind::Sticker => ("sendSticker", "sticker"),
        MediaKind::Video if VIDEO.contains(&mime) => ("sendVideo", "video"),
        MediaKind::Voice if plays || mime == "audio/ogg" => ("sendVoice", "voice"),
        MediaKind::Audio if plays => ("sendAudio", "audio"),
        MediaKind::Video | MediaKind::Voice | MediaKind::Audio | MediaKind::Document => ("sendDocument", "document"),
    }
}

/// A place with words is a venue, which needs both of them.
fn on_a_map(chat: &Chat, place: &Place) -> Call {
    let (latitude, longitude) = place.degrees();
    let Some(title) = place.name.as_ref().or(place.address.as_ref()) else {
        return Call::to(chat, "sendLocation", json!({ "latitude": latitude, "longitude": longitude }));
    };
    let address = place.address.as_ref().unwrap_or(title);
    let venue = json!({ "latitude": latitude, "longitude": longitude, "title": title, "address": address });
    Call::to(chat, "sendVenue", venue)
}

#[cfg(test)]
mod tests {
    use domain::id::{FileId, MessageId};
    use domain::media::MediaKind;
    use domain::message::{Choice, Place};
    use serde_json::{Value, json};

    use super::{Call, LIMITS, chat, message, method, signal};
    use crate::files::OutboundFile;
    use crate::identity::{ExternalId, ProviderId};
    use crate::outbound::{AlbumForm, Author, Piece, ProviderSend, Recipient, SendKey, Signal};

    /// A person with a number that has more than 32 bits.
    const ANA: &str = "5000000077";

    fn recipient(id: &str) -> Recipient {
        Recipient { ids: vec![ExternalId(id.into())] }
    }

    fn call_to(to: &str, piece: Piece, reply_to: Option<&str>) -> Value {
        let key = SendKey { message: MessageId::from_number(1), part: 1, parts: 1 };
        let reply_to = reply_to.map(|id| ProviderId(id.into()));
        let send = ProviderSend {
            key,
            places: Vec::new(),
            to: recipient(to),
            piece,
            reply_to,
            author: Author::Person,
            speaker: None,
            by_person_late: false,
        };
        written(message(&send, &chat(&send.to).expect("a chat")).expect("can be sent"))
    }

    fn sent(piece: Piece) -> Value {
        call_to(ANA, piece, None)
    }

    /// A file is a parameter of its own; those of an album are named by one.
    fn written(call: Call) -> Value {
        let mut files = call.files.iter().map(|(name, file)| json!({ "parameter": name, "name": file.name }));
        if call.method == "sendMediaGroup" {
            let attached: Value = files.collect();
            return json!({ "method": call.method, "parameters": call.parameters, "file": null, "attached": attached });
        }
        json!({ "method": call.method, "parameters": call.parameters, "file": files.next() })
    }

    fn signed(shown: &Signal) -> Value {
        written(signal(shown).expect("a sign Telegram knows"))
    }

    fn stored(kind: MediaKind, name: &str, mime: &str) -> OutboundFile {
        OutboundFile { kind, id: FileId::from_number(1), name: name.into(), mime: mime.into(), bytes: 3 }
    }

    fn file(kind: MediaKind, name: &str, mime: &str, caption: Option<&str>) -> Piece {
        Piece::File { file: stored(kind, name, mime), caption: caption.map(str::to_owned) }
    }

    fn album(files: &[(MediaKind, &str, &str)], caption: Option<&str>) -> Piece {
        let files = files.iter().map(|(kind, name, mime)| stored(*kind, name, mime)).collect();
        Piece::Album { files, caption: caption.map(str::to_owned), form: AlbumForm::MessageEach }
    }

    fn place(name: Option<&str>, address: Option<&str>) -> Piece {
        let words = |words: Option<&str>| words.map(str::to_owned);
        let place = Place::at(-23.550_52, -46.633_308).expect("on earth");
        Piece::Place(Place { name: words(name), address: words(address), ..place })
    }

    /// The same files are checked against the contract of the Bot API, outside this crate.
    macro_rules! writes {
        ($($test:ident: $fixture:literal = $call:expr);+ $(;)?) => {$(
            #[test]
            fn $test() {
                let fixture = include_str!(concat!("../../fixtures/telegram/outbound/", $fixture, ".json"));
                assert_eq!($call, serde_json::from_str::<Value>(fixture).expect("the fixture is JSON"));
            }
        )+};
    }

    writes! {
            a_text_goes_as_it_is: "text" = sent(Piece::Text("Olá <b> & 🙂".into()));
            an_answer_names_what_it_answers:
                "answer" = call_to(ANA, Piece::Text("Sim".into()), Some("5000000077:17"));
            a_business_account_speaks_through_its_connection:
                "business" = call_to("77@conn1", Piece::Text("Olá".into()), Some("77@conn1:17"));
            answers_are_buttons_below: "buttons" = sent(Piece::Buttons {
                text: "Ok?".into(),
                choices: ["Sim", "Não"].map(|title| Choice { id: title.to_lowercase(), title: title.into() }).into(),
            });
            a_photo_has_its_words_beside_it:
                "photo" = sent(file(MediaKind::Photo, "shop.jpg", "image/jpeg", Some("A loja")));
            a_moving_picture_keeps_moving: "animation" = sent(file(MediaKind::Photo, "hi.gif", "image/gif", None));
            a_video_is_one: "video" = sent(file(MediaKind::Video, "tour.mp4", "video/mp4", Some("A loja")));
            a_document_keeps_its_name: "document" = sent(file(MediaKind::Document, "nota.pdf", "application/pdf", None));
            music_is_audio: "audio" = sent(file(MediaKind::Audio, "jingle.mp3", "audio/mpeg", None));
            a_recording_is_a_voice_message: "voice" = sent(file(MediaKind::Voice, "voice.ogg", "audio/ogg", None));
            a_sticker_is_one: "sticker" = sent(file(MediaKind::Sticker, "hi.webp", "image/webp", None));
    photos_and_videos_are_one_album_with_its_words_below: "album" = call_to(
                ANA,
                album(
                    &[(MediaKind::Photo, "shop.jpg", "image/jpeg"), (MediaKind::Video, "tour.mp4", "video/mp4")],
                    Some("A loja"),
                ),
                Some("5000000077:17"),
            );
            documents_are_an_album_of_their_own: "album_of_documents" = sent(album(
                &[(MediaKind::Document, "nota.pdf", "application/pdf"), (MediaKind::Video, "clip.webm", "video/webm")],
                None,
            ));
            music_is_an_album_of_its_own: "album_of_audio" = sent(album(
                &[(MediaKind::Audio, "one.mp3", "audio/mpeg"), (MediaKind::Audio, "two.m4a", "audio/x-m4a")],
                None,
            ));
            a_place_without_words_is_a_location: "location" = sent(place(None, None));
            a_place_with_words_is_a_venue: "venue" = sent(place(Some("Loja"), Some("Rua 1")));
            typing_is_an_action: "typing" = signed(&Signal::Typing {
                to: recipient(ANA),
                answering: ProviderId("5000000077:17".into()),
            });
            a_reaction_is_set: "reaction" = signed(&Signal::Reaction {
                to: recipient(ANA),
                target: ProviderId("5000000077:17".into()),
                emoji: Some("👍".into()),
            });
            a_reaction_is_taken_back: "no_reaction" = signed(&Signal::Reaction {
                to: recipient(ANA),
                target: ProviderId("5000000077:17".into()),
                emoji: None,
            });
            what_a_business_account_has_read_is_marked: "read" = signed(&Signal::Read {
                to: recipient("77@conn1"),
                up_to: ProviderId("77@conn1:17".into()),
            });
            a_press_is_answered: "pressed" = signed(&Signal::Pressed { button: "4382bfdwdsb323b2d9".into() });
        }

    #[test]
    fn what_telegram_would_refuse_goes_as_a_document() {
        for piece in [
            file(MediaKind::Voice, "voice.webm", "audio/webm", None),
            file(MediaKind::Audio, "sound.wav", "audio/wav", None),
            file(MediaKind::Video, "clip.webm", "video/webm", None),
        ] {
            assert_eq!(sent(piece)["method"], "sendDocument");
        }
    }

    #[test]
    fn an_album_takes_what_telegram_shows_together_as_what_it_is_alone() {
        let kinds = [
            MediaKind::Photo,
            MediaKind::Video,
            MediaKind::Audio,
            MediaKind::Voice,
            MediaKind::Sticker,
            MediaKind::Document,
        ];
        let mimes = [
            "image/jpeg",
            "image/png",
            "image/webp",
            "image/gif",
            "video/mp4",
            "video/webm",
            "audio/mpeg",
            "audio/wav",
        ];
        let albums = LIMITS.albums.expect("it has albums");
        for (kind, mime) in kinds.into_iter().flat_map(|kind| mimes.map(|mime| (kind, mime))) {
            if !kind.takes(mime) {
                continue;
            }
            let expected = match method(kind, mime).1 {
                "photo" | "video" => Some(0),
                "audio" => Some(1),
                "document" if kind != MediaKind::Voice => Some(2),
                _ => None,
            };
            let takes =
                |(known, mimes): &(MediaKind, &[&str])| *known == kind && (mimes.is_empty() || mimes.contains(&mime));
            let sort = albums.sorts.iter().position(|sort| sort.iter().any(takes));
            assert_eq!(sort, expected, "{kind:?} {mime}");
        }
    }

    #[test]
    fn a_venue_needs_both_words() {
        let sent = sent(place(None, Some("Rua 1")));
        assert_eq!((&sent["parameters"]["title"], &sent["parameters"]["address"]), (&json!("Rua 1"), &json!("Rua 1")));
    }
}
