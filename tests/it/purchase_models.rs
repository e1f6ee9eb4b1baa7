//! The purchase models against reference numbers.
//!
//! `tests/data/purchase_models.json`: log-likelihoods, P(alive) and expected orders at 380 points of stress
//! (a = 1, s = 1, 5,000 purchases, α and β far apart), computed with 50 digits from the closed forms; points
//! on ordinary histories, with counts by lifetimes 0.11.3; quantiles of the time to the next order;
//! discounted orders; customer lifetime values by lifetimes.

use std::collections::BTreeMap;

use microseg::predict::purchase::{Geometric, History, ModelKind, Pareto, PurchaseModel};
use microseg::predict::scores::{next_order, order_count, value};
use microseg::predict::spend::{GammaGamma, Spending};
use serde_json::Value;

fn truth() -> Value {
    serde_json::from_str(include_str!("../data/purchase_models.json")).unwrap()
}

fn history(x: f64, age_at_last: f64, age: f64) -> History {
    History { repeats: x as u32, age_at_last, age, log_gaps: 0.0 }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn geometric([r, alpha, a, b]: [f64; 4], may_drop_at_first: bool) -> PurchaseModel {
    PurchaseModel::Geometric(Geometric { r, alpha, a, b, k: 1, may_drop_at_first })
}

fn model(name: &str, p: [f64; 4]) -> PurchaseModel {
    match name {
        "bgnbd" => geometric(p, false),
        "mbgnbd" => geometric(p, true),
        "paretonbd" => PurchaseModel::Pareto(Pareto { r: p[0], alpha: p[1], s: p[2], beta: p[3] }),
        other => panic!("{other}"),
    }
}

/// Asserts that two numbers agree to `relative`; where the truth is a subnormal number, to its last bit.
fn close(found: f64, truth: &Value, relative: f64, what: &str) {
    assert!(found.is_finite(), "{what}: {found}");
    // A point where the formula of the truth divides by zero.
    let Some(truth) = truth.as_f64() else { return };
    let error = (found - truth).abs();
    let last_bit = 4.0 * f64::from_bits(1);
    assert!(error <= relative * truth.abs() + last_bit, "{what}: {found} for {truth}");
}

#[test]
fn nothing_cancels_at_the_edges() {
    let truth = truth();
    for row in truth["rows"].as_array().unwrap() {
        let (name, set) = (row[0].as_str().unwrap(), row[1].as_str().unwrap());
        let group = if name == "paretonbd" { "pn" } else { "bg" };
        let set = &truth["parameters"][format!("{group}/{set}")];
        let model = model(name, std::array::from_fn(|i| number(&set[i])));
        let history = history(number(&row[2]), number(&row[3]), number(&row[4]));
        let what = format!("{row}");
        close(model.log_likelihood(&history), &row[6], 1e-9, &what);
        close(model.p_alive(&history), &row[7], 1e-9, &what);
        close(model.expected_orders(&history, number(&row[5])), &row[8], 1e-9, &what);
        let p = model.p_no_order(&history, number(&row[5]));
        assert!((0.0..=1.0).contains(&p), "{what}: {p}");
    }
}

#[test]
fn ordinary_histories_agree_with_closed_forms_and_with_lifetimes() {
    let truth = truth();
    let points = &truth["points"];
    let histories: Vec<History> = points["histories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| history(number(&h[0]), number(&h[1]), number(&h[2])))
        .collect();
    let times: Vec<f64> = points["times"].as_array().unwrap().iter().map(number).collect();
    for (name, m) in points["models"].as_object().unwrap() {
        let kind = name.split('/').next().unwrap();
        let names = if kind == "paretonbd" {
            ["r", "alpha", "s", "beta"]
        } else {
            ["r", "alpha", "a", "b"]
        };
        let model = model(kind, names.map(|n| number(&m["parameters"][n])));
        for (i, h) in histories.iter().enumerate() {
            close(model.log_likelihood(h), &m["ll"][i], 1e-12, name);
            close(model.p_alive(h), &m["p_alive"][i], 1e-12, name);
            for (j, t) in times.iter().enumerate() {
                close(model.expected_orders(h, *t), &m["cet"][i][j], 1e-11, name);
                if let Some(p) = m.get("p_no_purchase") {
                    close(model.p_no_order(h, *t), &p[i][j], 1e-10, name);
                }
                if let PurchaseModel::Pareto(pareto) = &model {
                    close(pareto.p_alive_after(h, *t), &m["p_alive_future"][i][j], 1e-11, name);
                }
            }
            if let Some(counts) = m.get("cond_pmf_t13_n0_5") {
                for (n, p) in model.order_counts(h, 13.0, 5).into_iter().enumerate() {
                    // Where the reference cancels, it keeps six digits.
                    close(p, &counts[i][n], 1e-6, name);
                }
            }
        }
        for (j, t) in times.iter().enumerate() {
            close(model.expected_orders_of_new(*t), &m["expected"][j], 1e-12, name);
        }
    }
}

#[test]
fn expected_orders_are_the_mean_of_the_counts() {
    let truth = truth();
    for (name, p) in [
        ("bgnbd", [0.243, 4.414, 0.793, 2.426]),
        ("mbgnbd", [0.525, 6.183, 0.891, 1.614]),
        ("paretonbd", [0.553, 10.578, 0.606, 11.669]),
    ] {
        let model = model(name, p);
        for h in truth["points"]["histories"].as_array().unwrap() {
            let h = history(number(&h[0]), number(&h[1]), number(&h[2]));
            let counts = order_count::distribution(&model, &h, 13.0, 1e-12);
            let mean: f64 = counts.iter().enumerate().map(|(n, p)| n as f64 * p).sum();
            let expected = model.expected_orders(&h, 13.0);
            assert!(
                (mean - expected).abs() < 1e-8 * (1.0 + expected),
                "{name} {h:?}: {mean} {expected}"
            );
            assert!((counts.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}

#[test]
fn the_next_order_has_the_quantiles_of_the_reference() {
    let truth = truth();
    let p = &truth["next_order"]["parameters"];
    let model = geometric(["r", "alpha", "a", "b"].map(|n| number(&p[n])), false);
    for row in truth["next_order"]["rows"].as_array().unwrap() {
        let h = history(number(&row["x"]), number(&row["tx"]), number(&row["T"]));
        for (name, share) in
            [("q10", 0.1), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q90", 0.9)]
        {
            let found = next_order::quantile_if_alive(&model, &h, share);
            close(found, &row["given_alive"][name], 1e-12, name);
        }
        let unconditional = next_order::quantile(&model, &h, 0.5);
        match row["unconditional_median"].as_f64() {
            Some(median) => assert!((unconditional / median - 1.0).abs() < 1e-12),
            None => assert!(unconditional.is_infinite()),
        }
        for (t, p) in row["p_no_order"].as_object().unwrap() {
            close(model.p_no_order(&h, t.parse().unwrap()), p, 1e-12, t);
        }
        let within = &row["given_order_within_52"];
        close(
            next_order::quantile_within(&model, &h, 52.0, 0.5),
            &within["median"],
            1e-12,
            "median",
        );
        close(next_order::mean_within(&model, &h, 52.0), &within["mean"], 1e-10, "mean");
    }
}

#[test]
fn limits_and_discounted_orders_agree_with_the_reference() {
    let truth = truth();
    for (h, (x, last)) in [
        ("(2, 30.43, 38.86)", (2.0, 30.43)),
        ("(7, 29.43, 38.86)", (7.0, 29.43)),
        ("(0, 0, 38.86)", (0.0, 0.0)),
    ] {
        let (limits, h) = (&truth["limits_t39"][h], history(x, last, 38.86));
        let at_one = [0.243, 4.414, 1.0, 2.426];
        close(
            geometric(at_one, false).expected_orders(&h, 39.0),
            &limits["bgnbd_a1"],
            1e-12,
            "a = 1",
        );
        close(
            geometric(at_one, true).expected_orders(&h, 39.0),
            &limits["mbgnbd_a1"],
            1e-12,
            "a = 1",
        );
        let pareto = model("paretonbd", [0.553, 10.578, 1.0, 11.669]);
        close(pareto.expected_orders(&h, 39.0), &limits["paretonbd_s1"], 1e-12, "s = 1");
    }
    for row in truth["discounted"].as_array().unwrap() {
        let h = history(number(&row["x"]), number(&row["tx"]), number(&row["T"]));
        let rate = number(&row["delta"]);
        let bg = geometric([0.243, 4.414, 0.793, 2.426], false);
        close(bg.discounted_orders(&h, rate), &row["bgnbd_cdnow"], 1e-9, "BG/NBD");
        let pareto = model("paretonbd", [0.553, 10.578, 0.606, 11.669]);
        close(pareto.discounted_orders(&h, rate), &row["paretonbd_cdnow"], 1e-9, "Pareto/NBD");
    }
}

#[test]
fn lifetime_values_by_month_agree_with_lifetimes() {
    let truth = &truth()["value"];
    let p = ["r", "alpha", "a", "b"].map(|n| number(&truth["purchase"][n]));
    let spend = &truth["spend"];
    let spend =
        GammaGamma { p: number(&spend["p"]), q: number(&spend["q"]), v: number(&spend["v"]) };
    let by_unit: BTreeMap<&str, (f64, f64)> =
        BTreeMap::from([("W", (1.0, 4.345)), ("D", (7.0, 30.0))]);
    for (i, row) in truth["summaries"].as_array().unwrap().iter().enumerate() {
        let [x, last, age, mean] = std::array::from_fn(|j| number(&row[j]));
        let value = spend.expected_value(&Spending { repeats: x as u32, mean_value: mean });
        close(value, &truth["expected_value"][i], 1e-12, "expected value");
        for (name, values) in truth["clv"].as_object().unwrap() {
            let parts: Vec<&str> = name.split('_').collect();
            let Some(&(scale, month)) = by_unit.get(parts[0]) else { continue };
            let rate: f64 = parts[1].strip_prefix("disc").unwrap().parse().unwrap();
            let months: u32 = parts[2].strip_prefix("months").unwrap().parse().unwrap();
            let model = geometric([p[0], p[1] * scale, p[2], p[3]], false);
            let h = history(x, last * scale, age * scale);
            let found = value::monthly_value(&model, &h, value, months, month, rate);
            close(found, &values[i], 1e-10, name);
        }
    }
}

#[test]
fn every_model_has_a_name_that_finds_it() {
    for kind in ModelKind::ALL {
        assert_eq!(ModelKind::named(kind.word()).unwrap(), kind);
    }
    let error = ModelKind::named("mbg-nbt").unwrap_err();
    assert_eq!(error.hint_text(), Some("did you mean `mbg-nbd`?"));
}
