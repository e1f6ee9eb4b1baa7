//! What a store is set up with: variables of the environment, and options of the settings.

use object_store::aws::AmazonS3ConfigKey;
use object_store::azure::AzureConfigKey;
use object_store::gcp::GoogleConfigKey;

use crate::error::{Error, Kind, Result};
use crate::workspace::DeliverySettings;

type Secrets<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A cloud's service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    S3,
    Google,
    Azure,
}

impl Service {
    /// Of an address that the settings have accepted.
    pub(super) fn of_scheme(scheme: &str) -> Self {
        match scheme {
            "gs" => Service::Google,
            "az" => Service::Azure,
            _ => Service::S3,
        }
    }

    /// Sets of variables, one of which is needed.
    fn credentials(self) -> &'static [&'static [&'static str]] {
        match self {
            Service::S3 => &[&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]],
            Service::Google => &[
                &["GOOGLE_APPLICATION_CREDENTIALS"],
                &["GOOGLE_SERVICE_ACCOUNT"],
                &["GOOGLE_SERVICE_ACCOUNT_KEY"],
            ],
            Service::Azure => &[
                &["AZURE_STORAGE_ACCOUNT_KEY"],
                &["AZURE_STORAGE_SAS_TOKEN"],
                &["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"],
            ],
        }
    }

    /// Variables by which a machine in the cloud finds out who it is.
    fn identity(self) -> &'static [&'static str] {
        match self {
            Service::S3 => &[
                "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            ],
            Service::Google => &[],
            Service::Azure => &[
                "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE",
                "IDENTITY_ENDPOINT",
            ],
        }
    }

    /// Variables that say where, not who.
    fn places(self) -> &'static [&'static str] {
        match self {
            Service::S3 => &[
                "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL",
                "AWS_ENDPOINT_URL_S3",
            ],
            Service::Google => &[],
            Service::Azure => &["AZURE_STORAGE_ACCOUNT_NAME"],
        }
    }

    fn knows(self, option: &str) -> bool {
        match self {
            Service::S3 => option.parse::<AmazonS3ConfigKey>().is_ok(),
            Service::Google => option.parse::<GoogleConfigKey>().is_ok(),
            Service::Azure => option.parse::<AzureConfigKey>().is_ok(),
        }
    }
}

/// Options by name, those of the settings last, so that they win.
#[derive(Clone)]
pub(super) struct StoreOptions {
    pub(super) service: Service,
    pub(super) options: Vec<(String, String)>,
    /// For hints: the variables that hold the credentials.
    pub(super) variables: Vec<&'static str>,
}

impl StoreOptions {
    pub(super) fn new(
        settings: &DeliverySettings,
        service: Service,
        secrets: Secrets<'_>,
    ) -> Result<Self> {
        let variables = variables(settings, service, secrets)?;
        let value = |name: &&'static str| {
            let value = secrets(name).filter(|value| !value.trim().is_empty())?;
            Some((name.to_ascii_lowercase(), value))
        };
        let mut options: Vec<(String, String)> =
            variables.iter().chain(service.places()).filter_map(value).collect();
        for (key, value) in &settings.options {
            let key = key.to_ascii_lowercase();
            if !service.knows(&key) {
                let known = ["endpoint", "region", "allow_http", "skip_signature", "account_name"];
                return Err(Error::unknown(Kind::Settings, "option of the store", &key, known));
            }
            options.push((key, value.clone()));
        }
        let options = StoreOptions { service, options, variables };
        options.check_http(settings)?;
        Ok(options)
    }

    /// The service's own error comes only with the first request.
    fn check_http(&self, settings: &DeliverySettings) -> Result<()> {
        let is_http = |(key, value): &(String, String)| {
            (key.contains("endpoint") || key.ends_with("base_url")) && value.starts_with("http://")
        };
        if self.options.iter().any(is_http) && !is_set(settings, "allow_http") {
            return Err(settings.wrong("the endpoint is http://, which is not encrypted").hint(
                "use https://, or write allow_http = \"true\" among the options to put up with it",
            ));
        }
        Ok(())
    }
}

fn is_set(settings: &DeliverySettings, option: &str) -> bool {
    let is_it = |key: &str| key == option || key.ends_with(&format!("_{option}"));
    settings.options.iter().any(|(key, value)| {
        is_it(&key.to_ascii_lowercase()) && matches!(value.as_str(), "true" | "1" | "yes" | "on")
    })
}

/// The variables that credentials come from.
fn variables(
    settings: &DeliverySettings,
    service: Service,
    secrets: Secrets<'_>,
) -> Result<Vec<&'static str>> {
    if settings.machine_identity == Some(true) {
        return Ok(service.identity().to_vec());
    }
    if is_set(settings, "skip_signature") || is_set(settings, "use_emulator") {
        return Ok(Vec::new());
    }
    let is_there = |name: &&&str| secrets(name).is_some_and(|value| !value.trim().is_empty());
    let sets = service.credentials();
    if let Some(complete) = sets.iter().find(|set| set.iter().all(|name| is_there(&name))) {
        return Ok(complete.to_vec());
    }
    let begun = sets.iter().find(|set| set.iter().any(|name| is_there(&name)));
    let set = begun.or(sets.first()).copied().unwrap_or_default();
    let missing = set.iter().find(|name| !is_there(name)).copied().unwrap_or_default();
    let all: Vec<String> = sets.iter().map(|set| set.join(" with ")).collect();
    Err(settings.wrong(format!("the variable {missing} is not set")).hint(format!(
        "set {}, where microseg runs; on a machine of that cloud, machine_identity = true will do",
        all.join(", or ")
    )))
}
