//! The account's Content templates, and what becomes of one that is sent.
//! <https://www.twilio.com/docs/content/content-api-resources>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::refused;
use crate::wire::{Reply, Request};

/// As Twilio lists them, but for what is the same of all.
const CONTENTS: &str = include_str!("../../../assets/contents.json");

/// The longest value of a variable, in characters.
const VALUE_MOST: usize = 1_600;

fn all() -> Vec<Value> {
    serde_json::from_str(CONTENTS).unwrap_or_default()
}

/// `GET /v1/Content`
pub fn page(account: &str, request: &Request) -> Reply {
    let number = |name: &str, otherwise| request.field(name).and_then(|value| value.parse().ok()).unwrap_or(otherwise);
    let (page, size) = (number("Page", 0_usize), number("PageSize", 50_usize).clamp(1, 1_000));
    let mut all = all();
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

/// The words that a phone shows of a template that is sent by SMS.
pub fn words(sid: &str, variables: Option<&str>) -> Result<String, Reply> {
    let known = all().into_iter().find(|content| content["sid"] == sid);
    let content = known.ok_or_else(|| refused(400, 21_655, "The ContentSid is Invalid"))?;
    // The richest type that SMS carries.
    let body = content["types"]["twilio/text"]["body"].as_str();
    let body = body.ok_or_else(|| refused(400, 21_655, "The ContentSid is Invalid"))?;
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
