//! Sizes, powers and effects against other programs, and against each other.

use serde_json::Value;

use super::*;

/// Numbers of statsmodels 0.15, R 4.2.2, tea-tasting 2.0.0, spotify-confidence 4.1.0 and gbstats 0.8.0.
const TRUTH: &str = include_str!("../../../tests/data/experiment_designs.json");

fn rows(name: &str) -> Vec<Vec<Value>> {
    let truth: Value = serde_json::from_str(TRUTH).expect("JSON");
    let rows = truth[name]["rows"].as_array().expect("rows").iter();
    rows.map(|row| row.as_array().expect("a row").clone()).collect()
}

/// The row's numbers; NaN where there is none.
fn numbers(row: &[Value]) -> Vec<f64> {
    let number = |v: &Value| v.as_f64().or(v.as_bool().map(|b| f64::from(u8::from(b))));
    row.iter().map(|v| number(v).unwrap_or(f64::NAN)).collect()
}

fn close(what: &str, got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{what}: got {got}, want {want}");
}

fn params(alpha: f64, power: f64, ratio: f64) -> DesignParams {
    DesignParams::new().alpha(alpha).power(power).allocation([1.0, ratio])
}

fn sides(is_one: f64) -> Sides {
    if is_one > 0.0 { Sides::One } else { Sides::Two }
}

fn rates(params: &DesignParams, baseline: f64, null: NullVariance) -> RateDesign {
    RateDesign::new(params.check().expect("a design"), baseline, null).expect("a baseline")
}

fn means(params: &DesignParams, sd: f64, test: MeanTest) -> MeanDesign {
    let spread = Spread::new(sd, sd).expect("a spread");
    MeanDesign::new(params.check().expect("a design"), spread, test)
}

#[test]
fn rates_agree_with_statsmodels() {
    for row in rows("proportions").iter().map(|row| numbers(row)) {
        let params = params(row[2], row[3], row[4]);
        let pooled = rates(&params, row[0], NullVariance::Pooled);
        close("pooled", pooled.contacts_in_control(row[1]), row[5], 1e-9);
        let unpooled = rates(&params, row[0], NullVariance::Unpooled);
        close("unpooled", unpooled.contacts_in_control(row[1]), row[6], 1e-9);
        let either = rates(&params.finding(Finding::EitherWay), row[0], NullVariance::Pooled);
        close("power", either.power_at(1000.0, row[1]), row[7], 1e-9);
        close("power", either.power_at(20_000.0, row[1]), row[8], 1e-9);
    }
}

#[test]
fn rates_agree_with_r() {
    for row in rows("r").iter().map(|row| numbers(row)) {
        // R stops at a relative step of a quarter of the digits.
        let params = params(0.05, row[2], 1.0);
        let n = |params: &DesignParams| {
            rates(params, row[0], NullVariance::Pooled).contacts_in_control(row[1])
        };
        close("n", n(&params), row[3], 1e-6);
        close("strict", n(&params.clone().finding(Finding::EitherWay)), row[4], 1e-6);
        close("one-sided", n(&params.clone().sides(Sides::One)), row[5], 1e-6);
        let power = rates(&params, row[0], NullVariance::Pooled).power_at(10_000.0, row[1]);
        close("power", power, row[6], 1e-9);
        if row[7].is_finite() {
            let lift = row[1] / row[0] - 1.0;
            let n = means(&params, 1.0, MeanTest::Student).contacts_in_control(lift);
            close("t", n.expect("a number"), row[7], 1e-6);
        }
    }
}

#[test]
fn means_agree_with_statsmodels() {
    for row in rows("means").iter().map(|row| numbers(row)) {
        let params =
            params(row[1], row[2], row[3]).sides(sides(row[4])).finding(Finding::EitherWay);
        let (t, z) =
            (means(&params, 1.0, MeanTest::Student), means(&params, 1.0, MeanTest::Normal));
        // Its search for the number stops at seven digits.
        close("t", t.contacts_in_control(row[0]).expect("a number"), row[5], 3e-7);
        close("z", z.contacts_in_control(row[0]).expect("a number"), row[6], 3e-7);
        close("power t", t.power_at(50.0, row[0]), row[7], 1e-9);
        close("power z", z.power_at(5000.0, row[0]), row[8], 1e-9);
        // Its search for the effect stops early: 0.056030 has a power of 0.79997 there, not of 0.8.
        close("effect z", z.smallest_difference(5000.0).expect("an effect"), row[9], 5e-5);
        close("effect t", t.smallest_difference(50.0).expect("an effect"), row[10], 5e-5);
    }
}

#[test]
fn welch_designs_agree_with_tea_tasting() {
    for row in rows("tea").iter().map(|row| numbers(row)) {
        let params =
            params(row[4], row[5], row[7]).sides(sides(row[6])).finding(Finding::EitherWay);
        let test = if row[8] > 0.0 { MeanTest::Welch } else { MeanTest::Normal };
        let design = means(&params, row[1].sqrt(), test);
        let control = row[2] / (1.0 + row[7]);
        close("power", design.power_at(control, row[0] * row[3]), row[9], 1e-8);
        close("effect", design.smallest_difference(control).expect("one"), row[10], 1e-8);
        if row[11].is_finite() {
            let n = design.contacts_in_control(row[0] * row[3]).expect("a number");
            let total = (n * (1.0 + row[7])).ceil();
            assert!((total - row[11]).abs() <= 1.0, "{total} {}", row[11]);
        }
    }
}

#[test]
fn arms_and_allocations_agree_with_spotify() {
    for row in rows("spotify") {
        let shares: Vec<f64> = numbers(row[6].as_array().expect("shares"));
        let row = numbers(&row);
        // Both arms at the baseline's variance, one comparison at the whole alpha.
        let params = DesignParams::new()
            .power(row[2])
            .arms(shares.len())
            .allocation(shares)
            .split(Split::None);
        let design = means(&params, (row[1] * (1.0 - row[1])).sqrt(), MeanTest::Normal);
        let n = design.contacts_in_control(row[0]).expect("a number");
        let total = (n * design.design().sizes().total()).ceil();
        assert!((total - row[5]).abs() <= 1.0, "{total} {}", row[5]);
    }
}

#[test]
fn recipients_still_needed_agree_with_gbstats() {
    let design = DesignParams::new().finding(Finding::EitherWay).check().expect("a design");
    for row in rows("interim") {
        let row = numbers(&row);
        let (nc, nt) = (row[1], row[3]);
        let (pc, pt) = (row[0] / nc, row[2] / nt);
        if pc == 0.0 || row[5].is_nan() || row[5] == 0.0 {
            continue;
        }
        let variance =
            pt * (1.0 - pt) / nt / pc.powi(2) + pt.powi(2) * (pc * (1.0 - pc) / nc) / pc.powi(4);
        let Ok(interim) = Interim::new((nc + nt) as u64, variance) else { continue };
        let remaining = interim.remaining(&design, row[4]);
        close("share", remaining.further_share, row[5], 1e-3);
        close("power", remaining.power_now, row[6], 1e-9);
    }
}

/// Designs of all sorts: alpha, power, ratio, sides, finding.
fn some_designs() -> Vec<DesignParams> {
    let mut all = Vec::new();
    for (alpha, power) in [(0.05, 0.8), (0.01, 0.95), (0.2, 0.4), (1e-6, 0.5)] {
        for ratio in [1.0, 0.2, 7.0] {
            for sides in [Sides::One, Sides::Two] {
                for finding in [Finding::InDirection, Finding::EitherWay] {
                    all.push(params(alpha, power, ratio).sides(sides).finding(finding));
                }
            }
        }
    }
    all
}

#[test]
fn sizes_powers_and_effects_of_rates_invert_each_other() {
    for params in some_designs() {
        let power = params.check().expect("a design").power();
        for null in [NullVariance::Pooled, NullVariance::Unpooled] {
            for baseline in [1e-5, 0.02, 0.5, 0.97] {
                let design = rates(&params, baseline, null);
                for n in [30.0, 4_000.0, 1e7] {
                    for rate in [design.smallest_rise(n), design.smallest_fall(n)] {
                        let Some(rate) = rate else { continue };
                        // The distance to the baseline has lost what a rate cannot hold of it.
                        let lost = 1e-15 * baseline.max(rate) / (rate - baseline).abs();
                        close("power", design.power_at(n, rate), power, 1e-9 + lost);
                        // Where hardly any number changes the power, none can be found again.
                        let slope = design.power_at(1.01 * n, rate) / power - 1.0;
                        if slope > 1e-4 {
                            close("n", design.contacts_in_control(rate), n, 1e-6 + 10.0 * lost);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn sizes_powers_and_effects_of_means_invert_each_other() {
    for params in some_designs() {
        let power = params.check().expect("a design").power();
        for test in [MeanTest::Welch, MeanTest::Student, MeanTest::Normal] {
            let spread = Spread::new(3.0, 5.0).expect("a spread");
            let design = MeanDesign::new(params.check().expect("a design"), spread, test);
            for n in [11.0, 200.0, 1e6] {
                let effect = design.smallest_difference(n).expect("an effect");
                close("power", design.power_at(n, effect), power, 1e-9);
                close("power", design.power_at(n, -effect), power, 1e-9);
                close("n", design.contacts_in_control(effect).expect("one"), n, 1e-7);
            }
        }
    }
}

#[test]
fn sizes_powers_and_lifts_of_ratios_invert_each_other() {
    for params in some_designs() {
        let design = params.check().expect("a design");
        for growth in [Growth::Same, Growth::WithTheLift] {
            let ratios = RatioDesign::new(design.clone(), 0.4, 9.0, growth).expect("a ratio");
            for n in [3_000.0, 1e6] {
                let lifts = [ratios.smallest_rise(n), ratios.smallest_fall(n)];
                for lift in lifts.into_iter().flatten() {
                    close("power", ratios.power_at(n, lift), design.power(), 1e-9);
                    close("n", ratios.contacts_in_control(lift), n, 1e-9);
                }
            }
            assert_eq!(ratios.smallest_rise(1.0), None);
        }
    }
}

#[test]
fn more_comparisons_ask_for_more_recipients() {
    let n = |params: DesignParams| {
        let design = params.check().expect("a design");
        (design.comparisons(), RateDesign::new(design, 0.1, NullVariance::Pooled))
    };
    let (m, two) = n(DesignParams::new());
    let (m_many, many) = n(DesignParams::new().arms(4).segments(6));
    assert_eq!((m, m_many), (1, 18));
    let (two, many) = (two.expect("a rate"), many.expect("a rate"));
    assert!(many.contacts_in_control(0.12) > 1.8 * two.contacts_in_control(0.12));
    close("alpha", many.design().alpha_each(), 0.05 / 18.0, 1e-15);
    let sidak = DesignParams::new().arms(4).split(Split::Sidak).check().expect("a design");
    close("alpha", sidak.alpha_each(), 1.0 - 0.95_f64.powf(1.0 / 3.0), 1e-13);
    // Three treatments and a control of √3: fewer in all than four equal arms.
    let total = |params: DesignParams| {
        let design = rates(&params.arms(4), 0.1, NullVariance::Unpooled);
        design.contacts_in_control(0.12) * design.design().sizes().total()
    };
    let fewest = total(DesignParams::new().allocation(ArmSizes::fewest(4)));
    assert!(fewest < total(DesignParams::new()));
    assert!(fewest < total(DesignParams::new().allocation([3.0, 1.0, 1.0, 1.0])));
}

#[test]
fn the_noncentral_t_holds_at_its_ends() {
    let above = super::noncentral_t::above;
    // Sums of many thousand steps over √(χ²/df) or its logarithm.
    close("by hand", above(2.2, 10.6, 2.8), 0.722_693_834_013_327_3, 1e-11);
    close("by hand", above(4.3, 2.5, 4.0), 0.544_695_143_067_012_5, 1e-11);
    close("by hand", above(12.0, 3.0, 9.0), 0.361_741_474_012_663_04, 1e-11);
    close("by hand", above(2.0, 398.0, 2.8), 0.787_927_918_969_713, 1e-11);
    // Both ways of counting, where one hands over to the other.
    for (t, df) in [(90.0, 9.0_f64), (45.0, 2.0), (250.0, 70.0)] {
        let edge = 30.0 * df.sqrt();
        let (near, far) = (above(t, df, edge * (1.0 - 1e-12)), above(t, df, edge * (1.0 + 1e-12)));
        close("handed over", far, near, 1e-9);
    }
    assert_eq!((above(9.0, 3.0, f64::INFINITY), above(9.0, 3.0, f64::NEG_INFINITY)), (1.0, 0.0));
    close("afar", above(-1e9, 3.0, -1e9) + above(1e9, 3.0, 1e9), 1.0, 1e-12);
    // In closed form at two degrees of freedom; nearly normal at a billion.
    close("central", above(2.0, 2.0, 0.0), 0.5 - 2.0 / (2.0 * 6.0_f64.sqrt()), 1e-13);
    close("normal", above(1.96, 1e9, 2.8), above(1.96, f64::INFINITY, 2.8), 1e-8);
    // P(T > 0) = Φ(shift) whatever the degrees of freedom.
    for df in [2.0, 2.5, 40.0, 1e5, 1e9] {
        close("at zero", above(0.0, df, 1.5), 0.933_192_798_731_141_9, 1e-13);
        let both = above(3.0, df, 2.0) + above(-3.0, df, -2.0);
        close("mirrored", both, 1.0, 1e-13);
        assert!(above(3.0, df, 4e3) > 1.0 - 1e-9 && above(3.0, df, -4e3) < 1e-9);
    }
}

#[test]
fn impossible_designs_are_refused_with_what_to_do() {
    let bad = [
        DesignParams::new().alpha(0.0),
        DesignParams::new().power(1.0),
        DesignParams::new().power(0.04),
        DesignParams::new().alpha(f64::NAN),
        DesignParams::new().arms(1),
        DesignParams::new().segments(0),
        DesignParams::new().arms(3).allocation([1.0, 1.0]),
        DesignParams::new().allocation([1.0, 0.0]),
    ];
    for params in bad {
        let error = params.check().expect_err("a bad design");
        assert!(error.hint_text().is_some(), "{error}");
    }
    let design = DesignParams::new().check().expect("a design");
    let rates = |p| RateDesign::new(design.clone(), p, NullVariance::Pooled);
    assert!(rates(0.0).is_err() && rates(21.0).is_err());
    let rates = rates(0.6).expect("a rate");
    assert!(rates.rate_at(0.7).is_err() && rates.rate_at(0.0).is_err());
    assert_eq!((rates.smallest_rise(2.0), rates.smallest_fall(f64::NAN)), (None, None));
    assert!(Spread::new(1.0, 0.0).is_err());
    let means =
        MeanDesign::new(design.clone(), Spread::new(1.0, 1.0).expect("one"), MeanTest::Welch);
    assert_eq!((means.contacts_in_control(0.0), means.smallest_difference(1.0)), (None, None));
    // So large a difference that two in each arm are enough.
    assert_eq!(means.contacts_in_control(1e6), Some(2.0));
    assert!(RatioDesign::new(design, 0.0, 1.0, Growth::Same).is_err());
    assert!(Interim::new(0, 1.0).is_err() && Interim::new(5, 0.0).is_err());
}

#[test]
fn the_variance_of_a_ratio_is_that_of_its_parts() {
    // y = 2 z in every recipient: the ratio does not vary.
    close("none", 1.0 + ratio_unit_variance((4.0, 2.0), (12.0, 3.0), 6.0), 1.0, 1e-15);
    // z = 1 in every recipient: the ratio is a mean.
    close("a mean", ratio_unit_variance((4.0, 1.0), (12.0, 0.0), 0.0), 12.0, 1e-15);
}
