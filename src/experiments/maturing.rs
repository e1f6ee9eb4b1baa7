//! How an outcome ripens after the send.

use serde::Serialize;

use super::comparison::AnyTime;
use super::counts::Counts;
use super::level::Level;
use super::rates::compare_rates;
use super::reading::Reading;
use crate::estimate::Estimate;

/// A rate by hours since each recipient's own send, for recipients whose window is closed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Maturing {
    pub metric: String,
    /// Hours since the send, rising; the last is the window.
    pub hours: Vec<f64>,
    pub arms: Vec<MaturingArm>,
    /// Every arm but the control.
    pub comparisons: Vec<MaturingComparison>,
    /// In plain words: how soon the outcome was in.
    pub answer: String,
}

/// One arm: recipients with an outcome by each hour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MaturingArm {
    pub arm: String,
    pub n: u64,
    pub successes: Vec<u64>,
}

/// One arm less the control, by each hour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MaturingComparison {
    pub arm: String,
    /// Each hour by itself.
    pub difference: Vec<Estimate>,
    /// Bounds that hold at all hours at once; `None` before the first success.
    pub any_time: Vec<Option<AnyTime>>,
}

/// What one recipient did: the arm's place, and the hours from the send to the first success.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FirstSuccess {
    pub arm: usize,
    pub hours: Option<f64>,
}

/// Hours that are looked at, as far as the window goes.
const HOURS: [f64; 14] =
    [1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 36.0, 48.0, 72.0, 96.0, 120.0, 168.0, 240.0, 336.0];

impl Maturing {
    /// Counts who succeeded by each hour. `None` without any success, or where an arm is empty.
    ///
    /// The bounds at all hours at once are the normal mixture's in the time of information: what is new
    /// between two hours is new successes, so that these stand for recipients, tuned to all that came in.
    pub fn of(
        metric: &str,
        arms: &[String],
        control: usize,
        recipients: &[FirstSuccess],
        window_hours: f64,
        level: Level,
    ) -> Option<Maturing> {
        let hours: Vec<f64> =
            HOURS.into_iter().filter(|h| *h < window_hours).chain([window_hours]).collect();
        let arms = count(arms, recipients, &hours)?;
        let comparisons = (0..arms.len()).filter(|arm| *arm != control);
        let comparisons: Vec<MaturingComparison> = comparisons
            .map(|arm| comparison(arms.get(control)?, &arms[arm], level))
            .collect::<Option<_>>()?;
        let answer = answer(metric, &hours, &arms)?;
        Some(Maturing { metric: metric.to_owned(), hours, arms, comparisons, answer })
    }
}

fn count(names: &[String], recipients: &[FirstSuccess], hours: &[f64]) -> Option<Vec<MaturingArm>> {
    let empty =
        |name: &String| MaturingArm { arm: name.clone(), n: 0, successes: vec![0; hours.len()] };
    let mut arms: Vec<MaturingArm> = names.iter().map(empty).collect();
    for recipient in recipients {
        let arm = arms.get_mut(recipient.arm)?;
        arm.n += 1;
        let Some(after) = recipient.hours else { continue };
        let first = hours.partition_point(|hour| *hour <= after);
        arm.successes[first..].iter_mut().for_each(|successes| *successes += 1);
    }
    arms.iter().all(|arm| arm.n > 0).then_some(arms)
}

fn comparison(
    control: &MaturingArm,
    arm: &MaturingArm,
    level: Level,
) -> Option<MaturingComparison> {
    let last = |arm: &MaturingArm| arm.successes.last().copied().unwrap_or(0);
    let tuning_n = (last(control) + last(arm)).max(1) as f64;
    let mut read =
        MaturingComparison { arm: arm.arm.clone(), difference: Vec::new(), any_time: Vec::new() };
    for (a, b) in control.successes.iter().zip(&arm.successes) {
        let (c, t) = (Counts::new(control.n, *a).ok()?, Counts::new(arm.n, *b).ok()?);
        let effect = compare_rates(&c, &t, level).ok()?;
        read.any_time.push(Reading::AnyTime { tuning_n }.any_time(&effect, a + b, level));
        read.difference.push(effect.difference);
    }
    Some(read)
}

/// By which hour nine tenths of all successes were in.
fn answer(metric: &str, hours: &[f64], arms: &[MaturingArm]) -> Option<String> {
    const MOST: f64 = 0.9;
    let by = |place: usize| arms.iter().map(|arm| arm.successes[place]).sum::<u64>() as f64;
    let all = by(hours.len() - 1);
    if all == 0.0 {
        return None;
    }
    let place = (0..hours.len()).find(|place| by(*place) >= MOST * all)?;
    let (hour, window) = (hours[place], hours[hours.len() - 1]);
    Some(format!(
        "{:.0}% of the recipients with a {metric} within {window} hours had it within {hour} hours \
         of the send.",
        100.0 * by(place) / all
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipients(first: &[(usize, Option<f64>)]) -> Vec<FirstSuccess> {
        first.iter().map(|(arm, hours)| FirstSuccess { arm: *arm, hours: *hours }).collect()
    }

    fn arms() -> Vec<String> {
        vec!["control".to_owned(), "b".to_owned()]
    }

    #[test]
    fn successes_are_counted_from_their_own_hour_on() {
        let mut first = vec![(0, Some(0.5)), (0, Some(5.0)), (0, None), (0, Some(71.0))];
        first.extend([(1, Some(1.0)), (1, None), (1, None), (1, None)]);
        let found = Maturing::of("click", &arms(), 0, &recipients(&first), 72.0, Level::DEFAULT);
        let found = found.expect("two arms with successes");
        assert_eq!(found.hours, [1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 36.0, 48.0, 72.0]);
        assert_eq!(found.arms[0].successes, [1, 1, 1, 2, 2, 2, 2, 2, 3]);
        // A click at the full hour is in by the hour after.
        assert_eq!(found.arms[1].successes, [0, 1, 1, 1, 1, 1, 1, 1, 1]);
        assert_eq!((found.arms[0].n, found.arms[1].n), (4, 4));
        let last = found.comparisons[0].difference.last().expect("the window");
        assert_eq!(last.point, -0.5);
        assert!(found.answer.starts_with("100% of the recipients with a click within 72 hours"));
    }

    #[test]
    fn bounds_at_all_hours_are_wider_than_those_of_one() {
        let first: Vec<(usize, Option<f64>)> = (0..4000)
            .map(|row| (row % 2, (row % 10 < 1 + row % 2).then_some((row % 60) as f64)))
            .collect();
        let found = Maturing::of("click", &arms(), 0, &recipients(&first), 72.0, Level::DEFAULT);
        let found = found.expect("two arms with successes");
        let comparison = &found.comparisons[0];
        for (one, all) in comparison.difference.iter().zip(&comparison.any_time) {
            let all = all.expect("successes from the first hour on");
            assert!(all.low < one.low && one.high < all.high, "{one:?} {all:?}");
        }
    }

    #[test]
    fn nothing_to_ripen_is_nothing() {
        let read = |first: &[(usize, Option<f64>)]| {
            Maturing::of("click", &arms(), 0, &recipients(first), 72.0, Level::DEFAULT)
        };
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[(0, Some(1.0))]), None);
        assert_eq!(read(&[(0, None), (1, None)]), None);
    }
}
