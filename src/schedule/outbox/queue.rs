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
            let source = |name: &String| format!("digests/{name}");
            let all = digests.0.iter().map(|digest| (digest.as_of_us, source(&digest.name)));
            let all: Vec<(i64, String)> = all.collect();
            let make = |source: &str| Ok(vec![digest_message(source, delivery)]);
            let mark = mark(delivery, Content::Digest);
            new += after_mark(journal, (&delivery.name, &mark), &all, now, &make)?;
        }
        if delivery.carries(Content::Changes) {
            let source = |name: &String| format!("refreshes/{name}");
            let all = history.0.iter().map(|r| (r.as_of_us, source(&r.name)));
            let all: Vec<(i64, String)> = all.collect();
            let make = |source: &str| change_messages(workspace, source, delivery);
            let mark = mark(delivery, Content::Changes);
            new += after_mark(journal, (&delivery.name, &mark), &all, now, &make)?;
        }
    }
    Ok(new)
}

/// The as-of after which a delivery begins is kept beside the jobs, under this name.
fn mark(delivery: &DeliverySettings, content: Content) -> String {
    let word = match content {
        Content::Digest => "digest",
        Content::Changes => "changes",
    };
    format!("delivery {} {word}", delivery.name)
}

/// Queues what was made after the delivery was first seen, and is not queued yet: whether it is, is seen by what it is
/// of, so that nothing is passed over, whatever as-of comes when.
fn after_mark(
    journal: &mut Journal,
    (delivery, mark): (&str, &str),
    all: &[(i64, String)],
    now: Timestamp,
    make: &dyn Fn(&str) -> Result<Vec<NewMessage>>,
) -> Result<usize> {
    let moment = |us: i64| {
        Timestamp::from_microsecond(us)
            .map_err(|e| Error::data("an as-of is out of range").caused_by(e))
    };
    let Some(begins) = journal.settled(mark)? else {
        // What is there already was before this delivery.
        let newest = all.last().map_or(Ok(Timestamp::UNIX_EPOCH), |(us, _)| moment(*us))?;
        journal.begin_delivery(mark, newest, now)?;
        return Ok(0);
    };
    let mut new = 0;
    for (us, source) in all {
        if moment(*us)? > begins && !journal.is_queued(delivery, source)? {
            new += journal.enqueue(&make(source)?, now)?;
        }
    }
    Ok(new)
}

fn digest_message(source: &str, delivery: &DeliverySettings) -> NewMessage {
    let name = name_of(source);
    NewMessage {
        id: format!("digest-{name}-{}", delivery.name),
        delivery: delivery.name.clone(),
        kind: MessageKind::Digest,
        source: source.to_owned(),
        first: 0,
        count: 0,
    }
}

/// The last part of a folder's path.
fn name_of(source: &str) -> &str {
    source.rsplit('/').next().unwrap_or(source)
}

fn change_messages(
    workspace: &Workspace,
    source: &str,
    delivery: &DeliverySettings,
) -> Result<Vec<NewMessage>> {
    let (dir, name) = (workspace.root().join(source), name_of(source));
    let parts = feed::parts(&dir, delivery.batch() as u64)?;
    let all = parts.len();
    let message = |(place, part): (usize, feed::FeedPart)| NewMessage {
        id: format!("changes-{name}-{}-{}-of-{all}", delivery.name, place + 1),
        delivery: delivery.name.clone(),
        kind: MessageKind::Changes,
        source: source.to_owned(),
        first: part.first_byte,
        count: part.lines,
    };
    Ok(parts.into_iter().enumerate().map(message).collect())
}
