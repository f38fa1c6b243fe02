//! Whatever comes from X, it is read or kept; nothing panics and nothing is lost in silence.

use proptest::prelude::*;
use serde_json::json;

use super::nowhere;
use crate::arbitrary::json_with;
use crate::desk::{get, post_with};
use crate::holds;

/// X's own words, often enough to get deep into the parser.
const KEYS: &str = "id|type|created_timestamp|message_create|target|recipient_id|sender_id|message_data|text|entities|urls|\
                 url|expanded_url|attachment|media|media_url_https|video_info|variants|bitrate|quick_reply_response|\
                 metadata|location|shared_coordinate|coordinates|users|data|name|screen_name|last_read_event_id|\
                 conversation_id|direct_message_events|[a-z\\x00]{1,4}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = holds::parse(&*nowhere(), &body);
        if let Ok(value) = std::str::from_utf8(&body) {
            let _ = nowhere().verify(&post_with("x", &body, &[("x-twitter-webhooks-signature", value)]));
        }
    }

    #[test]
    fn any_question_is_answered(query in "\\PC{0,60}") {
        let request = get(&format!("/webhooks/x/1?{query}"));
        prop_assert!(nowhere().handshake(&request).is_some());
    }

    #[test]
    fn every_event_is_read_or_kept_as_unreadable(
        list in "direct_message_events|direct_message_mark_read_events|direct_message_indicate_typing_events",
        events in prop::collection::vec(json_with(KEYS), 0..4),
        users in json_with(KEYS),
        besides in "odd[a-z_\\x00]{0,5}",
    ) {
        let body = json!({"for_user_id": "222", &list: events, "users": users, &besides: {}}).to_string();
        let read = holds::parse(&*nowhere(), body.as_bytes()).expect("a delivery");
        prop_assert_eq!(read.len(), events.len() + 1);
    }

    #[test]
    fn every_activity_is_read_or_kept_as_unreadable(
        kind in "dm\\.(received|sent|read)|chat\\.received|oauth\\.revoke|[a-z.\\x00]{0,9}",
        payload in json_with(KEYS),
    ) {
        let body = json!({"data": {"event_type": kind, "filter": {"user_id": "222"}, "payload": payload}}).to_string();
        prop_assert!(!holds::parse(&*nowhere(), body.as_bytes()).expect("a delivery").is_empty());
    }
}
