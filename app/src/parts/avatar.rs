//! A person as a disc: their picture, or initials on a colour.

use domain::id::FileId;
use leptos::prelude::*;
use uuid::Uuid;

use crate::parts::large;

/// How many hues the style sheet knows.
const HUES: u8 = 12;

/// The disc; the name stands beside it, so it says nothing by itself.
#[component]
pub fn Avatar(
    id: Uuid,
    #[prop(into)] name: String,
    /// `small`, `large` or nothing.
    #[prop(optional)]
    size: &'static str,
    /// How they look; it lies over the letters, which stay where it does not come.
    #[prop(optional_no_strip)]
    picture: Option<FileId>,
) -> impl IntoView {
    // The last byte of an id is random; the first are the time.
    let hue = id.as_bytes()[15] % HUES;
    let size = if size.is_empty() { String::new() } else { format!(" avatar--{size}") };
    view! {
        <span class=format!("avatar hue-{hue}{size}") aria-hidden="true">
            {initials(&name)}
            {picture.map(|file| view! { <img class="avatar__picture" src=format!("/files/{file}") alt="" loading="lazy" decoding="async" /> })}
        </span>
    }
}

/// Two letters for a name: of the first two words, or the first two of the only one.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let (first, second) = (words.next().unwrap_or("?"), words.next());
    let letters: String = match second {
        Some(second) => first.chars().take(1).chain(second.chars().take(1)).collect(),
        None => first.chars().take(2).collect(),
    };
    large(&letters)
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_two_words() {
        assert_eq!(initials("Ana Lima"), "AL");
        assert_eq!(initials("Delivery Operations Partner"), "DO");
        assert_eq!(initials("+49"), "+4");
        assert_eq!(initials("Ánh"), "ÁN");
    }
}
