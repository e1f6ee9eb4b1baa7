//! The decision metric before the send.
//!
//! Opens and clicks: per mail of the last 90 days, as `experiment power` has it. Orders: per contact and window,
//! over as many whole windows as 90 days hold.

use crate::error::Result;
use crate::experiments::assignment::Baseline;
use crate::features::FeatureTable;
use crate::lake::Session;
use crate::segments::reach::Mailing;
use crate::workspace::{AsOf, ExperimentSettings, SegmentTestSettings, TestMetric};

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

const HOUR_US: i64 = 3_600_000_000;
const LOOK_BACK_HOURS: i64 = 90 * 24;

/// What is known of everybody, from which that of any contacts follows.
pub enum Baselines {
    Mails(Box<Mailing>),
    Orders(Orders),
    Unknown(String),
}

/// Orders by contact, in the order of the ids.
pub struct Orders {
    windows: i64,
    /// Whether the share of windows with a sale is asked, or the mean of their sums.
    is_rate: bool,
    /// Windows with a sale, sum and sum of squares of the windows' net sales in major units.
    of: Vec<(f64, f64, f64)>,
}

impl Baselines {
    /// Reads what the decision metric of `experiment` asks for. Places are those of `table`'s ids.
    ///
    /// # Errors
    ///
    /// Those of queries, and of a test in the settings that cannot be.
    pub fn read(
        session: &Session,
        table: &FeatureTable,
        experiment: &ExperimentSettings,
        (test, as_of): (&SegmentTestSettings, &AsOf),
        minor_per_major: f64,
    ) -> Result<Self> {
        let metric = experiment.metrics.first().map_or("", String::as_str);
        let mails = |metric| -> Result<Self> {
            let mailing = Mailing::of(table, &SegmentTestSettings { metric, ..*test })?;
            let none =
                || Baselines::Unknown("no mail of the last 90 days was a success".to_owned());
            Ok(mailing.map_or_else(none, |mailing| Baselines::Mails(Box::new(mailing))))
        };
        match metric {
            "human_open" => mails(TestMetric::HumanOpen),
            "click" => mails(TestMetric::Click),
            "conversion" | "revenue" => {
                let windows = (LOOK_BACK_HOURS / i64::from(experiment.window_hours.max(1))).max(1);
                let window_us = i64::from(experiment.window_hours.max(1)) * HOUR_US;
                let of = orders(session, table, (as_of, windows, window_us), minor_per_major)?;
                Ok(Baselines::Orders(Orders { windows, is_rate: metric == "conversion", of }))
            }
            other => Ok(Baselines::Unknown(format!("`{other}` is not counted before a send"))),
        }
    }

    /// The baseline of some contacts.
    pub fn of(&self, places: &[usize]) -> Baseline {
        match self {
            Baselines::Unknown(why) => Baseline::Unknown(why.clone()),
            Baselines::Mails(mailing) => {
                let baseline = mailing.reach(places.iter().copied()).baseline;
                let none = || Baseline::Unknown("none of them was mailed in 90 days".to_owned());
                baseline.map_or_else(none, Baseline::Rate)
            }
            Baselines::Orders(orders) => orders.baseline(places),
        }
    }
}

impl Orders {
    fn baseline(&self, places: &[usize]) -> Baseline {
        let n = places.len() as f64 * self.windows as f64;
        if n == 0.0 {
            return Baseline::Unknown("nobody is in any arm".to_owned());
        }
        let mut sums = (0.0, 0.0, 0.0);
        for place in places {
            let (sales, net, squares) = self.of[*place];
            sums = (sums.0 + sales, sums.1 + net, sums.2 + squares);
        }
        if self.is_rate {
            return Baseline::Rate(sums.0 / n);
        }
        let mean = sums.1 / n;
        let variance = (sums.2 / n - mean * mean).max(0.0) * n / (n - 1.0).max(1.0);
        Baseline::Mean { mean, deviation: variance.sqrt() }
    }
}

/// By window back from the as-of; what counts as a sale, and as net, is as in readouts.
fn orders(
    session: &Session,
    table: &FeatureTable,
    (as_of, windows, window_us): (&AsOf, i64, i64),
    minor_per_major: f64,
) -> Result<Vec<(f64, f64, f64)>> {
    let now_us = as_of.micros();
    let from_us = now_us - windows * window_us;
    let sql = format!(
        "SELECT c.contact_id, o.sales, o.net FROM (SELECT contact_key, \
         ({now_us} - 1 - CAST(ts AS BIGINT)) / {window_us} AS back, \
         CAST(count(*) FILTER (WHERE status = 'completed' AND amount_minor > 0) AS BIGINT) AS sales, \
         CAST(coalesce(sum(amount_minor) FILTER (WHERE amount_minor < 0 OR status = 'completed'), 0) \
         AS BIGINT) AS net FROM orders WHERE CAST(ts AS BIGINT) >= {from_us} \
         GROUP BY contact_key, ({now_us} - 1 - CAST(ts AS BIGINT)) / {window_us}) o \
         JOIN contacts c ON c.contact_key = o.contact_key ORDER BY c.contact_id, o.back"
    );
    let mut of = vec![(0.0, 0.0, 0.0); table.contacts()];
    for batch in session.collect(&sql)? {
        let ids = cast(batch.column(0), &DataType::Utf8)?;
        let (sales, net) = (batch.column(1), batch.column(2));
        let whole = |column: &arrow::array::ArrayRef| column.as_primitive::<Int64Type>().clone();
        let (sales, net) = (whole(sales), whole(net));
        for (row, id) in ids.as_string::<i32>().iter().enumerate() {
            let place =
                id.and_then(|id| table.ids.binary_search_by(|one| one.as_str().cmp(id)).ok());
            let Some(place) = place else { continue };
            let major = net.value(row) as f64 / minor_per_major;
            let (bought, sum, squares) = &mut of[place];
            *bought += f64::from(u8::from(sales.value(row) > 0));
            *sum += major;
            *squares += major * major;
        }
    }
    Ok(of)
}
