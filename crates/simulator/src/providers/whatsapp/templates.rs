//! The account's templates, and what becomes of one that is sent: it is held against what was approved.
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates>

use serde_json::{Map, Value, json};

use super::fields::{Parsed, array, inner, object, only, optional, text};
use super::refusal::Refusal;
use super::shape::{Media, media};
use crate::message::{Choice, Content};
use crate::wire::{Reply, Request};

/// As Meta lists them.
const TEMPLATES: &str = include_str!("../../../assets/templates.json");

fn all() -> Vec<Value> {
    serde_json::from_str(TEMPLATES).unwrap_or_default()
}

/// `GET /{version}/{business account}/message_templates`
pub fn page(request: &Request) -> Reply {
    let number = |name: &str| request.field(name).and_then(|value| value.parse::<usize>().ok());
    let (start, limit) = (number("after").unwrap_or_default(), number("limit").unwrap_or(25));
    let all = all();
    let shown: Vec<&Value> = all.iter().skip(start).take(limit).collect();
    let end = start + shown.len();
    let mut answer =
        json!({"data": shown, "paging": {"cursors": {"before": start.to_string(), "after": end.to_string()}}});
    if end < all.len() {
        answer["paging"]["next"] = json!("https://graph.facebook.com/next");
    }
    Reply::ok(&answer)
}

/// The part `template` of a send: what the phone shows, and the file above the words.
pub fn sent(part: &Map<String, Value>) -> Parsed<(Content, Option<Media>)> {
    only(part, &["name", "language", "components"])?;
    let name = text(part, "name", 512)?;
    let code = text(inner(part, "language", &["code", "policy"])?, "code", 20)?;
    let is_it = |known: &&Value| known["name"] == name && known["language"] == code && known["status"] == "APPROVED";
    let known = all().iter().find(is_it).cloned().ok_or_else(|| Refusal::no_such_template(&name, &code))?;
    let given = match part.get("components") {
        Some(_) => array(part, "components", 0, 20)?.iter().map(Given::read).collect::<Parsed<Vec<_>>>()?,
        None => Vec::new(),
    };
    let of = |kind: &str| given.iter().find(|given| given.kind == kind);
    let mut shown = Shown::default();
    for component in known["components"].as_array().into_iter().flatten() {
        let words = component["text"].as_str().unwrap_or_default();
        match (component["type"].as_str(), component["format"].as_str()) {
            (Some("HEADER"), Some("IMAGE")) => shown.file = Some(image(of("header"))?),
            (Some("HEADER"), Some("LOCATION")) => shown.words.push(place(of("header"))?),
            (Some("HEADER"), _) => shown.words.push(filled(words, of("header"))?),
            (Some("BODY"), _) => shown.words.push(filled(words, of("body"))?),
            (Some("FOOTER"), _) => shown.footer = Some(words.to_owned()),
            (Some("BUTTONS"), _) => shown.choices = buttons(component, &given)?,
            _ => {}
        }
    }
    let Shown { words, footer, choices, file } = shown;
    Ok((Content::Template { text: words.join("\n\n"), footer, choices }, file))
}

#[derive(Default)]
struct Shown {
    words: Vec<String>,
    footer: Option<String>,
    choices: Vec<Choice>,
    file: Option<Media>,
}

/// One component of a send.
struct Given {
    kind: String,
    /// A button's place.
    index: Option<String>,
    parameters: Vec<Map<String, Value>>,
}

impl Given {
    fn read(component: &Value) -> Parsed<Self> {
        let component = object(component, "a component")?;
        only(component, &["type", "sub_type", "index", "parameters"])?;
        let parameters = array(component, "parameters", 0, 100)?.iter();
        let parameters = parameters.map(|parameter| {
            let parameter = object(parameter, "a parameter")?;
            text(parameter, "type", 20)?;
            Ok(parameter.clone())
        });
        Ok(Self {
            kind: text(component, "type", 20)?,
            index: optional(component, "index", 2)?,
            parameters: parameters.collect::<Parsed<_>>()?,
        })
    }
}

/// The words with every placeholder filled in, by its name or in its order.
fn filled(words: &str, given: Option<&Given>) -> Parsed<String> {
    let parameters = given.map(|given| given.parameters.as_slice()).unwrap_or_default();
    let (mut told, mut rest, mut count) = (String::new(), words, 0);
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        let named = parameters.iter().find(|parameter| parameter.get("parameter_name") == Some(&json!(name)));
        let numbered = || name.parse::<usize>().ok().and_then(|number| parameters.get(number.checked_sub(1)?));
        let parameter = named.or_else(numbered).ok_or_else(Refusal::template_parameters)?;
        told.push_str(before);
        told.push_str(&text(parameter, "text", 1_024)?);
        (rest, count) = (after, count + 1);
    }
    if parameters.len() != count {
        return Err(Refusal::template_parameters());
    }
    told.push_str(rest);
    Ok(told)
}

fn image(header: Option<&Given>) -> Parsed<Media> {
    let parameter = header.and_then(|header| header.parameters.first()).ok_or_else(Refusal::template_format)?;
    if parameter.get("type") != Some(&json!("image")) {
        return Err(Refusal::template_format());
    }
    media(inner(parameter, "image", &["id", "link"])?, "image")
}

/// What the map above the words shows: degrees, and what it is called.
fn place(header: Option<&Given>) -> Parsed<String> {
    let parameter = header.and_then(|header| header.parameters.first()).ok_or_else(Refusal::template_format)?;
    if parameter.get("type") != Some(&json!("location")) {
        return Err(Refusal::template_format());
    }
    let location = inner(parameter, "location", &["latitude", "longitude", "name", "address"])?;
    for degrees in ["latitude", "longitude"] {
        text(location, degrees, 20)?.parse::<f64>().map_err(|_| Refusal::template_format())?;
    }
    Ok(format!("{}, {}", text(location, "name", 1_024)?, text(location, "address", 1_024)?))
}

/// What the customer may answer with at a press; an address that has an end needs it.
fn buttons(component: &Value, given: &[Given]) -> Parsed<Vec<Choice>> {
    let mut choices = Vec::new();
    for (place, button) in component["buttons"].as_array().into_iter().flatten().enumerate() {
        let place = place.to_string();
        let of = given.iter().find(|given| given.kind == "button" && given.index.as_ref() == Some(&place));
        let title = button["text"].as_str().unwrap_or_default();
        let parameter = of.and_then(|given| given.parameters.first());
        match button["type"].as_str() {
            Some("QUICK_REPLY") => {
                let payload = parameter.map(|parameter| text(parameter, "payload", 256)).transpose()?;
                let id = payload.unwrap_or_else(|| title.to_owned());
                choices.push(Choice { id, title: title.into(), description: None });
            }
            Some("COPY_CODE") => {
                // It is copied on the phone; nobody hears of that.
                text(parameter.ok_or_else(Refusal::template_parameters)?, "coupon_code", 15)?;
            }
            Some("URL") if button["url"].as_str().is_some_and(|url| url.contains("{{")) => {
                text(parameter.ok_or_else(Refusal::template_parameters)?, "text", 2_000)?;
            }
            _ => {}
        }
    }
    Ok(choices)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::sent;
    use crate::message::Content;
    use crate::providers::whatsapp::shape::Media;

    fn of(template: &Value) -> Result<(Content, Option<Media>), u32> {
        sent(template.as_object().expect("a template is an object")).map_err(|refusal| refusal.code)
    }

    fn parameters(words: &[&str]) -> Value {
        words.iter().map(|words| json!({"type": "text", "text": words})).collect()
    }

    #[test]
    fn the_phone_shows_the_words_with_what_was_filled_in_and_answers_by_its_buttons() {
        let template = json!({"name": "order_ready", "language": {"code": "en"}, "components": [
            {"type": "header", "parameters": parameters(&["48-2210"])},
            {"type": "body", "parameters": parameters(&["Ana", "jacket"])},
        ]});
        let (content, file) = of(&template).expect("it is taken");
        assert_eq!(content.words(), "Order 48-2210\n\nHello Ana, your jacket is ready. When may we bring it?");
        let titles: Vec<&str> = content.choices().iter().map(|choice| choice.title.as_str()).collect();
        assert_eq!((titles, file), (vec!["This afternoon", "Tomorrow"], None));
    }

    #[test]
    fn a_map_needs_its_place_and_a_coupon_its_code() {
        let with = |location: Value, code: Value| {
            of(&json!({"name": "grand_opening", "language": {"code": "en"}, "components": [
                {"type": "header", "parameters": [{"type": "location", "location": location}]},
                {"type": "body", "parameters": parameters(&["Saturday"])},
                {"type": "button", "sub_type": "copy_code", "index": "0", "parameters": [
                    {"type": "coupon_code", "coupon_code": code},
                ]},
            ]}))
            .map(|(content, _)| content.words().to_owned())
        };
        let shop = json!({"latitude": "-23.5505", "longitude": "-46.6333", "name": "Acme", "address": "Rua 1"});
        let words = "Acme, Rua 1\n\nOur new shop opens on Saturday. Come and see us!";
        assert_eq!(with(shop.clone(), json!("25OFF")), Ok(words.into()));
        assert!(
            with(json!({"latitude": "north", "longitude": "0", "name": "a", "address": "b"}), json!("25OFF")).is_err()
        );
        assert!(with(shop, json!("longer than fifteen")).is_err());
    }

    #[test]
    fn what_was_not_approved_so_is_refused() {
        let named = |values: &[(&str, &str)]| -> Value {
            let value = |(name, text): &(&str, &str)| json!({"type": "text", "parameter_name": name, "text": text});
            values.iter().map(value).collect()
        };
        let body = |name: &str, parameters: &Value| json!({"name": name, "language": {"code": "en"}, "components": [{"type": "body", "parameters": parameters}]});
        let all = named(&[("first_name", "Ana"), ("day", "Friday")]);
        for (template, code) in [
            (body("no_such", &json!([])), 132_001),
            (body("return_received", &parameters(&["Ana"])), 132_001),
            (body("flash_sale", &parameters(&["20 %"])), 132_001),
            (body("winter_collection", &all), 132_012),
            (body("still_there", &named(&[("first_name", "Ana")])), 132_000),
            (body("still_there", &named(&[("first_name", "Ana"), ("topic", "a return")])), 132_000),
        ] {
            assert_eq!(of(&template).map(drop), Err(code), "{template}");
        }
    }
}
