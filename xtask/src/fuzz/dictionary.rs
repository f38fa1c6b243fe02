//! The words a fuzzer tries: those of the inputs it begins with, and the few that are always worth a try.

use std::collections::BTreeSet;

/// Words longer than this, in bytes, are an example's own.
const WORD_MAX: usize = 40;

const ALWAYS: [&str; 8] = ["\\u0000", "%00", "\\ud83d\\ude42", "null", "true", "-1", "1e400", "9223372036854775807"];

/// The words of all `seeds` in the form libFuzzer reads, one on a line.
pub fn of(seeds: &[&str]) -> String {
    let words: BTreeSet<&str> = seeds.iter().flat_map(|seed| words(seed)).chain(ALWAYS).collect();
    words.into_iter().map(line).collect()
}

/// What stands between quotes, and what stands between the signs of a form.
fn words(seed: &str) -> impl Iterator<Item = &str> {
    let is_between = |letter: char| matches!(letter, '"' | '&' | '=' | '\n');
    let is_word = |word: &&str| {
        (2..=WORD_MAX).contains(&word.len()) && word.chars().any(char::is_alphanumeric) && !word.contains(['{', '['])
    };
    seed.split(is_between).map(str::trim).filter(is_word)
}

fn line(word: &str) -> String {
    let escaped: String = word.bytes().map(escape).collect();
    format!("\"{escaped}\"\n")
}

fn escape(byte: u8) -> String {
    match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).into(),
        _ => format!("\\x{byte:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_words_of_a_seed_are_tried_each_once() {
        let words = of(&[r#"{"type": "text", "text": {"body": "olá"}}"#, "Body=oi&From=%2B55"]);
        for word in ["\"type\"\n", "\"body\"\n", "\"ol\\xC3\\xA1\"\n", "\"Body\"\n", "\"%2B55\"\n", "\"\\\\u0000\"\n"] {
            assert_eq!(words.matches(word).count(), 1, "{word} in {words}");
        }
        assert_eq!(words.matches("\"text\"\n").count(), 1);
    }
}
