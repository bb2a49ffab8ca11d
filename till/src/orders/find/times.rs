//! The time of day at which something was sold, as people write it and as an index has it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Minutes before and after the one that is looked for: clocks differ, and people round.
const GIVE_OR_TAKE: i64 = 5;
const MINUTES_OF_DAY: i64 = 24 * 60;
/// Changes of the clock that are looked back on: two a year.
const MOST_CHANGES: usize = 60;

/// The minute of the day in `14:06`, `14 h 06`, `14h`, `2:06 pm`.
pub(super) fn read_time(text: &str) -> Option<i64> {
    let text: String =
        text.to_lowercase().chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let (text, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(text), _) => (text, Some(0)),
        (_, Some(text)) => (text, Some(12)),
        _ => (text.as_str(), None),
    };
    let (hour, minute) = match text.split_once([':', 'h']) {
        Some((hour, "")) if text.ends_with('h') => (hour, "00"),
        Some(parts) => parts,
        None if half.is_some() => (text, "00"),
        None => return None,
    };
    let number = |text: &str, digits: &[usize]| {
        let plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i64>().ok().filter(|_| plain)
    };
    let hour = number(hour, &[1, 2])?;
    let minute = number(minute, &[2]).filter(|minute| *minute < 60)?;
    let hour = match half {
        Some(half) => Some(hour % 12 + half).filter(|_| (1..=12).contains(&hour))?,
        None => Some(hour).filter(|hour| *hour < 24)?,
    };
    Some(hour * 60 + minute)
}

/// Minutes of the day in UTC that were those around `minute` at the counter, each with the spans of time, in
/// milliseconds since 1970 UTC, in which they were: `[[from,until]]`.
pub(super) fn around(zone: &TimeZone, now: i64, minute: i64) -> Vec<(i64, String)> {
    let mut around = Vec::new();
    for (offset, spans) in offsets(zone, now) {
        let spans: Vec<String> =
            spans.iter().map(|(from, until)| format!("[{from},{until}]")).collect();
        let spans = format!("[{}]", spans.join(","));
        for near in minute - GIVE_OR_TAKE..=minute + GIVE_OR_TAKE {
            around.push(((near - offset).rem_euclid(MINUTES_OF_DAY), spans.clone()));
        }
    }
    around
}

/// How many minutes east of UTC the counter was, and from when until when.
fn offsets(zone: &TimeZone, now: i64) -> BTreeMap<i64, Vec<(i64, i64)>> {
    let now = Timestamp::from_millisecond(now).unwrap_or_default();
    let mut offsets: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
    let mut until = i64::MAX;
    let mut first = zone.to_offset(now);
    for change in zone.preceding(now).take(MOST_CHANGES) {
        let from = change.timestamp().as_millisecond();
        let minutes = i64::from(change.offset().seconds() / 60);
        offsets.entry(minutes).or_default().push((from, until));
        until = from;
        first = zone.to_offset(change.timestamp() - jiff::SignedDuration::from_millis(1));
    }
    offsets.entry(i64::from(first.seconds() / 60)).or_default().push((i64::MIN, until));
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        for (text, minute) in [
            ("14:06", Some(14 * 60 + 6)),
            ("14 h 06", Some(14 * 60 + 6)),
            ("14\u{a0}h\u{a0}06", Some(14 * 60 + 6)),
            ("14H06", Some(14 * 60 + 6)),
            ("14h", Some(14 * 60)),
            ("2:06 pm", Some(14 * 60 + 6)),
            ("2:06 P.M.", Some(14 * 60 + 6)),
            ("2 pm", Some(14 * 60)),
            ("12:05 am", Some(5)),
            ("12:05pm", Some(12 * 60 + 5)),
            ("0:00", Some(0)),
            ("9:05", Some(9 * 60 + 5)),
            ("24:00", None),
            ("14:60", None),
            ("14:6", None),
            ("14:", None),
            ("14:06 pm", None),
            ("0:06 am", None),
            ("1406", None),
            ("14.06", None),
            ("ham", None),
            ("h", None),
            ("12:34:56", None),
        ] {
            assert_eq!(read_time(text), minute, "{text}");
        }
    }

    #[test]
    fn a_minute_at_the_counter_is_one_of_two_in_a_year() {
        let zone = TimeZone::get("America/Toronto").unwrap();
        let now = 1_763_665_620_000; // 2025-11-20, in winter
        let near = around(&zone, now, 14 * 60 + 6);
        assert_eq!(near.len(), 22, "eleven minutes, in summer and in winter");
        let winter = near.iter().find(|(minute, _)| *minute == 19 * 60 + 6).unwrap();
        assert!(winter.1.starts_with("[[1762063200000,"), "since 2025-11-02: {}", winter.1);
        let fixed = around(&TimeZone::UTC, now, 2);
        let minutes: Vec<i64> = fixed.iter().map(|(minute, _)| *minute).collect();
        assert_eq!(minutes, [1_437, 1_438, 1_439, 0, 1, 2, 3, 4, 5, 6, 7]);
        assert!(fixed.iter().all(|(_, spans)| spans.matches('[').count() == 2), "at all times");
    }
}
