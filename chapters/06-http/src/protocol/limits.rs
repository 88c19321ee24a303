//! How much of a request is read.

/// How much of a request is read before it is refused. Bytes, unless said otherwise.
///
/// All of a head has to fit the input that the server lets a connection keep
/// (`reactor::Limits::input`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The request line without its CRLF. RFC 9112 §3 asks for 8,000 at least. Above: 414, or 501 if
    /// its method alone is too long.
    pub request_line: usize,
    /// A field line without its CRLF. Above: 431.
    pub field_line: usize,
    /// Field lines of a head, counted. Above: 431.
    pub fields: usize,
    /// All lines of a head, with the empty ones before it. Above: 431.
    pub head: usize,
    /// The body, without the chunks' framing. Above: 413.
    pub body: u64,
    /// The line that opens a chunk, without its CRLF. Above: 400.
    pub chunk_line: usize,
    /// All chunk extensions of one body together. Above: 400.
    pub chunk_extensions: usize,
    /// The trailer section and the last chunk's line before it. Above: 431. How many fields that
    /// are doesn't matter: none is kept.
    pub trailers: usize,
}

impl Limits {
    /// No limits, for what has been read before.
    pub(super) const NONE: Self = Self {
        request_line: usize::MAX,
        field_line: usize::MAX,
        fields: usize::MAX,
        head: usize::MAX,
        body: u64::MAX,
        chunk_line: usize::MAX,
        chunk_extensions: usize::MAX,
        trailers: usize::MAX,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_line: 8 * 1024,
            field_line: 8 * 1024,
            fields: 100,
            head: 32 * 1024,
            body: 1024 * 1024,
            chunk_line: 256,
            chunk_extensions: 4096,
            trailers: 4096,
        }
    }
}
