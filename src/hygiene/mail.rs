//! Checks of what was sent to whom, and of what came of it.

use super::checks::{Check, Test};
use super::facts::{Facts, after_days};

/// A queue may still hold mails when somebody leaves; the large mailbox providers allow two days.
const LEAVE_GRACE_DAYS: i64 = 2;
/// Sends after a bounce, none of them delivered, that make it a hard one. The lake knows one kind of
/// bounce; a full mailbox takes mail again within a few sends, an address that is gone never does.
const SENDS_AFTER_BOUNCE: u32 = 3;
/// Sends that a campaign needs before "nobody got it" means anything but bad luck.
const LEAST_SENDS: u32 = 10;
/// A mail may still be on its way for so long.
const DELIVERY_DAYS: i64 = 1;
/// Clicks in the first days of the export may belong to mails sent before it begins.
const LEAD_IN_DAYS: i64 = 30;
/// Half a year without a sign of life.
pub const SUNSET_DAYS: i64 = 180;
/// Chances to react that a contact has had at least.
pub const SUNSET_SENDS: u32 = 5;

const NO_MAIL: Test = Test::Cannot {
    why: "no send or delivery is exported",
    needs: "events of kind `sent` or `delivered`",
};

/// Words of consent that say yes, and no.
const YES: &str = "('subscribed', 'opted_in', 'opted in', 'true', 'yes', '1')";
const NO: &str = "('unsubscribed', 'never_subscribed', 'opted_out', 'opted out', 'cleaned', \
                  'suppressed', 'false', 'no', '0')";

pub const LEFT_MAILED: Check = Check {
    code: "left_mailed",
    title: "Mailed after unsubscribing or complaining",
    unit: "contacts",
    what_it_costs: "Breaks the law in most countries and brings complaints, which lower the inbox \
                    placement of every mail.",
    what_to_do: "Suppress these contacts today and find out which system still sends to them. \
                 Contacts whose consent says `subscribed` again are not counted.",
    test: |facts| {
        let Some(mailed) = facts.mailed() else { return NO_MAIL };
        if !facts.has("unsubscribed") && !facts.has("complained") {
            return Test::Cannot {
                why: "no unsubscribe or complaint is exported",
                needs: "events of kind `unsubscribed` or `complained`",
            };
        }
        let left = "SELECT contact_key, MIN(ts) AS left_at FROM events \
                    WHERE kind IN ('unsubscribed', 'complained') GROUP BY contact_key";
        Test::Query {
            faulty: format!(
                "SELECT c.contact_id AS id, CAST(1 AS BIGINT) AS n FROM ({left}) l \
                 JOIN events e ON e.contact_key = l.contact_key \
                 JOIN contacts c ON c.contact_key = l.contact_key \
                 WHERE e.kind = '{mailed}' AND e.ts > l.left_at + INTERVAL '{LEAVE_GRACE_DAYS} day' \
                 AND (c.consent IS NULL OR lower(CAST(c.consent AS VARCHAR)) NOT IN {YES}) \
                 GROUP BY c.contact_id"
            ),
            of: format!("SELECT COUNT(*) FROM ({left})"),
        }
    },
};

pub const HARD_BOUNCE_MAILED: Check = Check {
    code: "hard_bounce_mailed",
    title: "Mailed on after a hard bounce",
    unit: "contacts",
    what_it_costs: "Sends to addresses that are gone tell mailbox providers that the list is not \
                    looked after; they deliver less of everything.",
    what_to_do: "Suppress these contacts. A bounce counts as hard here if at least three later \
                 sends followed it and nothing was delivered since.",
    test: |facts| {
        if !facts.has("bounced") || !facts.has("sent") || !facts.has("delivered") {
            return Test::Cannot {
                why: "sends, deliveries and bounces are not all exported",
                needs: "events of kinds `sent`, `delivered` and `bounced`",
            };
        }
        let bounced = "SELECT b.contact_key, MIN(b.ts) AS bounced_at FROM events b \
                       LEFT JOIN (SELECT contact_key, MAX(ts) AS delivered_at FROM events \
                       WHERE kind = 'delivered' GROUP BY contact_key) d \
                       ON d.contact_key = b.contact_key WHERE b.kind = 'bounced' \
                       AND (d.delivered_at IS NULL OR b.ts > d.delivered_at) GROUP BY b.contact_key";
        Test::Query {
            faulty: format!(
                "SELECT c.contact_id AS id, CAST(1 AS BIGINT) AS n FROM ({bounced}) b \
                 JOIN events s ON s.contact_key = b.contact_key \
                 JOIN contacts c ON c.contact_key = b.contact_key \
                 WHERE s.kind = 'sent' AND s.ts > b.bounced_at \
                 GROUP BY c.contact_id HAVING COUNT(*) >= {SENDS_AFTER_BOUNCE}"
            ),
            of: "SELECT COUNT(DISTINCT contact_key) FROM events WHERE kind = 'bounced'".to_owned(),
        }
    },
};

pub const SUNSET: Check = Check {
    code: "sunset",
    title: "No activity in 180 days and at least 5 sends",
    unit: "contacts",
    what_it_costs: "Every send to them is paid for, earns nothing, and lowers the share of readers \
                    that mailbox providers judge by; some of these addresses become spam traps.",
    what_to_do: "Send one last question whether they want to stay, then stop mailing those who do \
                 not answer. Opens of machines count as no sign of life; visits and orders do.",
    test: |facts| {
        let Some(mailed) = facts.mailed() else { return NO_MAIL };
        Test::Query { faulty: sunset(facts, mailed), of: mailed_contacts(mailed) }
    },
};

fn mailed_contacts(mailed: &str) -> String {
    format!("SELECT COUNT(DISTINCT contact_key) FROM events WHERE kind = '{mailed}'")
}

/// Contacts known for the whole time, not gone, mailed often enough, and silent.
fn sunset(facts: &Facts<'_>, mailed: &str) -> String {
    let cut = facts.days_before(SUNSET_DAYS);
    format!(
        "SELECT c.contact_id AS id, CAST(1 AS BIGINT) AS n FROM (SELECT contact_key, \
         SUM(CASE WHEN kind = '{mailed}' THEN 1 ELSE 0 END) AS sends, MIN(ts) AS first_at, \
         MAX(CASE WHEN kind IN ('page_viewed', 'product_viewed', 'cart_added', 'checkout_started') \
         OR (kind IN ('opened', 'clicked') AND machine IS NOT TRUE) THEN ts END) AS acted_at, \
         SUM(CASE WHEN kind IN ('unsubscribed', 'complained') THEN 1 ELSE 0 END) AS leaves \
         FROM events GROUP BY contact_key) e JOIN contacts c ON c.contact_key = e.contact_key \
         LEFT JOIN (SELECT contact_key, MAX(ts) AS bought_at FROM orders GROUP BY contact_key) o \
         ON o.contact_key = e.contact_key WHERE e.sends >= {SUNSET_SENDS} \
         AND (e.acted_at IS NULL OR e.acted_at < {cut}) \
         AND (o.bought_at IS NULL OR o.bought_at < {cut}) \
         AND COALESCE(c.created_at, e.first_at) < {cut} \
         AND CASE WHEN c.consent IS NULL THEN e.leaves = 0 \
         ELSE lower(CAST(c.consent AS VARCHAR)) NOT IN {NO} \
         AND (e.leaves = 0 OR lower(CAST(c.consent AS VARCHAR)) IN {YES}) END"
    )
}

pub const MACHINE_OPENS: Check = Check {
    code: "machine_opens",
    title: "Opens by machines",
    unit: "events",
    what_it_costs: "Open rates, send times and sunset rules built on all opens follow machines, \
                    not people.",
    what_to_do: "Decide on human opens or clicks. Rates are given both ways.",
    test: |facts| {
        let opens = facts.kind("opened");
        if opens.rows > 0 && opens.judged == 0 && opens.with_client == 0 {
            return Test::Cannot {
                why: "no open is marked by the platform and none names its client",
                needs: "the column `machine`, or `client` for the rules",
            };
        }
        machines(facts, "opened")
    },
};

pub const BOT_CLICKS: Check = Check {
    code: "bot_clicks",
    title: "Clicks by bots",
    unit: "events",
    what_it_costs: "Click rates and winners of tests follow link scanners, not people.",
    what_to_do: "Decide on human clicks. Rates are given both ways.",
    test: |facts| {
        if facts.has("clicked") && facts.kind("clicked").judged == 0 && facts.mailed().is_none() {
            return Test::Cannot {
                why: "no click is marked by the platform and no send or delivery is exported",
                needs: "the column `machine`, or events of kind `sent` or `delivered` for the rules",
            };
        }
        machines(facts, "clicked")
    },
};

fn machines(facts: &Facts<'_>, kind: &'static str) -> Test {
    Test::Machines { kind, received: facts.received() }
}

pub const UNDELIVERED_CAMPAIGNS: Check = Check {
    code: "undelivered_campaigns",
    title: "Campaigns that were delivered to nobody",
    unit: "campaigns",
    what_it_costs: "The campaign earned nothing, or its deliveries are missing from the export and \
                    all its rates are wrong.",
    what_to_do: "Ask the platform whether the campaign went out. If it did, export its deliveries \
                 again. Campaigns of fewer than ten sends are not looked at.",
    test: |facts| {
        if !facts.has("sent") || !facts.has("delivered") {
            return Test::Cannot {
                why: "sends and deliveries are not both exported",
                needs: "events of kinds `sent` and `delivered`",
            };
        }
        let since = facts.days_before(DELIVERY_DAYS);
        let of = format!(
            "SELECT campaign_id, SUM(CASE WHEN kind = 'delivered' THEN 1 ELSE 0 END) AS delivered \
             FROM events WHERE kind IN ('sent', 'delivered') AND campaign_id IS NOT NULL \
             GROUP BY campaign_id \
             HAVING SUM(CASE WHEN kind = 'sent' AND ts < {since} THEN 1 ELSE 0 END) >= {LEAST_SENDS}"
        );
        Test::Query {
            faulty: format!(
                "SELECT CAST(campaign_id AS VARCHAR) AS id, CAST(1 AS BIGINT) AS n FROM ({of}) \
                 WHERE delivered = 0"
            ),
            of: format!("SELECT COUNT(*) FROM ({of})"),
        }
    },
};

pub const UNSENT_CLICKS: Check = Check {
    code: "unsent_clicks",
    title: "Clicks without a send of that campaign to that contact",
    unit: "events",
    what_it_costs: "Click rates can pass 100 %, and the clicks belong to somebody else: forwarded \
                    mails, shared links, or ids that are mixed up.",
    what_to_do: "Check how contact and campaign ids are joined. Clicks in the first 30 days of the \
                 export are left out: their mails may be older.",
    test: |facts| {
        let Some(first_us) = facts.first_mail_us else { return NO_MAIL };
        if facts.kind("clicked").rows > 0 && facts.kind("clicked").with_campaign == 0 {
            return Test::Cannot {
                why: "no click names its campaign",
                needs: "the column `campaign` of events",
            };
        }
        let is_click = format!("kind = 'clicked' AND ts >= {}", after_days(first_us, LEAD_IN_DAYS));
        Test::Query {
            faulty: format!(
                "SELECT c.contact_id AS id, SUM(e.clicks) AS n FROM (SELECT contact_key, \
                 campaign_id, SUM(CASE WHEN {is_click} THEN 1 ELSE 0 END) AS clicks, \
                 SUM(CASE WHEN kind IN ('sent', 'delivered') THEN 1 ELSE 0 END) AS mails \
                 FROM events WHERE kind IN ('sent', 'delivered', 'clicked') \
                 AND campaign_id IS NOT NULL GROUP BY contact_key, campaign_id) e \
                 JOIN contacts c ON c.contact_key = e.contact_key \
                 WHERE e.mails = 0 AND e.clicks > 0 GROUP BY c.contact_id"
            ),
            of: format!("SELECT COUNT(*) FROM events WHERE {is_click} AND campaign_id IS NOT NULL"),
        }
    },
};
