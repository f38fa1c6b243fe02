//! What an API channel needs to know, checked at the door.

use reqwest::Url;

use crate::settings::{Fields, Secret, SettingsError};

/// The shortest secret, in characters.
const SECRET_MIN: usize = 16;

#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub endpoint: Url,
    pub secret: Secret,
}

impl Settings {
    pub fn parse(settings: &str) -> Result<Self, SettingsError> {
        let mut fields = Fields::read(settings)?;
        // Without it there would be nobody to send to, so it has no default.
        let endpoint = fields.required("endpoint")?;
        let endpoint = Fields::url("endpoint", &endpoint)?;
        let secret = fields.secret("secret")?;
        if secret.expose().len() < SECRET_MIN {
            return Err(SettingsError::new("secret", format!("must have at least {SECRET_MIN} characters")));
        }
        fields.finish()?;
        Ok(Self { endpoint, secret })
    }
}
