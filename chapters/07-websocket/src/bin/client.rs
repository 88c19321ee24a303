//! `cargo run -p ch07-websocket --bin client -- ws://localhost:7000/ws`

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

use anyhow::Context;
use ch07_websocket::{Address, Client, Close, CloseCode, Failure, Goodbye, Incoming, Kind};
use clap::Parser;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Send lines over WebSocket, and print what comes back
#[derive(Parser)]
#[command(
    name = "client",
    after_help = "A line /ping sends a Ping, and /close or the end of input closes the connection.\n\nExample:\n  cargo run -p ch07-websocket --bin client -- ws://localhost:7000/ws"
)]
struct Options {
    /// Where the server is
    #[arg(value_name = "ws://HOST:PORT/PATH")]
    address: Address,

    /// Offer this sub-protocol; may be given several times
    #[arg(long, value_name = "NAME")]
    protocol: Vec<String>,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let Options { address, protocol } = options;
        let mut client = Client::connect(&address, &protocol)
            .with_context(|| format!("can't open a WebSocket at {}", address.authority))?;
        match client.protocol() {
            Some(protocol) => note(&format!("connected, speaking {protocol}")),
            None => note("connected"),
        }
        let goodbye = talk(&mut client)?;
        note(&format!("closed: {} {}", goodbye.code, goodbye.reason));
        Ok(())
    })
}

/// Something that isn't from the server.
fn note(text: &str) {
    if io::stdout().is_terminal() {
        eprintln!("-- {}", text.trim_end());
    }
}

/// Listens to both sides until the server ends the connection.
fn talk(client: &mut Client) -> anyhow::Result<Goodbye> {
    let (mut typed, mut typing) = (Vec::new(), Typing::Yes);
    loop {
        // Frames may have arrived right after the handshake: first what is there, then the wait.
        while let Some(incoming) = client.take()? {
            show(&incoming)?;
        }
        let (keyboard, server) = wait(client, typing)?;
        if keyboard {
            typing = read_typed(&mut typed)?;
            send_lines(client, &mut typed, typing)?;
        }
        if server && let Some(goodbye) = client.fill()? {
            return Ok(goodbye);
        }
    }
}

/// Whether more may be typed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Typing {
    Yes,
    Ended,
}

/// Waits until one of the two has something to say (`poll(2)`): the keyboard, the server.
fn wait(client: &Client, typing: Typing) -> anyhow::Result<(bool, bool)> {
    let stdin = io::stdin();
    let keyboard = match typing {
        Typing::Yes => PollFlags::POLLIN,
        Typing::Ended => PollFlags::empty(),
    };
    let mut both = [
        PollFd::new(client.stream().as_fd(), PollFlags::POLLIN),
        PollFd::new(stdin.as_fd(), keyboard),
    ];
    // A descriptor that isn't asked about may still report its end, again and again.
    let asked = if typing == Typing::Yes { 2 } else { 1 };
    loop {
        match poll(&mut both[..asked], PollTimeout::NONE) {
            Ok(_) => break,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let ready = |of: &PollFd| of.any() == Some(true);
    Ok((typing == Typing::Yes && ready(&both[1]), ready(&both[0])))
}

/// Reads once what was typed.
fn read_typed(typed: &mut Vec<u8>) -> anyhow::Result<Typing> {
    let mut bytes = [0; 16 * 1024];
    match nix::unistd::read(io::stdin(), &mut bytes) {
        Ok(0) => Ok(Typing::Ended),
        Ok(count) => {
            typed.extend_from_slice(&bytes[..count]);
            Ok(Typing::Yes)
        }
        Err(Errno::EINTR | Errno::EAGAIN) => Ok(Typing::Yes),
        Err(error) => Err(error.into()),
    }
}

/// Sends each line that is complete.
fn send_lines(client: &mut Client, typed: &mut Vec<u8>, typing: Typing) -> anyhow::Result<()> {
    while let Some(end) = typed.iter().position(|&byte| byte == b'\n') {
        let line: Vec<u8> = typed.drain(..=end).collect();
        send_line(client, &line[..end])?;
    }
    if typing == Typing::Ended {
        if !typed.is_empty() {
            send_line(client, &std::mem::take(typed))?;
        }
        client.close(Close::from(CloseCode::NORMAL))?;
    }
    Ok(())
}

/// A line that isn't UTF-8 goes as bytes: a text has to be.
fn send_line(client: &mut Client, line: &[u8]) -> anyhow::Result<()> {
    let sent = match line {
        b"/ping" => client.ping(b""),
        b"/close" => client.close(Close::from(CloseCode::NORMAL)),
        line if str::from_utf8(line).is_ok() => client.send(Kind::Text, line),
        line => client.send(Kind::Binary, line),
    };
    match sent {
        Err(Failure::Closed) => Ok(()), // nothing more is sent, and that was asked for
        sent => Ok(sent?),
    }
}

fn show(incoming: &Incoming) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match incoming {
        // Whatever a server sends, it doesn't control the terminal.
        Incoming::Text(text) if out.is_terminal() => {
            writeln!(out, "{}", text.replace(char::is_control, "\u{fffd}"))
        }
        Incoming::Text(text) => writeln!(out, "{text}"),
        Incoming::Binary(bytes) => writeln!(out, "{} bytes: {}", bytes.len(), bytes.escape_ascii()),
        Incoming::Pong(_) => writeln!(out, "a Pong"),
        Incoming::End(_) => Ok(()),
    }
}
