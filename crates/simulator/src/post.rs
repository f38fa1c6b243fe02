//! Posts signed webhooks to our own server, again when it does not take them, as providers do.

use std::time::{Duration, Instant};

use crate::message::Stage;
use crate::play::{Posted, Switches};
use crate::simulator::{Channel, Simulator, now};
use crate::wire::Letter;

/// A letter on its way, and what it is called in the log.
#[derive(Clone)]
pub struct Parcel {
    what: String,
    letter: Letter,
    /// Providers try for hours or days; a demo gives up sooner.
    tries: u32,
    /// The customer's message it announces; that one has arrived once the letter is taken.
    announces: Option<(u32, String)>,
}

impl Parcel {
    pub fn new(channel: &Channel, what: String, letter: Letter) -> Self {
        Self { what, letter, tries: channel.provider().tries(), announces: None }
    }

    pub fn announcing(self, customer: u32, message: &str) -> Self {
        Self { announces: Some((customer, message.into())), ..self }
    }
}

/// What is held back comes after this long at the latest.
const HELD_FOR: Duration = Duration::from_secs(3);

/// Posts what the customer did, where providers keep no order after what they do next; then the answer has no status.
pub async fn post_in_some_order(
    simulator: &Simulator,
    customer: u32,
    parcel: Parcel,
    switches: Switches,
) -> Option<u16> {
    if !switches.reordered {
        return post(simulator, parcel, switches).await;
    }
    if let Some(earlier) = simulator.touch(|play| play.held.remove(&customer)) {
        let status = post(simulator, parcel, switches).await;
        post(simulator, earlier, switches).await;
        return status;
    }
    simulator.touch(|play| play.held.insert(customer, parcel));
    let later = simulator.clone();
    simulator.spawn(async move {
        tokio::time::sleep(HELD_FOR).await;
        if let Some(parcel) = later.touch(|play| play.held.remove(&customer)) {
            post(&later, parcel, switches).await;
        }
    });
    None
}

/// Posts once and answers with the status; a parcel that was not taken is tried again beside everything else. What is lost
/// on the way, only who asks for it hears of.
pub async fn post(simulator: &Simulator, parcel: Parcel, switches: Switches) -> Option<u16> {
    if switches.lost {
        let what = format!("{} · lost", parcel.what);
        simulator.change(|play| play.log(Posted { at: now(), what, status: None, millis: 0 }));
        return None;
    }
    let status = once(simulator, &parcel).await;
    if switches.duplicates {
        once(simulator, &parcel).await;
    }
    if !is_taken(status) {
        let again = simulator.clone();
        simulator.spawn(async move { persist(&again, &parcel).await });
    }
    status
}

/// Whether the provider is content: everything but 2xx comes again.
pub fn is_taken(status: Option<u16>) -> bool {
    status.is_some_and(|status| (200..300).contains(&status))
}

async fn persist(simulator: &Simulator, parcel: &Parcel) {
    for attempt in 1..parcel.tries {
        tokio::time::sleep(Duration::from_secs(1 << attempt)).await;
        if is_taken(once(simulator, parcel).await) {
            return;
        }
    }
}

async fn once(simulator: &Simulator, parcel: &Parcel) -> Option<u16> {
    let started = Instant::now();
    let letter = &parcel.letter;
    let mut request = simulator.client().post(format!("{}{}", simulator.settings().own_base_url, letter.path));
    for (name, value) in &letter.headers {
        request = request.header(*name, value);
    }
    let answer = request.body(letter.body.clone()).send().await;
    let status = answer.ok().map(|answer| answer.status().as_u16());
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    simulator.change(|play| {
        play.log(Posted { at: now(), what: parcel.what.clone(), status, millis });
        let Some((customer, message)) = &parcel.announces else { return };
        let Some(customer) = play.customer_mut(*customer) else { return };
        if is_taken(status) {
            customer.advance(message, Stage::Delivered, None);
        } else {
            let answer = status.map_or_else(|| "no answer".into(), |status| status.to_string());
            customer.advance(message, Stage::Failed, Some(format!("webhook: {answer}")));
        }
    });
    status
}
