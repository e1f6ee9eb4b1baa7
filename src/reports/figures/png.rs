//! PNG files in memory. The encoder that plotters brings can only write to a path.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// Pixels of three bytes, rows from the top, as a PNG file's bytes.
///
/// Drawings are flat areas with thin lines, so rows are stored as they are (filter 0): deflate
/// finds the repeats, and the files come out smaller than with the filters made for photographs.
pub(super) fn encode(pixels: &[u8], (width, height): (u32, u32)) -> std::io::Result<Vec<u8>> {
    let row = width as usize * 3;
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    for pixels in pixels.chunks_exact(row.max(1)) {
        packed.write_all(&[0])?;
        packed.write_all(pixels)?;
    }
    let mut head = Vec::new();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    // Eight bits a channel, three channels, the only methods there are, not interlaced.
    head.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &head);
    chunk(&mut file, *b"IDAT", &packed.finish()?);
    chunk(&mut file, *b"IEND", &[]);
    Ok(file)
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(data);
    // A drawing is far below the format's 2 GiB a chunk.
    file.extend((data.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(sum.sum().to_be_bytes());
}
