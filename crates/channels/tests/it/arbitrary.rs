//! Whatever comes in, the adapter answers; it never panics and never loses an event in silence.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::desk::{get, post, whatsapp};

/// Any JSON, with Meta's own words as keys often enough to get deep into the parser.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "text|image|audio|edit|revoke|reaction|system|interactive|button|failed|read|stop".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        let key = "from|from_user_id|id|type|timestamp|text|body|edit|message|revoke|original_message_id|reaction|\
                   message_id|emoji|system|wa_id|user_id|previous|current|status|errors|code|error_data|contacts|\
                   profile|name|interactive|button_reply|title|image|caption|context|value|[a-z]{1,4}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..7).prop_map(|fields| Value::from(Map::from_iter(fields))),
        ]
    })
}

fn list() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(any_json(), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = whatsapp().parse(&body);
        let _ = whatsapp().verify(&post(&body, std::str::from_utf8(&body).ok()));
    }

    #[test]
    fn any_query_is_answered(query in "\\PC{0,60}") {
        let request = get(&format!("/webhooks/whatsapp/1?{query}"));
        prop_assert!(whatsapp().handshake(&request).is_some());
    }

    #[test]
    fn any_json_is_read_or_refused(body in any_json()) {
        let _ = whatsapp().parse(body.to_string().as_bytes());
    }

    #[test]
    fn every_event_of_a_list_is_read_or_kept_as_unreadable(
        field in "messages|smb_message_echoes|user_id_update|user_preferences",
        lists in [list(), list(), list(), list(), list(), list()],
    ) {
        let count: usize = lists.iter().map(Vec::len).sum();
        let [messages, echoes, statuses, errors, updates, preferences] = lists;
        let value = json!({
            "messages": messages, "message_echoes": echoes, "statuses": statuses, "errors": errors,
            "user_id_update": updates, "user_preferences": preferences,
        });
        let body = json!({"entry": [{"changes": [{"field": field, "value": value}]}]}).to_string();
        prop_assert_eq!(whatsapp().parse(body.as_bytes()).expect("a delivery").len(), count);
    }
}
