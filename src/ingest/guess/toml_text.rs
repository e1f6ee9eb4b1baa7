//! Text in the form that TOML wants.

/// Comment lines are no wider than this.
const WIDTH: usize = 96;

/// A basic string, escaped.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An array of strings.
pub fn array<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.into_iter().map(quoted).collect();
    let line = format!("[{}]", items.join(", "));
    if line.len() <= WIDTH { line } else { format!("[\n    {},\n]", items.join(",\n    ")) }
}

/// Comment lines, wrapped between words.
pub fn comment(text: &str) -> String {
    let mut out = String::new();
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        if line.len() + word.len() >= WIDTH && line.len() > 1 {
            out.push_str(&line);
            out.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(&plain(word));
    }
    out + &line + "\n"
}

/// A comment behind a value, on its line.
pub fn aside(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(plain).collect();
    if words.is_empty() { String::new() } else { format!("  # {}", words.join(" ")) }
}

/// Control characters may not stand in comments.
fn plain(word: &str) -> String {
    word.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
