//! Wall-clock time in a contact's zone, as a function inside the query plan.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::common::exec_err;
use datafusion::error::{DataFusionError, Result as QueryResult};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use jiff::{Timestamp, tz::TimeZone};

use crate::error::{Error, Result};

/// Years whose daylight-saving changes are tabulated. Outside them the nearest offset holds.
const FIRST_YEAR: i16 = 1990;
const LAST_YEAR: i16 = 2100;

/// One zone's offsets, tabulated, so that a lookup is a binary search.
#[derive(Debug, Clone)]
pub struct LocalClock {
    /// (first second UTC, offset in seconds), ascending; the first entry starts before all times.
    offsets: Vec<(i64, i64)>,
}

impl LocalClock {
    /// Tabulates the zone called `name`.
    pub fn new(name: &str) -> Result<Self> {
        let zone = TimeZone::get(name)
            .map_err(|_| Error::data("not a time zone").with_value(name.to_owned()))?;
        let start = year_start(FIRST_YEAR)?;
        let end = year_start(LAST_YEAR)?;
        let mut offsets = vec![(i64::MIN, i64::from(zone.to_offset(start).seconds()))];
        for change in zone.following(start).take_while(|t| t.timestamp() < end) {
            offsets.push((change.timestamp().as_second(), i64::from(change.offset().seconds())));
        }
        Ok(LocalClock { offsets })
    }

    /// Seconds since 1970 on the wall clock at `us` microseconds UTC.
    pub fn second(&self, us: i64) -> i64 {
        let second = us.div_euclid(1_000_000);
        let next = self.offsets.partition_point(|(from, _)| *from <= second);
        second + self.offsets[next.saturating_sub(1)].1
    }
}

fn year_start(year: i16) -> Result<Timestamp> {
    let date = jiff::civil::date(year, 1, 1).to_zoned(TimeZone::UTC);
    date.map(|d| d.timestamp()).map_err(|e| Error::internal("a year is out of range").caused_by(e))
}

/// `local_second(us, zone)`: seconds since 1970 on the wall clock of the zone. A null is a null.
pub fn local_second() -> ScalarUDF {
    ScalarUDF::from(LocalSecond {
        signature: Signature::any(2, Volatility::Immutable),
        clocks: Clocks::default(),
    })
}

/// Tables of zones met so far, shared by all copies of the function.
#[derive(Debug, Clone, Default)]
struct Clocks(Arc<Mutex<HashMap<String, Arc<LocalClock>>>>);

impl Clocks {
    fn get(&self, zone: &str) -> QueryResult<Arc<LocalClock>> {
        let mut clocks = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(clock) = clocks.get(zone) {
            return Ok(Arc::clone(clock));
        }
        let clock =
            Arc::new(LocalClock::new(zone).map_err(|e| DataFusionError::External(Box::new(e)))?);
        clocks.insert(zone.to_owned(), Arc::clone(&clock));
        Ok(clock)
    }
}

#[derive(Debug, Clone)]
struct LocalSecond {
    signature: Signature,
    clocks: Clocks,
}

impl PartialEq for LocalSecond {
    fn eq(&self, other: &Self) -> bool {
        self.signature == other.signature
    }
}

impl Eq for LocalSecond {}

impl std::hash::Hash for LocalSecond {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.signature.hash(state);
    }
}

impl ScalarUDFImpl for LocalSecond {
    fn name(&self) -> &str {
        "local_second"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> QueryResult<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> QueryResult<ColumnarValue> {
        let rows = args.number_rows;
        let [us, zone] = args.args.as_slice() else {
            return exec_err!("local_second takes a time and a zone");
        };
        let us = cast(&us.to_array(rows)?, &DataType::Int64)?;
        let us = us.as_primitive::<Int64Type>();
        let array = match zone {
            ColumnarValue::Scalar(zone) => self.one_zone(us, &zone.to_array()?)?,
            ColumnarValue::Array(zones) => self.many_zones(us, zones)?,
        };
        Ok(ColumnarValue::Array(array))
    }
}

impl LocalSecond {
    fn one_zone(&self, us: &Int64Array, zone: &ArrayRef) -> QueryResult<ArrayRef> {
        let zone = cast(zone, &DataType::Utf8)?;
        let zone = zone.as_string::<i32>();
        if zone.is_null(0) {
            return Ok(Arc::new(Int64Array::new_null(us.len())));
        }
        let clock = self.clocks.get(zone.value(0))?;
        Ok(Arc::new(us.iter().map(|us| us.map(|us| clock.second(us))).collect::<Int64Array>()))
    }

    fn many_zones(&self, us: &Int64Array, zones: &ArrayRef) -> QueryResult<ArrayRef> {
        let zones = cast(zones, &DataType::Utf8)?;
        let zones = zones.as_string::<i32>();
        let mut last: Option<(&str, Arc<LocalClock>)> = None;
        let mut seconds = Vec::with_capacity(us.len());
        for (us, zone) in us.iter().zip(zones) {
            let (Some(us), Some(zone)) = (us, zone) else {
                seconds.push(None);
                continue;
            };
            // Rows come sorted by contact, so that the zone changes rarely.
            let clock = match &last {
                Some((name, clock)) if *name == zone => clock,
                _ => &last.insert((zone, self.clocks.get(zone)?)).1,
            };
            seconds.push(Some(clock.second(us)));
        }
        Ok(Arc::new(Int64Array::from(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_clock_follows_daylight_saving() -> Result<()> {
        let london = LocalClock::new("Europe/London")?;
        // 2026-03-29 01:00 UTC is 02:00 in London: the clocks have just gone forward.
        let change = 1_774_746_000_000_000;
        assert_eq!(london.second(change - 1_000_000) - 1_774_745_999, 0);
        assert_eq!(london.second(change) - 1_774_746_000, 3_600);
        assert!(LocalClock::new("Europe/Londinium").is_err());
        Ok(())
    }
}
