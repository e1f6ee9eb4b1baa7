//! What can be typed after `calc`.

use clap::{Args, Subcommand, ValueEnum};

use crate::experiments::design::Split;
use crate::experiments::{Adjustment, SRM_ALPHA};

#[derive(Debug, Subcommand)]
pub enum CalcCommand {
    /// Compare two rates from counts
    Rates(RatesArgs),
    /// Compare two means from mean, standard deviation and number
    Means(MeansArgs),
    /// Plan a test: give two of lift, recipients and power, and get the third
    Power(Box<PowerArgs>),
    /// Check observed arms against their planned shares
    Srm(SrmArgs),
    /// Adjust the p-values of a family of tests
    Adjust(AdjustArgs),
}

/// What to ask of two arms.
#[derive(Debug, Args)]
pub struct Question {
    /// Error rate of the test; intervals are at one less this
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub alpha: f64,
    /// Margin of the difference: is the treatment not lower, not higher, practically equal?
    #[arg(long, value_name = "D", allow_negative_numbers = true)]
    pub margin: Option<f64>,
    /// Relative lift that should be found: says how many recipients are still needed for it
    #[arg(long, value_name = "R", allow_negative_numbers = true)]
    pub lift: Option<f64>,
    /// Power with which --lift should be found
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, requires = "lift")]
    pub power: f64,
}

#[derive(Debug, Args)]
pub struct RatesArgs {
    /// Successes and recipients of the control
    #[arg(long, value_name = "X/N", allow_hyphen_values = true)]
    pub control: String,
    /// Successes and recipients of the treatment
    #[arg(long, value_name = "X/N", allow_hyphen_values = true)]
    pub treatment: String,
    #[command(flatten)]
    pub question: Question,
}

#[derive(Debug, Args)]
pub struct MeansArgs {
    /// Mean, standard deviation and number of the control
    #[arg(long, value_name = "MEAN,SD,N", allow_hyphen_values = true)]
    pub control: String,
    /// Mean, standard deviation and number of the treatment
    #[arg(long, value_name = "MEAN,SD,N", allow_hyphen_values = true)]
    pub treatment: String,
    #[command(flatten)]
    pub question: Question,
}

#[derive(Debug, Args)]
pub struct PowerArgs {
    /// The control's rate, for a test of rates
    #[arg(long, value_name = "RATE", conflicts_with_all = ["mean", "sd", "sd_treatment"])]
    pub baseline: Option<f64>,
    /// The control's mean, for a test of means
    #[arg(long, value_name = "MEAN", allow_negative_numbers = true)]
    pub mean: Option<f64>,
    /// Standard deviation of single recipients' values, for a test of means
    #[arg(long, value_name = "SD")]
    pub sd: Option<f64>,
    /// The same in the treatment, if it differs
    #[arg(long, value_name = "SD", requires = "sd")]
    pub sd_treatment: Option<f64>,
    /// Relative lift to be found: 0.1 is a tenth more
    #[arg(long, value_name = "R", allow_negative_numbers = true)]
    pub lift: Option<f64>,
    /// Absolute difference to be found, instead of --lift
    #[arg(long, value_name = "D", allow_negative_numbers = true, conflicts_with = "lift")]
    pub difference: Option<f64>,
    /// Recipients in the control
    #[arg(long, value_name = "N")]
    pub n: Option<f64>,
    /// Recipients in all arms together, instead of --n
    #[arg(long, value_name = "N", conflicts_with = "n")]
    pub total: Option<f64>,
    /// Chance that the lift is found; 0.8 if only one other is given
    #[arg(long, value_name = "SHARE")]
    pub power: Option<f64>,
    /// Chance of any false finding among all comparisons
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub alpha: f64,
    /// Arms, the control among them; each treatment is compared with the control
    #[arg(long, value_name = "K", default_value_t = 2)]
    pub arms: usize,
    /// Share of every arm on any scale, the control first; `fewest` gives the control √(K−1)
    #[arg(long, value_name = "A,B,…|fewest")]
    pub allocation: Option<String>,
    /// Segments in which the test is read; recipients are those of one segment
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub segments: usize,
    /// How alpha is shared among treatments and segments; bonferroni plans for Holm too
    #[arg(long, value_enum, default_value_t = SplitChoice::Bonferroni)]
    pub split: SplitChoice,
    /// Test only in the direction of the lift
    #[arg(long)]
    pub one_sided: bool,
    /// Which test: pooled or unpooled for rates; welch, student or normal for means
    #[arg(long, value_enum)]
    pub test: Option<TestChoice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SplitChoice {
    None,
    Bonferroni,
    Sidak,
}

impl From<SplitChoice> for Split {
    fn from(choice: SplitChoice) -> Self {
        match choice {
            SplitChoice::None => Split::None,
            SplitChoice::Bonferroni => Split::Bonferroni,
            SplitChoice::Sidak => Split::Sidak,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TestChoice {
    Pooled,
    Unpooled,
    Welch,
    Student,
    Normal,
}

#[derive(Debug, Args)]
pub struct SrmArgs {
    /// Recipients of every arm
    #[arg(long, value_name = "N,N,…", allow_hyphen_values = true)]
    pub observed: String,
    /// Planned share of every arm on any scale; equal if absent
    #[arg(long, value_name = "A,B,…", allow_hyphen_values = true)]
    pub expected: Option<String>,
    /// The check alarms below this p-value
    #[arg(long, value_name = "SHARE", default_value_t = SRM_ALPHA)]
    pub alpha: f64,
}

#[derive(Debug, Args)]
pub struct AdjustArgs {
    /// The p-values; NA for tests without one, which are left out of the family
    #[arg(long, value_name = "P,P,…", allow_hyphen_values = true)]
    pub p: String,
    /// How to adjust
    #[arg(long, value_enum, default_value_t = AdjustmentChoice::Holm)]
    pub method: AdjustmentChoice,
    /// Error rate: of any false finding, or for bh and by the share of false among all
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub alpha: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AdjustmentChoice {
    Holm,
    Hochberg,
    Hommel,
    /// Benjamini-Hochberg
    Bh,
    /// Benjamini-Yekutieli
    By,
    Bonferroni,
    Sidak,
}

impl From<AdjustmentChoice> for Adjustment {
    fn from(choice: AdjustmentChoice) -> Self {
        match choice {
            AdjustmentChoice::Holm => Adjustment::Holm,
            AdjustmentChoice::Hochberg => Adjustment::Hochberg,
            AdjustmentChoice::Hommel => Adjustment::Hommel,
            AdjustmentChoice::Bh => Adjustment::BenjaminiHochberg,
            AdjustmentChoice::By => Adjustment::BenjaminiYekutieli,
            AdjustmentChoice::Bonferroni => Adjustment::Bonferroni,
            AdjustmentChoice::Sidak => Adjustment::Sidak,
        }
    }
}
