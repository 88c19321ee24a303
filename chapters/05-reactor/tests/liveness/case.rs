//! What a run consists of, and how to make up any.

use std::time::Duration;

use ch05_reactor::Limits;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A script for some clients, and what it is played with.
#[derive(Debug, Clone)]
pub struct Case {
    pub limits: Bounds,
    /// Sizes of the sockets' buffers, as the kernel is asked for them; 0: what it gives by itself.
    pub server_send: usize,
    pub server_receive: usize,
    pub client_receive: usize,
    /// The handler goes on reading messages when its output is full.
    pub greedy: bool,
    /// What each client is going to send.
    pub clients: Vec<Vec<Message>>,
    pub steps: Vec<Step>,
    /// The reactor is stopped while the clients are still connected.
    pub stop_early: bool,
}

/// [`Limits`], as far as they vary.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub read: usize,
    pub reads: usize,
    pub input: usize,
    pub high_water: u64,
    pub low_water: u64,
    pub write: usize,
}

impl Bounds {
    pub fn limits(self) -> Limits {
        let far = Duration::from_mins(10);
        Limits {
            read: self.read,
            reads: self.reads,
            input: self.input,
            high_water: self.high_water,
            low_water: self.low_water,
            write: self.write,
            stall: far,
            linger: far,
            stop: far,
            ..Limits::default()
        }
    }
}

/// What a client asks of the handler: eight bytes, and padding.
///
/// ```text
///   0       2        3        4                8               length
///  ┌────────┬────────┬────────┬────────────────┬──── … ────┐
///  │ length │ action │ target │      size      │  padding  │
///  └────────┴────────┴────────┴────────────────┴──── … ────┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    pub length: usize,
    pub action: Action,
    /// The number of a connection; those that there aren't are taken modulo what there are.
    pub target: usize,
    /// Bytes to send, or milliseconds to wait.
    pub size: usize,
}

/// Bytes of a message without padding.
pub const HEADER: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing at all.
    Ignore,
    /// Answer with `size` bytes.
    Send,
    SendShared,
    SendFile,
    /// Send `size` bytes to the target.
    Tell,
    /// Leave what follows, until a `Resume`.
    Hold,
    /// Leave what follows, until a timer has run out; then answer.
    Late,
    /// Let the target go on.
    Resume,
    /// Close the target.
    Close,
    /// Cut the target.
    Abort,
}

const ACTIONS: [Action; 10] = [
    Action::Ignore,
    Action::Send,
    Action::SendShared,
    Action::SendFile,
    Action::Tell,
    Action::Hold,
    Action::Late,
    Action::Resume,
    Action::Close,
    Action::Abort,
];

impl Message {
    pub fn encode(self, into: &mut Vec<u8>) {
        let end = into.len() + self.length;
        into.extend(u16::try_from(self.length).unwrap().to_be_bytes());
        let action = ACTIONS.iter().position(|&action| action == self.action);
        into.push(action.unwrap().try_into().unwrap());
        into.push(self.target.try_into().unwrap());
        into.extend(u32::try_from(self.size).unwrap().to_be_bytes());
        into.resize(end, b'.');
    }

    /// The message that `bytes` begin with, if all of it is there.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let header: &[u8; HEADER] = bytes.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([header[0], header[1]]));
        let size = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        (bytes.len() >= length).then_some(Self {
            length,
            action: ACTIONS[usize::from(header[2])],
            target: usize::from(header[3]),
            size: size as usize,
        })
    }
}

/// What happens on the clients' side. A client is named by its number, modulo how many there are.
#[derive(Debug, Clone)]
pub enum Step {
    /// Offers the socket so many bytes of what this client is going to send.
    Send(usize, usize),
    /// Takes so many bytes from the socket at most.
    Read(usize, usize),
    /// Sends an urgent byte (only the first time).
    Urgent(usize),
    /// Finishes sending, whatever has been sent.
    Finish(usize),
    /// Closes the socket, whatever is in it.
    Leave(usize),
    /// Vanishes with a reset.
    Reset(usize),
    /// Lets all connections go on that are held.
    Release,
    /// Waits until all is quiet, and looks whether it ought to be.
    Quiet,
    /// For the reactor, these happen at once: one wait reports them all.
    AtOnce(Vec<Step>),
}

/// Any case.
pub fn cases() -> impl Strategy<Value = Case> {
    (bounds(), 1..=4_usize).prop_flat_map(|(limits, clients)| {
        (
            (Just(limits), any::<bool>(), prop::bool::weighted(0.3)),
            (
                prop_oneof![2 => Just(1), 1 => Just(64 << 10), 1 => Just(0)],
                prop_oneof![1 => Just(4 << 10), 1 => Just(64 << 10), 3 => Just(0)],
                prop_oneof![1 => Just(4 << 10), 1 => Just(64 << 10), 2 => Just(0)],
            ),
            vec(vec(message(limits), 0..40), clients),
            vec(step(limits), 0..30),
        )
            .prop_map(|(how, buffers, clients, steps)| Case {
                limits: how.0,
                greedy: how.1,
                stop_early: how.2,
                server_send: buffers.0,
                server_receive: buffers.1,
                client_receive: buffers.2,
                clients,
                steps,
            })
    })
}

fn bounds() -> impl Strategy<Value = Bounds> {
    let read = prop_oneof![1..=64_usize, select(vec![1, 8, 64, 1000, 4096, 64 << 10])];
    let input = prop_oneof![HEADER..=200, select(vec![HEADER, 64, 1000, 128 << 10])];
    let high = prop_oneof![
        1..=500_u64,
        select(vec![1, 1000, 5000, 64 << 10, 256 << 10])
    ];
    let write = prop_oneof![1 => 1..=500_usize, 3 => select(vec![1000, 4096, 64 << 10, 256 << 10])];
    (read, 1..=4_usize, input, high, 0.0..1.0, write).prop_map(
        |(read, reads, input, high_water, low, write)| Bounds {
            read,
            reads,
            input,
            high_water,
            low_water: 1 + fraction(high_water - 1, low),
            write,
        },
    )
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "any number up to `of` will do"
)]
fn fraction(of: u64, part: f64) -> u64 {
    (of as f64 * part) as u64
}

fn message(limits: Bounds) -> impl Strategy<Value = Message> {
    let longest = limits.input.min(2000);
    let action = prop_oneof![
        8 => Just(Action::Ignore),
        8 => Just(Action::Send),
        3 => Just(Action::SendShared),
        3 => Just(Action::SendFile),
        6 => Just(Action::Tell),
        2 => Just(Action::Hold),
        2 => Just(Action::Late),
        5 => Just(Action::Resume),
        1 => prop_oneof![Just(Action::Close), Just(Action::Abort)],
    ];
    let length = prop_oneof![Just(HEADER), HEADER..=longest];
    (length, action, 0..4_usize, size(limits)).prop_map(|(length, action, target, size)| Message {
        length,
        action,
        target,
        size,
    })
}

/// Bytes of an answer: few, near what fills a connection, near what is written at once, many.
fn size(limits: Bounds) -> impl Strategy<Value = usize> {
    // With small writes, many turns are needed for a long answer.
    let most = limits.write.saturating_mul(300).min(200_000);
    let high = usize::try_from(limits.high_water).unwrap();
    prop_oneof![
        4 => 0..100_usize,
        4 => near(high),
        2 => near(16 << 10),
        1 => 0..=200_000_usize,
    ]
    .prop_map(move |size| size.min(most))
}

fn near(size: usize) -> impl Strategy<Value = usize> {
    size.saturating_sub(3)..size + 3
}

fn step(limits: Bounds) -> impl Strategy<Value = Step> {
    let one = plain_step(limits);
    prop_oneof![
        5 => one,
        2 => vec(plain_step(limits), 1..6).prop_map(Step::AtOnce),
        1 => Just(Step::Quiet),
    ]
}

fn plain_step(limits: Bounds) -> impl Strategy<Value = Step> {
    let client = 0..4_usize;
    let bytes = prop_oneof![
        2 => 1..100_usize,
        2 => near(limits.read),
        2 => near(limits.read * limits.reads),
        2 => near(limits.input),
        1 => Just(usize::MAX),
    ];
    let read = prop_oneof![1..1000_usize, Just(usize::MAX)];
    prop_oneof![
        20 => (client.clone(), bytes).prop_map(|(client, bytes)| Step::Send(client, bytes)),
        8 => (client.clone(), read).prop_map(|(client, bytes)| Step::Read(client, bytes)),
        1 => client.clone().prop_map(Step::Urgent),
        1 => client.clone().prop_map(Step::Finish),
        1 => prop_oneof![
            client.clone().prop_map(Step::Leave),
            client.prop_map(Step::Reset),
        ],
        2 => Just(Step::Release),
    ]
}
