//! Which method each number comes from.

use crate::experiments::{Family, Reading, Readout};

use super::super::number;
use super::section::ReadoutContext;

pub(super) fn method(readout: &Readout, context: &ReadoutContext<'_>) -> String {
    let check = &readout.sample_ratio;
    let others = std::iter::once(&readout.family).chain(readout.segments.iter().map(|s| &s.family));
    let others: Vec<String> = others.filter(|f| f.tested + f.left_out > 0).map(family).collect();
    let others = match others.is_empty() {
        true => String::new(),
        false => {
            format!(" Other metrics, by Holm in families of their own: {}.", others.join("; "))
        }
    };
    let mut text = format!(
        "Sample ratio: {} = {}, {} degrees of freedom, {}. Rates: Miettinen-Nurminen score test and \
         intervals (1985), the statistic shown is the pooled z; means: Welch's t, relative lift by \
         Fieller. Decisions: {} holds the chance of any false winner or loser at {} over one family: {}.{others}",
        check.method,
        number::decimal(check.chi_squared, 4),
        check.df,
        number::p_value(check.p),
        readout.decision_family.method,
        number::percent(readout.alpha, 2),
        family(&readout.decision_family),
    );
    if !readout.segments.is_empty() {
        text.push_str(
            " Effects of segments are drawn towards their mean by empirical Bayes, with the robust intervals of \
             Armstrong, Kolesár and Plagborg-Møller (2022).",
        );
    }
    if readout.bayes.is_some() {
        text.push_str(" Probabilities of being best and expected losses: exact Beta-Binomial.");
    }
    if let Reading::AnyTime { tuning_n } = readout.reading {
        text.push_str(&format!(
            " Recipients come in while it runs, so p-values are always valid (normal mixture, tuned to {} \
             recipients) and may be read at any time; the intervals shown are those of a single look.",
            number::count(tuning_n as u64)
        ));
    }
    for fact in &context.facts {
        text.push(' ');
        text.push_str(fact);
    }
    text
}

fn family(family: &Family) -> String {
    format!("{} ({} tested, {} left out)", family.holds, family.tested, family.left_out)
}
