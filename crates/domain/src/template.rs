//! Templates: messages a provider keeps, and on some channels approved beforehand, which may be sent when free words may not.

use serde::{Deserialize, Serialize};

use crate::id::FileId;
use crate::media::MediaKind;
use crate::refused::Refused;

/// A template as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The provider's own id of it.
    pub id: String,
    pub name: String,
    /// The provider's word for the language: `pt_BR`.
    pub language: String,
    pub category: String,
    pub status: TemplateStatus,
    pub header: Option<TemplateHeader>,
    /// The words, with `{{1}}` or `{{name}}` where something is filled in.
    pub body: String,
    pub footer: Option<String>,
    pub buttons: Vec<TemplateButton>,
    /// Whether placeholders are names, not numbers.
    pub named: bool,
}

/// Whether a template may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateStatus {
    Approved,
    /// Nobody has to approve it.
    Ready,
    Pending,
    Rejected {
        reason: String,
    },
    Paused,
    Disabled,
    /// Nobody refused it, but it holds something that cannot be sent from here.
    Unfit {
        reason: String,
    },
}

/// What stands above a template's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateHeader {
    /// Words, perhaps with a placeholder.
    Text(String),
    /// A file that is chosen for each sending.
    Media(MediaKind),
    /// A file that is the template's own.
    Own,
    Place,
}

/// A button under a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateButton {
    /// Answers with its own words.
    Reply {
        title: String,
    },
    /// Opens an address; `{{1}}` at its end is filled in.
    Link {
        title: String,
        url: String,
    },
    Call {
        title: String,
        phone: String,
    },
    Other {
        title: String,
    },
}

/// What is filled into a template, placeholder by placeholder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateValues {
    pub header: Vec<TemplateValue>,
    pub body: Vec<TemplateValue>,
    /// By the button's place, counted from 0: the end of a link's address, or what comes back when an answer is pressed.
    pub buttons: Vec<(usize, String)>,
}

/// Which template is to be sent, and with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenTemplate {
    pub name: String,
    pub language: String,
    pub values: TemplateValues,
    /// The file above the words, uploaded before.
    pub header: Option<FileId>,
}

/// Which of a channel's templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateName {
    pub name: String,
    /// The provider's word for it.
    pub language: String,
}

/// One placeholder's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateValue {
    /// `1`, or the name.
    pub placeholder: String,
    pub value: String,
}

/// A template as it was sent: which one, what was filled in, and the words as the customer reads them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentTemplate {
    /// The provider's own id of it.
    #[serde(default)]
    pub id: String,
    pub name: String,
    pub language: String,
    pub named: bool,
    pub values: TemplateValues,
    /// The file above the words.
    pub header: Option<crate::message::Attachment>,
    pub text: String,
    /// The buttons under it; `values.buttons` names them by their place here.
    #[serde(default)]
    pub buttons: Vec<TemplateButton>,
}

/// The longest value of one placeholder, in characters.
pub const VALUE_MAX: usize = 1_024;

impl Template {
    /// The body's placeholders, each once, in the order they first appear.
    #[must_use]
    pub fn placeholders(&self) -> Vec<&str> {
        placeholders(&self.body)
    }

    /// The placeholders of the words above the body.
    #[must_use]
    pub fn header_placeholders(&self) -> Vec<&str> {
        match &self.header {
            Some(TemplateHeader::Text(text)) => placeholders(text),
            Some(TemplateHeader::Media(_) | TemplateHeader::Own | TemplateHeader::Place) | None => Vec::new(),
        }
    }

    /// The first of the body's placeholders, if `words` could stand there as they are.
    #[must_use]
    pub fn place_for(&self, words: &str) -> Option<&str> {
        let first = self.placeholders().first().copied()?;
        check_value("value", words).is_ok().then_some(first)
    }

    /// The words as the customer would read them; what is not filled in yet keeps its placeholder.
    #[must_use]
    pub fn preview(&self, values: &TemplateValues) -> String {
        let header = match &self.header {
            Some(TemplateHeader::Text(text)) => Some(filled(text, &values.header)),
            Some(TemplateHeader::Media(_) | TemplateHeader::Own | TemplateHeader::Place) | None => None,
        };
        let parts = [header, Some(filled(&self.body, &values.body)), self.footer.clone()];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    /// The template with `values`, ready to be sent.
    ///
    /// # Errors
    /// The template is not approved, or cannot be sent from here; a placeholder has no value, or one that is too long or breaks a line; a header's
    /// file is missing or of another kind.
    pub fn fill(
        &self,
        values: TemplateValues,
        header: Option<crate::message::Attachment>,
    ) -> Result<SentTemplate, Refused> {
        let is_not = |rule: &str| Err(Refused::invalid("template", rule));
        match &self.status {
            TemplateStatus::Approved | TemplateStatus::Ready => {}
            TemplateStatus::Unfit { reason } => {
                return is_not(&format!("cannot be sent. {}", reason.trim_end_matches('.')));
            }
            TemplateStatus::Pending
            | TemplateStatus::Rejected { .. }
            | TemplateStatus::Paused
            | TemplateStatus::Disabled => return is_not("is not approved by the provider"),
        }
        check_filled(&self.header_placeholders(), &values.header)?;
        check_filled(&self.placeholders(), &values.body)?;
        for (place, button) in self.buttons.iter().enumerate() {
            if let TemplateButton::Link { title, url } = button
                && url.contains("{{")
            {
                let value = values.buttons.iter().find(|(of, _)| *of == place).map_or("", |(_, value)| value);
                check_value(&format!("address of “{title}”"), value)?;
            }
        }
        match (&self.header, &header) {
            (Some(TemplateHeader::Media(kind)), Some(file)) if file.kind != *kind => {
                return Err(Refused::invalid("header", &format!("must be a {}", kind.label())));
            }
            (Some(TemplateHeader::Media(kind)), None) => {
                return Err(Refused::invalid("header", &format!("needs a {}", kind.label())));
            }
            _ => {}
        }
        let text = self.preview(&values);
        let Self { id, name, language, named, buttons, .. } = self.clone();
        Ok(SentTemplate { id, name, language, named, values, header, text, buttons })
    }
}

impl TemplateStatus {
    /// Whether the provider takes a message made of it.
    #[must_use]
    pub const fn may_be_sent(&self) -> bool {
        match self {
            Self::Approved | Self::Ready => true,
            Self::Pending | Self::Rejected { .. } | Self::Paused | Self::Disabled | Self::Unfit { .. } => false,
        }
    }
}

fn check_filled(placeholders: &[&str], values: &[TemplateValue]) -> Result<(), Refused> {
    placeholders.iter().try_for_each(|placeholder| {
        let value = values.iter().find(|value| value.placeholder == *placeholder).map_or("", |found| &found.value);
        check_value(&format!("value of {{{{{placeholder}}}}}"), value)
    })
}

/// Providers refuse values that break a line or hold a tab, and nobody means any other sign that cannot be seen.
fn check_value(field: &str, value: &str) -> Result<(), Refused> {
    crate::message::checked(field, value, VALUE_MAX)?;
    if value.contains(char::is_control) { Err(Refused::invalid(field, "must be on one line")) } else { Ok(()) }
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        let name = name.trim();
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
        rest = after;
    }
    found
}

fn filled(text: &str, values: &[TemplateValue]) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        words.push_str(before);
        match values.iter().find(|value| value.placeholder == name.trim()).filter(|value| !value.value.is_empty()) {
            Some(value) => words.push_str(&value.value),
            None => words.extend(["{{", name, "}}"]),
        }
        rest = after;
    }
    words.push_str(rest);
    words
}

#[cfg(test)]
mod tests {
    use super::{Template, TemplateStatus, TemplateValue, TemplateValues};

    fn template(body: &str) -> Template {
        Template {
            id: "1".into(),
            name: "order_ok".into(),
            language: "pt_BR".into(),
            category: "UTILITY".into(),
            status: TemplateStatus::Approved,
            header: None,
            body: body.into(),
            footer: Some("Acme".into()),
            buttons: Vec::new(),
            named: false,
        }
    }

    fn values(of: &[(&str, &str)]) -> TemplateValues {
        let value = |(placeholder, value): &(&str, &str)| TemplateValue {
            placeholder: (*placeholder).into(),
            value: (*value).into(),
        };
        TemplateValues { body: of.iter().map(value).collect(), ..TemplateValues::default() }
    }

    #[test]
    fn the_words_are_shown_as_the_customer_reads_them() {
        let template = template("Olá {{1}}, o pedido {{2}} saiu. {{1}}!");
        assert_eq!(template.placeholders(), ["1", "2"]);
        assert_eq!(template.preview(&values(&[("1", "Ana")])), "Olá Ana, o pedido {{2}} saiu. Ana!\n\nAcme");
        let sent = template.fill(values(&[("1", "Ana"), ("2", "42")]), None).expect("everything is filled in");
        assert_eq!(sent.text, "Olá Ana, o pedido 42 saiu. Ana!\n\nAcme");
    }

    #[test]
    fn words_that_could_not_be_sent_have_a_place_where_they_fit_into_one_value() {
        let with_place = template("Olá {{nome}}, {{2}}");
        assert_eq!(with_place.place_for("Your parcel left"), Some("nome"));
        assert_eq!(with_place.place_for("Your parcel left.\nIt comes on Friday."), None);
        assert_eq!(with_place.place_for(&"x".repeat(super::VALUE_MAX + 1)), None);
        assert_eq!(with_place.place_for(" "), None);
        assert_eq!(template("Olá").place_for("Your parcel left"), None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let refused = template("Olá {{nome}}").fill(values(&[]), None).expect_err("nothing is filled in");
        assert_eq!(refused.to_string(), "The value of {{nome}} is empty.");
        let refused = template("Olá {{1}}").fill(values(&[("1", "Ana\nLima")]), None).expect_err("two lines");
        assert_eq!(refused.to_string(), "The value of {{1}} must be on one line.");
        assert!(template("Olá {{1}}").fill(values(&[("1", "A\0na")]), None).is_err());
    }

    #[test]
    fn what_is_not_approved_is_not_sent() {
        let fill = |status| Template { status, ..template("Olá") }.fill(TemplateValues::default(), None);
        assert!(fill(TemplateStatus::Paused).is_err());
        assert!(fill(TemplateStatus::Ready).is_ok_and(|sent| sent.id == "1"), "nobody has to approve it");
    }
}
