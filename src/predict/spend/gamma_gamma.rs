//! The gamma-gamma model of the value of an order (Fader, Hardie & Lee 2005; Fader & Hardie 2013, note
//! 25): values vary around a contact's mean like Gamma(p, ν), and ν over contacts like Gamma(q, v).

use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::ln_gamma;

/// The repeat orders of one contact: the first is left out, as in the purchase models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spending {
    pub repeats: u32,
    /// Mean value of a day with orders, in major units; above 0 where there are repeats.
    pub mean_value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GammaGamma {
    pub p: f64,
    /// Above 1: with less, the mean value over contacts would be infinite.
    pub q: f64,
    /// In the unit of money.
    pub v: f64,
}

impl GammaGamma {
    /// E[value of an order] over all contacts.
    pub fn mean(&self) -> f64 {
        self.p * self.v / (self.q - 1.0)
    }

    /// E[value of an order] of one contact: between the contact's own mean and everybody's.
    pub fn expected_value(&self, spending: &Spending) -> f64 {
        let (shape, scale) = self.posterior(spending);
        self.p * scale / (shape - 1.0)
    }

    /// Of ν: shape px+q and rate v+xm.
    fn posterior(&self, spending: &Spending) -> (f64, f64) {
        let x = f64::from(spending.repeats);
        (self.p * x + self.q, self.v + x * spending.mean_value)
    }

    /// P(the sum of `orders` orders is at most `sum`), of one contact: a beta prime distribution.
    pub fn p_at_most(&self, spending: &Spending, orders: f64, sum: f64) -> f64 {
        if sum <= 0.0 {
            return 0.0;
        }
        let (shape, scale) = self.posterior(spending);
        let share = sum / (sum + scale);
        checked_beta_reg(self.p * orders, shape, share).unwrap_or(f64::NAN)
    }

    /// Log-likelihood of a mean value; 0 without repeats.
    pub fn log_likelihood(&self, spending: &Spending) -> f64 {
        let Spending { repeats, mean_value: m } = *spending;
        if repeats == 0 {
            return 0.0;
        }
        let x = f64::from(repeats);
        let (shape, scale) = self.posterior(spending);
        let px = self.p * x;
        ln_gamma(shape) - ln_gamma(px) - ln_gamma(self.q)
            + self.q * self.v.ln()
            + (px - 1.0) * m.ln()
            + px * x.ln()
            - shape * scale.ln()
    }
}
