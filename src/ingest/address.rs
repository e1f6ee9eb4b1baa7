//! What is wrong with an email address, as far as its text says.

/// A fault of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressFault {
    /// Nothing can be delivered to it.
    Malformed,
    /// A function of a company rather than a person: read by several people or by nobody.
    Role,
}

impl AddressFault {
    /// The word in the lake.
    pub fn word(self) -> &'static str {
        match self {
            AddressFault::Malformed => "malformed",
            AddressFault::Role => "role",
        }
    }
}

/// Names of functions: those of RFC 2142, and the ones that platforms refuse or warn about.
const ROLES: [&str; 33] = [
    "abuse", "admin", "administrator", "billing", "contact", "dev", "donotreply", "enquiries",
    "ftp", "hello", "help", "hostmaster", "hr", "info", "inquiries", "jobs", "mail",
    "mailerdaemon", "marketing", "news", "noc", "noreply", "office", "orders", "postmaster",
    "root", "sales", "security", "service", "support", "team", "usenet", "webmaster",
];

/// RFC 5321, 4.5.3.1: the most that a server has to take.
const MOST_LOCAL: usize = 64;
const MOST_DOMAIN: usize = 255;
const MOST_LABEL: usize = 63;

/// The fault of `address`, if its text shows one. An address without a fault may still bounce.
///
/// Malformed: not one `@` with a name before and a domain with a dot behind, blanks or other
/// characters that a mailbox cannot have, dots in a row, or too long. Role: the name before the `@`,
/// up to a `+` and without `-`, `_` and `.`, is that of a function.
pub fn address_fault(address: &str) -> Option<AddressFault> {
    let address = address.trim();
    let Some((local, domain)) = address.split_once('@') else {
        return Some(AddressFault::Malformed);
    };
    if !is_local(local) || !is_domain(domain) {
        return Some(AddressFault::Malformed);
    }
    is_role(local).then_some(AddressFault::Role)
}

fn is_local(local: &str) -> bool {
    let is_allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    (1..=MOST_LOCAL).contains(&local.len())
        && local.chars().all(is_allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MOST_LABEL).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = domain.rsplit('.').next().unwrap_or("");
    domain.len() <= MOST_DOMAIN
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && top.chars().count() >= 2
        && !top.chars().all(|c| c.is_ascii_digit())
}

fn is_role(local: &str) -> bool {
    let name = local.split('+').next().unwrap_or(local).to_lowercase();
    let plain = name.replace(['-', '_', '.'], "");
    ROLES.binary_search(&plain.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_sorted() {
        assert!(ROLES.is_sorted());
    }

    #[test]
    fn functions_are_roles_however_they_are_written() {
        for address in
            ["info@shop.example", "No-Reply@Shop.example", "do.not_reply@a.bc", "sales+uk@a.co.uk"]
        {
            assert_eq!(address_fault(address), Some(AddressFault::Role), "{address}");
        }
    }

    #[test]
    fn what_cannot_be_delivered_is_malformed() {
        let long = format!("{}@a.example", "x".repeat(65));
        for address in [
            "", "ann", "@a.example", "ann@", "ann@@a.example", "ann@b@a.example", "ann@localhost",
            "ann lee@a.example", "ann@a example.com", "ann@a..example", ".ann@a.example",
            "ann.@a.example", "a..nn@a.example", "ann@-a.example", "ann@a.example.",
            "ann@.example", "ann@a.c", "ann@1.2.3.4", "ann,lee@a.example", "info@shop", &long,
        ] {
            assert_eq!(address_fault(address), Some(AddressFault::Malformed), "{address}");
        }
    }

    #[test]
    fn people_are_left_alone() {
        for address in [
            "ann@a.example", " ann.lee+news@mail.a.co.uk ", "o'hara@a.example", "information@a.ex",
            "infos@a.example", "jörg@bücher.example", "a@xn--bcher-kva.example",
            "ann_1@a-b.museum",
        ] {
            assert_eq!(address_fault(address), None, "{address}");
        }
    }
}
