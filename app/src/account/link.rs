//! A page that a link with a token leads to, once.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::de::DeserializeOwned;

use crate::account::Card;
use crate::api::read;
use crate::error::AppError;
use crate::parts::awaited;

/// What `find` knows of the token in the address, as `form` shows it with the token; a card with `used` as its title and
/// words when nothing is known of it, or no more.
pub fn by_link<T: DeserializeOwned + 'static, Asked: Future<Output = String> + Send + 'static>(
    find: impl FnOnce(String) -> Asked,
    form: impl Fn(T, String) -> AnyView + Send + Sync + 'static,
    used: (&'static str, &'static str),
) -> AnyView {
    let token = use_params_map().with_untracked(|parameters| parameters.get("token")).unwrap_or_default();
    awaited(find(token.clone()), move |answer| {
        match read(answer.as_bytes()).and_then(|answer: Result<Option<T>, AppError>| answer) {
            Ok(Some(known)) => form(known, token.clone()),
            Ok(None) => {
                let (title, words) = used;
                view! {
                    <Card title words>
                        <a class="button account__submit" href="/sign-in" rel="external">
                            "Go to sign in"
                        </a>
                    </Card>
                }
                .into_any()
            }
            Err(error) => view! {
                <Card title="This did not work" words=error.to_string()>
                    ""
                </Card>
            }
            .into_any(),
        }
    })
}
