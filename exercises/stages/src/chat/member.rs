//! A member at the line port.

use harness::{Client, Server};

use crate::websocket::frame::read_one;

/// A member that has been welcomed.
pub(super) struct Member<'a> {
    pub(super) client: Client,
    pub(super) nick: String,
    server: &'a Server,
}

impl<'a> Member<'a> {
    /// One that has called itself `nick`. The others have been told of that.
    #[track_caller]
    pub(super) fn new(server: &'a Server, nick: &str) -> Self {
        let mut member = Self::guest(server);
        member.say(&format!("/nick {nick}"));
        member.hear(&format!("- {} is now {nick}", member.nick));
        nick.clone_into(&mut member.nick);
        member
    }

    /// A newcomer.
    #[track_caller]
    pub(super) fn guest(server: &'a Server) -> Self {
        Self::of(server, server.client())
    }

    /// The same on this connection.
    #[track_caller]
    pub(super) fn of(server: &'a Server, client: Client) -> Self {
        let nick = String::new();
        let mut member = Self {
            client,
            nick,
            server,
        };
        let welcome = member.line();
        let nick = welcome.strip_prefix("- welcome, ");
        let nick = nick.and_then(|rest| rest.split_once(": "));
        let Some((nick, _)) = nick else {
            server.fail_with(
                "\"- welcome, NICK: …\" for a newcomer",
                &format!("{welcome:?}"),
            );
        };
        nick.clone_into(&mut member.nick);
        member
    }

    /// Types a line.
    #[track_caller]
    pub(super) fn say(&mut self, line: &str) {
        self.client.send(format!("{line}\n").as_bytes());
    }

    /// The next line.
    #[track_caller]
    pub(super) fn line(&mut self) -> String {
        let mut line = Vec::new();
        loop {
            match read_one(self.server, &self.client, &self.awaits("a line")) {
                b'\n' => return String::from_utf8_lossy(&line).into_owned(),
                byte => line.push(byte),
            }
        }
    }

    /// Expects this line next.
    #[track_caller]
    pub(super) fn hear(&mut self, expected: &str) {
        self.hear_any(expected, |line| line == expected);
    }

    /// Expects a line next that begins so.
    #[track_caller]
    pub(super) fn hear_begin(&mut self, begins: &str) {
        self.hear_any(&format!("{begins}…"), |line| line.starts_with(begins));
    }

    #[track_caller]
    fn hear_any(&mut self, expected: &str, is_right: impl Fn(&str) -> bool) {
        let line = self.line();
        if !is_right(&line) {
            let expected = self.awaits(&format!("{expected:?}"));
            self.server.fail_with(&expected, &format!("{line:?}"));
        }
    }

    fn awaits(&self, what: &str) -> String {
        match self.nick.as_str() {
            "" => format!("{what} for a newcomer"),
            nick => format!("{what} for {nick}"),
        }
    }

    /// All lines until the connection ends.
    #[track_caller]
    pub(super) fn rest(&mut self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.client.read_to_end()).into_owned();
        text.lines().map(str::to_owned).collect()
    }
}

/// Two members, whose arrival is told already.
#[track_caller]
pub(super) fn two(server: &Server) -> (Member<'_>, Member<'_>) {
    let mut alice = Member::new(server, "alice");
    let mut bob = Member::guest(server);
    alice.hear(&format!("- {} joined", bob.nick));
    bob.say("/nick bob");
    let renamed = format!("- {} is now bob", bob.nick);
    bob.hear(&renamed);
    alice.hear(&renamed);
    "bob".clone_into(&mut bob.nick);
    (alice, bob)
}
