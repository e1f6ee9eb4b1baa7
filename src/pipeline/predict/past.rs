//! Features on earlier days, each computed once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::features::{self, Extraction, FeatureTable};
use crate::lake::Lake;
use crate::predict::churn::{Cutoff, RawColumn};
use crate::predict::outlook::{
    ENGAGEMENTS, EngagementInput, OutlookValidParams, days_since_engagement, feature_columns,
    takes_part,
};
use crate::workspace::{AsOf, FeatureSettings};

/// The features that predictions read, at the ends of days.
pub(super) struct Past<'a> {
    pub lake: &'a Lake,
    pub as_of: &'a AsOf,
    /// Last day before the as-of, in days since 1970.
    pub until: i32,
    pub threads: usize,
    pub settings: &'a FeatureSettings,
    pub names: Vec<String>,
    pub tables: RefCell<BTreeMap<i32, Rc<FeatureTable>>>,
}

impl<'a> Past<'a> {
    /// `now` is the feature table at the as-of.
    pub fn new(
        lake: &'a Lake,
        as_of: &'a AsOf,
        threads: usize,
        settings: &'a FeatureSettings,
        now: &FeatureTable,
    ) -> Result<Self> {
        let wanted = now.specs.iter().filter(|spec| takes_part(spec));
        let mut names: Vec<String> = wanted.map(|spec| spec.name.clone()).collect();
        for name in ENGAGEMENTS {
            if !names.iter().any(|n| n == name) && now.position(name).is_ok() {
                names.push(name.to_owned());
            }
        }
        let until = last_day(as_of)?;
        let tables = RefCell::new(BTreeMap::from([(until, Rc::new(now.select(&names)?))]));
        Ok(Past { lake, as_of, until, threads, settings, names, tables })
    }

    /// The features as known at the end of `day`.
    fn table(&self, day: i32) -> Result<Rc<FeatureTable>> {
        if let Some(table) = self.tables.borrow().get(&day) {
            return Ok(Rc::clone(table));
        }
        let as_of = AsOf::start_of(date_of(day + 1)?, self.as_of.zone().clone())?;
        let extraction = Extraction::new(self.lake, &as_of, self.threads, self.settings);
        let table = features::extract_only(&extraction, &self.names)?.table;
        let table = Rc::new(table.select(&self.names)?);
        self.tables.borrow_mut().insert(day, Rc::clone(&table));
        Ok(table)
    }

    /// Columns for the contacts called `ids`, as known at the end of `day`; missing for contacts who are
    /// not known by then.
    pub fn columns(&self, day: i32, ids: &[&str]) -> Result<Vec<RawColumn>> {
        let table = self.table(day)?;
        let row = |id: &&str| table.ids.binary_search_by(|known| known.as_str().cmp(id)).ok();
        let rows: Vec<Option<usize>> = ids.iter().map(row).collect();
        Ok(feature_columns(&table, &rows))
    }

    /// Contacts without an order on the as-of and on earlier days, newest first; `buyers_at` says who had
    /// ordered by the end of a day.
    pub fn engagement(
        &self,
        horizon_days: u32,
        closed_days: &[i32],
        params: &OutlookValidParams,
        buyers_at: &dyn Fn(i32) -> BTreeSet<String>,
    ) -> Result<EngagementInput> {
        let (ids, now) = self.silent_now(buyers_at)?;
        let mut closed = Vec::with_capacity(closed_days.len());
        for day in closed_days {
            let (known, mut cutoff) = self.without_orders(*day, buyers_at)?;
            let later = self.table(day + horizon_days as i32)?;
            let since = days_since_engagement(&later);
            let silent = |id: &String| match later.ids.binary_search(id) {
                Ok(row) => since[row].is_nan() || since[row] > f64::from(horizon_days),
                Err(_) => true,
            };
            cutoff.lost = known.iter().map(silent).collect();
            closed.push(cutoff);
        }
        let (bands, reasons) = (params.bands, params.reasons);
        Ok(EngagementInput { ids, now, closed, horizon_days, bands, reasons })
    }

    /// Contacts without an order at the end of the as-of's last day, and what is known of them.
    pub fn silent_now(
        &self,
        buyers_at: &dyn Fn(i32) -> BTreeSet<String>,
    ) -> Result<(Vec<String>, Cutoff)> {
        self.without_orders(self.until, buyers_at)
    }

    fn without_orders(
        &self,
        day: i32,
        buyers_at: &dyn Fn(i32) -> BTreeSet<String>,
    ) -> Result<(Vec<String>, Cutoff)> {
        let (table, buyers) = (self.table(day)?, buyers_at(day));
        let rows: Vec<usize> =
            (0..table.contacts()).filter(|row| !buyers.contains(&table.ids[*row])).collect();
        let since = days_since_engagement(&table);
        let places: Vec<Option<usize>> = rows.iter().map(|row| Some(*row)).collect();
        let mut columns = feature_columns(&table, &places);
        columns.push(RawColumn {
            is_longest_if_missing: true,
            ..RawColumn::new(
                "days_since_last_engagement",
                "days since the last open, click or visit",
                rows.iter().map(|row| since[*row]).collect(),
            )
        });
        let ids = rows.iter().map(|row| table.ids[*row].clone()).collect();
        Ok((
            ids,
            Cutoff { until: day, columns, model_risk: None, rate_risk: None, lost: Vec::new() },
        ))
    }
}

/// The last day that is seen wholly or in part, in days since 1970 in the as-of's zone.
pub(in super::super) fn last_day(as_of: &AsOf) -> Result<i32> {
    let clock = features::LocalClock::new(as_of.zone().iana_name().unwrap_or("UTC"))?;
    Ok(clock.second(as_of.micros() - 1).div_euclid(86_400) as i32)
}

fn date_of(day: i32) -> Result<jiff::civil::Date> {
    jiff::civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().days(i64::from(day)))
        .map_err(|e| Error::data("a day is out of range").caused_by(e))
}
