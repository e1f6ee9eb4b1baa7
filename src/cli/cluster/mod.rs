//! `cluster`: clusters in the numeric columns of one file.
//!
//! - [`input`]: the file's rows, and starting centroids.
//! - [`fit`]: the clusters.
//! - [`result`]: what is shown of them.

mod fit;
mod input;
mod result;

use crate::error::{Error, Result};
use crate::features::{Preparation, Scale, Transform};
use crate::segments::choice::too_few;

use super::args::{ClusterArgs, Global, MethodChoice, ScaleChoice, TransformChoice};
use super::printer::Printer;
use super::{Verdict, check};

use fit::Fitted;
use input::Input;
use result::ClusterResult;

/// Candidates of `--k auto`.
const AUTO: (usize, usize) = (2, 10);

/// How many clusters are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    Auto,
    Fixed(usize),
}

pub fn run(args: &ClusterArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let asked = count(args)?;
    let init =
        args.init.as_deref().map(|file| input::centroids(file, &args.columns)).transpose()?;
    let count = match (asked, &init) {
        (None, Some(init)) => Count::Fixed(init.len()),
        (asked, _) => asked.unwrap_or(Count::Auto),
    };
    suits(args, count)?;
    fit::check(args, count)?;
    let mut input = Input::read(args)?;
    let at_file = |e: Error| e.at_file(&args.file);
    if count == Count::Auto && input.ids.len() < 2 * AUTO.0 {
        return Err(at_file(too_few(input.ids.len(), AUTO.0)));
    }
    let (transform, scale) = preparing(args);
    let preparation = Preparation::fit_columns(&args.columns, &input.columns, transform, scale)
        .map_err(at_file)?;
    let matrix = input::matrix(&preparation, &args.columns, &input.columns).map_err(at_file)?;
    let init = init.map(|init| input::prepared(&preparation, &args.columns, &init));
    printer.progress("clustering", 0);
    let seed = global.seed.unwrap_or(1);
    let fitted = Fitted::fit(args, count, init, seed, &preparation, &matrix).map_err(at_file)?;
    drop(matrix);
    let rejected = std::mem::take(&mut input.rejected);
    if !rejected.quarantine.is_empty() {
        check::examples(&rejected.quarantine, printer);
    }
    let share = rejected.quarantine.len() as f64 / rejected.rows as f64;
    let result = ClusterResult {
        names: &args.columns,
        input,
        preparation,
        fitted,
        rejected: rejected.quarantine.len(),
    };
    result.show(printer)?;
    Ok(if share > args.max_bad_share { Verdict::No } else { Verdict::Fine })
}

fn count(args: &ClusterArgs) -> Result<Option<Count>> {
    let Some(k) = args.k.as_deref() else { return Ok(None) };
    match k.parse::<usize>() {
        Ok(k) if k > 0 => Ok(Some(Count::Fixed(k))),
        _ if k == "auto" => Ok(Some(Count::Auto)),
        _ => Err(Error::settings("k must be a whole number from 1 on, or auto")
            .with_value(k)
            .hint("pass --k 5, or --k auto")),
    }
}

/// Refuses options that do not go together.
fn suits(args: &ClusterArgs, count: Count) -> Result<()> {
    let twice = |(place, name): &(usize, &String)| args.columns[..*place].contains(name);
    if let Some((_, name)) = args.columns.iter().enumerate().find(twice) {
        return Err(Error::settings("a column is named twice")
            .with_value(name.as_str())
            .hint("name every column of --columns once; it would count twice in distances"));
    }
    let is_mixture = args.method == MethodChoice::Mixture;
    let needs_number = [
        (args.init.is_some(), "--init"),
        (args.batch.is_some(), "--batch"),
        (is_mixture, "--method mixture"),
    ];
    if let (Count::Auto, Some((_, option))) = (count, needs_number.iter().find(|(is, _)| *is)) {
        return Err(Error::settings(format!("{option} does not go with --k auto"))
            .hint("pass the number of clusters, such as --k 5"));
    }
    let of_kmeans = [
        (args.init.is_some(), "--init"),
        (args.batch.is_some(), "--batch"),
        (args.starts.is_some(), "--starts"),
    ];
    if let (true, Some((_, option))) = (is_mixture, of_kmeans.iter().find(|(is, _)| *is)) {
        return Err(Error::settings(format!("{option} does not go with --method mixture"))
            .hint("leave it out, or use --method kmeans"));
    }
    if args.init.is_some() && args.starts.is_some() {
        return Err(Error::settings("--starts does not go with --init")
            .hint("with given starting centroids there is one start"));
    }
    Ok(())
}

/// Who names a scale wants that and nothing else; who names nothing gets what suits counts and money.
fn preparing(args: &ClusterArgs) -> (Transform, Scale) {
    let transform = match (args.transform, args.scale) {
        (Some(TransformChoice::Asinh), _) | (None, None) => Transform::Asinh,
        (Some(TransformChoice::None), _) | (None, Some(_)) => Transform::None,
    };
    let scale = match args.scale {
        Some(ScaleChoice::None) => Scale::None,
        Some(ScaleChoice::Standard) | None => Scale::Standard,
        Some(ScaleChoice::Robust) => Scale::Robust,
    };
    (transform, scale)
}
