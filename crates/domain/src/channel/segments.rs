//! How a text is cut into SMS segments, which is what a sender pays for. <https://www.twilio.com/docs/glossary/what-sms-segment>

use serde::{Deserialize, Serialize};

/// What a text costs as SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segments {
    /// None for no text.
    pub count: usize,
    /// How much one of them holds: less where several have to be put together again.
    pub per_segment: usize,
    /// How much still fits into the last one.
    pub left: usize,
    pub encoding: SmsEncoding,
}

/// The alphabet a text needs. One character outside the small one puts the whole text into the large one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsEncoding {
    /// The phones' own: Latin letters, some accents, capital Greek.
    Gsm7,
    /// UTF-16: everything.
    Ucs2,
}

/// The letters of GSM 03.38 that count once.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Those that are written with an escape before them, and count twice.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// Whether the small alphabet has it.
fn is_small(letter: char) -> bool {
    BASIC.contains(letter) || EXTENDED.contains(letter)
}

impl SmsEncoding {
    fn of(text: &str) -> Self {
        if text.chars().all(is_small) { Self::Gsm7 } else { Self::Ucs2 }
    }

    /// What one segment holds, alone and as one of several.
    const fn room(self) -> (usize, usize) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }

    /// What each of several segments holds.
    pub(super) const fn several(self) -> usize {
        self.room().1
    }

    fn size(self, letter: char) -> usize {
        match self {
            Self::Gsm7 if EXTENDED.contains(letter) => 2,
            Self::Gsm7 => 1,
            Self::Ucs2 => letter.len_utf16(),
        }
    }
}

/// The segments of `text`.
#[must_use]
pub fn segments(text: &str) -> Segments {
    segments_in(SmsEncoding::of(text), text)
}

/// The first letter outside the small alphabet, if `text` needs more segments for the sake of such letters.
pub(super) fn costly_letter(text: &str) -> Option<char> {
    let letter = text.chars().find(|letter| !is_small(*letter))?;
    let (all, plain) = (segments_in(SmsEncoding::Ucs2, text), segments_in(SmsEncoding::Gsm7, text));
    (all.count > plain.count).then_some(letter)
}

fn segments_in(encoding: SmsEncoding, text: &str) -> Segments {
    let (alone, joined) = encoding.room();
    let sizes = || text.chars().map(|letter| encoding.size(letter));
    let total: usize = sizes().sum();
    if total <= alone {
        return Segments { count: total.min(1), per_segment: alone, left: alone - total, encoding };
    }
    let (mut count, mut used) = (1, 0);
    for size in sizes() {
        // What counts twice is never cut in half.
        if used + size > joined {
            count += 1;
            used = 0;
        }
        used += size;
    }
    Segments { count, per_segment: joined, left: joined - used, encoding }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Segments, SmsEncoding, segments};

    /// Count, room of one, what is left.
    fn counted(text: &str) -> (usize, usize, usize) {
        let Segments { count, per_segment, left, .. } = segments(text);
        (count, per_segment, left)
    }

    #[test]
    fn a_plain_text_has_160_letters_and_several_have_153_each() {
        assert_eq!(counted(""), (0, 160, 160));
        assert_eq!(counted("hi"), (1, 160, 158));
        assert_eq!(counted(&"x".repeat(160)), (1, 160, 0));
        assert_eq!(counted(&"x".repeat(161)), (2, 153, 145));
        assert_eq!(counted(&"x".repeat(306)), (2, 153, 0));
        assert_eq!(counted(&"x".repeat(307)), (3, 153, 152));
    }

    #[test]
    fn one_letter_outside_the_small_alphabet_makes_it_70_and_67() {
        assert_eq!(segments("né").encoding, SmsEncoding::Gsm7);
        assert_eq!(segments("não").encoding, SmsEncoding::Ucs2);
        assert_eq!(counted(&"ã".repeat(70)), (1, 70, 0));
        assert_eq!(counted(&"ã".repeat(71)), (2, 67, 63));
    }

    #[test]
    fn a_euro_counts_twice_and_is_never_cut_in_half() {
        assert_eq!(counted("€"), (1, 160, 158));
        assert_eq!(counted(&"€".repeat(80)), (1, 160, 0));
        assert_eq!(counted(&format!("{}€{}", "x".repeat(152), "x".repeat(10))), (2, 153, 141));
    }

    #[test]
    fn a_smile_counts_twice_and_is_never_cut_in_half() {
        assert_eq!(counted("🙂"), (1, 70, 68));
        assert_eq!(counted(&format!("{}🙂x", "ã".repeat(68))), (2, 67, 63));
        assert_eq!(counted(&format!("{}🙂xx", "ã".repeat(66))), (1, 70, 0));
        assert_eq!(counted(&format!("{}🙂xxx", "ã".repeat(66))), (2, 67, 62));
    }

    #[test]
    fn twilios_own_calculator_counts_the_same() {
        let euros = format!("{}{}", "x".repeat(152), "€".repeat(77));
        let smiles = format!("{0}🙂{0}🙂", "ã".repeat(66));
        for (text, count) in [(euros, 3), (smiles, 3), ("{}[]~|^\\€".repeat(9), 2)] {
            assert_eq!(segments(&text).count, count, "{text}");
        }
    }

    proptest! {
        #[test]
        fn everything_fits_and_one_letter_more_never_costs_less(text in "\\PC{0,200}|[a-z€{}]{0,400}", more in any::<char>()) {
            let Segments { count, per_segment, left, encoding } = segments(&text);
            let units = match encoding {
                SmsEncoding::Gsm7 => text.chars().count(),
                SmsEncoding::Ucs2 => text.encode_utf16().count(),
            };
            prop_assert!(left <= per_segment && units <= count * per_segment);
            let longer = format!("{text}{more}");
            prop_assert!(segments(&longer).count >= count);
        }
    }
}
