//! Orders and refunds.

use super::calendar::DAY_S;
use super::event::{Item, Order};
use super::life::Life;

/// Share of orders paid back in full; partial refunds are left out.
const REFUND_SHARE: f64 = 0.04;
/// Discounts that the shop gives, in percent.
const DISCOUNTS: [i64; 4] = [10, 15, 20, 30];

impl Life<'_> {
    /// An order of this product and perhaps others.
    pub(super) fn order(&mut self, t: i64, product: u16) {
        let traits = self.contact.persona.traits();
        let percent_off = match self.dice.chance(traits.discount_share) {
            true => DISCOUNTS[self.dice.whole(0, DISCOUNTS.len() as i64) as usize],
            false => 0,
        };
        let mut order = Order { t, items: Vec::with_capacity(4), discount: 0, refunded_t: None };
        let extra = self.dice.count(traits.extra_items);
        for line in 0..=extra {
            let product = match line {
                0 => product,
                _ => self.shop.catalogue.choose(traits, &mut self.dice),
            };
            self.add_line(&mut order, product, percent_off);
        }
        if self.dice.chance(REFUND_SHARE) {
            let wait_s = self.dice.between(3.0, 25.0) * DAY_S as f64;
            order.refunded_t = Some(t + wait_s as i64);
        }
        self.orders.push(order);
    }

    /// The discount is rounded line by line, so that lines add up to the order.
    fn add_line(&mut self, order: &mut Order, product: u16, percent_off: i64) {
        let quantity = 1 + u16::from(self.dice.chance(0.12));
        let list = self.shop.catalogue.product(product).price * i64::from(quantity);
        let off = (list * percent_off + 50) / 100;
        order.discount += off;
        order.items.push(Item { product, quantity, amount: list - off });
    }
}
