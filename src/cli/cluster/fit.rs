//! The clusters of a prepared matrix.

use std::time::Instant;

use linfa::ParamGuard;
use ndarray::{Array2, Axis};

use crate::error::Result;
use crate::features::Preparation;
use crate::segments::choice::{Candidate, ChoiceParams};
use crate::segments::kmeans::{Clustering, KMeansParams, Method};
use crate::segments::mixture::MixtureParams;
use crate::segments::silhouette::{Labelling, Silhouette, sample, silhouettes};
use crate::segments::stability::Stability;
use crate::segments::verdict::Structure;

use super::super::args::{ClusterArgs, MethodChoice};
use super::{AUTO, Count};

/// Rows sampled for the silhouette; see the workspace's setting of the same name.
const SILHOUETTE_SAMPLE: usize = 2_000;

/// Clusters, numbered by the last column, and what is known of them.
pub struct Fitted {
    pub clustering: Clustering,
    pub silhouette: Option<Silhouette>,
    pub soft: Option<Soft>,
    pub choice: Option<Chosen>,
    /// Of the fit alone: reading and preparing are before, the silhouette is after.
    pub seconds: f64,
}

/// What only a mixture has.
pub struct Soft {
    /// Shape (rows, clusters).
    pub probabilities: Array2<f64>,
    pub log_likelihood: f64,
    pub fitted_rows: usize,
}

/// What only a chosen number of clusters has.
pub struct Chosen {
    pub structure: Structure,
    pub stability: Vec<Stability>,
    pub candidates: Vec<Candidate>,
}

/// Refuses parameters out of range, before anything is read.
pub fn check(args: &ClusterArgs, count: Count) -> Result<()> {
    let k = if let Count::Fixed(k) = count { k } else { AUTO.0 };
    match args.method {
        MethodChoice::Kmeans => kmeans(args, k, None, 1).check().map(|_| ()),
        MethodChoice::Mixture => mixture_params(args, k, 1).check().map(|_| ()),
    }
}

impl Fitted {
    pub fn fit(
        args: &ClusterArgs,
        count: Count,
        init: Option<Array2<f64>>,
        seed: u64,
        preparation: &Preparation,
        matrix: &Array2<f32>,
    ) -> Result<Self> {
        let start = Instant::now();
        let mut fitted = match (count, args.method) {
            (Count::Auto, _) => chosen(args, seed, matrix)?,
            (Count::Fixed(k), MethodChoice::Kmeans) => plain(kmeans(args, k, init, seed), matrix)?,
            (Count::Fixed(k), MethodChoice::Mixture) => {
                mixture(args, k, seed, preparation, matrix)?
            }
        };
        fitted.seconds = start.elapsed().as_secs_f64();
        if fitted.choice.is_none() {
            fitted.silhouette = silhouette(&fitted.clustering, seed, matrix);
        }
        fitted.number(matrix);
        Ok(fitted)
    }

    fn of(clustering: Clustering) -> Self {
        Fitted { clustering, silhouette: None, soft: None, choice: None, seconds: 0.0 }
    }

    /// Numbers clusters by the last column, which for an RFM table is the money spent.
    fn number(&mut self, matrix: &Array2<f32>) {
        let last = matrix.column(matrix.ncols() - 1);
        let value: Vec<f64> = last.iter().map(|v| f64::from(*v)).collect();
        let order = self.clustering.order(&value);
        self.clustering = self.clustering.clone().ordered_by(&value);
        if let Some(soft) = &mut self.soft {
            soft.probabilities = soft.probabilities.select(Axis(1), &order);
        }
        if let Some(silhouette) = &mut self.silhouette {
            let by = &silhouette.by_cluster;
            silhouette.by_cluster = order.iter().map(|c| by.get(*c).copied().flatten()).collect();
        }
        if let Some(choice) = self.choice.as_mut().filter(|c| c.stability.len() == order.len()) {
            choice.stability = order.iter().map(|c| choice.stability[*c]).collect();
        }
    }
}

fn kmeans(args: &ClusterArgs, k: usize, init: Option<Array2<f64>>, seed: u64) -> KMeansParams {
    let mut params = KMeansParams::new(k, seed);
    params.max_iterations = args.max_iter;
    params.tolerance = args.tolerance;
    params.init = init;
    if let Some(starts) = args.starts {
        params.starts = starts;
    }
    if let Some(rows) = args.batch {
        params.method = Method::MiniBatch { rows };
    }
    params
}

fn plain(params: KMeansParams, matrix: &Array2<f32>) -> Result<Fitted> {
    Ok(Fitted::of(params.fit(matrix.view())?))
}

fn chosen(args: &ClusterArgs, seed: u64, matrix: &Array2<f32>) -> Result<Fitted> {
    let (min, max) = AUTO;
    let mut params = ChoiceParams::new(min, max, seed, SILHOUETTE_SAMPLE);
    params.kmeans.max_iterations = args.max_iter;
    params.kmeans.tolerance = args.tolerance;
    if let Some(starts) = args.starts {
        params.kmeans.starts = starts;
    }
    let choice = params.choose(matrix.view())?;
    let mut fitted = Fitted::of(choice.clustering);
    fitted.silhouette = choice.silhouette;
    fitted.choice = Some(Chosen {
        structure: choice.structure,
        stability: choice.stability,
        candidates: choice.candidates,
    });
    Ok(fitted)
}

fn mixture_params(args: &ClusterArgs, k: usize, seed: u64) -> MixtureParams {
    let (max_iterations, tolerance) = (args.max_iter, args.tolerance);
    MixtureParams { max_iterations, tolerance, ..MixtureParams::new(k, seed) }
}

fn mixture(
    args: &ClusterArgs,
    k: usize,
    seed: u64,
    preparation: &Preparation,
    matrix: &Array2<f32>,
) -> Result<Fitted> {
    let names: Vec<String> = preparation.columns.iter().map(|c| c.name.clone()).collect();
    let found = mixture_params(args, k, seed).check()?.fit(matrix.view(), &names)?;
    let squares = matrix.rows().into_iter().zip(&found.labels).map(|(row, label)| {
        let pairs = row.into_iter().zip(found.means.row(*label));
        pairs.map(|(x, c)| (f64::from(*x) - c).powi(2)).sum::<f64>()
    });
    let inertia = squares.sum();
    // How many steps it took, linfa does not say.
    let clustering =
        Clustering { centroids: found.means, labels: found.labels, inertia, iterations: 0 };
    let mut fitted = Fitted::of(clustering);
    fitted.soft = Some(Soft {
        probabilities: found.probabilities,
        log_likelihood: found.log_likelihood,
        fitted_rows: found.fitted_rows,
    });
    Ok(fitted)
}

fn silhouette(clustering: &Clustering, seed: u64, matrix: &Array2<f32>) -> Option<Silhouette> {
    let rows = sample(matrix.nrows(), SILHOUETTE_SAMPLE, seed);
    let labels: Vec<usize> = rows.iter().map(|&row| clustering.labels[row]).collect();
    let labelling = Labelling { labels: &labels, clusters: clustering.clusters() };
    silhouettes(matrix.select(Axis(0), &rows).view(), &[labelling]).into_iter().next().flatten()
}
