//! The account's templates as Meta lists them.
//! <https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates>

use domain::media::MediaKind;
use domain::template::{Template, TemplateButton, TemplateHeader, TemplateStatus};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::settings::Settings;
use crate::error::ChannelError;
use crate::http::Http;
use crate::words::{Words, present, readable};

const FIELDS: &str = "id,name,language,status,category,components,parameter_format,rejected_reason";
const PAGE: &str = "50";
/// An account has at most 6,000 templates; more pages than that are a mistake of the other side's.
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
}

/// Every template of the account, page by page.
pub(super) async fn list(settings: &Settings, http: &Http) -> Result<Vec<Template>, ChannelError> {
    let Some(account) = &settings.business_account_id else {
        let detail = "The channel's settings need the WhatsApp Business account ID.".into();
        return Err(ChannelError::Unsupported { detail });
    };
    let mut templates = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let mut url = settings.graph.at(&[account, "message_templates"]);
        url.query_pairs_mut().append_pair("fields", FIELDS).append_pair("limit", PAGE);
        if let Some(after) = &after {
            url.query_pairs_mut().append_pair("after", after);
        }
        let answer = settings.graph.get(http, url).await?;
        let page: Page =
            answer.json().ok_or_else(|| ChannelError::Transient { detail: "Its list cannot be read.".into() })?;
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

/// One template; `None` for what is none, which must not cost the others.
fn read(raw: &RawValue) -> Option<Template> {
    let wire: WireTemplate = serde_json::from_str(raw.get()).ok()?;
    let of = |kind: &str| wire.components.iter().find(|component| is(component.kind.as_ref(), kind));
    let text = |kind: &str| of(kind).and_then(|component| component.text.as_ref()).map(|text| text.0.clone());
    Some(Template {
        header: of("HEADER").and_then(header),
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

/// Only what Meta calls approved, and what a person can fill in, may be sent.
fn status(wire: &WireTemplate) -> TemplateStatus {
    let word = present(wire.status.as_ref()).unwrap_or_default();
    match (word.to_ascii_uppercase().as_str(), wire.components.iter().find_map(unfit)) {
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

/// Why a component keeps a person from sending the template, if it does: something in it has to be filled in that nobody
/// can type here.
fn unfit(component: &Component) -> Option<String> {
    let kind = present(component.kind.as_ref()).unwrap_or("part");
    let upper = |words: Option<&Words>| present(words).map(str::to_ascii_uppercase);
    let reason = match kind.to_ascii_uppercase().as_str() {
        "BODY" | "FOOTER" => return None,
        "HEADER" => match upper(component.format.as_ref())?.as_str() {
            "TEXT" | "IMAGE" | "VIDEO" | "DOCUMENT" | "LOCATION" => return None,
            "PRODUCT" => "A product of the catalogue cannot be chosen here.".into(),
            other => untold(other),
        },
        "BUTTONS" => {
            let kinds = component.buttons.iter().filter_map(|button| upper(button.kind.as_ref()));
            kinds
                .into_iter()
                .find_map(|kind| match kind.as_str() {
                    "OTP" => Some("A one-time password comes from the system that checks it."),
                    "MPM" | "SPM" => Some("Products of the catalogue cannot be chosen here."),
                    _ => None,
                })?
                .into()
        }
        "CAROUSEL" => "The pictures of its cards cannot be chosen here.".into(),
        "LIMITED_TIME_OFFER" => "The end of its offer cannot be chosen here.".into(),
        other => untold(other),
    };
    Some(reason)
}

fn untold(part: &str) -> String {
    format!("{} cannot be filled in here.", readable(&part.to_lowercase()))
}

fn header(component: &Component) -> Option<TemplateHeader> {
    let format = present(component.format.as_ref())?.to_ascii_uppercase();
    Some(match format.as_str() {
        "IMAGE" => TemplateHeader::Media(MediaKind::Photo),
        "VIDEO" => TemplateHeader::Media(MediaKind::Video),
        "DOCUMENT" => TemplateHeader::Media(MediaKind::Document),
        "LOCATION" => TemplateHeader::Place,
        "TEXT" => TemplateHeader::Text(component.text.as_ref()?.0.clone()),
        _ => return None,
    })
}

fn button(button: &WireButton) -> TemplateButton {
    let title = present(button.text.as_ref()).unwrap_or_default().to_owned();
    let address = present(button.url.as_ref()).map(str::to_owned);
    let phone = present(button.phone_number.as_ref()).map(str::to_owned);
    match (address, phone) {
        _ if is(button.kind.as_ref(), "QUICK_REPLY") => TemplateButton::Reply { title },
        (Some(url), _) if is(button.kind.as_ref(), "URL") => TemplateButton::Link { title, url },
        (_, Some(phone)) if is(button.kind.as_ref(), "PHONE_NUMBER") => TemplateButton::Call { title, phone },
        _ if is(button.kind.as_ref(), "COPY_CODE") => TemplateButton::Code { title },
        _ => TemplateButton::Other { title },
    }
}
