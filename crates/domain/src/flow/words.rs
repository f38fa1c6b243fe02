//! Words as customers write them: compared without case, accents and punctuation; and the words a flow has when it
//! brings none of its own.

/// Phrases that ask for a person. One of two words or more counts wherever it stands; a single word only alone, so
/// that "the agent of my bank" asks for nobody.
pub(super) fn asking_for_a_person() -> Vec<String> {
    const PHRASES: [&str; 72] = [
        // English
        "agent",
        "human",
        "person",
        "operator",
        "representative",
        "agent please",
        "human please",
        "a human",
        "real person",
        "real human",
        "live agent",
        "human agent",
        "talk to a person",
        "talk to a human",
        "talk to someone",
        "talk to somebody",
        "talk to an agent",
        "speak to a person",
        "speak to a human",
        "speak to someone",
        "speak to somebody",
        "speak to an agent",
        "speak with a person",
        "speak with someone",
        "chat with a person",
        "chat with an agent",
        "customer service agent",
        // German
        "mensch",
        "mitarbeiter",
        "mitarbeiterin",
        "echter mensch",
        "echten menschen",
        "mit einem menschen",
        "mit einer person",
        "mit einem mitarbeiter",
        "mit jemandem sprechen",
        "jemanden sprechen",
        "mit jemandem reden",
        "menschlicher mitarbeiter",
        // Portuguese
        "atendente",
        "humano",
        "pessoa",
        "falar com atendente",
        "falar com um atendente",
        "falar com uma atendente",
        "falar com uma pessoa",
        "falar com um humano",
        "falar com alguém",
        "pessoa real",
        "atendimento humano",
        // Spanish
        "agente",
        "persona",
        "asesor",
        "hablar con una persona",
        "hablar con un humano",
        "hablar con un agente",
        "hablar con alguien",
        "hablar con un asesor",
        "persona real",
        "atención humana",
        // French
        "humain",
        "conseiller",
        "conseillère",
        "parler à une personne",
        "parler à un humain",
        "parler à quelqu'un",
        "parler à un agent",
        "parler à un conseiller",
        "parler avec un conseiller",
        "parler avec quelqu'un",
        "vraie personne",
        "une personne réelle",
    ];
    PHRASES.map(String::from).into()
}

pub(super) fn not_understood() -> String {
    "Sorry, I did not understand that.".into()
}

pub(super) fn handing_over() -> String {
    "I am passing you on to a colleague.".into()
}

/// `text` in lower case without accents and punctuation, its words one blank apart. What consists of neither letters
/// nor digits, like an emoji, stays as it is.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase).filter(|letter| !is_accent(*letter)) {
        match plain(letter) {
            Some(letters) => folded.push_str(letters),
            None if letter.is_alphanumeric() => folded.push(ascii_digit(letter)),
            None if folded.ends_with(' ') => {}
            None => folded.push(' '),
        }
    }
    match folded.trim() {
        "" => text.trim().to_lowercase(),
        words => words.into(),
    }
}

/// Whether a folded `text` says a folded `phrase`.
pub(super) fn says(text: &str, phrase: &str) -> bool {
    if phrase.chars().any(is_of_unspaced_script) {
        return text.contains(phrase);
    }
    text == phrase || (phrase.contains(' ') && format!(" {text} ").contains(&format!(" {phrase} ")))
}

/// Chinese, Japanese, Korean and Thai do not part words by blanks the way a phrase is looked for.
const fn is_of_unspaced_script(letter: char) -> bool {
    letter >= '\u{2e80}' || matches!(letter, '\u{0e00}'..='\u{0eff}')
}

/// An accent that stands by itself behind its letter, as some keyboards write it.
const fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// The digits of other scripts as ours.
fn ascii_digit(letter: char) -> char {
    const ZEROS: [u32; 4] = [0x660, 0x6f0, 0x966, 0xff10];
    let value = ZEROS.into_iter().filter_map(|zero| u32::from(letter).checked_sub(zero)).find(|value| *value < 10);
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(letter)
}

/// A lower-case Latin letter without its accent.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ł' | 'ĺ' | 'ļ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ß' => "ss",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ț' => "t",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{asking_for_a_person, fold, says};

    fn asks(text: &str) -> bool {
        asking_for_a_person().iter().any(|phrase| says(&fold(text), &fold(phrase)))
    }

    #[test]
    fn case_accents_and_punctuation_do_not_count() {
        assert_eq!(fold("  Où EST ma—commande ?! "), "ou est ma commande");
        assert_eq!(fold("Cafe\u{301}"), fold("café"));
        assert_eq!(fold("Straße ٤٢"), "strasse 42");
        assert_eq!(fold(" 👍 "), "👍");
    }

    #[test]
    fn a_person_is_asked_for_in_five_languages() {
        for text in [
            "Can I TALK to a person, please?",
            "agent!",
            "Ich möchte mit jemandem sprechen",
            "quero falar com alguem",
            "Hablar con un AGENTE",
            "je voudrais parler à quelqu’un",
        ] {
            assert!(asks(text), "{text}");
        }
    }

    #[test]
    fn a_single_word_inside_a_sentence_asks_for_nobody() {
        assert!(!asks("the agent of my bank paid twice"));
        assert!(!asks("a personal question"));
        assert!(!asks(""));
    }

    #[test]
    fn a_phrase_is_found_in_scripts_without_blanks() {
        assert!(says(&fold("我要人工客服！"), &fold("人工客服")));
    }
}
