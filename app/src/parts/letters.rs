//! Large and small letters of every language, without their tables: the browser has them already.

use domain::person::Person;

/// The text in small letters, as it is compared.
pub fn small(text: &str) -> String {
    #[cfg(feature = "ssr")]
    return text.to_lowercase();
    #[cfg(not(feature = "ssr"))]
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The text in small letters and without accents, as names are looked for.
pub fn bare(text: &str) -> String {
    #[cfg(feature = "ssr")]
    return text.to_lowercase();
    #[cfg(not(feature = "ssr"))]
    {
        let parted: String = js_sys::JsString::from(text).normalize("NFD").to_lower_case().into();
        parted.chars().filter(|letter| !matches!(letter, '\u{300}'..='\u{36f}')).collect()
    }
}

/// The text in large letters.
pub fn large(text: &str) -> String {
    #[cfg(feature = "ssr")]
    return text.to_uppercase();
    #[cfg(not(feature = "ssr"))]
    js_sys::JsString::from(text).to_upper_case().into()
}

/// Puts people in the order of their names within each rank, lowest first.
pub fn sort_people(people: &mut [Person], rank: fn(&Person) -> u8) {
    people.sort_by_key(|person| (rank(person), small(&person.name)));
}
