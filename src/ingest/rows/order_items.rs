//! Lines of orders, from a source of their own or from an order file of one row a line.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};

use crate::error::Result;
use crate::lake::schema;

use super::super::columns;
use super::super::mapping::Mapping;
use super::super::source::RawBatch;
use super::super::words::WordColumn;
use super::{Intake, Rows, each_row};

/// One line.
#[derive(Debug, Clone)]
pub struct Item {
    pub order: Box<str>,
    pub contact: u32,
    pub ts: i64,
    pub product: Option<Box<str>>,
    pub category: Option<Box<str>>,
    pub quantity: Option<f64>,
    pub amount_minor: Option<i64>,
}

/// Rows of the sources of order lines.
#[derive(Debug, Default)]
pub struct OrderItemRows {
    orders: Vec<Box<str>>,
    contact: Vec<u32>,
    ts: Vec<i64>,
    product: WordColumn,
    category: WordColumn,
    quantity: Vec<Option<f64>>,
    amount_minor: Vec<Option<i64>>,
}

impl OrderItemRows {
    pub fn push(&mut self, mapping: &Mapping, batch: &RawBatch, intake: &mut Intake<'_>) {
        let cells = |name| mapping.cells(batch, name);
        let (order, contact, time) = (cells("order"), cells("contact"), cells("time"));
        let (product, category) = (cells("product"), cells("category"));
        let (quantity, amount) = (cells("quantity"), cells("amount"));
        let rows = Rows { mapping, batch };
        each_row(batch, intake, |row, intake| {
            let Some(contact) = contact.text(row) else {
                intake.counts.set_aside_no_contact += 1;
                return Ok(());
            };
            let ts = rows.need_time(row, "time", &time)?;
            let fault = |rule| rows.fault(row, "quantity", &quantity, rule);
            self.push_line(Item {
                order: (*rows.need(row, "order", &order)?).into(),
                contact: intake.contact(&contact),
                ts,
                product: product.text(row).map(|t| (*t).into()),
                category: category.text(row).map(|t| (*t).into()),
                quantity: quantity.number(row).map_err(fault)?,
                amount_minor: rows.money(row, "amount", &amount, None)?,
            });
            intake.counts.accepted += 1;
            intake.counts.span(ts);
            Ok(())
        });
    }

    pub fn push_line(&mut self, item: Item) {
        self.orders.push(item.order);
        self.contact.push(item.contact);
        self.ts.push(item.ts);
        self.product.push(item.product.as_deref());
        self.category.push(item.category.as_deref());
        self.quantity.push(item.quantity);
        self.amount_minor.push(item.amount_minor);
    }

    /// Interned contact and time of every row.
    pub fn seen(&self) -> impl Iterator<Item = (u32, i64)> {
        self.contact.iter().copied().zip(self.ts.iter().copied())
    }

    /// Takes the lines of another source.
    pub fn append(&mut self, other: OrderItemRows) {
        for row in 0..other.ts.len() {
            let word = |column: &WordColumn| {
                let code = column.codes[row];
                (code != super::super::words::NONE).then(|| column.words.text(code).into())
            };
            self.push_line(Item {
                order: other.orders[row].clone(),
                contact: other.contact[row],
                ts: other.ts[row],
                product: word(&other.product),
                category: word(&other.category),
                quantity: other.quantity[row],
                amount_minor: other.amount_minor[row],
            });
        }
    }

    /// Keys and sorts; returns the table in stored order.
    pub fn batches(mut self, keys: &[u64]) -> impl Iterator<Item = Result<RecordBatch>> {
        let key_of: Vec<u64> = self.contact.iter().map(|c| keys[*c as usize]).collect();
        let products = Arc::new(StringArray::from(self.product.settle()));
        let categories = Arc::new(StringArray::from(self.category.settle()));
        let order = columns::sorted_order(self.ts.len(), |a, b| {
            let key = |i: usize| (key_of[i], self.ts[i], &self.orders[i]);
            let words = |i: usize| (self.product.codes[i], self.category.codes[i]);
            let amounts = |i: usize| (self.amount_minor[i], self.quantity[i].map(f64::to_bits));
            key(a)
                .cmp(&key(b))
                .then_with(|| words(a).cmp(&words(b)))
                .then_with(|| amounts(a).cmp(&amounts(b)))
        });
        let schema = schema::order_items();
        columns::batches(order, move |chunk| {
            let ids = chunk.iter().map(|&i| &self.orders[i as usize]);
            let quantity: Float64Array = chunk.iter().map(|&i| self.quantity[i as usize]).collect();
            let arrays: Vec<ArrayRef> = vec![
                columns::keys(&key_of, chunk),
                columns::times(&self.ts, chunk),
                Arc::new(StringArray::from_iter_values(ids)),
                columns::words(&self.product.codes, &products, chunk)?,
                columns::words(&self.category.codes, &categories, chunk)?,
                Arc::new(quantity),
                columns::optional_integers(&self.amount_minor, chunk),
            ];
            Ok(RecordBatch::try_new(Arc::clone(&schema), arrays)?)
        })
    }
}
