//! How many files are open at the same time, wherever they are: at hand, or on their way to a client.

use std::fs::File;
use std::sync::{Arc, Weak};

/// The files that have been opened to be sent, as long as something holds them.
#[derive(Debug)]
pub(super) struct Opened {
    files: Vec<Weak<File>>,
    limit: usize,
}

impl Opened {
    /// At most `limit` of them.
    pub fn new(limit: usize) -> Self {
        let files = Vec::new();
        Self { files, limit }
    }

    /// Whether no more may be opened. Those that have been closed are looked for only when it seems
    /// so.
    pub fn is_full(&mut self) -> bool {
        if self.files.len() >= self.limit {
            self.files.retain(|file| file.strong_count() > 0);
        }
        self.files.len() >= self.limit
    }

    /// Counts `file` until the last that holds it lets it go.
    pub fn add(&mut self, file: &Arc<File>) {
        self.files.push(Arc::downgrade(file));
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::sync::Arc;

    use super::Opened;

    #[test]
    fn a_file_counts_until_nothing_holds_it() -> io::Result<()> {
        let mut opened = Opened::new(2);
        let files: Vec<_> = (0..2)
            .map(|_| File::open("/dev/null").map(Arc::new))
            .collect::<io::Result<_>>()?;
        for file in &files {
            assert!(!opened.is_full());
            opened.add(file);
        }
        assert!(opened.is_full());
        let on_its_way = Arc::clone(&files[0]);
        drop(files);
        assert!(!opened.is_full(), "one of two is closed");
        opened.add(&Arc::new(File::open("/dev/null")?));
        assert!(!opened.is_full(), "that one is closed, too");
        drop(on_its_way);
        Ok(())
    }
}
