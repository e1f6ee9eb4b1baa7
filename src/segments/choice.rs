//! How many clusters, and whether there are any.
//!
//! Three questions are asked of every number of clusters:
//!
//! 1. Are the clusters further apart than pieces of one cloud? The mean silhouette is compared with
//!    that of contacts without segments ([`Reference`]).
//! 2. Do they come back in other draws of the same contacts ([`stability`])?
//! 3. Does one half of the contacts predict the other ([`strength`])?
//!
//! The largest number that passes all three is taken: finer groups are what is looked for, as long as
//! they are real. If none passes the first, there is no structure, and nothing is proposed.

use ndarray::{ArrayView2, Axis};
use serde::Serialize;

use crate::error::{Error, Result};

use super::kmeans::{Clustering, KMeansParams};
use super::reference::Reference;
use super::separation::calinski_harabasz;
use super::silhouette::{Labelling, Silhouette, sample, silhouettes};
use super::stability::{Stability, UNSTABLE, stability};
use super::strength::{Strength, strength};
use super::verdict::{NOT_BACK, Structure, decide, is_high};

/// Below this mean silhouette clusters are hardly more than slices of one cloud (Kaufman & Rousseeuw
/// 1990 call up to 0.25 "no substantial structure").
pub const WEAK_SILHOUETTE: f64 = 0.25;

/// Fewer rows than this cannot show whether there are groups.
pub const FEWEST_ROWS: usize = 50;

/// Rows on which candidates are compared: their cost grows with it, the error of their stability hardly
/// falls. The chosen number is then fitted on all rows.
const CANDIDATE_ROWS: usize = 5_000;

/// Draws of contacts without segments.
const REFERENCE_DRAWS: u64 = 5;

/// Halvings for the prediction strength.
const SPLITS: usize = 5;

/// Starts of every fit on a half: one bad start must not make a number of clusters look unpredictable.
const STARTS_OF_HALVES: usize = 8;

/// Bootstrap draws for each candidate, fewer than for the chosen number: they only rule out.
const CANDIDATE_DRAWS: usize = 20;

/// One number of clusters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    pub clusters: usize,
    pub silhouette: f64,
    pub silhouette_standard_error: f64,
    /// Mean silhouette of contacts without segments, cut into as many clusters.
    pub reference_silhouette: Option<f64>,
    /// The same of one cloud without any modes, the larger of an even and a normal one; only looked at
    /// where a silhouette is high and no column has a long tail.
    pub plain_silhouette: Option<f64>,
    pub calinski_harabasz: Option<f64>,
    pub inertia: f64,
    pub smallest: usize,
    /// Bootstrap stability of the least stable cluster, and the mean over clusters.
    pub stability_lowest: Option<f64>,
    pub stability_mean: Option<f64>,
    pub prediction_strength: Option<Strength>,
    /// Why it is not taken, if something speaks against it.
    pub ruled_out: Option<String>,
}

/// The chosen clustering and what it was chosen from.
#[derive(Debug, Clone)]
pub struct Choice {
    pub clustering: Clustering,
    pub silhouette: Option<Silhouette>,
    /// Of each cluster; empty where contacts are too few to be drawn again.
    pub stability: Vec<Stability>,
    pub structure: Structure,
    pub candidates: Vec<Candidate>,
}

/// What to try.
#[derive(Debug, Clone)]
pub struct ChoiceParams {
    pub min: usize,
    pub max: usize,
    /// Rows for silhouettes; below it they are exact.
    pub silhouette_sample: usize,
    /// Bootstrap draws for the chosen number. 50 put the error of a mean overlap near 0.02.
    pub draws: usize,
    /// `min` clusters are wanted, and nothing is to be chosen.
    pub is_given: bool,
    pub kmeans: KMeansParams,
}

impl ChoiceParams {
    pub fn new(min: usize, max: usize, seed: u64, silhouette_sample: usize) -> Self {
        ChoiceParams {
            min,
            max,
            silhouette_sample,
            draws: 50,
            is_given: min == max,
            kmeans: KMeansParams::new(min, seed),
        }
    }

    /// Chooses between `min` and `max` clusters. Contacts too few or too alike to divide are one cluster;
    /// only where a number is given are they an error.
    ///
    /// # Errors
    /// If there are too few different rows for a given number, or a value is not finite.
    ///
    /// # Cost
    /// For every candidate, on at most 5,000 rows: some 35 fits and six silhouettes; `draws` fits more at
    /// the end.
    pub fn choose(&self, matrix: ArrayView2<'_, f32>) -> Result<Choice> {
        let tried = matrix.select(Axis(0), &sample(matrix.nrows(), CANDIDATE_ROWS, self.seed()));
        if self.is_given {
            if self.most(matrix) < self.min {
                return Err(too_few(matrix.nrows(), self.min));
            }
            let why = "the number of clusters was given".to_owned();
            return self.settle(matrix, self.min, Vec::new(), Structure::NotJudged { why });
        }
        // Of rare values the sample may hold fewer than the table.
        let most = self.max.min(self.most(tried.view()));
        if most < self.min {
            let why = format!("{} contacts are too few, or too alike, to divide", matrix.nrows());
            return self.settle(matrix, 1, Vec::new(), Structure::NotJudged { why });
        }
        let fits: Vec<Clustering> = (self.min..=most)
            .map(|clusters| self.with(clusters).fit(tried.view()))
            .collect::<Result<_>>()?;
        let judged = tried.nrows() >= FEWEST_ROWS;
        let mut candidates = self.measured(tried.view(), &fits)?;
        if judged {
            self.evidence(tried.view(), &fits, &mut candidates)?;
        }
        let (clusters, structure) = decide(&mut candidates, tried.nrows());
        let was_weak = matches!(structure, Structure::Weak { .. });
        if structure.is_none() {
            return self.settle(matrix, 1, candidates, structure);
        }
        let choice = self.settle(matrix, clusters, candidates, structure)?;
        // What was uncertain on the sample, and does not come back on all contacts, is not proposed.
        let comes_back = choice.stability.iter().all(|s| s.mean >= UNSTABLE);
        match choice.structure {
            Structure::Weak { .. } if was_weak && !comes_back => {
                let why = NOT_BACK.to_owned();
                self.settle(matrix, 1, choice.candidates, Structure::None { why })
            }
            _ => Ok(choice),
        }
    }

    fn seed(&self) -> u64 {
        self.kmeans.seed
    }

    fn with(&self, clusters: usize) -> KMeansParams {
        self.kmeans.with_clusters(clusters)
    }

    /// No more clusters than different rows, and at least two rows to a cluster.
    fn most(&self, matrix: ArrayView2<'_, f32>) -> usize {
        super::kmeans::distinct_rows(matrix, self.max).min((matrix.nrows() / 2).max(1))
    }

    fn measured(&self, tried: ArrayView2<'_, f32>, fits: &[Clustering]) -> Result<Vec<Candidate>> {
        let found = self.silhouettes(tried, fits);
        let candidate = |(fit, silhouette): (&Clustering, Option<Silhouette>)| Candidate {
            clusters: fit.clusters(),
            silhouette: silhouette.as_ref().map_or(-1.0, |s| s.mean),
            silhouette_standard_error: silhouette.as_ref().map_or(0.0, |s| s.standard_error),
            reference_silhouette: None,
            plain_silhouette: None,
            calinski_harabasz: calinski_harabasz(tried, fit).filter(|v| v.is_finite()),
            inertia: fit.inertia,
            smallest: fit.sizes().into_iter().min().unwrap_or(0),
            stability_lowest: None,
            stability_mean: None,
            prediction_strength: None,
            ruled_out: None,
        };
        Ok(fits.iter().zip(found).map(candidate).collect())
    }

    fn silhouettes(
        &self,
        matrix: ArrayView2<'_, f32>,
        fits: &[Clustering],
    ) -> Vec<Option<Silhouette>> {
        let rows = sample(matrix.nrows(), self.silhouette_sample, self.seed());
        let labels: Vec<Vec<usize>> =
            fits.iter().map(|fit| rows.iter().map(|&row| fit.labels[row]).collect()).collect();
        let labellings: Vec<Labelling<'_>> = fits
            .iter()
            .zip(&labels)
            .map(|(fit, labels)| Labelling { labels, clusters: fit.clusters() })
            .collect();
        silhouettes(matrix.select(Axis(0), &rows).view(), &labellings)
    }

    /// What the three questions need, into the candidates.
    fn evidence(
        &self,
        tried: ArrayView2<'_, f32>,
        fits: &[Clustering],
        candidates: &mut [Candidate],
    ) -> Result<()> {
        self.references(tried, fits, candidates)?;
        for (candidate, fit) in candidates.iter_mut().zip(fits) {
            let params = self.with(candidate.clusters);
            let stable = stability(tried, fit, &params, CANDIDATE_DRAWS)?;
            let means = stable.iter().map(|s| s.mean);
            candidate.stability_lowest = Some(means.clone().fold(1.0, f64::min));
            candidate.stability_mean = Some(means.sum::<f64>() / stable.len() as f64);
            candidate.prediction_strength =
                Some(strength(tried, &params.with_starts(STARTS_OF_HALVES), SPLITS));
        }
        Ok(())
    }

    /// The mean silhouette of contacts without segments, for each number of clusters; and of plain clouds.
    fn references(
        &self,
        tried: ArrayView2<'_, f32>,
        fits: &[Clustering],
        candidates: &mut [Candidate],
    ) -> Result<()> {
        let reference = Reference::fit(tried)?;
        let draws = (0..REFERENCE_DRAWS).map(|d| reference.draw(self.seed().wrapping_add(d)));
        let means = self.means_of(draws, fits);
        candidates.iter_mut().zip(means).for_each(|(c, mean)| c.reference_silhouette = mean);
        if candidates.iter().any(is_high) && !reference.is_skewed() {
            let of = |is_even: bool| {
                let draws = (0..REFERENCE_DRAWS)
                    .map(|d| reference.draw_plain(self.seed().wrapping_add(d), is_even));
                self.means_of(draws, fits)
            };
            for ((candidate, even), normal) in candidates.iter_mut().zip(of(true)).zip(of(false)) {
                candidate.plain_silhouette = even.zip(normal).map(|(e, n)| e.max(n));
            }
        }
        Ok(())
    }

    /// Mean silhouette over tables of contacts, for each number of clusters of `fits`.
    fn means_of(
        &self,
        draws: impl Iterator<Item = ndarray::Array2<f32>>,
        fits: &[Clustering],
    ) -> Vec<Option<f64>> {
        let mut sums = vec![(0.0, 0u32); fits.len()];
        for drawn in draws {
            let fitted: Vec<Option<Clustering>> =
                fits.iter().map(|fit| self.with(fit.clusters()).fit(drawn.view()).ok()).collect();
            let places: Vec<usize> =
                (0..fitted.len()).filter(|place| fitted[*place].is_some()).collect();
            let fitted: Vec<Clustering> = fitted.into_iter().flatten().collect();
            for (place, found) in places.into_iter().zip(self.silhouettes(drawn.view(), &fitted)) {
                if let Some(found) = found {
                    sums[place] = (sums[place].0 + found.mean, sums[place].1 + 1);
                }
            }
        }
        sums.into_iter().map(|(sum, n)| (n > 0).then(|| sum / f64::from(n))).collect()
    }

    /// Fits the chosen number on all rows.
    fn settle(
        &self,
        matrix: ArrayView2<'_, f32>,
        clusters: usize,
        candidates: Vec<Candidate>,
        structure: Structure,
    ) -> Result<Choice> {
        let params = self.with(clusters);
        let clustering = params.fit(matrix)?;
        let rows = sample(matrix.nrows(), CANDIDATE_ROWS, self.seed());
        let stability = match clusters > 1 && matrix.nrows() >= FEWEST_ROWS {
            true => stability(
                matrix.select(Axis(0), &rows).view(),
                &Clustering {
                    labels: rows.iter().map(|&row| clustering.labels[row]).collect(),
                    ..clustering.clone()
                },
                &params,
                self.draws,
            )?,
            false => Vec::new(),
        };
        let silhouette = self.silhouettes(matrix, std::slice::from_ref(&clustering)).remove(0);
        let structure = match structure {
            Structure::Found if stability.iter().any(|s| s.mean < UNSTABLE) => {
                let why = "on all contacts a cluster comes back too rarely".to_owned();
                Structure::Weak { why }
            }
            other => other,
        };
        Ok(Choice { clustering, silhouette, stability, structure, candidates })
    }
}

/// The refusal of a table with too few different rows.
pub fn too_few(rows: usize, min: usize) -> Error {
    Error::data(format!("{rows} contacts are too few, or too alike, for {min} clusters"))
        .hint("ask for fewer clusters, or wait for more data")
}
