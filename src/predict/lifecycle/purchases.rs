//! A contact's orders as they become known.

/// Something that a stage may follow from, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Microseconds since 1970 in UTC.
    pub us: i64,
    pub what: Happening,
}

/// What happens to a contact. `order` tells the contact's orders apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// The contact becomes known.
    SignedUp,
    /// The lead event that makes a lead.
    BecameLead,
    Ordered {
        order: u32,
        minor: i64,
    },
    /// Money of an order goes back; above zero.
    Refunded {
        order: u32,
        minor: i64,
    },
}

/// The orders that are known so far, and what of each went back.
#[derive(Debug, Clone, Default)]
pub(super) struct Purchases {
    /// In order of time.
    orders: Vec<Purchase>,
    /// What went back of orders that are not known.
    early: Vec<(u32, i64)>,
}

#[derive(Debug, Clone, Copy)]
struct Purchase {
    us: i64,
    order: u32,
    minor: i64,
    refunded: i64,
}

impl Purchase {
    fn counts(&self) -> bool {
        self.refunded < self.minor
    }
}

impl Purchases {
    /// Takes what happens next.
    pub fn take(&mut self, moment: &Moment) {
        match moment.what {
            Happening::SignedUp | Happening::BecameLead => {}
            Happening::Ordered { order, minor } => {
                let early = self.early.iter().filter(|(id, _)| *id == order);
                let refunded = early.map(|(_, minor)| minor).sum();
                self.orders.push(Purchase { us: moment.us, order, minor, refunded });
            }
            Happening::Refunded { order, minor } => {
                match self.orders.iter_mut().find(|one| one.order == order) {
                    Some(one) => one.refunded = one.refunded.saturating_add(minor),
                    None => self.early.push((order, minor)),
                }
            }
        }
    }

    /// When each order that counts was placed, in order.
    pub fn counting(&self) -> impl DoubleEndedIterator<Item = i64> {
        self.orders.iter().filter(|one| one.counts()).map(|one| one.us)
    }

    pub fn count(&self) -> usize {
        self.counting().count()
    }

    /// Money of the orders that count, less what went back of them, in minor units.
    pub fn spent(&self) -> i64 {
        let counting = self.orders.iter().filter(|one| one.counts());
        counting.fold(0, |sum: i64, one| sum.saturating_add(one.minor - one.refunded))
    }
}
