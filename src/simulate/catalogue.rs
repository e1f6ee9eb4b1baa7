//! What the shop sells.

use super::dice::Dice;
use super::persona::Traits;

/// Category names; a persona's appetites are in this order.
pub(super) const CATEGORIES: [&str; 6] =
    ["fashion", "beauty", "kitchen", "garden", "electronics", "gifts"];
const PER_CATEGORY: usize = 20;
/// The cheapest product of each category and the factor from cheapest to dearest.
const PRICES: [(f64, f64); 6] =
    [(900.0, 9.0), (600.0, 7.0), (1100.0, 12.0), (1000.0, 12.0), (1900.0, 15.0), (1200.0, 6.0)];

/// One product.
pub(super) struct Product {
    pub id: String,
    pub category: usize,
    /// Price in pence.
    pub price: i64,
}

/// All products, by category and then from cheap to dear.
pub(super) struct Catalogue(Vec<Product>);

impl Catalogue {
    pub fn new() -> Self {
        let place = |index: usize| (index / PER_CATEGORY, index % PER_CATEGORY);
        let product = |index: usize| {
            let (category, rank) = place(index);
            Product { id: format!("p{:03}", index + 1), category, price: price(category, rank) }
        };
        Catalogue((0..CATEGORIES.len() * PER_CATEGORY).map(product).collect())
    }

    pub fn product(&self, index: u16) -> &Product {
        &self.0[usize::from(index)]
    }

    /// A product that such a persona would look at.
    pub fn choose(&self, traits: &Traits, dice: &mut Dice) -> u16 {
        let category = dice.pick(&traits.categories);
        let place = dice.uniform().powf(traits.thrift) * PER_CATEGORY as f64;
        (category * PER_CATEGORY + (place as usize).min(PER_CATEGORY - 1)) as u16
    }
}

/// Prices climb by an equal factor, and end in 99 or 49 as shops have them.
fn price(category: usize, rank: usize) -> i64 {
    let (cheapest, spread) = PRICES[category];
    let raw = cheapest * spread.powf(rank as f64 / (PER_CATEGORY - 1) as f64);
    (raw / 50.0).round() as i64 * 50 - 1
}
