//! The kinds of event, and the words of the platforms for them.

use crate::lake::schema::EVENT_KINDS;

use super::super::mapping::{self, Mapping};
use super::super::quarantine::Rule;

/// Words of the platforms for our kinds.
const SYNONYMS: &[(&str, &str)] = &[
    ("received_email", "delivered"),
    ("email_delivered", "delivered"),
    ("delivery", "delivered"),
    ("send", "sent"),
    ("email_sent", "sent"),
    ("processed", "sent"),
    ("open", "opened"),
    ("opened_email", "opened"),
    ("email_opened", "opened"),
    ("click", "clicked"),
    ("clicked_email", "clicked"),
    ("email_clicked", "clicked"),
    ("bounce", "bounced"),
    ("bounced_email", "bounced"),
    ("unsubscribe", "unsubscribed"),
    ("unsubscribed_from_email_marketing", "unsubscribed"),
    ("spam_report", "complained"),
    ("spamreport", "complained"),
    ("spam_complaint", "complained"),
    ("marked_email_as_spam", "complained"),
    ("complaint", "complained"),
    ("active_on_site", "page_viewed"),
    ("page_view", "page_viewed"),
    ("pageview", "page_viewed"),
    ("viewed_product", "product_viewed"),
    ("product_view", "product_viewed"),
    ("added_to_cart", "cart_added"),
    ("add_to_cart", "cart_added"),
    ("started_checkout", "checkout_started"),
    ("checkout", "checkout_started"),
];

/// Kinds that belong to a mailing.
pub const MAIL: [&str; 5] = ["bounced", "clicked", "delivered", "opened", "sent"];

/// A word that means "not for this table".
const SKIP: &str = "skip";

/// The code of a kind; `None` for a word that is mapped to `skip`.
pub fn kind_code(mapping: &Mapping, word: &str) -> Result<Option<u8>, Rule> {
    if let Ok(code) = EVENT_KINDS.binary_search(&word) {
        return Ok(Some(code as u8));
    }
    let (_, word) = mapping.word(word);
    if word == SKIP {
        return Ok(None);
    }
    let known = SYNONYMS.iter().find(|s| s.0 == word).map_or(&*word, |s| s.1);
    EVENT_KINDS.binary_search(&known).map(|code| Some(code as u8)).map_err(|_| Rule::UnknownWord)
}

/// True if `word` means an event kind without any mapping.
pub fn is_known_kind(word: &str) -> bool {
    let word = mapping::normal(word);
    EVENT_KINDS.contains(&word.as_str()) || SYNONYMS.iter().any(|s| s.0 == word)
}
