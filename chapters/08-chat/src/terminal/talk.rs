//! How far one has come with the server, by what it says.

/// The server's answer to `/quit`: it closes because we wanted it to.
const GOODBYE: &str = "- goodbye";

/// The server's question whether somebody is there begins so; any line answers it.
const QUESTION: &str = "? ";

/// What the server doesn't do begins so.
const REFUSAL: &str = "! ";

/// What the server has said so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Talk {
    stage: Stage,
    refusal: Option<String>,
}

/// How far we have come with the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// It has said nothing yet.
    #[default]
    NotBegun,
    /// It speaks.
    GoesOn,
    /// It has said goodbye.
    Over,
}

/// What is to be done with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Show it.
    Message,
    /// Answer it, unseen.
    Question,
}

impl Talk {
    /// The server has said `line`.
    pub fn hear(&mut self, line: &str) -> Line {
        self.stage = match line {
            GOODBYE => Stage::Over,
            _ => Stage::GoesOn,
        };
        if line.starts_with(REFUSAL) {
            self.refusal = Some(line.to_owned());
        }
        if line.starts_with(QUESTION) {
            Line::Question
        } else {
            Line::Message
        }
    }

    /// How far it is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// What the server has refused last.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }
}
