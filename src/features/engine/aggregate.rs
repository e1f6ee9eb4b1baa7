//! `timeline_features`: all features of a contact as one aggregate function.
//!
//! Its value depends on the multiset of a group's rows only: they are sorted before they are measured,
//! so any split into partial results, in any order, gives the same bits.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::not_impl_err;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use super::rows::Rows;
use super::{Layout, Measuring, state};

/// The function that measures rows of this layout.
pub fn aggregate(measuring: Arc<Measuring>, layout: Arc<Layout>) -> AggregateUDF {
    let types = layout.slots.iter().map(|slot| slot.data_type()).collect();
    let signature = Signature::exact(types, Volatility::Immutable);
    AggregateUDF::from(TimelineFeatures { measuring, layout, signature })
}

struct TimelineFeatures {
    measuring: Arc<Measuring>,
    layout: Arc<Layout>,
    signature: Signature,
}

impl fmt::Debug for TimelineFeatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimelineFeatures").field("layout", &self.layout).finish_non_exhaustive()
    }
}

impl PartialEq for TimelineFeatures {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.measuring, &other.measuring) && self.layout == other.layout
    }
}

impl Eq for TimelineFeatures {}

impl Hash for TimelineFeatures {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.layout.hash(hasher);
    }
}

impl AggregateUDFImpl for TimelineFeatures {
    fn name(&self) -> &str {
        "timeline_features"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(self.measuring.fields()))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let name = format_state_name(args.name, "rows");
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, true))])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        not_impl_err!("timeline_features measures groups: say GROUP BY contact_key")
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Timelines::new(Arc::clone(&self.measuring), Arc::clone(&self.layout))))
    }
}

/// The rows met so far, by group.
pub struct Timelines {
    measuring: Arc<Measuring>,
    rows: Rows,
}

impl Timelines {
    pub fn new(measuring: Arc<Measuring>, layout: Arc<Layout>) -> Self {
        Timelines { measuring, rows: Rows::new(layout) }
    }
}

impl GroupsAccumulator for Timelines {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.rows.push(values, group_indices, opt_filter, total_num_groups)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let rows = self.rows.take(emit_to);
        Ok(Arc::new(self.measuring.measure(&rows)?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(state::encode(&self.rows.take(emit_to)))])
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        let states = values[0].as_binary::<i32>();
        let (columns, groups) = state::decode(&self.rows.layout, states, group_indices)?;
        self.rows.push(&columns, &groups, None, total_num_groups)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let count = values.first().map_or(0, |column| column.len());
        let groups: Vec<usize> = (0..count).collect();
        let mut rows = Rows::new(Arc::clone(&self.rows.layout));
        rows.push(values, &groups, opt_filter, count)?;
        Ok(vec![Arc::new(state::encode(&rows))])
    }

    fn size(&self) -> usize {
        self.rows.size()
    }
}
