//! How soon after a mail the shop's contacts open it, all of them together.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Float64Type;

use super::families::matched_open_delays_us;
use super::{Family, FeatureFamily, FeatureSpec, Missing, Moments, Needs, Places, Timeline, Unit};

/// Hours after a mail's arrival that are told apart. Nine of ten opens come within three days.
const HOURS: usize = 72;

const HOUR_US: i64 = 3_600_000_000;

/// Columns of a measured row before the numbers.
const BEFORE_NUMBERS: usize = 2;

/// Counts of first human opens of the last year by whole hours after the mail's arrival.
pub struct OpenDelays;

impl FeatureFamily for OpenDelays {
    fn specs(&self) -> Vec<FeatureSpec> {
        let one = |hour: usize| {
            FeatureSpec::new(Family::Email, format!("opens_after_{hour}_h"), Unit::Count)
                .formula(Missing::Zero, "")
        };
        (0..HOURS).map(one).collect()
    }

    fn needs(&self) -> Needs {
        Needs { events: true, campaign: true, machine: true, ..Needs::default() }
    }

    fn measure(&self, timeline: &Timeline<'_>, moments: &Moments<'_>, places: &mut Places<'_>) {
        places.numbers.fill(0.0);
        let year = moments.from(365);
        for delay_us in matched_open_delays_us(timeline, moments, year) {
            if let Some(count) = places.numbers.get_mut((delay_us / HOUR_US) as usize) {
                *count += 1.0;
            }
        }
    }
}

/// The shares that the counts of all contacts add up to; nothing without a single open.
pub fn curve(batches: &[RecordBatch]) -> Vec<f64> {
    let mut counts = vec![0.0; HOURS];
    for batch in batches {
        let columns = batch.column(batch.num_columns() - 1).as_struct().columns();
        for (count, column) in counts.iter_mut().zip(&columns[BEFORE_NUMBERS..]) {
            let column = column.as_primitive::<Float64Type>().values().iter();
            // Of a contact that is not known yet there is no count.
            *count += column.filter(|count| !count.is_nan()).sum::<f64>();
        }
    }
    let all: f64 = counts.iter().sum();
    if all == 0.0 {
        return Vec::new();
    }
    counts.iter().map(|count| count / all).collect()
}
