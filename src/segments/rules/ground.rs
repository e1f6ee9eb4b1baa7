//! What rules stand on: features, contacts, events and orders as they were at the as-of, and the
//! members of other segments.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::error::{Error, Kind, Result};
use crate::features::{self, FeatureSpec, Unit};
use crate::lake::schema::ATTRIBUTE_PREFIX;
use crate::lake::{Lake, Session, Table};
use crate::workspace::AsOf;

use super::members::Members;
use super::quoting::name;
use super::rule::Rule;
use super::sql::{FEATURES, Home, MEMBERSHIP, Surroundings};

/// Columns of contacts that hold words, beside free attributes.
const WORD_COLUMNS: [&str; 5] = ["consent", "country", "lifecycle_stage", "source", "timezone"];

/// The tables that rules are evaluated on, at one as-of.
pub struct Ground {
    pub(super) session: Session,
    as_of: AsOf,
    specs: Vec<FeatureSpec>,
    /// Share of contacts with a value, by feature.
    coverage: BTreeMap<String, f64>,
    /// Columns of contacts that hold words.
    words: Vec<String>,
    /// Features that are words.
    labels: Vec<String>,
    /// Ids of all contacts, ascending.
    ids: Vec<String>,
    segments: BTreeMap<String, RecordBatch>,
}

impl Ground {
    /// Opens the lake at `as_of`, and the feature table in `features_dir`, which must be of the same
    /// lake and as-of. Reads the contacts' ids.
    ///
    /// # Errors
    ///
    /// A data error if there is no feature table, or it cannot be read.
    pub fn open(lake: &Lake, as_of: &AsOf, threads: usize, features_dir: &Path) -> Result<Self> {
        let specs = features::read_specs(features_dir)?;
        let coverage = features::coverage(features_dir)?.into_iter().collect();
        let session = Session::new(lake, as_of, threads)?;
        session.register_parquet(FEATURES, &features::table_path(features_dir))?;
        let mut words = session.columns(Table::Contacts)?;
        words.retain(|column| {
            WORD_COLUMNS.contains(&column.as_str()) || column.starts_with(ATTRIBUTE_PREFIX)
        });
        let ids =
            session.words(&format!("SELECT contact_id FROM {FEATURES} ORDER BY contact_id"))?;
        let labels = specs.iter().filter(|spec| spec.unit == Unit::Label);
        let labels = labels.map(|spec| spec.name.clone()).collect();
        let (as_of, segments) = (as_of.clone(), BTreeMap::new());
        let ground = Ground { session, as_of, specs, coverage, words, labels, ids, segments };
        ground.register_membership()?;
        Ok(ground)
    }

    pub fn as_of(&self) -> &AsOf {
        &self.as_of
    }

    /// The features, numbers first.
    pub fn specs(&self) -> &[FeatureSpec] {
        &self.specs
    }

    /// Ids of all contacts, ascending.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Lets rules ask for the members of a segment.
    pub fn add_segment(&mut self, id: &str, members: &Members) -> Result<()> {
        let ids: ArrayRef = Arc::new(StringArray::from_iter_values(members.ids(&self.ids)));
        let segment: ArrayRef =
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(id, ids.len())));
        let batch = RecordBatch::try_new(membership_schema(), vec![segment, ids])?;
        self.segments.insert(id.to_owned(), batch);
        self.register_membership()
    }

    /// Whether rules may ask for the members of this segment.
    pub fn has_segment(&self, id: &str) -> bool {
        self.segments.contains_key(id)
    }

    pub(super) fn segment_ids(&self) -> impl Iterator<Item = &str> {
        self.segments.keys().map(String::as_str)
    }

    fn register_membership(&self) -> Result<()> {
        let batches: Vec<RecordBatch> = self.segments.values().cloned().collect();
        self.session.register_batches(MEMBERSHIP, membership_schema(), batches)
    }

    pub(super) fn home(&self, feature: &str) -> Home {
        self.surroundings(None).home(feature)
    }

    pub(super) fn is_word_column(&self, column: &str) -> bool {
        self.words.iter().any(|known| known == column)
    }

    pub(super) fn spec(&self, feature: &str) -> Option<&FeatureSpec> {
        self.specs.iter().find(|spec| spec.name == feature)
    }

    /// Share of contacts with a value of a feature.
    pub(super) fn covered(&self, feature: &str) -> f64 {
        self.coverage.get(feature).copied().unwrap_or(0.0)
    }

    pub(super) fn unknown_feature(&self, feature: &str) -> Error {
        let specs = self.specs.iter().map(|spec| spec.name.as_str());
        let known = specs.chain(self.words.iter().map(String::as_str));
        Error::unknown(Kind::Settings, "feature", feature, known)
    }

    /// The statement that selects a rule's contacts: what is run is what is shown.
    pub fn sql(&self, rule: &Rule) -> String {
        rule.sql(self.surroundings(None))
    }

    /// What statements are made from; `last_key` for those of a sample.
    pub(super) fn surroundings(&self, last_key: Option<u64>) -> Surroundings<'_> {
        Surroundings { as_of_us: self.as_of.micros(), labels: &self.labels, last_key }
    }

    /// The values of a number that there are, ascending.
    pub(super) fn values(&self, feature: &str) -> Result<Vec<f64>> {
        let column = name(feature);
        let sql = format!("SELECT {column} FROM {FEATURES} WHERE {column} IS NOT NULL");
        let mut values = Vec::new();
        for batch in self.session.collect(&sql)? {
            let column = cast(batch.column(0), &DataType::Float64)?;
            let column = column.as_primitive::<arrow::datatypes::Float64Type>();
            values.extend(column.iter().flatten());
        }
        values.sort_by(f64::total_cmp);
        Ok(values)
    }
}

fn membership_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    Arc::new(Schema::new(vec![text("segment"), text("contact_id")]))
}
