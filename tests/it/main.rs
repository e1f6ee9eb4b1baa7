//! The program and the library from outside, in one binary, so that they are linked once.
//!
//! A new test goes into the module whose line below it fits.
#![allow(clippy::print_stdout, clippy::print_stderr)]

/// A lake that is added to, held against one made at once.
mod appends;
/// Which module may import which, and who may print, read the clock or exit.
mod architecture;
/// `experiment assign`: who is drawn, what stays, what is registered, and that a readout trusts it.
mod assign;
/// What `experiment assign` refuses, with what to do instead.
mod assign_refusals;
/// Bad files given to the commands that need no workspace.
mod bad_files;
/// Bad sources and settings of a workspace.
mod bad_workspace;
/// Invented buyers whose models are known.
mod buyers;
/// Same rows, same bytes: order, split, copies, threads, seeds, rows from the future.
mod bytes;
/// `calc` on the command line: reference numbers, and what is said to wrong input.
mod calc;
/// Help, versions, JSON on stdout, silence on stderr.
mod cli;
/// `cluster` on the command line: options, and numbers in the file's units.
mod cluster;
/// Features in SQL.
mod custom;
/// Messages that are given up: how that is told, and how they go out after all.
mod dead_letters;
/// Deliveries as mail server, web server, store and folder see them.
mod deliveries;
/// Spoilt SQLite files, full disks, disks that can only be read.
mod disks;
/// Documents that follow from the code: the column contract, the sample shop, the sample report.
mod docs;
/// Rules that explain segments, run as SQL.
mod explain;
/// Some features instead of all; closed history.
mod feature_runs;
/// Features and money held against plain loops over the exports.
mod features;
/// Published numbers of the Hillstrom e-mail test.
mod hillstrom;
/// Faults planted in the simulated shop, and machines' opens and clicks, held against their truth.
mod hygiene;
/// `init` on exports it can and cannot understand.
mod init;
/// Processes that are killed, that collide, and whose reader goes away.
mod interruptions;
/// Schedulers that are killed, stopped, watched and collide.
mod killed;
/// k-means against plain loops, linfa, and what must not change it.
mod kmeans;
/// Lead scores: what cannot be scored, and what is not said.
mod lead_refusals;
/// Lead scores by hand, by the starter rules, and what must not change them.
mod leads;
/// Lifecycle stages by hand, of a CRM, and what must not change them.
mod lifecycle;
/// The examples of `data/MAPPING.md`, run.
mod mapping;
/// Soft membership against its own equations, and what cannot be fitted.
mod mixture;
/// A second, plain value of features: rows by contact, and what all plain loops share; no tests.
mod naive;
/// What contacts' own rows say, as plain loops; no tests.
mod naive_attributes;
/// The device family as plain loops; no tests.
mod naive_device;
/// The email family as plain loops; no tests.
mod naive_email;
/// Every feature held against its second value.
mod naive_features;
/// k-means as plain loops, and tables for it; no tests.
mod naive_kmeans;
/// Lead scores of the simulated shop as plain loops.
mod naive_leads;
/// Lifecycle stages of the simulated shop as plain loops, and followed through time.
mod naive_lifecycle;
/// The purchase family as plain loops; no tests.
mod naive_purchase;
/// Rules as plain loops, and rules drawn at random; no tests.
mod naive_rules;
/// The time family as plain loops; no tests.
mod naive_time;
/// The web family as plain loops; no tests.
mod naive_web;
/// The notebooks: as they are committed, run on a small shop, and run where something is missing.
mod notebooks;
/// RFM and clusters of the UCI Online Retail data.
mod online_retail;
/// `churn`, `clv` and `predict` on the command line.
mod outlook_cli;
/// Outlooks: churn, intervals and values on buyers whose models are known.
mod outlooks;
/// Four planted experiments in ten shops.
mod planted;
/// Many experiments in one file.
mod portfolio;
/// Addresses that come in and must not go out.
mod privacy;
/// The segment proposal: sums, rules, ids, and noise.
mod proposals;
/// Published fits of purchase models, parameters recovered, and what must not change them.
mod purchase_fits;
/// Purchase models against reference numbers.
mod purchase_models;
/// A Python with the packages that notebooks and receivers need; no tests.
mod python;
/// The units of experiments held against plain loops; who is too early, left out, or returned.
mod readouts;
/// A shop whose segments are kept current, and receivers of what it delivers; no tests.
mod receivers;
/// Refreshes and the change feed: what must add up, and what must change nothing.
mod refreshes;
/// What was decided on segments: history, files that are none, exports.
mod registry;
/// Twelve weeks by the scheduler: one refresh and one digest each, and planted changes in the right week.
mod rehearsal;
/// `rfm` as a command, and RFM in a workspace: rules, presets, stored models.
mod rfm;
/// RFM scores against a plain second implementation, and what holds for any contacts.
mod rfm_properties;
/// RFM scores as a library: reference tables, names, settings.
mod rfm_scores;
/// Rules at their edges, by hand; what cannot be evaluated; rules in the settings.
mod rule_edges;
/// Rules held against plain loops.
mod rules;
/// Whether there are groups at all: heaps, clouds, rare values.
mod structure;
/// Running the program, folders, files; no tests.
mod support;
/// A second, plain implementation of some features; no tests.
mod tables;
/// Experiments and segments held against what the simulated shop was made from.
mod truth;
/// Receivers, settings and jobs that go wrong while nobody looks.
mod unattended;

#[test]
fn every_file_of_these_tests_is_declared_here() {
    let declared = include_str!("main.rs");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").unwrap_or_else(|| panic!("{name} is no module"));
        let is_declared = declared.contains(&format!("\nmod {module};"));
        assert!(is_declared || module == "main", "{name} is not declared in main.rs");
    }
}
