//! What hostile clients cost a good one:
//! `cargo run --release -p ch06-http --example hostile`, some ten seconds.
//!
//! The good client asks for a small file, 2,000 times with a pause between, first alone and then
//! beside each kind of hostile clients; both over one connection, and over a new one each time. All
//! is bounded: clients, connections and time.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use ch06_http::{Files, Site, demo_routes};
use reactor::{Limits, Signals, listen, serve};
use socket2::{Domain, SockRef, Socket, Type};

/// Slow clients, and clients that never read.
const HOSTILE: usize = 500;
/// Times that the good client asks, in either way.
const QUESTIONS: usize = 2000;
/// How long it thinks in between.
const PAUSE: Duration = Duration::from_micros(500);
/// Bytes of the file that nobody reads.
const LONG: usize = 8_000_000;

type Hostile = fn(SocketAddr, &AtomicBool) -> io::Result<u64>;

fn main() -> io::Result<()> {
    let root = env::temp_dir().join(format!("hostile-{}", std::process::id()));
    if let Some(root) = env::args().nth(1) {
        return be_the_server(Path::new(&root));
    }
    fs::create_dir_all(&root)?;
    fs::write(root.join("small"), "Hello, world\n")?;
    fs::write(root.join("long"), vec![b'x'; LONG])?;
    let result = start_server(&root).and_then(|(server, address)| {
        let _server = Killed(server);
        compare(address)
    });
    fs::remove_dir_all(&root)?;
    result
}

fn be_the_server(root: &Path) -> io::Result<()> {
    let signals = Signals::block()?;
    let listener = listen("127.0.0.1:0".parse().expect("an address"), 1024)?;
    println!("{}", listener.local_addr()?);
    let files = || Files::open(root).expect("the directory has just been made");
    let site = |_| Ok(Site::new(files(), demo_routes(), ()));
    serve(vec![listener], signals, &Limits::default(), site)
}

/// The server in a process of its own, and its address.
fn start_server(root: &Path) -> io::Result<(Child, SocketAddr)> {
    let mut command = Command::new(env::current_exe()?);
    let mut server = command.arg(root).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    let stdout = server.stdout.take().expect("it is piped");
    io::BufRead::read_line(&mut io::BufReader::new(stdout), &mut line)?;
    let address = line.trim().parse().map_err(io::Error::other)?;
    Ok((server, address))
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended by itself
        let _ = self.0.wait();
    }
}

fn compare(address: SocketAddr) -> io::Result<()> {
    println!("times in µs          one connection     new connections");
    println!("                     median      p99     median      p99");
    let rows: [(&str, Hostile); 4] = [
        ("undisturbed", |_, _| Ok(0)),
        ("500 slow heads", slow_heads),
        ("500 that don't read", never_read),
        ("flood of connects", flood),
    ];
    for (name, hostile) in rows {
        let enough = AtomicBool::new(false);
        let (times, count) = thread::scope(|scope| {
            let hostile = scope.spawn(|| hostile(address, &enough));
            thread::sleep(Duration::from_millis(500)); // until they are all there
            let times = [keeps(address), anew(address)];
            enough.store(true, Ordering::Relaxed);
            (times, hostile.join().expect("it doesn't panic"))
        });
        print!("{name:19}");
        for times in times {
            let mut times = times?;
            times.sort_unstable();
            let [median, late] = [times[QUESTIONS / 2], times[QUESTIONS * 99 / 100]];
            print!("  {:>7.1}  {:>7.1}", micros(median), micros(late));
        }
        println!("   {:>9} of them", count?);
    }
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// A good client with one connection: how long each answer takes.
fn keeps(address: SocketAddr) -> io::Result<Vec<Duration>> {
    let mut stream = connect(address)?;
    let once = |_| {
        thread::sleep(PAUSE);
        let began = Instant::now();
        ask(&mut stream)?;
        Ok(began.elapsed())
    };
    (0..QUESTIONS).map(once).collect()
}

/// A good client with a connection for each question: how long it takes from `connect` on.
fn anew(address: SocketAddr) -> io::Result<Vec<Duration>> {
    let once = |_| {
        thread::sleep(PAUSE);
        let began = Instant::now();
        let mut stream = connect(address)?;
        ask(&mut stream)?;
        let took = began.elapsed();
        reset(&stream);
        Ok(took)
    };
    (0..QUESTIONS).map(once).collect()
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn ask(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(b"GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut answer = [0; 1024];
    let mut length = 0;
    while !answer[..length].ends_with(b"Hello, world\n") {
        length += match stream.read(&mut answer[length..]) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => 0,
            Err(error) => return Err(error),
        };
    }
    Ok(())
}

/// Has the end of `stream` leave nothing behind: no port waits for a minute (`TIME_WAIT`).
fn reset(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO)); // better, but not needed
}

/// 500 clients that send a field each 100 ms, and never the empty line.
fn slow_heads(address: SocketAddr, enough: &AtomicBool) -> io::Result<u64> {
    let clients = crowd(address, b"GET / HTTP/1.1\r\nHost: localhost\r\n")?;
    while !enough.load(Ordering::Relaxed) {
        for mut client in &clients {
            let _ = client.write(b"A: b\r\n"); // the server may have had enough of it
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(clients.len() as u64)
}

/// 500 clients that ask for a long file again and again, as long as the server listens, and read
/// nothing.
fn never_read(address: SocketAddr, enough: &AtomicBool) -> io::Result<u64> {
    let request = b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let clients = crowd(address, request)?;
    while !enough.load(Ordering::Relaxed) {
        for mut client in &clients {
            let _ = client.write(request); // the server may take no more
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(clients.len() as u64)
}

/// So many connections that each begin with `bytes`. Their windows are as small as can be, and
/// their segments as on Ethernet: with those of the loopback device, 64 KiB, the kernel would keep
/// megabytes of unread answer for each.
fn crowd(address: SocketAddr, bytes: &[u8]) -> io::Result<Vec<TcpStream>> {
    let one = |_| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_recv_buffer_size(1)?;
        socket.set_tcp_mss(1460)?;
        socket.set_linger(Some(Duration::ZERO))?;
        socket.connect(&address.into())?;
        socket.set_nonblocking(true)?;
        let mut stream = TcpStream::from(socket);
        stream.write_all(bytes)?;
        Ok(stream)
    };
    (0..HOSTILE).map(one).collect()
}

/// Connects and leaves again as fast as one thread can.
fn flood(address: SocketAddr, enough: &AtomicBool) -> io::Result<u64> {
    let mut count = 0;
    while !enough.load(Ordering::Relaxed) {
        reset(&TcpStream::connect(address)?);
        count += 1;
    }
    Ok(count)
}
