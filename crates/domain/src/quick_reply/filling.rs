//! What is filled into a quick reply when it is put in. Where nothing is known, words are left that can be read.

use super::QuickReply;
use crate::refused::Refused;

/// Something that is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    CustomerName,
    CustomerFirstName,
    AgentName,
    AgentFirstName,
}

/// Who is spoken to, and who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filling<'a> {
    /// The customer, as their room names them.
    pub customer: &'a str,
    pub agent: &'a str,
}

impl Placeholder {
    pub const ALL: [Self; 4] = [Self::CustomerName, Self::CustomerFirstName, Self::AgentName, Self::AgentFirstName];

    /// What stands between the braces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerName => "customer name",
            Self::CustomerFirstName => "customer first name",
            Self::AgentName => "agent name",
            Self::AgentFirstName => "agent first name",
        }
    }

    /// The whole of it, as it is written into a text.
    #[must_use]
    pub fn written(self) -> String {
        format!("{{{{{}}}}}", self.name())
    }

    /// The one of this name, in large or small letters, with blanks or "_" between its words.
    fn named(name: &str) -> Option<Self> {
        let is_it = |placeholder: &Self| {
            let mut words = placeholder.name().split(' ');
            let mut given = name.split([' ', '_']).filter(|word| !word.is_empty());
            words.all(|word| given.next().is_some_and(|other| other.eq_ignore_ascii_case(word)))
                && given.next().is_none()
        };
        Self::ALL.into_iter().find(is_it)
    }

    fn value<'a>(self, with: Filling<'a>) -> &'a str {
        let first = |name: &str| name.split_whitespace().next().unwrap_or_default().len();
        let (customer, agent) = (known_name(with.customer), with.agent.trim());
        match self {
            Self::CustomerName => customer,
            Self::CustomerFirstName => &customer[..first(customer)],
            Self::AgentName => agent,
            Self::AgentFirstName => &agent[..first(agent)],
        }
    }
}

impl QuickReply {
    /// What the text asks for and nothing is known of, each once.
    #[must_use]
    pub fn lacking(&self, with: Filling<'_>) -> Vec<Placeholder> {
        let mut lacking = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((_, name, after)) = parted(rest) {
            rest = after;
            let empty = Placeholder::named(name).filter(|placeholder| placeholder.value(with).is_empty());
            lacking.extend(empty.filter(|placeholder| !lacking.contains(placeholder)));
        }
        lacking
    }

    /// The text with everything filled in.
    #[must_use]
    pub fn filled(&self, with: Filling<'_>) -> String {
        let mut words = String::with_capacity(self.text.len());
        let mut rest = self.text.as_str();
        while let Some((before, name, after)) = parted(rest) {
            words.push_str(before);
            rest = after;
            match Placeholder::named(name).map(|placeholder| placeholder.value(with)) {
                Some("") => rest = close_gap(&mut words, after),
                Some(value) => words.push_str(value),
                // A newer version knows it.
                None => words.extend(["{{", name, "}}"]),
            }
        }
        words.push_str(rest);
        words
    }
}

/// Refuses a text with a placeholder that does not exist.
///
/// # Errors
/// [`Refused::Invalid`], naming it and those that do.
pub(super) fn check(text: &str) -> Result<(), Refused> {
    let mut rest = text;
    while let Some((_, name, after)) = parted(rest) {
        if Placeholder::named(name).is_none() {
            let name = name.trim();
            let known = Placeholder::ALL.map(Placeholder::written).join(", ");
            let rule = format!("has {{{{{name}}}}}, which nothing is known of; there are {known}");
            return Err(Refused::invalid("text", &rule));
        }
        rest = after;
    }
    Ok(())
}

/// What stands before the first placeholder, its name, and what stands after it. Of several braces in a row the last two
/// begin it.
fn parted(text: &str) -> Option<(&str, &str, &str)> {
    let first = text.find("{{")?;
    let close = first + text[first..].find("}}")?;
    let open = text[..close].rfind("{{").unwrap_or(first);
    Some((&text[..open], &text[open + 2..close], &text[close + 2..]))
}

/// Nothing is filled in between `words` and `after`: takes away what stood there for its sake, and gives the rest.
fn close_gap<'a>(words: &mut String, after: &'a str) -> &'a str {
    words.truncate(words.trim_end_matches(' ').len());
    if !words.is_empty() && !words.ends_with('\n') {
        return after;
    }
    // What it began begins with the next word now.
    let after = after.trim_start_matches([' ', ',', ';', ':', '!', '.']);
    let after = if words.is_empty() { after.trim_start() } else { after };
    if after.starts_with("{{") {
        return after;
    }
    let mut letters = after.chars();
    match letters.next() {
        Some(first) => {
            words.push(large(first));
            letters.as_str()
        }
        None => after,
    }
}

/// The letter as it begins a sentence: Latin and Cyrillic, without the tables of all languages.
const fn large(letter: char) -> char {
    match letter {
        'a'..='z' => letter.to_ascii_uppercase(),
        '÷' => letter,
        'à'..='þ' | 'а'..='я' => match char::from_u32(letter as u32 - 32) {
            Some(large) => large,
            None => letter,
        },
        _ => letter,
    }
}

/// The name, unless it only stands for one: a number, or what a visitor or account is called that has none.
fn known_name(name: &str) -> &str {
    let name = name.trim();
    let is_number = !name.contains(|letter: char| letter.is_ascii_alphabetic() || !letter.is_ascii());
    let is_visitor = name.strip_prefix("Visitor ").is_some_and(|mark| {
        mark.len() == 4 && mark.bytes().all(|digit| digit.is_ascii_hexdigit() && !digit.is_ascii_lowercase())
    });
    if is_number || is_visitor || name == "Instagram user" { "" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::QuickReplyId;
    use crate::quick_reply::QuickReplyScope;

    fn reply(text: &str) -> QuickReply {
        QuickReply {
            id: QuickReplyId::from_number(1),
            shortcut: "hello".into(),
            text: text.into(),
            scope: QuickReplyScope::Shared,
            files: Vec::new(),
        }
    }

    fn filled(text: &str, customer: &str) -> String {
        reply(text).filled(Filling { customer, agent: "Maria Souza" })
    }

    #[test]
    fn names_of_the_customer_and_the_agent_are_filled_in() {
        for (text, expected) in [
            ("Hello {{customer name}}!", "Hello Ana Lima!"),
            ("Hello {{ Customer_First_Name }}, {{agent name}} here.", "Hello Ana, Maria Souza here."),
            ("{{customer first name}}{{agent first name}}", "AnaMaria"),
            ("no placeholder, { or }} or {{", "no placeholder, { or }} or {{"),
            ("{{{{customer name}}", "{{Ana Lima"),
            ("{{ {customer name}} {{{customer name}}", "{{ {customer name}} {Ana Lima"),
            ("{{order}} of {{customer name}}", "{{order}} of Ana Lima"),
        ] {
            assert_eq!(filled(text, " Ana Lima "), expected, "{text}");
        }
    }

    #[test]
    fn where_no_name_is_known_the_words_around_it_can_be_read() {
        for (text, expected) in [
            ("Hello {{customer name}}, how are you?", "Hello, how are you?"),
            ("Hello {{customer first name}}!", "Hello!"),
            ("Thank you {{customer name}} for writing.", "Thank you for writing."),
            ("{{customer name}}, your parcel is here.", "Your parcel is here."),
            ("{{customer name}}: été comme hiver", "Été comme hiver"),
            ("Good day\n{{customer name}}, ваш заказ", "Good day\nВаш заказ"),
            ("{{customer name}}\n\nyour parcel", "Your parcel"),
            ("{{customer name}} {{customer name}}, your parcel", "Your parcel"),
            ("{{customer name}}", ""),
            ("Yours, {{agent name}}", "Yours, Maria Souza"),
        ] {
            for nobody in ["", " ", "+49 151 0000 4711", "Visitor 3FA2", "Instagram user"] {
                assert_eq!(filled(text, nobody), expected, "{text} for {nobody:?}");
            }
        }
        assert_eq!(filled("Hello {{customer name}}!", "Visitor Bureau"), "Hello Visitor Bureau!");
        assert_eq!(filled("Hello {{customer name}}!", "王芳"), "Hello 王芳!");
    }

    #[test]
    fn what_nothing_is_known_of_is_told_once() {
        use Placeholder::{CustomerFirstName, CustomerName};
        let text = "{{customer first name}}, {{order}} {{customer name}} {{customer_first_name}}: {{agent name}}";
        let lacking = |customer| reply(text).lacking(Filling { customer, agent: "Maria Souza" });
        assert_eq!(lacking("+49 151 0000 4711"), [CustomerFirstName, CustomerName]);
        assert_eq!(lacking("Ana Lima"), []);
        assert_eq!(reply("no name").lacking(Filling { customer: "", agent: "" }), []);
    }

    #[test]
    fn a_placeholder_that_does_not_exist_is_refused_by_its_name() {
        for text in ["Hello {{contact.name}}", "{{customer name}} {{ contact.name }}", "{{{{contact.name}}}}"] {
            let refusal = check(text).map_err(|refused| refused.to_string());
            let words = "The text has {{contact.name}}, which nothing is known of; there are {{customer name}}, \
                         {{customer first name}}, {{agent name}}, {{agent first name}}.";
            assert_eq!(refusal, Err(words.into()), "{text}");
        }
        assert!(check("{{}}").is_err());
        for text in ["Hello {{CUSTOMER NAME}}", "{{agent_name}}", "{{ is no placeholder", "nor }} is"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }
}
