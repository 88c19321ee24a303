//! Members who speak at once, in any pieces and at any pace: all hear all lines, in one order.

use std::cell::Cell;

use harness::stream::made_up::{cases, pace, size, try_out};
use harness::stream::{End, Expected, Pace, Step, Stream, converse};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::start;

/// As many lines as a newcomer may say at once, and fewer bytes than may wait for whoever reads late.
const LINES: usize = 20;
const LENGTH: usize = 900;

/// What one member says: the lengths of its lines.
#[derive(Debug, Clone)]
struct Said {
    lines: Vec<usize>,
    pace: Pace,
}

fn said() -> impl Strategy<Value = Said> {
    let lines = vec(size(LENGTH), 0..=LINES);
    (lines, pace()).prop_map(|(lines, pace)| Said { lines, pace })
}

/// What one member hears of a conversation.
struct Heard {
    /// What the texts of its lines begin with, so that they aren't taken for earlier ones.
    mark: String,
    /// How many there are.
    lines: usize,
    unfinished: Vec<u8>,
    heard: Vec<String>,
}

impl Expected for Heard {
    fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.unfinished.extend_from_slice(bytes);
        let end = self.unfinished.iter().rposition(|&byte| byte == b'\n');
        let whole: Vec<u8> = self
            .unfinished
            .drain(..end.map_or(0, |end| end + 1))
            .collect();
        let text = String::from_utf8(whole).map_err(|error| error.to_string())?;
        for line in text.lines() {
            if line.starts_with('!') {
                return Err(format!("it is told {line:?}"));
            }
            let said = line
                .strip_prefix('<')
                .and_then(|rest| rest.split_once("> "));
            if let Some((_, text)) = said
                && text.starts_with(&self.mark)
            {
                self.heard.push(text.to_owned());
            }
        }
        if self.heard.len() > self.lines {
            return Err(format!("{} lines of {}", self.heard.len(), self.lines));
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.heard.len() == self.lines
    }

    fn progress(&self) -> String {
        format!("{} of {} lines", self.heard.len(), self.lines)
    }
}

/// The streams of a conversation, and what each member says in it.
fn streams(mark: &str, members: Vec<Said>) -> (Vec<Stream<Heard>>, Vec<Vec<String>>) {
    let all = members.iter().map(|said| said.lines.len()).sum();
    let mut texts = Vec::new();
    let mut streams = Vec::new();
    for (number, Said { lines, mut pace }) in members.into_iter().enumerate() {
        let text = |(nth, length): (usize, &usize)| {
            format!("{mark} {number} {nth} {}", "x".repeat(*length))
        };
        let said: Vec<_> = lines.iter().enumerate().map(text).collect();
        // First all of them come in.
        pace.steps.insert(0, Step::UntilAsleep);
        streams.push(Stream {
            sent: said
                .iter()
                .flat_map(|text| format!("{text}\n").into_bytes())
                .collect(),
            expected: Heard {
                mark: mark.to_owned(),
                lines: all,
                unfinished: Vec::new(),
                heard: Vec::new(),
            },
            end: End::Open,
            pace,
        });
        texts.push(said);
    }
    (streams, texts)
}

#[test]
fn all_hear_the_same_whoever_speaks_in_whatever_pieces() {
    let server = start(&[]);
    let conversations = Cell::new(0);
    try_out(file!(), cases(), &vec(said(), 1..6), |members| {
        conversations.set(conversations.get() + 1);
        let mark = format!("in {}:", conversations.get());
        let (streams, said) = streams(&mark, members);
        let heard = converse(&server, streams)?;
        for (number, member) in heard.iter().enumerate() {
            if member.heard != heard[0].heard {
                return Err(format!("member {number} hears another order than member 0"));
            }
        }
        for (number, said) in said.iter().enumerate() {
            let by = format!("{mark} {number} ");
            let heard = heard[0].heard.iter().filter(|text| text.starts_with(&by));
            if !heard.eq(said) {
                return Err(format!(
                    "the lines of member {number} come in another order"
                ));
            }
        }
        Ok(())
    });
}
