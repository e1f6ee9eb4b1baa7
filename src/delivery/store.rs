//! A bucket at a cloud that reports are put into.

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::{HttpError, HttpErrorKind};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, ClientOptions, Error as StoreError, ObjectStore, PutOptions, RetryConfig,
};
use reqwest::Url;

use super::bundle::Bundle;
use super::destination::Destination;
use super::failure::Failure;
use super::message::Message;
use super::post::is_permanent;
use super::store_options::{Service, StoreOptions};
use super::trouble::{Trouble, causes};
use crate::error::Result;
use crate::workspace::DeliverySettings;

/// A bucket and a prefix.
pub(super) struct Store {
    destination: Destination,
    url: Url,
    prefix: Path,
    options: StoreOptions,
}

impl Store {
    pub(super) fn open(
        settings: &DeliverySettings,
        secrets: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let url = settings.store_address()?;
        let service = Service::of_scheme(url.scheme());
        let options = StoreOptions::new(settings, service, secrets)?;
        let prefix = Path::from_url_path(url.path()).map_err(|_| {
            settings
                .wrong("`url` has a prefix that no store takes")
                .hint("use letters, digits and /")
        })?;
        let destination = Destination::new(settings, url.host_str().unwrap_or_default());
        let store = Store { destination, url, prefix, options };
        store.connect().map_err(|_| {
            settings
                .wrong("the store cannot be set up with these options and variables")
                .hint("check `options` and the credentials in the environment")
        })?;
        Ok(store)
    }

    /// Puts the files one after the other, the entrance last, so that where it is, the rest is as
    /// well. Sent again, the same bytes are written over.
    pub(super) fn send(&self, message: &Message) -> Result<(), Failure> {
        let bundle = Bundle::of(message).map_err(Failure::permanent)?;
        let store = self.connect().map_err(|cause| self.failure(&cause))?;
        let puts = async {
            for (path, content) in bundle.files {
                self.put(store.as_ref(), &path, content.into_owned()).await?;
            }
            Ok(())
        };
        self.destination.run(puts).map_err(Failure::transient)?
    }

    async fn put(
        &self,
        store: &dyn ObjectStore,
        path: &str,
        content: Vec<u8>,
    ) -> Result<(), Failure> {
        let place: Path = self.prefix.parts().chain(Path::from(path).parts()).collect();
        let attributes = Attributes::from_iter([(Attribute::ContentType, content_type(path))]);
        let put = store.put_opts(&place, content.into(), PutOptions::from(attributes));
        match tokio::time::timeout(self.destination.limit(), put).await {
            Ok(done) => done.map(drop).map_err(|cause| self.failure(&cause)),
            Err(_) => Err(self.destination.no_answer()),
        }
    }

    /// Attempts are the caller's, so there is one here.
    fn connect(&self) -> Result<Box<dyn ObjectStore>, StoreError> {
        let limit = self.destination.limit();
        let client = ClientOptions::new().with_timeout(limit).with_connect_timeout(limit);
        let retry = RetryConfig { max_retries: 0, retry_timeout: limit, ..RetryConfig::default() };
        let url = self.url.as_str();
        macro_rules! built {
            ($builder:ty) => {{
                let builder = <$builder>::new().with_url(url).with_client_options(client);
                let options = self.options.options.iter();
                let builder = options.fold(builder, |builder, (key, value)| match key.parse() {
                    Ok(key) => builder.with_config(key, value),
                    Err(_) => builder,
                });
                Box::new(builder.with_retry(retry).build()?)
            }};
        }
        Ok(match self.options.service {
            Service::S3 => built!(AmazonS3Builder),
            Service::Google => built!(GoogleCloudStorageBuilder),
            Service::Azure => built!(MicrosoftAzureBuilder),
        })
    }

    fn failure(&self, cause: &StoreError) -> Failure {
        match cause {
            StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. } => {
                let error =
                    self.destination.error("the store refused the credentials, or this right");
                let hint = format!(
                    "check {}, and that they may write there",
                    self.options.variables.join(" and ")
                );
                Failure::transient(error.hint(hint))
            }
            StoreError::NotFound { .. } => {
                let error = self.destination.error("there is no such bucket");
                Failure::permanent(error.hint("make it, or correct `url`"))
            }
            _ => self.other_failure(cause),
        }
    }

    fn other_failure(&self, cause: &StoreError) -> Failure {
        if let Some(status) = status_of(cause) {
            let error = self.destination.error(format!("the answer was {status}"));
            let error = error.hint("check `options`, above all the region and the endpoint");
            return match is_permanent(status) {
                true => Failure::permanent(error),
                false => Failure::transient(error),
            };
        }
        let is_late = causes(cause)
            .filter_map(|cause| cause.downcast_ref::<HttpError>())
            .any(|http| http.kind() == HttpErrorKind::Timeout);
        match is_late {
            true => self.destination.no_answer(),
            false => self.destination.trouble(Trouble::of(cause)),
        }
    }
}

/// The status of an answer that said no. The crate keeps its type to itself, so it is read from the
/// text.
fn status_of(error: &StoreError) -> Option<u16> {
    causes(error).find_map(|cause| {
        let text = cause.to_string();
        let (_, after) = text.split_once("status code: ")?;
        after.get(..3)?.parse().ok()
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("md") => "text/markdown; charset=utf-8",
        Some("csv") => "text/csv; charset=utf-8",
        Some("json") => "application/json",
        Some("ndjson") => "application/x-ndjson",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read_from_the_crates_text() {
        let text = "Server returned non-2xx status code: 400 Bad Request: <Error>?</Error>";
        let error = StoreError::Generic { store: "S3", source: text.into() };
        assert_eq!(status_of(&error), Some(400));
        assert_eq!(status_of(&StoreError::Generic { store: "S3", source: "?".into() }), None);
    }
}
