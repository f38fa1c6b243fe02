//! What jobs keep in memory. Nothing of it survives the process, and nothing has to.

use crate::inbound::Inbox;
use crate::jobs::providers::Providers;
use crate::jobs::route::Turns;
use crate::jobs::signals::Signals;
use crate::sweeper::{Missed, Told};

/// The in-memory side of jobs and deliveries.
#[derive(Default)]
pub(crate) struct Workshop {
    pub inbox: Inbox,
    pub providers: Providers,
    pub turns: Turns,
    pub signals: Signals,
    pub warned: Told,
    pub missed: Missed,
}
