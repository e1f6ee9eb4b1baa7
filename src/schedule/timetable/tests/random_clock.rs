//! A clock that jumps at random: nothing twice, nothing lost.

use std::collections::BTreeSet;

use super::*;

/// Asks after every jump and every few minutes between; gives what was run and what was reported.
fn lived(
    cron: &str,
    missed: Missed,
    seed: u64,
) -> (Timetable, [BTreeSet<Timestamp>; 2], Timestamp) {
    let timetable = table(cron, LONDON);
    let mut draws = Draws(seed);
    let started = at("2026-03-20T00:00:00Z");
    let mut progress = Progress { started, last: None };
    let (mut run, mut skipped) = (BTreeSet::new(), BTreeSet::new());
    let mut now = started;
    for _ in 0..400 {
        now += match draws.whole(40) {
            0 => minutes(draws.whole(10 * 1440) as i64),
            1 => -minutes(draws.whole(8 * 1440) as i64),
            2 => -minutes(draws.whole(90) as i64),
            3 => minutes(draws.whole(600) as i64),
            _ => minutes(draws.whole(30) as i64) + SignedDuration::from_secs(7),
        };
        // Before the start there is nothing to be owed.
        now = now.max(started);
        let due = due(&timetable, progress, now, missed, |at| run.contains(&at));
        for at in due.run {
            assert!(at <= now, "{at} is not yet at {now}");
            assert!(run.insert(at), "{cron} {seed}: {at} twice");
        }
        skipped.extend(due.skipped.all().expect("not too many"));
        progress.last = due.last;
    }
    (timetable, [run, skipped], now)
}

#[test]
fn nothing_runs_twice_and_nothing_is_lost() {
    for (round, cron) in
        ["*/30 * * * *", "0 * * * *", "30 1 * * *", "0 9 * * MON-FRI", "0,20 1-3 * * *"]
            .into_iter()
            .cycle()
            .take(60)
            .enumerate()
    {
        for missed in Missed::ALL {
            let (timetable, [run, skipped], now) = lived(cron, missed, round as u64);
            for at in occurrences(&timetable, at("2026-03-20T00:00:00Z"), now) {
                let is_known = run.contains(&at) || skipped.contains(&at);
                assert!(is_known, "{cron} {missed:?} {round}: {at} lost at {now}");
                assert!(missed != Missed::All || run.contains(&at), "{cron} {round}: {at} not run");
            }
        }
    }
}
