//! File names and anchors from names that people gave.

/// One file name for each name, in order, no two the same even where case does not count.
pub(super) fn distinct<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for name in names {
        let plain = simplified(name);
        let mut free = plain.clone();
        let mut next = 2;
        while taken.contains(&free) {
            free = format!("{plain}-{next}");
            next += 1;
        }
        taken.push(free);
    }
    taken
}

/// Lower-case letters, digits, `-` and `_` only, so that no name can leave its folder.
fn simplified(name: &str) -> String {
    const MOST: usize = 60;
    let mut plain = String::new();
    for c in name.to_lowercase().chars().take(MOST) {
        if c.is_alphanumeric() || c == '_' {
            plain.push(c);
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
    }
    let plain = plain.trim_end_matches('-');
    if plain.is_empty() { "unnamed".to_owned() } else { plain.to_owned() }
}
