//! Templates: messages a provider keeps, and on some channels approved beforehand, which may be sent when free words may not.

use serde::{Deserialize, Serialize};

use crate::id::FileId;
use crate::media::MediaKind;
use crate::message::Place;
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
    /// Copies a coupon's code, which is filled in.
    Code {
        title: String,
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
    /// By the button's place, counted from 0: the end of a link's address, a coupon's code, or what comes back when an
    /// answer is pressed.
    pub buttons: Vec<(usize, String)>,
    /// What the map above the words shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
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

/// The longest code of a coupon, in characters.
pub const CODE_MAX: usize = 15;

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
        check_value("value", words, VALUE_MAX).is_ok().then_some(first)
    }

    /// The words as the customer would read them; what is not filled in yet keeps its placeholder.
    #[must_use]
    pub fn preview(&self, values: &TemplateValues) -> String {
        let header = match &self.header {
            Some(TemplateHeader::Text(text)) => Some(filled(text, &values.header)),
            Some(TemplateHeader::Place) => values.place.as_ref().map(Place::written),
            Some(TemplateHeader::Media(_) | TemplateHeader::Own) | None => None,
        };
        let parts = [header, Some(filled(&self.body, &values.body)), self.footer.clone()];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    /// The template with `values`, ready to be sent.
    ///
    /// # Errors
    /// The template is not approved, or cannot be sent from here; a placeholder has no value, or one that is too long or
    /// breaks a line; a header's file is missing or of another kind, or its place is missing.
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
            let value = values.buttons.iter().find(|(of, _)| *of == place).map_or("", |(_, value)| value);
            match button {
                TemplateButton::Link { title, url } if url.contains("{{") => {
                    check_value(&format!("address of “{title}”"), value, VALUE_MAX)?;
                }
                TemplateButton::Code { title } => check_value(&format!("code of “{title}”"), value, CODE_MAX)?,
                TemplateButton::Reply { .. }
                | TemplateButton::Link { .. }
                | TemplateButton::Call { .. }
                | TemplateButton::Other { .. } => {}
            }
        }
        if self.header == Some(TemplateHeader::Place) {
            check_place(values.place.as_ref())?;
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
        check_value(&format!("value of {{{{{placeholder}}}}}"), value, VALUE_MAX)
    })
}

fn check_place(place: Option<&Place>) -> Result<(), Refused> {
    let place = place.filter(|place| place.is_on_earth());
    let Some(Place { name, address, .. }) = place else {
        return Err(Refused::invalid("location", "needs degrees that are on earth, as in -23.5505 and -46.6333"));
    };
    let words = [("name of the location", name), ("address of the location", address)];
    words
        .into_iter()
        .filter_map(|(field, words)| Some((field, words.as_deref()?)))
        .try_for_each(|(field, words)| check_value(field, words, VALUE_MAX))
}

/// Providers refuse values that break a line or hold a tab, and nobody means any other sign that cannot be seen.
fn check_value(field: &str, value: &str, max: usize) -> Result<(), Refused> {
    crate::message::checked(field, value, max)?;
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
    use super::{Template, TemplateButton, TemplateHeader, TemplateStatus, TemplateValue, TemplateValues};
    use crate::message::Place;

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
    fn a_map_needs_a_place_and_a_coupon_its_code() {
        let template = Template {
            header: Some(TemplateHeader::Place),
            buttons: vec![TemplateButton::Code { title: "Copiar".into() }],
            ..template("Venha")
        };
        let with = |place: Option<Place>, code: &str| {
            let values = TemplateValues { buttons: vec![(0, code.into())], place, ..TemplateValues::default() };
            template.fill(values, None).map(|sent| sent.text).map_err(|refused| refused.to_string())
        };
        let shop = Place { name: Some("Loja".into()), ..Place::read("-23.55", "-46.6").expect("on earth") };
        let map = "https://www.openstreetmap.org/?mlat=-23.55&mlon=-46.6#map=16/-23.55/-46.6";
        assert_eq!(with(Some(shop.clone()), "25OFF"), Ok(format!("Loja\n{map}\n\nVenha\n\nAcme")));
        let nowhere = "The location needs degrees that are on earth, as in -23.5505 and -46.6333.";
        assert_eq!(with(None, "25OFF"), Err(nowhere.into()));
        assert_eq!(with(Some(Place { latitude_e6: 90_000_001, ..shop.clone() }), "25OFF"), Err(nowhere.into()));
        assert_eq!(with(Some(shop.clone()), ""), Err("The code of “Copiar” is empty.".into()));
        assert!(with(Some(shop.clone()), &"x".repeat(16)).is_err());
        let torn = Place { name: Some("Loja\nCentro".into()), ..shop };
        assert_eq!(with(Some(torn), "25OFF"), Err("The name of the location must be on one line.".into()));
    }

    #[test]
    fn what_is_not_approved_is_not_sent() {
        let fill = |status| Template { status, ..template("Olá") }.fill(TemplateValues::default(), None);
        assert!(fill(TemplateStatus::Paused).is_err());
        assert!(fill(TemplateStatus::Ready).is_ok_and(|sent| sent.id == "1"), "nobody has to approve it");
    }
}
