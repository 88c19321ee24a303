//! The bytes of a request.

use websocket::{Mask, Opcode, Opening, write_frame};

use super::{Answer, Plan, Target};

/// What is sent, and what has to come back.
#[derive(Debug, Clone)]
pub(super) struct Traffic {
    /// As many requests as are ever sent at once.
    requests: Vec<u8>,
    /// Bytes of one of them.
    length: usize,
    /// `None` until the first answer has been seen.
    pub answer: Option<Answer>,
    /// What a connection begins with, before its first request.
    pub handshake: Option<(Opening, Vec<u8>)>,
}

impl Traffic {
    pub fn new(plan: &Plan) -> Self {
        let mut handshake = None;
        let (one, answer) = match &plan.target {
            Target::Echo(_) => {
                let letters = (b'a'..=b'z').cycle().take(plan.size.saturating_sub(1));
                let line: Vec<u8> = letters.chain([b'\n']).collect();
                (line.clone(), Some(Answer::exactly(line)))
            }
            Target::Http(_, url) => {
                let (path, host) = (&url.target, &url.authority);
                let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
                (request.into_bytes(), None)
            }
            Target::WebSocket(_, url) => {
                let opening = Opening::new(*b"the same for all", Vec::new());
                let request = opening.request(url).into_bytes();
                handshake = Some((opening, request));
                let payload: Vec<u8> = (0..=250).cycle().take(plan.size).collect();
                let (mut out, mut back) = (Vec::new(), Vec::new());
                // All frames are alike, so they are masked once. In a browser, it would be wrong.
                let mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);
                write_frame(&mut out, Opcode::Binary, Some(mask), &payload);
                write_frame(&mut back, Opcode::Binary, None, &payload);
                (out, Some(Answer::exactly(back)))
            }
        };
        Self {
            length: one.len(),
            requests: one.repeat(plan.pipeline),
            answer,
            handshake,
        }
    }

    /// So many requests, at most as many as there are in the pipeline.
    #[inline]
    pub fn requests(&self, number: usize) -> &[u8] {
        &self.requests[..number * self.length]
    }
}
