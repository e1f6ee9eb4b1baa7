//! An order file, added up by contact.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::lake::Table;
use crate::workspace::{InputFile, ShopSettings, SourceSettings};

use super::super::delta::Delta;
use super::super::mapping::Mapping;
use super::super::quarantine::Quarantine;
use super::super::read::{Progress, Read};
use super::super::report::SourceCounts;
use super::super::rows::{LinkedOrder, OrderTable, Origin};
use super::super::source;
use super::super::words::ContactIds;

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
