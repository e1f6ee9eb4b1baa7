//! The command line: the only place that reads arguments, the environment and the clock, and whose
//! printer is the only one to print.
//!
//! One file a subcommand. stdout is data, stderr is talk. Exit codes are those of
//! [`crate::error::Kind`].

mod args;
mod calc;
mod check;
mod cluster;
mod deliver;
mod demo;
mod digest;
mod experiment;
mod experiment_assign;
mod experiment_assign_args;
mod experiment_assign_tables;
mod experiment_power;
mod features;
mod init;
mod job;
mod leads;
mod leads_tables;
mod lifecycle;
mod log;
mod order_file;
mod out_file;
mod outlook;
mod portfolio;
mod printer;
mod readout;
mod readout_args;
mod readout_rows;
mod refresh;
mod rfm;
mod run;
mod schedule;
mod segments;
mod segments_args;
mod segments_tables;
mod simulate;
mod source;
mod step;

use std::process::ExitCode;

use clap::Parser;

use crate::error::{Error, Kind, Result};

use args::{Arguments, Command, ExperimentCommand};
use printer::Printer;

/// Whether a command that ran to its end is content with what it found.
enum Verdict {
    Fine,
    /// A check said no; the command has said which. Exit code 1.
    No,
}

/// Parses the arguments, runs the command, and returns the process's exit code.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let printer = Printer::new(&arguments.global);
    let done = threads(arguments.global.threads).and_then(|()| dispatch(&arguments, &printer));
    match done {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::No) => ExitCode::from(Kind::Check.exit_code()),
        Err(error) => {
            printer.error(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// Help and version are answers (0); everything else clap says is a usage error (2).
fn usage(error: &clap::Error) -> ExitCode {
    let asked = !error.use_stderr();
    // A reader that went away is no failure, and there is nobody left to tell.
    let _ = error.print();
    if asked { ExitCode::SUCCESS } else { ExitCode::from(Kind::Settings.exit_code()) }
}

/// Sets the size of the shared thread pool, once.
fn threads(threads: Option<u16>) -> Result<()> {
    let Some(threads) = threads else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(threads))
        .build_global()
        .map_err(|e| Error::internal("the thread pool could not start").caused_by(e))
}

fn dispatch(arguments: &Arguments, printer: &Printer) -> Result<Verdict> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Demo(args) => demo::run(args, global, printer),
        Command::Init(args) => init::run(args, printer),
        Command::Check => check::run(global, printer),
        Command::Ingest => step::ingest(global, printer),
        Command::Features(args) => features::run(args, global, printer),
        Command::Predict => outlook::predict(global, printer),
        Command::Propose => step::propose(global, printer),
        Command::Report => step::report(global, printer),
        Command::Run => run::run(global, printer),
        Command::Refresh => refresh::run(global, printer),
        Command::Digest => digest::run(global, printer),
        Command::Deliver(args) => deliver::run(args, global, printer),
        Command::Schedule(args) => schedule::run(args, global, printer),
        Command::Job(args) => job::run(args, global, printer),
        Command::Leads(args) => leads::run(args, global, printer),
        Command::Lifecycle(args) => lifecycle::run(args, global, printer),
        Command::Segments(command) => segments::run(command, global, printer),
        Command::Experiment(ExperimentCommand::Assign(args)) => {
            experiment_assign::run(args, global, printer)
        }
        Command::Experiment(ExperimentCommand::Readout(args)) => {
            experiment::run(args, global, printer)
        }
        Command::Experiment(ExperimentCommand::Power(args)) => {
            experiment_power::run(args, global, printer)
        }
        Command::Calc(command) => calc::run(command, printer),
        Command::Simulate(args) => simulate::run(args, global, printer),
        Command::Rfm(args) => rfm::run(args, global, printer),
        Command::Churn(args) => outlook::churn(args, global, printer),
        Command::Clv(args) => outlook::clv(args, global, printer),
        Command::Cluster(args) => cluster::run(args, global, printer),
        Command::Readout(args) => readout::run(args, global, printer),
        Command::Portfolio(args) => portfolio::run(args, global, printer),
    }
}
