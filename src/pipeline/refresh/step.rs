//! One refresh, from the lake to its folder.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::features;
use crate::ingest::IngestReport;
use crate::segments::refresh::{
    Advanced, Cause, Change, ChangeKind, Damping, SegmentSurvival, Sizes, Spell, Standing, Tracked,
    advance, survival,
};
use crate::workspace::atomic::{self, Staging};
use crate::workspace::registry::Registry;
use crate::workspace::{AsOf, InputFile, Manifest, fingerprint};

use super::super::experiment::file_stem;
use super::super::predict::Scored;
use super::super::run::{Outcome, Pipeline};
use super::super::segments::stored::Accepted;
use super::super::standing_file;
use super::feed;
use super::freshness::rows_by_table;
use super::history::{History, REPORT_FILE, Refreshed};
use super::outlook;
use super::report::{CauseCount, EndedSpells, RefreshReport};
use super::tracking::Found;

/// What a refresh's manifest calls the models of discovered segments.
pub const MODEL_INPUT: &str = "model";

/// Level of the intervals of survival curves.
const LEVEL: f64 = 0.95;

impl Pipeline<'_> {
    /// Brings lake and features up to date, and the accepted segments with them: everybody is scored by the stored
    /// models, and who came and went is written into a folder of its own. A refresh that is there already is left as it
    /// is, whatever has become of the data since: what it said was acted on.
    ///
    /// # Errors
    ///
    /// A settings error if no segment is accepted, or a later refresh is there; a data error if a stored model is gone
    /// or cannot score these contacts.
    pub fn refresh(&mut self) -> Result<(Outcome, RefreshReport)> {
        let (_, ingested) = self.ingest()?;
        let as_of = self.as_of()?;
        let history = History::read(self.workspace)?;
        if let Some(there) = self.already_there(&history, &as_of)? {
            return Ok((Outcome::UpToDate, there.report.clone()));
        }
        let registry = Registry::read(&self.workspace.registry_dir())?;
        let accepted = Accepted::of(&registry, &self.workspace.registry_dir())?;
        if accepted.tracked.is_empty() {
            return Err(Error::settings(
                "no segment is accepted, so that there is none to keep current",
            )
            .hint("accept some first: microseg segments list, then microseg segments accept ID"));
        }
        self.check_fresh(&ingested, &history, &as_of)?;
        self.features()?;
        let table = match self.table.take() {
            Some(table) => table,
            None => features::read(&self.workspace.features_dir())?,
        };
        let found = self.track(registry, &accepted, &table)?;
        self.table = Some(table);
        let before = history.latest().map(|r| standing_file::read(&r.dir)).transpose()?;
        let advanced = advance(before.as_ref(), &found.observed, &self.damping()?);
        let rescored = self.rescored(&history)?;
        let mut report =
            self.refresh_report(&history, before.as_ref(), &found, &advanced, &ingested)?;
        report.outlook = rescored.facts;
        report.no_outlook = rescored.why_not;
        let manifest = self.refresh_manifest(&history, &accepted)?;
        self.write_refresh(&report, &advanced, rescored.scored.as_ref(), &history, &manifest)?;
        Ok((Outcome::Made, report))
    }

    /// The refresh of this as-of, if there is one.
    fn already_there<'h>(
        &self,
        history: &'h History,
        as_of: &AsOf,
    ) -> Result<Option<&'h Refreshed>> {
        let Some(latest) = history.latest() else { return Ok(None) };
        if latest.as_of_us > as_of.micros()
            && history.0.iter().all(|r| r.as_of_us != as_of.micros())
        {
            return Err(Error::settings(format!(
                "there is a refresh as of {} already, which is later than {as_of}",
                latest.report.as_of
            ))
            .hint("refreshes go forward; pass a later --as-of"));
        }
        Ok(history.0.iter().find(|r| r.as_of_us == as_of.micros()))
    }

    fn damping(&self) -> Result<Damping> {
        let settings = &self.workspace.settings().refresh;
        Damping::new(settings.damping, settings.margin, settings.consecutive)
    }

    fn refresh_manifest(&self, history: &History, accepted: &Accepted) -> Result<Manifest> {
        let input =
            |name: &str, fingerprint: String| InputFile { name: name.to_owned(), fingerprint };
        let mut inputs = vec![
            input("features", self.features_manifest()?.hash()?),
            input("accepted segments", fingerprint(&accepted.tracked)?),
        ];
        inputs.extend(accepted.models.keys().map(|proposal| input(MODEL_INPUT, proposal.clone())));
        if let Some(prediction) = Manifest::read(&self.workspace.predict_dir()) {
            inputs.push(input("prediction", prediction.hash()?));
        }
        if let Some(latest) = history.latest() {
            inputs.push(input("refresh before", latest.manifest.hash()?));
        }
        let settings = fingerprint(&self.workspace.settings().refresh)?;
        let as_of = Some(self.as_of()?.to_string());
        Ok(Manifest::new("refresh", settings, None, as_of).with_inputs(inputs))
    }

    fn refresh_report(
        &self,
        history: &History,
        before: Option<&Standing>,
        found: &Found,
        advanced: &Advanced,
        ingested: &IngestReport,
    ) -> Result<RefreshReport> {
        let tracked = &found.observed.tracked;
        let standing = &advanced.standing;
        let known = before.map_or(0, |before| common(&before.ids, &standing.ids));
        let ended = ended(&advanced.changes);
        let segments = Sizes::of(before, standing, tracked, &advanced.changes);
        Ok(RefreshReport {
            as_of: standing.as_of.clone(),
            since: before.map(|before| before.as_of.clone()),
            first: standing.dates.first().cloned().unwrap_or_default(),
            contacts: standing.ids.len() as u64,
            new_contacts: (standing.ids.len() - known) as u64,
            segments: segments.clone(),
            changes: by_cause(&advanced.changes),
            damped: advanced.damped.iter().map(|d| d.contacts).sum(),
            damped_moves: advanced.damped.clone(),
            migration: advanced.migration.clone(),
            survival: self.survivals(history, found, standing, &ended, &segments)?,
            ended,
            drift: found.drift.clone(),
            outlook: None,
            no_outlook: None,
            accepted_rows: ingested.sources.iter().map(|s| s.accepted).sum(),
            rejected_rows: ingested.sources.iter().map(|s| s.rejected).sum(),
            rows: rows_by_table(ingested),
        })
    }

    /// The survival curve of every segment, from stays that ended at this and earlier refreshes and those that go on.
    fn survivals(
        &self,
        history: &History,
        found: &Found,
        standing: &Standing,
        ended: &[EndedSpells],
        sizes: &Sizes,
    ) -> Result<Vec<SegmentSurvival>> {
        let zone = self.workspace.zone();
        let parse = |text: &str| AsOf::parse(text, zone.clone());
        let days = |from: &str, to: &str| -> Result<u32> {
            let days = parse(to)?.days_since(parse(from)?.micros());
            Ok(u32::try_from(days).unwrap_or(0))
        };
        // Whose entry was not seen: members from the first refresh on, and those of a new definition.
        let reports = history.0.iter().map(|r| (r.report.as_of.as_str(), &r.report.segments));
        let unseen: BTreeSet<(&str, &str)> = reports
            .chain([(standing.as_of.as_str(), sizes)])
            .flat_map(|(at, sizes)| {
                let redefined = sizes.0.iter().filter(|s| s.by_definition > 0);
                redefined.map(move |s| (s.segment.id.as_str(), at))
            })
            .collect();
        let mut spells: BTreeMap<&str, Vec<Spell>> = BTreeMap::new();
        let earlier =
            history.0.iter().map(|r| (r.report.as_of.as_str(), r.report.ended.as_slice()));
        for (end, ended) in earlier.chain([(standing.as_of.as_str(), ended)]) {
            for EndedSpells { segment_id, since, contacts, by_definition } in ended {
                if !unseen.contains(&(segment_id.as_str(), since.as_str())) {
                    let (days, contacts) = (days(since, end)?, *contacts);
                    // A stay that a new definition cut off would have gone on.
                    let spell = Spell { days, contacts, has_ended: !by_definition };
                    spells.entry(segment_id).or_default().push(spell);
                }
            }
        }
        let open = standing.open_spells();
        for ((segment, since), contacts) in &open {
            let is_seen = !unseen.contains(&(segment.as_str(), since.as_str()));
            if is_seen && *since != standing.as_of {
                let (days, contacts) = (days(since, &standing.as_of)?, *contacts);
                let spell = Spell { days, contacts, has_ended: false };
                spells.entry(segment).or_default().push(spell);
            }
        }
        let of_segment = |tracked: &Tracked| SegmentSurvival {
            segment_id: tracked.id.clone(),
            name: tracked.name.clone(),
            survival: spells.get(tracked.id.as_str()).and_then(|spells| survival(spells, LEVEL)),
        };
        Ok(found.observed.tracked.iter().map(of_segment).collect())
    }

    fn write_refresh(
        &self,
        report: &RefreshReport,
        advanced: &Advanced,
        scored: Option<&Scored>,
        history: &History,
        manifest: &Manifest,
    ) -> Result<()> {
        (self.options.progress)("writing the refresh", 0);
        let dir = self.workspace.refreshes_dir().join(file_stem(&report.as_of));
        let staging = Staging::new(&dir)?;
        atomic::write_json(&staging.path().join(REPORT_FILE), report)?;
        standing_file::write(&advanced.standing, staging.path())?;
        scored.map_or(Ok(()), |scored| outlook::write_scores(scored, staging.path()))?;
        // Segments that are no longer accepted are left, and have a name too.
        let earlier = history.latest().map(|r| &r.report.segments.0);
        let tracked = earlier.into_iter().flatten().chain(&report.segments.0);
        let names = tracked.map(|s| (s.segment.id.clone(), s.segment.name.clone())).collect();
        feed::write(&advanced.changes, &report.as_of, &names, staging.path())?;
        manifest.write(staging.path())?;
        staging.commit()
    }
}

/// How many are in both of two ascending lists.
fn common(a: &[String], b: &[String]) -> usize {
    let mut rest = a.iter().peekable();
    let is_in = |id: &&String| {
        while rest.next_if(|known| known < id).is_some() {}
        rest.peek() == Some(id)
    };
    b.iter().filter(is_in).count()
}

fn by_cause(changes: &[Change]) -> Vec<CauseCount> {
    let mut counts: BTreeMap<(ChangeKind, Cause), u64> = BTreeMap::new();
    for change in changes {
        *counts.entry((change.kind, change.cause)).or_insert(0) += 1;
    }
    let count = |((kind, cause), changes)| CauseCount { kind, cause, changes };
    counts.into_iter().map(count).collect()
}

/// Stays that ended, by what contacts did or by a new definition.
fn ended(changes: &[Change]) -> Vec<EndedSpells> {
    let mut counts: BTreeMap<(&str, &str, bool), u64> = BTreeMap::new();
    for change in changes {
        let by_definition = change.cause == Cause::Definition;
        if let (ChangeKind::Left, Some(since)) = (change.kind, &change.since) {
            *counts.entry((&change.segment_id, since, by_definition)).or_insert(0) += 1;
        }
    }
    let spell = |((segment, since, by_definition), contacts): ((&str, &str, bool), u64)| {
        let (segment_id, since) = (segment.to_owned(), since.to_owned());
        EndedSpells { segment_id, since, contacts, by_definition }
    };
    counts.into_iter().map(spell).collect()
}
