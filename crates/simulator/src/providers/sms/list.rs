//! The account's messages, for whoever asks for what was not delivered: the newest first, page by page.
//! <https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources>

use serde_json::{Value, json};

use super::{Sms, number_of};
use crate::message::{Message, Side, Stage};
use crate::play::{Customer, Play};
use crate::provider::Scene;
use crate::wire::{Request, civil_day};

const DAY: u64 = 86_400_000;

/// `GET Messages.json?To=&From=&DateSent=&DateSent>=&DateSent<=`
pub fn page(sms: &Sms, scene: &Scene<'_>, request: &Request, play: &Play) -> Value {
    let on_channel = play.customers.iter().filter(|customer| customer.channel == scene.channel);
    let mut all: Vec<(&Customer, &Message)> =
        on_channel.flat_map(|customer| customer.messages.iter().map(move |message| (customer, message))).collect();
    all.retain(|(customer, message)| is_asked_for(sms, request, customer, message));
    all.sort_by_key(|(_, message)| std::cmp::Reverse(message.at));
    let number = |name: &str, otherwise| request.field(name).and_then(|value| value.parse().ok()).unwrap_or(otherwise);
    let (page, size) = (number("Page", 0_usize), number("PageSize", 50_usize).clamp(1, 1_000));
    let uri = |page: usize| {
        let asked = request.fields.iter().filter(|(name, _)| !["Page", "PageSize"].contains(&name.as_str()));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(asked).append_pair("PageSize", &size.to_string()).append_pair("Page", &page.to_string());
        // The stand-in lies below a door of its own.
        let door = scene.api_url.splitn(4, '/').nth(3).unwrap_or_default();
        format!("/{door}/2010-04-01/Accounts/{}/Messages.json?{}", sms.account_sid, query.finish())
    };
    let start = page.saturating_mul(size);
    let next = (start.saturating_add(size) < all.len()).then(|| uri(page + 1));
    let shown = all.into_iter().skip(start).take(size);
    let messages: Vec<Value> = shown.map(|(customer, message)| told(sms, customer, message)).collect();
    json!({
        "messages": messages, "page": page, "page_size": size, "uri": uri(page), "first_page_uri": uri(0),
        "next_page_uri": next, "previous_page_uri": page.checked_sub(1).map(uri),
    })
}

/// `GET Messages/{sid}/Media.json`
pub fn media(sms: &Sms, play: &Play, sid: &str) -> Value {
    let message = play.customers.iter().find_map(|customer| customer.message(sid));
    let files = message.map(|message| message.content.files()).unwrap_or_default();
    let files: Vec<Value> = files
        .into_iter()
        .filter_map(|file| play.shelf.file(file))
        .map(|file| {
            json!({
                "sid": file.id, "parent_sid": sid, "account_sid": sms.account_sid, "content_type": file.mime,
                "uri": format!("/2010-04-01/Accounts/{}/Messages/{sid}/Media/{}.json", sms.account_sid, file.id),
            })
        })
        .collect();
    json!({"media_list": files, "page": 0, "page_size": 50, "next_page_uri": null})
}

fn is_asked_for(sms: &Sms, request: &Request, customer: &Customer, message: &Message) -> bool {
    let (from, to) = sides(sms, customer, message);
    let is = |name: &str, own: &str| request.field(name).is_none_or(|asked| asked == own);
    // Days in this form are in order where their letters are.
    let day = day(message.at);
    let from_day = |name: &str| request.field(name).is_none_or(|asked| day.as_str() >= asked);
    let until_day = |name: &str| request.field(name).is_none_or(|asked| day.as_str() <= asked);
    is("From", &from) && is("To", &to) && is("DateSent", &day) && from_day("DateSent>") && until_day("DateSent<")
}

fn sides(sms: &Sms, customer: &Customer, message: &Message) -> (String, String) {
    match message.from {
        Side::Customer => (number_of(customer), sms.number.clone()),
        Side::Business => (sms.number.clone(), number_of(customer)),
    }
}

fn told(sms: &Sms, customer: &Customer, message: &Message) -> Value {
    let (from, to) = sides(sms, customer, message);
    let (direction, status) = match (message.from, message.stage) {
        (Side::Customer, _) => ("inbound", "received"),
        (Side::Business, Stage::Waiting) => ("outbound-api", "queued"),
        (Side::Business, Stage::Sent) => ("outbound-api", "sent"),
        (Side::Business, Stage::Delivered | Stage::Read) => ("outbound-api", "delivered"),
        (Side::Business, Stage::Failed) => ("outbound-api", "undelivered"),
    };
    let code = message.problem.as_ref().filter(|_| message.from == Side::Business);
    let code = code.and_then(|problem| problem.split(' ').next()?.parse::<u32>().ok());
    let (sid, account) = (&message.id, &sms.account_sid);
    let files = message.content.files().len();
    let date = rfc2822(message.at);
    json!({
        "sid": sid, "account_sid": account, "messaging_service_sid": null, "from": from, "to": to,
        "body": message.content.words(), "direction": direction, "status": status, "num_media": files.to_string(),
        "num_segments": "1", "date_created": date, "date_sent": date, "date_updated": date, "error_code": code,
        "error_message": null, "price": null, "price_unit": "USD", "api_version": "2010-04-01",
        "uri": format!("/2010-04-01/Accounts/{account}/Messages/{sid}.json"),
        "subresource_uris": {"media": format!("/2010-04-01/Accounts/{account}/Messages/{sid}/Media.json")},
    })
}

fn day(millis: u64) -> String {
    let (year, month, day) = civil_day(millis / DAY);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A moment as Twilio writes it.
fn rfc2822(millis: u64) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, seconds) = (millis / DAY, millis % DAY / 1_000);
    let (year, month, day) = civil_day(days);
    let named =
        |names: &[&'static str], place: u64| usize::try_from(place).ok().and_then(|place| names.get(place).copied());
    let weekday = named(&WEEKDAYS, days % 7).unwrap_or_default();
    let month = named(&MONTHS, month - 1).unwrap_or_default();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hours:02}:{minutes:02}:{seconds:02} +0000")
}

#[cfg(test)]
mod tests {
    use super::{day, rfc2822};

    #[test]
    fn a_moment_is_written_as_twilio_does() {
        // date -u -R -d @1795300000
        assert_eq!(rfc2822(1_795_300_000_123), "Sat, 21 Nov 2026 22:26:40 +0000");
        assert_eq!(day(1_709_164_800_000), "2024-02-29");
    }
}
