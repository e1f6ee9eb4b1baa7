//! Variables and files that are missing.

use super::*;

const MAIL: &str = "kind = \"email\"\nsmtp = \"smtps://mail.example.com\"\n\
     from = \"reports@shop.example\"\nto = [\"ann@example.com\"]\n";

fn missing(keys: &str) -> String {
    let nothing = |_: &str| None;
    let error = Channel::open(&settings(keys), Path::new("/nowhere"), &nothing).err().unwrap();
    assert!(error.hint_text().is_some(), "{error}");
    error.to_string()
}

#[test]
fn a_missing_variable_is_named() {
    let stores = |url: &str| format!("kind = \"store\"\nurl = \"{url}\"\n");
    let hook = "kind = \"webhook\"\nurl = \"https://example.com/\"\n";
    let cases = [
        (MAIL.to_owned(), "MICROSEG_SMTP_USERNAME"),
        (format!("{MAIL}username_env = \"MINE\"\n"), "MINE"),
        (hook.to_owned(), "MICROSEG_WEBHOOK_SECRET"),
        ("kind = \"chat\"\nstyle = \"teams\"\nurl_env = \"CHAT_URL\"\n".to_owned(), "CHAT_URL"),
        (stores("s3://bucket"), "AWS_ACCESS_KEY_ID"),
        (stores("gs://bucket"), "GOOGLE_APPLICATION_CREDENTIALS"),
        (stores("az://bucket"), "AZURE_STORAGE_ACCOUNT_KEY"),
    ];
    for (keys, variable) in cases {
        let error = missing(&keys);
        assert!(error.contains(&format!("the variable {variable} is not set")), "{error}");
    }
    let half = |name: &str| (name == "AWS_ACCESS_KEY_ID").then(|| "hush".to_owned());
    let error =
        Channel::open(&settings(&stores("s3://bucket")), Path::new("/"), &half).err().unwrap();
    assert!(error.to_string().contains("AWS_SECRET_ACCESS_KEY"), "{error}");
}

#[test]
fn an_empty_variable_is_a_missing_one() {
    let empty = |_: &str| Some(" ".to_owned());
    let error = Channel::open(&settings(MAIL), Path::new("/nowhere"), &empty).err().unwrap();
    assert!(error.to_string().contains("MICROSEG_SMTP_USERNAME is not set"), "{error}");
}

#[test]
fn a_wrong_address_in_a_variable_is_not_quoted() {
    let keys = "kind = \"chat\"\nstyle = \"slack\"\nurl_env = \"CHAT_URL\"\n";
    assert!(open(keys).is_ok());
    for value in ["hooks.example.com/hush", "http://example.com/hush", "ftp://example.com/hush"] {
        let wrong = |_: &str| Some(value.to_owned());
        let error = Channel::open(&settings(keys), Path::new("/nowhere"), &wrong).err().unwrap();
        assert!(error.to_string().contains("the variable CHAT_URL"), "{error}");
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}

#[test]
fn certificates_must_be_there() {
    let root = tempfile::tempdir().unwrap();
    let settings = settings(&format!("{MAIL}ca_file = \"ca.pem\"\n"));
    let error = Channel::open(&settings, root.path(), &secret).err().unwrap();
    assert!(error.to_string().contains("ca.pem: could not read `ca_file`"), "{error}");
    std::fs::write(root.path().join("ca.pem"), "nothing").unwrap();
    let error = Channel::open(&settings, root.path(), &secret).err().unwrap();
    assert!(error.to_string().contains("`ca_file` holds no certificate"), "{error}");
}

#[test]
fn options_of_stores_are_checked() {
    let store = |options: &str| {
        open(&format!("kind = \"store\"\nurl = \"s3://bucket\"\noptions = {{ {options} }}\n"))
    };
    assert!(store("region = \"eu-west-1\"").is_ok());
    let error = store("regoin = \"eu-west-1\"").err().unwrap();
    assert_eq!(error.hint_text(), Some("did you mean `region`?"));
    let error = store("endpoint = \"http://127.0.0.1:9000\"").err().unwrap();
    assert!(error.to_string().contains("not encrypted"), "{error}");
    let error = store("allow_http = \"perhaps\"").err().unwrap();
    assert!(error.to_string().contains("cannot be set up"), "{error}");
}

#[test]
fn a_channel_may_be_used_by_any_thread() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Channel>();
}
