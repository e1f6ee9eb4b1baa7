//! What can be typed after `experiment assign`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct ExperimentAssignArgs {
    /// An experiment of microseg.toml
    #[arg(value_name = "ID")]
    pub id: String,
    /// Segment by id or name; everybody who agreed to be mailed if absent
    #[arg(long, value_name = "SEGMENT")]
    pub audience: Option<String>,
    /// File for the assignments: .csv or .parquet; assignments/ID.csv in the workspace if absent
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Contacts to keep out: a table with contact_id, such as other assignments, or .txt with an id a line
    #[arg(long, value_name = "FILE")]
    pub exclude: Vec<PathBuf>,
    /// Make the arms of each stratum equal to within one contact, for strata so small that chance would not
    #[arg(long)]
    pub balance: bool,
    /// Say what would come out, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}
