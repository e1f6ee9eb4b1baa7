//! What limits the answer, in plain words.

use super::super::words;
use super::cell_table::CellTable;
use super::cells::PolicyCells;
use super::learnt::Learnt;
use super::result::Personalisation;

/// The notes on a result whose numbers are filled in: `folds` is what was learnt before each
/// fold, `learnt` what was learnt from everybody, whose sums are `total`.
pub(super) fn notes(
    result: &Personalisation,
    folds: &[Learnt],
    learnt: &Learnt,
    total: &CellTable,
    cells: &PolicyCells,
) -> Vec<String> {
    let many = result.segments.len() > 1;
    let found = [
        (!many).then(|| "one segment only: every policy is one arm for all".to_owned()),
        without_an_arm(total, cells),
        emptied_by_folds(folds, learnt, cells),
        too_few(result),
        (many && result.is_personal()).then(|| unsure(result)).flatten(),
        (many && result.best_agreement < 1.0).then(|| {
            format!(
                "only {:.0}% of the choices valued have `{}` as the best arm for all",
                result.best_agreement * 100.0,
                result.best_for_all
            )
        }),
        many.then(|| {
            format!(
                "the gain is that of policies learnt on the first {} to {} of {} parts of the \
                 recipients, each valued on the next; the policy shown is learnt on all",
                result.first_folds,
                result.folds - 1,
                result.folds
            )
        }),
    ];
    found.into_iter().flatten().collect()
}

fn without_an_arm(total: &CellTable, cells: &PolicyCells) -> Option<String> {
    let missing =
        |(s, segment): (usize, &String)| (!total.is_complete(s)).then(|| format!("`{segment}`"));
    let missing: Vec<String> = cells.segments().iter().enumerate().filter_map(missing).collect();
    (!missing.is_empty()).then(|| {
        format!("an arm has no rows in {}: there the best arm for all is sent", listed(&missing))
    })
}

fn emptied_by_folds(folds: &[Learnt], learnt: &Learnt, cells: &PolicyCells) -> Option<String> {
    let emptied = |(s, segment): (usize, &String)| {
        let some = learnt.effects[s].is_some() && folds.iter().any(|f| f.effects[s].is_none());
        some.then(|| format!("`{segment}`"))
    };
    let emptied: Vec<String> = cells.segments().iter().enumerate().filter_map(emptied).collect();
    (!emptied.is_empty()).then(|| {
        format!(
            "too few rows in {}: at first an arm has none there, and the best arm for all is \
             valued instead",
            listed(&emptied)
        )
    })
}

fn too_few(result: &Personalisation) -> Option<String> {
    let n = result.effective_n;
    (n > 0.0 && n < Personalisation::FEWEST).then(|| {
        format!(
            "only {n:.0} recipients (effective) decide the gain; below {} its interval is not to \
             be relied on",
            Personalisation::FEWEST
        )
    })
}

fn unsure(result: &Personalisation) -> Option<String> {
    const SURE: f64 = 0.8;
    let unsure: Vec<String> = result
        .segments
        .iter()
        .filter(|choice| choice.agreement < SURE)
        .map(|choice| format!("`{}` ({:.0}%)", choice.segment, choice.agreement * 100.0))
        .collect();
    (!unsure.is_empty()).then(|| {
        format!(
            "what was learnt on the way does not agree on the arm of {} (share that does)",
            listed(&unsure)
        )
    })
}

fn listed(items: &[String]) -> String {
    let items: Vec<&str> = items.iter().map(String::as_str).collect();
    words::listed(&items)
}
