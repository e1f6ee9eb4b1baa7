use super::*;

#[test]
fn a_contact_without_repeats_is_expected_to_spend_the_mean() {
    let model = GammaGamma { p: 6.25, q: 3.74, v: 15.44 };
    let nobody = Spending { repeats: 0, mean_value: 0.0 };
    assert!((model.expected_value(&nobody) - model.mean()).abs() < 1e-12);
}
