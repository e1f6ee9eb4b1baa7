//! The checks of one experiment.

use super::super::arms::{pearson, smallest_expected};
use super::super::counts::Counts;
use super::super::plan::ReadoutPlan;
use super::super::ratio_check::{PlannedArm, RatioCheck};
use super::super::readout::{LevelReadout, SegmentReadout};
use super::super::sequential::SequentialRatioCheck;
use super::arm_log::{ArmLog, Before, DayRows};
use super::check::{CheckOutcome, CheckScope, TrustCheck, TrustKind};

/// Contacts in two arms are a fault of the split from this share on: a few are clerical.
const CROSSED_SHARE: f64 = 0.01;

/// Expected counts from which chi-squared holds its level.
const LEAST_EXPECTED: f64 = 5.0;

/// All checks that the sums and the log allow, in the order in which a reader asks.
pub(in super::super) fn checks(
    plan: &ReadoutPlan,
    overall: &RatioCheck,
    segments: &[SegmentReadout],
    log: &ArmLog,
) -> Vec<TrustCheck> {
    let mut checks = vec![overall_ratio(overall)];
    checks.extend(segments.iter().map(|segment| segment_ratio(plan, segment)));
    checks.push(daily_ratio(plan, &log.days));
    checks.push(crossed(log.crossed));
    checks.push(delivery(plan, &log.bounced));
    checks.push(before(plan, &log.before));
    checks.push(machine_opens(plan, &log.machine_opened));
    checks
}

fn overall_ratio(check: &RatioCheck) -> TrustCheck {
    TrustCheck {
        check: TrustKind::SampleRatio,
        scope: CheckScope::Experiment,
        outcome: outcome(check.mismatch),
        p: Some(check.p),
        alpha: Some(check.alpha),
        detail: match check.mismatch {
            true => "the arms have not the planned sizes".to_owned(),
            false => "the arms have the planned sizes".to_owned(),
        },
    }
}

fn outcome(failed: bool) -> CheckOutcome {
    if failed { CheckOutcome::Failed } else { CheckOutcome::Passed }
}

/// The smallest p-value over parts of the experiment, and the part that has it.
fn smallest(found: impl Iterator<Item = (String, f64)>) -> Option<(String, f64)> {
    found.min_by(|a, b| a.1.total_cmp(&b.1))
}

fn segment_ratio(plan: &ReadoutPlan, segment: &SegmentReadout) -> TrustCheck {
    let column = &segment.column;
    let of_level =
        |level: &LevelReadout| Some((level.level.clone(), level.sample_ratio.as_ref()?.p));
    let found: Vec<(String, f64)> = segment.levels.iter().filter_map(of_level).collect();
    let alpha = plan.srm_alpha / found.len().max(1) as f64;
    let Some((level, p)) = smallest(found.into_iter()) else {
        let why = format!("by {column}: no level has rows");
        return TrustCheck::not_run(TrustKind::SegmentRatio, &why);
    };
    let failed = p < alpha;
    let detail = if failed {
        format!(
            "by {column}: in {level} the arms have not the planned sizes, so the column knows \
             something of the arm"
        )
    } else {
        format!("by {column}: the arms have the planned sizes in every level")
    };
    TrustCheck {
        check: TrustKind::SegmentRatio,
        scope: CheckScope::SegmentColumn(column.clone()),
        outcome: outcome(failed),
        p: Some(p),
        alpha: Some(alpha),
        detail,
    }
}

fn daily_ratio(plan: &ReadoutPlan, days: &[DayRows]) -> TrustCheck {
    if days.is_empty() {
        return TrustCheck::not_run(TrustKind::DailyRatio, "days of assignment are not known");
    }
    // Half of the error for single days, half for the days up to each.
    let half = plan.srm_alpha / 2.0;
    let alpha = half / days.len() as f64;
    let by_day = days
        .iter()
        .filter_map(|day| Some((day.day.clone(), plan.ratio_of(day.rows.iter().copied()).ok()?.p)));
    let least = smallest(by_day);
    let worst_day = least.clone().filter(|(_, p)| *p < alpha);
    let so_far = first_mismatch(plan, days, half);
    let detail = match (&worst_day, &so_far) {
        (Some((day, _)), _) => format!("on {day} the arms have not the planned sizes"),
        (None, Some((day, _))) => format!("up to {day} the arms have not the planned sizes"),
        (None, None) => {
            let s = if days.len() == 1 { "" } else { "s" };
            format!("the arms have the planned sizes on {} day{s} of assignment", days.len())
        }
    };
    let alpha = if worst_day.is_none() && so_far.is_some() { half } else { alpha };
    let found = worst_day.or(so_far);
    TrustCheck {
        check: TrustKind::DailyRatio,
        scope: CheckScope::Experiment,
        outcome: outcome(found.is_some()),
        p: found.or(least).map(|(_, p)| p),
        alpha: Some(alpha),
        detail,
    }
}

/// The first day at which the sequential check of all days up to it alarms.
fn first_mismatch(plan: &ReadoutPlan, days: &[DayRows], alpha: f64) -> Option<(String, f64)> {
    let arms = plan.spec.arms().iter().zip(&plan.weights);
    let arms: Vec<PlannedArm<'_>> =
        arms.map(|(name, weight)| PlannedArm { name, rows: 0, weight: *weight }).collect();
    let concentration = SequentialRatioCheck::CONCENTRATION;
    let mut check = SequentialRatioCheck::new(&arms, concentration, alpha).ok()?;
    for day in days {
        let look = check.add(&day.rows).ok()?;
        if look.mismatch {
            return Some((day.day.clone(), look.p));
        }
    }
    None
}

fn crossed(crossed: Option<Counts>) -> TrustCheck {
    let Some(counts) = crossed else {
        let why = "not checked: the file names no recipients, a row stands for one";
        return TrustCheck::not_run(TrustKind::CrossedAssignments, why);
    };
    const FEW: u64 = 10;
    let found = counts.successes();
    let failed = found >= FEW && found as f64 > CROSSED_SHARE * counts.n() as f64;
    TrustCheck {
        check: TrustKind::CrossedAssignments,
        scope: CheckScope::Experiment,
        outcome: outcome(failed),
        p: None,
        alpha: None,
        detail: match found {
            0 => "nobody is in two arms".to_owned(),
            _ => format!("{found} of {} contacts are in two arms, and in no number", counts.n()),
        },
    }
}

fn delivery(plan: &ReadoutPlan, bounced: &[Counts]) -> TrustCheck {
    let why = "bounces are not known";
    // Where bounces are a metric, what the arms do to them is asked for, not a fault.
    let is_metric = plan.spec.metrics().iter().any(|metric| metric.name == "bounce");
    let found = if is_metric { CheckOutcome::Warned } else { CheckOutcome::Failed };
    rates_alike(plan, TrustKind::Delivery, bounced, "mail bounced", why, found)
}

fn machine_opens(plan: &ReadoutPlan, opened: &[Counts]) -> TrustCheck {
    // Where opens decide, machines that open one arm more decide with them.
    let decides = plan.spec.metrics()[plan.decision].name.contains("open");
    let found = if decides { CheckOutcome::Failed } else { CheckOutcome::Warned };
    let (kind, why) = (TrustKind::MachineOpens, "opens by machines are not known");
    rates_alike(plan, kind, opened, "machines opened mail", why, found)
}

fn rates_alike(
    plan: &ReadoutPlan,
    check: TrustKind,
    arms: &[Counts],
    what: &str,
    unknown: &str,
    if_not: CheckOutcome,
) -> TrustCheck {
    let Some(test) = pearson(arms) else { return TrustCheck::not_run(check, unknown) };
    if smallest_expected(arms).is_none_or(|least| least < LEAST_EXPECTED) {
        return TrustCheck::not_run(
            check,
            &format!("too few for a test: {what} hardly ever, or never"),
        );
    }
    let differs = test.p < plan.srm_alpha;
    let rate = |(name, counts): (&String, &Counts)| {
        let share = 100.0 * counts.successes() as f64 / counts.n() as f64;
        (counts.n() > 0).then(|| format!("{name} {share:.2}%"))
    };
    let rates: Vec<String> = plan.spec.arms().iter().zip(arms).filter_map(rate).collect();
    let how = if differs { "not alike" } else { "alike" };
    TrustCheck {
        check,
        scope: CheckScope::Experiment,
        outcome: if differs { if_not } else { CheckOutcome::Passed },
        p: Some(test.p),
        alpha: Some(plan.srm_alpha),
        detail: format!("{what} {how} in the arms: {}", rates.join(", ")),
    }
}

fn before(plan: &ReadoutPlan, measures: &[Before]) -> TrustCheck {
    let kind = TrustKind::BeforeTheStart;
    let tested = |measure: &Before| {
        let enough = smallest_expected(&measure.arms).is_some_and(|least| least >= LEAST_EXPECTED);
        let test = pearson(&measure.arms).filter(|_| enough)?;
        Some((measure.measure.clone(), test.p))
    };
    let found: Vec<(String, f64)> = measures.iter().filter_map(tested).collect();
    let alpha = plan.srm_alpha / found.len().max(1) as f64;
    let tested = found.len();
    let Some((measure, p)) = smallest(found.into_iter()) else {
        return TrustCheck::not_run(
            kind,
            "what the arms did before is not known, or hardly anybody did it",
        );
    };
    let failed = p < alpha;
    TrustCheck {
        check: kind,
        scope: CheckScope::Experiment,
        outcome: outcome(failed),
        p: Some(p),
        alpha: Some(alpha),
        detail: match failed {
            true => format!("the arms differed before the experiment began, in {measure}"),
            false => format!("before the experiment the arms were alike in {tested} measures"),
        },
    }
}
