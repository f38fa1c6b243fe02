//! What we post, against files that are checked against Meta's own schema as well, outside this crate.

use domain::id::{FileId, MessageId};
use domain::media::MediaKind;
use domain::message::{Choice, Place};
use domain::template::{SentTemplate, TemplateButton, TemplateValue, TemplateValues};
use serde_json::Value;

use super::{message, signal};
use crate::files::OutboundFile;
use crate::identity::{ExternalId, ProviderId};
use crate::outbound::{Author, Piece, ProviderSend, Recipient, SendKey, Signal};

const BOTH: [&str; 2] = ["BR.1349000000000000001", "5511900000001"];

fn send(to: &[&str], piece: Piece) -> ProviderSend {
    let id = MessageId::from_number(0x0193_9d3c_7a00_7000_8000_0000_0000_0001);
    let to = Recipient { ids: to.iter().map(|id| ExternalId((*id).into())).collect() };
    let key = SendKey { message: id, part: 1, parts: 1 };
    ProviderSend {
        key,
        places: Vec::new(),
        to,
        piece,
        reply_to: None,
        author: Author::Person,
        speaker: None,
        by_person_late: false,
    }
}

fn body(to: &[&str], piece: Piece) -> Value {
    message(&send(to, piece), None, "Choose").expect("somebody to send to")
}

fn answering(piece: Piece) -> Value {
    let send = ProviderSend { reply_to: Some(ProviderId("wamid.IN01=".into())), ..send(&BOTH, piece) };
    message(&send, None, "Choose").expect("somebody to send to")
}

fn with_file(piece: Piece) -> Value {
    message(&send(&BOTH, piece), Some("901000000000001"), "Choose").expect("somebody to send to")
}

fn file(kind: MediaKind, name: &str, mime: &str) -> OutboundFile {
    OutboundFile { kind, id: FileId::from_number(1), name: name.into(), mime: mime.into(), bytes: 3_000 }
}

fn sent_file(kind: MediaKind, caption: Option<&str>) -> Value {
    let file = file(kind, "nota.pdf", "application/pdf");
    with_file(Piece::File { file, caption: caption.map(str::to_owned) })
}

fn signed(of: impl FnOnce(Recipient, ProviderId) -> Signal) -> Value {
    let to = Recipient { ids: BOTH.iter().map(|id| ExternalId((*id).into())).collect() };
    signal(&of(to, ProviderId("wamid.IN01=".into()))).expect("a sign WhatsApp knows")
}

fn choices(titles: &[&str]) -> Vec<Choice> {
    titles.iter().map(|title| Choice { id: title.to_lowercase(), title: (*title).into() }).collect()
}

fn place(name: Option<&str>) -> Piece {
    let place = Place::at(-23.550_52, -46.633_308).expect("a place in São Paulo");
    let address = name.map(|_| "Rua 1, 100".to_owned());
    Piece::Place(Place { name: name.map(str::to_owned), address, ..place })
}

fn values(of: &[(&str, &str)]) -> Vec<TemplateValue> {
    let value = |(placeholder, value): &(&str, &str)| TemplateValue {
        placeholder: (*placeholder).into(),
        value: (*value).into(),
    };
    of.iter().map(value).collect()
}

fn template(named: bool, values: TemplateValues) -> SentTemplate {
    SentTemplate {
        id: "1".into(),
        name: "order_ok".into(),
        language: "pt_BR".into(),
        named,
        values,
        header: None,
        text: "Olá Ana, o pedido 42 saiu.".into(),
        buttons: vec![
            TemplateButton::Reply { title: "Falar com alguém".into() },
            TemplateButton::Link { title: "Rastrear".into(), url: "https://example.com/{{1}}".into() },
            TemplateButton::Call { title: "Ligar".into(), phone: "+5511900000009".into() },
        ],
    }
}

fn positional() -> Piece {
    // In whatever order they were filled in.
    let values = TemplateValues {
        header: values(&[("1", "Acme")]),
        body: values(&[("2", "42"), ("1", "Ana")]),
        ..TemplateValues::default()
    };
    Piece::Template { template: Box::new(template(false, values)), header: None }
}

fn named_with_media_and_buttons() -> Piece {
    let buttons = vec![(0, "talk".into()), (1, "42".into()), (2, "never sent".into()), (9, "never sent".into())];
    let body = values(&[("order_id", "42"), ("name", "Ana")]);
    let values = TemplateValues { body, buttons, ..TemplateValues::default() };
    let header = Some(file(MediaKind::Photo, "foto.jpg", "image/jpeg"));
    Piece::Template { template: Box::new(template(true, values)), header }
}

fn bare_template_with_document() -> Piece {
    let header = Some(file(MediaKind::Document, "nota.pdf", "application/pdf"));
    Piece::Template { template: Box::new(template(false, TemplateValues::default())), header }
}

fn coupon_on_a_map() -> Piece {
    let shop = Place::read("-23.5505", "-46.6333").expect("on earth");
    let place = Some(Place { name: Some("Loja Centro".into()), address: Some("Rua 1".into()), ..shop });
    let values = TemplateValues { buttons: vec![(0, "25OFF".into())], place, ..TemplateValues::default() };
    let buttons = vec![TemplateButton::Code { title: "Copiar".into() }];
    let template = SentTemplate { buttons, ..template(false, values) };
    Piece::Template { template: Box::new(template), header: None }
}

fn plain_template() -> Piece {
    Piece::Template { template: Box::new(template(false, TemplateValues::default())), header: None }
}

macro_rules! writes {
    ($($test:ident: $fixture:literal = $body:expr);+ $(;)?) => {$(
        #[test]
        fn $test() {
            let fixture = include_str!(concat!("../../../fixtures/whatsapp/outbound/", $fixture, ".json"));
            assert_eq!($body, serde_json::from_str::<Value>(fixture).expect("the fixture is JSON"));
        }
    )+};
}

writes! {
    a_text_goes_to_the_phone_number: "text" = body(&BOTH, Piece::Text("Olá 🙂".into()));
    a_text_goes_to_the_user_id_of_who_hides_the_number:
        "text_to_user_id" = body(&BOTH[..1], Piece::Text("Olá".into()));
    a_link_is_previewed: "text_with_link" = body(&BOTH, Piece::Text("Veja https://example.com/pedido".into()));
    an_answer_names_what_it_answers: "reply" = answering(Piece::Text("Sim".into()));
    short_answers_are_buttons: "buttons" = body(&BOTH, Piece::Buttons {
        text: "Ok?".into(),
        choices: choices(&["Sim", "Não"]),
    });
    many_answers_are_a_list: "list" = body(&BOTH, Piece::List {
        text: "O que deseja?".into(),
        choices: choices(&["Rastrear", "Trocar", "Devolver", "Falar com alguém"]),
    });
    a_photo_has_its_words_beside_it: "photo" = sent_file(MediaKind::Photo, Some("veja"));
    a_video_need_not_have_words: "video" = sent_file(MediaKind::Video, None);
    a_document_keeps_its_name: "document" = sent_file(MediaKind::Document, Some("segue a nota"));
    an_audio_is_a_file: "audio" = sent_file(MediaKind::Audio, None);
    a_voice_message_is_played_as_one: "voice" = sent_file(MediaKind::Voice, None);
    a_sticker_is_a_file: "sticker" = sent_file(MediaKind::Sticker, None);
    a_place_is_on_the_map: "location" = body(&BOTH, place(Some("Loja Centro")));
    a_place_without_a_name_is_a_point: "location_bare" = body(&BOTH, place(None));
    numbered_values_go_by_their_numbers: "template_positional" = body(&BOTH, positional());
    named_values_a_photo_and_buttons_go_with_a_template: "template_named" = with_file(named_with_media_and_buttons());
    a_template_may_have_nothing_but_its_document: "template_document" = with_file(bare_template_with_document());
    a_map_and_a_coupons_code_are_filled_in: "template_coupon" = body(&BOTH, coupon_on_a_map());
    a_template_without_anything_to_fill_in_is_just_named: "template_plain" = body(&BOTH, plain_template());
    a_reaction_names_its_message: "reaction" = signed(|to, target| Signal::Reaction { to, target, emoji: Some("👍".into()) });
    a_reaction_taken_back_is_an_empty_one: "reaction_removed" = signed(|to, target| Signal::Reaction { to, target, emoji: None });
    a_read_receipt_names_the_message: "read" = signed(|to, up_to| Signal::Read { to, up_to });
    typing_is_a_read_receipt_with_a_sign: "typing" = signed(|to, answering| Signal::Typing { to, answering });
}

#[test]
fn nobody_and_nothing_cannot_be_written_to() {
    assert!(message(&send(&[], Piece::Text("Olá".into())), None, "Choose").is_err());
    let photo = file(MediaKind::Photo, "foto.jpg", "image/jpeg");
    assert!(message(&send(&BOTH, Piece::File { file: photo, caption: None }), None, "Choose").is_err());
}
