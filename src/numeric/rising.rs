//! Rising factorials (p)₀ = 1, (p)ₙ = p·(p+1)·…·(p+n−1) as logarithms.
//!
//! Sums of logarithms instead of differences of log-gamma functions: nothing cancels, however large p
//! or n, and all n up to the largest cost one pass.

/// ln (p)ₙ and its first two derivatives in p, for n = 0, 1, 2, … up to a largest.
#[derive(Debug, Clone)]
pub struct Rising {
    log: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Rising {
    /// All n up to and with `most`. Cost: one logarithm each.
    pub fn new(p: f64, most: usize) -> Self {
        let mut table = Rising { log: vec![0.0], first: vec![0.0], second: vec![0.0] };
        let (mut log, mut first, mut second) = (0.0, 0.0, 0.0);
        for j in 0..most {
            let at = p + j as f64;
            log += at.ln();
            first += 1.0 / at;
            second -= 1.0 / (at * at);
            table.log.push(log);
            table.first.push(first);
            table.second.push(second);
        }
        table
    }

    pub fn log(&self, n: usize) -> f64 {
        self.log[n]
    }

    /// ∂ ln (p)ₙ / ∂p.
    pub fn first(&self, n: usize) -> f64 {
        self.first[n]
    }

    /// ∂² ln (p)ₙ / ∂p².
    pub fn second(&self, n: usize) -> f64 {
        self.second[n]
    }
}

/// ln (p)ₙ for one n.
pub fn log_rising(p: f64, n: u32) -> f64 {
    (0..n).map(|j| (p + f64::from(j)).ln()).sum()
}

/// ln of (b)ₙ/(a+b)ₙ, the probability that a coin with a Beta(a, b) chance of ending it survives n
/// tosses.
pub fn log_survival(a: f64, b: f64, n: u32) -> f64 {
    (0..n).map(|j| (-a / (a + b + f64::from(j))).ln_1p()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_gamma_function() {
        let table = Rising::new(0.3, 40);
        for n in [0usize, 1, 7, 40] {
            let gamma = statrs::function::gamma::ln_gamma(0.3 + n as f64)
                - statrs::function::gamma::ln_gamma(0.3);
            assert!((table.log(n) - gamma).abs() < 1e-12, "{n}");
            assert!((log_rising(0.3, n as u32) - gamma).abs() < 1e-12);
        }
    }

    #[test]
    fn derivatives_agree_with_differences() {
        let h = 1e-5;
        let (low, high) = (Rising::new(0.7 - h, 9), Rising::new(0.7 + h, 9));
        let table = Rising::new(0.7, 9);
        let slope = (high.log(9) - low.log(9)) / (2.0 * h);
        assert!((table.first(9) - slope).abs() < 1e-8);
        let slope = (high.first(9) - low.first(9)) / (2.0 * h);
        assert!((table.second(9) - slope).abs() < 1e-6);
    }

    #[test]
    fn survival_is_a_product_worked_by_hand() {
        // b/(a+b) · (b+1)/(a+b+1) with a = 1, b = 2: 2/3 · 3/4.
        assert!((log_survival(1.0, 2.0, 2).exp() - 0.5).abs() < 1e-15);
    }
}
