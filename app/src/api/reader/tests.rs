use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{DEEPEST, Wrong, read};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sample {
    id: u64,
    at: i64,
    #[serde(default)]
    small: Option<u8>,
    is_open: bool,
    words: String,
    pair: (u32, String),
    tags: BTreeMap<String, Vec<Shape>>,
    inside: Tagged,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    Point,
    Line(i32),
    Span(u8, u8),
    Area {
        width: u16,
        #[serde(default)]
        name: Option<String>,
    },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Tagged {
    Nothing,
    Much { at: i64, shapes: Vec<Shape> },
}

fn sample() -> Sample {
    let area = Shape::Area { width: 9, name: Some("\u{1F600} \"so\" \\ \u{7}\n\u{e9}".into()) };
    Sample {
        id: u64::MAX,
        at: i64::MIN,
        small: None,
        is_open: true,
        words: "Gr\u{fc}\u{df}e, \u{4f60}\u{597d} / \t".into(),
        pair: (7, String::new()),
        tags: [("a".into(), vec![Shape::Point, Shape::Line(-3), Shape::Span(0, 255), area])].into(),
        inside: Tagged::Much { at: -1, shapes: vec![Shape::Point] },
    }
}

#[test]
fn what_was_written_is_read() {
    let json = serde_json::to_vec(&sample()).expect("it is plain JSON");
    let spaced = serde_json::to_vec_pretty(&sample()).expect("it is plain JSON");

    assert_eq!(read(&json), Ok(sample()));
    assert_eq!(read(&spaced), Ok(sample()));
}

#[test]
fn every_other_byte_is_judged_as_serde_json_does() {
    let json = serde_json::to_vec(&sample()).expect("it is plain JSON");
    for at in 0..json.len() {
        for byte in *b"\"\\{}[]:,0-.eutn a\x00\x1f\x80\xc3" {
            let mut changed = json.clone();
            changed[at] = byte;
            let theirs = serde_json::from_slice::<Sample>(&changed).map_err(|_| Wrong);
            assert_eq!(read(&changed), theirs, "{}", String::from_utf8_lossy(&changed));
        }
    }
}

#[test]
fn whatever_is_cut_off_or_goes_on_is_refused() {
    let json = serde_json::to_string(&sample()).expect("it is plain JSON");
    for end in 0..json.len() {
        assert_eq!(read::<Sample>(&json.as_bytes()[..end]), Err(Wrong), "cut at {end}");
    }
    assert_eq!(read::<Sample>(format!("{json} {{}}").as_bytes()), Err(Wrong));
}

#[test]
fn letters_may_stand_as_their_codes() {
    assert_eq!(read::<String>(br#""\u00fc\ud83d\ude00\/\b\f\r""#).as_deref(), Ok("\u{fc}\u{1F600}/\u{8}\u{c}\r"));
    for half in [r#""\ud83d""#, r#""\ude00""#, r#""\ud83d\u0041""#, r#""\u12g4""#, "\"\\\u{fc}\"", "\"a\nb\""] {
        assert_eq!(read::<String>(half.as_bytes()), Err(Wrong), "{half}");
    }
}

#[test]
fn numbers_are_whole_and_fit() {
    assert_eq!(read::<u8>(b"255"), Ok(255));
    assert_eq!(read::<i64>(b"-9223372036854775808"), Ok(i64::MIN));
    for wrong in ["256", "-1", "01", "1.0", "1e2", "", "-", "18446744073709551616"] {
        assert_eq!(read::<u8>(wrong.as_bytes()), Err(Wrong), "{wrong}");
    }
    assert_eq!(read::<i64>(b"9223372036854775808"), Err(Wrong));
}

#[test]
fn what_nobody_asked_for_is_stepped_over() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Little {
        id: u8,
    }
    let json = br#"{"more":{"a":[1,-2,{"b":null}],"c":"]}"},"id":3,"last":[true,false,[]]}"#;

    assert_eq!(read(json), Ok(Little { id: 3 }));
}

#[test]
fn fields_come_in_any_order_and_once_and_some_may_be_missing() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Little {
        id: u8,
        #[serde(default)]
        more: Option<u8>,
        last: bool,
    }

    assert_eq!(read(br#"{"last":true,"more":2,"id":1}"#), Ok(Little { id: 1, more: Some(2), last: true }));
    assert_eq!(read(br#"{"last":true,"id":1}"#), Ok(Little { id: 1, more: None, last: true }));
    for wrong in [r#"{"id":1}"#, r#"{"id":1,"last":true,"id":1}"#, r#"[1,2,true]"#, "{}"] {
        assert_eq!(read::<Little>(wrong.as_bytes()), Err(Wrong), "{wrong}");
    }
}

#[test]
fn nothing_is_followed_without_end() {
    let depth = usize::from(DEEPEST);
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));

    assert!(read::<serde::de::IgnoredAny>(nested(depth).as_bytes()).is_ok());
    assert!(read::<serde::de::IgnoredAny>(nested(depth + 1).as_bytes()).is_err());
    assert!(read::<serde::de::IgnoredAny>("[".repeat(100_000).as_bytes()).is_err());
}
