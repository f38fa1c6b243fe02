//! Who we are to Twilio, and where it delivers.

use reqwest::Url;
use serde::Deserialize;

use super::send::{get, post};
use super::settings::{Sender, Settings};
use crate::adapter::{Account, Subscribed};
use crate::error::ChannelError;
use crate::http::Http;
use crate::words::Words;

#[derive(Default, Deserialize)]
#[serde(default)]
struct TwilioAccount {
    friendly_name: Words,
    status: Words,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Numbers {
    incoming_phone_numbers: Vec<Number>,
}

#[derive(Deserialize)]
struct Number {
    sid: String,
}

#[derive(Deserialize)]
struct Anything {}

/// Asks with both proofs: the auth token, which signs, and what is sent with.
pub(super) async fn test(settings: &Settings, http: &Http) -> Result<Account, ChannelError> {
    let url = settings.url(&[&format!("{}.json", settings.account_sid)]);
    let account: TwilioAccount = get(http, url, settings.credential_of_account()).await?;
    let mut remarks = Vec::new();
    if !["", "active"].contains(&account.status.as_str()) {
        remarks.push(format!("Twilio says that the account is {}.", account.status.0));
    }
    if account.kind == "Trial" {
        remarks.push("It is a trial account: it can write to verified numbers only.".into());
    }
    let sender = match &settings.sender {
        Sender::Address(address) | Sender::Service(address) => address,
    };
    if is_number(sender) {
        if find_number(settings, http, sender).await?.is_none() {
            remarks.push(format!("{sender} is none of the account's numbers."));
        }
    } else {
        let mut url = settings.url_within(&["Messages.json"]);
        url.query_pairs_mut().append_pair("PageSize", "1");
        let _: Anything = get(http, url, settings.credential()).await?;
    }
    Ok(Account { name: format!("{}, {sender}", account.friendly_name.0), remarks, learned: None })
}

const BY_HAND: &str = "Enter the webhook address in the Twilio Console: Messaging > Services > your service > Integration > \
                       Send a webhook.";

/// Has the number's messages delivered to `webhook`. A Messaging Service is told so on its own page.
pub(super) async fn subscribe(settings: &Settings, webhook: &Url, http: &Http) -> Result<Subscribed, ChannelError> {
    let number = match &settings.sender {
        Sender::Address(address) if is_number(address) => find_number(settings, http, address).await?,
        Sender::Address(_) | Sender::Service(_) => None,
    };
    let Some(Number { sid }) = number else { return Ok(Subscribed::ByHand(BY_HAND)) };
    // An application, where one is set, would hide the address.
    let form = [("SmsUrl", webhook.as_str()), ("SmsMethod", "POST"), ("SmsApplicationSid", "")];
    let form = form.map(|(name, value)| (name.into(), value.into())).to_vec();
    let url = settings.url_within(&["IncomingPhoneNumbers", &format!("{sid}.json")]);
    post(settings, http, url, form).await.map(|_| Subscribed::Done)
}

fn is_number(address: &str) -> bool {
    address.starts_with('+')
}

async fn find_number(settings: &Settings, http: &Http, number: &str) -> Result<Option<Number>, ChannelError> {
    let mut url = settings.url_within(&["IncomingPhoneNumbers.json"]);
    url.query_pairs_mut().append_pair("PhoneNumber", number);
    let numbers: Numbers = get(http, url, settings.credential()).await?;
    Ok(numbers.incoming_phone_numbers.into_iter().next())
}
