//! Which categories a contact bought: the lines of its sales.
//!
//! A line belongs to a sale with the same order id; lines below zero are returns. Lines without a
//! category say nothing.

use super::super::{Family, FeatureSpec, Item, Missing, Order, Presence, Unit, Word};
use super::InOrder;
use super::shares::Shares;
use super::windows::span;

/// The window of categories beside all of history.
const YEAR: u32 = 365;

/// The lines that count.
pub struct Bought<'a> {
    lines: Vec<&'a Item>,
    first_order: Word,
}

impl<'a> Bought<'a> {
    pub fn new(sales: &[&Order], items: &'a [Item]) -> Self {
        let mut orders: Vec<Word> = sales.iter().map(|sale| sale.order).collect();
        orders.sort_unstable();
        let counts = |item: &&Item| {
            item.order.is_some()
                && item.category.is_some()
                && item.amount_minor.is_none_or(|minor| minor >= 0)
                && orders.binary_search(&item.order).is_ok()
        };
        let first_order = sales.first().map_or(Word::NONE, |sale| sale.order);
        Bought { lines: items.iter().filter(counts).collect(), first_order }
    }

    fn shares(&self, from_us: i64) -> Shares {
        let mut shares = Shares::default();
        let recent = self.lines.iter().filter(|line| line.us >= from_us);
        recent.for_each(|line| shares.add(line.category));
        shares
    }

    /// Category of the dearest line of the first sale; of equals the first in text order.
    fn first_category(&self) -> Option<Word> {
        let lines = self.lines.iter().filter(|line| line.order == self.first_order);
        let dearest = lines
            .min_by_key(|line| (std::cmp::Reverse(line.amount_minor.unwrap_or(0)), line.category));
        dearest.map(|line| line.category)
    }

    /// Sets the places of [`specs`]; `year_us` is the beginning of the window.
    pub fn put(&self, year_us: i64, out: &mut InOrder<'_, '_>) {
        let all = self.shares(i64::MIN);
        out.number(self.shares(year_us).different() as f64);
        out.number(all.different() as f64);
        out.some(all.top_share());
        out.some(all.entropy());
        out.label(all.top().map(|(word, _)| word));
        out.label(self.first_category());
    }
}

const LINES: &str = "order lines with a category and without an amount below zero whose order id is that \
                     of a completed order with amount > 0";

fn spec(name: &str, unit: Unit) -> FeatureSpec {
    FeatureSpec::new(Family::Purchase, name, unit).requires(Presence::BOUGHT_CATEGORY)
}

/// Numbers, then labels.
pub fn specs() -> [FeatureSpec; 6] {
    let name = format!("categories_bought_{YEAR}d");
    [
        spec(&name, Unit::Count)
            .window(YEAR)
            .means(format!("different categories bought in the last {YEAR} days"))
            .formula(
                Missing::Zero,
                format!("number of different categories of {LINES}, over {}", span(YEAR)),
            ),
        spec("categories_bought", Unit::Count)
            .means("different categories bought")
            .formula(Missing::Zero, format!("number of different categories of {LINES}")),
        spec("top_category_bought_share", Unit::Share)
            .means("share of order lines in the category bought most")
            .formula(
                Missing::Unknown,
                format!("max over categories of v / sum of v, v = number of {LINES}"),
            ),
        spec("bought_category_entropy", Unit::Bits)
            .means("how evenly order lines spread over categories")
            .formula(
                Missing::Unknown,
                format!("-sum over categories of p log2 p, p = share of {LINES}"),
            ),
        spec("top_category_bought", Unit::Label)
            .means("the category bought most")
            .formula(
                Missing::Unknown,
                format!("category of most of {LINES}, the first in text order of equals"),
            ),
        spec("first_category_bought", Unit::Label)
            .means("the category that the first order was mainly about")
            .formula(
                Missing::Unknown,
                format!(
                    "category with the largest amount of a line, the first in text order of equals, \
                     among {LINES}, of the first such order"
                ),
            ),
    ]
}
