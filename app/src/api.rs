//! What all doors share: a server function on the server, and in the browser one small call for all of them.
//!
//! Leptos makes its browser half anew for every function, and forty of them weigh more than the whole desk.

#[cfg(not(feature = "ssr"))]
mod browser;
mod reader;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::AppError;

/// Writes server functions, each after the word of its URL.
macro_rules! doors {
    ($(
        $(#[$about:meta])*
        $word:literal pub async fn $name:ident($($argument:ident: $kind:ty),* $(,)?) -> Result<$answer:ty, AppError> $body:block
    )*) => {$(
        $(#[$about])*
        #[cfg(feature = "ssr")]
        #[leptos::prelude::server(
            input = server_fn::codec::Json, output = server_fn::codec::Json, prefix = "/api/fn", endpoint = $word
        )]
        pub async fn $name($($argument: $kind),*) -> Result<$answer, AppError> $body

        $(#[$about])*
        #[cfg(not(feature = "ssr"))]
        pub async fn $name($($argument: $kind),*) -> Result<$answer, AppError> {
            $crate::api::call($word, vec![$((stringify!($argument), $crate::api::json(&$argument))),*]).await
        }
    )*};
}

#[cfg(not(feature = "ssr"))]
pub use browser::{call, call_unread};
pub(crate) use doors;

/// Anything as JSON; what cannot be written becomes `null`, which no reader takes for it.
pub fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}

/// The one way JSON is read here: a second would double what every type needs for it.
///
/// # Errors
/// It is not what was expected: the two sides are of different builds.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, AppError> {
    reader::read(json).map_err(|_| AppError::Unreadable)
}
