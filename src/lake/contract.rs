//! The column contract: what each canonical table takes from a source file.
//!
//! `data/README.md` is generated from these tables, `init` guesses against their synonyms, and
//! `ingest` checks every mapping with them.

use super::columns;
use crate::error::{Error, Kind, Result};

/// The canonical tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    Contacts,
    Campaigns,
    Events,
    Orders,
    OrderItems,
    Assignments,
}

/// What a cell must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Text,
    Time,
    Money,
    Number,
    Flag,
    Word,
}

/// Whether a column must be mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Required,
    Optional,
}

/// One column that a source may map.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub need: Need,
    pub content: Content,
    pub meaning: &'static str,
    /// Column names of common exports that mean this, lower case, without separators.
    pub synonyms: &'static [&'static str],
}

impl Table {
    pub const ALL: [Table; 6] = [
        Table::Contacts,
        Table::Campaigns,
        Table::Events,
        Table::Orders,
        Table::OrderItems,
        Table::Assignments,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Table::Contacts => "contacts",
            Table::Campaigns => "campaigns",
            Table::Events => "events",
            Table::Orders => "orders",
            Table::OrderItems => "order_items",
            Table::Assignments => "assignments",
        }
    }

    pub fn parse(name: &str) -> Result<Self> {
        Table::ALL.into_iter().find(|t| t.name() == name).ok_or_else(|| {
            Error::unknown(Kind::Settings, "table", name, Table::ALL.map(Table::name))
        })
    }

    /// What one row is.
    pub fn row(self) -> &'static str {
        match self {
            Table::Contacts => "a person who can be mailed",
            Table::Campaigns => "a mailing, or a message of a flow",
            Table::Events => "something that happened with a contact",
            Table::Orders => "an order or a refund; or, with `quantity` and `price`, a line of one",
            Table::OrderItems => "a line of an order",
            Table::Assignments => "a contact put into a variant of an experiment",
        }
    }

    pub fn fields(self) -> &'static [Field] {
        match self {
            Table::Contacts => columns::CONTACTS,
            Table::Campaigns => columns::CAMPAIGNS,
            Table::Events => columns::EVENTS,
            Table::Orders => columns::ORDERS,
            Table::OrderItems => columns::ORDER_ITEMS,
            Table::Assignments => columns::ASSIGNMENTS,
        }
    }

    pub fn field(self, name: &str) -> Result<&'static Field> {
        self.fields().iter().find(|f| f.name == name).ok_or_else(|| {
            let what = format!("column of {}", self.name());
            Error::unknown(Kind::Settings, &what, name, self.fields().iter().map(|f| f.name))
        })
    }
}
