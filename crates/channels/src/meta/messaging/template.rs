//! A filled-in utility template as Meta's JSON.
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages>

use domain::template::{SentTemplate, TemplateButton};
use serde_json::{Value, json};

use crate::meta::templates::texts;

pub(super) fn template(template: &SentTemplate) -> Value {
    let SentTemplate { name, language, named, values, .. } = template;
    let words = [("header", texts(&values.header, *named)), ("body", texts(&values.body, *named))];
    let parts = words.into_iter().chain([("buttons", addresses(template))]);
    let parts = parts.filter(|(_, parameters)| !parameters.is_empty());
    let components: Vec<Value> =
        parts.map(|(part, parameters)| json!({ "type": part, "parameters": parameters })).collect();
    let mut content = json!({ "name": name, "language": { "code": language } });
    if !components.is_empty() {
        content["components"] = components.into();
    }
    content
}

/// The end of a button's address; every other button is as the template has it.
fn addresses(template: &SentTemplate) -> Vec<Value> {
    let is_open = |place: &usize| matches!(template.buttons.get(*place), Some(TemplateButton::Link { url, .. }) if url.contains("{{"));
    let filled = template.values.buttons.iter().filter(|(place, _)| is_open(place));
    filled.map(|(_, value)| json!({ "type": "URL", "url": value })).collect()
}
