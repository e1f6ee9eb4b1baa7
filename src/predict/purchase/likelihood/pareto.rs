//! The log-likelihood of Pareto/NBD in ln r, ln α, ln s, ln β.

use super::super::super::maximum::{Curve, Objective, sum_rows};
use super::super::history::Weighted;
use super::super::pareto::Pareto;
use crate::numeric::rising::Rising;

/// Histories under Pareto/NBD.
pub struct ParetoLikelihood<'a> {
    rows: &'a [Weighted],
    /// Contacts by number of repeats.
    by_repeats: Vec<f64>,
    contacts: f64,
}

impl<'a> ParetoLikelihood<'a> {
    pub fn new(rows: &'a [Weighted]) -> Self {
        let most = rows.iter().map(|row| row.history.repeats).max().unwrap_or(0) as usize;
        let mut by_repeats = vec![0.0; most + 1];
        for row in rows {
            by_repeats[row.history.repeats as usize] += row.contacts;
        }
        ParetoLikelihood { rows, contacts: by_repeats.iter().sum(), by_repeats }
    }
}

impl Objective<4> for ParetoLikelihood<'_> {
    fn curve(&self, logs: &[f64; 4]) -> Curve<4> {
        let theta @ [r, alpha, s, beta] = logs.map(f64::exp);
        let model = Pareto { r, alpha, s, beta };
        let mut sum: Curve<4> = sum_rows(self.rows, |row, sum| {
            let h = &row.history;
            sum.add(&model.log_idle(h.repeats, h.age_at_last, h.age), row.contacts);
        });
        let rate = Rising::new(r, self.by_repeats.len() - 1);
        for (x, contacts) in self.by_repeats.iter().enumerate() {
            sum.value += contacts * rate.log(x);
            sum.gradient[0] += contacts * rate.first(x);
            sum.hessian[0][0] += contacts * rate.second(x);
        }
        let n = self.contacts;
        sum.value += n * (r * logs[1] + s * logs[3]);
        let gradient = [logs[1], r / alpha, logs[3], s / beta];
        sum.gradient.iter_mut().zip(gradient).for_each(|(slope, own)| *slope += n * own);
        for (i, j, own) in [
            (0, 1, 1.0 / alpha),
            (1, 0, 1.0 / alpha),
            (1, 1, -r / (alpha * alpha)),
            (2, 3, 1.0 / beta),
            (3, 2, 1.0 / beta),
            (3, 3, -s / (beta * beta)),
        ] {
            sum.hessian[i][j] += n * own;
        }
        sum.in_logs(&theta)
    }

    fn weight(&self) -> f64 {
        self.contacts
    }
}
