//! The rows of an experiment's file, added up as they are read.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::experiments::second_look::{Rows, SecondLook, SecondLooks};
use crate::experiments::{Level, Levels, MetricKind, OpenTally, Part, Readout};
use crate::ingest::flat::{FlatCounts, FlatPart, FlatRequest, FlatRows, fold_rows};
use crate::ingest::words::Interner;

use super::args::Global;
use super::readout::pairs;
use super::readout_args::ReadoutArgs;

/// The sums of the file's rows, and what was not read.
pub fn add_up(request: FlatRequest<'_>) -> Result<(OpenTally, FlatCounts)> {
    let segments = request.texts.len();
    let mut tally = OpenTally::new(request.numbers, segments);
    let empty = Part::new(request.numbers.to_vec(), segments);
    let add = |part: &mut Part, rows: FlatRows<'_>| {
        let levels: Vec<&[u32]> = rows.texts.iter().map(Vec::as_slice).collect();
        let values: Vec<&[f64]> = rows.numbers.iter().map(Vec::as_slice).collect();
        part.add(rows.keys, &levels, &values)
    };
    let counts = fold_rows(request, &empty, &add, &mut |part: FlatPart<Part>| {
        let levels = part.texts.iter().map(|words| names(words).collect());
        tally.absorb(&part.sums, names(&part.keys), levels);
        Ok(())
    })?;
    Ok((tally, counts))
}

/// By code.
fn names(words: &Interner) -> impl Iterator<Item = &str> {
    (0..words.len() as u32).map(|code| words.text(code))
}

/// The second looks that were asked for. They need rows, so that the file is read again for their columns.
pub fn second_looks(
    args: &ReadoutArgs,
    global: &Global,
    readout: &Readout,
) -> Result<Vec<SecondLook>> {
    let level = Level::new(args.level)?;
    let mut looks = SecondLooks::new(&args.control, level, global.seed.unwrap_or(0));
    let mut columns = Vec::new();
    if let Some(covariate) = &args.covariate {
        columns.extend([args.metrics[0].clone(), covariate.clone()]);
        looks = looks.covariate(&args.metrics[0], covariate);
    }
    for text in &args.ratios {
        let (numerator, denominator) = text.split_once('/').ok_or_else(|| {
            Error::settings("not a ratio").with_value(text).hint("write --ratio clicks/opens")
        })?;
        columns.extend([numerator, denominator].map(str::to_owned));
        looks = looks.ratio(numerator, denominator);
    }
    for (metric, share) in pairs("--quantile", "quantile", &args.quantiles)? {
        columns.push(metric.clone());
        looks = looks.quantile(metric, share)?;
    }
    if args.robust {
        for metric in readout.metrics.iter().filter(|m| m.kind == MetricKind::Mean) {
            columns.push(metric.metric.clone());
            looks = looks.mean(&metric.metric);
        }
    }
    if looks.is_empty() {
        return Ok(Vec::new());
    }
    columns.sort();
    columns.dedup();
    looks.take(&rows(args, columns)?).map_err(|e| e.at_file(&args.file))
}

/// Some rows, by codes of the part.
#[derive(Clone, Default)]
struct Columns {
    arms: Vec<u32>,
    values: Vec<Vec<f64>>,
}

fn rows(args: &ReadoutArgs, columns: Vec<String>) -> Result<Rows> {
    let request =
        FlatRequest { path: &args.file, key: &args.variant, texts: &[], numbers: &columns };
    let empty = Columns { arms: Vec::new(), values: vec![Vec::new(); columns.len()] };
    let add = |part: &mut Columns, rows: FlatRows<'_>| {
        part.arms.extend(rows.keys);
        part.values.iter_mut().zip(rows.numbers).for_each(|(all, more)| all.extend(more));
        Ok(())
    };
    let mut known: BTreeMap<String, u32> = BTreeMap::new();
    let mut all = empty.clone();
    fold_rows(request, &empty, &add, &mut |part: FlatPart<Columns>| {
        let codes: Vec<u32> = names(&part.keys)
            .map(|name| {
                let next = known.len() as u32;
                *known.entry(name.to_owned()).or_insert(next)
            })
            .collect();
        all.arms.extend(part.sums.arms.iter().map(|code| codes[*code as usize]));
        all.values.iter_mut().zip(part.sums.values).for_each(|(all, more)| all.extend(more));
        Ok(())
    })?;
    // In the order of their names, not in that of the file.
    let mut ranks = vec![0; known.len()];
    known.values().zip(0..).for_each(|(code, rank)| ranks[*code as usize] = rank);
    let codes = all.arms.iter().map(|code| ranks[*code as usize]).collect();
    let arms = Levels { names: known.into_keys().collect(), codes };
    Rows::new(arms, columns.into_iter().zip(all.values).collect())
}
