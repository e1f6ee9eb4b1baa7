//! Orders: from one row an order, or from one row a line, to one row per order and direction.
//!
//! A sale and its refund share an order id and are two rows: the refund has a time of its own, so
//! that nothing before it can know of it.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use rayon::slice::ParallelSliceMut;

use crate::error::Result;
use crate::lake::schema::{self, ORDER_STATUSES};

use super::super::columns;
use super::super::mapping::Mapping;
use super::super::quarantine::{Fault, Rule};
use super::super::source::RawBatch;
use super::super::words::{Interner, NONE, WordColumn};
use super::order_items::{Item, OrderItemRows};
use super::status::{CANCELLED, COMPLETED, REFUNDED, STATUS_WORDS};
use super::{Intake, Origin, Rows, each_row};

/// Rows of the sources of orders.
#[derive(Debug, Default)]
pub struct OrderRows {
    orders: Interner,
    currencies: Interner,
    rows: Vec<OrderRow>,
    items: OrderItemRows,
}

/// Fields in the order in which rows of one order are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct OrderRow {
    order: u32,
    is_reversal: bool,
    contact: u32,
    ts: i64,
    amount_minor: i64,
    discount_minor: Option<i64>,
    currency: u32,
    status: u8,
    is_line: bool,
    updated_at: Option<i64>,
    origin: Origin,
}

impl OrderRows {
    pub fn push(
        &mut self,
        mapping: &Mapping,
        batch: &RawBatch,
        source: u32,
        intake: &mut Intake<'_>,
    ) {
        let cells = OrderCells::of(mapping, batch);
        let rows = Rows { mapping, batch };
        each_row(batch, intake, |row, intake| {
            let currency = cells.currency.text(row).map(|c| c.trim().to_uppercase());
            let currency = currency.as_deref().or(mapping.shop_currency());
            let Some(currency) = currency else {
                return Err(rows.fault(row, "currency", &cells.currency, Rule::NoCurrency));
            };
            let amount = cells.amount(&rows, row, currency)?;
            let order = cells.order(&rows, row, (source, intake.file - intake.first_file))?;
            let ts = rows.need_time(row, "time", &cells.time)?;
            let status = cells.status(&rows, row)?;
            let status = if is_cancellation(&order, amount) { REFUNDED } else { status };
            intake.counts.cancellations += u64::from(matches!(status, CANCELLED | REFUNDED));
            let discount = rows.money(row, "discount", &cells.discount, Some(currency))?;
            let updated_at = rows.time(row, "updated_at", &cells.updated)?;
            let test = cells.test.flag(row);
            if test.map_err(|rule| rows.fault(row, "test", &cells.test, rule))? == Some(true) {
                intake.counts.set_aside_test += 1;
                intake.counts.set_aside_minor += amount;
                return Ok(());
            }
            let Some(contact) = cells.contact.text(row) else {
                intake.counts.set_aside_no_contact += 1;
                intake.counts.set_aside_minor += amount;
                return Ok(());
            };
            if mapping.shop_currency().is_some_and(|shop| shop != currency) {
                intake.counts.set_aside_other_currency += 1;
                return Ok(());
            }
            let contact = intake.contact(&contact);
            let origin = Origin { file: intake.file, line: batch.lines.of(row), source };
            self.rows.push(OrderRow {
                order: self.orders.code(&order),
                is_reversal: amount < 0 && !cells.is_line(),
                contact,
                ts,
                amount_minor: amount,
                discount_minor: discount,
                currency: self.currencies.code(currency),
                status,
                is_line: cells.is_line(),
                updated_at,
                origin,
            });
            if cells.is_line() {
                self.items.push_line(cells.item(&rows, row, &order, contact, ts, amount)?);
            }
            intake.counts.accepted += 1;
            intake.counts.accepted_minor += amount;
            intake.counts.span(ts);
            Ok(())
        });
    }

    /// Adds lines up to orders, drops repeated rows, and finds orders that contradict themselves.
    pub fn finish(mut self) -> OrderTable {
        self.rows.par_sort_unstable();
        let mut table = OrderTable::default();
        let rows = std::mem::take(&mut self.rows);
        for group in rows.chunk_by(|a, b| (a.order, a.is_reversal) == (b.order, b.is_reversal)) {
            table.add_group(group, self.orders.text(group[0].order), &self.currencies);
        }
        table.orders = self.orders;
        table.items = self.items;
        table
    }
}

struct OrderCells<'a> {
    order: super::Cells<'a>,
    contact: super::Cells<'a>,
    time: super::Cells<'a>,
    amount: super::Cells<'a>,
    quantity: super::Cells<'a>,
    price: super::Cells<'a>,
    currency: super::Cells<'a>,
    discount: super::Cells<'a>,
    status: super::Cells<'a>,
    updated: super::Cells<'a>,
    test: super::Cells<'a>,
    product: super::Cells<'a>,
    category: super::Cells<'a>,
    has_amount: bool,
}

impl<'a> OrderCells<'a> {
    fn of(mapping: &'a Mapping, batch: &'a RawBatch) -> Self {
        let cells = |name| mapping.cells(batch, name);
        OrderCells {
            order: cells("order"),
            contact: cells("contact"),
            time: cells("time"),
            amount: cells("amount"),
            quantity: cells("quantity"),
            price: cells("price"),
            currency: cells("currency"),
            discount: cells("discount"),
            status: cells("status"),
            updated: cells("updated_at"),
            test: cells("test"),
            product: cells("product"),
            category: cells("category"),
            has_amount: mapping.has("amount"),
        }
    }

    fn is_line(&self) -> bool {
        !self.has_amount
    }

    fn amount(&self, rows: &Rows<'_>, row: usize, currency: &str) -> Result<i64, Fault> {
        if self.has_amount {
            let amount = rows.money(row, "amount", &self.amount, Some(currency))?;
            return amount.ok_or_else(|| rows.fault(row, "amount", &self.amount, Rule::Missing));
        }
        let reader = rows.mapping.money(Some(currency));
        let amount = self
            .quantity
            .money_with(&self.price, row, reader)
            .map_err(|rule| rows.fault(row, "price", &self.price, rule))?;
        amount.ok_or_else(|| rows.fault(row, "price", &self.price, Rule::Missing))
    }

    /// The order's id; in a file without one, every row is an order.
    fn order(
        &self,
        rows: &Rows<'_>,
        row: usize,
        (source, file): (u32, u32),
    ) -> Result<Cow<'_, str>, Fault> {
        if matches!(self.order, super::Cells::Absent) {
            return Ok(Cow::Owned(format!("row {source}-{file}-{}", rows.batch.lines.of(row))));
        }
        rows.need(row, "order", &self.order)
    }

    fn status(&self, rows: &Rows<'_>, row: usize) -> Result<u8, Fault> {
        let Some(text) = self.status.text(row) else { return Ok(COMPLETED) };
        let (_, word) = rows.mapping.word(&text);
        STATUS_WORDS
            .iter()
            .find(|s| s.0 == word)
            .map(|s| s.1)
            .ok_or_else(|| rows.fault(row, "status", &self.status, Rule::UnknownWord))
    }

    fn item(
        &self,
        rows: &Rows<'_>,
        row: usize,
        order: &str,
        contact: u32,
        ts: i64,
        amount: i64,
    ) -> Result<Item, Fault> {
        let fault = |rule| rows.fault(row, "quantity", &self.quantity, rule);
        Ok(Item {
            order: order.into(),
            contact,
            ts,
            product: self.product.text(row).map(|t| (*t).into()),
            category: self.category.text(row).map(|t| (*t).into()),
            quantity: self.quantity.number(row).map_err(fault)?,
            amount_minor: Some(amount),
        })
    }
}

/// An order or a refund; the rows of one order share `order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkedOrder {
    pub contact: u32,
    pub order: u32,
    pub ts_us: i64,
    pub amount_minor: i64,
    pub is_completed: bool,
}

/// The finished orders.
#[derive(Debug, Default)]
pub struct OrderTable {
    /// Orders that contradict themselves, with the money of each row.
    pub faults: Vec<(Origin, Fault, i64)>,
    /// Repeated rows that were dropped, with their money.
    pub repeats: Vec<(Origin, i64)>,
    pub items: OrderItemRows,
    contact: Vec<u32>,
    ts: Vec<i64>,
    orders: Interner,
    /// Codes in `orders`.
    order: Vec<u32>,
    amount_minor: Vec<i64>,
    discount_minor: Vec<Option<i64>>,
    currency: WordColumn,
    status: Vec<u32>,
    updated_at: Vec<Option<i64>>,
}

impl OrderTable {
    fn add_group(&mut self, group: &[OrderRow], id: &str, currencies: &Interner) {
        let group = &self.latest(group)[..];
        let first = group[0];
        let fault = |rule| {
            move |row: &OrderRow| {
                (row.origin, Fault::new(row.origin.line, "order", id, rule), row.amount_minor)
            }
        };
        if group.iter().any(|row| row.contact != first.contact) {
            self.faults.extend(group.iter().map(fault(Rule::TwoContacts)));
        } else if first.is_line {
            let (order, returns) = split_returns(group);
            self.add(summed(&order), currencies);
            returns.iter().for_each(|line| self.add(summed(&[*line]), currencies));
        } else {
            let mut distinct = group.to_vec();
            distinct.dedup_by(|later, kept| {
                let same = OrderRow { origin: kept.origin, ..*later } == *kept;
                if same {
                    self.repeats.push((later.origin, later.amount_minor));
                }
                same
            });
            if distinct.len() > 1 && !first.is_reversal {
                self.faults.extend(distinct.iter().map(fault(Rule::DuplicateOrder)));
            } else {
                distinct.iter().for_each(|row| self.add(*row, currencies));
            }
        }
    }

    /// The rows of an order's latest version; older ones were replaced by them.
    fn latest(&mut self, group: &[OrderRow]) -> Vec<OrderRow> {
        let latest = group.iter().map(|row| row.updated_at).max().flatten();
        let is_latest = |row: &&OrderRow| row.updated_at == latest;
        let (kept, older): (Vec<&OrderRow>, Vec<&OrderRow>) = group.iter().partition(is_latest);
        self.repeats.extend(older.iter().map(|row| (row.origin, row.amount_minor)));
        kept.into_iter().copied().collect()
    }

    fn add(&mut self, row: OrderRow, currencies: &Interner) {
        self.contact.push(row.contact);
        self.ts.push(row.ts);
        self.order.push(row.order);
        self.amount_minor.push(row.amount_minor);
        self.discount_minor.push(row.discount_minor);
        self.currency.push((row.currency != NONE).then(|| currencies.text(row.currency)));
        self.status.push(u32::from(row.status));
        self.updated_at.push(row.updated_at);
    }

    /// Interned contact and time of every row.
    pub fn seen(&self) -> impl Iterator<Item = (u32, i64)> {
        self.contact.iter().copied().zip(self.ts.iter().copied())
    }

    fn id(&self, row: usize) -> &str {
        self.orders.text(self.order[row])
    }

    /// Every order: interned contact, time, net amount, and whether it is a sale.
    pub fn orders(&self) -> impl Iterator<Item = (u32, i64, i64, bool)> {
        (0..self.ts.len()).map(|row| {
            let is_sale = self.amount_minor[row] > 0 && self.status[row] == u32::from(COMPLETED);
            (self.contact[row], self.ts[row], self.amount_minor[row], is_sale)
        })
    }

    /// Every order: interned contact, code of its id, time, net amount, and whether it is completed.
    pub fn linked(&self) -> impl Iterator<Item = LinkedOrder> {
        (0..self.ts.len()).map(|row| LinkedOrder {
            contact: self.contact[row],
            order: self.order[row],
            ts_us: self.ts[row],
            amount_minor: self.amount_minor[row],
            is_completed: self.status[row] == u32::from(COMPLETED),
        })
    }

    /// Keys and sorts; returns the table in stored order.
    pub fn batches(mut self, keys: &[u64]) -> impl Iterator<Item = Result<RecordBatch>> {
        let key_of: Vec<u64> = self.contact.iter().map(|c| keys[*c as usize]).collect();
        let order = columns::sorted_order(self.ts.len(), |a, b| {
            let key = |i: usize| {
                (key_of[i], self.ts[i], self.id(i), self.amount_minor[i], self.status[i])
            };
            key(a).cmp(&key(b))
        });
        let currencies = Arc::new(StringArray::from(self.currency.settle()));
        let statuses = Arc::new(StringArray::from(ORDER_STATUSES.to_vec()));
        let schema = schema::orders();
        columns::batches(order, move |chunk| {
            let ids = chunk.iter().map(|&i| self.id(i as usize));
            let arrays: Vec<ArrayRef> = vec![
                columns::keys(&key_of, chunk),
                columns::times(&self.ts, chunk),
                Arc::new(StringArray::from_iter_values(ids)),
                columns::integers(&self.amount_minor, chunk),
                columns::words(&self.currency.codes, &currencies, chunk)?,
                columns::optional_integers(&self.discount_minor, chunk),
                columns::words(&self.status, &statuses, chunk)?,
                columns::optional_times(&self.updated_at, chunk),
            ];
            Ok(RecordBatch::try_new(Arc::clone(&schema), arrays)?)
        })
    }
}

/// An invoice system's mark of a cancellation: `C` before the number, and nothing above zero.
fn is_cancellation(order: &str, amount_minor: i64) -> bool {
    let number = order.strip_prefix('C').unwrap_or_default();
    amount_minor <= 0 && number.starts_with(|c: char| c.is_ascii_digit())
}

/// Lines of one order are written within this time; a negative line after it is a return, with a
/// time of its own before which nothing may know of it.
const WRITING_US: i64 = 3_600_000_000;

/// The lines of the order itself, and later returns.
fn split_returns(lines: &[OrderRow]) -> (Vec<OrderRow>, Vec<OrderRow>) {
    let first = lines.iter().map(|l| l.ts).min().unwrap_or_default();
    let is_return = |l: &&OrderRow| l.amount_minor < 0 && l.ts > first + WRITING_US;
    let (returns, order): (Vec<&OrderRow>, Vec<&OrderRow>) = lines.iter().partition(is_return);
    (order.into_iter().copied().collect(), returns.into_iter().copied().collect())
}

/// One order from its lines: the first line's time, the sum of the amounts. A total below zero is a
/// cancellation, and takes its money off at its own time.
fn summed(lines: &[OrderRow]) -> OrderRow {
    let mut order = lines[0];
    order.ts = lines.iter().map(|l| l.ts).min().unwrap_or(order.ts);
    order.amount_minor = lines.iter().map(|l| l.amount_minor).sum();
    let discounts: Vec<i64> = lines.iter().filter_map(|l| l.discount_minor).collect();
    order.discount_minor = (!discounts.is_empty()).then(|| discounts.iter().sum());
    if order.amount_minor < 0 && order.status == COMPLETED {
        order.status = REFUNDED;
    }
    order
}
