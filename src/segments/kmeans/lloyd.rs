//! Lloyd's steps (Lloyd 1982), leaving out rows that cannot change (Hamerly 2010).
//!
//! Labels are those of f64: where f32 cannot tell, f64 decides, and the first of equally near centroids
//! wins. So which rows are left out, which instructions the machine has, and in what order rows come
//! changes nothing but the time.

use rayon::prelude::*;

use super::kernel::{Nearest, Packed};
use super::sums::{Grid, Sums};
use super::tiles::{TILE, Tiles};

/// Rows to a task.
const TASK: usize = 32 * TILE;

/// Multiplications below which a step is done on the calling thread.
const SMALL: usize = 1 << 20;

/// What it costs to pick a row out of its tile, in comparisons with a centroid (measured).
const PICK: usize = 64;

/// Rows and what is known of them.
#[derive(Debug)]
pub struct Lloyd<'a> {
    pub tiles: &'a Tiles,
    pub grid: Grid,
    /// Centroids one after the other, in the matrix's numbers.
    pub centroids: Vec<f64>,
    /// The cluster of each row; the number of clusters means none yet.
    pub labels: Vec<u32>,
    /// Not less than the distance to the row's centroid.
    pub upper: Vec<f32>,
    /// Not more than the distance to any other.
    lower: Vec<f32>,
    pub sums: Sums,
    /// By cluster, and once more for none: the distance that its centroid moved since the last step, the
    /// largest that another moved, and half the distance to the nearest other.
    drift: Vec<[f32; 3]>,
}

/// One task's part of the rows.
struct Part<'a> {
    first: usize,
    labels: &'a mut [u32],
    upper: &'a mut [f32],
    lower: &'a mut [f32],
}

impl<'a> Lloyd<'a> {
    pub fn new(tiles: &'a Tiles, centroids: Vec<f64>) -> Self {
        let clusters = centroids.len() / tiles.features;
        Lloyd {
            tiles,
            grid: Grid::of(tiles),
            centroids,
            labels: vec![clusters as u32; tiles.rows],
            upper: vec![f32::INFINITY; tiles.rows],
            lower: vec![0.0; tiles.rows],
            sums: Sums::new(clusters, tiles.features),
            drift: vec![[0.0; 3]; clusters + 1],
        }
    }

    pub fn clusters(&self) -> usize {
        self.drift.len() - 1
    }

    /// Gives every row its nearest centroid; returns how many rows changed theirs.
    pub fn assign(&mut self) -> usize {
        let (clusters, features) = (self.clusters(), self.tiles.features);
        let step = Step {
            tiles: self.tiles,
            grid: &self.grid,
            centroids: &self.centroids,
            packed: &Packed::new(&self.tiles.frame.all_inside(&self.centroids), features),
            drift: &self.drift,
        };
        let none = || Sums::new(clusters, features);
        let work = |mut sums: Sums, part: Part<'_>| {
            step.run(part, &mut sums);
            sums
        };
        let part = |(task, ((labels, upper), lower))| {
            let first = task * TASK;
            Part { first, labels, upper, lower }
        };
        let (labels, upper, lower) = (&mut self.labels, &mut self.upper, &mut self.lower);
        let change = if self.tiles.rows * clusters * features < SMALL {
            let parts = labels.chunks_mut(TASK).zip(upper.chunks_mut(TASK));
            parts.zip(lower.chunks_mut(TASK)).enumerate().map(part).fold(none(), work)
        } else {
            let parts = labels.par_chunks_mut(TASK).zip(upper.par_chunks_mut(TASK));
            let parts = parts.zip(lower.par_chunks_mut(TASK)).enumerate().map(part);
            parts.fold(none, work).reduce(none, Sums::with)
        };
        self.sums.add(&change);
        change.moved
    }

    /// Moves centroids to the means of their rows, and those without rows nowhere; returns the sum of
    /// squares of the movements, in the tiles' frame.
    pub fn update(&mut self) -> f64 {
        let features = self.tiles.features;
        let mut next = self.centroids.clone();
        for (c, mean) in next.chunks_exact_mut(features).enumerate() {
            if self.sums.counts[c] > 0 {
                self.sums.mean(&self.grid, c, mean);
                let columns = mean.iter_mut().enumerate();
                columns.for_each(|(column, v)| *v = self.tiles.frame.outside(column, *v));
            }
        }
        let before = self.tiles.frame.all_inside(&self.centroids);
        let after = self.tiles.frame.all_inside(&next);
        self.centroids = next;
        self.drift(&before, &after)
    }

    /// Notes how far bounds have to give.
    fn drift(&mut self, before: &[f64], after: &[f64]) -> f64 {
        let features = self.tiles.features;
        let pairs = before.chunks_exact(features).zip(after.chunks_exact(features));
        let moves: Vec<f64> = pairs.map(|(a, b)| squared(a, b)).collect();
        let up = |square: &f64| (square.sqrt() as f32).next_up();
        let own: Vec<f32> = moves.iter().map(up).collect();
        let largest = (0..own.len()).fold(0, |best, c| if own[c] > own[best] { c } else { best });
        let others = (0..own.len()).filter(|c| *c != largest).map(|c| own[c]).fold(0.0, f32::max);
        for (c, half) in halves(after, features).into_iter().enumerate() {
            let other = if c == largest { others } else { own[largest] };
            self.drift[c] = [own[c], other, half];
        }
        moves.iter().sum()
    }

    /// Squared distances of rows to their centroids, in the matrix's numbers.
    pub fn squares(&self) -> Vec<f64> {
        let mut squares = vec![0.0; self.tiles.rows];
        let tiles = squares.par_chunks_mut(TILE).zip(self.labels.par_chunks(TILE)).enumerate();
        let features = self.tiles.features;
        tiles.with_min_len(TASK / TILE).for_each(|(tile, (squares, labels))| {
            for (j, column) in self.tiles.tile(tile).chunks_exact(TILE).enumerate() {
                for ((square, value), label) in squares.iter_mut().zip(column).zip(labels) {
                    let value = self.tiles.frame.outside(j, f64::from(*value));
                    let away = value - self.centroids[*label as usize * features + j];
                    *square += away * away;
                }
            }
        });
        squares
    }
}

/// Half the distance of each centroid to its nearest other, rounded down.
fn halves(centroids: &[f64], features: usize) -> Vec<f32> {
    let rows = || centroids.chunks_exact(features).enumerate();
    let nearest = |(c, centroid): (usize, &[f64])| {
        let others = rows().filter(|(other, _)| *other != c);
        let least = others.map(|(_, other)| squared(centroid, other)).fold(f64::INFINITY, f64::min);
        (least.sqrt() / 2.0) as f32 * (1.0 - 2.0 * f32::EPSILON)
    };
    rows().map(nearest).collect()
}

fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// What all tasks of one step share.
struct Step<'a> {
    tiles: &'a Tiles,
    grid: &'a Grid,
    centroids: &'a [f64],
    packed: &'a Packed,
    drift: &'a [[f32; 3]],
}

impl Step<'_> {
    fn run(&self, mut part: Part<'_>, sums: &mut Sums) {
        let mut open = [0u32; TASK];
        let count = self.loosen(&mut part, &mut open);
        let clusters = self.packed.count();
        if count * (clusters + PICK) < part.labels.len() * clusters {
            self.picked(&mut part, &open[..count], sums);
        } else {
            self.all(&mut part, sums);
        }
    }

    /// Lets bounds give by the centroids' movements, and lists the rows that may have changed.
    fn loosen(&self, part: &mut Part<'_>, open: &mut [u32; TASK]) -> usize {
        const UP: f32 = 1.0 + 2.0 * f32::EPSILON;
        const DOWN: f32 = 1.0 - 2.0 * f32::EPSILON;
        let rows = part.labels.len();
        let (upper, lower) = (&mut part.upper[..rows], &mut part.lower[..rows]);
        let mut count = 0;
        for row in 0..rows {
            let [own, other, half] = self.drift[part.labels[row] as usize];
            let up = (upper[row] + own) * UP;
            let low = (lower[row] - other) * DOWN;
            (upper[row], lower[row]) = (up, low);
            open[count % TASK] = row as u32;
            count += usize::from(up >= low) & usize::from(up >= half);
        }
        count
    }

    /// Looks at all rows of the part.
    fn all(&self, part: &mut Part<'_>, sums: &mut Sums) {
        let mut found = Nearest::new();
        let rows = part.labels.len();
        for start in (0..rows).step_by(TILE) {
            let (tile, count) = ((part.first + start) / TILE, TILE.min(rows - start));
            let values = self.tiles.tile(tile);
            found.find(values, self.tiles.lengths(tile), self.packed);
            part.upper[start..start + count].copy_from_slice(&found.upper[..count]);
            part.lower[start..start + count].copy_from_slice(&found.lower[..count]);
            let mut change = [0u32; TILE];
            let labels = part.labels[start..start + count].iter().zip(&found.index);
            for (change, ((old, new), open)) in change.iter_mut().zip(labels.zip(&found.open)) {
                *change = (old ^ new) | open;
            }
            for place in (0..count).filter(|place| change[*place] != 0) {
                self.settle(part, start + place, values, place, &mut found, sums);
            }
        }
    }

    /// Looks at some rows of the part.
    fn picked(&self, part: &mut Part<'_>, rows: &[u32], sums: &mut Sums) {
        let mut found = Nearest::new();
        let mut values = vec![0.0; TILE * self.tiles.features];
        let mut lengths = [0.0; TILE];
        for rows in rows.chunks(TILE) {
            for (place, row) in rows.iter().enumerate() {
                let row = part.first + *row as usize;
                self.tiles.copy(row, &mut values, place);
                lengths[place] = self.tiles.length(row);
            }
            found.find(&values, &lengths, self.packed);
            for (place, row) in rows.iter().enumerate() {
                self.settle(part, *row as usize, &values, place, &mut found, sums);
            }
        }
    }

    /// Takes over what was found for one row, and moves the row where it belongs.
    #[inline(always)]
    fn settle(
        &self,
        part: &mut Part<'_>,
        row: usize,
        values: &[f32],
        place: usize,
        found: &mut Nearest,
        sums: &mut Sums,
    ) {
        if found.open[place] != 0 {
            self.decide(values, place, found);
        }
        part.upper[row] = found.upper[place];
        part.lower[row] = found.lower[place];
        let (old, new) = (part.labels[row], found.index[place]);
        if old != new {
            sums.moved += 1;
            sums.put(self.grid, values, place, new as usize);
            if (old as usize) < self.packed.count() {
                sums.take(self.grid, values, place, old as usize);
            }
            part.labels[row] = new;
        }
    }

    /// The nearest centroid of one row in f64, in the matrix's numbers: the same in any frame.
    #[cold]
    #[inline(never)]
    fn decide(&self, values: &[f32], place: usize, found: &mut Nearest) {
        let frame = &self.tiles.frame;
        let row = values.iter().skip(place).step_by(TILE).enumerate();
        let row: Vec<f64> = row.map(|(j, v)| frame.outside(j, f64::from(*v))).collect();
        let (mut best, mut second) = ((0, f64::INFINITY), f64::INFINITY);
        for (c, centroid) in self.centroids.chunks_exact(self.tiles.features).enumerate() {
            let square = squared(&row, centroid);
            if square < best.1 {
                second = best.1;
                best = (c, square);
            } else if square < second {
                second = square;
            }
        }
        let inside = |square: f64| (square.sqrt() * f64::from(frame.factor)) as f32;
        found.index[place] = best.0 as u32;
        found.upper[place] = inside(best.1) * (1.0 + f32::EPSILON);
        found.lower[place] = inside(second) * (1.0 - f32::EPSILON);
    }
}
