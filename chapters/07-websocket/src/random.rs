//! Random bytes, for keys and masks.

use std::fs::File;
use std::io::{self, BufReader, Read};

/// Bytes that can't be foreseen, from the kernel (`random(4)`).
#[derive(Debug)]
pub(crate) struct Random(BufReader<File>);

impl Random {
    pub fn open() -> io::Result<Self> {
        let source = File::open("/dev/urandom")?;
        Ok(Self(BufReader::with_capacity(1024, source)))
    }

    pub fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}
