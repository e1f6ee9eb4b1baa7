//! One file without a workspace, read with the same rules as a workspace's sources.
//!
//! [`read_orders`] adds an order file up by contact; [`read_columns`] takes any columns as text or
//! numbers.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::lake::Table;
use crate::workspace::{InputFile, ShopSettings, SourceSettings};

use super::cell::Cells;
use super::delta::Delta;
use super::mapping::Mapping;
use super::quarantine::{Fault, Quarantine, Rule};
use super::read::{Progress, Read};
use super::report::SourceCounts;
use super::rows::{LinkedOrder, OrderTable, Origin};
use super::source::{self, RawBatch};
use super::words::{ContactIds, WordColumn};

/// The orders of one file.
pub struct FlatOrders {
    pub counts: SourceCounts,
    pub quarantine: Quarantine,
    ids: ContactIds,
    table: OrderTable,
}

/// A contact's orders before an as-of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactOrders {
    pub contact_id: String,
    /// Times of the first and the last sale; `None` without one.
    pub first_sale_us: Option<i64>,
    pub last_sale_us: Option<i64>,
    pub sales: u64,
    /// Sales less what was paid back, in minor units.
    pub net_minor: i64,
}

/// Reads an order file by `source`, which must name exactly one file.
pub fn read_orders(
    source: &SourceSettings,
    shop: &ShopSettings,
    latest_us: Option<i64>,
    progress: Progress,
) -> Result<FlatOrders> {
    let path = PathBuf::from(source.files.first().map_or("", String::as_str));
    source::detect(&path)?;
    let mapping = Mapping::new(source, shop, Path::new(""), latest_us)?;
    if mapping.table != Table::Orders {
        return Err(Error::internal("a flat order file must be mapped to orders"));
    }
    let name = |path: &PathBuf| InputFile {
        name: path.display().to_string(),
        fingerprint: path.display().to_string(),
    };
    let inputs = vec![mapping.files.iter().map(name).collect()];
    let mappings = std::slice::from_ref(&mapping);
    let everything = Delta::everything(mappings, &inputs);
    let mut read = Read::files(mappings, &everything, &mut [], progress)?;
    read.refuse_empty()?;
    let table = std::mem::take(&mut read.orders).finish();
    let mut counts = std::mem::take(&mut read.counts[0]);
    let mut quarantine = read.quarantine;
    for (Origin { file, .. }, fault, amount) in &table.faults {
        counts.turn_down(*amount);
        quarantine.add(*file, mapping.renamed(fault.clone()));
    }
    table.repeats.iter().for_each(|(_, amount)| counts.drop_repeat(*amount));
    quarantine.sort();
    if counts.accepted == 0 {
        let error = quarantine.unusable(counts.rows, &path);
        return Err(error.or_hint("no row names a contact; map another column with --contact"));
    }
    Ok(FlatOrders { counts, quarantine, ids: read.ids, table })
}

impl FlatOrders {
    /// The contacts in id order, counting orders before `as_of_us`; and how many orders came later.
    /// A contact with nothing but later orders is not known yet and left out.
    pub fn by_contact(&self, as_of_us: i64) -> (Vec<ContactOrders>, u64) {
        let ranks = self.ids.ids().ranks();
        let mut contacts: Vec<Option<ContactOrders>> = vec![None; ranks.len()];
        let mut later = 0;
        for (contact, ts, amount, is_sale) in self.table.orders() {
            if ts >= as_of_us {
                later += 1;
                continue;
            }
            let entry = contacts[ranks[contact as usize] as usize].get_or_insert_with(|| {
                let contact_id = self.ids.ids().text(contact).to_owned();
                let (first_sale_us, last_sale_us) = (None, None);
                ContactOrders { contact_id, first_sale_us, last_sale_us, sales: 0, net_minor: 0 }
            });
            if is_sale {
                entry.sales += 1;
                entry.first_sale_us = Some(entry.first_sale_us.map_or(ts, |first| first.min(ts)));
                entry.last_sale_us = entry.last_sale_us.max(Some(ts));
            }
            if is_sale || amount < 0 {
                entry.net_minor += amount;
            }
        }
        (contacts.into_iter().flatten().collect(), later)
    }
}

impl FlatOrders {
    /// Ids ascending, and every order with its contact's position among them.
    pub fn linked(&self) -> (Vec<String>, impl Iterator<Item = LinkedOrder>) {
        let ranks = self.ids.ids().ranks();
        let mut ids: Vec<(u32, &str)> = ranks
            .iter()
            .enumerate()
            .map(|(code, rank)| (*rank, self.ids.ids().text(code as u32)))
            .collect();
        ids.sort_unstable();
        let rows = self
            .table
            .linked()
            .map(move |row| LinkedOrder { contact: ranks[row.contact as usize], ..row });
        (ids.into_iter().map(|(_, id)| id.to_owned()).collect(), rows)
    }
}

/// Columns of one file, as text and as numbers; a row with a cell that is no number is left out.
#[derive(Default)]
pub struct FlatColumns {
    pub texts: Vec<WordColumn>,
    /// NaN where missing.
    pub numbers: Vec<Vec<f64>>,
    pub rows: u64,
    pub quarantine: Quarantine,
}

/// Reads the columns called `texts` and `numbers` of the file at `path`.
pub fn read_columns(path: &Path, texts: &[String], numbers: &[String]) -> Result<FlatColumns> {
    let wanted: Vec<String> = texts.iter().chain(numbers).cloned().collect();
    let mut columns = FlatColumns {
        texts: texts.iter().map(|_| WordColumn::default()).collect(),
        numbers: vec![Vec::new(); numbers.len()],
        ..FlatColumns::default()
    };
    let file = columns.quarantine.file(path);
    source::stream(path, &wanted, &mut |batch| {
        columns.push(&batch, texts.len(), &wanted, file);
        Ok(())
    })?;
    if columns.rows == 0 {
        return Err(Error::data("there is a header and no rows")
            .at_file(path)
            .hint("check the export's date range and filters"));
    }
    columns.quarantine.sort();
    Ok(columns)
}

impl FlatColumns {
    /// Rows that were kept.
    pub fn kept(&self) -> u64 {
        self.rows - self.quarantine.len() as u64
    }

    fn push(&mut self, batch: &RawBatch, texts: usize, names: &[String], file: u32) {
        self.rows += (batch.rows() + batch.faults.len()) as u64;
        for fault in &batch.faults {
            self.quarantine.add(file, fault.clone());
        }
        let cells: Vec<Cells<'_>> = batch.columns.iter().map(|c| Cells::of(c.as_ref())).collect();
        let mut values = vec![0.0; cells.len() - texts];
        for row in 0..batch.rows() {
            match numbers_of(&cells[texts..], row, &mut values) {
                Ok(()) => self.keep(&cells[..texts], row, &values),
                Err((place, rule)) => {
                    let cell = cells[texts + place].text(row).unwrap_or_default();
                    let name = &names[texts + place];
                    let fault = Fault::new(batch.lines.of(row), name, &cell, rule);
                    self.quarantine.add(file, fault);
                }
            }
        }
    }

    fn keep(&mut self, texts: &[Cells<'_>], row: usize, values: &[f64]) {
        for (column, cell) in self.texts.iter_mut().zip(texts) {
            column.push(cell.text(row).as_deref());
        }
        for (column, value) in self.numbers.iter_mut().zip(values) {
            column.push(*value);
        }
    }
}

fn numbers_of(cells: &[Cells<'_>], row: usize, values: &mut [f64]) -> Result<(), (usize, Rule)> {
    for (place, (cell, value)) in cells.iter().zip(values).enumerate() {
        *value = cell.number(row).map_err(|rule| (place, rule))?.unwrap_or(f64::NAN);
    }
    Ok(())
}
