//! What `[refresh]` and `[digest]` may say.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How accepted segments are kept current.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefreshSettings {
    /// `none`, `margin`, `consecutive` or `either`: what it takes to move between discovered segments.
    pub damping: DampingStrategy,
    /// A new segment that is nearer by this share counts at once.
    pub margin: f64,
    /// One that has been the nearest at so many refreshes in a row counts anyway.
    pub consecutive: u8,
    /// Population stability index from which a feature is worth watching …
    pub psi_watch: f64,
    /// … and from which it has drifted.
    pub psi_refit: f64,
    /// Share of a model's features that have drifted from which a refit is proposed.
    pub drifted_share: f64,
    /// Share of contacts far from every segment's centre from which a refit is proposed; at the fit it is 0.01.
    pub far_share: f64,
    /// Days before the as-of at which the last event and the last order may be: data that end earlier would make
    /// everybody look lapsed.
    pub stale_after_days: u32,
    /// Share of a table's rows that may be fewer than at the refresh before: an export that was cut off would make
    /// people leave.
    pub shrink: f64,
}

/// What it takes to move a contact from one discovered segment to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DampingStrategy {
    /// Nothing: the nearest segment counts at once.
    None,
    /// The new segment is nearer by the margin.
    Margin,
    /// The new segment has been the nearest at so many refreshes in a row.
    Consecutive,
    /// Either of the two.
    Either,
}

impl Default for RefreshSettings {
    fn default() -> Self {
        RefreshSettings {
            damping: DampingStrategy::Either,
            margin: 0.1,
            consecutive: 2,
            psi_watch: 0.1,
            psi_refit: 0.25,
            drifted_share: 0.2,
            far_share: 0.05,
            stale_after_days: 7,
            shrink: 0.05,
        }
    }
}

impl RefreshSettings {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(&self) -> Result<()> {
        if !(self.psi_watch > 0.0 && self.psi_watch <= self.psi_refit && self.psi_refit.is_finite())
        {
            return Err(Error::settings("psi_watch must be above 0 and no larger than psi_refit")
                .hint("0.1 and 0.25 are usual"));
        }
        for (name, share) in [("drifted_share", self.drifted_share), ("far_share", self.far_share)]
        {
            if !(share > 0.0 && share <= 1.0) {
                return Err(Error::settings(format!("{name} must be a share above 0"))
                    .with_value(share.to_string())
                    .hint("0.2 is a fifth"));
            }
        }
        if !(0.0..=1.0).contains(&self.shrink) || self.stale_after_days == 0 {
            return Err(Error::settings(
                "shrink must lie between 0 and 1, stale_after_days be 1 or more",
            )
            .hint("shrink = 1 allows a table of any size"));
        }
        if !(0.0..1.0).contains(&self.margin) || self.consecutive < 2 {
            return Err(Error::settings(
                "margin must lie between 0 and 1, consecutive be 2 or more",
            )
            .hint("write damping = \"none\" under [refresh] to let every move count at once"));
        }
        Ok(())
    }
}

/// How digests are kept and referred to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DigestSettings {
    /// Digests that are kept, the newest.
    pub keep: u32,
    /// Days after which a digest goes, whatever `keep` says.
    pub keep_days: u32,
    /// Where the workspace's folder can be reached, for links in messages: https://reports.example.com/shop
    pub link: Option<String>,
}

impl Default for DigestSettings {
    fn default() -> Self {
        DigestSettings { keep: 104, keep_days: 800, link: None }
    }
}

impl DigestSettings {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.keep == 0 || self.keep_days == 0 {
            return Err(Error::settings("keep and keep_days of [digest] must be 1 or more")
                .hint("the newest digest is always kept"));
        }
        let is_link = |link: &String| link.starts_with("https://") || link.starts_with("http://");
        if self.link.as_ref().is_some_and(|link| !is_link(link)) {
            return Err(Error::settings("link of [digest] must begin with https:// or http://")
                .hint("it is where the workspace's folder can be reached"));
        }
        Ok(())
    }
}
