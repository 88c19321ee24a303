//! Without a terminal: lines go as they come.

/// How much of a line is kept: enough for the server to refuse it as too long.
const LIMIT: usize = 4096;

/// Cuts standard input into lines.
#[derive(Debug, Default)]
pub struct Plain {
    unfinished: Vec<u8>,
}

impl Plain {
    /// The whole lines that `bytes` complete. An answer to the server's question may go between two
    /// lines, and never into the middle of one.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let content = piece.strip_suffix(b"\n").unwrap_or(piece);
            let room = LIMIT.saturating_sub(self.unfinished.len());
            self.unfinished
                .extend_from_slice(&content[..content.len().min(room)]);
            if content.len() < piece.len() {
                lines.append(&mut self.unfinished);
                lines.push(b'\n');
            }
        }
        lines
    }

    /// The last line, if its line feed is missing.
    pub fn end(&mut self) -> Vec<u8> {
        let mut line = std::mem::take(&mut self.unfinished);
        if !line.is_empty() {
            line.push(b'\n');
        }
        line
    }
}
