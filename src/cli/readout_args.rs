//! What can be typed of a readout of one file.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct ReadoutArgs {
    /// A row per recipient: CSV, NDJSON or Parquet; .gz and .zst accepted
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Column of the variant
    #[arg(long, value_name = "COLUMN")]
    pub variant: String,
    /// The variant that the others are compared with
    #[arg(long, value_name = "NAME")]
    pub control: String,
    /// Column of a metric; repeat for several, the first decides. 0/1 columns are rates
    #[arg(long = "metric", required = true, value_delimiter = ',', value_name = "COLUMN")]
    pub metrics: Vec<String>,
    /// Columns by which to break down
    #[arg(long, value_delimiter = ',', value_name = "A,B,…")]
    pub by: Vec<String>,
    /// Planned share of an arm, in any unit; repeat for every arm
    #[arg(long = "share", value_name = "ARM=SHARE")]
    pub shares: Vec<String>,
    /// Level of intervals
    #[arg(long, default_value_t = 0.95)]
    pub level: f64,
    /// Error rate that Holm's correction holds for each family of comparisons
    #[arg(long, default_value_t = 0.05)]
    pub alpha: f64,
    /// Metrics of which less is better; those named like unsubscribes, complaints, bounces, spam or refunds
    /// are taken so anyway
    #[arg(long, value_delimiter = ',', value_name = "COLUMN,…")]
    pub lower_is_better: Vec<String>,
    /// Metric that must not fall by MARGIN (a difference, 0.001 is 0.1 points of a rate), or rise where less is
    /// better
    #[arg(long = "guardrail", value_name = "COLUMN=MARGIN")]
    pub guardrails: Vec<String>,
    /// Differences of the deciding metric below this do not matter
    #[arg(long, value_name = "MARGIN")]
    pub margin: Option<f64>,
    /// Relative lift that further recipients are counted for, where nothing is decided
    #[arg(long, value_name = "R", default_value_t = 0.1)]
    pub lift: f64,
    /// The variants are local hours of sending (h08, 8, 8:30): find the best one
    #[arg(long)]
    pub send_time: bool,
    /// Column from before the assignment by which the deciding metric is adjusted, as a second look
    #[arg(long, value_name = "COLUMN")]
    pub covariate: Option<String>,
    /// Sum of one column over that of another, as a second look
    #[arg(long = "ratio", value_name = "COLUMN/COLUMN")]
    pub ratios: Vec<String>,
    /// Quantile of a column, as a second look
    #[arg(long = "quantile", value_name = "COLUMN=SHARE")]
    pub quantiles: Vec<String>,
    /// Also look at metrics that are no rates capped, resampled and by ranks
    #[arg(long)]
    pub robust: bool,
    /// Share of rejected rows above which the exit code is 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    pub max_bad_share: f64,
    /// Also write a report into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Many experiments in one file.
#[derive(Debug, Args)]
pub struct PortfolioArgs {
    /// A row per recipient and experiment: CSV, NDJSON or Parquet; .gz and .zst accepted
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Column of the experiment
    #[arg(long, value_name = "COLUMN")]
    pub experiment: String,
    /// Column of the variant
    #[arg(long, value_name = "COLUMN")]
    pub variant: String,
    /// The variant that the others are compared with, in every experiment
    #[arg(long, value_name = "NAME")]
    pub control: String,
    /// Column of the metric that decides
    #[arg(long, value_name = "COLUMN")]
    pub metric: String,
    /// Planned share of an arm in every experiment, in any unit; repeat for every arm
    #[arg(long = "share", value_name = "ARM=SHARE")]
    pub shares: Vec<String>,
    /// Expected share of false findings among the findings
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub rate: f64,
    /// The same recipients may be in several experiments (Benjamini-Yekutieli)
    #[arg(long)]
    pub any_dependence: bool,
    /// Share of rejected rows above which the exit code is 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    pub max_bad_share: f64,
    /// Also write a report into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
