//! News in a field of its own, about templates and about the account, in words for an admin.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference>

use domain::message::storable;
use domain::timestamp::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::inbound::{Inbound, InboundEvent};
use crate::wire::nameless;
use crate::words::readable;

/// News of a field that is not about messages; what we have no words for goes by the field's name.
pub(super) fn read(field: &str, raw: &RawValue, at: Option<Timestamp>) -> InboundEvent {
    let news = News(serde_json::from_str(raw.get()).unwrap_or_default());
    let what = template(field, &news).or_else(|| alert(field, &news));
    nameless(field, raw, at, what.unwrap_or_else(|| Inbound::Unsupported { label: readable(field) }))
}

/// What became of a template.
fn template(field: &str, news: &News) -> Option<Inbound> {
    let words = match field {
        "message_template_status_update" => status(news)?,
        "message_template_quality_update" => {
            from_to("Its quality", news.word("/previous_quality_score"), &news.word("/new_quality_score")?)
        }
        "template_category_update" => category(news)?,
        "message_template_components_update" => "Its words were changed.".into(),
        _ => return None,
    };
    let name = news.text("/message_template_name")?;
    let language = news.text("/message_template_language").unwrap_or_default();
    Some(Inbound::TemplateChanged { name, language, words })
}

fn status(news: &News) -> Option<String> {
    let event = news.word("/event")?;
    let reason = news.word("/reason").filter(|reason| reason != "None");
    let further = ["/rejection_info/reason", "/rejection_info/recommendation", "/other_info/description"];
    let further = further.into_iter().filter_map(|place| news.text(place));
    let sentence = |words: String| format!(" {}.", words.trim_end_matches('.'));
    let details: String = reason.into_iter().chain(further).map(sentence).collect();
    Some(if details.is_empty() { format!("{event}.") } else { format!("{event}:{details}") })
}

/// Meta tells of a category once when it is about to change, and once when it did.
fn category(news: &News) -> Option<String> {
    let now = news.word("/new_category")?;
    Some(match news.word("/correct_category") {
        Some(correct) => format!("Its category is {} and will become {}.", now.to_lowercase(), correct.to_lowercase()),
        None => from_to("Its category", news.word("/previous_category"), &now),
    })
}

fn from_to(what: &str, before: Option<String>, now: &str) -> String {
    let before = before.map(|before| format!("; it was {}", before.to_lowercase())).unwrap_or_default();
    format!("{what} is now {}{before}.", now.to_lowercase())
}

/// As many restrictions as Meta knows, and some more.
const RESTRICTIONS: usize = 8;

/// What happened to the account or the number.
fn alert(field: &str, news: &News) -> Option<Inbound> {
    let places: &[(&str, &str)] = match field {
        "account_update" => &[
            ("", "/event"),
            ("", "/violation_info/violation_type"),
            ("", "/ban_info/waba_ban_state"),
            ("", "/ban_info/waba_ban_date"),
            ("", "/restriction_info/0/restriction_type"),
        ],
        // Older payloads have it one level up.
        "account_alerts" => &[
            ("", "/alert_info/alert_type"),
            ("", "/alert_info/alert_status"),
            ("", "/alert_info/alert_description"),
            ("", "/alert_type"),
            ("", "/alert_status"),
            ("", "/alert_description"),
        ],
        "account_review_update" => &[("", "/decision")],
        "phone_number_quality_update" => {
            &[("", "/display_phone_number"), ("", "/event"), ("limit: ", "/current_limit")]
        }
        "phone_number_name_update" => &[
            ("", "/display_phone_number"),
            ("", "/requested_verified_name"),
            ("", "/decision"),
            ("", "/rejection_reason"),
        ],
        "business_capability_update" => &[
            ("customers a day: ", "/max_daily_conversations_per_business"),
            ("customers a day and number: ", "/max_daily_conversation_per_phone"),
            ("phone numbers: ", "/max_phone_numbers_per_business"),
        ],
        "security" => &[("", "/display_phone_number"), ("", "/event")],
        _ => return None,
    };
    let words = places.iter().filter_map(|(label, place)| Some((label, news.word(place)?)));
    let details: Vec<String> =
        words.filter(|(_, word)| word != "None").map(|(label, word)| format!("{label}{word}")).collect();
    let words = format!("{}: {}", readable(field), details.join(", "));
    let stops = field == "account_update" && is_shut(news);
    (!details.is_empty()).then_some(Inbound::AccountAlert { words, stops })
}

/// Whether Meta shut the account, or took from it that it may answer. What it announces for a later day is none of that.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/account_update>
fn is_shut(news: &News) -> bool {
    let is_restricted = (0..RESTRICTIONS).any(|number| {
        let restriction = news.text(&format!("/restriction_info/{number}/restriction_type"));
        restriction.as_deref() == Some("RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
    });
    is_restricted || news.text("/ban_info/waba_ban_state").as_deref() == Some("DISABLE")
}

/// A field's value, whose shape drifts: each word of it is looked for by itself.
struct News(Value);

impl News {
    /// The text there; of a list, all of it.
    fn text(&self, place: &str) -> Option<String> {
        let text = match self.0.pointer(place)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            _ => return None,
        };
        Some(storable(&text).trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The text there; Meta's `INVALID_FORMAT` as a person reads it: "Invalid format".
    fn word(&self, place: &str) -> Option<String> {
        let text = self.text(place)?;
        let is_constant = text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_' | b',' | b' '));
        Some(if is_constant { readable(&text.to_lowercase()) } else { text })
    }
}
