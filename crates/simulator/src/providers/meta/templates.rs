//! The page's utility templates, and what a phone shows of one that is sent: it is held against what was approved.
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages>

use serde_json::{Value, json};

use super::parameter;
use crate::message::{Choice, Content};
use crate::wire::{Reply, Request};

/// As Meta lists them.
const TEMPLATES: &str = include_str!("../../../assets/page_templates.json");

fn all() -> Vec<Value> {
    serde_json::from_str(TEMPLATES).unwrap_or_default()
}

/// `GET /{version}/{page}/message_templates`
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

/// The part `template` of a message.
pub fn shown(template: &Value) -> Result<Content, Reply> {
    let (name, language) = (&template["name"], &template["language"]["code"]);
    let is_it =
        |known: &Value| known["name"] == *name && known["language"] == *language && known["status"] == "APPROVED";
    let known = all().into_iter().find(is_it).ok_or_else(|| parameter("The template is not approved."))?;
    let given = |part: &str| {
        let components = template["components"].as_array().into_iter().flatten();
        let of = components.filter(|component| component["type"] == part);
        of.filter_map(|component| component["parameters"].as_array()).flatten().cloned().collect::<Vec<_>>()
    };
    let is_named = known["parameter_format"] == "NAMED";
    let (mut words, mut choices) = (Vec::new(), Vec::new());
    for component in known["components"].as_array().into_iter().flatten() {
        let text = component["text"].as_str().unwrap_or_default();
        match component["type"].as_str() {
            Some("HEADER") => words.push(filled(text, &given("header"), is_named)?),
            Some("BODY") => words.push(filled(text, &given("body"), is_named)?),
            Some("BUTTONS") => choices = buttons(component, &given("buttons"))?,
            _ => {}
        }
    }
    Ok(Content::Template { text: words.join("\n\n"), footer: None, choices })
}

/// The words with every placeholder filled in, by its name or in its order.
fn filled(words: &str, given: &[Value], is_named: bool) -> Result<String, Reply> {
    let missing = || parameter("The parameters are not those of the template.");
    let (mut told, mut rest, mut count) = (String::new(), words, 0);
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        let found = if is_named {
            given.iter().find(|parameter| parameter["parameter_name"] == name)
        } else {
            name.parse::<usize>().ok().and_then(|number| given.get(number.checked_sub(1)?))
        };
        let found = found.filter(|parameter| parameter["type"] == "text").ok_or_else(missing)?;
        told.extend([before, found["text"].as_str().filter(|text| !text.is_empty()).ok_or_else(missing)?]);
        (rest, count) = (after, count + 1);
    }
    told.push_str(rest);
    if given.len() == count { Ok(told) } else { Err(missing()) }
}

/// Those that answer. An address that is open at its end is filled in by the parameter of its kind.
fn buttons(component: &Value, given: &[Value]) -> Result<Vec<Choice>, Reply> {
    let all = component["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
    let open = all.iter().filter(|button| button["url"].as_str().is_some_and(|url| url.contains("{{"))).count();
    let addresses = given.iter().filter(|parameter| parameter["type"] == "URL" && parameter["url"].is_string()).count();
    if addresses != open || addresses != given.len() {
        return Err(parameter("The parameters of the buttons are not those of the template."));
    }
    let choice = |button: &Value| {
        let (id, title) = (button["payload"].as_str()?.to_owned(), button["text"].as_str()?.to_owned());
        Some(Choice { id, title, description: None })
    };
    Ok(all.iter().filter_map(choice).collect())
}
