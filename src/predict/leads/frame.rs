//! Scores as a table for files.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};

use super::scoring::{Leads, ScoredLead};
use crate::error::Result;

impl Leads {
    /// The name of a band.
    pub fn band(&self, place: usize) -> &str {
        self.bands.get(place).map_or("", |(name, _)| name.as_str())
    }

    /// One row a contact: id, score, fit, intent, band, and the points of every rule.
    pub fn batch(&self) -> Result<RecordBatch> {
        let numbers = |of: &dyn Fn(&ScoredLead) -> f64| -> ArrayRef {
            Arc::new(Float64Array::from_iter_values(self.contacts.iter().map(of)))
        };
        let text = |name: &str| Field::new(name, DataType::Utf8, false);
        let number = |name: String| Field::new(name, DataType::Float64, false);
        let ids = self.contacts.iter().map(|contact| contact.contact_id.as_str());
        let bands = self.contacts.iter().map(|contact| self.band(contact.now.band));
        let mut fields = vec![text("contact_id")];
        fields.extend(["score", "fit", "intent"].map(|name| number(name.to_owned())));
        fields.push(text("band"));
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(ids)),
            numbers(&|contact| contact.now.score.value()),
            numbers(&|contact| contact.now.fit.value()),
            numbers(&|contact| contact.now.intent.value()),
            Arc::new(StringArray::from_iter_values(bands)),
        ];
        for (place, rule) in self.model.rules.iter().enumerate() {
            fields.push(number(format!("points_{}", rule.id)));
            columns.push(numbers(&|contact| contact.points[place].value()));
        }
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }
}
