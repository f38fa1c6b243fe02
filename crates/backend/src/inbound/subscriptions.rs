//! Whether customers want to hear from us. It may be told in any order, and repeated.

use ::channels::identity::Actor;
use ::channels::inbound::Subscription;
use domain::channel::Channel;
use domain::timestamp::Timestamp;

use crate::customers;
use crate::error::Result;
use crate::writer::Tx;

/// The customer wants to hear from us, or does not, since `at`; what they said before their last word changes nothing any
/// more. Who says STOP or START before anything else is remembered for it.
pub(super) async fn take(
    tx: &mut Tx<'_>,
    channel: &Channel,
    actor: &Actor,
    subscription: Subscription,
    at: Timestamp,
) -> Result<()> {
    let (customer, opted_out) = match subscription {
        Subscription::OptedOut => (Some(customers::find_or_make(tx, channel.id, actor).await?), true),
        Subscription::OptedIn => (Some(customers::find_or_make(tx, channel.id, actor).await?), false),
        Subscription::Blocked => (customers::find(tx, channel.id, &actor.ids).await?, true),
        Subscription::Unblocked => (customers::find(tx, channel.id, &actor.ids).await?, false),
    };
    match customer {
        Some(customer) => customers::set_opted_out(tx, channel.id, customer, opted_out, at).await,
        None => Ok(()),
    }
}
