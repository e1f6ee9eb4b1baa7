//! Why this many, and whether they are real.

use super::figure;
use super::shown::titled;
use crate::features::Transform;
use crate::reports::{
    Block, CandidatePoint, Cell, Chart, ChoiceByK, Column, Section, SegmentStability,
    StabilityBars, Table, number,
};
use crate::segments::choice::Candidate;
use crate::segments::proposal::Proposal;
use crate::segments::reach::Merge;
use crate::segments::stability::{STABLE, UNSTABLE};
use crate::segments::strength::STRONG;
use crate::segments::verdict::{REFERENCE_MARGIN, Structure};

pub fn section(proposal: &Proposal) -> Option<Section> {
    let mut blocks = Vec::new();
    if proposal.candidates.len() > 1 {
        blocks.push(choice_figure(proposal));
    }
    if proposal.segments.iter().any(|s| s.stability.is_some()) {
        blocks.push(stability_figure(proposal));
    }
    if !proposal.candidates.is_empty() {
        blocks.push(Block::Table(candidates_table(proposal)));
    }
    if !proposal.merges.is_empty() {
        blocks.push(Block::Table(merges_table(&proposal.merges)));
    }
    blocks.push(Block::Method(method(proposal)));
    Some(Section {
        id: "evidence".to_owned(),
        heading: "Why these, and are they real".to_owned(),
        answer: Some(answer(proposal)),
        blocks,
    })
}

fn answer(proposal: &Proposal) -> String {
    let merged = match proposal.merges.len() {
        0 => String::new(),
        n => format!(", of which {n} joined a neighbour"),
    };
    match &proposal.structure {
        Structure::None { why } => format!("None: {why}."),
        Structure::Found => format!(
            "{} clusters were found, the most that are beyond chance, come back in other draws and \
             are predicted by half of the contacts{merged}.",
            proposal.clusters
        ),
        Structure::Weak { why } => {
            format!("{} clusters{merged}, with a reservation: {why}.", proposal.clusters)
        }
        Structure::NotJudged { why } => {
            format!("{} clusters{merged}; {why}.", proposal.clusters)
        }
    }
}

fn choice_figure(proposal: &Proposal) -> Block {
    let point = |c: &Candidate| CandidatePoint {
        k: c.clusters as u32,
        silhouette: c.silhouette,
        silhouette_interval: Some((
            c.silhouette - 1.96 * c.silhouette_standard_error,
            c.silhouette + 1.96 * c.silhouette_standard_error,
        )),
        stability_lowest: c.stability_lowest.unwrap_or(f64::NAN),
        stability_mean: c.stability_mean.unwrap_or(f64::NAN),
        prediction_strength: c.prediction_strength.map_or(f64::NAN, |s| s.mean),
        ruled_out: c.ruled_out.clone(),
    };
    let chosen = (proposal.clusters > 1).then_some(proposal.clusters as u32);
    figure(
        "choice",
        "Why this many segments",
        "For each number of clusters: how well separated, how often the least stable one comes back in \
         other draws, and how well half of the contacts predicts the other.",
        Chart::ChoiceByK(ChoiceByK {
            candidates: proposal.candidates.iter().map(point).collect(),
            chosen,
        }),
    )
}

fn stability_figure(proposal: &Proposal) -> Block {
    let segments = proposal.segments.iter().map(|s| SegmentStability {
        name: titled(s),
        n: format!("{} contacts", number::count(s.contacts as u64)),
        jaccard: s.stability.map_or(f64::NAN, |s| s.mean),
        interval: s.stability.map(|s| (s.low, s.high)),
    });
    figure(
        "stability",
        "How often each segment comes back",
        "Jaccard overlap with the most similar cluster in draws with replacement: mean, and 5th to 95th \
         percentile.",
        Chart::StabilityBars(StabilityBars { segments: segments.collect() }),
    )
}

fn candidates_table(proposal: &Proposal) -> Table {
    let number = |value: Option<f64>, decimals| match value {
        Some(value) => Cell::Number { value, decimals },
        None => Cell::missing("not computed for so few contacts"),
    };
    let row = |c: &Candidate| {
        let verdict = match (&c.ruled_out, c.clusters == proposal.clusters) {
            (Some(why), true) => format!("chosen, though {why}"),
            (Some(why), false) => why.clone(),
            (None, true) => "chosen".to_owned(),
            (None, false) if c.stability_lowest.is_none() => "not judged".to_owned(),
            (None, false) => "sound, but fewer than the chosen number".to_owned(),
        };
        vec![
            Cell::Count(c.clusters as u64),
            number(Some(c.silhouette), 3),
            number(c.reference_silhouette, 3),
            number(c.stability_lowest, 2),
            number(c.prediction_strength.map(|s| s.mean), 2),
            number(c.calinski_harabasz, 0),
            Cell::Count(c.smallest as u64),
            Cell::text(verdict),
        ]
    };
    Table {
        name: "candidates".to_owned(),
        caption: "The candidates".to_owned(),
        columns: vec![
            Column::number("Clusters"),
            Column::number("Silhouette"),
            Column::number("Of one cloud"),
            Column::number("Least stability"),
            Column::number("Prediction strength"),
            Column::number("Calinski-Harabasz"),
            Column::number("Smallest").unit("sampled contacts"),
            Column::text("Verdict"),
        ],
        rows: proposal.candidates.iter().map(row).collect(),
    }
}

fn merges_table(merges: &[Merge]) -> Table {
    let row = |m: &Merge| {
        vec![
            Cell::Count(m.contacts as u64),
            Cell::Count(m.into_contacts as u64),
            Cell::text(&*m.why),
        ]
    };
    Table {
        name: "merges".to_owned(),
        caption: "Clusters that joined their nearest neighbour".to_owned(),
        columns: vec![
            Column::number("Contacts"),
            Column::number("Joined one of").unit("contacts"),
            Column::text("Why"),
        ],
        rows: merges.iter().map(row).collect(),
    }
}

fn method(proposal: &Proposal) -> String {
    let constant = match proposal.constant_features.as_slice() {
        [] => String::new(),
        names => format!(" The same for everybody, so left out: {}.", names.join(", ")),
    };
    let twins = match proposal.preparation.correlated.as_slice() {
        [] => String::new(),
        pairs => {
            let pair = |p: &crate::features::Correlated| {
                format!("{} and {} (r {})", p.first, p.second, number::decimal(p.correlation, 2))
            };
            let pairs: Vec<String> = pairs.iter().map(pair).collect();
            format!(" Saying the same, so sharing a weight: {}.", pairs.join("; "))
        }
    };
    let rows = proposal.silhouette.as_ref().map_or(0, |s| s.rows);
    format!(
        "k-means on {} features: counts, days and money {}, all scaled, the weight of \
         a family of features growing with the root of its number unless set otherwise; seed {}. Silhouette: Rousseeuw 1987, on {} \
         sampled contacts, against that of contacts drawn from a Gaussian copula with the same values and \
         rank correlations and no groups; a margin of {} is asked for. Stability: Hennig 2007, mean \
         Jaccard overlap; below {} a cluster is not a segment, from {} on it is stable. Prediction \
         strength: Tibshirani and Walther 2005, at least {}. {}{constant}{twins} Features: {}.",
        proposal.features.len(),
        bending(proposal),
        proposal.seed,
        number::count(rows as u64),
        number::decimal(REFERENCE_MARGIN, 2),
        number::decimal(UNSTABLE, 1),
        number::decimal(STABLE, 2),
        number::decimal(STRONG, 1),
        taken(proposal),
        proposal.features.join(", ")
    )
}

/// How columns with a tail were bent.
fn bending(proposal: &Proposal) -> &'static str {
    let transforms = proposal.preparation.columns.iter().map(|c| c.transform);
    match transforms.into_iter().find(|t| *t != Transform::None) {
        Some(Transform::Asinh) => "bent by asinh and clipped as set",
        Some(_) => "bent by log1p and clipped as set",
        None => "as they are",
    }
}

/// How the number was taken.
fn taken(proposal: &Proposal) -> String {
    if proposal.candidates.is_empty() {
        return "Here the number was given, or there was nothing to choose from.".to_owned();
    }
    format!(
        "The largest number that passes all is taken, up to {} that there is content for. A cluster in \
         which one send cannot show the wanted lift joins its nearest neighbour.",
        proposal.capacity
    )
}
