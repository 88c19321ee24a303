//! Many members, some of whom don't read.

use std::time::Duration;

use harness::Server;

use super::member::Member;
use super::start;
use crate::Subject;

/// Twenty speak at once.
pub fn all_hear_the_same_order(subject: &Subject) {
    let server = start(
        subject,
        "All hear the same lines in the same order, the speaker too: what is said is queued for all members \
         before the next line is looked at.",
    );
    let mut members: Vec<_> = (0..20).map(|_| Member::guest(&server)).collect();
    server.while_stopped(|| {
        for (number, member) in members.iter_mut().enumerate() {
            for line in 0..10 {
                member.say(&format!("{number} {line}"));
            }
        }
    });
    let mut first: Option<Vec<String>> = None;
    for member in &mut members {
        let mut lines = Vec::new();
        while lines.len() < 200 {
            let line = member.line();
            if line.starts_with('<') {
                lines.push(line);
            }
        }
        match &first {
            Some(first) if *first != lines => {
                let place = first
                    .iter()
                    .zip(&lines)
                    .position(|(one, other)| one != other);
                let place = place.unwrap_or(0);
                let (one, other) = (&first[place], &lines[place]);
                let expected = format!(
                    "{one:?} as line {place} for {}, as for the first",
                    member.nick
                );
                server.fail_with(&expected, &format!("{other:?}"));
            }
            Some(_) => {}
            None => first = Some(lines),
        }
    }
}

/// Lines of this length make much to read of few.
const TEXT: usize = 900;

/// A guest comes, says some lines, and goes. What `reader` has heard of that, and else.
#[track_caller]
fn one_speaks(server: &Server, reader: &mut Member<'_>) -> Vec<String> {
    let mut speaker = Member::guest(server);
    let lines = format!("{}\n", "x".repeat(TEXT)).repeat(19) + "/quit\n";
    speaker.client.send(lines.as_bytes());
    let end = format!("- {} left", speaker.nick);
    let mut heard = Vec::new();
    loop {
        match reader.line() {
            line if line == end => break,
            line => heard.push(line),
        }
    }
    speaker.rest();
    heard
}

/// It can't be slowed down: it isn't the sender.
pub fn a_member_that_does_not_read_is_put_out_and_delays_no_other(subject: &Subject) {
    let server = start(
        subject,
        "A member that doesn't read can't be slowed down, because it isn't the sender. Let a bounded amount \
         wait for it (256 KiB, say), then put it out, and tell the others that it has left. Until then, no \
         other may notice.",
    );
    let mut reader = Member::new(&server, "reader");
    let slow = Member::of(&server, server.slow_client());
    reader.hear(&format!("- {} joined", slow.nick));
    let left = format!("- {} left", slow.nick);
    for _ in 0..600 {
        let heard = one_speaks(&server, &mut reader);
        if heard.iter().any(|line| line.starts_with(&left)) {
            reader.say("/who");
            reader.hear("- here: reader");
            return;
        }
    }
    server.fail_with(
        &format!("{left:?} for reader, for it has never read"),
        "no such line after 10 MB that wait for it",
    );
}

/// A look after long silence is no poll.
pub fn nothing_wakes_it_soon_while_nothing_happens(subject: &Subject) {
    let server = start(
        subject,
        "While all are silent, the server sleeps, but for a look now and then whether a member is still there.",
    );
    let _members = [Member::guest(&server), Member::guest(&server)];
    server.wait_until_asleep();
    server.expect_undisturbed_sleep();
    server.expect_sleep(Duration::from_secs(1));
}
