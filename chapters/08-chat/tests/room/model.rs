//! A room as one would write it first: a list of members, each with all the lines that it has got.
//! It is slow and simple, and knows nothing of letters.

use ch08_chat::{HISTORY, Why};

/// A member, and what it has got.
#[derive(Debug, Clone)]
pub struct Member {
    pub key: u32,
    pub nick: String,
    pub lines: Vec<String>,
}

/// The room.
#[derive(Debug, Default)]
pub struct Model {
    pub here: Vec<Member>,
    /// Those who have left, as they were then.
    pub gone: Vec<Member>,
    said: Vec<String>,
}

impl Model {
    fn all(&mut self, line: &str) {
        for member in &mut self.here {
            member.lines.push(line.to_owned());
        }
    }

    fn one(&mut self, key: u32, line: &str) {
        if let Some(member) = self.here.iter_mut().find(|member| member.key == key) {
            member.lines.push(line.to_owned());
        }
    }

    fn called(&self, nick: &str) -> Option<&Member> {
        let same = |member: &&Member| member.nick.to_lowercase() == nick.to_lowercase();
        self.here.iter().find(same)
    }

    pub fn nick(&self, key: u32) -> Option<String> {
        let member = self.here.iter().find(|member| member.key == key);
        member.map(|member| member.nick.clone())
    }

    pub fn join(&mut self, key: u32) {
        if self.nick(key).is_some() {
            return;
        }
        let mut numbers = 1..;
        let free = |number: &u32| self.called(&format!("guest-{number}")).is_none();
        let nick = format!("guest-{}", numbers.find(free).expect("a number"));
        self.all(&format!("- {nick} joined"));
        let here = self.here.len() + 1;
        let mut lines = vec![format!(
            "- welcome, {nick}: {here} here. /help says what you can do."
        )];
        if !self.said.is_empty() {
            lines.push("- what was said before:".to_owned());
            let first = self.said.len().saturating_sub(HISTORY);
            lines.extend_from_slice(&self.said[first..]);
            lines.push("- that was before; now:".to_owned());
        }
        self.here.push(Member { key, nick, lines });
    }

    pub fn leave(&mut self, key: u32, why: Why) {
        let Some(index) = self.here.iter().position(|member| member.key == key) else {
            return;
        };
        let member = self.here.remove(index);
        let why = why
            .text()
            .map(|why| format!(" ({why})"))
            .unwrap_or_default();
        self.all(&format!("- {} left{why}", member.nick));
        self.gone.push(member);
    }

    pub fn say(&mut self, key: u32, line: String) {
        if self.nick(key).is_some() {
            self.all(&line);
            self.said.push(line);
        }
    }

    pub fn tell(&mut self, key: u32, name: &str, text: &str) {
        let Some(from) = self.nick(key) else { return };
        match self.called(name).cloned() {
            None => self.one(
                key,
                &format!("! nobody here is called {name}; /who says who is here"),
            ),
            Some(to) if to.key == key => self.one(key, "! that would be to yourself"),
            Some(to) => {
                self.one(to.key, &format!("[{from} to you] {text}"));
                self.one(key, &format!("[you to {}] {text}", to.nick));
            }
        }
    }

    pub fn rename(&mut self, key: u32, name: &str) {
        let Some(from) = self.nick(key) else { return };
        match self.called(name).cloned() {
            _ if from == name => self.one(key, &format!("! you are called {name} already")),
            Some(other) if other.key != key => {
                self.one(key, &format!("! somebody else is called {}", other.nick));
            }
            _ => {
                self.all(&format!("- {from} is now {name}"));
                let mut members = self.here.iter_mut();
                if let Some(member) = members.find(|member| member.key == key) {
                    name.clone_into(&mut member.nick);
                }
            }
        }
    }

    pub fn quit(&mut self, key: u32) {
        self.one(key, "- goodbye");
        self.leave(key, Why::Quit);
    }
}
