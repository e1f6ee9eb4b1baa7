//! The statuses of orders, by their codes in [`crate::lake::schema::ORDER_STATUSES`], and the platforms'
//! words for them.

pub const CANCELLED: u8 = 0;
pub const COMPLETED: u8 = 1;
const PENDING: u8 = 2;
pub const REFUNDED: u8 = 3;

pub const STATUS_WORDS: &[(&str, u8)] = &[
    ("completed", COMPLETED),
    ("complete", COMPLETED),
    ("paid", COMPLETED),
    ("fulfilled", COMPLETED),
    ("shipped", COMPLETED),
    ("delivered", COMPLETED),
    ("closed", COMPLETED),
    ("partially_refunded", COMPLETED),
    ("pending", PENDING),
    ("authorized", PENDING),
    ("processing", COMPLETED),
    ("partially_paid", COMPLETED),
    ("on_hold", PENDING),
    ("cancelled", CANCELLED),
    ("canceled", CANCELLED),
    ("voided", CANCELLED),
    ("failed", CANCELLED),
    ("refunded", REFUNDED),
    ("refund", REFUNDED),
    ("returned", REFUNDED),
];
