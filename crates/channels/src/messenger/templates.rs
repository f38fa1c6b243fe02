//! The page's utility templates as Meta lists them. What is not documented of sending them is not sent: a picture above the
//! words, a button that brings back what is filled in, and an address that is filled in beside further buttons.
//! <https://developers.facebook.com/docs/graph-api/reference/page/message_templates>
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages>

use domain::template::{Template, TemplateButton, TemplateHeader, TemplateStatus};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::settings::Settings;
use crate::error::ChannelError;
use crate::http::Http;
use crate::meta::graph::Failure;
use crate::words::{Words, present, readable};

/// What every version of the Graph API has of them.
const FIELDS: &str = "id,name,language,status,category,components";
/// What the reference names and older clients of Meta's do not; without them placeholders are numbered.
const NEWER_FIELDS: &str = ",parameter_format,rejected_reason";
/// Meta's code for a parameter, or a field, that it does not know.
const UNKNOWN_FIELD: i64 = 100;
const PAGE: &str = "50";
/// More pages than that are a mistake of the other side's.
const PAGES_MAX: usize = 120;
/// The permission that templates need, as Meta's documentation calls it.
const PERMISSION: &str = "For templates the page's token needs page_utility_messaging.";

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
struct WireTemplate {
    id: Words,
    name: Words,
    language: Words,
    status: Option<Words>,
    category: Option<Words>,
    parameter_format: Option<Words>,
    rejected_reason: Option<Words>,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Component {
    #[serde(rename = "type")]
    kind: Option<Words>,
    format: Option<Words>,
    text: Option<Words>,
    buttons: Vec<WireButton>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireButton {
    #[serde(rename = "type")]
    kind: Option<Words>,
    text: Option<Words>,
    url: Option<Words>,
    phone_number: Option<Words>,
    payload: Option<Words>,
}

/// Every template of the page.
pub(super) async fn list(settings: &Settings, http: &Http) -> Result<Vec<Template>, ChannelError> {
    match list_with(settings, http, &format!("{FIELDS}{NEWER_FIELDS}")).await {
        Err(Failure { code: Some(UNKNOWN_FIELD), .. }) => list_with(settings, http, FIELDS).await,
        listed => listed,
    }
    .map_err(|failure| refusal(failure.error))
}

async fn list_with(settings: &Settings, http: &Http, fields: &str) -> Result<Vec<Template>, Failure> {
    let mut templates = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let mut url = settings.graph.at(&[&settings.page_id, "message_templates"]);
        url.query_pairs_mut().append_pair("fields", fields).append_pair("limit", PAGE);
        if let Some(after) = &after {
            url.query_pairs_mut().append_pair("after", after);
        }
        let answer = settings.graph.get(http, url).await?;
        let unread = || ChannelError::Transient { detail: "Its list cannot be read.".into() };
        let page: Page = answer.json().ok_or_else(|| Failure { code: None, error: unread() })?;
        templates.extend(page.data.iter().filter_map(|raw| read(raw)));
        let next = page.paging.and_then(|paging| paging.next.and(paging.cursors)).and_then(|cursors| cursors.after);
        let next = next.map(|cursor| cursor.0).filter(|cursor| !cursor.is_empty() && Some(cursor) != after.as_ref());
        if next.is_none() {
            break;
        }
        after = next;
    }
    Ok(templates)
}

fn refusal(error: ChannelError) -> ChannelError {
    match error {
        ChannelError::PermissionMissing { detail } => {
            ChannelError::PermissionMissing { detail: format!("{PERMISSION} {detail}") }
        }
        error => error,
    }
}

/// One template; `None` for what is none, which must not cost the others.
fn read(raw: &RawValue) -> Option<Template> {
    let wire: WireTemplate = serde_json::from_str(raw.get()).ok()?;
    let of = |kind: &str| wire.components.iter().find(|component| is(component.kind.as_ref(), kind));
    let text = |kind: &str| of(kind).and_then(|component| component.text.as_ref()).map(|text| text.0.clone());
    let header = of("HEADER").filter(|header| is_text(header)).and_then(|header| header.text.as_ref());
    Some(Template {
        header: header.map(|text| TemplateHeader::Text(text.0.clone())),
        body: text("BODY").unwrap_or_default(),
        footer: text("FOOTER").filter(|footer| !footer.is_empty()),
        buttons: of("BUTTONS").map(|buttons| buttons.buttons.iter().map(button).collect()).unwrap_or_default(),
        named: is(wire.parameter_format.as_ref(), "NAMED"),
        status: status(&wire),
        category: present(wire.category.as_ref()).unwrap_or_default().into(),
        id: wire.id.0,
        name: wire.name.0,
        language: wire.language.0,
    })
}

/// Whether a word of Meta's is this one; it writes them in either case.
fn is(word: Option<&Words>, expected: &str) -> bool {
    word.is_some_and(|word| word.0.eq_ignore_ascii_case(expected))
}

fn is_text(header: &Component) -> bool {
    header.format.is_none() || is(header.format.as_ref(), "TEXT")
}

/// Only what Meta calls approved, and what a person can fill in, may be sent.
fn status(wire: &WireTemplate) -> TemplateStatus {
    let word = present(wire.status.as_ref()).unwrap_or_default();
    match (word.to_ascii_uppercase().as_str(), unfit(wire)) {
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

/// Why an approved template cannot be sent from here, if it cannot.
fn unfit(wire: &WireTemplate) -> Option<String> {
    if !is(wire.category.as_ref(), "UTILITY") {
        return Some("Only utility templates are sent from here.".into());
    }
    wire.components.iter().find_map(|component| {
        let kind = present(component.kind.as_ref()).unwrap_or("part").to_ascii_uppercase();
        match kind.as_str() {
            "BODY" | "FOOTER" => None,
            "HEADER" if is_text(component) => None,
            "HEADER" => Some("The picture above its words cannot be chosen here.".into()),
            "BUTTONS" => unfit_buttons(&component.buttons).map(str::to_owned),
            other => Some(format!("{} cannot be filled in here.", readable(&other.to_lowercase()))),
        }
    })
}

fn unfit_buttons(buttons: &[WireButton]) -> Option<&'static str> {
    let is_filled = |words: &Option<Words>| words.as_ref().is_some_and(|words| words.0.contains("{{"));
    if buttons.iter().any(|button| is_filled(&button.payload)) {
        return Some("What its button brings back cannot be filled in here.");
    }
    let is_open = buttons.len() > 1 && buttons.iter().any(|button| is_filled(&button.url));
    is_open.then_some("An address beside further buttons cannot be filled in here.")
}

fn button(button: &WireButton) -> TemplateButton {
    let title = present(button.text.as_ref()).unwrap_or_default().to_owned();
    let address = present(button.url.as_ref()).map(str::to_owned);
    let phone = present(button.phone_number.as_ref()).map(str::to_owned);
    match (address, phone) {
        _ if is(button.kind.as_ref(), "POSTBACK") => TemplateButton::Reply { title },
        (Some(url), _) if is(button.kind.as_ref(), "URL") => TemplateButton::Link { title, url },
        (_, Some(phone)) if is(button.kind.as_ref(), "PHONE_NUMBER") => TemplateButton::Call { title, phone },
        _ => TemplateButton::Other { title },
    }
}
