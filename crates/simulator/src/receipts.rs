//! What becomes of a message of ours after Meta took it: sent, delivered, and read once the customer looks; or failed.

use std::time::Duration;

use crate::play::{Answer, Stage};
use crate::post::{self, Letter};
use crate::simulator::{Simulator, now};
use crate::webhook::{self, Status};

/// The steps come one after the other, quickly, but so that they can be seen.
const BETWEEN: Duration = Duration::from_millis(250);

/// Reports on the message `id` to `customer` from acceptance on.
pub async fn report(simulator: Simulator, customer: u32, id: String) {
    let switches = simulator.look(|play| play.customer(customer).map(|customer| customer.switches));
    let Some(switches) = switches else { return };
    let is_viewed = |simulator: &Simulator| {
        simulator.look(|play| play.customer(customer).is_some_and(|customer| customer.is_viewed(now())))
    };
    let steps = match switches.answer {
        Answer::OutOfWindow => vec![Status::Failed(131_047)],
        Answer::Blocked => vec![Status::Failed(131_026)],
        _ if !switches.reordered => vec![Status::Sent, Status::Delivered],
        _ if is_viewed(&simulator) => vec![Status::Read, Status::Delivered, Status::Sent],
        _ => vec![Status::Delivered, Status::Sent],
    };
    for step in steps {
        tokio::time::sleep(BETWEEN).await;
        advance(&simulator, customer, &id, step);
        tell(&simulator, customer, &id, step).await;
    }
    tokio::time::sleep(BETWEEN).await;
    if is_viewed(&simulator) {
        read(simulator, customer, id).await;
    }
}

/// The customer looked at the message `id`, which had arrived.
pub async fn read(simulator: Simulator, customer: u32, id: String) {
    if advance(&simulator, customer, &id, Status::Read) {
        tell(&simulator, customer, &id, Status::Read).await;
    }
}

fn advance(simulator: &Simulator, customer: u32, id: &str, status: Status) -> bool {
    let (stage, problem) = match status {
        Status::Sent => (Stage::Sent, None),
        Status::Delivered => (Stage::Delivered, None),
        Status::Read => (Stage::Read, None),
        Status::Failed(code) => (Stage::Failed, Some(format!("{code} {}", webhook::error_title(code)))),
    };
    simulator.change(|play| play.customer_mut(customer).is_some_and(|customer| customer.advance(id, stage, problem)))
}

async fn tell(simulator: &Simulator, customer: u32, id: &str, status: Status) {
    let known = simulator.look(|play| {
        let customer = play.customer(customer)?;
        let callback = customer.message(id).and_then(|message| message.callback.clone());
        Some((customer.clone(), callback))
    });
    let Some((customer, callback)) = known else { return };
    let Some(channel) = simulator.channel(&customer.channel) else { return };
    let content = webhook::status(&channel.phone_number_id, &customer, id, callback.as_deref(), now() / 1_000, status);
    let what = format!("{} · {status:?}", customer.name);
    post::post(simulator, Letter::new(simulator, channel, &what, &content), customer.switches.duplicates).await;
}
