//! The two nearest centroids of each row of a tile.
//!
//! Centroids are compared by |c|²/2 − x·c, in f32 and in whichever vector instructions the machine
//! has; a tile's rows are the lanes, so that finding the smallest is a comparison a centroid, and the
//! matrix of distances is never written down. What f32 cannot tell apart is said to be open, with a
//! bound on its error (Higham 2002, §3.1) and settled elsewhere in f64.

use pulp::{Simd, WithSimd};

use super::tiles::TILE;

/// Centroids that are compared at a time: with two registers of rows, their sums stay in registers.
const GROUP: usize = 4;

/// Length above which a centroid's square may run over, in a frame in which no value exceeds 2. Such a
/// centroid takes part as [`FAR_HALF`], less than its half square; f64 decides if it is the nearest.
const FAR: f64 = 1e18;
const FAR_HALF: f32 = 1e35;

/// Centroids as the kernel reads them.
#[derive(Debug, Clone)]
pub struct Packed {
    count: usize,
    features: usize,
    /// By group and feature, the negated coordinates of the group's centroids.
    coordinates: Vec<f32>,
    /// Half the squared length; infinite for what fills up the last group.
    halves: Vec<f32>,
    /// Length of the longest, rounded up.
    longest: f32,
    /// Error of a comparison, relative to the lengths that take part.
    error: f32,
}

impl Packed {
    /// Takes centroids one after the other, `features` numbers each.
    pub fn new(centroids: &[f64], features: usize) -> Self {
        let count = centroids.len() / features;
        let groups = count.div_ceil(GROUP);
        let mut coordinates = vec![0.0; groups * GROUP * features];
        let mut halves = vec![f32::INFINITY; groups * GROUP];
        let mut longest = 0.0f64;
        for (c, centroid) in centroids.chunks_exact(features).enumerate() {
            let length = centroid.iter().map(|v| v * v).sum::<f64>().sqrt();
            if length > FAR {
                halves[c] = FAR_HALF;
                continue;
            }
            let group = &mut coordinates[c / GROUP * GROUP * features..];
            let places = group.iter_mut().skip(c % GROUP).step_by(GROUP);
            places.zip(centroid).for_each(|(place, v)| *place = -*v as f32);
            halves[c] = (length * length / 2.0) as f32;
            longest = longest.max(length);
        }
        let longest = longest as f32 * (1.0 + f32::EPSILON);
        let error = (features + 6) as f32 * f32::EPSILON / 2.0;
        Packed { count, features, coordinates, halves, longest, error }
    }

    pub fn count(&self) -> usize {
        self.count
    }
}

/// What is known of the rows of a tile.
#[derive(Debug)]
pub struct Nearest {
    /// The nearest centroid, by f32.
    pub index: [u32; TILE],
    /// Not less than the distance to it.
    pub upper: [f32; TILE],
    /// Not more than the distance to any other.
    pub lower: [f32; TILE],
    /// 1 where the first two are too near for f32 to tell.
    pub open: [u32; TILE],
    best: [f32; TILE],
    second: [f32; TILE],
}

impl Nearest {
    pub fn new() -> Self {
        Nearest {
            index: [0; TILE],
            upper: [0.0; TILE],
            lower: [0.0; TILE],
            open: [0; TILE],
            best: [0.0; TILE],
            second: [0.0; TILE],
        }
    }

    /// Compares all rows of `tile` with all centroids.
    pub fn find(&mut self, tile: &[f32], lengths: &[f32], packed: &Packed) {
        pulp::Arch::new().dispatch(Scan { tile, lengths, packed, found: self });
    }
}

struct Scan<'a> {
    tile: &'a [f32],
    lengths: &'a [f32],
    packed: &'a Packed,
    found: &'a mut Nearest,
}

impl WithSimd for Scan<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if S::REGISTER_COUNT >= 32 {
            compare::<S, 4>(simd, self.tile, self.packed, self.found);
        } else {
            compare::<S, 2>(simd, self.tile, self.packed, self.found);
        }
        bound(self.lengths, self.packed, self.found);
    }
}

/// The smallest and the second smallest comparison of every row; `WIDE` registers of rows at a time.
#[inline(always)]
fn compare<S: Simd, const WIDE: usize>(
    simd: S,
    tile: &[f32],
    packed: &Packed,
    found: &mut Nearest,
) {
    let lanes = S::F32_LANES;
    let step = WIDE * lanes;
    let group_size = packed.features * GROUP;
    for start in (0..TILE).step_by(step) {
        let mut best = [simd.splat_f32s(f32::INFINITY); WIDE];
        let mut second = best;
        let mut index = [simd.splat_u32s(0); WIDE];
        for (g, group) in packed.coordinates.chunks_exact(group_size).enumerate() {
            let mut sums = [[simd.splat_f32s(0.0); WIDE]; GROUP];
            for (sum, half) in sums.iter_mut().zip(&packed.halves[g * GROUP..]) {
                *sum = [simd.splat_f32s(*half); WIDE];
            }
            for (column, centroids) in tile.chunks_exact(TILE).zip(group.chunks_exact(GROUP)) {
                let (column, _) = S::as_simd_f32s(&column[start..start + step]);
                for c in 0..GROUP {
                    let coordinate = simd.splat_f32s(centroids[c]);
                    for w in 0..WIDE {
                        sums[c][w] = simd.mul_add_f32s(column[w], coordinate, sums[c][w]);
                    }
                }
            }
            for (c, sums) in sums.into_iter().enumerate() {
                let number = simd.splat_u32s((g * GROUP + c) as u32);
                for (w, sum) in sums.into_iter().enumerate() {
                    let is_less = simd.less_than_f32s(sum, best[w]);
                    second[w] = simd.min_f32s(second[w], simd.max_f32s(best[w], sum));
                    best[w] = simd.min_f32s(best[w], sum);
                    index[w] = simd.select_u32s(is_less, number, index[w]);
                }
            }
        }
        let end = start + step;
        S::as_mut_simd_f32s(&mut found.best[start..end]).0.copy_from_slice(&best);
        S::as_mut_simd_f32s(&mut found.second[start..end]).0.copy_from_slice(&second);
        S::as_mut_simd_u32s(&mut found.index[start..end]).0.copy_from_slice(&index);
    }
}

/// From comparisons to bounds on distances.
///
/// A comparison of a row of length x with a centroid of length c errs by no more than
/// e·c·(c/2 + x). A centroid that is further than four times everything else from the origin cannot
/// be mistaken for the nearest, so its length does not count.
#[inline(always)]
fn bound(lengths: &[f32], packed: &Packed, found: &mut Nearest) {
    let lengths: &[f32; TILE] = match lengths.try_into() {
        Ok(lengths) => lengths,
        Err(_) => return,
    };
    for (r, &length) in lengths.iter().enumerate() {
        let best = found.best[r];
        let second = found.second[r].min(FAR_HALF);
        let square = length * length;
        let near = (square + 2.0 * best).max(0.0);
        let longest = packed.longest.min(4.0 * (2.0 * length + near.sqrt()));
        let slack = packed.error * longest * (longest / 2.0 + length) + f32::MIN_POSITIVE;
        // Lengths were rounded up, which adds this much to their squares.
        let round = 4.0 * packed.error * square;
        let far = second - slack - 4.0 * packed.error * second.abs();
        found.open[r] = u32::from(second - best <= 2.0 * slack);
        found.upper[r] = (near + 2.0 * slack + f32::EPSILON * near).sqrt() * (1.0 + f32::EPSILON);
        found.lower[r] = (square - round + 2.0 * far).max(0.0).sqrt() * (1.0 - f32::EPSILON);
    }
}
