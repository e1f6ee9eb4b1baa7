//! Which way of looking early fits which kind of send.

use serde::Serialize;

/// How the outcomes of an experiment come in, which decides how it may be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Watching {
    /// One send fixes the recipients; only their outcomes ripen.
    FixedSend,
    /// Recipients enter day by day: a flow, a trigger, a sign-up form.
    Arriving,
    /// A few looks whose times were set down before the send.
    PlannedLooks,
}

impl Watching {
    pub const ALL: [Watching; 3] =
        [Watching::FixedSend, Watching::Arriving, Watching::PlannedLooks];

    /// What fits an experiment: planned looks where there are some, else by how recipients come.
    pub fn of(all_sent_at_once: bool, planned_looks: usize) -> Watching {
        match (planned_looks, all_sent_at_once) {
            (2.., _) => Watching::PlannedLooks,
            (_, true) => Watching::FixedSend,
            (_, false) => Watching::Arriving,
        }
    }

    /// The method that this module has for it.
    pub fn method(self) -> &'static str {
        match self {
            Watching::FixedSend => "fixed-horizon test after the attribution window",
            Watching::Arriving => "normal-mixture confidence sequence",
            Watching::PlannedLooks => "group-sequential bounds by alpha spending",
        }
    }

    /// Why, in words for the reader of a report.
    pub fn explanation(self) -> &'static str {
        match self {
            Watching::FixedSend => {
                "Everyone was mailed at once, so the number of recipients does not grow; what \
                 grows is how many of them had time to act. Read the result once, when the \
                 attribution window of every recipient has closed. An early look counts only \
                 recipients whose window is closed, and a confidence sequence does not make up \
                 for outcomes that are still to come."
            }
            Watching::Arriving => {
                "New recipients enter while the experiment runs. The confidence sequence holds at \
                 all times at once, so it may be read every day and the experiment stopped at \
                 any of them; the price is an interval that is wider by about half. Count \
                 recipients whose attribution window has closed."
            }
            Watching::PlannedLooks => {
                "The looks were few and set down beforehand. Each look may use up a planned part \
                 of the error probability, with bounds that are strict early and nearly those of \
                 a single test at the end. A look that was not planned does not count."
            }
        }
    }
}
