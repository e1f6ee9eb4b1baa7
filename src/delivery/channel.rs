//! A way out, ready to send.

use std::path::Path;

use jiff::Timestamp;

use super::failure::Failure;
use super::folder::Folder;
use super::mail::Mail;
use super::message::Message;
use super::store::Store;
use super::webhook::{Chat, Webhook};
use crate::error::Result;
use crate::workspace::{DeliveryKind, DeliverySettings};

/// One `[[delivery]]` with its credentials.
pub struct Channel {
    way: Way,
}

enum Way {
    Email(Box<Mail>),
    Webhook(Webhook),
    Chat(Chat),
    Folder(Folder),
    Store(Store),
}

impl Channel {
    /// Opens the way that `settings` describe; nothing is connected to yet.
    ///
    /// `root` is the workspace, against which relative paths count; `secrets` gives the values of
    /// variables of the environment. A variable that is missing or empty is an error that names it.
    pub fn open(
        settings: &DeliverySettings,
        root: &Path,
        secrets: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        settings.check()?;
        let way = match settings.kind {
            DeliveryKind::Email => Way::Email(Box::new(Mail::open(settings, root, secrets)?)),
            DeliveryKind::Webhook => Way::Webhook(Webhook::open(settings, secrets)?),
            DeliveryKind::Chat => Way::Chat(Chat::open(settings, secrets)?),
            DeliveryKind::Folder => Way::Folder(Folder::open(settings, root)),
            DeliveryKind::Store => Way::Store(Store::open(settings, secrets)?),
        };
        Ok(Channel { way })
    }

    /// Makes one attempt to deliver `message`. `now` dates it, and signs it.
    ///
    /// Every step on the network ends within the time limit. The same message may be sent again:
    /// folders and stores end up as after once, other receivers can tell by the id. Not to be
    /// called from within an asynchronous task, since it waits.
    pub fn send(&self, message: &Message, now: Timestamp) -> Result<(), Failure> {
        message.check().map_err(Failure::permanent)?;
        match &self.way {
            Way::Email(mail) => mail.send(message, now),
            Way::Webhook(webhook) => webhook.send(message, now),
            Way::Chat(chat) => chat.send(message, now),
            Way::Folder(folder) => folder.send(message),
            Way::Store(store) => store.send(message),
        }
    }
}

/// The value of a variable, which `key` of the settings names.
pub(super) fn required(
    settings: &DeliverySettings,
    secrets: &dyn Fn(&str) -> Option<String>,
    key: &str,
    variable: &str,
) -> Result<String> {
    secrets(variable).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
        settings
            .wrong(format!("the variable {variable} is not set"))
            .hint(format!("set it where microseg runs, or name another in `{key}`"))
    })
}
