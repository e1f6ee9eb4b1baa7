//! Which campaign an experiment was.

use super::statement::quoted;
use crate::error::Result;
use crate::lake::Session;

/// Share of each arm's sends that must belong to one campaign for it to be taken as the experiment's.
const CAMPAIGN_SHARE: f64 = 0.8;

/// The one campaign that most recipients of every arm were sent within an hour of their `sent_at`.
/// Where arms have campaigns of their own there is none, and any mail in the window counts.
pub(super) fn campaign(session: &Session, experiment: &str) -> Result<Option<String>> {
    let id = quoted(experiment);
    let sql = format!(
        "WITH arms AS (SELECT variant, count(sent_at) AS sent FROM assignments \
         WHERE experiment_id = {id} AND sent_at IS NOT NULL GROUP BY variant), \
         found AS (SELECT a.variant, e.campaign_id, count(DISTINCT e.contact_key) AS n \
         FROM assignments a JOIN events e ON a.contact_key = e.contact_key \
         WHERE a.experiment_id = {id} AND e.campaign_id IS NOT NULL AND e.kind IN ('sent', 'delivered') \
         AND e.ts >= a.sent_at - INTERVAL '1 minute' AND e.ts < a.sent_at + INTERVAL '1 hour' \
         GROUP BY a.variant, e.campaign_id) \
         SELECT CAST(campaign_id AS VARCHAR) AS campaign FROM (SELECT f.campaign_id \
         FROM found f JOIN arms ON f.variant = arms.variant GROUP BY f.campaign_id \
         HAVING count(*) = (SELECT count(*) FROM arms) \
         AND min(CAST(f.n AS DOUBLE) / arms.sent) >= {CAMPAIGN_SHARE}) AS shared \
         ORDER BY campaign LIMIT 1"
    );
    Ok(session.words(&sql)?.into_iter().next())
}
