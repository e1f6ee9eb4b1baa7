//! Adjusted p-values for a family of tests.

use std::fmt;

use serde::Serialize;

/// A way to adjust p-values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjustment {
    Bonferroni,
    Sidak,
    Holm,
    Hochberg,
    Hommel,
    BenjaminiHochberg,
    BenjaminiYekutieli,
}

impl Adjustment {
    /// The adjusted p-values of one family.
    pub fn of(self, p: &[f64]) -> Adjusted {
        match self {
            Adjustment::Bonferroni => bonferroni(p),
            Adjustment::Sidak => sidak(p),
            Adjustment::Holm => holm(p),
            Adjustment::Hochberg => hochberg(p),
            Adjustment::Hommel => hommel(p),
            Adjustment::BenjaminiHochberg => benjamini_hochberg(p),
            Adjustment::BenjaminiYekutieli => benjamini_yekutieli(p),
        }
    }

    /// True for those that hold the expected share of false findings among the findings, false for those
    /// that hold the chance of any.
    pub fn holds_discovery_rate(self) -> bool {
        matches!(self, Adjustment::BenjaminiHochberg | Adjustment::BenjaminiYekutieli)
    }
}

impl fmt::Display for Adjustment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Adjustment::Bonferroni => "bonferroni",
            Adjustment::Sidak => "sidak",
            Adjustment::Holm => "holm",
            Adjustment::Hochberg => "hochberg",
            Adjustment::Hommel => "hommel",
            Adjustment::BenjaminiHochberg => "benjamini-hochberg",
            Adjustment::BenjaminiYekutieli => "benjamini-yekutieli",
        })
    }
}

/// The adjusted p-values of one family.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Adjusted {
    /// In the order of the input; NaN where there was no p-value.
    pub p: Vec<f64>,
    /// How many p-values the family holds: the m of the correction.
    pub tested: usize,
    /// How many inputs were not probabilities (NaN, below 0, above 1) and are not in the family.
    pub excluded: usize,
}

/// Holm's step-down adjustment (Holm 1979, *Scand. J. Statist.* 6, 65-70), which holds the chance
/// of any false finding under any dependence: maxⱼ≤ᵢ min(1, (m - j + 1) p₍ⱼ₎). Equal p-values get
/// equal results, whatever their order. Sorts: O(m log m).
pub fn holm(p: &[f64]) -> Adjusted {
    adjusted(p, |sorted| {
        let m = sorted.len();
        let mut largest = 0.0_f64;
        for (rank, p) in sorted.iter_mut().enumerate() {
            largest = largest.max((m - rank) as f64 * *p).min(1.0);
            *p = largest;
        }
    })
}

/// Benjamini and Hochberg's adjustment (1995, *JRSS B* 57, 289-300), which holds the expected
/// share of false findings among the findings: minⱼ≥ᵢ min(1, m p₍ⱼ₎ / j). O(m log m).
pub fn benjamini_hochberg(p: &[f64]) -> Adjusted {
    adjusted(p, |sorted| {
        let m = sorted.len() as f64;
        let mut smallest = 1.0_f64;
        for (rank, p) in sorted.iter_mut().enumerate().rev() {
            smallest = smallest.min(m * *p / (rank + 1) as f64);
            *p = smallest;
        }
    })
}

/// Bonferroni's adjustment: min(1, m p).
pub fn bonferroni(p: &[f64]) -> Adjusted {
    adjusted(p, |sorted| {
        let m = sorted.len() as f64;
        sorted.iter_mut().for_each(|p| *p = (m * *p).min(1.0));
    })
}

/// Šidák's adjustment (1967, *JASA* 62, 626-633): 1 - (1 - p)^m, exact for independent tests.
pub fn sidak(p: &[f64]) -> Adjusted {
    adjusted(p, |sorted| {
        let m = sorted.len() as f64;
        sorted.iter_mut().for_each(|p| *p = -(m * (-*p).ln_1p()).exp_m1());
    })
}

/// Hochberg's step-up adjustment (1988, *Biometrika* 75, 800-802): minⱼ≥ᵢ min(1, (m - j + 1) p₍ⱼ₎). Holds
/// the chance of any false finding for independent and many positively dependent tests. O(m log m).
pub fn hochberg(p: &[f64]) -> Adjusted {
    adjusted(p, |sorted| {
        let m = sorted.len();
        let mut smallest = 1.0_f64;
        for (rank, p) in sorted.iter_mut().enumerate().rev() {
            smallest = smallest.min((m - rank) as f64 * *p);
            *p = smallest;
        }
    })
}

/// Hommel's adjustment (1988, *Biometrika* 75, 383-386), in Wright's algorithm (1992, *Biometrics* 48,
/// 1005-1013): closed testing with Simes' test. At least Hochberg's findings, on the same terms. O(m²).
pub fn hommel(p: &[f64]) -> Adjusted {
    adjusted(p, |sorted| {
        let n = sorted.len();
        let simes = |part: &[f64], m: usize, from: usize| {
            let ranked = part.iter().enumerate().map(|(i, p)| m as f64 * p / (from + i) as f64);
            ranked.fold(f64::INFINITY, f64::min)
        };
        let mut best = vec![simes(sorted, n, 1); n];
        for m in (2..n).rev() {
            let (first, last) = sorted.split_at(n - m + 1);
            let least = simes(last, m, 2);
            let reach = |p: f64| least.min(m as f64 * p);
            let rest = reach(sorted[n - m]);
            for (i, best) in best.iter_mut().enumerate() {
                *best = best.max(first.get(i).map_or(rest, |p| reach(*p)));
            }
        }
        for (p, best) in sorted.iter_mut().zip(best) {
            *p = p.max(best).min(1.0);
        }
    })
}

/// Benjamini and Yekutieli's adjustment (2001, *Annals of Statistics* 29, 1165-1188): Benjamini and
/// Hochberg's times Σ 1/j, which holds under any dependence.
pub fn benjamini_yekutieli(p: &[f64]) -> Adjusted {
    adjusted(p, |sorted| {
        let m = sorted.len();
        let harmonic: f64 = (1..=m).map(|j| 1.0 / j as f64).sum();
        let mut smallest = 1.0_f64;
        for (rank, p) in sorted.iter_mut().enumerate().rev() {
            smallest = smallest.min(harmonic * m as f64 * *p / (rank + 1) as f64);
            *p = smallest;
        }
    })
}

/// Hands the sorted probabilities to `adjust`, and puts the results back in the given order.
fn adjusted(p: &[f64], adjust: impl FnOnce(&mut [f64])) -> Adjusted {
    let mut order: Vec<usize> = (0..p.len()).filter(|i| (0.0..=1.0).contains(&p[*i])).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut sorted: Vec<f64> = order.iter().map(|i| p[*i]).collect();
    adjust(&mut sorted);
    let mut result = vec![f64::NAN; p.len()];
    for (i, value) in order.iter().zip(sorted) {
        result[*i] = value;
    }
    Adjusted { p: result, tested: order.len(), excluded: p.len() - order.len() }
}
