//! Cuts a long text where a reader would.

use domain::channel::TextUnit;
use unicode_segmentation::UnicodeSegmentation;

/// No limit is smaller than one character of four bytes, or nothing would ever fit.
const LONGEST: usize = 4;

/// `text` in parts of at most `max` units, cut after a paragraph, else a line, else a word, and never inside what
/// a reader sees as one character. Put together again the parts are `text`, but for parts of nothing but blank, which
/// no provider takes.
#[must_use]
pub fn split(text: &str, max: usize, unit: TextUnit) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, left) = rest.split_at(cut(rest, max.max(LONGEST), unit));
        parts.extend(Some(part).filter(|part| !part.trim().is_empty()));
        rest = left;
    }
    parts
}

/// Where the first part ends, in bytes.
fn cut(text: &str, max: usize, unit: TextUnit) -> usize {
    let (mut end, mut count) = (0, 0);
    let (mut paragraph, mut line, mut word) = (0, 0, 0);
    let mut after_newline = false;
    for (start, grapheme) in text.grapheme_indices(true) {
        count += unit.measure(grapheme);
        if count > max {
            // A part less than half full reads worse than a cut at the next smaller joint.
            let joint = [paragraph, line, word].into_iter().find(|joint| *joint * 2 > end);
            return joint.or(Some(end).filter(|end| *end > 0)).unwrap_or_else(|| hard_cut(text, max, unit));
        }
        end = start + grapheme.len();
        let newline = matches!(grapheme, "\n" | "\r\n");
        if newline {
            line = end;
        }
        if newline && after_newline {
            paragraph = end;
        }
        if grapheme.trim().is_empty() {
            word = end;
        }
        after_newline = newline;
    }
    text.len()
}

/// One "character" made of more marks than a whole message may have: cut between its marks.
fn hard_cut(text: &str, max: usize, unit: TextUnit) -> usize {
    let mut count = 0;
    let mut within = text.char_indices().take_while(|(start, mark)| {
        count += unit.measure(&text[*start..start + mark.len_utf8()]);
        count <= max
    });
    within.by_ref().last().map_or(text.len(), |(start, mark)| start + mark.len_utf8())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use domain::channel::TextUnit;

    fn split(text: &str, max: usize) -> Vec<&str> {
        super::split(text, max, TextUnit::Characters)
    }

    #[test]
    fn a_long_text_is_cut_after_a_paragraph() {
        assert_eq!(split("One two.\n\nThree four five.", 18), ["One two.\n\n", "Three four five."]);
    }

    #[test]
    fn without_a_paragraph_it_is_cut_after_a_line_then_after_a_word() {
        assert_eq!(split("first line\nsecond line", 15), ["first line\n", "second line"]);
        assert_eq!(split("first second third", 14), ["first second ", "third"]);
    }

    #[test]
    fn a_family_is_never_torn_apart() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(split(&family.repeat(3), 15), [family.repeat(2), family.into()]);
    }

    #[test]
    fn even_one_endless_character_gets_through() {
        let endless = format!("e{}", "\u{301}".repeat(25));
        assert_eq!(split(&endless, 10).concat(), endless);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_part_fits(text in "\\PC{0,80}|[a-z \n]{0,200}|[🇩🇪é\u{301}👩‍ \r\n]{0,80}", max in 4_usize..40) {
            let parts = split(&text, max);
            prop_assert!(parts.iter().all(|part| part.chars().count() <= max));
            prop_assert!(parts.iter().all(|part| !part.trim().is_empty()));
            let words = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(words(&parts.concat()), words(&text));
        }

        #[test]
        fn every_part_fits_whatever_is_counted(text in "\\PC{0,80}|[🇩🇪é\u{301}👩‍ \n]{0,80}", max in 4_usize..60) {
            for unit in [TextUnit::Bytes, TextUnit::Utf16] {
                prop_assert!(super::split(&text, max, unit).iter().all(|part| unit.measure(part) <= max));
            }
        }

        #[test]
        fn without_long_blanks_the_parts_put_together_are_the_text(
            text in "[a-zäß🙂]{1,9}([ \n]{1,3}[a-zäß🙂]{1,9}){0,40}",
            max in 8_usize..40,
        ) {
            prop_assert_eq!(split(&text, max).concat(), text);
        }
    }
}
