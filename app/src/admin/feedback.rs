//! How a channel asks for feedback: by itself when a chat is resolved, and with which template once its window is closed.

use domain::channel::ChannelKind;
use domain::feedback::{FeedbackRule, ask_with, has_template};
use domain::id::ChannelId;
use domain::template::{Template, TemplateName};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::chat::api::list_templates;
use crate::error::AppError;
use crate::parts::dynamic;

/// The fields of the channel's form.
#[component]
pub fn AskForFeedback(channel: ChannelId, kind: ChannelKind, rule: RwSignal<FeedbackRule>) -> impl IntoView {
    view! {
        <label class="switch rules__switch">
            <input
                type="checkbox"
                role="switch"
                checked=rule.with_untracked(|rule| rule.on_resolve)
                on:change:target=move |event| rule.update(|rule| rule.on_resolve = event.target().checked())
            />
            <span>
                <span class="field__label">"Ask for feedback when a chat is resolved"</span>
                <span class="rules__hint">"Whoever updates the status can decide otherwise each time."</span>
            </span>
        </label>
        {has_template(kind).then(|| view! { <FeedbackTemplate channel rule /> })}
    }
    .into_any()
}

#[component]
fn FeedbackTemplate(channel: ChannelId, rule: RwSignal<FeedbackRule>) -> impl IntoView {
    let known = RwSignal::new(None::<Result<Vec<Template>, AppError>>);
    Effect::new(move |_| {
        spawn_local(async move {
            let found = list_templates(channel).await;
            known.try_set(Some(found));
        });
    });
    let names = Memo::new(move |_| {
        known.with(|known| offered(known.as_ref(), rule.with_untracked(|rule| rule.template.as_deref().cloned())))
    });
    let choose = move |place: usize| {
        let template = place.checked_sub(1).and_then(|place| names.with_untracked(|names| names.get(place).cloned()));
        rule.update(|rule| rule.template = template.map(Box::new));
    };
    let state = move || {
        known.with(|known| match known {
            None => "Loading templates…".to_owned(),
            Some(Err(error)) => error.to_string(),
            Some(Ok(templates)) if templates.iter().all(|template| ask_with(template).is_err()) => {
                "The account has no approved template without anything to fill in. Templates are made on the provider's pages."
                    .into()
            }
            Some(Ok(_)) => "Approved templates without anything to fill in. Reply buttons count from the best to the worst.".into(),
        })
    };
    view! {
        <label class="field">
            <span class="field__label">"Feedback template"</span>
            {dynamic(move || {
                let present = rule.with_untracked(|rule| rule.template.as_deref().cloned());
                view! {
                    <select class="field__input" on:change:target=move |event| choose(event.target().value().parse().unwrap_or(0))>
                        <option value="0" selected=present.is_none()>
                            "None: nobody is asked after the window"
                        </option>
                        {names
                            .get()
                            .into_iter()
                            .enumerate()
                            .map(|(place, template)| {
                                view! {
                                    <option value=(place + 1).to_string() selected=present.as_ref() == Some(&template)>
                                        {format!("{} ({})", template.name, template.language)}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                }
            })}
            <span class="field__hint">"Asks where the messaging window is closed. " {dynamic(state)}</span>
        </label>
    }
    .into_any()
}

/// What can be chosen: what can ask, and what was chosen before.
fn offered(known: Option<&Result<Vec<Template>, AppError>>, present: Option<TemplateName>) -> Vec<TemplateName> {
    let known = known.and_then(|known| known.as_ref().ok()).into_iter().flatten();
    let fitting = known.filter(|template| ask_with(template).is_ok());
    let mut names: Vec<TemplateName> = fitting
        .map(|template| TemplateName { name: template.name.clone(), language: template.language.clone() })
        .collect();
    names.extend(present.filter(|present| !names.contains(present)));
    names
}

#[cfg(test)]
mod tests {
    use domain::template::{Template, TemplateName, TemplateStatus};

    use super::offered;

    fn template(name: &str, body: &str, status: TemplateStatus) -> Template {
        Template {
            id: name.into(),
            name: name.into(),
            language: "en".into(),
            category: "UTILITY".into(),
            status,
            header: None,
            body: body.into(),
            footer: None,
            buttons: Vec::new(),
            named: false,
        }
    }

    #[test]
    fn only_what_can_ask_is_offered_and_what_was_chosen_before_stays() {
        let known = Ok(vec![
            template("how", "How was it?", TemplateStatus::Approved),
            template("hello", "Hello {{1}}", TemplateStatus::Approved),
            template("new", "How was it?", TemplateStatus::Pending),
        ]);
        let named = |name: &str| TemplateName { name: name.into(), language: "en".into() };
        assert_eq!(offered(Some(&known), None), [named("how")]);
        assert_eq!(offered(Some(&known), Some(named("how"))), [named("how")]);
        assert_eq!(offered(Some(&known), Some(named("gone"))), [named("how"), named("gone")]);
        assert_eq!(offered(None, Some(named("gone"))), [named("gone")]);
    }
}
