//! What a family of features is: declared and measured side by side.

use super::timeline::{Needs, Places, Timeline, Word};
use super::{FeatureSpec, LocalClock};

/// The moments and texts that measuring refers to.
pub struct Moments<'a> {
    /// The as-of, in microseconds UTC.
    pub now_us: i64,
    /// Day number of the as-of in the shop's zone.
    pub today: i64,
    pub shop_clock: &'a LocalClock,
    /// The text of each word, by its code.
    pub words: &'a [String],
    /// Place of each campaign's type among the types that features tell apart, by the campaign's word;
    /// [`NO_TYPE`] if unknown.
    pub campaign_types: &'a [u8],
    /// Share of human opens by whole hours after the mail's arrival; adds up to 1.
    pub open_delay_curve: &'a [f64],
    pub params: &'a FeatureParams,
}

impl Moments<'_> {
    /// The moment `days` days of 24 hours before the as-of.
    pub fn from(&self, days: u32) -> i64 {
        self.now_us - i64::from(days) * 86_400_000_000
    }

    /// Calendar days in the shop's zone from `us` to the as-of.
    pub fn days_since(&self, us: i64) -> f64 {
        (self.today - self.shop_clock.second(us).div_euclid(86_400)) as f64
    }

    pub fn text(&self, word: Word) -> Option<&str> {
        self.words.get(word.0 as usize).map(String::as_str)
    }
}

/// The place of a type that is not known.
pub const NO_TYPE: u8 = u8::MAX;

/// Choices that features depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureParams {
    /// A visit ends after this much silence: the convention of web analytics.
    pub session_gap_us: i64,
    /// Fewest mails for a rate: below it one open more or less moves the rate by a fifth.
    pub fewest_mails: u32,
    /// Fewest actions for a share or an hour.
    pub fewest_actions: u32,
    /// An open or click counts for the latest mail of its campaign in this many days before it:
    /// nine of ten come within three days, and after a month a mail is an archive.
    pub attribution_us: i64,
    /// A cart is abandoned if no order follows within this time.
    pub abandoned_after_us: i64,
}

impl Default for FeatureParams {
    fn default() -> Self {
        FeatureParams {
            session_gap_us: 30 * 60 * 1_000_000,
            fewest_mails: 5,
            fewest_actions: 5,
            attribution_us: 30 * 86_400_000_000,
            abandoned_after_us: 86_400_000_000,
        }
    }
}

/// One family of features.
pub trait Family: Send + Sync {
    /// The features, in the order of their places: numbers first, then labels.
    fn specs(&self) -> Vec<FeatureSpec>;

    /// The columns that [`Family::measure`] reads.
    fn needs(&self) -> Needs;

    /// Told once which of the features are asked for, by their places, so that others cost nothing.
    fn narrow(&mut self, _wanted: &[bool]) {}

    /// Measures one contact.
    fn measure(&self, timeline: &Timeline<'_>, moments: &Moments<'_>, places: &mut Places<'_>);
}
