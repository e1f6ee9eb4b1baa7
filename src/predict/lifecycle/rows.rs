//! What is known of every contact, out of the lake.

use std::collections::{BTreeMap, HashMap};

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, UInt64Type};

use super::purchases::{Happening, Moment, Purchases};
use crate::error::{Error, Kind, Result};
use crate::lake::Session;
use crate::lake::schema::EVENT_KINDS;
use crate::workspace::{AsOf, LifecycleSettings};

/// One contact.
pub(super) struct Person {
    pub contact_id: String,
    /// In order of time.
    pub moments: Vec<Moment>,
}

/// Everybody who is known in the session, in order of ids.
pub(super) fn people(session: &Session, settings: &LifecycleSettings) -> Result<Vec<Person>> {
    let leads = became_lead(session, settings)?;
    let mut orders = orders(session)?;
    let mut people = Vec::new();
    let sql = "SELECT contact_id, contact_key, \
               CAST(coalesce(created_at, first_seen_at) AS BIGINT) AS us \
               FROM contacts ORDER BY contact_id";
    for batch in session.collect(sql)? {
        let ids = cast(batch.column(0), &DataType::Utf8)?;
        let keys = cast(batch.column(1), &DataType::UInt64)?;
        let us = cast(batch.column(2), &DataType::Int64)?;
        let (ids, us) = (ids.as_string::<i32>(), us.as_primitive::<Int64Type>());
        for (row, key) in keys.as_primitive::<UInt64Type>().values().iter().enumerate() {
            let signed_up = us.is_valid(row).then(|| us.value(row));
            let mut moments = orders.remove(key).unwrap_or_default();
            let moment = |us, what| Moment { us, what };
            moments.extend(signed_up.map(|us| moment(us, Happening::SignedUp)));
            moments.extend(leads.get(key).map(|us| moment(*us, Happening::BecameLead)));
            moments.sort_by_key(|moment| moment.us);
            people.push(Person { contact_id: ids.value(row).to_owned(), moments });
        }
    }
    Ok(people)
}

/// When each contact did what makes a lead so often, by key. Not what machines did.
fn became_lead(session: &Session, settings: &LifecycleSettings) -> Result<HashMap<u64, i64>> {
    let kinds = lead_kinds(settings)?;
    let rows = format!(
        "SELECT contact_key, CAST(ts AS BIGINT) AS us FROM events \
         WHERE kind IN ({kinds}) AND machine IS NOT TRUE"
    );
    let sql = match settings.lead_after {
        1 => format!("SELECT contact_key, min(us) FROM ({rows}) AS e GROUP BY contact_key"),
        times => format!(
            "SELECT contact_key, us FROM (SELECT contact_key, us, row_number() OVER \
             (PARTITION BY contact_key ORDER BY us) AS place FROM ({rows}) AS e) AS n \
             WHERE place = {times}"
        ),
    };
    let mut leads = HashMap::new();
    for batch in session.collect(&sql)? {
        let keys = cast(batch.column(0), &DataType::UInt64)?;
        let us = cast(batch.column(1), &DataType::Int64)?;
        let keys = keys.as_primitive::<UInt64Type>().values().iter().copied();
        leads.extend(keys.zip(us.as_primitive::<Int64Type>().values().iter().copied()));
    }
    Ok(leads)
}

/// The kinds of event that make a lead, in SQL.
fn lead_kinds(settings: &LifecycleSettings) -> Result<String> {
    let mut kinds = Vec::new();
    for (place, kind) in settings.lead_events.iter().enumerate() {
        let kind = kind.get_ref();
        if !EVENT_KINDS.contains(&kind.as_str()) {
            let error = Error::unknown(Kind::Settings, "event", kind, EVENT_KINDS);
            return Err(match settings.lead_event_lines.get(place) {
                Some(line) => error.at_line(*line),
                None => error,
            });
        }
        kinds.push(format!("'{kind}'"));
    }
    Ok(kinds.join(", "))
}

/// A remark where nobody can become a lead on these data.
pub(super) fn no_leads(session: &Session, settings: &LifecycleSettings) -> Result<Option<String>> {
    let kinds = lead_kinds(settings)?;
    let found =
        session.collect(&format!("SELECT 1 FROM events WHERE kind IN ({kinds}) LIMIT 1"))?;
    let is_any = found.iter().any(|batch| batch.num_rows() > 0);
    Ok((!is_any).then(|| format!("nobody can become a lead: there are no events {kinds}")))
}

/// Sales and refunds of every contact, by key, in order of time.
fn orders(session: &Session) -> Result<HashMap<u64, Vec<Moment>>> {
    let sql = "SELECT contact_key, CAST(ts AS BIGINT) AS us, order_id, amount_minor FROM orders \
               WHERE amount_minor < 0 OR (amount_minor > 0 AND status = 'completed') \
               ORDER BY contact_key, us, order_id, amount_minor";
    let mut moments: HashMap<u64, Vec<Moment>> = HashMap::new();
    let mut numbers = Numbers::default();
    for batch in session.collect(sql)? {
        let keys = cast(batch.column(0), &DataType::UInt64)?;
        let us = cast(batch.column(1), &DataType::Int64)?;
        let ids = cast(batch.column(2), &DataType::Utf8)?;
        let minor = cast(batch.column(3), &DataType::Int64)?;
        let (us, minor) = (us.as_primitive::<Int64Type>(), minor.as_primitive::<Int64Type>());
        let ids = ids.as_string::<i32>();
        for (row, key) in keys.as_primitive::<UInt64Type>().values().iter().enumerate() {
            let id = ids.is_valid(row).then(|| ids.value(row));
            let order = numbers.of(*key, id);
            let what = match minor.value(row) {
                minor if minor < 0 => Happening::Refunded { order, minor: minor.saturating_neg() },
                minor => Happening::Ordered { order, minor },
            };
            moments.entry(*key).or_default().push(Moment { us: us.value(row), what });
        }
    }
    Ok(moments)
}

/// Numbers for the ids of one contact's orders, which come together.
#[derive(Default)]
struct Numbers {
    contact: Option<u64>,
    known: BTreeMap<String, u32>,
    next: u32,
}

impl Numbers {
    fn of(&mut self, contact: u64, id: Option<&str>) -> u32 {
        if self.contact != Some(contact) {
            *self = Numbers { contact: Some(contact), ..Numbers::default() };
        }
        if let Some(number) = id.and_then(|id| self.known.get(id)) {
            return *number;
        }
        let number = self.next;
        self.next += 1;
        if let Some(id) = id {
            self.known.insert(id.to_owned(), number);
        }
        number
    }
}

/// The calendar days between orders that follow each other, of everybody, as known at the as-of; and how
/// many orders count.
pub(super) fn gaps(people: &[Person], as_of: &AsOf) -> (Vec<i64>, usize) {
    let (mut gaps, mut orders) = (Vec::new(), 0);
    for person in people {
        let mut purchases = Purchases::default();
        person.moments.iter().for_each(|moment| purchases.take(moment));
        let ago: Vec<i64> = purchases.counting().map(|us| as_of.days_since(us)).collect();
        orders += ago.len();
        gaps.extend(ago.windows(2).map(|pair| pair[0] - pair[1]));
    }
    (gaps, orders)
}
