//! A room with members that read, and members that don't.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::TcpListener;

use crate::subject::{LIMIT, TOO_SLOW, serve};
use harness::{Client, DEADLINE, Server};
use socket2::SockRef;

const BOOK: &str = "08-slow-readers.html#one-line-for-many";

/// What is said at a time. Nobody who reads comes near the limit by that.
const LINES: usize = 20;
/// To the first who comes, who is no member.
const OPEN: &[u8] = b"the room is open\n";
/// More than the limit and the sockets' buffers together.
const MANY: usize = 4 << 20;

#[test]
fn a_newcomer_is_welcomed() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach("This is given: see on_open.", BOOK);
    enter(&server);
    join(&server, 1);
    join(&server, 2);
}

#[test]
fn a_line_reaches_everybody() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach(
        "Member 2 said a line. All three are to get it, as `format` makes it. Its sender gets it, too: so all have \
         the same lines in the same order.",
        BOOK,
    );
    enter(&server);
    let mut members = [1, 2, 3].map(|number| join(&server, number));
    members[1].send(b"hello\n");
    for member in &mut members {
        member.expect(b"<2> hello\n");
    }
}

#[test]
fn a_line_is_formatted_once() {
    let server = Server::answer(|listener| {
        let mut count = 0;
        room(listener, |number, text: &[u8]| {
            count += 1;
            [format!("{count} <{number}> ").as_bytes(), text, b"\n"].concat()
        })
    });
    server.teach(
        "The number in front says how often `format` has been called. There were three members and two lines: \
         call it once for each line, and send everybody the same bytes.",
        BOOK,
    );
    enter(&server);
    let mut members = [1, 2, 3].map(|number| join(&server, number));
    members[0].send(b"one\ntwo\n");
    for member in &mut members {
        member.expect(b"1 <1> one\n2 <1> two\n");
    }
}

#[test]
fn who_leaves_is_told_to_the_others() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach(
        "Member 1 closed its connection, later member 3 was reset. Member 2 is told of both.",
        BOOK,
    );
    enter(&server);
    let [mut first, mut second, third] = [1, 2, 3].map(|number| join(&server, number));
    first.finish_sending();
    first.expect_end();
    drop(first);
    second.expect(b"- member 1 left\n");
    third.reset();
    second.expect(b"- member 3 left\n");
    second.exchange(b"alone\n", b"<2> alone\n");
}

#[test]
fn a_slow_member_holds_nobody_up() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach(
        "Member 1 doesn't read. Member 2 goes on talking, and should get its own lines back as if member 1 were \
         not there.",
        BOOK,
    );
    enter(&server);
    let _asleep = join_asleep(&server, 1);
    let mut talker = Talker::join(&server, 2);
    talker.talk(MANY / 4);
}

#[test]
fn a_slow_member_is_put_out() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach(
        "Member 1 doesn't read. Once more than LIMIT would wait for it, it is out, and the others are told.",
        BOOK,
    );
    enter(&server);
    let _asleep = join_asleep(&server, 1);
    let mut talker = Talker::join(&server, 2);
    talker.talk_until("- member 1 left (too slow)\n");
}

#[test]
fn what_waits_is_sent_and_then_why() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach(
        "Member 1 was put out because it didn't read. Now it does. It should find each line that was said until then, \
         none missing, and behind them why there are no more.",
        BOOK,
    );
    enter(&server);
    let mut asleep = join_asleep(&server, 1);
    let mut talker = Talker::join(&server, 2);
    talker.talk_until("- member 1 left (too slow)\n");
    let received = asleep.read_to_end();
    let expected: Vec<u8> = (0..talker.said).flat_map(|n| line(2, n)).collect();
    let lines = received.strip_suffix(TOO_SLOW).unwrap_or(&received);
    // The last of them was in its way out of the room: at the longest prefix, the verdict shows where they part.
    if let Some(difference) = harness::diff(&expected[..lines.len().min(expected.len())], lines) {
        panic!(
            "{}\nit means  A line is missing, or doubled, or torn.\nread      book: {BOOK}",
            difference.join("\n")
        );
    }
    if lines.len() == received.len() {
        server.fail_with(
            &format!("{} as its last line", shown(TOO_SLOW)),
            &shown(
                received
                    .rsplitn(3, |&byte| byte == b'\n')
                    .nth(1)
                    .unwrap_or_default(),
            ),
        );
    }
    let waited = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    if waited < LIMIT / 2 {
        server.fail_with(
            &format!("at least {} bytes of lines before it is out", LIMIT / 2),
            &format!("{waited}"),
        );
    }
}

#[test]
fn the_others_are_told_once() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach(
        "Member 1 was put out, and the others were told. Later its connection ended. It had left already: that is \
         not told again.",
        BOOK,
    );
    enter(&server);
    let mut asleep = join_asleep(&server, 1);
    let mut talker = Talker::join(&server, 2);
    talker.talk_until("- member 1 left (too slow)\n");
    talker.talk(LINES * line(2, 0).len());
    let _ = asleep.read_to_end();
    drop(asleep);
    server.wait_until_asleep();
    talker.talk(LINES * line(2, 0).len());
    let expected = vec!["- member 1 left (too slow)\n".to_owned()];
    if talker.told != expected {
        server.fail_with(&format!("{expected:?}"), &format!("{:?}", talker.told));
    }
}

#[test]
fn several_may_be_slow_at_a_time() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach(
        "Members 1 to 3 don't read. One line is too much for all of them, or a line that tells of one is too much \
         for the next. Each is put out, and told of once.",
        BOOK,
    );
    enter(&server);
    let _asleep = [1, 2, 3].map(|number| join_asleep(&server, number));
    let mut talker = Talker::join(&server, 4);
    for number in [1, 2, 3] {
        talker.talk_until(&format!("- member {number} left (too slow)\n"));
    }
    talker.talk(MANY / 8);
    talker.told.sort();
    let expected = [1, 2, 3].map(|number| format!("- member {number} left (too slow)\n"));
    if talker.told != expected {
        server.fail_with(&format!("{expected:?}"), &format!("{:?}", talker.told));
    }
}

#[test]
fn who_reads_in_time_stays() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach(
        "Member 1 read nothing for a while, but what waited for it was less than LIMIT. Now it reads: it should find \
         every line, and hear what is said next.",
        BOOK,
    );
    enter(&server);
    let mut late = join_asleep(&server, 1);
    let mut talker = Talker::join(&server, 2);
    talker.talk(usize::try_from(LIMIT / 2).unwrap_or(0));
    let expected: Vec<u8> = (0..talker.said).flat_map(|n| line(2, n)).collect();
    late.expect(&expected);
    talker.talk(1);
    let next: Vec<u8> = (0..LINES)
        .flat_map(|n| line(2, talker.said - LINES + n))
        .collect();
    late.expect(&next);
    late.exchange(b"I heard it all\n", b"<1> I heard it all\n");
}

#[test]
fn the_slow_one_may_be_the_sender() {
    let server = Server::answer(|listener| room(listener, plain()));
    server.teach(
        "Member 1 talks, and never reads what it gets back. It is put out, in the middle of what it has sent. The \
         room goes on without it.",
        BOOK,
    );
    enter(&server);
    let mut deaf = join_asleep(&server, 1);
    let mut witness = Talker::join(&server, 2);
    let left = "- member 1 left (too slow)\n";
    let mut heard = 0;
    while heard < MANY && witness.told.is_empty() {
        // Put out, it may no longer be read.
        let some: Vec<u8> = (0..2 * LINES)
            .flat_map(|_| [&[b'x'; 499][..], b"\n"].concat())
            .collect();
        deaf.flood(&some);
        for _ in 0..2 * LINES {
            heard += witness.next_line().len();
            if !witness.told.is_empty() {
                break;
            }
        }
    }
    if witness.told != [left] {
        server.fail_with(left, &format!("{:?} after {heard} bytes", witness.told));
    }
    witness.talk(1);
}

#[test]
fn the_limit_is_meant_with_the_line() {
    let server = Server::answer(|listener| room(listener, as_long_as_it_says()));
    server.teach(
        "Nothing waits for the two members. A line of LIMIT bytes is not too much. One byte more is, for both: \
         each is put out instead of getting it, and neither hears of the other, for both had left by then.",
        BOOK,
    );
    enter(&server);
    let mut members = [1, 2].map(|number| join(&server, number));
    members[0].send(format!("{LIMIT}\n").as_bytes());
    for member in &mut members {
        member.expect(&[b'.'].repeat(length(LIMIT)));
    }
    members[0].send(format!("{}\n", LIMIT + 1).as_bytes());
    for member in &mut members {
        member.expect_last(TOO_SLOW);
    }
}

#[test]
fn news_may_be_too_much() {
    let server = Server::answer(|listener| room(listener, as_long_as_it_says()));
    server.teach(
        "Member 1 doesn't read. Members 2 and 3 do, and member 3 says two lines of LIMIT bytes each. The second is \
         too much for member 1, and just fits for member 2. So the line that says that member 1 left is too much \
         for member 2.",
        BOOK,
    );
    enter(&server);
    let _asleep = join_asleep(&server, 1);
    let mut awake = join(&server, 2);
    let mut speaker = join(&server, 3);
    let line = [b'.'].repeat(length(LIMIT));
    for _ in 0..2 {
        speaker.exchange(format!("{LIMIT}\n").as_bytes(), &line);
        awake.expect(&line);
    }
    awake.expect_last(TOO_SLOW);
    speaker.expect(b"- member 1 left (too slow)\n- member 2 left (too slow)\n");
}

/// A member that hears all that it says, before it says more.
struct Talker<'a> {
    client: Client,
    server: &'a Server,
    number: u32,
    /// How many lines it has said.
    said: usize,
    /// What the room has told it.
    told: Vec<String>,
    reader: BufReader<std::net::TcpStream>,
}

impl<'a> Talker<'a> {
    fn join(server: &'a Server, number: u32) -> Self {
        let client = join(server, number);
        let stream = client.stream().try_clone().expect("a descriptor");
        stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
        Self {
            client,
            server,
            number,
            said: 0,
            told: Vec::new(),
            reader: BufReader::new(stream),
        }
    }

    /// Says at least `bytes`, and hears them.
    #[track_caller]
    fn talk(&mut self, bytes: usize) {
        let mut heard = 0;
        while heard < bytes {
            heard += self.say_some();
        }
    }

    /// Talks until the room has told it this.
    #[track_caller]
    fn talk_until(&mut self, told: &str) {
        let mut heard = 0;
        while !self.told.iter().any(|line| line == told) {
            if heard > MANY {
                let received = format!("{:?}, and {heard} bytes of lines", self.told);
                self.server.fail_with(told.trim_end(), &received);
            }
            heard += self.say_some();
        }
    }

    /// Says some lines and hears them; returns how many bytes they were.
    #[track_caller]
    fn say_some(&mut self) -> usize {
        let lines: Vec<_> = (0..LINES).map(|n| text(self.said + n) + "\n").collect();
        self.client.send(lines.concat().as_bytes());
        for _ in 0..LINES {
            let expected = line(self.number, self.said);
            loop {
                let told = self.told.len();
                let heard = self.next_line();
                if self.told.len() == told {
                    if heard.as_bytes() != expected {
                        self.server
                            .fail_with(&shown(&expected), &shown(heard.as_bytes()));
                    }
                    break;
                }
            }
            self.said += 1;
        }
        LINES * line(self.number, 0).len()
    }

    /// The next line, which is in `told` as well if the room has spoken.
    #[track_caller]
    fn next_line(&mut self) -> String {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) => self
                .server
                .fail_with("the next line", "the end of the connection"),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.server.fail_with("the next line", "nothing within 3 s");
            }
            Err(error) => self.server.fail_with("the next line", &error.to_string()),
        }
        if line.starts_with('-') {
            self.told.push(line.clone());
        }
        line
    }
}

/// What is said as the line of this number.
fn text(number: usize) -> String {
    format!("line {number:06} {}", ".".repeat(400))
}

/// What comes of it.
fn line(member: u32, number: usize) -> Vec<u8> {
    format!("<{member}> {}\n", text(number)).into_bytes()
}

fn shown(line: &[u8]) -> String {
    let text = line.escape_ascii().to_string();
    if text.len() > 50 {
        format!("\"{}…\"", &text[..49])
    } else {
        format!("\"{text}\"")
    }
}

#[track_caller]
fn join(server: &Server, number: u32) -> Client {
    welcome(server.client(), number)
}

/// A member that reads its welcome and then nothing more, for which the kernel keeps as little as it can.
#[track_caller]
fn join_asleep(server: &Server, number: u32) -> Client {
    welcome(server.slow_client(), number)
}

#[track_caller]
fn welcome(mut client: Client, number: u32) -> Client {
    client.expect(format!("- you are member {number}\n").as_bytes());
    client
}

/// Serves with sockets that take little: so a member that doesn't read soon has something waiting.
fn room(listener: TcpListener, format: impl FnMut(u32, &[u8]) -> Vec<u8>) -> io::Result<()> {
    SockRef::from(&listener).set_send_buffer_size(8 << 10)?;
    // A connection has it from its listener, as it was at the handshake: whoever came before now would
    // have the usual size.
    let (mut first, _) = listener.accept()?;
    first.write_all(OPEN)?;
    drop(first);
    serve(listener, format)
}

/// Waits until members may come.
#[track_caller]
fn enter(server: &Server) {
    server.client().expect_last(OPEN);
}

fn plain() -> impl FnMut(u32, &[u8]) -> Vec<u8> {
    |number, text| [format!("<{number}> ").as_bytes(), text, b"\n"].concat()
}

/// Lines without an LF, of as many bytes as a member asks for.
fn as_long_as_it_says() -> impl FnMut(u32, &[u8]) -> Vec<u8> {
    |_, text| {
        let bytes = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        [b'.'].repeat(bytes.unwrap_or(0))
    }
}

fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
