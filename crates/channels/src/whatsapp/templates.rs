//! The account's templates as Meta lists them.
//! <https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates>

use domain::media::MediaKind;
use domain::template::{Template, TemplateButton, TemplateHeader};

use super::settings::Settings;
use crate::error::ChannelError;
use crate::http::Http;
use crate::meta::templates::{self, Component, Kinds, WireButton, WireTemplate, is, untold};
use crate::words::{Words, present};

const FIELDS: &str = "id,name,language,status,category,components,parameter_format,rejected_reason";

const KINDS: Kinds = Kinds { header, unfit, button };

/// Every template of the account.
pub(super) async fn list(settings: &Settings, http: &Http) -> Result<Vec<Template>, ChannelError> {
    let Some(account) = &settings.business_account_id else {
        let detail = "The channel's settings need the WhatsApp Business account ID.".into();
        return Err(ChannelError::Unsupported { detail });
    };
    Ok(templates::list(&settings.graph, http, account, FIELDS, &KINDS).await?)
}

fn unfit(wire: &WireTemplate) -> Option<String> {
    wire.components.iter().find_map(unfit_part)
}

/// Why a component keeps a person from sending the template, if it does: something in it has to be filled in that nobody
/// can type here.
fn unfit_part(component: &Component) -> Option<String> {
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

fn button(button: &WireButton, title: &str) -> Option<TemplateButton> {
    let title = title.to_owned();
    if is(button.kind.as_ref(), "QUICK_REPLY") {
        Some(TemplateButton::Reply { title })
    } else {
        is(button.kind.as_ref(), "COPY_CODE").then_some(TemplateButton::Code { title })
    }
}
