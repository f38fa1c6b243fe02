//! Business hours: a weekly table on a clock a fixed number of minutes from UTC.

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BusinessHours {
    /// How far the table's clock is ahead of UTC.
    #[serde(default)]
    utc_offset_minutes: i64,
    week: Vec<Span>,
}

/// Open on `day` from one minute of the day up to, and without, another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    day: Day,
    from: i64,
    to: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

const MINUTES_OF_A_DAY: i64 = 24 * 60;

impl BusinessHours {
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        // From Thursday, the first day of the epoch.
        const DAYS: [Day; 7] =
            [Day::Thursday, Day::Friday, Day::Saturday, Day::Sunday, Day::Monday, Day::Tuesday, Day::Wednesday];
        let minute = now.0.div_euclid(60_000).saturating_add(self.utc_offset_minutes);
        let day =
            usize::try_from(minute.div_euclid(MINUTES_OF_A_DAY).rem_euclid(7)).map_or(Day::Thursday, |day| DAYS[day]);
        let minute = minute.rem_euclid(MINUTES_OF_A_DAY);
        self.week.iter().any(|span| span.day == day && span.from <= minute && minute < span.to)
    }

    /// What is wrong with the table, if anything is.
    pub(super) fn problem(&self) -> Option<String> {
        if !(-12 * 60..=14 * 60).contains(&self.utc_offset_minutes) {
            return Some("`hours`: `utc_offset_minutes` must be from -720 to 840".into());
        }
        let is_wrong = |span: &Span| span.from < 0 || span.from >= span.to || span.to > MINUTES_OF_A_DAY;
        let wrong = self.week.iter().copied().find(is_wrong)?;
        let Span { day, from, to } = wrong;
        Some(format!("`hours`: {day:?} from {from} to {to} is not a span of minutes within 0 and 1440"))
    }
}

#[cfg(test)]
mod tests {
    use super::{BusinessHours, Day, Span};
    use crate::timestamp::{Timestamp, hours, minutes};

    // 2024-01-01 was a Monday.
    const MONDAY: Timestamp = Timestamp(1_704_067_200_000);

    fn nine_to_six(utc_offset_minutes: i64) -> BusinessHours {
        BusinessHours { utc_offset_minutes, week: vec![Span { day: Day::Monday, from: 540, to: 1_080 }] }
    }

    #[test]
    fn open_from_the_first_minute_and_closed_at_the_last() {
        let table = nine_to_six(0);
        assert!(!table.is_open(Timestamp(MONDAY.plus(hours(9)).0 - 1)));
        assert!(table.is_open(MONDAY.plus(hours(9))));
        assert!(table.is_open(Timestamp(MONDAY.plus(hours(18)).0 - 1)));
        assert!(!table.is_open(MONDAY.plus(hours(18))));
        assert!(!table.is_open(MONDAY.plus(hours(24 + 10))));
        assert!(table.is_open(MONDAY.plus(hours(7 * 24 + 10))));
    }

    #[test]
    fn the_offset_moves_the_table_and_the_day() {
        assert!(nine_to_six(60).is_open(MONDAY.plus(hours(8))));
        assert!(!nine_to_six(60).is_open(MONDAY.plus(hours(17)).plus(minutes(30))));
        // Nine on Monday in UTC+14 is seven on Sunday evening in UTC.
        assert!(nine_to_six(840).is_open(Timestamp(MONDAY.0 - 5 * 3_600_000)));
    }

    #[test]
    fn a_table_before_the_epoch_is_no_trouble() {
        assert!(nine_to_six(0).is_open(Timestamp(-3 * 86_400_000 + 9 * 3_600_000)));
    }
}
