//! Two levels: behaviour within strata, since the interesting groups are often inside one.

use serde::Serialize;

use crate::error::{Kind, Result};
use crate::features::FeatureTable;
use crate::features::counts::Tally;

use super::choice::FEWEST_ROWS;
use super::naming;
use super::plays;
use super::profile::{ProfileInput, SegmentProfile, profiles};
use super::reach::{Mailing, Merge};
use super::segmentation::SegmentationParams;
use super::strata::Stratification;
use super::verdict::Structure;

/// Most segments within one stratum: more than four in each of four strata is more than anybody
/// writes for.
const MOST: usize = 4;

/// One stratum and what was found in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stratum {
    pub name: String,
    pub meaning: String,
    pub contacts: usize,
    pub share: f64,
    pub structure: Structure,
    /// Mean silhouette within the stratum.
    pub silhouette: Option<f64>,
    pub merges: Vec<Merge>,
    /// One that holds everybody if the stratum has no structure of its own. Ids are the stratum's
    /// place and the segment's number.
    pub segments: Vec<SegmentProfile>,
    /// Place in `segments` of each contact of the stratum, with its row in the table.
    #[serde(skip)]
    pub members: Vec<(usize, usize)>,
}

/// What strata are searched with.
pub struct MicroInput<'a> {
    pub table: &'a FeatureTable,
    /// Features that take part.
    pub names: &'a [String],
    pub revenue_minor: &'a [i64],
    pub hours: &'a [Tally],
    pub categories: &'a [Tally],
    pub mailing: Option<&'a Mailing>,
    pub params: &'a SegmentationParams<'a>,
    pub lapse_days: f64,
}

/// Looks for segments within every stratum that has contacts.
///
/// # Cost
/// One choice of a number of segments a stratum.
pub fn micro(input: &MicroInput<'_>, strata: &Stratification) -> Result<Vec<Stratum>> {
    let mut found = Vec::new();
    for (place, (name, meaning)) in strata.names.iter().zip(&strata.meanings).enumerate() {
        let rows: Vec<usize> =
            (0..strata.labels.len()).filter(|&row| strata.labels[row] == place).collect();
        if !rows.is_empty() {
            found.push(stratum(input, place, (name, meaning), &rows)?);
        }
    }
    Ok(found)
}

fn stratum(
    input: &MicroInput<'_>,
    place: usize,
    (name, meaning): (&str, &str),
    rows: &[usize],
) -> Result<Stratum> {
    let mut stratum = Stratum {
        name: name.to_owned(),
        meaning: meaning.to_owned(),
        contacts: rows.len(),
        share: rows.len() as f64 / input.table.contacts() as f64,
        structure: Structure::NotJudged {
            why: format!("{} contacts are too few to tell groups from chance", rows.len()),
        },
        silhouette: None,
        merges: Vec::new(),
        segments: Vec::new(),
        members: rows.iter().map(|&row| (row, 0)).collect(),
    };
    if rows.len() < FEWEST_ROWS {
        return Ok(stratum);
    }
    let table = input.table.rows(rows);
    let chosen = table.select(input.names)?;
    let revenue: Vec<i64> = rows.iter().map(|&row| input.revenue_minor[row]).collect();
    let value: Vec<f64> = revenue.iter().map(|v| *v as f64).collect();
    let mailing = input.mailing.map(|mailing| mailing.select(rows));
    let params = SegmentationParams {
        settings: input.params.settings,
        seed: input.params.seed,
        k: (2, MOST),
        mailing: mailing.as_ref(),
    };
    let found = match params.divide(&chosen, &value) {
        Ok(found) => found,
        Err(alike) if alike.kind() == Kind::Data => {
            stratum.structure = Structure::NotJudged { why: alike.to_string() };
            return Ok(stratum);
        }
        Err(other) => return Err(other),
    };
    let weighed = found.weighed();
    let means = found.means(&weighed);
    let mut segments = profiles(&ProfileInput {
        table: &table,
        segmentation: &found,
        revenue_minor: &revenue,
        hours: input.hours,
        categories: input.categories,
        mailing: mailing.as_ref(),
        weighed: &weighed,
        means: &means,
    })?;
    naming::name_all(&mut segments, &chosen.specs);
    for segment in &mut segments {
        segment.id = format!("{}.{}", place + 1, segment.number);
        segment.play = plays::play(segment, input.lapse_days);
        if found.segments == 1 {
            segment.name = match found.choice.clustering.clusters() {
                1 => "Alike",
                _ => "Too small to divide",
            }
            .to_owned();
        }
    }
    stratum.structure = found.choice.structure;
    stratum.silhouette = found.choice.silhouette.map(|s| s.mean);
    stratum.merges = found.merges;
    stratum.members = rows.iter().copied().zip(found.labels.iter().copied()).collect();
    stratum.segments = segments;
    Ok(stratum)
}
