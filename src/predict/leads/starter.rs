//! Rules to begin with.

/// The starter rules, as `microseg.toml` has them. The numbers are a start: a step towards an order is worth
/// more than the one before it, no rule alone makes a contact hot, and what is a month old counts little.
pub const TOML: &str = r#"[leads]
# Most points of each group; a score is the sum of both. The least are 0.
fit_cap = 50
intent_cap = 50
# Earlier weeks that are shown.
weeks = 4

[leads.bands]            # cold below
hot = 60
warm = 30

# Fit: what the contact is. Points once.

[leads.rules.has_bought]
group = "fit"
feature = "frequency"
at_least = 1
points = 15

[leads.rules.has_come_back]
group = "fit"
feature = "frequency"
at_least = 2
points = 15

[leads.rules.country_known]
group = "fit"
feature = "country"
known = true
points = 5

[leads.rules.source_known]
group = "fit"
feature = "source"
known = true
points = 5

# Half of what was bought went back.
[leads.rules.returns_much]
group = "fit"
feature = "refund_share"
at_least = 0.5
points = -15

# Intent: what the contact does. Points for every occurrence, half of them after a half-life.

[leads.rules.opens]
group = "intent"
event = "opened"
points = 1
within_days = 30
half_life_days = 14
cap = 5

[leads.rules.clicks]
group = "intent"
event = "clicked"
points = 3
within_days = 60
half_life_days = 14
cap = 12

[leads.rules.page_views]
group = "intent"
event = "page_viewed"
points = 0.5
within_days = 30
half_life_days = 7
cap = 5

[leads.rules.product_views]
group = "intent"
event = "product_viewed"
points = 1
within_days = 30
half_life_days = 7
cap = 10

[leads.rules.carts]
group = "intent"
event = "cart_added"
points = 5
within_days = 30
half_life_days = 7
cap = 15

[leads.rules.checkouts]
group = "intent"
event = "checkout_started"
points = 8
within_days = 30
half_life_days = 7
cap = 16

[leads.rules.orders]
group = "intent"
event = "ordered"
points = 8
within_days = 180
half_life_days = 60
cap = 12

[leads.rules.unsubscribes]
group = "intent"
event = "unsubscribed"
points = -30
within_days = 365
cap = 30

[leads.rules.complaints]
group = "intent"
event = "complained"
points = -50
"#;
