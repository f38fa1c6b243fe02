//! A filled-in template as Meta's JSON. <https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates>

use domain::message::Place;
use domain::template::{SentTemplate, TemplateButton};
use serde_json::{Value, json};

use super::{Uploaded, media};
use crate::meta::templates::texts;

/// `header` is the file above its words.
pub(super) fn template(template: &SentTemplate, header: Option<Uploaded<'_>>) -> Value {
    let SentTemplate { name, language, named, values, .. } = template;
    let header = match (header, &values.place) {
        (Some(file), _) => vec![file_parameter(file)],
        (None, Some(place)) => vec![place_parameter(place)],
        (None, None) => texts(&values.header, *named),
    };
    let words = [("header", header), ("body", texts(&values.body, *named))];
    let words = words.into_iter().filter(|(_, parameters)| !parameters.is_empty());
    let words = words.map(|(part, parameters)| json!({ "type": part, "parameters": parameters }));
    let components: Vec<Value> = words.chain(buttons(template)).collect();
    let mut content = json!({ "name": name, "language": { "code": language } });
    if !components.is_empty() {
        content["components"] = components.into();
    }
    content
}

fn file_parameter(file: Uploaded<'_>) -> Value {
    let (kind, content) = media(file, None);
    json!({ "type": kind, kind: content })
}

/// Here degrees are text.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/utility-templates/location-templates>
fn place_parameter(place: &Place) -> Value {
    let (latitude, longitude) = place.degrees();
    let mut location = json!({ "latitude": latitude.to_string(), "longitude": longitude.to_string() });
    for (field, words) in [("name", &place.name), ("address", &place.address)] {
        if let Some(words) = words {
            location[field] = words.as_str().into();
        }
    }
    json!({ "type": "location", "location": location })
}

/// Only buttons with something filled in are named; the others are as the template has them.
fn buttons(template: &SentTemplate) -> impl Iterator<Item = Value> + '_ {
    template.values.buttons.iter().filter_map(|(place, value)| {
        let (kind, parameter) = match template.buttons.get(*place)? {
            TemplateButton::Link { url, .. } if url.contains("{{") => ("url", json!({ "type": "text", "text": value })),
            TemplateButton::Reply { .. } => ("quick_reply", json!({ "type": "payload", "payload": value })),
            TemplateButton::Code { .. } => ("copy_code", json!({ "type": "coupon_code", "coupon_code": value })),
            TemplateButton::Link { .. } | TemplateButton::Call { .. } | TemplateButton::Other { .. } => return None,
        };
        Some(json!({ "type": "button", "sub_type": kind, "index": place.to_string(), "parameters": [parameter] }))
    })
}
