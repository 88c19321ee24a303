//! How a client sends and reads.

/// How a client sends and reads.
#[derive(Debug, Clone)]
pub struct Pace {
    /// What it does first, step by step. Afterwards it sends and reads whenever it can.
    pub steps: Vec<Step>,
    /// Bytes that it then sends at a time, at most; but never so few that there would be more than
    /// some thousand pieces.
    pub send: usize,
    /// Bytes that it then reads at a time, at most.
    pub read: usize,
    /// What its kernel may hold of what arrives; `None` for what it likes.
    pub receive_buffer: Option<usize>,
    /// What its kernel may hold of what is sent.
    pub send_buffer: Option<usize>,
}

/// One thing that a client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Sends so many bytes, as far as the socket takes them.
    Send(usize),
    /// The same while the server stands still: for the server, all of them arrive at once.
    SendAtOnce(usize),
    /// Reads so many bytes, as far as they have arrived.
    Read(usize),
    /// Waits until the server has read all that was sent, or sleeps.
    UntilRead,
    /// Waits until something has arrived, or the server sleeps.
    UntilAnswered,
    /// Waits until the server sleeps: it has done all that it can.
    UntilAsleep,
}

impl Default for Pace {
    /// All at once, and reading all the time.
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            send: usize::MAX,
            read: 64 * 1024,
            receive_buffer: None,
            send_buffer: None,
        }
    }
}

impl Pace {
    /// A reader whose kernel holds next to nothing, so that the server has to wait for it again and
    /// again.
    #[must_use]
    pub fn narrow() -> Self {
        Self {
            receive_buffer: Some(8 * 1024),
            ..Self::default()
        }
    }

    /// All in pieces of up to `most` bytes, whose sizes follow from `seed`. Between them it reads what has
    /// arrived.
    #[must_use]
    pub fn in_pieces(length: usize, most: usize, seed: u64) -> Self {
        let mut state = seed;
        let mut left = length;
        let mut steps = Vec::new();
        while left > 0 {
            // Knuth's numbers (MMIX); the upper bits are the better ones.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let piece = usize::try_from(state >> 33).unwrap_or_default() % most + 1;
            steps.extend([Step::Send(piece), Step::Read(usize::MAX)]);
            left = left.saturating_sub(piece);
        }
        Self {
            steps,
            ..Self::default()
        }
    }
}
