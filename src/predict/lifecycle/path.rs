//! The stages that a contact went through.

use super::purchases::{Happening, Moment, Purchases};
use super::stage::Stage;

/// What decides on stages; times in microseconds, money in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub loyal_orders: usize,
    pub loyal_spend_minor: Option<i64>,
    pub at_risk_us: i64,
    /// More than `at_risk_us`.
    pub lapsed_us: i64,
}

/// A stage, and when it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub us: i64,
    pub stage: Stage,
}

/// The stages of a contact before `now_us`, each with the moment of its entry; neighbours differ.
/// `moments` are in order of time; those at `now_us` or later are not seen.
pub fn path(moments: &[Moment], rules: &Rules, now_us: i64) -> Vec<Step> {
    let seen = moments.partition_point(|moment| moment.us < now_us);
    let mut known = Known::default();
    let mut steps = Vec::new();
    let together = moments[..seen].chunk_by(|a, b| a.us == b.us);
    for moments in together {
        let us = moments[0].us;
        known.pass(us, rules, &mut steps);
        moments.iter().for_each(|moment| known.take(moment));
        push(&mut steps, us, known.stage(us, rules));
    }
    known.pass(now_us, rules, &mut steps);
    steps
}

/// What is known of a contact.
#[derive(Default)]
struct Known {
    is_lead: bool,
    purchases: Purchases,
}

impl Known {
    fn take(&mut self, moment: &Moment) {
        self.is_lead |= moment.what == Happening::BecameLead;
        self.purchases.take(moment);
    }

    /// Lets time pass up to, and without, `until_us`.
    fn pass(&self, until_us: i64, rules: &Rules, steps: &mut Vec<Step>) {
        let Some(last) = self.purchases.counting().next_back() else { return };
        let entered = steps.last().map_or(i64::MIN, |step| step.us);
        for wait in [rules.at_risk_us, rules.lapsed_us] {
            let us = last.saturating_add(wait);
            // What had passed when the last thing happened was seen then.
            if us < until_us && us > entered {
                push(steps, us, self.stage(us, rules));
            }
        }
    }

    /// The stage right after `us`, if nothing else happens.
    fn stage(&self, us: i64, rules: &Rules) -> Stage {
        let mut latest = self.purchases.counting().rev();
        let Some(last) = latest.next() else {
            return if self.is_lead { Stage::Lead } else { Stage::Subscriber };
        };
        let before = latest.next();
        let quiet = us.saturating_sub(last);
        if quiet >= rules.lapsed_us {
            return Stage::Lapsed;
        }
        if quiet >= rules.at_risk_us {
            return Stage::AtRisk;
        }
        let Some(before) = before else { return Stage::FirstTimeBuyer };
        if last.saturating_sub(before) > rules.lapsed_us {
            return Stage::WonBack;
        }
        let spent = rules.loyal_spend_minor.is_some_and(|minor| self.purchases.spent() >= minor);
        match spent || self.purchases.count() >= rules.loyal_orders {
            true => Stage::Loyal,
            false => Stage::RepeatBuyer,
        }
    }
}

/// A stage that goes on was entered when it began.
fn push(steps: &mut Vec<Step>, us: i64, stage: Stage) {
    if steps.last().is_none_or(|step| step.stage != stage) {
        steps.push(Step { us, stage });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules =
        Rules { loyal_orders: 4, loyal_spend_minor: Some(10_000), at_risk_us: 30, lapsed_us: 60 };

    fn ordered(us: i64, order: u32, minor: i64) -> Moment {
        Moment { us, what: Happening::Ordered { order, minor } }
    }

    fn refunded(us: i64, order: u32, minor: i64) -> Moment {
        Moment { us, what: Happening::Refunded { order, minor } }
    }

    fn signed_up(us: i64) -> Moment {
        Moment { us, what: Happening::SignedUp }
    }

    fn words(moments: &[Moment], now_us: i64) -> String {
        let steps = path(moments, &RULES, now_us).into_iter();
        let words = steps.map(|step| format!("{} {}", step.us, step.stage.word()));
        words.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_life_by_hand() {
        let lead = Moment { us: 5, what: Happening::BecameLead };
        let life = [
            signed_up(1),
            lead,
            ordered(10, 1, 500),
            ordered(20, 2, 500),
            ordered(60, 3, 500),
            ordered(70, 4, 500),
            ordered(75, 5, 500),
            ordered(200, 6, 500),
            ordered(210, 7, 500),
        ];
        assert_eq!(
            words(&life, 1_000),
            "1 subscriber, 5 lead, 10 first_time_buyer, 20 repeat_buyer, 50 at_risk, \
             60 repeat_buyer, 70 loyal, 105 at_risk, 135 lapsed, 200 won_back, 210 loyal, \
             240 at_risk, 270 lapsed"
        );
        assert_eq!(words(&life, 10), "1 subscriber, 5 lead");
        assert_eq!(words(&life, 1), "");
    }

    #[test]
    fn a_wait_that_ends_with_an_order_has_not_passed() {
        let at_the_edge = [ordered(0, 1, 500), ordered(60, 2, 500)];
        assert_eq!(words(&at_the_edge, 61), "0 first_time_buyer, 30 at_risk, 60 repeat_buyer");
        assert_eq!(words(&at_the_edge[..1], 30), "0 first_time_buyer");
        assert_eq!(words(&at_the_edge[..1], 31), "0 first_time_buyer, 30 at_risk");
        let later = [ordered(0, 1, 500), ordered(61, 2, 500)];
        assert_eq!(words(&later, 62), "0 first_time_buyer, 30 at_risk, 60 lapsed, 61 won_back");
    }

    #[test]
    fn money_makes_loyal_from_the_second_order_on() {
        let large = [ordered(0, 1, 9_000), ordered(5, 2, 1_000), refunded(6, 2, 1)];
        assert_eq!(words(&large, 9), "0 first_time_buyer, 5 loyal, 6 repeat_buyer");
        assert_eq!(words(&[ordered(0, 1, 20_000)], 9), "0 first_time_buyer");
    }

    #[test]
    fn an_order_that_is_refunded_in_full_never_counted_from_then_on() {
        let one = [signed_up(0), ordered(10, 1, 500), refunded(15, 1, 200), refunded(20, 1, 300)];
        assert_eq!(words(&one, 99), "0 subscriber, 10 first_time_buyer, 20 subscriber");
        // The order that won somebody back goes back: lapsed again.
        let back = [ordered(0, 1, 500), ordered(100, 2, 500), refunded(110, 2, 500)];
        assert_eq!(
            words(&back, 999),
            "0 first_time_buyer, 30 at_risk, 60 lapsed, 100 won_back, 110 lapsed"
        );
        // A refund that is told before its order.
        assert_eq!(words(&[refunded(1, 7, 500), ordered(2, 7, 500)], 9), "1 subscriber");
        // In the middle: the count falls, the last order stays.
        let four = [
            ordered(0, 1, 10),
            ordered(5, 2, 10),
            ordered(6, 3, 10),
            ordered(7, 4, 10),
            refunded(8, 2, 10),
        ];
        assert_eq!(words(&four, 9), "0 first_time_buyer, 5 repeat_buyer, 7 loyal, 8 repeat_buyer");
    }

    #[test]
    fn looking_at_one_moment_is_following_the_timeline_up_to_it() {
        let mut dice = 12_345u64;
        let mut roll = |most: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33) % most
        };
        for _ in 0..500 {
            let mut moments = vec![signed_up(0)];
            for order in 0..roll(9) as u32 {
                let (us, minor) = (roll(400) as i64, 1 + roll(50) as i64 * 100);
                moments.push(ordered(us, order, minor));
                if roll(3) == 0 {
                    moments.push(refunded(
                        us + roll(90) as i64,
                        order,
                        minor / (1 + roll(2) as i64),
                    ));
                }
            }
            moments.sort_by_key(|moment| moment.us);
            let whole = path(&moments, &RULES, 600);
            for now in 1..600 {
                let seen = whole.partition_point(|step| step.us < now);
                assert_eq!(path(&moments, &RULES, now), whole[..seen], "{moments:?} at {now}");
            }
        }
    }
}
