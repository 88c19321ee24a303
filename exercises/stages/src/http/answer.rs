//! Answers, taken apart.

use harness::Server;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status code.
    pub status: u16,
    /// Its fields but for `Date`, in their order.
    pub fields: Vec<(String, String)>,
    /// What follows its head.
    pub content: Vec<u8>,
}

impl Answer {
    /// The value of the field `name`, in whatever letters that is written.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Whether answers have the content that their heads announce. Those to HEAD don't.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Comes,
    IsLeftOut,
}

/// The answers in `bytes`, which have to be whole.
#[track_caller]
pub(super) fn take_apart(server: &Server, mut bytes: &[u8], content: Content) -> Vec<Answer> {
    let mut answers = Vec::new();
    while !bytes.is_empty() {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            fail(server, "a head that ends with an empty line", bytes);
        };
        let (head, behind) = bytes.split_at(end + 4);
        let Some(mut answer) = head_of(head) else {
            fail(
                server,
                "a head that begins with HTTP/1.1 and a status code",
                bytes,
            );
        };
        bytes = behind;
        if content == Content::Comes && has_content(answer.status) {
            let length = answer.field("Content-Length").map(str::parse::<usize>);
            let Some(Ok(length)) = length else {
                fail(server, "a head with a Content-Length", head);
            };
            if length > bytes.len() {
                fail(server, &format!("{length} bytes of content"), bytes);
            }
            answer.content = bytes[..length].to_vec();
            bytes = &bytes[length..];
        }
        answers.push(answer);
    }
    answers
}

/// RFC 9110 §6.4.1
fn has_content(status: u16) -> bool {
    !(status < 200 || status == 204 || status == 304)
}

fn head_of(head: &[u8]) -> Option<Answer> {
    let text = str::from_utf8(head).ok()?;
    let mut lines = text.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?;
    let status = status.get(..3)?.parse().ok()?;
    let fields = lines.filter_map(|line| line.split_once(':'));
    let fields = fields.filter(|(name, _)| !name.eq_ignore_ascii_case("Date"));
    Some(Answer {
        status,
        fields: fields
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
        content: Vec::new(),
    })
}

#[track_caller]
fn fail(server: &Server, expected: &str, received: &[u8]) -> ! {
    let text = received[..received.len().min(60)].escape_ascii();
    server.fail_with(expected, &format!("\"{text}\" ({} bytes)", received.len()))
}
