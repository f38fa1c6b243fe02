//! Whatever comes as an update, it is read or kept; nothing panics and nothing is lost in silence.

use proptest::prelude::*;
use serde_json::json;

use super::nowhere;
use crate::arbitrary::json_with;
use crate::desk::post_with;
use crate::holds;

/// Telegram's own words, often enough to get deep into the parser.
const KEYS: &str = "id|from|chat|type|date|message_id|text|caption|photo|file_id|file_size|width|sticker|document|\
                        location|latitude|longitude|venue|title|contact|vcard|data|message|reply_markup|\
                        inline_keyboard|callback_data|new_reaction|emoji|user|new_chat_member|status|message_ids|\
                        rights|is_enabled|migrate_to_chat_id|reply_to_message|business_connection_id|[a-z\\x00]{1,4}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = holds::parse(&*nowhere(), &body);
        if let Ok(value) = std::str::from_utf8(&body) {
            let _ = nowhere().verify(&post_with("telegram", &body, &[("x-telegram-bot-api-secret-token", value)]));
        }
    }

    #[test]
    fn every_update_is_read_or_kept_as_unreadable(
        kind in "message|edited_message|callback_query|message_reaction|my_chat_member|business_connection|poll|odd[a-z_\\x00]{0,5}",
        what in json_with(KEYS),
    ) {
        let body = json!({"update_id": 1, &kind: what}).to_string();
        prop_assert_eq!(holds::parse(&*nowhere(), body.as_bytes()).expect("an update").len(), 1);
    }
}
