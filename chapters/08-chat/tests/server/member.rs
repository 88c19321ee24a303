//! A member at the line port.

use std::io::Read;

use harness::{Client, Server};

/// A member who has been welcomed.
pub struct Member {
    pub client: Client,
    pub nick: String,
}

impl Member {
    /// One called `nick`. The others have been told of that.
    #[track_caller]
    pub fn new(server: &Server, nick: &str) -> Self {
        let mut member = Self::guest(server);
        member.say(&format!("/nick {nick}"));
        member.hear(&format!("- {} is now {nick}", member.nick));
        nick.clone_into(&mut member.nick);
        member
    }

    /// A newcomer.
    #[track_caller]
    pub fn guest(server: &Server) -> Self {
        Self::of(server.client())
    }

    /// The same of this connection. What was said before is dropped.
    #[track_caller]
    pub fn of(client: Client) -> Self {
        let nick = String::new();
        let mut member = Self { client, nick };
        let welcome = member.line();
        let nick = welcome
            .strip_prefix("- welcome, ")
            .and_then(|rest| rest.split_once(": "));
        let (nick, _) = nick.unwrap_or_else(|| panic!("a welcome, not {welcome:?}"));
        nick.clone_into(&mut member.nick);
        member
    }

    /// Types a line.
    #[track_caller]
    pub fn say(&mut self, line: &str) {
        self.client.send(format!("{line}\n").as_bytes());
    }

    /// The next line.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let mut line = Vec::new();
        let mut byte = [0];
        loop {
            let read = self.client.stream().read_exact(&mut byte);
            if let Err(error) = read {
                let so_far = line.escape_ascii();
                panic!("no line came, but {so_far}: {error}");
            }
            if byte == *b"\n" {
                return String::from_utf8(line).expect("lines are UTF-8");
            }
            line.push(byte[0]);
        }
    }

    /// Expects this line next.
    #[track_caller]
    pub fn hear(&mut self, line: &str) {
        let heard = self.line();
        assert_eq!(heard, line, "{} hears", self.nick);
    }

    /// Reads up to and with this line; what came before it.
    #[track_caller]
    pub fn hear_until(&mut self, line: &str) -> Vec<String> {
        let mut before = Vec::new();
        loop {
            let heard = self.line();
            if heard == line {
                return before;
            }
            before.push(heard);
        }
    }

    /// All lines until the connection ends.
    #[track_caller]
    pub fn rest(&mut self) -> Vec<String> {
        let text = String::from_utf8(self.client.read_to_end()).expect("lines are UTF-8");
        text.lines().map(str::to_owned).collect()
    }
}

/// Two members, whose arrival is told already.
#[track_caller]
pub fn two(server: &Server) -> (Member, Member) {
    let mut alice = Member::new(server, "alice");
    let bob = Member::new(server, "bob");
    alice.hear("- guest-1 joined");
    alice.hear("- guest-1 is now bob");
    (alice, bob)
}
