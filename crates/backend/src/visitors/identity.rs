//! Who a site says its user is: a JSON Web Token that the site's server signed with the channel's secret, and that is good
//! for a short time only. What nobody signed proves nothing.

use std::time::Duration;

use ::channels::identity::ExternalId;
use domain::account::check_email;
use domain::customer::Customer;
use domain::id::ChannelId;
use domain::message::checked;
use domain::refused::Refused;
use domain::timestamp::{Timestamp, hours};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;

use crate::customers;

/// The longest id of a site's user, in characters.
const ID_MAX: usize = 200;

/// The longest token that is read, in bytes.
const TOKEN_MAX: usize = 4_096;

/// A token says that it ends within this time, or it is none for a browser: pages are kept, copied and logged.
const LONGEST: Duration = hours(24);

/// How much the clocks of a site and of ours may differ.
const SKEW: Duration = Duration::from_secs(60);

/// What a token says; the registered claims are those of RFC 7519 §4.1. `aud`, which must be the channel's id, is looked
/// at beside them.
#[derive(Deserialize)]
struct Claims {
    /// The site's own id of its user.
    #[serde(default)]
    sub: String,
    /// Seconds since 1970 in UTC, perhaps with a fraction.
    #[serde(default)]
    exp: f64,
    name: Option<String>,
    email: Option<String>,
}

/// A user of the site, as its server signed.
pub(super) struct Proven {
    id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    ends_at: Timestamp,
}

impl Proven {
    /// The user that `identity`, signed with `secret`, stands for on `channel`. It may have ended: see
    /// [`Self::check_end`].
    ///
    /// # Errors
    /// It is not signed with the channel's secret, not for the channel, without an end that is near, or names nobody.
    pub fn check(identity: &str, secret: &str, channel: ChannelId, now: Timestamp) -> Result<Self, Refused> {
        if secret.is_empty() || identity.len() > TOKEN_MAX {
            return Err(refused("is not signed by this site"));
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[channel.to_string()]);
        rules.set_required_spec_claims(&["sub", "aud", "exp"]);
        // The end is looked at by our own clock, and not where the browser is known already.
        rules.validate_exp = false;
        let key = DecodingKey::from_secret(secret.as_bytes());
        let Claims { sub, exp, name, email } =
            decode::<Claims>(identity, &key, &rules).map_err(|error| words(&error))?.claims;
        // Two ids must never become one on the way into the database.
        if checked("user id", &sub, ID_MAX)? != sub.trim() {
            return Err(Refused::invalid("user id", "must be letters and signs that can be seen"));
        }
        let ends_at = ends_at(exp)?;
        if ends_at > now.plus(LONGEST).plus(SKEW) {
            return Err(refused("must end within 24 hours (exp)"));
        }
        let name = name.filter(|name| !name.trim().is_empty());
        Ok(Self { id: sub, name, email: email.and_then(|email| check_email(&email).ok()), ends_at })
    }

    /// # Errors
    /// The token is not good any more.
    pub fn check_end(&self, now: Timestamp) -> Result<(), Refused> {
        let is_over = now > self.ends_at.plus(SKEW);
        if is_over { Err(refused("has ended (exp); load the page again")) } else { Ok(()) }
    }

    /// What the channel knows the user by.
    pub fn external_id(&self) -> ExternalId {
        ExternalId(format!("user:{}", self.id))
    }

    /// The name that the site gives, or else its id of them.
    pub fn shown_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.id.clone())
    }

    /// Whether an id is that of a user who was proven once.
    pub fn is_of_user(id: &ExternalId) -> bool {
        id.0.starts_with("user:")
    }

    /// Whether the token says nothing new of the customer.
    pub fn is_known(&self, known: &Customer) -> bool {
        let known_name = known.channel_name.as_ref().unwrap_or(&known.name);
        // Whose contact was saved before channels' names were kept has theirs alone.
        let has_no_other = known.contact.is_some() && known.channel_name.is_none();
        let told = self.name.as_deref().and_then(customers::shown_name);
        let has_name = has_no_other || told.is_none_or(|name| name == *known_name);
        known.blocked || (has_name && (self.email.is_none() || self.email == known.email))
    }
}

/// `seconds` as a time, where it is one: what is far away is far away.
fn ends_at(seconds: f64) -> Result<Timestamp, Refused> {
    if !seconds.is_finite() {
        return Err(refused("must end within 24 hours (exp)"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a float becomes the nearest number that there is")]
    Ok(Timestamp((seconds * 1_000.0) as i64))
}

/// What is wrong, for whoever builds the site.
fn words(error: &Error) -> Refused {
    match error.kind() {
        ErrorKind::InvalidAudience => refused("must be for this channel (aud)"),
        ErrorKind::MissingRequiredClaim(claim) => refused(&format!("must have the claim {claim}")),
        _ => refused("is not signed by this site"),
    }
}

fn refused(rule: &str) -> Refused {
    Refused::invalid("identity", rule)
}
