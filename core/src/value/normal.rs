//! The normal and the Poisson distribution, portable: the same bits on every platform (`libm`).
#![allow(clippy::float_arithmetic, reason = "distributions need floats; callers round where they decide")]

/// Density of the standard normal distribution.
pub(crate) fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * std::f64::consts::PI)
}

/// P(Z <= z).
pub(crate) fn below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// The z with P(Z <= z) = p, for p strictly between 0 and 1; infinite at the ends.
///
/// A rational start (Acklam 2003, relative error 1.15e-9), then two Newton-Halley steps on `erfc`.
pub(crate) fn quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let mut z = start(p);
    for _ in 0..2 {
        let slope = density(z);
        if slope > 0.0 {
            let step = (below(z) - p) / slope;
            z -= step / (1.0 + z * step / 2.0);
        }
    }
    z
}

fn start(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    let poly = |terms: &[f64], x: f64| terms.iter().fold(0.0, |sum, term| sum * x + term);
    let tail = |q: f64| {
        let r = libm::sqrt(-2.0 * libm::log(q));
        poly(&C, r) / poly(&D, r)
    };
    if p < 0.024_25 {
        tail(p)
    } else if p > 1.0 - 0.024_25 {
        -tail(1.0 - p)
    } else {
        let q = p - 0.5;
        poly(&A, q * q) * q / poly(&B, q * q)
    }
}

/// P(D = d) for a Poisson demand of this mean.
pub(crate) fn poisson(mean: f64, d: u32) -> f64 {
    if mean <= 0.0 {
        return if d == 0 { 1.0 } else { 0.0 };
    }
    let d = f64::from(d);
    libm::exp(d * libm::log(mean) - mean - libm::lgamma(d + 1.0))
}

/// The smallest d with P(D > d) <= `risk` for a Poisson demand of this mean, at most `most`.
pub(crate) fn poisson_level(mean: f64, risk: f64, most: u32) -> u32 {
    let mut above = 1.0;
    for d in 0..most {
        above -= poisson(mean, d);
        if above <= risk {
            return d;
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, z) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.01, -2.326_347_874_040_841),
            (0.4, -0.253_347_103_135_8),
        ] {
            assert!((quantile(p) - z).abs() < 1e-12, "{p}: {}", quantile(p));
            assert!((below(quantile(p)) - p).abs() < 1e-14);
        }
    }

    #[test]
    fn poisson_sums_to_one() {
        let sum: f64 = (0..200).map(|d| poisson(27.3, d)).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        assert_eq!(poisson_level(27.3, 1.0 - 0.293_333_333, 1000), 24, "Park Hyatt protects 24 rooms");
    }
}
