//! A workspace: a folder with a `microseg.toml`, the artefacts made from it, and one writer at a time.
//!
//! - [`Settings`]: what `microseg.toml` may say; unknown keys are refused.
//! - [`Workspace`]: the folder's layout.
//! - [`Manifest`]: what an artefact was made from, stored beside it.
//! - [`atomic`]: files and folders that appear whole or not at all.
//! - [`WriterLock`]: one writer a workspace.
//! - [`journal`]: runs of scheduled jobs, and messages to be delivered.
//! - [`registry`]: the segments that were accepted or rejected, with their history.

pub mod atomic;
mod database;
mod delivery_settings;
mod experiment_settings;
mod feature_settings;
mod ingest_settings;
pub mod journal;
mod layout;
mod lead_rule_settings;
mod lead_settings;
mod lifecycle_settings;
mod lock;
mod manifest;
mod moment;
mod predict_settings;
mod refresh_settings;
pub mod registry;
mod rfm_settings;
mod rule_settings;
mod schedule_settings;
mod segment_settings;
mod settings;

pub use delivery_settings::{
    ChatStyle, Content, DeliveryKind, DeliverySettings, SmtpAddress, TlsSetting,
};
pub use experiment_settings::{ExperimentKind, ExperimentSettings};
pub use feature_settings::{AbsentContacts, CustomFeature, FeatureSettings};
pub use ingest_settings::{IngestSettings, MACHINE_REACH_SECONDS, MachineSettings};
pub use layout::{SETTINGS_FILE, Workspace};
pub use lead_rule_settings::{LeadGroup, LeadRuleSettings};
pub use lead_settings::{LeadBands, LeadGrid, LeadSettings};
pub use lifecycle_settings::{LifecycleSettings, StageSource};
pub use lock::{WriterLock, lock_holder};
pub use manifest::{
    InputFile, Manifest, SCHEMA_VERSION, content_fingerprint, fingerprint, sha256_of,
};
pub use moment::AsOf;
pub use predict_settings::PredictSettings;
pub use refresh_settings::{DampingStrategy, DigestSettings, RefreshSettings};
pub use rfm_settings::{RFM_BINS, RfmAxis, RfmPreset, RfmScoring, RfmSettings};
pub use rule_settings::{Bound, MissingSetting, RuleSettings, WordsSetting};
pub use schedule_settings::{Job, Missed, ScheduleSettings};
pub use segment_settings::{
    Bend, KRange, PreparationSettings, ScaleSetting, SegmentSettings, SegmentTestSettings, Strata,
    TestMetric,
};
pub use settings::{Settings, ShopSettings, SourceSettings};
