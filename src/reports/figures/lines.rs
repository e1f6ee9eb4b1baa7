//! Breaking text into lines by measured width.

use super::font;

/// `text` in at most `most` lines of at most `width` pixels; what does not fit ends in "…".
pub fn wrap(text: &str, width: f64, em: f64, bold: bool, most: usize) -> Vec<String> {
    let fits = |line: &str| font::width(line, em, bold) <= width;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&longer) || line.is_empty() {
            line = longer;
        } else {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        }
    }
    lines.push(line);
    let most = most.max(1);
    if lines.len() > most {
        let rest = lines.split_off(most - 1).join(" ");
        lines.push(rest);
    }
    lines.iter().map(|line| shorten(line, width, em, bold)).collect()
}

/// `text` in one line of at most `width` pixels, cut with "…" where it is longer.
pub fn shorten(text: &str, width: f64, em: f64, bold: bool) -> String {
    if font::width(text, em, bold) <= width {
        return text.to_owned();
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let cut = |count: usize| format!("{}…", text[..ends[count]].trim_end());
    // The longest beginning that fits: widths grow with length, so halving finds it.
    let (mut fits, mut too_long) = (0, ends.len());
    while too_long - fits > 1 {
        let middle = (fits + too_long) / 2;
        if font::width(&cut(middle), em, bold) <= width {
            fits = middle;
        } else {
            too_long = middle;
        }
    }
    cut(fits)
}
