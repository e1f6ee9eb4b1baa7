//! `calc power`: two of lift, recipients and power, and the third.

use crate::error::{Error, Result};
use crate::experiments::design::{
    ArmSizes, Design, DesignParams, Finding, MeanDesign, MeanTest, NullVariance, RateDesign, Sides,
    Spread,
};

use super::super::Verdict;
use super::super::printer::Printer;
use super::calc_args::{PowerArgs, TestChoice};
use super::power_answer::{Asked, Effect, PowerAnswer, Solved};
use super::typed;

pub fn run(args: &PowerArgs, printer: &Printer) -> Result<Verdict> {
    let asked = asked(args)?;
    let design = design(args)?;
    let metric = Metric::of(args)?;
    let effect = match args.lift.or(args.difference) {
        Some(_) => Some(metric.effect(args)?),
        None => None,
    };
    let in_control = in_control(args, &design)?;
    let solve = |design: &Design| metric.solve(design, effect, in_control);
    let solved = solve(&design)?;
    let either_way = match design.sides() {
        Sides::Two => Some(solve(&design.with_finding(Finding::EitherWay))?),
        Sides::One => None,
    };
    let answer = PowerAnswer::new(asked, metric.words(), &design, args.alpha, solved, either_way);
    answer.show(printer)?;
    Ok(Verdict::Fine)
}

/// What is to be computed: the one that is not given.
fn asked(args: &PowerArgs) -> Result<Asked> {
    let has_effect = args.lift.is_some() || args.difference.is_some();
    let has_n = args.n.is_some() || args.total.is_some();
    let hint = "give two of --lift (or --difference), --n (or --total) and --power";
    match (has_effect, has_n, args.power.is_some()) {
        (true, true, false) => Ok(Asked::Power),
        (true, false, _) => Ok(Asked::Recipients),
        (false, true, _) => Ok(Asked::SmallestLift),
        (true, true, true) => {
            Err(Error::settings("lift, recipients and power are all given").hint(hint))
        }
        (false, false, _) => {
            Err(Error::settings("neither a lift nor a number of recipients is given").hint(hint))
        }
    }
}

fn design(args: &PowerArgs) -> Result<Design> {
    let mut params = DesignParams::new()
        .alpha(args.alpha)
        .arms(args.arms)
        .segments(args.segments)
        .split(args.split.into())
        .sides(if args.one_sided { Sides::One } else { Sides::Two });
    if let Some(power) = args.power {
        params = params.power(power);
    } else if args.alpha >= 0.8 {
        // The usual power would be refused as below the alpha, though nobody asked for it.
        params = params.power(1.0 - (1.0 - args.alpha) / 2.0);
    }
    params = match args.allocation.as_deref() {
        None => params,
        Some("fewest") => params.allocation(ArmSizes::fewest(args.arms.min(10_000))),
        Some(text) => params.allocation(typed::numbers("allocation", text)?),
    };
    params.check()
}

/// Recipients in control, from either way of giving them.
fn in_control(args: &PowerArgs, design: &Design) -> Result<Option<f64>> {
    /// Whole numbers beyond it are not exact as floats.
    const MOST: f64 = 9e15;
    let (option, n) = match (args.n, args.total) {
        (Some(n), _) => ("n", n),
        (None, Some(total)) => ("total", total / design.sizes().total()),
        (None, None) => return Ok(None),
    };
    if (1.0..MOST).contains(&n) {
        return Ok(Some(n));
    }
    if n >= MOST {
        return Err(Error::settings(format!("--{option} is more recipients than can be counted"))
            .with_value(n.to_string())
            .hint(format!("write --{option} 20000")));
    }
    Err(Error::settings(format!("--{option} gives the control no recipient"))
        .with_value(n.to_string())
        .hint(format!("write --{option} 20000")))
}

/// What is compared.
enum Metric {
    Rate { baseline: f64, null: NullVariance },
    Mean { mean: Option<f64>, spread: Spread, test: MeanTest },
}

impl Metric {
    fn of(args: &PowerArgs) -> Result<Self> {
        if let Some(baseline) = args.baseline {
            let null = match args.test {
                None | Some(TestChoice::Pooled) => NullVariance::Pooled,
                Some(TestChoice::Unpooled) => NullVariance::Unpooled,
                Some(_) => return Err(other_test("rates", "pooled or unpooled")),
            };
            return Ok(Metric::Rate { baseline, null });
        }
        let Some(sd) = args.sd else {
            return Err(Error::settings("nothing is said of the control")
                .hint("give --baseline RATE for rates, or --mean MEAN --sd SD for means"));
        };
        let test = match args.test {
            None | Some(TestChoice::Welch) => MeanTest::Welch,
            Some(TestChoice::Student) => MeanTest::Student,
            Some(TestChoice::Normal) => MeanTest::Normal,
            Some(_) => return Err(other_test("means", "welch, student or normal")),
        };
        let spread = Spread::new(sd, args.sd_treatment.unwrap_or(sd))?;
        Ok(Metric::Mean { mean: args.mean, spread, test })
    }

    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Metric::Rate { null: NullVariance::Pooled, .. } => ("rate", "pooled z"),
            Metric::Rate { null: NullVariance::Unpooled, .. } => ("rate", "unpooled z"),
            Metric::Mean { test: MeanTest::Welch, .. } => ("mean", "welch t"),
            Metric::Mean { test: MeanTest::Student, .. } => ("mean", "student t"),
            Metric::Mean { test: MeanTest::Normal, .. } => ("mean", "z"),
        }
    }

    fn control(&self) -> Option<f64> {
        match self {
            Metric::Rate { baseline, .. } => Some(*baseline),
            Metric::Mean { mean, .. } => *mean,
        }
    }

    /// The absolute difference that is asked for.
    fn effect(&self, args: &PowerArgs) -> Result<f64> {
        let lift = args.lift.map(|lift| match self.control() {
            Some(control) if control != 0.0 => Ok(lift * control.abs()),
            Some(_) => Err(Error::settings("there is no relative lift over a mean of 0")
                .hint("give --difference instead of --lift")),
            None => Err(Error::settings("--lift without --mean")
                .hint("give --mean, or an absolute --difference")),
        });
        let difference = match (lift, args.difference) {
            (Some(lift), _) => lift?,
            (None, difference) => difference.unwrap_or(0.0),
        };
        if difference == 0.0 || !difference.is_finite() {
            return Err(Error::settings("no difference to be found between equal arms")
                .hint("plan for a lift other than 0"));
        }
        Ok(difference)
    }

    /// The third of effect, recipients and power.
    fn solve(&self, design: &Design, effect: Option<f64>, n: Option<f64>) -> Result<Solved> {
        let power = design.power();
        match self {
            Metric::Rate { baseline, null } => {
                let rates = RateDesign::new(design.clone(), *baseline, *null)?;
                let shown = |rate: f64| Effect::of(*baseline, rate - baseline);
                Ok(match (effect, n) {
                    (Some(effect), None) => {
                        let rate = rates.rate_with(effect)?;
                        let n = rates.contacts_in_control(rate);
                        Solved { power, n, effect: Some(shown(rate)), fall: None }
                    }
                    (Some(effect), Some(n)) => {
                        let rate = rates.rate_with(effect)?;
                        let power = rates.power_at(n, rate);
                        Solved { power, n, effect: Some(shown(rate)), fall: None }
                    }
                    (None, n) => {
                        let n = n.unwrap_or(f64::NAN);
                        let (rise, fall) = (rates.smallest_rise(n), rates.smallest_fall(n));
                        Solved { power, n, effect: rise.map(shown), fall: fall.map(shown) }
                    }
                })
            }
            Metric::Mean { test: MeanTest::Welch | MeanTest::Student, .. }
                if n.is_some_and(|n| n * design.sizes().ratio().min(1.0) < 2.0) =>
            {
                Err(Error::settings("a test of means needs two recipients in every arm")
                    .hint("give a larger --n, or --test z"))
            }
            Metric::Mean { mean, spread, test } => {
                let means = MeanDesign::new(design.clone(), *spread, *test);
                let shown = |difference: f64| Effect::maybe(*mean, difference);
                Ok(match (effect, n) {
                    (Some(effect), None) => {
                        let n = means.contacts_in_control(effect).ok_or_else(|| {
                            Error::settings("no number of recipients finds so small a difference")
                                .with_value(effect.to_string())
                                .hint("plan for a larger lift")
                        })?;
                        Solved { power, n, effect: Some(shown(effect)), fall: None }
                    }
                    (Some(effect), Some(n)) => {
                        let power = means.power_at(n, effect);
                        Solved { power, n, effect: Some(shown(effect)), fall: None }
                    }
                    (None, n) => {
                        let n = n.unwrap_or(f64::NAN);
                        let found = means.smallest_difference(n);
                        let fall = found.map(|found| shown(-found));
                        Solved { power, n, effect: found.map(shown), fall }
                    }
                })
            }
        }
    }
}

fn other_test(what: &str, tests: &str) -> Error {
    Error::settings(format!("that test is not one of {what}"))
        .hint(format!("--test is {tests} for {what}"))
}
