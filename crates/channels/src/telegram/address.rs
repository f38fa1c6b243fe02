//! How chats and messages of Telegram are named in the product. A chat is its number; one that a business account lent us
//! is its number at the connection, because it is answered through that. A message's number counts within its chat only,
//! so its name holds the chat's.

use crate::identity::{ExternalId, ProviderId};

/// A chat as Telegram addresses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chat {
    /// Negative for groups; may have more than 32 bits.
    pub id: i64,
    /// The business account through which we speak there.
    pub business: Option<String>,
}

impl Chat {
    /// Whether it is a chat of many.
    pub const fn is_group(&self) -> bool {
        self.id < 0
    }

    pub fn name(&self) -> ExternalId {
        ExternalId(match &self.business {
            Some(business) => format!("{}@{business}", self.id),
            None => self.id.to_string(),
        })
    }

    /// The chat of that name; `None` when it is none of ours.
    pub fn named(name: &str) -> Option<Self> {
        let (id, business) = name.split_once('@').map_or((name, None), |(id, business)| (id, Some(business)));
        Some(Self { id: id.parse().ok()?, business: business.map(str::to_owned) })
    }

    pub fn message(&self, id: i64) -> ProviderId {
        ProviderId(format!("{}:{id}", self.name()))
    }
}

/// The number of the message of that name; `None` when it is none of ours.
pub(super) fn message_number(name: &ProviderId) -> Option<i64> {
    name.0.rsplit_once(':').and_then(|(_, number)| number.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::{Chat, message_number};

    #[test]
    fn a_name_leads_back_to_its_chat_and_message() {
        for (id, business) in [(77, None), (-1_001_234_567_890, None), (5_000_000_000, Some("Co:nn@1".to_owned()))] {
            let chat = Chat { id, business };
            assert_eq!(Chat::named(&chat.name().0), Some(chat.clone()));
            assert_eq!(message_number(&chat.message(17)), Some(17));
        }
        assert_eq!(Chat::named("wamid.1"), None);
        assert_eq!(Chat::named(""), None);
    }
}
