//! One digest, and the index over all.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::reports::digest::{self, DigestFacts, IndexEntry};
use crate::reports::{self, Block, Document, Link, Stamp, mail, number};
use crate::workspace::atomic::{self, Staging};
use crate::workspace::journal::{Journal, MessageState};
use crate::workspace::{InputFile, Manifest};

use super::super::experiment::file_stem;
use super::super::refresh::{History, RefreshReport};
use super::super::run::{Outcome, Pipeline};
use super::past::{
    ALONE_FILE, DigestState, Digested, Digests, MAIL_FILE, MailFile, PictureFile, STATE_FILE,
};

const PAGE: &str = "report.html";
const INDEX: &str = "index.html";

impl Pipeline<'_> {
    /// Refreshes, reads the experiments, and writes what changed since the last digest into a folder of its own, which
    /// is never written again. Digests beyond number and age go, but for those that wait to be delivered.
    ///
    /// # Errors
    ///
    /// As [`Pipeline::refresh`]; a settings error if a later digest is there.
    pub fn digest(&mut self) -> Result<(Outcome, Digested)> {
        self.refresh()?;
        let as_of_us = self.as_of()?.micros();
        // As it is on disk, whoever made it, and without what came after: so that a digest has the same bytes whenever
        // it is made.
        let history = History::read(self.workspace)?.until(as_of_us);
        let now = history.latest().map(|refreshed| refreshed.report.clone());
        let now = now.ok_or_else(|| Error::internal("a refresh that was made is not there"))?;
        let digests = Digests::read(self.workspace)?;
        if let Some(there) = digests.0.iter().find(|d| d.as_of_us == as_of_us) {
            let there = there.clone();
            self.tidy(&digests)?;
            return Ok((Outcome::UpToDate, there));
        }
        if let Some(latest) = digests.latest().filter(|latest| latest.as_of_us > as_of_us) {
            return Err(Error::settings(format!(
                "there is a digest as of {} already, which is later than {}",
                latest.state.as_of, now.as_of
            ))
            .hint("digests go forward; pass a later --as-of"));
        }
        let _: Outcome = self.readouts()?;
        let (facts, state) = self.gather(&now, &history, &digests)?;
        (self.options.progress)("writing the digest", 0);
        let manifest = self.digest_manifest(&history, &digests)?;
        self.write_digest(&facts, &state, &manifest, &now)?;
        let digests = Digests::read(self.workspace)?;
        self.tidy(&digests)?;
        let made = digests.0.into_iter().find(|d| d.as_of_us == as_of_us);
        made.map(|made| (Outcome::Made, made))
            .ok_or_else(|| Error::internal("a digest that was written is not there"))
    }

    fn digest_manifest(&self, history: &History, digests: &Digests) -> Result<Manifest> {
        let input =
            |name: &str, fingerprint: String| InputFile { name: name.to_owned(), fingerprint };
        let mut inputs = vec![input("readouts", self.readouts_manifest()?.hash()?)];
        if let Some(latest) = history.latest() {
            inputs.push(input("refresh", latest.manifest.hash()?));
        }
        if let Some(before) = digests.latest().and_then(|d| Manifest::read(&d.dir)) {
            inputs.push(input("digest before", before.hash()?));
        }
        let settings = crate::workspace::fingerprint(self.workspace.settings())?;
        let as_of = Some(self.as_of()?.to_string());
        Ok(Manifest::new("digest", settings, Some(self.seed()), as_of).with_inputs(inputs))
    }

    fn write_digest(
        &self,
        facts: &DigestFacts,
        state: &DigestState,
        manifest: &Manifest,
        now: &RefreshReport,
    ) -> Result<()> {
        let name = file_stem(&facts.as_of);
        let stamp = Stamp {
            as_of: facts.as_of.clone(),
            seed: self.seed(),
            program: format!("microseg {}", manifest.program_version),
            settings_hash: manifest.settings_hash.clone(),
            source: vec![("Rows accepted".to_owned(), number::count(now.accepted_rows))],
        };
        let page =
            digest::document(&DigestFacts { links: self.links(None), ..facts.clone() }, stamp);
        let staging = Staging::new(&self.workspace.digests_dir().join(&name))?;
        reports::write(&page, staging.path())?;
        let alone = reports::html::render(&without_links(&page))?;
        atomic::write_file(&staging.path().join(ALONE_FILE), alone.as_bytes())?;
        let base = self.workspace.settings().digest.link.as_deref();
        let mail = mail_of(&page, base.map(|base| (base, self.links(Some(base)))), &name)?;
        atomic::write_json(&staging.path().join(MAIL_FILE), &mail)?;
        atomic::write_json(&staging.path().join(STATE_FILE), state)?;
        manifest.write(staging.path())?;
        staging.commit()
    }

    /// The pages beside the digest: relative to it, or below `base`.
    fn links(&self, base: Option<&str>) -> Vec<Link> {
        let root = base.map_or("../..", |base| base.trim_end_matches('/'));
        let report = Manifest::read(&self.workspace.report_dir()).and_then(|m| m.as_of);
        let full = report.map(|as_of| Link {
            label: format!("Segments, outlook and experiments in full, as of {as_of}"),
            href: format!("{root}/report/report.html"),
        });
        let all = Link { label: "All digests".to_owned(), href: format!("{root}/digests/{INDEX}") };
        full.into_iter().chain([all]).collect()
    }

    /// Removes outdated digests and writes the index over those that stay.
    fn tidy(&self, digests: &Digests) -> Result<()> {
        let settings = &self.workspace.settings().digest;
        let journal = Journal::read(&self.workspace.registry_dir())?;
        let waiting: BTreeSet<String> = [MessageState::Waiting, MessageState::Dead]
            .into_iter()
            .map(|state| journal.messages(state))
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .map(|m| m.source)
            .collect();
        let mut gone = BTreeSet::new();
        for digest in digests.outdated(settings.keep, settings.keep_days) {
            if waiting.contains(&format!("digests/{}", digest.name)) {
                continue;
            }
            atomic::retire_dir(&digest.dir)?;
            gone.insert(digest.name.clone());
        }
        let entries: Vec<IndexEntry> = digests
            .0
            .iter()
            .rev()
            .filter(|digest| !gone.contains(&digest.name))
            .map(|digest| IndexEntry {
                as_of: digest.state.as_of.clone(),
                answer: digest.state.sentences.first().cloned().unwrap_or_default(),
                href: format!("{}/{PAGE}", digest.name),
            })
            .collect();
        let page = digest::index(&self.workspace.settings().shop.name, &entries);
        atomic::rewrite_file(&self.workspace.digests_dir().join(INDEX), page.as_bytes())
    }
}

/// A page that is read elsewhere has no pages beside it.
fn without_links(page: &Document) -> Document {
    let mut alone = page.clone();
    alone.sections.retain(|s| !matches!(s.blocks.as_slice(), [Block::Links(_)]));
    alone
}

fn with_links(page: &Document, links: &[Link]) -> Document {
    let mut document = page.clone();
    let blocks = document.sections.iter_mut().flat_map(|section| &mut section.blocks);
    for block in blocks {
        if let Block::Links(to) = block {
            *to = links.to_vec();
        }
    }
    document
}

/// The mail of a digest. Without a place where pages can be reached, it has no links.
fn mail_of(page: &Document, base: Option<(&str, Vec<Link>)>, name: &str) -> Result<MailFile> {
    let (document, link) = match base {
        Some((base, links)) => {
            let base = base.trim_end_matches('/');
            (with_links(page, &links), Some(format!("{base}/digests/{name}/{PAGE}")))
        }
        None => (without_links(page), None),
    };
    let mail = mail::render(&document, link.as_deref())?;
    let picture = |p: mail::Picture| PictureFile { name: p.name, alt: p.alt };
    Ok(MailFile {
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        pictures: mail.pictures.into_iter().map(picture).collect(),
    })
}
