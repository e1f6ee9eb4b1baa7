//! What to fit: checked once, then fitted through linfa's traits.

use std::ops::{Deref, DerefMut};

use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, ArrayBase, ArrayView2, Data, Ix2};

use crate::error::{Error, Result};

use super::batch::MiniBatch;
use super::clustering::{Clustering, distinct_rows};
use super::starts;

/// How centroids are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Lloyd's steps over all rows.
    Lloyd,
    /// Steps over so many rows drawn anew each time (Sculley 2010); all rows are looked at once at the
    /// end. Less exact, and cheaper where there are millions.
    MiniBatch { rows: usize },
}

/// The parameters' values.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeansSettings {
    pub clusters: usize,
    pub seed: u64,
    /// Starts, of which the best is kept. Four: enough that a bad seeding loses, cheap enough to vary k.
    pub starts: usize,
    /// Most iterations of a start; for mini-batches, most passes over as many rows as there are.
    pub max_iterations: u64,
    /// Lloyd's steps stop when the squared movements of all centroids add up to no more than this share
    /// of the mean variance of the features, as scikit-learn's do; or when no row changes its cluster.
    pub tolerance: f64,
    /// Starting centroids, shape (clusters, features), in place of drawn ones; then there is one start.
    pub init: Option<Array2<f64>>,
    pub method: Method,
}

/// Unchecked parameters. Their values are read and set as fields.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeansParams(KMeansValidParams);

/// Checked parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeansValidParams(KMeansSettings);

impl KMeansParams {
    pub fn new(clusters: usize, seed: u64) -> Self {
        KMeansParams(KMeansValidParams(KMeansSettings {
            clusters,
            seed,
            starts: 4,
            max_iterations: 300,
            tolerance: 1e-4,
            init: None,
            method: Method::Lloyd,
        }))
    }

    /// The same for another number of clusters.
    #[must_use]
    pub fn with_clusters(&self, clusters: usize) -> Self {
        let mut params = self.clone();
        params.clusters = clusters;
        params
    }

    /// The same with another seed.
    #[must_use]
    pub fn with_seed(&self, seed: u64) -> Self {
        let mut params = self.clone();
        params.seed = seed;
        params
    }

    /// The same with another number of starts.
    #[must_use]
    pub fn with_starts(&self, starts: usize) -> Self {
        let mut params = self.clone();
        params.starts = starts;
        params
    }

    /// Fits on `matrix`, shape (rows, features).
    ///
    /// # Errors
    /// If the parameters are wrong, a value is not finite, or there are fewer different rows than
    /// clusters.
    ///
    /// # Cost
    /// Time: rows × features × clusters an iteration, less for rows that bounds leave out. Memory: a copy
    /// of the matrix, and 12 bytes a row; with mini-batches a copy of a batch.
    pub fn fit(&self, matrix: ArrayView2<'_, f32>) -> Result<Clustering> {
        self.check_ref()?.fit_matrix(matrix)
    }
}

impl Deref for KMeansParams {
    type Target = KMeansSettings;

    fn deref(&self) -> &KMeansSettings {
        &self.0.0
    }
}

impl DerefMut for KMeansParams {
    fn deref_mut(&mut self) -> &mut KMeansSettings {
        &mut self.0.0
    }
}

impl Deref for KMeansValidParams {
    type Target = KMeansSettings;

    fn deref(&self) -> &KMeansSettings {
        &self.0
    }
}

impl ParamGuard for KMeansParams {
    type Checked = KMeansValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&KMeansValidParams> {
        let k = self.clusters;
        // Labels are 32 bits wide, and one of them means "none yet".
        if k == 0 || k >= u32::MAX as usize {
            return Err(Error::settings(format!("k == {k}, must be at least 1")));
        }
        if self.starts == 0 {
            return Err(Error::settings("there must be at least one start")
                .hint("four are enough for most data"));
        }
        if self.max_iterations == 0 {
            return Err(Error::settings("there must be at least one iteration")
                .hint("300 are enough for most data"));
        }
        if !(self.tolerance >= 0.0 && self.tolerance.is_finite()) {
            return Err(Error::settings("the tolerance must be a number from 0 on")
                .with_value(self.tolerance.to_string())
                .hint("0.0001 suits most data"));
        }
        if self.method == (Method::MiniBatch { rows: 0 }) {
            return Err(Error::settings("a mini-batch must have at least one row")
                .hint("some thousands are a good size"));
        }
        if let Some(init) = &self.init {
            if init.nrows() != k {
                return Err(Error::settings(format!(
                    "k == {k}, but there are {} starting centroids",
                    init.nrows()
                ))
                .hint(format!("pass k == {}, or other centroids", init.nrows())));
            }
            if init.iter().any(|v| !(*v as f32).is_finite()) {
                return Err(Error::data("a starting centroid that is not a finite number"));
            }
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<KMeansValidParams> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl KMeansValidParams {
    fn fit_matrix(&self, matrix: ArrayView2<'_, f32>) -> Result<Clustering> {
        self.check_shape(matrix)?;
        match self.method {
            Method::Lloyd => starts::fit(self, matrix),
            Method::MiniBatch { rows } => MiniBatch::fit(self, rows, matrix),
        }
    }

    fn check_shape(&self, matrix: ArrayView2<'_, f32>) -> Result<()> {
        let (rows, k) = (matrix.nrows(), self.clusters);
        if matrix.ncols() == 0 {
            return Err(Error::data("no feature to cluster on"));
        }
        if k > rows {
            return Err(Error::settings(format!("k == {k}, but there are only {rows} rows"))
                .hint(format!("choose k up to {rows}")));
        }
        if let Some(init) = self.init.as_ref().filter(|init| init.ncols() != matrix.ncols()) {
            return Err(Error::settings(format!(
                "starting centroids have {} features, the rows have {}",
                init.ncols(),
                matrix.ncols()
            )));
        }
        let distinct = distinct_rows(matrix, k);
        if distinct < k && matrix.iter().all(|v| v.is_finite()) {
            return Err(Error::data(format!(
                "k == {k}, but the rows hold only {distinct} different points"
            ))
            .hint(format!("choose k up to {distinct}, or add features")));
        }
        Ok(())
    }
}

impl<D: Data<Elem = f32>, T> Fit<ArrayBase<D, Ix2>, T, Error> for KMeansValidParams {
    type Object = Clustering;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Clustering> {
        self.fit_matrix(dataset.records.view())
    }
}

/// One batch after the other; the first one also gives the starting centroids.
impl<'a, D: Data<Elem = f32>, T> FitWith<'a, ArrayBase<D, Ix2>, T, Error> for KMeansValidParams {
    type ObjectIn = Option<MiniBatch>;
    type ObjectOut = MiniBatch;

    fn fit_with(
        &self,
        model: Option<MiniBatch>,
        dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<MiniBatch> {
        let batch = dataset.records.view();
        let mut model = match model {
            Some(model) => model,
            None => {
                self.check_shape(batch)?;
                MiniBatch::start(self, batch)?
            }
        };
        model.update(batch)?;
        Ok(model)
    }
}

impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Error::data("the data do not fit the model").caused_by(error)
    }
}
