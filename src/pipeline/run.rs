//! The steps of one run over a workspace.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::features::{self, FeatureTable, counts};
use crate::ingest::{self, IngestReport};
use crate::lake::{Lake, Session};
use crate::reports::dictionary::Dictionary;
use crate::reports::{self, Document, Written};
use crate::segments::matching::Known;
use crate::segments::{self, Proposal, ProposalInput};
use crate::workspace::atomic::Staging;
use crate::workspace::registry::{Entry, Registry, State};
use crate::workspace::{AsOf, InputFile, Manifest, Workspace, fingerprint};

use super::NO_CURRENCY;
use super::experiment::ExperimentResult;
use super::features::Spent;
use super::page::{self, Behind};
use super::predict::Prediction;

/// The steps, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Ingest,
    Features,
    Predict,
    Propose,
    Readouts,
    Report,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Made,
    UpToDate,
}

/// What the caller decides.
pub struct Options<'a> {
    /// Overrides the settings' as-of.
    pub as_of: Option<String>,
    /// Overrides the settings' seed.
    pub seed: Option<u64>,
    pub threads: usize,
    /// Rows dated after this are faults, where no as-of is given.
    pub latest_us: Option<i64>,
    /// Told what is being done, and the rows done so far.
    pub progress: &'a (dyn Fn(&str, u64) + Sync),
}

/// A workspace with the options of this run, and what has been computed so far.
pub struct Pipeline<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) options: Options<'a>,
    pub(super) table: Option<FeatureTable>,
    pub(super) spent: Option<Spent>,
    pub(super) prediction: Option<Prediction>,
    proposal: Option<Proposal>,
    pub(super) results: Option<Vec<ExperimentResult>>,
}

impl<'a> Pipeline<'a> {
    pub fn new(workspace: &'a Workspace, options: Options<'a>) -> Self {
        Pipeline {
            workspace,
            options,
            table: None,
            spent: None,
            prediction: None,
            proposal: None,
            results: None,
        }
    }

    /// Runs every step that is out of date.
    pub fn run(&mut self) -> Result<Vec<(Step, Outcome)>> {
        Ok(vec![
            (Step::Ingest, self.ingest()?.0),
            (Step::Features, self.features()?),
            (Step::Predict, self.predict()?),
            (Step::Propose, self.propose()?),
            (Step::Readouts, self.readouts()?),
            (Step::Report, self.report()?),
        ])
    }

    pub(super) fn seed(&self) -> u64 {
        self.options.seed.unwrap_or(self.workspace.settings().seed)
    }

    fn declared_as_of(&self) -> Option<&str> {
        self.options.as_of.as_deref().or(self.workspace.settings().as_of.as_deref())
    }

    /// Without a declared as-of, a row from the future would move it: such rows are faults then.
    pub(super) fn plan(&self) -> Result<ingest::Plan> {
        self.check_features()?;
        let latest = if self.declared_as_of().is_some() { None } else { self.options.latest_us };
        ingest::plan(self.workspace, latest)
    }

    /// Brings the lake up to date.
    pub fn ingest(&mut self) -> Result<(Outcome, IngestReport)> {
        let plan = self.plan()?;
        let dir = self.workspace.lake_dir();
        if Manifest::read(&dir).as_ref() == Some(&plan.manifest) {
            return Ok((Outcome::UpToDate, Lake::open(&dir)?.json(IngestReport::FILE)?));
        }
        let ingested = ingest::ingest(self.workspace, &plan, self.options.progress)?;
        Ok((Outcome::Made, ingested.report))
    }

    pub(super) fn lake(&self) -> Result<Lake> {
        Lake::open(&self.workspace.lake_dir())
    }

    /// The declared as-of, or the midnight after the last row.
    pub fn as_of(&self) -> Result<AsOf> {
        let report: IngestReport = match self.declared_as_of() {
            Some(_) => IngestReport::default(),
            None => self.lake()?.json(IngestReport::FILE)?,
        };
        self.as_of_after(&report)?.ok_or_else(|| {
            Error::data("no row has a time, so there is no last day")
                .hint("pass --as-of, or map a time column")
        })
    }

    /// The declared as-of, or the midnight after the last row of `report`, if any has a time.
    pub(super) fn as_of_after(&self, report: &IngestReport) -> Result<Option<AsOf>> {
        let zone = self.workspace.zone();
        match (self.declared_as_of(), report.last_us) {
            (Some(text), _) => AsOf::parse(text, zone).map(Some),
            (None, Some(last)) => AsOf::after(last, zone).map(Some),
            (None, None) => Ok(None),
        }
    }

    pub(super) fn session(&self, lake: &Lake, as_of: &AsOf) -> Result<Session> {
        Session::new(lake, as_of, self.options.threads)
    }

    pub(super) fn proposal_manifest(&self) -> Result<Manifest> {
        let input = InputFile {
            name: "features".to_owned(),
            fingerprint: self.features_manifest()?.hash()?,
        };
        let settings = self.workspace.settings();
        let hash = fingerprint(&(&settings.segments, &settings.shop))?;
        let manifest =
            Manifest::new("segments", hash, Some(self.seed()), Some(self.as_of()?.to_string()));
        Ok(manifest.with_inputs(vec![input]))
    }

    /// Brings the segment proposal up to date.
    pub fn propose(&mut self) -> Result<Outcome> {
        let manifest = self.proposal_manifest()?;
        if Manifest::read(&self.workspace.segments_dir()).as_ref() == Some(&manifest) {
            return Ok(Outcome::UpToDate);
        }
        let dir = self.workspace.segments_dir();
        let earlier = self.earlier(&dir)?;
        let proposal = self.fresh_proposal(earlier.as_ref())?;
        segments::write(&proposal, earlier.as_ref(), &manifest, &dir)?;
        self.proposal = Some(proposal);
        Ok(Outcome::Made)
    }

    /// The segments that go on in a new proposal: those on disk; of a proposal of the same as-of, which
    /// is only made again, those that it went on from.
    fn earlier(&self, dir: &Path) -> Result<Option<Known>> {
        let known = segments::known(dir)?;
        let as_of = self.as_of()?.to_string();
        let given = known.as_ref().map_or(0, |known| known.ids_given).max(self.ids_decided()?);
        let earlier = match known.as_ref().is_some_and(|known| known.as_of == as_of) {
            true => segments::known_before(dir)?.filter(|e| !e.segments.is_empty()).or(known),
            false => known,
        };
        // Ids that were given once, to whomever, are not given to others.
        Ok(match earlier {
            None if given == 0 => None,
            earlier => Some(Known { ids_given: given, ..earlier.unwrap_or_default() }),
        })
    }

    /// The highest number among the ids of discovered segments in the registry.
    fn ids_decided(&self) -> Result<usize> {
        let entries = self.registered()?;
        let numbers = entries.iter().filter_map(|e| e.id.strip_prefix('S')?.parse().ok());
        Ok(numbers.max().unwrap_or(0))
    }

    fn registered(&self) -> Result<Vec<Entry>> {
        Registry::read(&self.workspace.registry_dir())?.entries()
    }

    /// Names that people gave to accepted segments, by id.
    fn given_names(&self) -> Result<BTreeMap<String, String>> {
        let named = self.registered()?.into_iter().filter(|e| e.state == State::Accepted);
        Ok(named.filter_map(|e| Some((e.id, e.latest?.name))).collect())
    }

    /// `earlier` are the segments of the proposal that this one takes the place of.
    fn fresh_proposal(&mut self, earlier: Option<&Known>) -> Result<Proposal> {
        let table = self.take_table()?;
        (self.options.progress)("discovering segments", 0);
        let (lake, as_of) = (self.lake()?, self.as_of()?);
        let session = self.session(&lake, &as_of)?;
        segments::propose(&ProposalInput {
            table: &table,
            hours: &counts::hours(&session, &as_of)?,
            categories: &counts::categories(&session, &as_of)?,
            settings: &self.workspace.settings().segments,
            seed: self.seed(),
            as_of: as_of.to_string(),
            currency: self.currency(&session)?,
            earlier,
            given_names: &self.given_names()?,
        })
    }

    /// The proposal as computed in this run, or computed again.
    pub fn proposal(&mut self) -> Result<Proposal> {
        match self.proposal.take() {
            Some(proposal) => Ok(proposal),
            None => {
                let earlier = segments::known_before(&self.workspace.segments_dir())?;
                self.fresh_proposal(earlier.as_ref())
            }
        }
    }

    /// The one currency of all amounts.
    pub(super) fn currency(&self, session: &Session) -> Result<String> {
        if let Some(currency) = &self.workspace.settings().shop.currency {
            return Ok(currency.clone());
        }
        let found =
            session.words("SELECT DISTINCT CAST(currency AS VARCHAR) FROM orders ORDER BY 1")?;
        match found.as_slice() {
            [] => Ok(NO_CURRENCY.to_owned()),
            [one] => Ok(one.clone()),
            several => {
                Err(Error::data(format!("orders in {} cannot be added", several.join(", "))).hint(
                    "set currency under [shop]: orders in any other are set aside and counted",
                ))
            }
        }
    }

    fn report_manifest(&self) -> Result<Manifest> {
        let input = |name: &str, manifest: Manifest| -> Result<InputFile> {
            Ok(InputFile { name: name.to_owned(), fingerprint: manifest.hash()? })
        };
        let inputs = vec![
            input("segments", self.proposal_manifest()?)?,
            input("predict", self.prediction_manifest()?)?,
            input("readouts", self.readouts_manifest()?)?,
        ];
        let hash = fingerprint(self.workspace.settings())?;
        let manifest =
            Manifest::new("report", hash, Some(self.seed()), Some(self.as_of()?.to_string()));
        Ok(manifest.with_inputs(inputs))
    }

    /// Brings the page for people up to date.
    pub fn report(&mut self) -> Result<Outcome> {
        let dir = self.workspace.report_dir();
        let manifest = self.report_manifest()?;
        if Manifest::read(&dir).as_ref() == Some(&manifest) {
            return Ok(Outcome::UpToDate);
        }
        let document = self.document(&manifest)?;
        (self.options.progress)("writing the report", 0);
        let staging = Staging::new(&dir)?;
        let _: Written = reports::write(&document, staging.path())?;
        manifest.write(staging.path())?;
        staging.commit()?;
        Ok(Outcome::Made)
    }

    fn document(&mut self, manifest: &Manifest) -> Result<Document> {
        let proposal = self.proposal()?;
        let prediction = self.prediction()?;
        let data: IngestReport = self.lake()?.json(IngestReport::FILE)?;
        let results = self.results()?;
        let audit = self.audit(&self.lake()?, &data, &self.as_of()?)?;
        let shop = &self.workspace.settings().shop.name;
        let features = Dictionary {
            specs: features::read_specs(&self.workspace.features_dir())?,
            coverage: features::coverage(&self.workspace.features_dir())?,
        };
        let behind = Behind { data: &data, audit: &audit, features: &features };
        Ok(page::document(shop, manifest, &proposal, &prediction, &results, &behind))
    }
}
