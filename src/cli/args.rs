//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::calc::calc_args::CalcCommand;
use super::experiment_assign_args::ExperimentAssignArgs;
use super::outlook::outlook_args::OrderFileArgs;
use super::readout_args::{PortfolioArgs, ReadoutArgs};
use super::rfm::scoring_args::ScoringArgs;
use super::schedule::schedule_args::{DeliverArgs, JobArgs, ScheduleArgs};
use super::segments_args::SegmentsCommand;

/// Micro-segments and experiment readouts for email programmes, with the evidence
#[derive(Debug, Parser)]
#[command(name = "microseg", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = "Exit codes: 0 done; 1 a check said no; 2 usage or settings; 3 data or \
                        files; 70 a defect of microseg.")]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Folder with a microseg.toml
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub workspace: PathBuf,
    /// Form of the result on stdout
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Day or moment up to which data counts, such as 2026-07-01
    #[arg(long, global = true, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Seed of everything random
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,
    /// Number of threads; changes no result
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Say nothing but the result and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more about what is being done
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

impl Global {
    /// Threads for the query engine: as asked, else as many as the machine has.
    pub fn thread_count(&self) -> usize {
        match self.threads {
            Some(threads) => usize::from(threads),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// Form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs, with every number
    Json,
    /// For spreadsheets: the main table
    Csv,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate a shop, run everything, and say where the report is
    Demo(DemoArgs),
    /// Write a commented microseg.toml, guessing tables and columns from export files
    Init(InitArgs),
    /// Audit the sources and write nothing
    Check,
    /// Bring the sources into the lake
    Ingest,
    /// Compute the behavioural features of every contact
    Features(FeaturesArgs),
    /// Say who will order again, when and for how much, and prove it on earlier days
    Predict,
    /// Discover segments and write a proposal
    Propose,
    /// Write the report page
    Report,
    /// Do all of it, doing again only what is out of date
    Run,
    /// Bring the accepted segments up to date by their stored models, and write who came and went
    Refresh,
    /// Write what changed since the last digest; refreshes first
    Digest,
    /// Send digests and changes that wait
    Deliver(DeliverArgs),
    /// Run the jobs of microseg.toml at their times, in the foreground
    Schedule(ScheduleArgs),
    /// Do what a scheduled job does, once
    #[command(hide = true)]
    Job(JobArgs),
    /// List, try, accept and export segments of the workspace
    #[command(subcommand)]
    Segments(SegmentsCommand),
    /// Score contacts by what they are and do, with the points behind every score
    Leads(LeadsArgs),
    /// Say which lifecycle stage every contact is in, and since when
    Lifecycle(LifecycleArgs),
    /// Read experiments of the workspace
    #[command(subcommand)]
    Experiment(ExperimentCommand),
    /// Compare arms, plan tests and adjust p-values from numbers that are typed
    #[command(subcommand)]
    Calc(CalcCommand),
    /// Write the exports of an invented shop, with the truth beside them
    Simulate(SimulateArgs),
    /// Score recency, frequency and monetary value from one order file
    Rfm(Box<RfmArgs>),
    /// Say who will not order again, from one order file, with the evidence
    Churn(Box<OrderFileArgs>),
    /// Say what contacts will be worth, from one order file
    Clv(Box<OrderFileArgs>),
    /// Find clusters in the numeric columns of one file
    Cluster(ClusterArgs),
    /// Read an experiment from one file with a row per recipient
    Readout(ReadoutArgs),
    /// Read many experiments from one file, with the share of false findings held
    Portfolio(PortfolioArgs),
}

#[derive(Debug, Subcommand)]
pub enum ExperimentCommand {
    /// Draw the arms of an experiment before it is sent, and register what is planned
    Assign(ExperimentAssignArgs),
    /// Compare the arms of an experiment, overall and by segment
    Readout(ExperimentReadoutArgs),
    /// Say which lift one send in two arms can show, overall and in each segment of the proposal
    Power(ExperimentPowerArgs),
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where to put the shop and its report
    #[arg(value_name = "DIR", default_value = "demo")]
    pub dir: PathBuf,
    /// Number of contacts
    #[arg(long, default_value_t = 20_000)]
    pub contacts: u32,
}

#[derive(Debug, Args)]
pub struct FeaturesArgs {
    /// Features to compute, and no others; the workspace's table stays as it is
    #[arg(long, value_delimiter = ',', value_name = "A,B,…")]
    pub only: Vec<String>,
    /// File for the features of --only: .parquet or .csv; without it they are printed
    #[arg(long, value_name = "FILE", requires = "only")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LeadsArgs {
    /// Earlier weeks whose scores are shown; as many as [leads] says if absent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=104))]
    pub weeks: Option<u8>,
    /// Day since which to say what moved the scores; a week before the as-of if absent
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Ids of contacts to show, each with every rule's points
    #[arg(long, value_delimiter = ',', value_name = "ID,…")]
    pub only: Vec<String>,
    /// Score by the starter rules, whatever microseg.toml declares
    #[arg(long)]
    pub starter: bool,
    /// Print the starter rules for microseg.toml, and score nobody
    #[arg(long)]
    pub print_starter: bool,
    /// File for the scores: .parquet or .csv; without it they are printed
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LifecycleArgs {
    /// File for the stages: .parquet or .csv; without it they are printed
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder of the new workspace
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Export files or folders: CSV, NDJSON or Parquet, plain, .gz or .zst
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub from: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// A folder that does not exist yet, or is empty
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Number of contacts
    #[arg(long, default_value_t = 20_000)]
    pub contacts: u32,
    /// Days of history
    #[arg(long, default_value_t = 540)]
    pub days: u16,
    /// First day that is no longer in the data
    #[arg(long, value_name = "DATE")]
    pub end: Option<jiff::civil::Date>,
    /// Plant faults in the files (CSV only); truth/faults.csv lists them
    #[arg(long)]
    pub faults: bool,
    /// Share of certain contacts who change in each of the last 12 weeks; truth/turns.csv lists them
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub turns: f64,
    /// Leave out the platform's word on which opens and clicks are machines'
    #[arg(long)]
    pub no_flags: bool,
    /// Format of the files
    #[arg(long, value_enum, default_value_t = FileFormat::Csv)]
    pub files: FileFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FileFormat {
    Csv,
    Parquet,
}

#[derive(Debug, Args)]
pub struct ExperimentReadoutArgs {
    /// Experiments to read; all in microseg.toml if none is named
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ExperimentPowerArgs {
    /// Relative lift that is looked for; that of [segments.test] if absent
    #[arg(long, value_name = "R")]
    pub lift: Option<f64>,
    /// Chance that it is found; that of [segments.test] if absent
    #[arg(long, value_name = "SHARE")]
    pub power: Option<f64>,
    /// Error rate, two-sided; that of [segments.test] if absent
    #[arg(long, value_name = "SHARE")]
    pub alpha: Option<f64>,
}

/// How times and amounts are written in a flat file.
#[derive(Debug, Args)]
pub struct Dialect {
    /// iso, unix_s, unix_ms or a pattern such as %d/%m/%Y
    #[arg(long, value_name = "FORMAT", default_value = "iso")]
    pub time_format: String,
    /// Zone of times without one, and of the days that are counted
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub timezone: String,
    /// Decimal mark of amounts: `.` or `,`
    #[arg(long, value_name = "MARK", default_value_t = '.')]
    pub decimal: char,
    /// ISO 4217 code of the amounts; XXX is none
    #[arg(long, value_name = "CODE", default_value = crate::pipeline::NO_CURRENCY)]
    pub currency: String,
}

#[derive(Debug, Args)]
pub struct RfmArgs {
    /// Orders: CSV, NDJSON or Parquet; .gz and .zst accepted
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Column of the contact's id
    #[arg(long, value_name = "COLUMN")]
    pub contact: String,
    /// Column of the order's id; without it every row is an order
    #[arg(long, value_name = "COLUMN")]
    pub order: Option<String>,
    /// Column of the order's time
    #[arg(long, value_name = "COLUMN")]
    pub time: String,
    /// Column of the amount paid
    #[arg(long, value_name = "COLUMN", required_unless_present_all = ["quantity", "price"])]
    pub amount: Option<String>,
    /// Column of pieces, with --price: each row is a line of an order
    #[arg(long, value_name = "COLUMN", requires = "price", conflicts_with = "amount")]
    pub quantity: Option<String>,
    /// Column of the price of one piece
    #[arg(long, value_name = "COLUMN", requires = "quantity", conflicts_with = "amount")]
    pub price: Option<String>,
    /// Share of rejected rows above which the exit code is 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    pub max_bad_share: f64,
    #[command(flatten)]
    pub dialect: Dialect,
    #[command(flatten)]
    pub scoring: ScoringArgs,
}

#[derive(Debug, Args)]
pub struct ClusterArgs {
    /// A row per contact: CSV, NDJSON or Parquet; .gz and .zst accepted
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Column of the contact's id
    #[arg(long, value_name = "COLUMN", default_value = "contact_id")]
    pub id: String,
    /// Columns to cluster on
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "A,B,…",
        default_value = "recency_days,frequency,monetary"
    )]
    pub columns: Vec<String>,
    /// Number of clusters; auto (the default) weighs 2 to 10 by separation, stability and prediction
    #[arg(long, value_name = "N|auto")]
    pub k: Option<String>,
    /// How clusters are made; a mixture also gives each row's probabilities
    #[arg(long, value_enum, default_value_t = MethodChoice::Kmeans)]
    pub method: MethodChoice,
    /// How columns are brought to a common scale; standard if it is not said
    #[arg(long, value_enum)]
    pub scale: Option<ScaleChoice>,
    /// How columns are bent before: asinh of the value over its median size, or not at all. asinh if
    /// --scale is not said either, else none
    #[arg(long, value_enum)]
    pub transform: Option<TransformChoice>,
    /// Starting centroids, a row each, with the same columns in the same units
    #[arg(long, value_name = "FILE")]
    pub init: Option<PathBuf>,
    /// Drawn starts, of which the best is kept; 4 if it is not said, 8 where k is chosen
    #[arg(long, value_name = "N")]
    pub starts: Option<usize>,
    /// Mini-batches of so many rows instead of full passes
    #[arg(long, value_name = "ROWS")]
    pub batch: Option<usize>,
    /// Most iterations of one start
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub max_iter: u64,
    /// Share of rejected rows above which the exit code is 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    pub max_bad_share: f64,
    /// A start has converged when the squared movements of its centroids add up to less than this
    /// share of the columns' mean variance; for a mixture, when a row's log-likelihood changes by less
    #[arg(long, value_name = "X", default_value_t = 1e-4)]
    pub tolerance: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MethodChoice {
    Kmeans,
    Mixture,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScaleChoice {
    None,
    Standard,
    Robust,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TransformChoice {
    None,
    Asinh,
}
