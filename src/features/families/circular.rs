//! Statistics of hours, which have no first one: 23:00 and 01:00 average to midnight.
//!
//! An hour is a direction on a clock face of 24 hours. The mean direction is that of the weighted sum
//! of unit vectors; the resultant length R is the length of their mean, 0 all round the clock and 1
//! for one moment (Mardia & Jupp 2000, chapter 2).

use std::f64::consts::TAU;

const DAY_S: f64 = 86_400.0;

/// The 97.5 % point of the normal distribution: intervals hold with 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// Below this R the mean direction is rounding error.
const SHORTEST: f64 = 1e-6;

/// Weighted sums over directions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circle {
    weight: f64,
    squared_weight: f64,
    cos: f64,
    sin: f64,
    /// Of doubled angles.
    cos_2: f64,
    sin_2: f64,
}

impl Circle {
    /// Adds a second of the day, 0 to 86,400.
    pub fn add(&mut self, second: f64, weight: f64) {
        let (sin, cos) = (TAU * second / DAY_S).sin_cos();
        self.weight += weight;
        self.squared_weight += weight * weight;
        self.cos += weight * cos;
        self.sin += weight * sin;
        self.cos_2 += weight * (cos * cos - sin * sin);
        self.sin_2 += weight * 2.0 * sin * cos;
    }

    /// Takes off a vector that was to be expected.
    pub fn take_off(&mut self, cos: f64, sin: f64) {
        self.cos -= cos;
        self.sin -= sin;
    }

    /// Length of the sum of the weighted unit vectors.
    pub fn length(&self) -> f64 {
        self.cos.hypot(self.sin)
    }

    /// R, between 0 and 1; `None` without weight.
    pub fn concentration(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| (self.length() / self.weight).min(1.0))
    }

    /// Kish's effective number of directions, (sum w)^2 / sum w^2.
    pub fn effective(&self) -> f64 {
        self.weight * self.weight / self.squared_weight
    }

    /// The mean direction as an hour, from 0 to below 24; `None` where the directions cancel out.
    pub fn mean_hour(&self) -> Option<f64> {
        self.concentration().filter(|r| *r > SHORTEST).map(|_| hour(self.sin.atan2(self.cos)))
    }

    /// The 95 % interval of the mean direction among `n` independent directions (Fisher 1993, 4.4.4):
    /// mean -+ asin(z sqrt(d / n)) with the circular dispersion d = (1 - m2) / (2 R^2), m2 the mean
    /// cosine of twice the angles from the mean. `None` where it would reach round the clock.
    pub fn interval(&self, n: f64) -> Option<(f64, f64)> {
        let r = self.concentration().filter(|r| *r > SHORTEST)?;
        let mean = self.sin.atan2(self.cos);
        let (sin, cos) = (2.0 * mean).sin_cos();
        let m2 = (self.cos_2 * cos + self.sin_2 * sin) / self.weight;
        let dispersion = ((1.0 - m2) / (2.0 * r * r)).max(0.0);
        let reach = Z * (dispersion / n).sqrt();
        (reach <= 1.0).then(|| (hour(mean - reach.asin()), hour(mean + reach.asin())))
    }
}

/// The hour of an angle, from 0 to below 24.
fn hour(angle: f64) -> f64 {
    let hour = (angle * 24.0 / TAU).rem_euclid(24.0);
    // A tiny angle below zero rounds up to a full turn.
    if hour < 24.0 { hour } else { 0.0 }
}

/// Rayleigh's test that directions have no common one: p for a resultant length `r` of `n`
/// directions, exp(sqrt(1 + 4n + 4(n^2 - (nr)^2)) - (1 + 2n)) (Wilkie 1983; Zar 2010, 27.4).
pub fn rayleigh_p(n: f64, r: f64) -> f64 {
    let rest = (n * n * (1.0 - r * r)).max(0.0);
    ((1.0 + 4.0 * n + 4.0 * rest).sqrt() - (1.0 + 2.0 * n)).exp().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours for which scipy 1.17 and R's circular 0.4 give the means and lengths below.
    const MORNING: [f64; 60] = [
        6.143, 9.695, 7.531, 7.102, 6.047, 6.554, 10.12, 7.894, 6.917, 11.185, 5.467, 8.073, 9.305,
        7.78, 6.064, 5.155, 11.217, 4.44, 7.976, 7.979, 9.839, 9.831, 10.367, 7.078, 9.331, 7.529,
        9.034, 11.088, 8.663, 8.166, 9.96, 9.466, 8.998, 10.791, 4.61, 11.17, 10.475, 5.144, 7.454,
        9.7, 8.281, 11.783, 2.591, 5.86, 10.72, 8.413, 10.477, 8.703, 8.414, 9.888, 10.57, 8.491,
        7.625, 10.474, 6.791, 11.372, 9.172, 9.572, 9.736, 9.774,
    ];

    const MIDNIGHT: [f64; 50] = [
        23.908, 22.984, 21.144, 2.481, 1.546, 1.208, 2.749, 1.576, 0.968, 1.796, 0.963, 0.886,
        1.347, 0.7, 1.204, 0.988, 23.969, 2.835, 0.451, 23.314, 2.044, 23.229, 23.491, 0.524,
        23.69, 22.391, 23.664, 0.162, 3.328, 1.833, 22.671, 22.632, 0.001, 23.793, 4.629, 1.642,
        2.633, 23.614, 23.723, 22.758, 0.848, 1.658, 1.532, 0.008, 1.028, 22.519, 0.093, 0.906,
        21.327, 0.699,
    ];

    const OPPOSITE: [f64; 60] = [
        9.024, 8.682, 9.294, 8.81, 6.836, 5.473, 11.42, 8.932, 8.079, 6.89, 10.769, 8.334, 8.791,
        8.731, 8.146, 9.088, 7.902, 8.897, 6.363, 9.941, 7.691, 8.571, 7.658, 6.248, 7.442, 7.073,
        9.668, 10.205, 7.896, 8.831, 22.357, 20.71, 17.125, 16.95, 21.508, 19.425, 20.792, 23.651,
        21.161, 21.736, 19.768, 20.134, 19.308, 21.306, 20.292, 18.962, 18.976, 18.999, 20.884,
        22.423, 19.151, 19.738, 22.239, 19.955, 19.73, 16.725, 19.688, 19.621, 19.968, 19.25,
    ];

    fn circle(hours: &[f64]) -> Circle {
        let mut circle = Circle::default();
        for hour in hours {
            circle.add(hour * 3_600.0, 1.0);
        }
        circle
    }

    #[test]
    fn means_and_lengths_are_those_of_scipy_and_r() {
        let cases: [(&[f64], f64, f64); 3] = [
            (&MORNING, 8.559_765_186_434_65, 0.872_175_672_392_275_2),
            (&MIDNIGHT, 0.558_519_604_518_540_7, 0.927_968_796_816_189),
            (&OPPOSITE, 13.041_674_795_998_553, 0.038_569_184_225_047_28),
        ];
        for (hours, mean, length) in cases {
            let found = circle(hours);
            assert!(found.mean_hour().is_some_and(|hour| (hour - mean).abs() < 1e-9), "{mean}");
            assert!(found.concentration().is_some_and(|r| (r - length).abs() < 1e-12), "{length}");
        }
        assert_eq!(circle(&[0.0, 12.0, 6.0, 18.0]).mean_hour(), None);
        let two = circle(&[23.0, 1.0]);
        assert!(two.mean_hour().is_some_and(|hour| hour.min(24.0 - hour) < 1e-9));
        assert!(two.concentration().is_some_and(|r| (r - 0.965_925_826_289_068_2).abs() < 1e-12));
    }

    #[test]
    fn rayleigh_is_that_of_published_packages() {
        // (n, R, p of pycircstat2, which uses the same series).
        let cases = [
            (60.0, 0.872_175_672_392_275_2, 6.625_650_783_559_217e-27),
            (60.0, 0.038_569_184_225_047_28, 0.915_257_643_847_711_6),
            (2.0, 0.965_925_826_289_068_2, 0.160_993_614_382_504_34),
            (100.0, 0.249_622_091_200_915_47, 0.001_838_486_917_761_334),
        ];
        for (n, r, p) in cases {
            let found = rayleigh_p(n, r);
            assert!((found / p - 1.0).abs() < 1e-9, "{found} for {p}");
        }
        assert_eq!(rayleigh_p(4.0, 0.0), 1.0);
    }

    #[test]
    fn equal_weights_change_nothing_and_the_interval_shrinks_with_n() {
        let mut heavy = Circle::default();
        let plain = circle(&MORNING);
        MORNING.iter().for_each(|hour| heavy.add(hour * 3_600.0, 3.0));
        let hours = [heavy, plain].map(|c| c.mean_hour().unwrap_or(f64::NAN));
        assert!((hours[0] - hours[1]).abs() < 1e-12);
        assert!((heavy.effective() - 60.0).abs() < 1e-9);
        let width = |n| plain.interval(n).map_or(f64::NAN, |(low, high)| high - low);
        // The dispersion of these hours is 0.278005: 24 / pi * asin(1.959964 * sqrt(0.278005 / n)).
        assert!((width(60.0) - 1.022_249).abs() < 1e-6, "{}", width(60.0));
        assert!((width(240.0) - 0.509_979).abs() < 1e-6, "{}", width(240.0));
        assert_eq!(circle(&OPPOSITE).interval(60.0), None);
    }
}
