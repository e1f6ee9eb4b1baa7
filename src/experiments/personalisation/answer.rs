//! The answer in plain words.

use super::super::spec::MetricKind;
use super::super::words;
use super::result::Personalisation;

/// One sentence: what an arm for each segment would bring, how certain that is, and whether to do
/// it.
pub(super) fn answer(result: &Personalisation) -> String {
    let (best, metric) = (&result.best_for_all, &result.metric);
    if result.segments.len() < 2 {
        return format!("With one segment there is nothing to personalise: `{best}` did best.");
    }
    if result.effective_n == 0.0 && result.is_personal() {
        return format!(
            "Whether an arm for each segment brings more {metric} than sending `{best}` to \
             everybody cannot be said: segments differ only once all recipients are taken together."
        );
    }
    if result.effective_n == 0.0 {
        return format!(
            "No segment's own arm promises more {metric} than sending `{best}` to everybody: \
             nothing to gain from an arm for each segment."
        );
    }
    let gain = &result.gain;
    let level = words::trimmed(gain.level * 100.0);
    let interval = words::interval(gain, result.kind);
    let per_thousand = words::signed(gain.point * 1000.0);
    format!(
        "Sending each segment its own arm would bring {} ({level}% interval {interval}; \
         {per_thousand} per 1,000 recipients) over sending `{best}` to everybody: {}.",
        change(result),
        verdict(result)
    )
}

fn change(result: &Personalisation) -> String {
    let (gain, metric) = (words::change(result.gain.point, result.kind), &result.metric);
    match result.kind {
        MetricKind::Proportion => format!("{gain} {metric}"),
        MetricKind::Mean => format!("{gain} {metric} per recipient"),
    }
}

fn verdict(result: &Personalisation) -> String {
    if result.gain.low.is_nan() || result.gain.low <= 0.0 {
        return "not shown to be worth it".to_owned();
    }
    if result.effective_n < Personalisation::FEWEST {
        return format!(
            "not recommended, because only {:.0} recipients decide it and at least {} are asked for",
            result.effective_n,
            Personalisation::FEWEST
        );
    }
    if !result.is_personal() {
        return "not recommended, because everybody's data choose one arm for all segments"
            .to_owned();
    }
    "worth it".to_owned()
}
