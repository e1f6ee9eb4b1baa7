//! A plan whose rows come in the same order every time.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::physical_expr::expressions::lit;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;

/// A plan made for one partition still runs the parts of a union side by side, and takes their rows as
/// they come. Here it takes the first part's before the second's: a merge by a key that is the same in
/// every row, in which the earlier part wins ties.
pub fn in_order(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let settled = plan.transform_up(|node| {
        if let Some(gathering) = node.downcast_ref::<CoalescePartitionsExec>() {
            let Some(same) = LexOrdering::new([PhysicalSortExpr::new_default(lit(1i32))]) else {
                return Ok(Transformed::no(node));
            };
            let merge = merge(same, Arc::clone(gathering.input()), gathering.fetch());
            return Ok(Transformed::yes(merge));
        }
        if let Some(found) = node.downcast_ref::<SortPreservingMergeExec>() {
            let merge = merge(found.expr().clone(), Arc::clone(found.input()), found.fetch());
            return Ok(Transformed::yes(merge));
        }
        Ok(Transformed::no(node))
    });
    Ok(settled?.data)
}

fn merge(
    order: LexOrdering,
    input: Arc<dyn ExecutionPlan>,
    fetch: Option<usize>,
) -> Arc<dyn ExecutionPlan> {
    let merge = SortPreservingMergeExec::new(order, input).with_fetch(fetch);
    Arc::new(merge.with_round_robin_repartition(false))
}
