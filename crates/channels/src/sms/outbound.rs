//! Planned pieces as Twilio's form. <https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource>

use std::collections::BTreeMap;

use domain::channel::{Capabilities, ChannelKind, ChoiceLimits};
use domain::media::MediaKind;
use domain::template::SentTemplate;
use reqwest::Url;
use serde_json::json;

use super::buttons;
use super::settings::{Sender, Settings};
use crate::error::ChannelError;
use crate::files::Files;
use crate::outbound::{AlbumForm, Piece, ProviderSend};
use crate::plan::{AlbumLimits, Limits, numbered};

/// Buttons of RCS: <https://www.twilio.com/docs/content/twilio-quick-reply>. It takes ten, with up to 20 characters each.
const BUTTONS: ChoiceLimits = ChoiceLimits { buttons: 10, rows: 0, title_max: 20, body_max: 1_024 };

/// An MMS has up to ten files and stays below 5 MB with its words. Pictures are made to fit the phone; of anything else a
/// carrier takes about 600 kB in all, so it goes by itself. <https://www.twilio.com/docs/messaging/guides/accepted-mime-types>
const PICTURES: AlbumLimits = AlbumLimits {
    sorts: &[&[(MediaKind::Photo, &["image/jpeg", "image/png", "image/gif"])]],
    files_max: 10,
    bytes_max: 4_990_000,
    form: AlbumForm::OneMessage,
};

/// What a message of this sender must fit into. Places are texts here, and choices are where the sender has no RCS. Of RCS
/// alone it is not documented that a message has several files.
pub(super) fn limits(settings: &Settings) -> Limits {
    let choices = settings.rcs.then_some(BUTTONS);
    let capabilities = Capabilities { choices, ..ChannelKind::Sms.capabilities() };
    let albums = match &settings.sender {
        Sender::Address(address) if address.starts_with(RCS) => None,
        Sender::Address(_) | Sender::Service(_) => Some(PICTURES),
    };
    Limits { capabilities, row_title_max: 0, choice_id_max: 200, places: false, albums }
}

/// What the address of an RCS sender begins with, and of whom it writes to.
const RCS: &str = "rcs:";

/// The fields of a form, in their order.
type Fields = Vec<(String, String)>;

/// The form that sends one piece, and has news of it come to `webhook`. A question is numbered text.
pub(super) fn message(
    settings: &Settings,
    webhook: &Url,
    files: &dyn Files,
    send: &ProviderSend,
) -> Result<Fields, ChannelError> {
    let mut said = Vec::new();
    match &send.piece {
        Piece::Text(text) => said.push(("Body", text.clone())),
        Piece::Buttons { text, choices } | Piece::List { text, choices } => {
            said.push(("Body", numbered(text, choices)))
        }
        Piece::File { file, caption } => {
            said.extend(caption.clone().map(|caption| ("Body", caption)));
            // Twilio takes no files, it fetches them.
            said.push(("MediaUrl", files.link(file.id).into()));
        }
        Piece::Album { files: together, caption, .. } => {
            said.extend(caption.clone().map(|caption| ("Body", caption)));
            said.extend(together.iter().map(|file| ("MediaUrl", files.link(file.id).into())));
        }
        Piece::Template { template, .. } => {
            said.push(("ContentSid", template.id.clone()));
            said.extend(variables(template).map(|variables| ("ContentVariables", variables)));
        }
        Piece::Place(_) => {
            return Err(ChannelError::Unsupported { detail: "A text message holds words and files.".into() });
        }
    }
    form(settings, webhook, send, said)
}

/// The form that asks `question` with the buttons of `content`.
pub(super) fn question(
    settings: &Settings,
    webhook: &Url,
    send: &ProviderSend,
    content: String,
    question: &str,
) -> Result<Fields, ChannelError> {
    let said = vec![("ContentSid", content), ("ContentVariables", buttons::variables(question))];
    form(settings, webhook, send, said)
}

/// To whom, from whom, and what.
fn form(
    settings: &Settings,
    webhook: &Url,
    send: &ProviderSend,
    said: Vec<(&'static str, String)>,
) -> Result<Fields, ChannelError> {
    let nobody = || ChannelError::InvalidContent { field: Some("recipient".into()), detail: "There is none.".into() };
    let to = send.to.ids.iter().find(|id| !id.0.is_empty()).ok_or_else(nobody)?;
    let (to, sender) = match &settings.sender {
        // Both ends of a message are on one channel of Twilio's; only a service finds out which by itself.
        Sender::Address(address) if address.starts_with(RCS) => (format!("{RCS}{to}"), ("From", address.clone())),
        Sender::Address(address) => (to.0.clone(), ("From", address.clone())),
        Sender::Service(service) => (to.0.clone(), ("MessagingServiceSid", service.clone())),
    };
    let mut fields = vec![("To", to), sender];
    fields.extend(said);
    fields.push(("StatusCallback", webhook.as_str().into()));
    Ok(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// What is filled into a template, as JSON; `None` for one without placeholders.
/// <https://www.twilio.com/docs/content/using-variables-with-content-api>
fn variables(template: &SentTemplate) -> Option<String> {
    let values = template.values.body.iter();
    let variables: BTreeMap<_, _> = values.map(|value| (value.placeholder.as_str(), value.value.as_str())).collect();
    (!variables.is_empty()).then(|| json!(variables).to_string())
}

#[cfg(test)]
mod tests {
    use domain::id::{FileId, MessageId};
    use domain::media::MediaKind;
    use domain::message::Choice;
    use domain::template::{SentTemplate, TemplateValue, TemplateValues};
    use futures::future::BoxFuture;
    use reqwest::Url;
    use serde_json::json;
    use url::form_urlencoded;

    use super::{message, question};
    use crate::error::ChannelError;
    use crate::files::{Content, Files, OutboundFile};
    use crate::identity::ExternalId;
    use crate::outbound::{AlbumForm, Author, Piece, ProviderSend, Recipient, SendKey};
    use crate::sms::settings::Settings;

    struct Lent;

    impl Files for Lent {
        fn open(&self, _: FileId) -> BoxFuture<'_, Result<Content, ChannelError>> {
            Box::pin(async { Err(ChannelError::MediaRejected { detail: "Twilio fetches files itself.".into() }) })
        }

        fn link(&self, id: FileId) -> Url {
            Url::parse(&format!("https://desk.example/lent/{id}?proof=p%2Fq")).expect("a URL")
        }
    }

    fn form(sender: &str, piece: Piece) -> String {
        let (settings, webhook, send) = sending(sender, piece);
        written(message(&settings, &webhook, &Lent, &send))
    }

    fn written(fields: Result<Vec<(String, String)>, ChannelError>) -> String {
        let fields = fields.expect("a piece that can be sent");
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    }

    fn sending(sender: &str, piece: Piece) -> (Settings, Url, ProviderSend) {
        let settings =
            json!({"account_sid": "AC00000000000000000000000000000001", "auth_token": "auth-token", "sender": sender});
        let settings = Settings::parse(&settings.to_string()).expect("good settings");
        let webhook =
            Url::parse("https://desk.example/webhooks/sms/01939d3c-7a00-7000-8000-0000000000c1").expect("a URL");
        let key = SendKey { message: MessageId::from_number(1), part: 1, parts: 1 };
        let to = Recipient { ids: vec![ExternalId("+5511900000001".into())] };
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
        (settings, webhook, send)
    }

    fn asked(sender: &str) -> String {
        let (settings, webhook, send) = sending(sender, Piece::Text(String::new()));
        let content = "HX00000000000000000000000000000009".to_owned();
        written(question(&settings, &webhook, &send, content, "Ok, \"Ana\"?"))
    }

    fn choices() -> Piece {
        let choices = ["Sim", "Não"].map(|title| Choice { id: title.to_lowercase(), title: title.into() });
        Piece::Buttons { text: "Ok?".into(), choices: choices.into() }
    }

    fn stored(number: u128) -> OutboundFile {
        let id = FileId::from_number(0x0193_9d3c_7a00_7000_8000_0000_0000_00f0 + number);
        let (name, mime) = ("a.jpg".into(), "image/jpeg".into());
        OutboundFile { kind: MediaKind::Photo, id, name, mime, bytes: 9 }
    }

    fn photo(caption: Option<&str>) -> Piece {
        Piece::File { file: stored(1), caption: caption.map(Into::into) }
    }

    fn photos() -> Piece {
        Piece::Album { files: vec![stored(1), stored(2)], caption: Some("A caixa".into()), form: AlbumForm::OneMessage }
    }

    fn template(values: &[(&str, &str)]) -> Piece {
        let value = |(placeholder, value): &(&str, &str)| TemplateValue {
            placeholder: (*placeholder).into(),
            value: (*value).into(),
        };
        let template = SentTemplate {
            id: "HX00000000000000000000000000000001".into(),
            name: "order_ok".into(),
            language: "pt_BR".into(),
            named: true,
            values: TemplateValues { body: values.iter().map(value).collect(), ..TemplateValues::default() },
            header: None,
            text: "Olá".into(),
            buttons: Vec::new(),
        };
        Piece::Template { template: Box::new(template), header: None }
    }

    /// The same files are checked against Twilio's own contract, outside this crate.
    macro_rules! writes {
        ($($test:ident: $fixture:literal = $form:expr);+ $(;)?) => {$(
            #[test]
            fn $test() {
                let fixture = include_str!(concat!("../../fixtures/sms/outbound/", $fixture, ".form"));
                assert_eq!($form, fixture.trim_end());
            }
        )+};
    }

    writes! {
        a_text_leaves_from_the_number: "text" = form("+1 555 000 1111", Piece::Text("Olá 🙂 & até já".into()));
        a_messaging_service_picks_the_number:
            "service" = form("MG00000000000000000000000000000002", Piece::Text("Olá".into()));
        by_rcs_both_ends_are_on_it: "rcs" = form("rcs:acme_agent", Piece::Text("Olá".into()));
        a_photo_and_its_words_are_one_message: "photo" = form("+15550001111", photo(Some("A caixa")));
        a_photo_may_be_without_words: "photo_alone" = form("+15550001111", photo(None));
        photos_that_leave_together_are_one_message_with_their_words: "photos" = form("+15550001111", photos());
        a_template_leaves_with_what_was_filled_in:
            "template" = form("+15550001111", template(&[("first_name", "Ana \"A\""), ("2", "42")]));
        a_question_leaves_with_the_buttons_of_its_content: "question" = asked("MG00000000000000000000000000000002");
        a_question_without_buttons_is_numbered:
            "question_numbered" = form("MG00000000000000000000000000000002", choices());
        a_template_without_placeholders_leaves_by_its_id: "template_plain" = form("+15550001111", template(&[]));
    }
}
