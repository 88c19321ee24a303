//! One file for everybody: a head, then the file by `sendfile`.
//!
//! Each line of a client is answered with the file's size in decimal, LF, and its bytes. They never
//! pass through this program, so a file of any size costs no memory, and a slow reader costs nobody
//! else anything.
//!
//! Try it: `cargo run -p ch05-reactor --example files -- Cargo.toml`, then
//! `echo | nc -N 127.0.0.1 7000`.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use ch05_reactor::{Buffer, ConnId, Handler, Io, Limits, Origin, Signals, listen, serve};
use clap::Parser;

/// Answer each line with a file
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    server: workbench::ServerOptions,

    /// The file to send
    file: PathBuf,
}

struct Files {
    file: Arc<File>,
}

impl Handler for Files {
    type Session = ();

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {}

    fn on_data(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        // What is queued of the file counts as output, so one request is answered at a time.
        while !io.is_full(id)
            && let Some(end) = input.iter().position(|&byte| byte == b'\n')
        {
            input.consume(end + 1);
            // Asked anew for each answer: the file may have grown.
            let Ok(metadata) = self.file.metadata() else {
                return io.abort(id);
            };
            let size = metadata.len();
            io.send(id, format!("{size}\n").as_bytes());
            io.send_file(id, Arc::clone(&self.file), 0..size);
        }
        if !io.is_full(id) {
            input.clear(); // half a line: its other half will do
        }
    }
}

fn main() -> ExitCode {
    workbench::start(|options: Options| {
        let signals = Signals::block()?;
        let path = options.file.display();
        let file = File::open(&options.file)
            .map_err(|error| std::io::Error::other(format!("can't open {path}: {error}")))?;
        let file = Arc::new(file);
        let listener = options.server.open(|address| listen(address, 1024))?;
        let files = |_| {
            Ok(Files {
                file: Arc::clone(&file),
            })
        };
        Ok(serve(vec![listener], signals, &Limits::default(), files)?)
    })
}
