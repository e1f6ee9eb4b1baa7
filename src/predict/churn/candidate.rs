//! The ways to a probability of being lost.

use serde::{Deserialize, Serialize};

/// One way. The baselines are what an analyst would use without a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Candidate {
    /// The purchase model as it is.
    PurchaseModel,
    /// The purchase model, recalibrated on its logit (Platt 1999) on earlier cutoffs.
    RecalibratedModel,
    /// Logistic regression on all columns, and on the purchase model's logit where there is one.
    Regression,
    /// The same, recalibrated on the newest of the cutoffs it was trained on.
    RecalibratedRegression,
    /// The same, moved on the logit so that as many are expected to be lost as the purchase model says:
    /// which contacts from the regression, how many from the model, which knows that a shop that gains no
    /// customers loses more of them every month.
    LevelledRegression,
    /// Regression on the time since the last action alone.
    Hiatus,
    /// Regression on the number of actions alone.
    Frequency,
    /// A Poisson process at each contact's own rate.
    OwnRate,
    /// The share that was lost before, for everybody.
    BaseRate,
}

impl Candidate {
    pub const ALL: [Candidate; 9] = [
        Candidate::PurchaseModel,
        Candidate::RecalibratedModel,
        Candidate::Regression,
        Candidate::RecalibratedRegression,
        Candidate::LevelledRegression,
        Candidate::Hiatus,
        Candidate::Frequency,
        Candidate::OwnRate,
        Candidate::BaseRate,
    ];

    /// As reports name it.
    pub fn title(self) -> &'static str {
        match self {
            Candidate::PurchaseModel => "purchase model",
            Candidate::RecalibratedModel => "purchase model, recalibrated",
            Candidate::Regression => "regression on all features",
            Candidate::RecalibratedRegression => "regression on all features, recalibrated",
            Candidate::LevelledRegression => {
                "regression on all features, at the purchase model's level"
            }
            Candidate::Hiatus => "baseline: time since the last action",
            Candidate::Frequency => "baseline: number of actions",
            Candidate::OwnRate => "baseline: each contact's own rate",
            Candidate::BaseRate => "baseline: the same for everybody",
        }
    }

    pub fn is_baseline(self) -> bool {
        matches!(
            self,
            Candidate::Hiatus | Candidate::Frequency | Candidate::OwnRate | Candidate::BaseRate
        )
    }
}
