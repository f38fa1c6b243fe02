//! Templates by SMS: listed by the provider, filled in, and the way to begin a conversation.

use backend::test_desk::TestDesk;
use backend::{jobs, new_id, templates};
use domain::person::Person;
use domain::room::Section;
use domain::template::{ChosenTemplate, TemplateStatus, TemplateValue, TemplateValues};
use domain::timestamp::minutes;
use serde_json::{Value, json};

use crate::lists::{Lists, received};
use crate::transcript::said;

fn content(number: u32, name: &str, types: &Value) -> Value {
    json!({"sid": format!("HX{number:032}"), "friendly_name": name, "language": "en", "variables": {}, "types": types})
}

fn chosen(name: &str, values: &[(&str, &str)]) -> ChosenTemplate {
    let value = |(placeholder, value): &(&str, &str)| TemplateValue {
        placeholder: (*placeholder).into(),
        value: (*value).into(),
    };
    let values = TemplateValues { body: values.iter().map(value).collect(), ..TemplateValues::default() };
    ChosenTemplate { name: name.into(), language: "en".into(), values, header: None }
}

struct Scene {
    desk: TestDesk,
    twilio: Lists,
    priya: Person,
    channel: domain::channel::Channel,
}

impl Scene {
    async fn new() -> Self {
        let (desk, twilio) = (TestDesk::new().await, Lists::start().await);
        let (priya, channel) = (desk.admin("priya").await, twilio.by_sms(&desk).await);
        twilio.has_templates(vec![
            content(1, "shipped", &json!({"twilio/text": {"body": "Hi {{first_name}}, order {{1}} has left."}})),
            content(2, "shop", &json!({"twilio/location": {"label": "Acme"}})),
        ]);
        templates::list(&desk.backend, &priya, channel.id).await.expect("the provider tells them");
        Self { desk, twilio, priya, channel }
    }

    async fn begins(&self, chosen: ChosenTemplate) -> backend::Result<templates::Begun> {
        let (backend, phone) = (&self.desk.backend, "+55 11 90000-0001");
        templates::begin(backend, &self.priya, self.channel.id, phone, Some("Ana".into()), new_id(), chosen).await
    }
}

#[tokio::test]
async fn a_conversation_begins_with_a_template_by_sms_and_is_live_once_its_owner_answers() {
    let scene = Scene::new().await;
    let begun = scene.begins(chosen("shipped", &[("first_name", "Ana"), ("1", "48")])).await.expect("may be sent");
    scene.desk.run_jobs().await;
    assert_eq!(scene.desk.find_room(begun.room).await.section(), Section::Archived);
    let [form] = &scene.twilio.taken()[..] else { panic!("not one message") };
    let expected = "To=%2B5511900000001&From=%2B15550001111&ContentSid=HX00000000000000000000000000000001\
                    &ContentVariables=%7B%221%22%3A%2248%22%2C%22first_name%22%3A%22Ana%22%7D&StatusCallback=";
    assert!(form.starts_with(expected) && !form.contains("Body="), "{form}");

    scene.twilio.tells(vec![received("thank you!")]);
    scene.desk.later(minutes(1));
    jobs::look_after(&scene.desk.backend).await;
    scene.desk.run_jobs().await;

    let room = scene.desk.find_room(begun.room).await;
    assert_eq!((room.section(), room.name.as_str()), (Section::Live, "Ana"));
    let words = said(&scene.desk, &room).await;
    assert!(words.iter().any(|line| line.contains("Hi Ana, order 48 has left.")), "{words:?}");
    assert!(words.iter().any(|line| line == "customer: thank you!"), "{words:?}");
}

#[tokio::test]
async fn what_sms_does_not_carry_is_listed_and_says_so_and_nothing_leaves_half_filled() {
    let scene = Scene::new().await;
    let listed = templates::list(&scene.desk.backend, &scene.priya, scene.channel.id).await.expect("they are known");
    let statuses: Vec<_> = listed.iter().map(|template| (template.name.as_str(), template.status.clone())).collect();
    let unfit = TemplateStatus::Unfit { reason: "Location is nothing that SMS carries.".into() };
    assert_eq!(statuses, [("shipped", TemplateStatus::Ready), ("shop", unfit)]);

    let refusal = async |chosen| scene.begins(chosen).await.expect_err("must be refused").to_string();
    let half = chosen("shipped", &[("first_name", "Ana")]);
    assert_eq!(refusal(half).await, "The value of {{1}} is empty.");
    assert_eq!(
        refusal(chosen("shop", &[])).await,
        "The template cannot be sent. Location is nothing that SMS carries."
    );
    let long = "x".repeat(1_024);
    let both = chosen("shipped", &[("first_name", &long), ("1", &long)]);
    let too_long = "The template is longer with these values than the 1600 characters that fit.";
    assert_eq!(refusal(both).await, too_long);
    scene.desk.run_jobs().await;
    assert_eq!(scene.twilio.taken().len(), 0);
}
