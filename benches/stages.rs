//! Time of the stages on a simulated shop, by size. Quality is printed beside the time where a faster
//! result could be a worse one.
//!
//! `cargo bench --bench stages`; with `-- --test` each runs once, as a smoke test.
#![allow(clippy::print_stderr)]

use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use microseg::features::{self, Extraction, Preparation, PreparationParams};
use microseg::lake::Lake;
use microseg::segments::choice::ChoiceParams;
use microseg::segments::rfm::{Purchases, RfmParams};
use microseg::simulate::{Format, ShopParams};
use microseg::workspace::{AsOf, FeatureSettings, SETTINGS_FILE, Workspace};

const CONTACTS: [u32; 2] = [1_000, 5_000];
const SETTINGS: &str = include_str!("../src/cli/demo.toml");

/// A workspace whose lake is built, in a folder that lives as long as the value.
fn shop(contacts: u32) -> (tempfile::TempDir, Workspace) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let shop = ShopParams::new(contacts, 7).days(365).check().expect("valid parameters");
    shop.write(&dir.path().join("exports"), Format::Csv, &|_| {}).expect("a shop");
    let settings = SETTINGS.replace("SEED", "7");
    std::fs::write(dir.path().join(SETTINGS_FILE), settings).expect("settings");
    let workspace = Workspace::open(dir.path()).expect("a workspace");
    ingest(&workspace);
    (dir, workspace)
}

fn ingest(workspace: &Workspace) {
    let plan = microseg::ingest::plan(workspace, None).expect("a plan");
    microseg::ingest::ingest(workspace, &plan, &|_, _| {}).expect("a lake");
}

fn simulate_into(dir: &Path, contacts: u32) {
    let shop = ShopParams::new(contacts, 7).days(365).check().expect("valid parameters");
    shop.write(&dir.join("exports"), Format::Csv, &|_| {}).expect("a shop");
}

fn stages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stages");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for contacts in CONTACTS {
        let (_dir, workspace) = shop(contacts);
        let lake = Lake::open(&workspace.lake_dir()).expect("a lake");
        let as_of = AsOf::parse("2026-07-01", workspace.zone()).expect("a date");
        let settings = FeatureSettings::default();
        let extraction = Extraction::new(&lake, &as_of, 2, &settings);
        group.bench_function(BenchmarkId::new("simulate", contacts), |bencher| {
            let folder = || tempfile::tempdir().expect("a temporary folder");
            bencher.iter_batched(
                folder,
                |dir| simulate_into(dir.path(), contacts),
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new("ingest", contacts), |bencher| {
            bencher.iter(|| ingest(&workspace));
        });
        group.bench_function(BenchmarkId::new("features", contacts), |bencher| {
            bencher.iter(|| features::extract(&extraction).expect("features"));
        });
        let table = features::extract(&extraction).expect("features");
        let defaults: Vec<String> =
            table.specs.iter().filter(|s| s.is_default).map(|s| s.name.clone()).collect();
        let chosen = table.select(&defaults).expect("known features");
        let prepared = Preparation::fit(&chosen, &PreparationParams::default());
        let matrix = prepared.expect("features that vary").matrix.mapv(|v| v as f32);
        let params = ChoiceParams::new(2, 10, 7, 2_000);
        let found = params.choose(matrix.view()).expect("segments");
        eprintln!(
            "{contacts} contacts: k = {}, silhouette {:.3}, inertia {:.0}",
            found.clustering.clusters(),
            found.silhouette.as_ref().map_or(f64::NAN, |s| s.mean),
            found.clustering.inertia
        );
        group.bench_function(BenchmarkId::new("segments", contacts), |bencher| {
            bencher.iter(|| params.choose(matrix.view()).expect("segments"));
        });
    }
    group.finish();
}

fn scores(criterion: &mut Criterion) {
    let one = |i: i64| Purchases {
        contact_id: format!("{i:07}"),
        recency_days: Some((i * 7_919) % 1_009),
        frequency: 1 + (i as u64 * 31) % 17 / 8,
        monetary_minor: (i * 104_729) % 50_021,
    };
    let contacts: Vec<Purchases> = (0..1_000_000).map(one).collect();
    let params = RfmParams::new("GBP").check().expect("the defaults fit together");
    criterion.bench_function("mid-rank scores/1000000", |bencher| {
        bencher.iter(|| {
            let model = params.fit(&contacts, &[]).expect("everybody ordered");
            contacts.iter().filter_map(|contact| model.score(contact)).collect::<Vec<_>>()
        });
    });
}

criterion_group!(benches, stages, scores);
criterion_main!(benches);
