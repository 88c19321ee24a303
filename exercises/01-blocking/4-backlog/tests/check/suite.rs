//! Six clients, and a queue for a few: what was predicted beside what happened.

use std::fmt::{Debug, Write as _};
use std::fs;
use std::io::{ErrorKind, Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::subject::{
    CONNECTED, CONNECTED_SILENTLY, FIRST_ACCEPTED, LOST, Loser, NEXT_IN, SIXTH, Sight,
};
use socket2::{Domain, Socket, Type};

const BOOK: &str = "01-blocking.html#beside-the-documents";

const BACKLOG: i32 = 3;

#[test]
fn the_kernel_is_set_as_the_text_supposes() {
    let path = "/proc/sys/net/core/somaxconn";
    let text = fs::read_to_string(path).unwrap_or_default();
    let greatest: i32 = text.trim().parse().unwrap_or(i32::MAX);
    assert!(
        greatest >= BACKLOG,
        "this machine cuts each backlog to {greatest} ({path}); the predictions are about {BACKLOG}"
    );
}

#[test]
fn connected_says_how_many_come_in() {
    let run = &*WITH_BYTES;
    judge(
        &run.states,
        "CONNECTED",
        CONNECTED,
        &run.connected,
        "Linux lets one more in than the backlog says: the queue is full only when it holds more. The \
         backlog bounds those who wait to be accepted, not those who are connected in all (claim C100 in \
         the book).",
    );
}

#[test]
fn connected_silently_says_how_many_come_in() {
    let run = &*SILENT;
    judge(
        &run.states,
        "CONNECTED_SILENTLY",
        CONNECTED_SILENTLY,
        &run.connected,
        "A connection takes its place in the accept queue when its handshake is complete. Whether it \
         brings bytes makes no difference (claim C102 in the book).",
    );
}

#[test]
fn sixth_says_what_the_sixth_client_sees() {
    let run = &*WITH_BYTES;
    judge(
        &run.states,
        "SIXTH",
        SIXTH,
        &run.sixth,
        "The queue is full, so the kernel drops the client's SYN and says nothing. The client takes it \
         for lost, stays in SYN_SENT and sends it again, after 1 s and then ever more rarely. A refusal \
         (RST) is what a port without a listener gives.",
    );
}

#[test]
fn first_accepted_says_who_is_fetched_first() {
    let run = &*WITH_BYTES;
    judge(
        &run.states,
        "FIRST_ACCEPTED",
        FIRST_ACCEPTED,
        &run.accepted[0].0,
        "The accept queue is a queue: who completed the handshake first is fetched first. Those whom it \
         could not take are the newest.",
    );
}

#[test]
fn lost_says_whose_bytes_are_lost() {
    let run = &*WITH_BYTES;
    judge(
        &run.states,
        "LOST",
        LOST,
        &run.loser(),
        "What a connected client sends is acknowledged and kept in its socket's receive buffer, long \
         before accept. A full queue costs nobody who is in it anything (claim C101 in the book).",
    );
}

#[test]
fn next_in_says_who_takes_the_free_place() {
    let run = &*WITH_BYTES;
    judge(
        &format!("{}{}", run.states, run.order),
        "NEXT_IN",
        NEXT_IN,
        &run.next_in,
        "accept frees a place (claim C103 in the book), and the next SYN to come takes it. The seventh \
         client sends its first just then; those who were turned away before send theirs again only a \
         second after the first. Nobody keeps a place for them.",
    );
}

/// Compares a prediction with what happened. One that hasn't been made is not answered.
#[track_caller]
fn judge<T: Debug + PartialEq>(
    shown: &str,
    name: &str,
    predicted: Option<T>,
    happened: &T,
    means: &str,
) {
    match predicted {
        None => panic!(
            "expected  {name} = Some(…)\n\
             received  {name} = None\n\
             it means  You have made no prediction yet. Make one, even if you are not sure: a wrong one \
             is explained.\n\
             read      book: {BOOK}"
        ),
        Some(predicted) if predicted == *happened => {}
        Some(predicted) => panic!(
            "predicted {name} = {predicted:?}\n\
             happened  {happened:?}\n\
             {shown}it means  {means}\n\
             read      book: {BOOK}"
        ),
    }
}

static WITH_BYTES: LazyLock<Run> = LazyLock::new(|| undisturbed(Clients::Send));
static SILENT: LazyLock<Run> = LazyLock::new(|| undisturbed(Clients::KeepSilent));

#[derive(Clone, Copy, PartialEq, Eq)]
enum Clients {
    Send,
    KeepSilent,
}

/// What happened.
struct Run {
    /// How many clients were connected before the first accept.
    connected: usize,
    sixth: Sight,
    next_in: usize,
    /// Who was accepted, in this order, and what was read from them.
    accepted: Vec<(usize, Vec<u8>)>,
    /// The clients' states before the first accept, to be shown.
    states: String,
    /// Who came in then, to be shown.
    order: String,
}

impl Run {
    fn loser(&self) -> Loser {
        let mut in_vain = (1..=self.connected).filter(|&number| {
            let got =
                |(client, bytes): &(usize, Vec<u8>)| *client == number && *bytes == byte_of(number);
            !self.accepted.iter().any(got)
        });
        match in_vain.next() {
            None => Loser::Nobody,
            Some(1) => Loser::First,
            Some(_) => Loser::Last,
        }
    }
}

/// The dropped clients knock again after one second; a run that was delayed beyond that tells something
/// else, and is repeated.
fn undisturbed(clients: Clients) -> Run {
    for _ in 0..20 {
        if let Some(run) = run(clients) {
            return run;
        }
    }
    panic!("this machine is too busy: twenty times, six clients took longer than a second");
}

fn run(clients: Clients) -> Option<Run> {
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    server.bind(&any_port.into()).expect("a free port");
    server.listen(BACKLOG).expect("it is bound");
    let listener = TcpListener::from(server);
    let address = listener.local_addr().expect("it is bound");

    let mut knocking: Vec<Client> = Vec::new();
    let mut first_dropped = None;
    for number in 1..=6 {
        let began = Instant::now();
        let client = Client::knock(address);
        // Who gets in does so at once. To wait for one who doesn't would take from the second that the
        // whole run has.
        let patience = Duration::from_secs(u64::from(number <= 4));
        if !client.gets_in_within(patience) {
            first_dropped.get_or_insert(began);
        } else if clients == Clients::Send {
            client.send(number);
        }
        knocking.push(client);
    }

    thread::sleep(Duration::from_millis(50)); // so that a refusal, too, would have come
    let seen = look_up(&knocking);
    let mut states = String::new();
    let connected = seen.iter().filter(|&&state| state == ESTABLISHED).count();
    for (number, state) in (1..).zip(&seen) {
        let label = if number == 1 { "the run" } else { "" };
        let _ = writeln!(states, "{label:10}client {number}  {state}");
    }
    let sixth = match seen[5] {
        ESTABLISHED => Sight::Connected,
        SYN_SENT => Sight::Nothing,
        _ => Sight::Refused,
    };

    let mut accepted =
        vec![accept(&listener, &knocking, clients).expect("somebody is in the queue")];
    let seventh = Client::knock(address);
    if seventh.gets_in_within(Duration::from_secs(1)) && clients == Clients::Send {
        seventh.send(7);
    }
    knocking.push(seventh);
    let outside = (connected + 1)..=7;
    let next_in: Vec<usize> = outside
        .filter(|number| knocking[number - 1].is_connected())
        .collect();
    let is_disturbed =
        first_dropped.is_some_and(|since| since.elapsed() > Duration::from_millis(900));
    let [next_in] = next_in[..] else {
        assert!(
            is_disturbed,
            "{next_in:?} have got in after one accept\n{states}"
        );
        return None;
    };
    while let Some(client) = accept(&listener, &knocking, clients) {
        accepted.push(client);
    }
    if is_disturbed {
        return None;
    }
    let order: Vec<usize> = accepted.iter().map(|&(number, _)| number).collect();
    let order = format!("{:10}then accept returned, in this order: {order:?}\n", "");
    Some(Run {
        connected,
        sixth,
        next_in,
        accepted,
        states,
        order,
    })
}

/// Accepts, and reads what the client has sent; `None` if nobody is in the queue.
fn accept(
    listener: &TcpListener,
    knocking: &[Client],
    clients: Clients,
) -> Option<(usize, Vec<u8>)> {
    listener
        .set_nonblocking(true)
        .expect("a listener can be nonblocking");
    let (mut stream, peer) = match listener.accept() {
        Ok(accepted) => accepted,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
        Err(error) => panic!("accept: {error}"),
    };
    let number = 1 + knocking
        .iter()
        .position(|client| client.address() == peer)?;
    let mut bytes = [0; 16];
    let mut count = 0;
    if clients == Clients::Send {
        // A lost byte never comes; a second is long enough for one that isn't.
        stream
            .set_read_timeout(Some(Duration::from_secs(1)))
            .expect("a second is a timeout");
        count = loop {
            match stream.read(&mut bytes) {
                // The machine was frozen for a moment (signal(7)).
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result.unwrap_or(0),
            }
        };
    }
    Some((number, bytes[..count].to_vec()))
}

/// What client `number` sends.
fn byte_of(number: usize) -> Vec<u8> {
    number.to_string().into_bytes()
}

struct Client {
    socket: Socket,
}

const ESTABLISHED: &str = "ESTABLISHED";
const SYN_SENT: &str = "SYN_SENT";

impl Client {
    /// Begins to connect.
    fn knock(server: SocketAddr) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket
            .set_nonblocking(true)
            .expect("a socket can be nonblocking");
        let _in_progress = socket.connect(&server.into());
        Self { socket }
    }

    fn gets_in_within(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while !self.is_connected() {
            if Instant::now() >= deadline {
                return false;
            }
            thread::sleep(Duration::from_millis(1));
        }
        true
    }

    fn send(&self, number: usize) {
        let sent = (&self.socket).write(&byte_of(number));
        assert_eq!(sent.ok(), Some(1), "an empty send buffer has room");
    }

    fn address(&self) -> SocketAddr {
        let address = self.socket.local_addr().expect("connect has bound it");
        address.as_socket().expect("it is an IPv4 address")
    }

    fn is_connected(&self) -> bool {
        self.socket.peer_addr().is_ok()
    }
}

/// The states of the clients' ends. The kernel's table of all sockets would say the same, but on a busy
/// machine it is long, and reading it takes more time than the whole run has.
fn look_up(clients: &[Client]) -> Vec<&'static str> {
    let state = |client: &Client| match client.socket.take_error() {
        _ if client.is_connected() => ESTABLISHED,
        Ok(None) => SYN_SENT,
        _ => "refused",
    };
    clients.iter().map(state).collect()
}
