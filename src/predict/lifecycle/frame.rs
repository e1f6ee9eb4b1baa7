//! Stages as a table for files.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema};

use super::stages::{Lifecycle, Staged};
use crate::error::Result;
use crate::lake::schema;

impl Lifecycle {
    /// The name of a contact's stage, if it is known.
    pub fn stage(&self, contact: &Staged) -> Option<&str> {
        self.stages.get(contact.now()?.stage).map(String::as_str)
    }

    /// Calendar days since a contact entered its stage, if that is known.
    pub fn days(&self, contact: &Staged) -> Option<i64> {
        Some(self.as_of.days_since(contact.now()?.us?))
    }

    /// One row a contact: id, stage, when it was entered, calendar days since, and when each stage was
    /// entered for the last time.
    pub fn batch(&self) -> Result<RecordBatch> {
        let times = |of: &dyn Fn(&Staged) -> Option<i64>| -> ArrayRef {
            let times: TimestampMicrosecondArray = self.contacts.iter().map(of).collect();
            Arc::new(times.with_timezone("UTC"))
        };
        let stages: StringArray = self.contacts.iter().map(|one| self.stage(one)).collect();
        let days: Int64Array = self.contacts.iter().map(|one| self.days(one)).collect();
        let ids = self.contacts.iter().map(|contact| contact.contact_id.as_str());
        let mut fields = vec![
            Field::new("contact_id", DataType::Utf8, false),
            Field::new("stage", DataType::Utf8, true),
            Field::new("entered_at", schema::time(), true),
            Field::new("days_in_stage", DataType::Int64, true),
        ];
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(ids)),
            Arc::new(stages),
            times(&|contact| contact.now()?.us),
            Arc::new(days),
        ];
        for (place, name) in self.stages.iter().enumerate() {
            fields.push(Field::new(format!("entered_{name}"), schema::time(), true));
            columns.push(times(&|contact| contact.entered(place)));
        }
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }
}
