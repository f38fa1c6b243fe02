//! Choices as buttons, for whom RCS reaches: as a Content of the account, made once for the same choices and found again by
//! its name. Everybody else is sent its numbered text, by Twilio itself.
//! <https://www.twilio.com/docs/content/twilio-quick-reply> <https://www.twilio.com/docs/content/content-api-resources>

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::message::Choice;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::errors::refused;
use super::settings::Settings;
use super::templates;
use crate::codec::fingerprint;
use crate::error::ChannelError;
use crate::http::{Ask, Body, Http};
use crate::plan::numbered;
use crate::words::{Words, present};

/// How the names of our contents begin, by which nobody takes them for templates.
pub(super) const NAME: &str = "Switchboard choices ";

/// The question is not part of the content, so that the same choices below another one are no further content.
const QUESTION: &str = "{{1}}";

/// An account gets no more contents from us; flows have far fewer questions.
const CONTENTS_MAX: usize = 500;

/// The names of our contents in each account that was looked through, with their ids.
static KNOWN: Mutex<BTreeMap<String, BTreeMap<String, String>>> = Mutex::new(BTreeMap::new());

#[derive(Deserialize)]
struct Named {
    sid: Words,
    friendly_name: Option<Words>,
}

/// The id of the content that has these choices; it is made if there is none yet.
pub(super) async fn content(settings: &Settings, http: &Http, choices: &[Choice]) -> Result<String, ChannelError> {
    let types = types(choices).ok_or_else(|| unfit("Braces in a choice would be filled in."))?;
    let name = format!("{NAME}{}", &fingerprint(types.to_string().as_bytes())[..16]);
    let account = account(settings);
    let is_known = known().contains_key(&account);
    if !is_known {
        let ours = templates::pages(settings, http).await?.into_iter().filter_map(ours).collect();
        known().insert(account.clone(), ours);
    }
    let found = known().get(&account).map(|ours| (ours.get(&name).cloned(), ours.len()));
    match found {
        Some((Some(id), _)) => Ok(id),
        Some((None, count)) if count >= CONTENTS_MAX => Err(unfit("The account has too many contents.")),
        Some((None, _)) | None => {
            let id = make(settings, http, &name, types).await?;
            known().entry(account).or_default().insert(name, id.clone());
            Ok(id)
        }
    }
}

/// Twilio does not know this content any more.
pub(super) fn forget(settings: &Settings, content: &str) {
    if let Some(ours) = known().get_mut(&account(settings)) {
        ours.retain(|_, id| id != content);
    }
}

/// What the question is to be filled in as.
pub(super) fn variables(question: &str) -> String {
    json!({ "1": question }).to_string()
}

/// Twilio shows the richest of them that reaches the customer; `None` where it would take a choice for a placeholder.
fn types(choices: &[Choice]) -> Option<Value> {
    let is_plain = |choice: &Choice| !choice.title.contains("{{") && !choice.id.contains("{{");
    let action = |choice: &Choice| json!({ "type": "QUICK_REPLY", "title": choice.title, "id": choice.id });
    choices.iter().all(is_plain).then(|| {
        json!({
            "twilio/quick-reply": { "body": QUESTION, "actions": choices.iter().map(action).collect::<Vec<_>>() },
            "twilio/text": { "body": numbered(QUESTION, choices) },
        })
    })
}

/// The body that makes a content; what stands for the question there is an example.
pub(super) fn body(name: &str, types: Value) -> Value {
    json!({ "friendly_name": name, "language": "en", "variables": { "1": "How can we help?" }, "types": types })
}

async fn make(settings: &Settings, http: &Http, name: &str, types: Value) -> Result<String, ChannelError> {
    let credential = settings.credential();
    let body = Body::Json(body(name, types).to_string());
    let ask = Ask { method: Method::POST, url: settings.content_url(&["Content"]), proof: credential.proof, body };
    let answer = http.ask(ask).await?;
    if !answer.is_success() {
        return Err(refused(&answer, credential));
    }
    let made: Named = answer.json().ok_or_else(|| unfit("Its answer cannot be read."))?;
    present(Some(&made.sid)).map(str::to_owned).ok_or_else(|| unfit("Its answer names no content."))
}

fn ours(content: Value) -> Option<(String, String)> {
    let Named { sid, friendly_name } = serde_json::from_value(content).ok()?;
    let name = present(friendly_name.as_ref()).filter(|name| name.starts_with(NAME))?;
    Some((name.to_owned(), present(Some(&sid))?.to_owned()))
}

fn unfit(detail: &str) -> ChannelError {
    ChannelError::TemplateProblem { detail: detail.into() }
}

/// Which account, and where it is asked.
fn account(settings: &Settings) -> String {
    format!("{} {}", settings.account_sid, settings.content_url(&[]))
}

fn known() -> MutexGuard<'static, BTreeMap<String, BTreeMap<String, String>>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use domain::message::Choice;
    use serde_json::Value;

    use super::{body, types};

    fn choices(titles: [&str; 2]) -> Vec<Choice> {
        titles.map(|title| Choice { id: title.to_lowercase(), title: title.into() }).into()
    }

    #[test]
    fn choices_are_buttons_by_rcs_and_numbered_text_for_everybody_else() {
        let fixture = include_str!("../../fixtures/sms/outbound/content.json");
        let types = types(&choices(["Sim", "Não"])).expect("plain words");
        assert_eq!(
            body("Switchboard choices 1", types),
            serde_json::from_str::<Value>(fixture).expect("the fixture is JSON")
        );
        assert_eq!(super::types(&choices(["Sim", "{{1}}"])), None);
    }
}
