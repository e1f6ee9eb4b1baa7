//! Computing features: the catalogue, the engine over every range of contacts, the table.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::lake::{Lake, Scope, Session};
use crate::workspace::{AsOf, FeatureSettings, InputFile, Manifest, fingerprint};

use super::assembly::{Assembly, Described};
use super::attributes::{self, Attributes};
use super::engine::{self, Choice, Layout, Measuring, Surroundings};
use super::families::Closing;
use super::open_delays::{self, OpenDelays};
use super::{
    Facts, FeatureFamily, FeatureParams, FeatureSpec, FeatureTable, History, LocalClock, Needs,
    catalogue, custom, dictionary_csv,
};

/// A day after every row.
const EVER: jiff::civil::Date = jiff::civil::date(9000, 1, 1);

/// What an extraction needs.
#[derive(Clone, Copy)]
pub struct Extraction<'a> {
    pub lake: &'a Lake,
    pub as_of: &'a AsOf,
    pub threads: usize,
    /// Features of the user's own.
    pub settings: &'a FeatureSettings,
    /// Slices of events that end before this are not read.
    pub from_us: Option<i64>,
    /// Slices of events that begin at this or later are not read.
    pub until_us: Option<i64>,
}

impl<'a> Extraction<'a> {
    /// An extraction from all of a lake.
    pub fn new(
        lake: &'a Lake,
        as_of: &'a AsOf,
        threads: usize,
        settings: &'a FeatureSettings,
    ) -> Self {
        Extraction { lake, as_of, threads, settings, from_us: None, until_us: None }
    }
}

/// A table, and where the time went.
pub struct Extracted {
    pub table: FeatureTable,
    /// Thread time spent on bringing rows out of the lake and into groups.
    pub reading: Duration,
    /// Thread time spent on sorting and measuring.
    pub measuring: Duration,
}

/// Computes all features for every contact that exists at the as-of.
pub fn extract(extraction: &Extraction<'_>) -> Result<FeatureTable> {
    Ok(extract_only(extraction, &[])?.table)
}

/// Computes the features called `only`, or all if none is named. Nothing is read that only others need.
pub fn extract_only(extraction: &Extraction<'_>, only: &[String]) -> Result<Extracted> {
    extract_open(extraction, only, None)
}

/// Sums up what happened before `until_us`, for every contact. Needs the events before
/// [`History::closed_by_us`] only.
///
/// Contacts count whenever they became known: rows may be older than the row of their contact, and the
/// sums are kept for later as-ofs.
pub fn close_history(extraction: &Extraction<'_>, until_us: i64) -> Result<FeatureTable> {
    let ever = AsOf::start_of(EVER, extraction.as_of.zone().clone())?;
    let extraction = Extraction { as_of: &ever, ..*extraction };
    let choice = Choice::new(Box::new(Closing { until_us }), &|_| true);
    let choices = choice.into_iter().collect();
    Ok(Extractor::new(&extraction, Facts::default(), choices, None)?.run(None)?.table)
}

/// As [`extract_only`], with what is in a closed history; needs the events from
/// [`History::open_from_us`] on only.
pub fn extract_open(
    extraction: &Extraction<'_>,
    only: &[String],
    history: Option<History>,
) -> Result<Extracted> {
    let session = extraction.session(None)?;
    let facts = Facts::read(&session)?;
    let families = catalogue::families(&facts);
    let specs: Vec<FeatureSpec> = families.iter().flat_map(|family| family.specs()).collect();
    let own = custom::specs_of(extraction.settings)?;
    let is_own = |name: &String| own.iter().any(|spec| spec.name == *name);
    let is_measured = |name: &String| specs.iter().any(|spec| spec.name == *name) || is_own(name);
    let is_wanted = |spec: &FeatureSpec| only.is_empty() || only.contains(&spec.name);
    let mut described = None;
    if only.is_empty() || !only.iter().all(is_measured) {
        let attributes = attributes::read(&session)?;
        check_names(&specs, &attributes, &own, only)?;
        described = Some(Described::new(attributes, &is_wanted));
    }
    drop(session);
    let choices = families.into_iter().filter_map(|family| Choice::new(family, &is_wanted));
    let extractor = Extractor::new(extraction, facts, choices.collect(), history)?;
    let mut extracted = extractor.run(described)?;
    if own.iter().any(is_wanted) {
        extracted.table = with_own(extracted.table, extraction, &is_wanted)?;
    }
    if !only.is_empty() {
        extracted.table.arrange(only);
    }
    Ok(extracted)
}

/// The table with the user's own features behind its own. On one thread, so that sums of floats do
/// not depend on which thread was first.
fn with_own(
    table: FeatureTable,
    extraction: &Extraction<'_>,
    is_wanted: &dyn Fn(&FeatureSpec) -> bool,
) -> Result<FeatureTable> {
    let session = Session::new(extraction.lake, extraction.as_of, 1)?;
    let mut columns = custom::columns(&session, extraction.as_of, extraction.settings)?;
    columns.columns.retain(|(spec, _)| is_wanted(spec));
    columns.append_to(table)
}

/// What the feature table is made from.
pub fn manifest(lake: &Manifest, as_of: &AsOf, custom: &FeatureSettings) -> Result<Manifest> {
    let specs = fingerprint(&String::from_utf8_lossy(&dictionary_csv(&catalogue::catalogue())?))?;
    let input = InputFile { name: "lake".to_owned(), fingerprint: lake.hash()? };
    let zone = as_of.zone().iana_name().unwrap_or("UTC");
    let settings = fingerprint(&(specs, zone, custom))?;
    Ok(Manifest::new("features", settings, None, Some(as_of.to_string())).with_inputs(vec![input]))
}

fn check_names(
    measured: &[FeatureSpec],
    described: &Attributes,
    own: &[FeatureSpec],
    only: &[String],
) -> Result<()> {
    let specs: Vec<FeatureSpec> =
        measured.iter().chain(&described.specs).chain(own).cloned().collect();
    only.iter().try_for_each(|name| catalogue::find(&specs, name).map(|_| ()))
}

impl Extraction<'_> {
    /// A session over one range of contacts, or over all of them, for one thread.
    fn session(&self, range: Option<usize>) -> Result<Session> {
        let range = range.filter(|_| self.lake.ranges().is_some());
        let scope = Scope { range, from_us: self.from_us, until_us: self.until_us };
        Session::of(self.lake, self.as_of, 1, scope)
    }

    fn ranges(&self) -> usize {
        self.lake.ranges().unwrap_or(1)
    }
}

/// One extraction under way.
struct Extractor<'a> {
    extraction: &'a Extraction<'a>,
    measuring: Arc<Measuring>,
    layout: Arc<Layout>,
}

impl<'a> Extractor<'a> {
    fn new(
        extraction: &'a Extraction<'a>,
        facts: Facts,
        choices: Vec<Choice>,
        history: Option<History>,
    ) -> Result<Self> {
        let needs = choices.iter().fold(Needs::default(), |all, c| all.or(c.family().needs()));
        let mut surroundings = Surroundings { history, ..surroundings(extraction, facts)? };
        if needs.open_delays {
            surroundings.open_delay_curve = open_delay_curve(extraction)?;
        }
        let measuring = Arc::new(Measuring::new(choices, surroundings));
        Ok(Extractor { extraction, measuring, layout: Arc::new(Layout::new(needs)) })
    }

    fn run(&self, described: Option<Described>) -> Result<Extracted> {
        let numbers = self.measuring.choices.iter().flat_map(Choice::number_specs).cloned();
        let labels = self.measuring.choices.iter().flat_map(Choice::label_specs).cloned();
        let mut assembly = Assembly::new(numbers.collect(), labels.collect());
        if let Some(described) = &described {
            assembly.reserve(described);
        }
        let assembly = Mutex::new(assembly);
        let spent = Mutex::new(Duration::ZERO);
        let next = AtomicUsize::new(0);
        let work = || -> Result<()> {
            let start = Instant::now();
            loop {
                let range = next.fetch_add(1, Ordering::Relaxed);
                if range >= self.extraction.ranges() {
                    break;
                }
                self.range(range, &assembly)?;
            }
            *spent.lock().unwrap_or_else(PoisonError::into_inner) += start.elapsed();
            Ok(())
        };
        let threads = self.extraction.threads.clamp(1, self.extraction.ranges());
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| match worker.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })?;
        let spent = spent.into_inner().unwrap_or_else(PoisonError::into_inner);
        let measuring = self.measuring.spent();
        let table =
            assembly.into_inner().unwrap_or_else(PoisonError::into_inner).finish(described)?;
        Ok(Extracted { table, reading: spent.saturating_sub(measuring), measuring })
    }

    fn range(&self, range: usize, assembly: &Mutex<Assembly>) -> Result<()> {
        let session = self.extraction.session(Some(range))?;
        let batches = engine::run(&session, &self.layout, &self.measuring)?;
        let mut assembly = assembly.lock().unwrap_or_else(PoisonError::into_inner);
        batches.iter().for_each(|batch| assembly.add(batch));
        Ok(())
    }
}

fn surroundings(extraction: &Extraction<'_>, facts: Facts) -> Result<Surroundings> {
    let zone = extraction.as_of.zone().iana_name().unwrap_or("UTC").to_owned();
    Ok(Surroundings {
        now_us: extraction.as_of.micros(),
        shop_clock: LocalClock::new(&zone)?,
        campaign_types: facts.types_by_campaign,
        open_delay_curve: Vec::new(),
        history: None,
        params: FeatureParams::default(),
    })
}

/// The shop's delays from mail to open, on the first range of contacts.
fn open_delay_curve(extraction: &Extraction<'_>) -> Result<Vec<f64>> {
    let choice = Choice::new(Box::new(OpenDelays), &|_| true);
    let surroundings = surroundings(extraction, Facts::default())?;
    let measuring = Arc::new(Measuring::new(choice.into_iter().collect(), surroundings));
    let layout = Arc::new(Layout::new(OpenDelays.needs()));
    let batches = engine::run(&extraction.session(Some(0))?, &layout, &measuring)?;
    Ok(open_delays::curve(&batches))
}
