//! What can be typed after `segments`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum SegmentsCommand {
    /// List discovered segments, those by rule, and what was decided on them
    List,
    /// Show a segment: its rule in words, TOML and SQL, and its history
    Show(SegmentArg),
    /// Try a rule on a sample, then on everybody: who matches and why, and what overlaps
    Test(TestArgs),
    /// Accept segments as they are now, each as its next version
    Accept(AcceptArgs),
    /// Reject a segment: it is listed as turned down, with the reason
    Reject(RejectArgs),
    /// Give an accepted segment another name, as its next version
    Rename(RenameArgs),
    /// Write the ids of a segment's members as CSV and Parquet
    Export(SegmentArg),
    /// Print rules to begin with, for microseg.toml
    Starters,
}

#[derive(Debug, Args)]
pub struct SegmentArg {
    /// The segment's id, or the name of a discovered one
    #[arg(value_name = "ID")]
    pub id: String,
}

#[derive(Debug, Args)]
pub struct TestArgs {
    /// Id of a segment by rule
    #[arg(value_name = "ID", required_unless_present = "rule")]
    pub id: Option<String>,
    /// File with a rule, written as below a [segments.rules.ID]
    #[arg(long, value_name = "FILE", conflicts_with = "id")]
    pub rule: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// Ids of segments, or names of discovered ones
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub ids: Vec<String>,
    /// Every discovered segment and every rule of microseg.toml, but for those that were rejected
    #[arg(long)]
    pub all: bool,
    /// Name to accept it under; its own if absent
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    pub name: Option<String>,
    /// Who accepts it; nobody is recorded if absent
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
    /// Why, or what it is for
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

#[derive(Debug, Args)]
pub struct RejectArgs {
    /// The segment's id, or the name of a discovered one
    #[arg(value_name = "ID")]
    pub id: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who rejects it; nobody is recorded if absent
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
}

#[derive(Debug, Args)]
pub struct RenameArgs {
    /// The segment's id
    #[arg(value_name = "ID")]
    pub id: String,
    /// Its new name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Who renames it; nobody is recorded if absent
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}
