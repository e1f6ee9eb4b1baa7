//! Whole documents through every writer.

use std::fs;

use super::*;
use crate::error::Kind;

const NASTY: &str = "<script>alert('x')</script> & \"co\" | *b*";

fn table() -> Table {
    let money = Cell::Money { minor: -123_456, exponent: 2, currency: "EUR".to_owned() };
    let interval = Cell::Interval { low: -0.01, high: f64::INFINITY, percent: true, decimals: 1 };
    let row = vec![
        Cell::text(NASTY),
        Cell::Count(1_234_567),
        Cell::Number { value: -0.5, decimals: 2 },
        Cell::Percent { value: 0.25, decimals: 1 },
        money,
        Cell::PValue(1e-9),
        interval,
        Cell::missing("too few recipients"),
    ];
    let names = ["segment", "contacts", "effect", "rate", "revenue", "p", "95% interval", "risk"];
    let number = |name: &&str| Column::number(*name).unit("u");
    let columns = std::iter::once(Column::text(names[0])).chain(names[1..].iter().map(number));
    let (name, caption) = ("segments".to_owned(), "Segments".to_owned());
    Table { name, caption, columns: columns.collect(), rows: vec![row] }
}

fn figure() -> Figure {
    let segments = vec![SegmentSize { name: NASTY.to_owned(), contacts: 1.0, revenue: 1.0 }];
    Figure {
        name: "sizes".to_owned(),
        title: NASTY.to_owned(),
        caption: "Longer is more.".to_owned(),
        chart: Chart::SegmentSizes(SegmentSizes { segments }),
    }
}

fn document() -> Document {
    let hint = Some("send more".to_owned());
    let notice = Notice { severity: Severity::Warning, text: NASTY.to_owned(), hint };
    let card = Card {
        title: NASTY.to_owned(),
        subtitle: NASTY.to_owned(),
        facts: vec![("contacts".to_owned(), "12".to_owned())],
        traits: vec![NASTY.to_owned()],
        notes: vec![NASTY.to_owned()],
    };
    let blocks = vec![
        Block::Text(NASTY.to_owned()),
        Block::Notice(notice),
        Block::Figure(figure()),
        Block::Table(table()),
        Block::Cards(vec![card]),
        Block::Method(NASTY.to_owned()),
    ];
    let answer = Some("A finding.".to_owned());
    let section = Section { id: "who".to_owned(), heading: NASTY.to_owned(), answer, blocks };
    let stamp = Stamp {
        as_of: "2024-06-30".to_owned(),
        seed: 42,
        program: "microseg 0.1.0".to_owned(),
        settings_hash: "9f2c".to_owned(),
        source: vec![("events".to_owned(), "1,204 rows".to_owned())],
    };
    let (title, answer) = (NASTY.to_owned(), "Send it.".to_owned());
    Document { title, answer, stamp, sections: vec![section] }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = ["a", "b"].map(|name| write(&document(), &folder.path().join(name)).unwrap());
    let read = |w: &Written| {
        let single = [&w.html, &w.markdown, &w.json].into_iter();
        single.chain(&w.figures).chain(&w.tables).map(|p| fs::read(p).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(read(&a), read(&b));
    assert_eq!((a.figures.len(), a.tables.len()), (2, 1));
}

#[test]
fn markup_in_names_is_shown_and_not_run() {
    let page = html::render(&document()).unwrap();
    assert!(!page.contains("<script"));
    assert!(page.contains("&lt;script&gt;"));
    let markdown = markdown::render(&document());
    assert!(!markdown.contains("<script") && markdown.contains("\\| \\*b\\*"));
}

#[test]
fn the_page_stands_alone_and_is_accessible() {
    let page = html::render(&document()).unwrap();
    for part in
        ["lang=\"en\"", "<caption>", "role=\"img\" aria-label=", "<figcaption>", "<details>"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches("data:font/ttf").count(), 2);
    assert!(page.contains("title=\"too few recipients\""));
    let outside = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!outside.contains("http://") && !outside.contains("https://"));
}

#[test]
fn every_number_of_a_table_is_in_its_csv() {
    let page = html::render(&document()).unwrap();
    let text = csv::render(&table()).unwrap();
    let pairs = [
        ("1,234,567", "1234567"),
        ("−0.50", "-0.5"),
        ("25.0%", "0.25"),
        ("EUR −1,234.56", "-1234.56,EUR"),
        ("p &lt; 0.001", "1e-9"),
        ("−1.0% to ∞", "-0.01,inf"),
    ];
    for (shown, plain) in pairs {
        assert!(page.contains(shown), "{shown} in the page");
        assert!(text.contains(plain), "{plain} in {text}");
    }
    let head = "segment,contacts [u],effect [u],rate [fraction],revenue [u],revenue currency,p [u],\
                95% interval low [fraction],95% interval high [fraction],risk [u]";
    assert_eq!(text.lines().next(), Some(head));
}

#[test]
fn a_short_row_and_a_formula_do_no_harm_in_csv() {
    let mut table = table();
    table.rows.push(vec![Cell::text("=cmd()")]);
    let text = csv::render(&table).unwrap();
    assert_eq!(text.lines().last(), Some("'=cmd(),,,,,,,,,"));
}

#[test]
fn numbers_read_well() {
    assert_eq!(number::decimal(-1234.5, 2), "−1,234.50");
    assert_eq!(number::decimal(-0.001, 2), "0.00");
    assert_eq!(number::signed(0.0, 1), "0.0");
    assert_eq!(number::signed(1.25, 1), "+1.2");
    assert_eq!(number::decimal(f64::NEG_INFINITY, 1), "−∞");
    assert_eq!(number::decimal(f64::NAN, 1), number::NONE);
    assert_eq!(number::money(5, 2, "EUR"), "EUR 0.05");
    assert_eq!(number::money(i64::MIN, 0, "JPY"), "JPY −9,223,372,036,854,775,808");
    assert_eq!(number::p_value(0.0), "p < 0.001");
    assert_eq!(number::p_value(0.04), "p = 0.040");
    assert_eq!(number::plain(0.1 + 0.2), "0.30000000000000004");
}

#[test]
fn json_has_no_infinity() {
    let text = json::render(&document()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], json::SCHEMA);
    let table = &value["document"]["sections"][0]["blocks"][3]["table"];
    assert!(table["rows"][0][6]["interval"]["high"].is_null());
}

#[test]
fn a_second_report_replaces_the_first_and_leaves_foreign_files() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let first = write(&document(), &report).unwrap();
    fs::write(report.join("figures/mine.txt"), "mine").unwrap();
    let mut smaller = document();
    smaller.sections.clear();
    let second = write(&smaller, &report).unwrap();
    assert!(second.figures.is_empty());
    assert!(first.figures.iter().chain(&first.tables).all(|path| !path.exists()));
    assert!(report.join("figures/mine.txt").exists());
    let hidden = fs::read_dir(&report).unwrap().flatten();
    assert!(hidden.into_iter().all(|e| !e.file_name().to_string_lossy().starts_with(".report")));
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = write(&document(), &file.join("report")).unwrap_err();
    assert_eq!(error.kind(), Kind::Data);
    assert!(error.to_string().contains("file"));
}

#[test]
fn names_that_meet_are_kept_apart() {
    let names = names::distinct(["../A b", "a-B", "", "Größe/x"]);
    assert_eq!(names, ["a-b", "a-b-2", "unnamed", "größe-x"]);
}
