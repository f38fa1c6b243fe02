//! The page's utility templates as Meta lists them. What is not documented of sending them is not sent: a picture above the
//! words, a button that brings back what is filled in, and an address that is filled in beside further buttons.
//! <https://developers.facebook.com/docs/graph-api/reference/page/message_templates>
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages>

use domain::template::{Template, TemplateButton, TemplateHeader};

use super::settings::Settings;
use crate::error::ChannelError;
use crate::http::Http;
use crate::meta::graph::Failure;
use crate::meta::templates::{self, Component, Kinds, WireButton, WireTemplate, is, untold};
use crate::words::{Words, present};

/// What every version of the Graph API has of them.
const FIELDS: &str = "id,name,language,status,category,components";
/// What the reference names and older clients of Meta's do not; without them placeholders are numbered.
const NEWER_FIELDS: &str = ",parameter_format,rejected_reason";
/// Meta's code for a parameter, or a field, that it does not know.
const UNKNOWN_FIELD: i64 = 100;
/// The permission that templates need, as Meta's documentation calls it.
const PERMISSION: &str = "For templates the page's token needs page_utility_messaging.";

const KINDS: Kinds = Kinds { header, unfit, button };

/// Every template of the page.
pub(super) async fn list(settings: &Settings, http: &Http) -> Result<Vec<Template>, ChannelError> {
    let with = async |fields: &str| templates::list(&settings.graph, http, &settings.page_id, fields, &KINDS).await;
    match with(&format!("{FIELDS}{NEWER_FIELDS}")).await {
        Err(Failure { code: Some(UNKNOWN_FIELD), .. }) => with(FIELDS).await,
        listed => listed,
    }
    .map_err(|failure| refusal(failure.error))
}

fn refusal(error: ChannelError) -> ChannelError {
    match error {
        ChannelError::PermissionMissing { detail } => {
            ChannelError::PermissionMissing { detail: format!("{PERMISSION} {detail}") }
        }
        error => error,
    }
}

fn header(component: &Component) -> Option<TemplateHeader> {
    let text = component.text.as_ref().filter(|_| is_text(component))?;
    Some(TemplateHeader::Text(text.0.clone()))
}

fn is_text(header: &Component) -> bool {
    header.format.is_none() || is(header.format.as_ref(), "TEXT")
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
            other => Some(untold(other)),
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

fn button(button: &WireButton, title: &str) -> Option<TemplateButton> {
    is(button.kind.as_ref(), "POSTBACK").then(|| TemplateButton::Reply { title: title.into() })
}
