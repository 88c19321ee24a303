//! A thread for each client: it answers, and costs a stack for each.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

const MAX_LINE: u64 = 65_536;

fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept()?;
        thread::spawn(move || serve(&stream));
    }
}

fn serve(mut stream: &TcpStream) -> Result<()> {
    let mut input = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        input.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line)?;
        match &line[..] {
            [] => return Ok(()),
            b"quit\n" | b"quit\r\n" => return say_last(&mut input, b"goodbye\n"),
            line if line.len() as u64 > MAX_LINE && !line.ends_with(b"\n") => {
                return say_last(&mut input, b"line too long\n");
            }
            line => stream.write_all(line)?,
        }
    }
}

fn say_last(input: &mut BufReader<&TcpStream>, words: &[u8]) -> Result<()> {
    let mut stream = *input.get_ref();
    stream.write_all(words)?;
    stream.shutdown(Shutdown::Write)?;
    std::io::copy(input, &mut std::io::sink())?;
    Ok(())
}
