use super::*;
#[test]
fn tryout() {
    let files: Vec<std::path::PathBuf> =
        std::env::var("TRY").unwrap().split(',').map(Into::into).collect();
    let g = guess(&files, std::path::Path::new("/tmp/ws_try/x"));
    match g {
        Ok(g) => {
            println!("{}", g.toml);
            println!("-----\n{:#?}\nworks {}", g.unsure, g.works);
            crate::workspace::Settings::parse(&g.toml).unwrap();
        }
        Err(e) => println!("ERR {e} {:?}", e.hint_text()),
    }
}
