//! What an audit says.

use serde::Serialize;

/// All checks, those whose faults cost most first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// The moment before which rows were looked at.
    pub as_of: String,
    pub findings: Vec<Finding>,
}

impl Audit {
    /// The findings with this status.
    pub fn with(&self, status: Status) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.status == status)
    }
}

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    pub code: &'static str,
    pub title: &'static str,
    pub status: Status,
    /// What is counted: contacts, events, campaigns, orders or rows.
    pub unit: &'static str,
    /// How many are at fault; `None` where it was not checked.
    pub count: Option<u64>,
    /// Of how many that could have been.
    pub of: Option<u64>,
    /// `count` of `of`, from 0 to 1.
    pub share: Option<f64>,
    /// At most five ids, those with most faults first, then by id.
    pub examples: Vec<String>,
    /// 1 costs most.
    pub cost_rank: usize,
    pub what_it_costs: &'static str,
    pub what_to_do: &'static str,
    /// Set where the check could not run.
    pub not_checked: Option<NotChecked>,
    /// Both ways of counting, where machines are in question.
    pub rates: Option<Rates>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Found,
    Clean,
    NotChecked,
}

/// Why a check could not run, and with what it could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotChecked {
    pub why: String,
    pub needs: String,
}

/// Mails opened or clicked at least once, by anybody and by people, of the mails delivered (sent,
/// where no deliveries are exported). A mail is one campaign to one contact.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rates {
    pub mails: u64,
    pub all: u64,
    pub human: u64,
    pub all_rate: f64,
    pub human_rate: f64,
}

impl Rates {
    pub(super) fn new(mails: u64, all: u64, human: u64) -> Option<Self> {
        let of = |count: u64| count as f64 / mails as f64;
        (mails > 0).then(|| Rates { mails, all, human, all_rate: of(all), human_rate: of(human) })
    }
}
