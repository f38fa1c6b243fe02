//! How many messages a provider lets a channel send in a time, and what is left of that.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::timestamp::Timestamp;

/// How many messages may be sent within a time, over all of a channel's rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub sends: u32,
    pub within: Duration,
}

/// What was sent of one budget since its time began, which is with the first message after the time before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    pub since: Timestamp,
    pub sends: u32,
}

/// What a provider says is left of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Which budget: the one of this time.
    pub within: Duration,
    pub sends: u32,
    /// How long until its time is over by the provider's clock, if it says so.
    pub resets_in: Option<Duration>,
}

/// How much a channel may still send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// More than anybody has to think of.
    Plenty,
    /// Less than a third of a budget.
    Little { left: u32, of: Budget },
    /// Nothing until then.
    UsedUp { until: Timestamp },
}

impl Budget {
    /// What of it was sent by `now`; nothing once its time is over.
    fn spent(self, spent: Option<&Spent>, now: Timestamp) -> Spent {
        let running = spent.filter(|spent| now < spent.since.plus(self.within));
        running.copied().unwrap_or(Spent { since: now, sends: 0 })
    }

    fn corrected(self, spent: Spent, left: Left, now: Timestamp) -> Spent {
        let sends = self.sends.saturating_sub(left.sends);
        let is_over = left.resets_in.is_some_and(|wait| wait.is_zero());
        if is_over || sends <= spent.sends {
            return spent;
        }
        let begun = left.resets_in.map(|wait| now.plus(wait.min(self.within)).minus(self.within));
        Spent { since: begun.unwrap_or(spent.since), sends }
    }

    /// Its time in words.
    fn time(self) -> String {
        match self.within.as_secs() / 60 {
            15 => "in this quarter of an hour".into(),
            60 => "in this hour".into(),
            1_440 => "in these 24 hours".into(),
            minutes => format!("in these {minutes} minutes"),
        }
    }
}

impl Channel {
    /// What is spent once one more message is sent.
    ///
    /// # Errors
    /// None may be sent before this moment.
    pub fn spend(&self, now: Timestamp) -> Result<Vec<Spent>, Timestamp> {
        if let Allowance::UsedUp { until } = self.allowance(now) {
            return Err(until);
        }
        let spent = self.budgets(now).map(|(_, spent)| Spent { sends: spent.sends + 1, ..spent });
        Ok(spent.collect())
    }

    /// What is spent as the provider counts it, where that leaves less than our own count does: the account may be used
    /// elsewhere, too. Never leaves more than was left. `None` when nothing changes.
    #[must_use]
    pub fn corrected(&self, told: &[Left], now: Timestamp) -> Option<Vec<Spent>> {
        let counted: Vec<(Budget, Spent)> = self.budgets(now).collect();
        let corrected = counted.iter().map(|(budget, spent)| {
            let of_this = told.iter().filter(|left| left.within == budget.within);
            of_this.fold(*spent, |spent, left| budget.corrected(spent, *left, now))
        });
        let corrected: Vec<Spent> = corrected.collect();
        counted.iter().map(|(_, spent)| *spent).ne(corrected.iter().copied()).then_some(corrected)
    }

    /// How much may be sent now, by the budget that is nearest to its end and by what the provider asked for.
    #[must_use]
    pub fn allowance(&self, now: Timestamp) -> Allowance {
        let used_up = self.budgets(now).filter(|(budget, spent)| spent.sends >= budget.sends);
        let ends = used_up.map(|(budget, spent)| spent.since.plus(budget.within));
        if let Some(until) = ends.chain(self.limited_until.filter(|until| now < *until)).max() {
            return Allowance::UsedUp { until };
        }
        let left = self.budgets(now).map(|(budget, spent)| (budget.sends - spent.sends, budget));
        match left.filter(|(left, budget)| left * 3 < budget.sends).min_by_key(|(left, _)| *left) {
            Some((left, of)) => Allowance::Little { left, of },
            None => Allowance::Plenty,
        }
    }

    fn budgets(&self, now: Timestamp) -> impl Iterator<Item = (Budget, Spent)> {
        let budgets = self.kind.capabilities().budgets.iter().enumerate();
        budgets.map(move |(at, budget)| (*budget, budget.spent(self.spent.get(at), now)))
    }
}

impl Allowance {
    /// The words in the composer of a channel whose messenger is called `label`; numbers are written by `count`, moments
    /// by `time`.
    #[must_use]
    pub fn words(
        self,
        label: &str,
        count: impl Fn(u32) -> String,
        time: impl Fn(Timestamp) -> String,
    ) -> Option<String> {
        match self {
            Self::Plenty => None,
            Self::Little { left, of } => {
                Some(format!("{} of {} messages left on {label} {}.", count(left), count(of.sends), of.time()))
            }
            Self::UsedUp { until } => {
                Some(format!("{label} takes no more for now: your message leaves about {}.", time(until)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Allowance, Left, Spent};
    use crate::channel::{Channel, ChannelKind};
    use crate::feedback::FeedbackRule;
    use crate::id::ChannelId;
    use crate::timestamp::{Timestamp, hours, minutes};

    fn on_x() -> Channel {
        Channel {
            id: ChannelId::from_number(1),
            kind: ChannelKind::X,
            name: "Acme X".into(),
            team: None,
            flow: None,
            bot_name: None,
            expires_after_millis: None,
            feedback: FeedbackRule::default(),
            paused: false,
            trouble: None,
            spent: Vec::new(),
            limited_until: None,
        }
    }

    /// The channel after so many messages, all sent at once.
    fn after(sends: u32, at: Timestamp) -> Channel {
        (0..sends)
            .fold(on_x(), |channel, _| Channel { spent: channel.spend(at).expect("within the budget"), ..channel })
    }

    fn words(channel: &Channel, now: Timestamp) -> Option<String> {
        channel.allowance(now).words("X", |number| number.to_string(), |until| format!("minute {}", until.0 / 60_000))
    }

    #[test]
    fn what_is_left_is_told_when_it_is_less_than_a_third_and_until_when_nothing_is() {
        let now = Timestamp(0);
        assert_eq!(words(&after(10, now), now), None);
        let little = Some("4 of 15 messages left on X in this quarter of an hour.".to_owned());
        assert_eq!(words(&after(11, now), now), little);
        let used_up = Some("X takes no more for now: your message leaves about minute 15.".to_owned());
        assert_eq!(words(&after(15, now), now), used_up);
        assert_eq!(after(15, now).spend(now), Err(now.plus(minutes(15))));
        assert_eq!(words(&after(15, now), now.plus(minutes(15))), None);
    }

    #[test]
    fn a_day_that_is_used_up_outlasts_its_quarters_of_an_hour() {
        let now = Timestamp(0).plus(hours(20));
        let day = Spent { since: Timestamp(0), sends: 1_440 };
        let channel = Channel { spent: vec![Spent { since: now, sends: 1 }, day], ..on_x() };
        assert_eq!(channel.allowance(now), Allowance::UsedUp { until: Timestamp(0).plus(hours(24)) });
    }

    #[test]
    fn what_the_provider_says_is_left_counts_where_it_is_less_and_until_it_says() {
        let now = Timestamp(0).plus(hours(2));
        let quarter = |sends| Left { within: minutes(15), sends, resets_in: Some(minutes(4)) };
        let channel = after(2, now);
        assert_eq!(channel.corrected(&[quarter(13)], now), None);
        assert_eq!(channel.corrected(&[quarter(449)], now), None, "a larger limit than the one that is known");
        assert_eq!(channel.corrected(&[Left { within: hours(1), ..quarter(0) }], now), None, "no budget of ours");

        let spent = channel.corrected(&[quarter(3)], now).expect("somebody else sent");
        let channel = Channel { spent, ..channel };
        assert_eq!(words(&channel, now).as_deref(), Some("3 of 15 messages left on X in this quarter of an hour."));
        let spent = channel.corrected(&[quarter(0)], now).expect("and again");
        let channel = Channel { spent, ..channel };
        assert_eq!(channel.allowance(now), Allowance::UsedUp { until: now.plus(minutes(4)) });
        assert_eq!(channel.allowance(now.plus(minutes(4))), Allowance::Plenty);
    }

    #[test]
    fn a_wait_that_the_provider_asked_for_counts_on_every_kind() {
        let until = Timestamp(60_000);
        for kind in ChannelKind::ALL {
            let channel = Channel { kind, limited_until: Some(until), ..on_x() };
            assert_eq!(channel.spend(Timestamp(59_999)), Err(until), "{kind:?}");
            assert!(channel.spend(until).is_ok(), "{kind:?}");
        }
    }

    /// How many messages fit each budget now.
    fn fit(channel: &Channel, now: Timestamp) -> Vec<u32> {
        channel.budgets(now).map(|(budget, spent)| budget.sends.saturating_sub(spent.sends)).collect()
    }

    proptest! {
        #[test]
        fn nothing_a_provider_says_leaves_more_than_was_counted(
            sends in 0_u32..=15, left in any::<u32>(), wait in prop::option::of(any::<u32>()), is_day in any::<bool>(),
        ) {
            let now = Timestamp(0).plus(hours(48));
            let counted = after(sends, now);
            let resets_in = wait.map(|millis| std::time::Duration::from_millis(millis.into()));
            let told = Left { within: if is_day { hours(24) } else { minutes(15) }, sends: left, resets_in };
            if let Some(spent) = counted.corrected(&[told], now) {
                let corrected = Channel { spent, ..counted.clone() };
                prop_assert!(fit(&corrected, now).iter().zip(fit(&counted, now)).all(|(now, was)| *now <= was));
            }
        }

        #[test]
        fn no_budget_is_ever_overdrawn(pauses in prop::collection::vec(0_u64..200, 1..300)) {
            let (mut channel, mut now, mut sent) = (on_x(), Timestamp(0), Vec::new());
            for pause in pauses {
                now = now.plus(std::time::Duration::from_secs(pause));
                if let Ok(spent) = channel.spend(now) {
                    channel.spent = spent;
                    sent.push(now);
                }
                for (at, budget) in ChannelKind::X.capabilities().budgets.iter().enumerate() {
                    let since = channel.spent[at].since;
                    let counted = sent.iter().filter(|sent| **sent >= since).count();
                    prop_assert!(counted <= budget.sends as usize && channel.spent[at].sends as usize == counted);
                }
            }
        }
    }
}
