//! What becomes of a message of ours after the provider took it: sent, delivered, and read once the customer looks; or
//! failed. The provider tells us what it tells everybody.

use std::time::Duration;

use crate::message::Stage;
use crate::play::{Answer, Customer};
use crate::post::{self, Parcel};
use crate::provider::Status;
use crate::simulator::{Simulator, now};

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
        answer @ (Answer::OutOfWindow | Answer::Blocked) => vec![Status::Failed(answer)],
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
    let failure = |customer: &Customer, answer| {
        simulator.channel(&customer.channel).map(|channel| channel.provider().failure(answer))
    };
    simulator.change(|play| {
        let Some(customer) = play.customer_mut(customer) else { return false };
        let (stage, problem) = match status {
            Status::Sent => (Stage::Sent, None),
            Status::Delivered => (Stage::Delivered, None),
            Status::Read => (Stage::Read, None),
            Status::Failed(answer) => (Stage::Failed, failure(customer, answer)),
        };
        customer.advance(id, stage, problem)
    })
}

async fn tell(simulator: &Simulator, customer: u32, id: &str, status: Status) {
    let known = simulator.look(|play| {
        let customer = play.customer(customer)?;
        Some((customer.clone(), customer.message(id)?.clone()))
    });
    let Some((customer, message)) = known else { return };
    let Some(channel) = simulator.channel(&customer.channel) else { return };
    let Some(letter) = channel.provider().report(&simulator.scene(channel), &customer, &message, status) else {
        return;
    };
    let what = format!("{} · {}", customer.name, word(status));
    post::post(simulator, Parcel::new(channel, what, letter), customer.switches).await;
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Sent => "sent",
        Status::Delivered => "delivered",
        Status::Read => "read",
        Status::Failed(_) => "failed",
    }
}
