//! `calc`: the tests by themselves, on numbers that are typed.
//!
//! - [`calc_args`]: what can be typed; [`typed`]: how `2262/21306` and `2.1,14.5,5000` are read;
//! - [`rates`], [`means`]: two arms compared, shown by [`comparison`];
//! - [`power`]: recipients, power or smallest lift, shown by [`power_answer`];
//! - [`srm`]: a sample-ratio check; [`adjust`]: p-values of a family.

mod adjust;
pub mod calc_args;
mod comparison;
mod means;
mod power;
mod power_answer;
mod rates;
mod srm;
mod typed;

use crate::error::Result;

use super::Verdict;
use super::printer::Printer;
use calc_args::CalcCommand;

pub fn run(command: &CalcCommand, printer: &Printer) -> Result<Verdict> {
    match command {
        CalcCommand::Rates(args) => rates::run(args, printer),
        CalcCommand::Means(args) => means::run(args, printer),
        CalcCommand::Power(args) => power::run(args, printer),
        CalcCommand::Srm(args) => srm::run(args, printer),
        CalcCommand::Adjust(args) => adjust::run(args, printer),
    }
}
