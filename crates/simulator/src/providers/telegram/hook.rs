//! Where a bot delivers, as it was told. What customers do comes to the played desk all the same.
//! <https://core.telegram.org/bots/api#setwebhook>

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

/// The address that was told last; none at first.
#[derive(Debug, Default)]
pub struct Hook(Mutex<String>);

impl Hook {
    /// What is asked and told about it; `None` for any other method.
    pub fn answer(&self, method: &str, asked: &Value) -> Option<Value> {
        match method {
            "setWebhook" => self.set(asked["url"].as_str().unwrap_or_default()),
            "deleteWebhook" => self.set(""),
            "getWebhookInfo" => {
                return Some(json!({"url": self.url(), "has_custom_certificate": false, "pending_update_count": 0}));
            }
            _ => return None,
        }
        Some(json!(true))
    }

    fn set(&self, url: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = url.into();
    }

    fn url(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
