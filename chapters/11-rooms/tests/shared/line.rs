//! A member at a line port.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;

use harness::{Client, Server};

pub struct Line {
    client: Client,
    reader: BufReader<TcpStream>,
    pub nick: String,
}

impl Line {
    /// A newcomer, who has been welcomed.
    #[track_caller]
    pub fn new(server: &Server) -> Self {
        let client = server.client();
        let stream = client.stream().try_clone().expect("a descriptor");
        let reader = BufReader::new(stream);
        let mut line = Self {
            client,
            reader,
            nick: String::new(),
        };
        let welcome = line.hear_until(|line| line.starts_with("- welcome, "));
        let nick = welcome["- welcome, ".len()..].split(':').next();
        nick.expect("a name").clone_into(&mut line.nick);
        line
    }

    pub fn say(&mut self, line: &str) {
        self.client.send(format!("{line}\n").as_bytes());
    }

    /// The next line; `None` at the end.
    #[track_caller]
    pub fn next(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
            Err(error) => panic!("no line came: {error}"),
        }
    }

    /// The first line that is so. Those before it are dropped.
    #[track_caller]
    pub fn hear_until(&mut self, is_so: impl Fn(&str) -> bool) -> String {
        loop {
            let line = self.next().expect("more lines");
            if is_so(&line) {
                return line;
            }
        }
    }
}
