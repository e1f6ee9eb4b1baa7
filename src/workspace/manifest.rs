//! What an artefact was made from.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

use super::atomic;

/// Version of every artefact's layout; raised when a field or column is added.
pub const SCHEMA_VERSION: u32 = 2;

/// Stored as `manifest.json` beside an artefact. Two artefacts with equal manifests are equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub artefact: String,
    pub schema_version: u32,
    pub program_version: String,
    /// Fingerprint of the settings that this step depends on.
    pub settings_hash: String,
    /// `None` for artefacts that draw nothing at random (the lake, the features).
    pub seed: Option<u64>,
    /// `None` for artefacts that do not depend on it (the lake).
    pub as_of: Option<String>,
    /// Fingerprint of each input: source files for the lake, the upstream manifest for the rest.
    pub inputs: Vec<InputFile>,
}

/// One input of a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputFile {
    pub name: String,
    pub fingerprint: String,
}

impl Manifest {
    pub const FILE: &'static str = "manifest.json";

    pub fn new(
        artefact: &str,
        settings_hash: String,
        seed: Option<u64>,
        as_of: Option<String>,
    ) -> Self {
        Manifest {
            artefact: artefact.to_owned(),
            schema_version: SCHEMA_VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            settings_hash,
            seed,
            as_of,
            inputs: Vec::new(),
        }
    }

    #[must_use]
    pub fn with_inputs(mut self, mut inputs: Vec<InputFile>) -> Self {
        inputs.sort();
        self.inputs = inputs;
        self
    }

    /// Reads the manifest in `dir`; `None` if there is none or it cannot be understood (an artefact
    /// of another version is made again, never misread).
    pub fn read(dir: &Path) -> Option<Self> {
        let bytes = std::fs::read(dir.join(Self::FILE)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    pub fn write(&self, dir: &Path) -> Result<()> {
        atomic::write_json(&dir.join(Self::FILE), self)
    }

    /// Fingerprint of this manifest, for the steps that build on the artefact.
    pub fn hash(&self) -> Result<String> {
        fingerprint(self)
    }
}

/// SHA-256 of a value's JSON form, in hexadecimal.
pub fn fingerprint<T: Serialize>(value: &T) -> Result<String> {
    let bytes = serde_json::to_vec(value)
        .map_err(|e| Error::internal("settings could not be fingerprinted").caused_by(e))?;
    Ok(hex(&Sha256::digest(&bytes)))
}

impl InputFile {
    /// Fingerprints a file's content; the name is only for people.
    pub fn of(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        Ok(InputFile { name, fingerprint: content_fingerprint(path)? })
    }
}

/// SHA-256 of a file's content, in hexadecimal: for people to compare with that of another tool.
pub fn sha256_of(path: &Path) -> Result<String> {
    let mut file = std::fs::File::open(path).map_err(|e| Error::io("open", path, e))?;
    let mut digest = Sha256::new();
    std::io::copy(&mut file, &mut digest).map_err(|e| Error::io("read", path, e))?;
    Ok(hex(&digest.finalize()))
}

/// Bytes of a file that one thread fingerprints at a time.
const PIECE_BYTES: u64 = 1 << 26;

/// A fingerprint of a file's content, to tell quickly whether a file is still the same: XXH3 (128 bits,
/// in hexadecimal) of the fingerprints of its pieces of 64 MiB, which are read on all threads.
pub fn content_fingerprint(path: &Path) -> Result<String> {
    let bytes = std::fs::metadata(path).map_err(|e| Error::io("open", path, e))?.len();
    let pieces = bytes.div_ceil(PIECE_BYTES);
    let pieces: Vec<u128> =
        (0..pieces).into_par_iter().map(|piece| of_piece(path, piece)).collect::<Result<_>>()?;
    let pieces: Vec<u8> = pieces.iter().flat_map(|piece| piece.to_le_bytes()).collect();
    Ok(format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&pieces)))
}

fn of_piece(path: &Path, piece: u64) -> Result<u128> {
    let mut file = std::fs::File::open(path).map_err(|e| Error::io("open", path, e))?;
    let failed = |e| Error::io("read", path, e);
    file.seek(SeekFrom::Start(piece * PIECE_BYTES)).map_err(failed)?;
    let mut rest = file.take(PIECE_BYTES);
    let mut digest = xxhash_rust::xxh3::Xxh3::new();
    let mut bytes = vec![0; 1 << 18];
    loop {
        match rest.read(&mut bytes).map_err(failed)? {
            0 => return Ok(digest.digest128()),
            got => digest.update(&bytes[..got]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
