//! Which messages there are to be.

use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::pipeline::digest::Digests;
use crate::pipeline::refresh::{History, feed};
use crate::workspace::journal::{Journal, MessageKind, NewMessage};
use crate::workspace::{Content, DeliverySettings, Workspace};

/// Queues what is new since the last time, for every delivery of the settings; how many messages are new. A delivery
/// begins with what is made after it was first seen here.
pub fn queue(workspace: &Workspace, journal: &mut Journal, now: Timestamp) -> Result<usize> {
    let deliveries = &workspace.settings().deliveries;
    if deliveries.is_empty() {
        return Ok(0);
    }
    let (history, digests) = (History::read(workspace)?, Digests::read(workspace)?);
    let mut new = 0;
    for delivery in deliveries {
        if delivery.carries(Content::Digest) {
            let all = digests.0.iter().map(|digest| (digest.as_of_us, digest.name.as_str()));
            let all: Vec<(i64, &str)> = all.collect();
            let make = |name: &str| Ok(vec![digest_message(name, delivery)]);
            new += after_mark(journal, &mark(delivery, Content::Digest), &all, now, &make)?;
        }
        if delivery.carries(Content::Changes) {
            let all = history.0.iter().map(|r| (r.as_of_us, r.name.as_str()));
            let all: Vec<(i64, &str)> = all.collect();
            let make = |name: &str| change_messages(workspace, name, delivery);
            new += after_mark(journal, &mark(delivery, Content::Changes), &all, now, &make)?;
        }
    }
    Ok(new)
}

/// Up to which as-of a delivery's messages were queued is kept beside the jobs, under this name.
fn mark(delivery: &DeliverySettings, content: Content) -> String {
    let word = match content {
        Content::Digest => "digest",
        Content::Changes => "changes",
    };
    format!("delivery {} {word}", delivery.name)
}

fn after_mark(
    journal: &mut Journal,
    mark: &str,
    all: &[(i64, &str)],
    now: Timestamp,
    make: &dyn Fn(&str) -> Result<Vec<NewMessage>>,
) -> Result<usize> {
    let moment = |us: i64| {
        Timestamp::from_microsecond(us)
            .map_err(|e| Error::data("an as-of is out of range").caused_by(e))
    };
    let Some(done) = journal.settled(mark)? else {
        journal.scheduled_since(mark, now)?;
        // What is there already was before this delivery.
        let newest = all.last().map_or(Ok(Timestamp::UNIX_EPOCH), |(us, _)| moment(*us))?;
        journal.enqueue(&[], mark, newest, now)?;
        return Ok(0);
    };
    let mut new = 0;
    for (us, name) in all {
        let as_of = moment(*us)?;
        if as_of > done {
            new += journal.enqueue(&make(name)?, mark, as_of, now)?;
        }
    }
    Ok(new)
}

fn digest_message(name: &str, delivery: &DeliverySettings) -> NewMessage {
    NewMessage {
        id: format!("digest-{name}-{}", delivery.name),
        delivery: delivery.name.clone(),
        kind: MessageKind::Digest,
        source: format!("digests/{name}"),
        first: 0,
        count: 0,
    }
}

fn change_messages(
    workspace: &Workspace,
    name: &str,
    delivery: &DeliverySettings,
) -> Result<Vec<NewMessage>> {
    let parts = feed::parts(&workspace.refreshes_dir().join(name), delivery.batch() as u64)?;
    let all = parts.len();
    let message = |(place, part): (usize, feed::FeedPart)| NewMessage {
        id: format!("changes-{name}-{}-{}-of-{all}", delivery.name, place + 1),
        delivery: delivery.name.clone(),
        kind: MessageKind::Changes,
        source: format!("refreshes/{name}"),
        first: part.first_byte,
        count: part.lines,
    };
    Ok(parts.into_iter().enumerate().map(message).collect())
}
