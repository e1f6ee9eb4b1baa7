//! Any split of the rows, in any order, gives the same bits.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int8Array, Int64Array, RecordBatch, StringArray,
    StringDictionaryBuilder, StructArray, UInt64Array,
};
use arrow::datatypes::{Field, Float64Type, Int32Type, Schema, UInt64Type};
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator, col};
use datafusion::prelude::{SessionConfig, SessionContext};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::super::catalogue::families;
use super::super::{Facts, FeatureParams, LocalClock, Needs};
use super::aggregate::Timelines;
use super::{Choice, Layout, Measuring, Origin, Slot, Surroundings, aggregate};

const CONTACTS: usize = 40;
const ROWS: usize = 3_000;
const NOW_US: i64 = 1_782_864_000_000_000;

const KINDS: [&str; 7] =
    ["sent", "delivered", "opened", "clicked", "page_viewed", "product_viewed", "cart_added"];

/// The cells of one row, by slot.
#[derive(Clone)]
struct Row {
    group: usize,
    origin: Origin,
    us: Option<i64>,
    words: [Option<String>; 7],
    numbers: [Option<i64>; 2],
    flag: Option<bool>,
    text: Option<String>,
}

fn rows(dice: &mut Xoshiro256PlusPlus) -> Vec<Row> {
    let contacts = (0..CONTACTS).map(|group| Row {
        group,
        origin: Origin::Contact,
        us: Some(NOW_US - 400 * 86_400_000_000),
        words: [
            (group % 2 == 0).then(|| "Asia/Tokyo".to_owned()),
            None,
            None,
            None,
            None,
            None,
            None,
        ],
        numbers: [None; 2],
        flag: None,
        text: Some(format!("c{group}")),
    });
    // The last contact has no other row.
    let others = (0..ROWS).map(|n| other(n, dice));
    others.chain(contacts).collect()
}

fn other(n: usize, dice: &mut Xoshiro256PlusPlus) -> Row {
    let mut word = |of: &str| dice.gen_bool(0.8).then(|| format!("{of}{}", dice.gen_range(0..6)));
    let mut words: [Option<String>; 7] = ["k", "m", "d", "c", "p", "g", "u"].map(&mut word);
    let origin = [Origin::Event, Origin::Event, Origin::Order, Origin::Item][n % 4];
    words[0] = Some(match origin {
        Origin::Order => ["completed", "cancelled"][n % 3 / 2].to_owned(),
        _ => KINDS[dice.gen_range(0..KINDS.len())].to_owned(),
    });
    // Whole hours, so that many rows share a moment.
    let us = NOW_US - dice.gen_range(1..400 * 24_i64) * 3_600_000_000;
    Row {
        group: dice.gen_range(0..CONTACTS - 1),
        origin,
        us: Some(us),
        words,
        numbers: [Some(dice.gen_range(-500..5_000)), dice.gen_bool(0.5).then_some(7)],
        flag: dice.gen_bool(0.5).then(|| dice.gen_bool(0.2)),
        text: Some(format!("o{}", dice.gen_range(0..50))),
    }
}

fn columns(layout: &Layout, rows: &[Row]) -> Vec<ArrayRef> {
    let column = |slot: &Slot| -> ArrayRef {
        match *slot {
            Slot::Origin => Arc::new(
                rows.iter()
                    .map(|r| r.origin as i8)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .collect::<Int8Array>(),
            ),
            Slot::Time => Arc::new(rows.iter().map(|r| r.us).collect::<Int64Array>()),
            Slot::Word(place) => {
                let mut words = StringDictionaryBuilder::<Int32Type>::new();
                rows.iter().for_each(|r| words.append_option(r.words[place].as_deref()));
                Arc::new(words.finish())
            }
            Slot::Number(place) => {
                Arc::new(rows.iter().map(|r| r.numbers[place]).collect::<Int64Array>())
            }
            Slot::Flag => Arc::new(rows.iter().map(|r| r.flag).collect::<BooleanArray>()),
            Slot::Text => Arc::new(rows.iter().map(|r| r.text.as_deref()).collect::<StringArray>()),
        }
    };
    layout.slots.iter().map(column).collect()
}

/// All families, with nothing left out.
fn engine() -> (Arc<Measuring>, Arc<Layout>) {
    let campaigns = (0..6).map(|n| (format!("m{n}"), format!("type{}", n % 2)));
    let facts = Facts::of(campaigns.collect());
    let choices: Vec<Choice> =
        families(&facts).into_iter().filter_map(|f| Choice::new(f, &|_| true)).collect();
    let needs = choices.iter().fold(Needs::default(), |all, c| all.or(c.family().needs()));
    let surroundings = Surroundings {
        now_us: NOW_US,
        shop_clock: LocalClock::new("Europe/London").unwrap(),
        campaign_types: facts.types_by_campaign,
        open_delay_curve: vec![0.5, 0.3, 0.2],
        history: None,
        params: FeatureParams::default(),
    };
    (Arc::new(Measuring::new(choices, surroundings)), Arc::new(Layout::new(needs)))
}

fn accumulator((measuring, layout): &(Arc<Measuring>, Arc<Layout>)) -> Timelines {
    Timelines::new(Arc::clone(measuring), Arc::clone(layout))
}

fn groups(rows: &[Row]) -> Vec<usize> {
    rows.iter().map(|row| row.group).collect()
}

/// Every cell as bits or text, by contact.
fn cells(measured: &[StructArray]) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for array in measured {
        for row in 0..array.len() {
            let cell = |column: &ArrayRef| match column.as_primitive_opt::<Float64Type>() {
                Some(numbers) => numbers.value(row).to_bits().to_string(),
                None => {
                    let cell = arrow::util::display::array_value_to_string(column, row);
                    cell.unwrap()
                }
            };
            all.push(array.columns().iter().map(cell).collect());
        }
    }
    all.sort();
    all
}

fn in_one_pass(engine: &(Arc<Measuring>, Arc<Layout>), rows: &[Row]) -> Vec<Vec<String>> {
    let mut whole = accumulator(engine);
    whole.update_batch(&columns(&engine.1, rows), &groups(rows), None, CONTACTS).unwrap();
    cells(&[whole.evaluate(EmitTo::All).unwrap().as_struct().clone()])
}

#[test]
fn any_split_into_partial_results_is_one_pass_bit_for_bit() -> Result<()> {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(7);
    let engine = engine();
    let mut rows = rows(&mut dice);
    let expected = in_one_pass(&engine, &rows);
    assert_eq!(expected.len(), CONTACTS);
    let filled = expected.iter().flatten().filter(|c| **c != f64::NAN.to_bits().to_string());
    assert!(filled.count() > CONTACTS * 100, "hardly anything is measured");
    for round in 0..12 {
        rows.shuffle(&mut dice);
        let parts = dice.gen_range(1..6);
        let mut merged = accumulator(&engine);
        for part in rows.chunks(rows.len().div_ceil(parts)) {
            let mut partial = accumulator(&engine);
            for batch in part.chunks(dice.gen_range(1..900)) {
                let columns = columns(&engine.1, batch);
                partial.update_batch(&columns, &groups(batch), None, CONTACTS)?;
            }
            // A part of the groups may leave before the others.
            let first = dice.gen_range(1..CONTACTS);
            for (emit, offset) in [(EmitTo::First(first), 0), (EmitTo::All, first)] {
                let state = partial.state(emit)?;
                let of: Vec<usize> = (offset..offset + state[0].len()).collect();
                merged.merge_batch(&state, &of, CONTACTS)?;
            }
        }
        let first = merged.evaluate(EmitTo::First(round + 1))?.as_struct().clone();
        let rest = merged.evaluate(EmitTo::All)?.as_struct().clone();
        assert!(cells(&[first, rest]) == expected, "round {round}");
    }
    Ok(())
}

#[test]
fn rows_as_partial_results_of_their_own_are_one_pass() -> Result<()> {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(8);
    let engine = engine();
    let rows = rows(&mut dice);
    let mut merged = accumulator(&engine);
    let states = merged.convert_to_state(&columns(&engine.1, &rows), None)?;
    merged.merge_batch(&states, &groups(&rows), CONTACTS)?;
    let measured = merged.evaluate(EmitTo::All)?.as_struct().clone();
    assert!(cells(&[measured]) == in_one_pass(&engine, &rows));
    Ok(())
}

#[test]
fn rows_that_the_filter_holds_back_do_not_count() -> Result<()> {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(9);
    let engine = engine();
    let rows = rows(&mut dice);
    let passes: Vec<bool> =
        rows.iter().map(|r| r.origin == Origin::Contact || dice.gen_bool(0.5)).collect();
    let mut filtered = accumulator(&engine);
    let filter = BooleanArray::from(passes.clone());
    let columns = columns(&engine.1, &rows);
    filtered.update_batch(&columns, &groups(&rows), Some(&filter), CONTACTS)?;
    let found = cells(&[filtered.evaluate(EmitTo::All)?.as_struct().clone()]);
    let kept: Vec<Row> =
        rows.iter().zip(&passes).filter(|(_, is)| **is).map(|(row, _)| row.clone()).collect();
    assert!(found == in_one_pass(&engine, &kept));
    Ok(())
}

#[test]
fn a_plan_over_several_partitions_is_one_pass() -> Result<()> {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(10);
    let engine = engine();
    let mut rows = rows(&mut dice);
    let expected = in_one_pass(&engine, &rows);
    rows.shuffle(&mut dice);
    let mut fields = vec![Field::new("contact_key", arrow::datatypes::DataType::UInt64, true)];
    let slots = engine.1.slots.iter();
    fields.extend(slots.map(|slot| Field::new(slot.name(), slot.data_type(), true)));
    let schema = Arc::new(Schema::new(fields));
    let batch = |rows: &[Row]| {
        let keys: UInt64Array = rows.iter().map(|row| Some(row.group as u64)).collect();
        let mut arrays = vec![Arc::new(keys) as ArrayRef];
        arrays.extend(columns(&engine.1, rows));
        RecordBatch::try_new(Arc::clone(&schema), arrays)
    };
    let parts = rows
        .chunks(700)
        .map(|part| part.chunks(97).map(batch).collect::<std::result::Result<Vec<_>, _>>());
    let parts = parts.collect::<std::result::Result<Vec<_>, _>>()?;
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(3));
    let table = MemTable::try_new(Arc::clone(&schema), parts)?;
    let function = aggregate(Arc::clone(&engine.0), Arc::clone(&engine.1));
    let arguments = engine.1.slots.iter().map(|slot| col(slot.name())).collect();
    let frame = context.read_table(Arc::new(table))?;
    let frame = frame.aggregate(vec![col("contact_key")], vec![function.call(arguments)])?;
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let plan = runtime.block_on(frame.clone().create_physical_plan())?;
    let shown = datafusion::physical_plan::displayable(plan.as_ref()).indent(false).to_string();
    assert!(shown.contains("mode=Partial") && shown.contains("mode=Final"), "{shown}");
    let batches = runtime.block_on(frame.collect())?;
    let keys =
        batches.iter().map(|b| b.column(0).as_primitive::<UInt64Type>().len()).sum::<usize>();
    assert_eq!(keys, CONTACTS);
    let measured: Vec<StructArray> =
        batches.iter().map(|b| b.column(1).as_struct().clone()).collect();
    assert!(cells(&measured) == expected);
    Ok(())
}
