//! Message templates as Meta has them, of WhatsApp's accounts and of pages alike: how they are listed, and how what is filled
//! in is written. What may be in them is for each product to say.

use domain::template::{Template, TemplateButton, TemplateHeader, TemplateStatus, TemplateValue};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::graph::{Failure, Graph};
use crate::error::ChannelError;
use crate::http::Http;
use crate::words::{Words, present, readable};

const PAGE: &str = "50";
/// An account of WhatsApp's has at most 6,000 templates; more pages than that are a mistake of the other side's.
const PAGES_MAX: usize = 120;

#[derive(Deserialize)]
struct Page {
    data: Vec<Box<RawValue>>,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Paging {
    cursors: Option<Cursors>,
    /// There is one if there is a next page. It is not followed: it holds the token, and may lead anywhere.
    next: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cursors {
    after: Option<Words>,
}

#[derive(Deserialize)]
pub(crate) struct WireTemplate {
    pub id: Words,
    pub name: Words,
    pub language: Words,
    pub status: Option<Words>,
    pub category: Option<Words>,
    pub parameter_format: Option<Words>,
    pub rejected_reason: Option<Words>,
    #[serde(default)]
    pub components: Vec<Component>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Component {
    #[serde(rename = "type")]
    pub kind: Option<Words>,
    pub format: Option<Words>,
    pub text: Option<Words>,
    pub buttons: Vec<WireButton>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct WireButton {
    #[serde(rename = "type")]
    pub kind: Option<Words>,
    pub text: Option<Words>,
    pub url: Option<Words>,
    pub phone_number: Option<Words>,
    pub payload: Option<Words>,
}

/// What one product has in its templates.
pub(crate) struct Kinds {
    /// What stands above the words.
    pub header: fn(&Component) -> Option<TemplateHeader>,
    /// Why an approved template cannot be sent from here, if it cannot.
    pub unfit: fn(&WireTemplate) -> Option<String>,
    /// Buttons that are this product's own, with their title; addresses and numbers to dial are in both.
    pub button: fn(&WireButton, &str) -> Option<TemplateButton>,
}

/// Every template of `owner`, page by page.
///
/// # Errors
/// Meta refuses, or its list cannot be read.
pub(crate) async fn list(
    graph: &Graph,
    http: &Http,
    owner: &str,
    fields: &str,
    kinds: &Kinds,
) -> Result<Vec<Template>, Failure> {
    let mut templates = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let mut url = graph.at(&[owner, "message_templates"]);
        url.query_pairs_mut().append_pair("fields", fields).append_pair("limit", PAGE);
        if let Some(after) = &after {
            url.query_pairs_mut().append_pair("after", after);
        }
        let answer = graph.get(http, url).await?;
        let unread = || ChannelError::Transient { detail: "Its list cannot be read.".into() };
        let page: Page = answer.json().ok_or_else(|| Failure { code: None, error: unread() })?;
        templates.extend(page.data.iter().filter_map(|raw| read(raw, kinds)));
        let next = page.paging.and_then(|paging| paging.next.and(paging.cursors)).and_then(|cursors| cursors.after);
        let next = next.map(|cursor| cursor.0).filter(|cursor| !cursor.is_empty() && Some(cursor) != after.as_ref());
        if next.is_none() {
            break;
        }
        after = next;
    }
    Ok(templates)
}

/// One template; `None` for what is none, which must not cost the others.
fn read(raw: &RawValue, kinds: &Kinds) -> Option<Template> {
    let wire: WireTemplate = serde_json::from_str(raw.get()).ok()?;
    let of = |kind: &str| wire.components.iter().find(|component| is(component.kind.as_ref(), kind));
    let text = |kind: &str| of(kind).and_then(|component| component.text.as_ref()).map(|text| text.0.clone());
    let buttons = of("BUTTONS").map(|buttons| buttons.buttons.iter().map(|one| button(one, kinds)).collect());
    Some(Template {
        header: of("HEADER").and_then(kinds.header),
        body: text("BODY").unwrap_or_default(),
        footer: text("FOOTER").filter(|footer| !footer.is_empty()),
        buttons: buttons.unwrap_or_default(),
        named: is(wire.parameter_format.as_ref(), "NAMED"),
        status: status(&wire, kinds),
        category: present(wire.category.as_ref()).unwrap_or_default().into(),
        id: wire.id.0,
        name: wire.name.0,
        language: wire.language.0,
    })
}

/// Whether a word of Meta's is this one; it writes them in either case.
pub(crate) fn is(word: Option<&Words>, expected: &str) -> bool {
    word.is_some_and(|word| word.0.eq_ignore_ascii_case(expected))
}

/// Why a part that nobody here knows keeps its template from being sent.
pub(crate) fn untold(part: &str) -> String {
    format!("{} cannot be filled in here.", readable(&part.to_lowercase()))
}

/// Only what Meta calls approved, and what a person can fill in, may be sent.
fn status(wire: &WireTemplate, kinds: &Kinds) -> TemplateStatus {
    let word = present(wire.status.as_ref()).unwrap_or_default();
    match (word.to_ascii_uppercase().as_str(), (kinds.unfit)(wire)) {
        ("APPROVED", None) => TemplateStatus::Approved,
        ("APPROVED", Some(reason)) => TemplateStatus::Unfit { reason },
        ("REJECTED", _) => {
            let reason = present(wire.rejected_reason.as_ref()).filter(|reason| *reason != "NONE");
            TemplateStatus::Rejected { reason: readable(&reason.unwrap_or("no reason").to_lowercase()) }
        }
        ("PAUSED", _) => TemplateStatus::Paused,
        ("DISABLED" | "DELETED" | "PENDING_DELETION" | "ARCHIVED" | "LIMIT_EXCEEDED", _) => TemplateStatus::Disabled,
        _ => TemplateStatus::Pending,
    }
}

fn button(button: &WireButton, kinds: &Kinds) -> TemplateButton {
    let title = present(button.text.as_ref()).unwrap_or_default().to_owned();
    let address = present(button.url.as_ref()).map(str::to_owned);
    let phone = present(button.phone_number.as_ref()).map(str::to_owned);
    let own = (kinds.button)(button, &title);
    match (own, address, phone) {
        (Some(own), _, _) => own,
        (None, Some(url), _) if is(button.kind.as_ref(), "URL") => TemplateButton::Link { title, url },
        (None, _, Some(phone)) if is(button.kind.as_ref(), "PHONE_NUMBER") => TemplateButton::Call { title, phone },
        _ => TemplateButton::Other { title },
    }
}

/// Numbered placeholders go by their order, named ones by their names.
pub(crate) fn texts(values: &[TemplateValue], named: bool) -> Vec<Value> {
    let mut values: Vec<&TemplateValue> = values.iter().collect();
    if !named {
        values.sort_by_key(|value| value.placeholder.parse().unwrap_or(u32::MAX));
    }
    let text = |value: &TemplateValue| {
        let mut parameter = json!({ "type": "text", "text": value.value });
        if named {
            parameter["parameter_name"] = value.placeholder.as_str().into();
        }
        parameter
    };
    values.into_iter().map(text).collect()
}
