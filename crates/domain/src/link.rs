//! Which words of a text are addresses of the web that may be followed. What could lead elsewhere than it reads stays text.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Words(&'a str),
    /// An address as it was written.
    Link(&'a str),
}

/// The pieces of `text`, in order; together they are the text.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut said, mut before) = (0, None);
    // Signs that turn the direction of writing could make an address read as another.
    let ways = if text.contains(is_turning) { "" } else { text };
    for (at, letter) in ways.char_indices() {
        if at >= said
            && matches!(letter, 'h' | 'H' | 'w' | 'W')
            && may_stand_before(before)
            && let Some(link) = ways.get(at..).and_then(link)
        {
            if at > said {
                pieces.extend(text.get(said..at).map(Piece::Words));
            }
            pieces.push(Piece::Link(link));
            said = at + link.len();
        }
        before = Some(letter);
    }
    pieces.extend(text.get(said..).filter(|rest| !rest.is_empty()).map(Piece::Words));
    pieces
}

/// Where a link leads: an address without a scheme is one of https.
#[must_use]
pub fn target(link: &str) -> String {
    if scheme(link).is_some() { link.to_owned() } else { format!("https://{link}") }
}

/// The address that `text` begins with.
fn link(text: &str) -> Option<&str> {
    let start = scheme(text).or_else(|| begins(text, "www.").then_some(0))?;
    let rest = text.get(start..)?;
    let host = rest.split(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'))).next()?;
    let host = host.trim_end_matches('.');
    let rest = rest.get(host.len()..)?;
    if !is_host(host) {
        return None;
    }
    let port = port(rest);
    let rest = rest.get(port..)?;
    let way = match rest.chars().next() {
        Some('/' | '?' | '#') => way(rest),
        next if may_stand_after(next, rest) => "",
        // Somebody's name before an "@", or a host with letters that look like others.
        _ => return None,
    };
    text.get(..start + host.len() + port + way.len())
}

/// How long the scheme at the beginning is.
fn scheme(text: &str) -> Option<usize> {
    ["https://", "http://"].into_iter().find(|scheme| begins(text, scheme)).map(str::len)
}

fn begins(text: &str, with: &str) -> bool {
    text.as_bytes().get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
}

/// Labels with dots between them, the last of letters: no bare number and no name of this machine.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    let is_last = |label: &str| {
        label.len() >= 2 && (label.bytes().all(|letter| letter.is_ascii_alphabetic()) || begins(label, "xn--"))
    };
    host.split('.').all(is_label) && host.rsplit_once('.').is_some_and(|(_, last)| is_last(last))
}

/// How long the port is, with its colon.
fn port(text: &str) -> usize {
    let digits = text.strip_prefix(':').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    if (1..=5).contains(&digits) { digits + 1 } else { 0 }
}

/// What follows the host, up to the next blank, without the punctuation of the sentence it stands in.
fn way(text: &str) -> &str {
    let end = text.find(|letter: char| letter.is_whitespace() || "<>\"`|\\^{}".contains(letter) || is_unseen(letter));
    let mut way = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    let count = |sign: char| way.chars().filter(|letter| *letter == sign).count();
    let mut open = [('(', ')'), ('[', ']')].map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    while let Some(last) = way.chars().next_back() {
        let is_over = match open.iter_mut().find(|(close, _)| *close == last) {
            Some((_, over)) => std::mem::replace(over, over.saturating_sub(1)) > 0,
            None => ".,;:!?'*_~…’”»、。，！？）".contains(last),
        };
        if !is_over {
            break;
        }
        way = way.strip_suffix(last).unwrap_or_default();
    }
    way
}

/// An address begins after a blank or an opening sign, not within a word or another address.
fn may_stand_before(letter: Option<char>) -> bool {
    letter.is_none_or(|letter| {
        !letter.is_ascii_alphanumeric() && !"/@.-_%&?#+~\\$".contains(letter) && !is_unseen(letter)
    })
}

/// What may stand right after a host that is one.
fn may_stand_after(letter: Option<char>, rest: &str) -> bool {
    match letter {
        Some(':') => rest.chars().nth(1).is_none_or(char::is_whitespace),
        Some(letter) => letter.is_whitespace() || ".,;!'\")]}>*<|…’”»、。，！？）】".contains(letter),
        None => true,
    }
}

/// The signs that embed, override or isolate a direction of writing.
const fn is_turning(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Signs that nobody sees.
const fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let found = pieces(text);
        let all: String = found.iter().map(|(Piece::Words(part) | Piece::Link(part))| *part).collect();
        assert_eq!(all, text, "nothing is lost");
        let links = found.into_iter().filter_map(|piece| match piece {
            Piece::Link(link) => Some(link),
            Piece::Words(_) => None,
        });
        links.collect()
    }

    #[test]
    fn an_address_is_found_among_words() {
        let text = "See https://acme.example/track?id=1&x=2#top and WWW.acme.example:8080, please";
        assert_eq!(
            pieces(text),
            [
                Piece::Words("See "),
                Piece::Link("https://acme.example/track?id=1&x=2#top"),
                Piece::Words(" and "),
                Piece::Link("WWW.acme.example:8080"),
                Piece::Words(", please"),
            ]
        );
        assert_eq!(target("WWW.acme.example"), "https://WWW.acme.example");
        assert_eq!(target("HTTP://acme.example"), "HTTP://acme.example");
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn the_punctuation_of_the_sentence_is_no_part_of_the_address() {
        for (text, link) in [
            ("Is it https://acme.example?", "https://acme.example"),
            ("Here: https://acme.example: look", "https://acme.example"),
            ("(https://acme.example/a.html).", "https://acme.example/a.html"),
            ("https://acme.example/a/...", "https://acme.example/a/"),
            ("https://en.wikipedia.org/wiki/Foo_(bar)", "https://en.wikipedia.org/wiki/Foo_(bar)"),
            ("(see https://en.wikipedia.org/wiki/Foo_(bar))", "https://en.wikipedia.org/wiki/Foo_(bar)"),
            ("[https://acme.example/[1]]", "https://acme.example/[1]"),
            ("*https://acme.example*", "https://acme.example"),
            ("“https://acme.example/a”", "https://acme.example/a"),
            ("<https://acme.example/a>", "https://acme.example/a"),
            ("https://acme.example.", "https://acme.example"),
            ("见https://acme.example/a。", "https://acme.example/a"),
            ("https://pt.wikipedia.org/wiki/São_Paulo!", "https://pt.wikipedia.org/wiki/São_Paulo"),
            ("https://medium.com/@ana", "https://medium.com/@ana"),
        ] {
            assert_eq!(links(text), [link], "{text}");
        }
    }

    #[test]
    fn what_could_lead_elsewhere_than_it_reads_stays_text() {
        for text in [
            "https://acme.example@evil.example/",
            "https://acme.example:443@evil.example/",
            "https://ana:secret@evil.example",
            "https://acme.example%2F@evil.example",
            "https://acme.example\\@evil.example",
            "https://аcme.example/",
            "https://acmе.example/",
            "https://acme.exаmple/",
            "https://acme.example\u{301}/",
            "https://acme.example\u{200B}.evil.example",
            "\u{202E}https://evil.example/elpmaxe.emca//:sptth",
            "https://acme.example/\u{2066}a\u{2069}",
            "javascript:alert(1)//https://acme.example",
            "data:text/html,https",
            "ftp://acme.example",
            "ana@www.acme.example",
            "https://evil.example_",
        ] {
            assert_eq!(links(text), [] as [&str; 0], "{text:?}");
        }
        assert_eq!(links("https://acme.example/\u{200F}gro.live//"), ["https://acme.example/"]);
        assert_eq!(links("https://acme.example/a\\b"), ["https://acme.example/a"]);
        assert_eq!(
            links("https://acme.example/?u=https://evil.example"),
            ["https://acme.example/?u=https://evil.example"]
        );
    }

    #[test]
    fn what_is_no_host_of_the_web_stays_text() {
        for text in [
            "https://",
            "http://localhost/",
            "http://127.0.0.1/",
            "http://2130706433/",
            "www.",
            "www",
            "www.a",
            "wwww.acme.example",
        ] {
            assert_eq!(links(text), [] as [&str; 0], "{text}");
        }
        for text in ["https://-a.example", "https://a..example", "https://.example", "https://a.e"] {
            assert_eq!(links(text), [] as [&str; 0], "{text}");
        }
        assert_eq!(links("https://xn--bcher-kva.example"), ["https://xn--bcher-kva.example"]);
    }

    #[test]
    fn a_long_hostile_text_takes_no_long_time() {
        let brackets = format!("https://acme.example/{}", ")".repeat(200_000));
        assert_eq!(links(&brackets), ["https://acme.example/"]);
        let schemes = "https://".repeat(50_000);
        assert_eq!(links(&schemes), [] as [&str; 0]);
        let hosts = " https://a".repeat(50_000);
        assert_eq!(links(&hosts), [] as [&str; 0]);
    }
}
