//! How a text stands against what its channel carries, in words for whoever writes it: calm until a limit comes near.

use serde::{Deserialize, Serialize};

use crate::channel::Capabilities;
use crate::channel::segments::{Segments, SmsEncoding, costly_letter, segments};

/// What a messenger counts a text in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextUnit {
    /// Unicode scalar values.
    Characters,
    /// UTF-16 code units.
    Utf16,
    /// UTF-8 bytes.
    Bytes,
}

impl TextUnit {
    /// How long `text` is.
    #[must_use]
    pub fn measure(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Bytes => text.len(),
        }
    }

    /// The word for many of them.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Characters | Self::Utf16 => "characters",
            Self::Bytes => "bytes",
        }
    }
}

/// A text and its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Without the blank around the text, which is never sent.
    pub length: usize,
    pub max: usize,
    pub unit: TextUnit,
    /// What it is cut into, where each piece costs.
    segments: Option<Segments>,
    /// The letter for which it needs more of them.
    costly: Option<char>,
    /// Some letters count several times.
    is_wide: bool,
}

/// What of a text's length is worth a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Calm,
    /// So much still fits into the first segment.
    LastOfOne(usize),
    /// It takes so many segments.
    Several(usize),
    /// Less than a fifth of what fits is left.
    Near,
    Over,
}

impl Capabilities {
    /// How `text` stands against the limit.
    #[must_use]
    pub fn measure(&self, text: &str) -> Measure {
        let text = text.trim();
        Measure {
            segments: self.segments.then(|| segments(text)),
            costly: costly_letter(text).filter(|_| self.segments),
            ..Measure::new(self.text_unit, self.text_max, text)
        }
    }
}

impl Measure {
    /// How `text` stands against a limit of `max`.
    #[must_use]
    pub fn new(unit: TextUnit, max: usize, text: &str) -> Self {
        let text = text.trim();
        let length = unit.measure(text);
        let is_wide = unit == TextUnit::Bytes && length > text.chars().count();
        Self { length, max, unit, segments: None, costly: None, is_wide }
    }

    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.length > self.max
    }

    /// Whether there is something to say about the length.
    #[must_use]
    pub fn is_near(&self) -> bool {
        self.standing() != Standing::Calm
    }

    /// How much there is and what it costs, numbers written by `count`; `None` while nothing is near.
    #[must_use]
    pub fn words(&self, count: impl Fn(usize) -> String) -> Option<String> {
        let of_all = || format!("{} of {} {}", count(self.length), count(self.max), self.unit.label());
        Some(match (self.standing(), self.segments) {
            (Standing::Calm, _) => return None,
            (Standing::LastOfOne(left), _) => format!("{} left in one SMS", count(left)),
            (Standing::Several(segments), _) => format!("{} SMS", count(segments)),
            (Standing::Near | Standing::Over, Some(segments)) => {
                format!("{} · {} SMS", of_all(), count(segments.count))
            }
            (Standing::Near | Standing::Over, None) => of_all(),
        })
    }

    /// Why it is more than one would think.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        if let Some(letter) = self.costly {
            let (per_segment, plain) = (SmsEncoding::Ucs2.several(), SmsEncoding::Gsm7.several());
            let is_blank = letter.is_whitespace() || letter.is_control();
            let what = if is_blank { "a special blank".into() } else { format!("“{letter}”") };
            return Some(format!("Because of {what} an SMS holds {per_segment} letters, not {plain}."));
        }
        let is_told = self.is_wide && matches!(self.standing(), Standing::Near | Standing::Over);
        is_told.then(|| "A letter with an accent counts 2 bytes, an emoji 4 or more.".into())
    }

    /// What to read out: it stays the same from key to key and changes only when something new has come near.
    #[must_use]
    pub fn spoken(&self, count: impl Fn(usize) -> String) -> Option<String> {
        let limit = || format!("{} {}", count(self.max), self.unit.label());
        Some(match self.standing() {
            Standing::Calm => return None,
            Standing::LastOfOne(_) => "One SMS is almost full.".into(),
            Standing::Several(segments) => format!("{} SMS.", count(segments)),
            Standing::Near => format!("Less than a fifth of {} is left.", limit()),
            Standing::Over => format!("Longer than the {} that fit.", limit()),
        })
    }

    fn standing(&self) -> Standing {
        if self.is_over() {
            return Standing::Over;
        }
        if self.length * 5 > self.max * 4 {
            return Standing::Near;
        }
        match self.segments {
            Some(Segments { count, .. }) if count > 1 => Standing::Several(count),
            Some(Segments { left, per_segment, .. }) if left * 5 < per_segment => Standing::LastOfOne(left),
            Some(_) | None => Standing::Calm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Measure, TextUnit};
    use crate::channel::ChannelKind;

    fn measure(kind: ChannelKind, text: &str) -> Measure {
        kind.capabilities().measure(text)
    }

    /// What is shown beside the words and below them.
    fn shown(kind: ChannelKind, text: &str) -> (Option<String>, Option<String>) {
        let measure = measure(kind, text);
        (measure.words(|number| number.to_string()), measure.reason())
    }

    #[test]
    fn a_text_is_counted_as_its_messenger_counts() {
        let text = "né 🙂";
        assert_eq!(TextUnit::Characters.measure(text), 4);
        assert_eq!(TextUnit::Utf16.measure(text), 5);
        assert_eq!(TextUnit::Bytes.measure(text), 8);
    }

    #[test]
    fn nothing_is_said_while_nothing_is_near() {
        for kind in ChannelKind::ALL {
            assert_eq!(shown(kind, "  Good morning, how can I help? 🙂\n"), (None, None), "{kind:?}");
        }
    }

    #[test]
    fn every_kind_says_what_it_counts_once_less_than_a_fifth_is_left() {
        for kind in ChannelKind::ALL {
            let (max, unit) = (kind.capabilities().text_max, kind.capabilities().text_unit.label());
            let near = shown(kind, &"x".repeat(max * 4 / 5 + 1)).0.unwrap_or_default();
            assert!(near.starts_with(&format!("{} of {max} {unit}", max * 4 / 5 + 1)), "{kind:?}: {near}");
            assert!(!measure(kind, &"x".repeat(max)).is_over() && measure(kind, &"x".repeat(max + 1)).is_over());
        }
    }

    #[test]
    fn instagram_counts_bytes_and_says_why_they_are_more_than_letters() {
        let (words, reason) = shown(ChannelKind::Instagram, &"é".repeat(450));
        assert_eq!(words.as_deref(), Some("900 of 1000 bytes"));
        assert_eq!(reason.as_deref(), Some("A letter with an accent counts 2 bytes, an emoji 4 or more."));
        assert_eq!(shown(ChannelKind::Instagram, &"e".repeat(900)).1, None);
        assert!(measure(ChannelKind::Instagram, &"🙂".repeat(251)).is_over());
    }

    #[test]
    fn an_sms_is_told_when_it_is_almost_full_and_each_further_one_when_it_begins() {
        let words = |text: &str| shown(ChannelKind::Sms, text).0;
        assert_eq!(words(&"x".repeat(128)), None);
        assert_eq!(words(&"x".repeat(150)).as_deref(), Some("10 left in one SMS"));
        assert_eq!(words(&"x".repeat(161)).as_deref(), Some("2 SMS"));
        assert_eq!(words(&"x".repeat(1_400)).as_deref(), Some("1400 of 1600 characters · 10 SMS"));
    }

    #[test]
    fn the_letter_that_makes_an_sms_shorter_is_named_once_it_costs_something() {
        let reason = |text: &str| shown(ChannelKind::Sms, text).1;
        let long = "x".repeat(80);
        assert_eq!(reason("Hi 🙂"), None);
        assert_eq!(reason(&format!("{long}🙂")).as_deref(), Some("Because of “🙂” an SMS holds 67 letters, not 153."));
        assert_eq!(
            reason(&format!("{long}\u{a0}x")).as_deref(),
            Some("Because of a special blank an SMS holds 67 letters, not 153.")
        );
        assert_eq!(reason(&long), None);
        assert_eq!(reason(&"€".repeat(200)), None);
    }

    #[test]
    fn what_is_read_out_does_not_change_with_every_key() {
        let spoken = |length: usize| measure(ChannelKind::Sms, &"x".repeat(length)).spoken(|number| number.to_string());
        let mut told: Vec<String> = (0..=1_700).filter_map(spoken).collect();
        told.dedup();
        let first = ["One SMS is almost full.", "2 SMS.", "3 SMS."];
        assert_eq!(told.iter().take(3).map(String::as_str).collect::<Vec<_>>(), first);
        assert_eq!(told.len(), 11);
        assert_eq!(told.last().map(String::as_str), Some("Longer than the 1600 characters that fit."));
    }
}
