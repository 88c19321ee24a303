//! Chapter 07's protocol on tokio: it has no socket, so it doesn't matter to it what waits.
//!
//! `cargo run -p ch12-async --example websocket -- --help`

use std::error::Error;
use std::io::{self, ErrorKind};
use std::process::ExitCode;
use std::time::Duration;

use ch12_async::listen;
use clap::Parser;
use http::{HeadParser, Limits as HttpLimits};
use reactor::Buffer;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use websocket::{
    Assembler, Closing, Decoder, Event, Handshake, Limits, Opcode, Role, write_close, write_frame,
};

/// How long the handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait after an accept that failed.
const PAUSE: Duration = Duration::from_millis(50);

/// Echo WebSocket messages on tokio
#[derive(Parser)]
#[command(name = "websocket")]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let listener = options.server.open(|address| listen(address, 1024))?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener)?;
            let mut clients = JoinSet::new();
            loop {
                match listener.accept().await {
                    // What goes wrong with one client ends that client.
                    Ok((stream, _)) => drop(clients.spawn(async { serve(stream).await.is_ok() })),
                    Err(_) => sleep(PAUSE).await,
                }
                while clients.try_join_next().is_some() {}
            }
        })
    })
}

// ANCHOR: serve
async fn serve(mut stream: TcpStream) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut input = Buffer::new();
    timeout(HANDSHAKE, shake_hands(&mut stream, &mut input)).await??;
    let mut decoder = Decoder::new(Role::Server);
    let (mut message, mut closing) = (Assembler::default(), Closing::default());
    let limits = Limits {
        message: 1024 * 1024,
        ..Limits::default()
    };
    loop {
        let mut output = Vec::new();
        while closing != Closing::Done {
            match decoder.next(&mut input, &limits) {
                Ok(None) => break,
                Ok(Some(Event::Data(part))) => {
                    if let Some(whole) = message.add(part) {
                        write_frame(&mut output, whole.kind.opcode(), None, whole.bytes);
                    }
                }
                Ok(Some(Event::Ping(payload))) => {
                    write_frame(&mut output, Opcode::Pong, None, payload);
                }
                // Nobody has agreed on compression, so nothing comes compressed.
                Ok(Some(Event::Pong(_) | Event::Deflated(_))) => {}
                Ok(Some(Event::Close(theirs))) => {
                    if let Some(ours) = closing.received(theirs) {
                        write_close(&mut output, None, ours);
                    }
                }
                Err(error) => {
                    if let Some(ours) = closing.failed(error) {
                        write_close(&mut output, None, ours);
                    }
                }
            }
        }
        stream.write_all(&output).await?; // until then nothing is read: backpressure
        if closing == Closing::Done {
            return Ok(stream.shutdown().await?);
        }
        if receive(&mut stream, &mut input).await? == 0 {
            return Ok(());
        }
    }
}
// ANCHOR_END: serve

/// Reads the request, and agrees to it or says what is wrong with it.
async fn shake_hands(
    stream: &mut TcpStream,
    input: &mut Buffer,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut parser = HeadParser::default();
    loop {
        if let Some((head, used)) = parser.parse(input, &HttpLimits::default())? {
            let answer = match Handshake::default().check(&head) {
                Ok(accepted) => accepted.answer(),
                Err(refusal) => {
                    let (status, text) = (refusal.status(), refusal.text());
                    let (code, reason) = (status.code(), status.reason());
                    let answer =
                        format!("HTTP/1.1 {code} {reason}\r\nConnection: close\r\n\r\n{text}\n");
                    stream.write_all(answer.as_bytes()).await?;
                    return Err(text.into());
                }
            };
            stream.write_all(answer.as_bytes()).await?;
            input.consume(used);
            return Ok(());
        }
        if receive(stream, input).await? == 0 {
            return Err("it left before it had asked".into());
        }
    }
}

/// Waits for bytes, and reads what is there; no bytes are the end.
async fn receive(stream: &mut TcpStream, input: &mut Buffer) -> io::Result<usize> {
    loop {
        stream.readable().await?;
        let mut chunk = [0; 4096]; // it lives between two awaits, so no future holds it
        match stream.try_read(&mut chunk) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            result => {
                input.extend(&chunk[..*result.as_ref().unwrap_or(&0)]);
                return result;
            }
        }
    }
}
