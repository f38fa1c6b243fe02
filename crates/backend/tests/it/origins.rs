//! Who comes by an advertisement or a link and says nothing yet begins no chat; their next words show where they came from.

use std::time::Duration;

use backend::test_desk::TestDesk;
use domain::message::{About, What};
use domain::timestamp::hours;
use serde_json::json;

use crate::standby::{messenger, tells};
use crate::transcript::{live_rooms, only_room, words};

async fn desk() -> TestDesk {
    let desk = TestDesk::new().await;
    messenger(&desk, None).await;
    desk
}

async fn comes_by(desk: &TestDesk, link: &str) {
    let referral = json!({ "ref": link, "source": "SHORTLINK", "type": "OPEN_THREAD" });
    tells(desk, "messaging", json!({ "timestamp": desk.backend.now().0, "referral": referral })).await;
}

async fn writes(desk: &TestDesk, text: &str, rest: serde_json::Value) {
    let mut message = json!({ "mid": format!("m_{text}"), "text": text });
    for (name, value) in rest.as_object().into_iter().flatten() {
        message[name] = value.clone();
    }
    tells(desk, "messaging", json!({ "timestamp": desk.backend.now().0, "message": message })).await;
}

/// What each message is about, in words.
async fn abouts(desk: &TestDesk) -> Vec<String> {
    let about = |what: What| match what {
        What::Message(message) => Some(message.about.map_or_else(String::new, |about| match about {
            About::CameFrom(words) => words,
            other => format!("{other:?}"),
        })),
        What::Note(_) | What::Line(_) => None,
    };
    words(desk, &only_room(desk).await).await.into_iter().filter_map(|entry| about(entry.what)).collect()
}

#[tokio::test]
async fn who_comes_by_a_link_begins_no_chat_and_the_next_words_show_it_once() {
    let desk = desk().await;

    comes_by(&desk, "winter").await;
    assert!(live_rooms(&desk).await.is_empty(), "nobody said anything");
    writes(&desk, "hello", json!({})).await;
    writes(&desk, "anybody?", json!({})).await;

    assert_eq!(abouts(&desk).await, ["Link: winter", ""]);
}

#[tokio::test]
async fn where_somebody_came_from_last_is_what_counts_and_the_same_news_again_is_none() {
    let desk = desk().await;

    comes_by(&desk, "winter").await;
    let first = desk.backend.now();
    desk.clock.advance(Duration::from_secs(60));
    comes_by(&desk, "spring").await;
    writes(&desk, "hello", json!({})).await;
    let referral = json!({ "ref": "winter", "source": "SHORTLINK" });
    tells(&desk, "messaging", json!({ "timestamp": first.0, "referral": referral })).await;
    writes(&desk, "anybody?", json!({})).await;

    assert_eq!(abouts(&desk).await, ["Link: spring", ""]);
}

#[tokio::test]
async fn words_that_answer_others_leave_it_to_the_next_ones_and_words_that_tell_it_themselves_do_not() {
    let desk = desk().await;

    comes_by(&desk, "winter").await;
    writes(&desk, "this one", json!({ "reply_to": { "mid": "m_unknown" } })).await;
    writes(&desk, "hello", json!({})).await;
    desk.clock.advance(Duration::from_secs(60));
    comes_by(&desk, "spring").await;
    writes(&desk, "by the ad", json!({ "referral": { "ref": "summer", "source": "SHORTLINK" } })).await;
    writes(&desk, "anybody?", json!({})).await;

    assert_eq!(abouts(&desk).await, ["Unknown", "Link: winter", "Link: summer", ""]);
}

#[tokio::test]
async fn who_writes_more_than_a_day_later_does_not_write_because_of_it() {
    let desk = desk().await;

    comes_by(&desk, "winter").await;
    desk.clock.advance(hours(25));
    writes(&desk, "hello", json!({})).await;

    assert_eq!(abouts(&desk).await, [""]);
}
