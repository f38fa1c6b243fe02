//! The account's Content templates, also those that are made while it is played, and what becomes of one that is sent.
//! <https://www.twilio.com/docs/content/content-api-resources>

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::refused;
use crate::message::{Choice, Content};
use crate::wire::{Reply, Request};

/// As Twilio lists them, but for what is the same of all.
const CONTENTS: &str = include_str!("../../../assets/contents.json");

/// The longest value of a variable, in characters.
const VALUE_MOST: usize = 1_600;

/// What was made, beside what was there before.
#[derive(Debug, Default)]
pub struct Contents(Mutex<Vec<Value>>);

impl Contents {
    fn all(&self) -> Vec<Value> {
        let mut all: Vec<Value> = serde_json::from_str(CONTENTS).unwrap_or_default();
        all.extend(self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned());
        all
    }

    /// `POST /v1/Content`
    pub fn make(&self, number: u64, request: &Request) -> Reply {
        let mut content = request.json();
        let types = content["types"].as_object().filter(|types| !types.is_empty());
        if content["language"].as_str().is_none() || types.is_none_or(|types| !types.iter().all(is_type)) {
            return refused(400, 20_001, "Bad request");
        }
        content["sid"] = format!("HX{number:032x}").into();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(content.clone());
        Reply::json(201, &content)
    }

    /// `GET /v1/Content`
    pub fn page(&self, account: &str, request: &Request) -> Reply {
        page(self.all(), account, request)
    }

    /// What a phone shows of a template that is sent: by RCS its buttons, else its text.
    pub fn shown(&self, sid: &str, variables: Option<&str>, by_rcs: bool) -> Result<Content, Reply> {
        let known = self.all().into_iter().find(|content| content["sid"] == sid);
        let content = known.ok_or_else(|| refused(400, 21_655, "The ContentSid is Invalid"))?;
        let reply = &content["types"]["twilio/quick-reply"];
        match reply["body"].as_str().filter(|_| by_rcs) {
            Some(body) => Ok(Content::choice(filled(&content, body, variables)?, choices(reply))),
            None => {
                let body = content["types"]["twilio/text"]["body"].as_str();
                let body = body.ok_or_else(|| refused(400, 21_655, "The ContentSid is Invalid"))?;
                Ok(Content::text(filled(&content, body, variables)?))
            }
        }
    }
}

/// <https://www.twilio.com/docs/content/twilio-quick-reply>
fn is_type((kind, content): (&String, &Value)) -> bool {
    let within = |field: &Value, most: usize| {
        field.as_str().is_some_and(|text| !text.is_empty() && text.chars().count() <= most)
    };
    let actions = content["actions"].as_array();
    match kind.as_str() {
        "twilio/quick-reply" => {
            let is_action = |action: &Value| within(&action["title"], 20) && within(&action["id"], 200);
            within(&content["body"], 1_024)
                && actions.is_some_and(|actions| (1..=10).contains(&actions.len()) && actions.iter().all(is_action))
        }
        _ => within(&content["body"], 1_600),
    }
}

fn choices(reply: &Value) -> Vec<Choice> {
    let choice = |action: &Value| {
        let (id, title) = (action["id"].as_str()?.to_owned(), action["title"].as_str()?.to_owned());
        Some(Choice { id, title, description: None })
    };
    reply["actions"].as_array().into_iter().flatten().filter_map(choice).collect()
}

fn page(mut all: Vec<Value>, account: &str, request: &Request) -> Reply {
    let number = |name: &str, otherwise| request.field(name).and_then(|value| value.parse().ok()).unwrap_or(otherwise);
    let (page, size) = (number("Page", 0_usize), number("PageSize", 50_usize).clamp(1, 1_000));
    for content in &mut all {
        let url = format!("https://content.twilio.com/v1/Content/{}", content["sid"].as_str().unwrap_or_default());
        content["links"] = json!({"approval_fetch": format!("{url}/ApprovalRequests")});
        content["url"] = url.into();
        content["account_sid"] = account.into();
        content["date_created"] = "2026-03-02T09:00:00Z".into();
        content["date_updated"] = "2026-03-02T09:00:00Z".into();
    }
    let at = |page: usize| format!("https://content.twilio.com/v1/Content?PageSize={size}&Page={page}");
    let start = page.saturating_mul(size);
    let next = (start.saturating_add(size) < all.len()).then(|| at(page + 1));
    let shown: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    Reply::ok(&json!({"contents": shown, "meta": {
        "page": page, "page_size": size, "first_page_url": at(0), "previous_page_url": null, "url": at(page),
        "next_page_url": next, "key": "contents",
    }}))
}

/// The words of a template with what is filled in.
fn filled(content: &Value, body: &str, variables: Option<&str>) -> Result<String, Reply> {
    let wrong = || refused(400, 21_656, "The ContentVariables Parameter is invalid");
    let given: BTreeMap<String, String> = match variables {
        Some(variables) => serde_json::from_str(variables).map_err(|_| wrong())?,
        None => BTreeMap::new(),
    };
    if given.values().any(|value| value.is_empty() || value.chars().count() > VALUE_MOST) {
        return Err(wrong());
    }
    let (mut told, mut rest) = (String::new(), body);
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        // What is not given is as the template has it.
        let value = given.get(name).map(String::as_str).or_else(|| content["variables"][name].as_str());
        told.push_str(before);
        told.push_str(value.ok_or_else(wrong)?);
        rest = after;
    }
    told.push_str(rest);
    Ok(told)
}
