//! The exact test of a division into several shares.

use statrs::function::gamma::ln_gamma;

/// The most divisions that are counted out.
const MOST: f64 = 600_000.0;

/// The chance, under the planned shares, of a division as unlikely as `counts` or more so. `None` where
/// more than 600,000 divisions would have to be counted out. Linear in their number.
pub(in super::super) fn multinomial(counts: &[u64], shares: &[f64]) -> Option<f64> {
    let n: u64 = counts.iter().sum();
    let arms = counts.len();
    // Divisions of n into k: (n + k - 1) over (k - 1).
    let ways = (1..arms).fold(1.0, |ways, j| ways * (n as f64 + j as f64) / j as f64);
    if arms < 2 || ways > MOST {
        return None;
    }
    let ln_factorials: Vec<f64> = (0..=n).map(|k| ln_gamma(k as f64 + 1.0)).collect();
    let ln_shares: Vec<f64> = shares.iter().map(|share| share.ln()).collect();
    let term = |arm: usize, k: u64| k as f64 * ln_shares[arm] - ln_factorials[k as usize];
    let own: f64 = counts.iter().enumerate().map(|(arm, k)| term(arm, *k)).sum();
    // Divisions that are equally unlikely but for rounding belong to the tail.
    let limit = own + 1e-7;
    let whole = ln_factorials[n as usize];
    let mut p = 0.0;
    each_division(arms, n, &term, &mut |ln| {
        if ln <= limit {
            p += (ln + whole).exp();
        }
    });
    Some(f64::min(p, 1.0))
}

/// Calls `tell` with the sum of the terms of every division of `n` among the first `arms`.
fn each_division(
    arms: usize,
    n: u64,
    term: &impl Fn(usize, u64) -> f64,
    tell: &mut impl FnMut(f64),
) {
    // A stack of (arms left, rows left, sum so far), the last arm taking what is left.
    let mut open = vec![(arms, n, 0.0)];
    while let Some((arms, left, sum)) = open.pop() {
        match arms {
            1 => tell(sum + term(0, left)),
            _ => open.extend((0..=left).map(|k| (arms - 1, left - k, sum + term(arms - 1, k)))),
        }
    }
}
