//! The six kinds of shopper, and what each does.

/// A planted kind of shopper: the truth that segmentation should find again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Persona {
    /// Evening, mobile, discounts, reads most emails.
    BargainHunter,
    /// Morning, desktop, buys often and at full price.
    MorningLoyalist,
    /// Many views and carts, hardly an order.
    WindowShopper,
    /// One order before a holiday, little response to email.
    GiftBuyer,
    /// Was a frequent buyer, stopped 120 to 300 days before the end.
    LapsingLoyal,
    /// Signed up within the last 75 days, very active.
    NewArrival,
}

impl Persona {
    /// All personas, in the order of the truth tables.
    pub const ALL: [Persona; 6] = [
        Persona::BargainHunter,
        Persona::MorningLoyalist,
        Persona::WindowShopper,
        Persona::GiftBuyer,
        Persona::LapsingLoyal,
        Persona::NewArrival,
    ];

    /// The name in `truth/personas.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Persona::BargainHunter => "bargain-hunter",
            Persona::MorningLoyalist => "morning-loyalist",
            Persona::WindowShopper => "window-shopper",
            Persona::GiftBuyer => "gift-buyer",
            Persona::LapsingLoyal => "lapsing-loyal",
            Persona::NewArrival => "new-arrival",
        }
    }

    /// The share of contacts drawn as this persona; the six add up to 1.
    pub fn weight(self) -> f64 {
        self.traits().weight
    }

    /// The local send hour, among the arms of the send-time experiment, that earns most clicks.
    pub fn best_hour(self) -> u8 {
        self.traits().best_hour
    }

    pub(super) fn traits(self) -> &'static Traits {
        &TRAITS[self as usize]
    }
}

/// What a persona does on average; each contact varies around it.
pub(super) struct Traits {
    pub weight: f64,
    /// Visits that no email caused.
    pub visits_per_day: f64,
    pub buy_per_visit: f64,
    /// Probability that the visit of the signup ends in an order.
    pub buy_at_signup: f64,
    pub buy_per_click: f64,
    pub cart_per_visit: f64,
    pub pages_per_visit: f64,
    pub products_per_visit: f64,
    pub seconds_per_view: f64,
    /// Probability that a person opens a delivered email, machines apart.
    pub open_rate: f64,
    /// Probability that a person clicks in a delivered email; never above `open_rate`.
    pub click_rate: f64,
    pub unsubscribe_per_open: f64,
    /// Share that never agreed to emails.
    pub no_consent: f64,
    /// Mean local hour of activity, and its standard deviation.
    pub hour: f64,
    pub hour_sd: f64,
    pub best_hour: u8,
    /// Shares of mobile, desktop, tablet.
    pub devices: [f64; 3],
    pub discount_share: f64,
    /// Above 1 chooses cheap products, below 1 dear ones.
    pub thrift: f64,
    /// Lines of an order beyond the first.
    pub extra_items: f64,
    /// Appetite for each category of the catalogue.
    pub categories: [f64; 6],
}

const TRAITS: [Traits; 6] = [BARGAIN, LOYALIST, WINDOW, GIFT, LAPSING, NEW];

const BARGAIN: Traits = Traits {
    weight: 0.20,
    visits_per_day: 0.04,
    buy_per_visit: 0.20,
    buy_at_signup: 0.9,
    buy_per_click: 0.18,
    cart_per_visit: 0.25,
    pages_per_visit: 0.8,
    products_per_visit: 1.3,
    seconds_per_view: 18.0,
    open_rate: 0.45,
    click_rate: 0.10,
    unsubscribe_per_open: 0.001,
    no_consent: 0.02,
    hour: 20.5,
    hour_sd: 1.8,
    best_hour: 21,
    devices: [0.88, 0.05, 0.07],
    discount_share: 0.85,
    thrift: 2.6,
    extra_items: 0.8,
    categories: [4.0, 3.0, 1.0, 1.0, 1.0, 0.5],
};

const LOYALIST: Traits = Traits {
    weight: 0.18,
    visits_per_day: 0.06,
    buy_per_visit: 0.50,
    buy_at_signup: 1.0,
    buy_per_click: 0.30,
    cart_per_visit: 0.10,
    pages_per_visit: 0.5,
    products_per_visit: 1.0,
    seconds_per_view: 40.0,
    open_rate: 0.38,
    click_rate: 0.07,
    unsubscribe_per_open: 0.001,
    no_consent: 0.03,
    hour: 8.3,
    hour_sd: 1.6,
    best_hour: 8,
    devices: [0.08, 0.87, 0.05],
    discount_share: 0.08,
    thrift: 0.5,
    extra_items: 1.2,
    categories: [0.5, 1.0, 4.0, 3.0, 1.0, 1.0],
};

const WINDOW: Traits = Traits {
    weight: 0.20,
    visits_per_day: 0.075,
    buy_per_visit: 0.002,
    buy_at_signup: 0.0,
    buy_per_click: 0.004,
    cart_per_visit: 0.55,
    pages_per_visit: 1.2,
    products_per_visit: 2.4,
    seconds_per_view: 60.0,
    open_rate: 0.25,
    click_rate: 0.06,
    unsubscribe_per_open: 0.002,
    no_consent: 0.05,
    hour: 17.0,
    hour_sd: 2.4,
    best_hour: 18,
    devices: [0.55, 0.35, 0.10],
    discount_share: 0.3,
    thrift: 1.0,
    extra_items: 0.2,
    categories: [1.0, 1.0, 1.0, 1.0, 4.0, 1.0],
};

const GIFT: Traits = Traits {
    weight: 0.16,
    visits_per_day: 0.002,
    buy_per_visit: 0.01,
    buy_at_signup: 1.0,
    buy_per_click: 0.03,
    cart_per_visit: 0.05,
    pages_per_visit: 0.8,
    products_per_visit: 1.2,
    seconds_per_view: 30.0,
    open_rate: 0.10,
    click_rate: 0.01,
    unsubscribe_per_open: 0.02,
    no_consent: 0.40,
    hour: 13.0,
    hour_sd: 2.6,
    best_hour: 12,
    devices: [0.45, 0.45, 0.10],
    discount_share: 0.2,
    thrift: 0.9,
    extra_items: 0.6,
    categories: [0.3, 0.5, 0.5, 0.5, 1.0, 6.0],
};

/// The email rates are those after the stop; [`super::contact::Contact::warmth`] raises them before.
const LAPSING: Traits = Traits {
    weight: 0.14,
    visits_per_day: 0.065,
    buy_per_visit: 0.50,
    buy_at_signup: 1.0,
    buy_per_click: 0.10,
    cart_per_visit: 0.12,
    pages_per_visit: 0.6,
    products_per_visit: 1.0,
    seconds_per_view: 35.0,
    open_rate: 0.06,
    click_rate: 0.003,
    unsubscribe_per_open: 0.006,
    no_consent: 0.05,
    hour: 10.0,
    hour_sd: 2.4,
    best_hour: 8,
    devices: [0.30, 0.60, 0.10],
    discount_share: 0.2,
    thrift: 0.7,
    extra_items: 0.9,
    categories: [1.0, 1.0, 3.0, 2.0, 1.0, 1.0],
};

const NEW: Traits = Traits {
    weight: 0.12,
    visits_per_day: 0.20,
    buy_per_visit: 0.16,
    buy_at_signup: 0.9,
    buy_per_click: 0.15,
    cart_per_visit: 0.30,
    pages_per_visit: 1.4,
    products_per_visit: 1.6,
    seconds_per_view: 28.0,
    open_rate: 0.55,
    click_rate: 0.16,
    unsubscribe_per_open: 0.002,
    no_consent: 0.02,
    hour: 12.5,
    hour_sd: 2.2,
    best_hour: 12,
    devices: [0.70, 0.22, 0.08],
    discount_share: 0.4,
    thrift: 1.1,
    extra_items: 0.5,
    categories: [1.0, 3.0, 1.0, 3.0, 1.0, 1.0],
};
