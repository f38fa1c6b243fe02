//! Who we are to Meta, and where Meta delivers.

use std::time::{Duration, SystemTime};

use reqwest::Url;
use serde::Deserialize;
use serde_json::json;

use super::settings::Settings;
use crate::adapter::{Account, Subscribed, TOKEN_ENDS};
use crate::error::ChannelError;
use crate::http::Http;
use crate::words::{Words, present, readable};

/// <https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account-to-number-current-status>
const NUMBER_FIELDS: &str = "display_phone_number,verified_name,quality_rating,name_status,status,health_status";

/// Without it templates cannot be read and Meta cannot be told where to deliver.
const MANAGEMENT: &str = "whatsapp_business_management";

const BY_HAND: &str = "Enter the webhook address and the verify token at Meta for Developers: your app > WhatsApp > \
                       Configuration > Webhook. Subscribe to messages there.";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Number {
    display_phone_number: Option<Words>,
    verified_name: Option<Words>,
    quality_rating: Option<Words>,
    name_status: Option<Words>,
    status: Option<Words>,
    health_status: Option<Health>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Health {
    entities: Vec<HealthEntity>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HealthEntity {
    errors: Vec<HealthError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HealthError {
    error_description: Option<Words>,
    possible_solution: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenAnswer {
    data: Token,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Token {
    /// Unix seconds; 0 for never.
    expires_at: Option<u64>,
    scopes: Option<Vec<String>>,
}

/// Asks what the number is called and how it does, and what the token may do.
pub(super) async fn test(settings: &Settings, http: &Http) -> Result<Account, ChannelError> {
    let mut url = settings.graph.at(&[&settings.phone_number_id]);
    url.query_pairs_mut().append_pair("fields", NUMBER_FIELDS);
    let answer = settings.graph.get(http, url).await?;
    let number: Number = answer.json().unwrap_or_default();
    let mut remarks = number.remarks();
    let token = token(settings, http).await;
    remarks.extend(token.remarks());
    Ok(Account { name: number.name(), remarks, learned: token.learned(settings) })
}

/// What Meta says about the token. It need not say anything: a gateway may not know this question.
async fn token(settings: &Settings, http: &Http) -> Token {
    let mut url = settings.graph.at(&["debug_token"]);
    url.query_pairs_mut().append_pair("input_token", settings.graph.token.expose());
    let answer = settings.graph.get(http, url).await.ok();
    answer.and_then(|answer| answer.json::<TokenAnswer>()).unwrap_or_default().data
}

/// Has the account's deliveries for this app come to `webhook`.
pub(super) async fn subscribe(settings: &Settings, http: &Http, webhook: &Url) -> Result<Subscribed, ChannelError> {
    let Some(account) = &settings.business_account_id else { return Ok(Subscribed::ByHand(BY_HAND)) };
    let body = json!({ "override_callback_uri": webhook.as_str(), "verify_token": settings.verify_token.expose() });
    let url = settings.graph.at(&[account, "subscribed_apps"]);
    let told = settings.graph.post(http, url, &body).await;
    told.map(|_| Subscribed::Done).map_err(|failure| failure.error.of_repeatable())
}

impl Number {
    fn name(&self) -> String {
        let name = present(self.verified_name.as_ref());
        let number = present(self.display_phone_number.as_ref());
        name.into_iter().chain(number).collect::<Vec<_>>().join(", ")
    }

    fn remarks(&self) -> Vec<String> {
        let lower = |words: &str| readable(&words.to_lowercase()).to_lowercase();
        let status = present(self.status.as_ref()).filter(|status| *status != "CONNECTED");
        let name = present(self.name_status.as_ref())
            .filter(|status| !matches!(*status, "APPROVED" | "AVAILABLE_WITHOUT_REVIEW" | "NONE" | "NON_EXISTS"));
        let quality = present(self.quality_rating.as_ref()).filter(|rating| matches!(*rating, "YELLOW" | "RED"));
        let of_number = [
            status.map(|status| format!("The number is not connected at Meta: {}.", lower(status))),
            name.map(|status| format!("The display name is not approved: {}.", lower(status))),
            quality.map(|rating| format!("Meta rates the number's quality {}.", lower(rating))),
        ];
        let entities = self.health_status.iter().flat_map(|health| &health.entities);
        let problems = entities.flat_map(|entity| &entity.errors).filter_map(HealthError::words);
        of_number.into_iter().flatten().chain(problems).collect()
    }
}

impl HealthError {
    fn words(&self) -> Option<String> {
        let description = present(self.error_description.as_ref())?;
        let solution = present(self.possible_solution.as_ref()).map(|words| format!(" {words}")).unwrap_or_default();
        Some(format!("{description}{solution}"))
    }
}

impl Token {
    /// When the token ends, where the settings say otherwise.
    fn learned(&self, settings: &Settings) -> Option<String> {
        // Later than that is never for everybody who reads it.
        let seconds = self.expires_at.filter(|seconds| *seconds <= u32::MAX.into())?;
        let ends = (seconds > 0).then(|| seconds.to_string());
        let known = settings.token_ends.map(|at| (at.0 / 1_000).to_string());
        (ends != known).then(|| json!({ TOKEN_ENDS: ends }).to_string())
    }

    fn remarks(&self) -> Vec<String> {
        let end = self.expires_at.filter(|seconds| *seconds > 0);
        let end = end.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
        let lacks = self.scopes.as_ref().is_some_and(|scopes| !scopes.iter().any(|scope| scope == MANAGEMENT));
        let end = end.filter(|end| is_writable(*end)).map(|end| {
            let end = httpdate::fmt_http_date(end);
            format!("The access token ends on {end}; a system user's token without expiry does not.")
        });
        let lacks = lacks.then(|| format!("The access token lacks {MANAGEMENT}: templates cannot be read."));
        end.into_iter().chain(lacks).collect()
    }
}

/// Dates have four digits for the year.
fn is_writable(end: SystemTime) -> bool {
    const YEAR_9999: Duration = Duration::from_secs(253_370_764_800);
    end.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since < YEAR_9999)
}
