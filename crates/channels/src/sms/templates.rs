//! The account's Content templates. Nobody approves them for SMS: what Twilio lists of an approval is WhatsApp's.
//! <https://www.twilio.com/docs/content/content-api-resources>

use std::collections::{BTreeMap, HashSet};

use domain::template::{Template, TemplateButton, TemplateHeader, TemplateStatus};
use serde::Deserialize;
use serde_json::Value;

use super::buttons;
use super::send::get;
use super::settings::{Sender, Settings};
use crate::error::ChannelError;
use crate::http::Http;
use crate::wire::lenient;
use crate::words::{Words, present, readable};

const PAGE_SIZE: &str = "50";
/// An account may have any number of them; nobody looks through more.
const PAGES_MAX: usize = 120;

#[derive(Deserialize)]
struct Page {
    contents: Vec<Value>,
    #[serde(default, deserialize_with = "lenient")]
    meta: Option<Meta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    next_page_url: Option<Words>,
}

#[derive(Deserialize)]
struct WireContent {
    sid: Words,
    friendly_name: Option<Words>,
    language: Option<Words>,
    /// What it can be shown as, by type; each channel shows the richest that it can.
    #[serde(default)]
    types: BTreeMap<Words, Value>,
}

/// The parts of all the types that we know.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Shape {
    body: Option<Words>,
    media: Vec<Words>,
    #[serde(deserialize_with = "lenient")]
    actions: Option<Vec<Action>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Action {
    title: Option<Words>,
}

/// Every template of the account.
pub(super) async fn list(settings: &Settings, http: &Http) -> Result<Vec<Template>, ChannelError> {
    let contents = pages(settings, http).await?;
    Ok(told_apart(contents.into_iter().filter_map(|content| read(&settings.sender, content)).collect()))
}

/// Everything that the account has, page by page.
pub(super) async fn pages(settings: &Settings, http: &Http) -> Result<Vec<Value>, ChannelError> {
    let mut url = settings.content_url(&["Content"]);
    url.query_pairs_mut().append_pair("PageSize", PAGE_SIZE);
    let mut contents = Vec::new();
    for _ in 0..PAGES_MAX {
        let page: Page = get(http, url.clone(), settings.credential()).await?;
        contents.extend(page.contents);
        let next = page.meta.and_then(|meta| meta.next_page_url);
        // Only which page it is; we go with our proof to where the first one was.
        let query = present(next.as_ref()).and_then(|next| next.split_once('?')).map(|(_, query)| query.to_owned());
        let Some(query) = query.filter(|query| Some(query.as_str()) != url.query()) else { break };
        url.set_query(Some(&query));
    }
    Ok(contents)
}

/// One template; `None` for what is none, which must not cost the others, and for the choices of our own questions.
fn read(sender: &Sender, content: Value) -> Option<Template> {
    let WireContent { sid, friendly_name, language, types } = serde_json::from_value(content).ok()?;
    let id = present(Some(&sid))?.to_owned();
    if present(friendly_name.as_ref()).is_some_and(|name| name.starts_with(buttons::NAME)) {
        return None;
    }
    let shape = |kind: &str| Some(serde_json::from_value::<Shape>(types.get(kind)?.clone()).unwrap_or_default());
    let shown = carried(sender).iter().find_map(|kind| shape(kind));
    let status = status(shown.as_ref(), &types);
    let Shape { body, media, actions } = shown.unwrap_or_default();
    let words = |body: Option<Words>| body.map(|body| body.0).filter(|body| !body.trim().is_empty());
    // A picture may have its words as what phones without pictures are shown.
    let body = words(body).or_else(|| words(shape("twilio/text")?.body)).unwrap_or_default();
    let title = |action: Action| Some(TemplateButton::Reply { title: present(action.title.as_ref())?.to_owned() });
    let mut template = Template {
        name: present(friendly_name.as_ref()).unwrap_or(&id).into(),
        id,
        language: present(language.as_ref()).unwrap_or_default().into(),
        category: String::new(),
        status,
        header: (!media.is_empty()).then_some(TemplateHeader::Own),
        body,
        footer: None,
        buttons: actions.unwrap_or_default().into_iter().filter_map(title).collect(),
        named: false,
    };
    template.named = template.placeholders().iter().any(|name| !name.bytes().all(|byte| byte.is_ascii_digit()));
    Some(template)
}

/// The types that the sender's channel shows, the one that Twilio prefers first. A Messaging Service falls back from RCS to
/// SMS, so its templates are shown as SMS shows them. <https://www.twilio.com/docs/content/content-types-overview>
fn carried(sender: &Sender) -> &'static [&'static str] {
    match sender {
        Sender::Address(address) if address.starts_with("rcs:") => {
            &["twilio/quick-reply", "twilio/media", "twilio/text"]
        }
        Sender::Address(_) => &["twilio/media", "twilio/text"],
        Sender::Service(_) => &["twilio/media", "twilio/text", "twilio/quick-reply"],
    }
}

fn status(shown: Option<&Shape>, types: &BTreeMap<Words, Value>) -> TemplateStatus {
    let reason = match shown {
        None => {
            let kind = types.keys().next().map_or("", |kind| kind.as_str());
            let kind = readable(&kind.rsplit('/').next().unwrap_or_default().replace('-', " "));
            format!("{kind} is nothing that SMS carries.")
        }
        Some(shape) if shape.media.iter().any(|address| address.0.contains("{{")) => {
            "The address of its file cannot be filled in here.".into()
        }
        Some(_) => return TemplateStatus::Ready,
    };
    TemplateStatus::Unfit { reason }
}

/// Twilio lets several templates have one name; the ends of their ids tell them apart.
fn told_apart(mut templates: Vec<Template>) -> Vec<Template> {
    let (mut known, mut shared) = (HashSet::new(), HashSet::new());
    for Template { name, language, .. } in &templates {
        let key = (name.clone(), language.clone());
        if !known.insert(key.clone()) {
            shared.insert(key);
        }
    }
    for template in &mut templates {
        if shared.contains(&(template.name.clone(), template.language.clone())) {
            let end: String = template.id.chars().rev().take(6).collect();
            template.name = format!("{} (…{})", template.name, end.chars().rev().collect::<String>());
        }
    }
    // An id that is listed twice is one template.
    let mut ids = HashSet::new();
    templates.retain(|template| ids.insert(template.id.clone()));
    templates
}
