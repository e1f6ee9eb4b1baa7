use std::path::PathBuf;

use tempfile::TempDir;

use crate::lake::Table;
use crate::simulate::{Format, ShopParams};
use crate::workspace::{SETTINGS_FILE, Settings, Workspace};

use super::*;

/// A folder with these files, and the guess about them for a workspace beside them.
fn guessed(files: &[(&str, &str)]) -> (TempDir, Guess) {
    let dir = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| dir.path().join(name)).collect();
    for (path, (_, text)) in paths.iter().zip(files) {
        std::fs::write(path, text).unwrap();
    }
    let guess = guess(&paths, &dir.path().join("shop")).unwrap_or_else(|e| panic!("{e}"));
    settings(&guess);
    (dir, guess)
}

fn settings(guess: &Guess) -> Settings {
    Settings::parse(&guess.toml).unwrap_or_else(|e| panic!("{e}\n{}", guess.toml))
}

/// `head`, then a row for each number with `{}` replaced by it.
fn rows(head: &str, row: &str, count: usize) -> String {
    let rows = (1..=count).map(|n| row.replace("{}", &n.to_string()) + "\n");
    format!("{head}\n{}", rows.collect::<String>())
}

fn column<'a>(source: &'a SourceGuess, name: &str) -> Option<&'a str> {
    source.columns.iter().find(|c| c.0 == name).map(|c| c.1.as_str())
}

#[test]
fn the_simulated_shop_needs_no_hand() {
    for format in [Format::Csv, Format::Parquet] {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let shop = ShopParams::new(300, 7).check().unwrap();
        shop.write(&data, format, &|_| ()).unwrap();
        let root = dir.path().join("shop");
        let guess = guess(&[data], &root).unwrap();
        assert!(guess.works, "{:#?}", guess.unsure);
        let mut tables: Vec<Table> = guess.sources.iter().map(|s| s.table).collect();
        tables.sort();
        assert_eq!(tables, Table::ALL);
        for source in &guess.sources {
            let unmapped: &[&str] = &[];
            assert_eq!(source.not_mapped, unmapped, "{}", source.table.name());
        }
        let settings = settings(&guess);
        assert_eq!(settings.shop.currency.as_deref(), Some("GBP"));
        let ids: Vec<&str> = settings.experiments.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(ids, ["aa-test", "broken-split", "send-time", "subject-line"]);
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join(SETTINGS_FILE), &guess.toml).unwrap();
        let workspace = Workspace::open(&root).unwrap();
        let plan = crate::ingest::plan(&workspace, None).unwrap();
        let lake = root.join("lake");
        std::fs::create_dir_all(&lake).unwrap();
        let audit = crate::ingest::ingest_into(&lake, &plan, &|_, _| ()).unwrap();
        assert_eq!(audit.report.rejected(), 0);
    }
}

#[test]
fn lines_of_invoices_are_orders_by_line_in_an_unknown_currency() {
    let head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
    let one = "5363{},A1,MUG,6,2010-12-01 08:26:00,2.55,178{},France\n";
    let two = "5363{},B2,CUP,2,2010-12-01 08:26:00,1.25,178{},France";
    let (_dir, guess) = guessed(&[("shop.csv", &rows(head, &format!("{one}{two}"), 40))]);
    let source = &guess.sources[0];
    assert_eq!((source.table, guess.works), (Table::Orders, true));
    assert_eq!(column(source, "order"), Some("InvoiceNo"));
    assert_eq!(column(source, "price"), Some("UnitPrice"));
    assert_eq!(column(source, "amount"), None);
    assert_eq!(source.not_mapped, ["Description", "Country"]);
    assert_eq!(settings(&guess).shop.currency.as_deref(), Some("XXX"));
    assert!(guess.unsure.iter().any(|u| u.contains("XXX")));
    assert!(guess.unsure.iter().any(|u| u.contains("no zone")));
}

#[test]
fn words_of_orders_are_skipped_and_other_unknown_words_are_asked_for() {
    let head = "id,person_id,datetime,type,_fivetran_synced";
    let row = |kind| format!("e{{}}{kind},p{{}},2026-01-02 03:04:05,{kind},2026-02-01 00:00:00");
    let known = rows(head, &format!("{}\n{}", row("Opened Email"), row("Placed Order")), 20);
    let (_dir, guess) = guessed(&[("event.csv", &known)]);
    assert!(guess.works && guess.unsure.is_empty(), "{:?}", guess.unsure);
    let settings = settings(&guess);
    let source = &settings.sources[0];
    assert_eq!(source.words.get("Placed Order").map(String::as_str), Some("skip"));
    assert_eq!(source.timezone.as_deref(), Some("UTC"));
    let unknown = format!("{known}{}\n", row("Joined \"List\"").replace("{}", "1"));
    let (_dir, guess) = guessed(&[("event.csv", &unknown.replace("\"List\"", "List"))]);
    assert!(!guess.works);
    assert!(guess.toml.contains("# \"Joined List\" = \"…\""), "{}", guess.toml);
    assert!(guess.unsure[0].contains("Joined List"));
}

#[test]
fn day_and_month_are_told_apart_by_values_then_by_order_or_asked_for() {
    let orders = |days: &[&str]| {
        let row = |(n, day): (usize, &&str)| format!("o{n},c{n},\"{day}\",{n}.50,EUR\n");
        let rows: String = days.iter().enumerate().map(row).collect();
        guessed(&[("orders.csv", &format!("order_id,customer_id,date,total,currency\n{rows}"))]).1
    };
    let format = |guess: &Guess| settings(guess).sources[0].time_format.clone();
    let clear = orders(&["03/04/2026 10:00", "25/04/2026 11:30"]);
    assert_eq!(format(&clear), "%d/%m/%Y %H:%M");
    assert!(!clear.toml.contains("day or the month"));
    let sorted = orders(&["1/12/2026", "2/1/2026", "2/3/2026", "3/1/2026"]);
    assert_eq!(format(&sorted), "%m/%d/%Y");
    let open = orders(&["03/04/2026", "01/02/2026", "05/06/2026"]);
    assert_eq!((format(&open).as_str(), open.works), ("%d/%m/%Y", true));
    assert!(open.unsure.iter().any(|u| u.contains("is the day or the month first")));
    let words = orders(&["Jun 09, 2018 09:30 pm", "May 10, 2018 10:01 am"]);
    assert_eq!(format(&words), "%b %d, %Y %I:%M %p");
    assert_eq!(format(&orders(&["1772352930", "1772352999"])), "unix_s");
    assert_eq!(format(&orders(&["1772352930000", "1772352999000"])), "unix_ms");
    assert_eq!(format(&orders(&["19970101", "19970112"])), "iso");
}

#[test]
fn a_file_without_ids_and_times_fits_nothing_and_is_told_why() {
    let head = "recency,history_segment,history,mens,zip_code,newbie,channel,segment,visit,spend";
    let (_dir, guess) =
        guessed(&[("hillstrom.csv", &rows(head, "1{},2) $100,142.44,1,Rural,0,Web,Mens,0,0", 30))]);
    assert!(!guess.works && guess.sources.is_empty());
    assert!(guess.unsure[0].contains("no table fits"), "{:?}", guess.unsure);
    assert!(guess.unsure[0].contains("none of its columns holds times"));
    let (_dir, guess) =
        guessed(&[("cdnow.txt", &rows(" id  date  amount", " {} 19970101 11.77", 9))]);
    assert!(guess.unsure[0].contains("separated by spaces"));
}

#[test]
fn what_identifies_people_never_becomes_an_attribute() {
    let head = "Email Address,First Name,LEID,Birth Year,Hair,Contactable,Home,Site,Notes,Total Spent,Plan,TIMEZONE";
    let row = "a{}@example.com,Ada,7{},19{},red,+44 20 7946 0{},12 Long Street of Town,192.0.2.{},\
               likes tea,{}.5,gold,Europe/Berlin\n\
               b{}@example.com,Bob,8{},19{},fair,+44 20 7946 0{},12 Long Street of Town,192.0.2.{},\
               likes tea,{}.5,free,Europe/Berlin";
    let (_dir, guess) = guessed(&[("members.csv", &rows(head, row, 40))]);
    let source = &guess.sources[0];
    assert_eq!(source.table, Table::Contacts);
    assert_eq!(column(source, "contact"), Some("LEID"));
    assert_eq!(source.attributes, ["Birth Year", "Hair", "Plan"]);
    assert!(guess.works, "{:?}", guess.unsure);
    assert!(!guess.toml.contains('@'));
}

#[test]
fn every_name_survives_the_toml() {
    let head = "\"a \"\"word\"\"\",contact_id,created at,\"odd \"\"wo\nrd\\\"";
    let (_dir, guess) = guessed(&[(
        "contacts \"x\".csv",
        &rows(head, "x,c{},2026-01-02T03:04:05Z,v\ny,d{},,w", 9),
    )]);
    let settings = settings(&guess);
    let source = &settings.sources[0];
    assert_eq!(source.files, ["../contacts \"x\".csv"]);
    assert_eq!(source.columns["created_at"], "created at");
    assert!(source.attributes.contains(&"odd \"wo\nrd\\".to_owned()), "{:?}", source.attributes);
}

#[test]
fn files_of_one_shape_are_one_source_and_a_name_can_tell_the_kind() {
    let events = |id| format!("contact_id,ts,kind\n{id},2026-01-02T03:04:05Z,open\n");
    let (_dir, guess) =
        guessed(&[("events-2026-01.csv", &events("a")), ("events-2026-02.csv", &events("b"))]);
    assert_eq!(guess.sources.len(), 1);
    assert_eq!(settings(&guess).sources[0].files.len(), 2);
    let export = "Email,Time\nada@example.com,2026-01-02T03:04:05Z\n";
    let (_dir, guess) = guessed(&[("opens.csv", export), ("clicks.csv", export)]);
    let kinds: Vec<String> =
        settings(&guess).sources.iter().map(|s| s.constants["kind"].clone()).collect();
    assert_eq!((kinds.join(" ").as_str(), guess.works), ("open click", true));
}

#[test]
fn decimals_and_currencies_are_read_off_the_amounts() {
    let orders = |amount: &str| {
        let text = rows(
            "order_id,customer_id,date,amount",
            &format!("o{{}},c{{}},2026-01-02T00:00Z,\"{amount}\""),
            5,
        );
        let (_dir, guess) = guessed(&[("orders.csv", &text)]);
        let settings = settings(&guess);
        (
            settings.sources[0].decimal,
            settings.shop.currency.unwrap_or_default(),
            guess.unsure.len(),
        )
    };
    assert_eq!(orders("1.234,50 €"), (',', "EUR".to_owned(), 0));
    assert_eq!(orders("£1,234.50"), ('.', "GBP".to_owned(), 0));
    assert_eq!(orders("$4.20"), ('.', "USD".to_owned(), 1));
    assert_eq!(orders("1,234 NOK"), ('.', "NOK".to_owned(), 1));
}

#[test]
fn contacts_are_named_in_one_way_where_all_files_can() {
    let people = rows("id,email,first_name,country", "{},a{}@example.com,Ada,GB", 9);
    let opens = rows("email,time,action", "a{}@example.com,2026-01-02T03:04:05Z,open", 9);
    let (_dir, guess) = guessed(&[("people.csv", &people), ("opens.csv", &opens)]);
    assert_eq!(column(&guess.sources[0], "contact"), Some("email"));
    assert!(guess.unsure.is_empty(), "{:?}", guess.unsure);
    let orders = rows("id,customer_id,date,total,currency", "o{},{},2026-01-02T00:00Z,1.50,GBP", 9);
    let (_dir, guess) =
        guessed(&[("people.csv", &people), ("opens.csv", &opens), ("orders.csv", &orders)]);
    assert_eq!(column(&guess.sources[0], "contact"), Some("id"));
    assert!(guess.unsure.iter().any(|u| u.contains("by address")), "{:?}", guess.unsure);
}

#[test]
fn a_folder_may_hold_other_files() {
    let dir = tempfile::tempdir().unwrap();
    let people = rows("contact_id,email,first_name,country", "{},a{}@example.com,Ada,GB", 9);
    let others = rows("id,title,order_id,user_id", "{},x,{},7", 9);
    for (name, text) in [("contacts.csv", &people), ("metafields.csv", &others)] {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    std::fs::write(dir.path().join("README.txt"), "what this is").unwrap();
    let folder = guess(&[dir.path().to_path_buf()], dir.path()).unwrap();
    assert_eq!((folder.sources.len(), folder.works), (1, true));
    assert_eq!(folder.unsure, ["left out, as no table clearly fits: metafields.csv"]);
    assert_eq!(settings(&folder).sources[0].files, ["contacts.csv"]);
    let named = guess(&[dir.path().join("metafields.csv")], dir.path()).unwrap();
    assert!(!named.works);
    assert!(guess(&[dir.path().join("missing.csv")], dir.path()).is_err());
}
