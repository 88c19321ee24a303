//! How members leave, and how the server ends.

use harness::Signal;

use super::member::{Member, two};
use super::start;
use crate::Subject;
use crate::workers::expect_success;

/// `/quit`
pub fn a_member_that_quits_is_told_goodbye_and_has_left(subject: &Subject) {
    let server = start(
        subject,
        "`/quit` is answered `- goodbye`, then the connection ends; what follows it is ignored. The others \
         are sent `- NICK left`.",
    );
    let (mut alice, mut bob) = two(&server);
    bob.client.send(b"/quit\nand then\n");
    bob.hear("- goodbye");
    bob.client.expect_end();
    alice.hear("- bob left");
    alice.say("hello");
    alice.hear("<alice> hello");
}

/// Once, however it ends.
pub fn a_member_whose_connection_is_reset_has_left(subject: &Subject) {
    let server = start(
        subject,
        "However a connection ends, its member has left, the others are told once (a line that begins with \
         `- NICK left`), and the name is free again.",
    );
    let (mut alice, bob) = two(&server);
    bob.client.reset();
    alice.hear_begin("- bob left");
    let carol = Member::guest(&server);
    alice.hear(&format!("- {} joined", carol.nick));
    alice.say("/nick bob");
    alice.hear("- alice is now bob");
}

/// The list of members changes while it is walked through.
pub fn many_may_leave_while_one_speaks(subject: &Subject) {
    let server = start(
        subject,
        "While you write to all, writing to one may fail, and that one leaves, of which all have to be told: \
         the list of members changes while you walk through it. Note who has gone, and act on it afterwards.",
    );
    let mut alice = Member::new(&server, "alice");
    for _ in 0..3 {
        let others: Vec<_> = (0..30).map(|_| Member::guest(&server)).collect();
        for other in &others {
            alice.hear(&format!("- {} joined", other.nick));
        }
        let mut leaving = Vec::new();
        server.while_stopped(|| {
            alice.say("one");
            for (number, other) in others.into_iter().enumerate() {
                match number % 3 {
                    0 => other.client.reset(),
                    1 => drop(other),
                    _ => leaving.push(other),
                }
            }
            for other in &mut leaving {
                other.client.send(b"/msg alice bye\n/quit\n");
            }
            alice.say("two");
        });
        let (mut left, mut told, mut said) = (0, 0, Vec::new());
        while left < 30 || said.len() < 2 {
            let line = alice.line();
            match line.as_str() {
                "<alice> one" | "<alice> two" => said.push(line),
                bye if bye.ends_with(" to you] bye") => told += 1,
                gone if gone.contains(" left") => left += 1,
                other => server.fail_with("what was said, or who has left", &format!("{other:?}")),
            }
        }
        if told != 10 {
            server.fail_with("10 private messages", &format!("{told}"));
        }
        alice.say("/who");
        alice.hear("- here: alice");
    }
}

/// Neither a descriptor nor a name.
pub fn members_leave_no_descriptor_behind(subject: &Subject) {
    let server = start(
        subject,
        "A member that has left leaves no descriptor behind, whether it quits, is reset, or goes with input \
         unread.",
    );
    server.expect_no_leak(|| {
        let mut member = Member::guest(&server);
        member.say("/quit");
        member.rest();
        let mut member = Member::guest(&server);
        member.say("/who");
        drop(member);
        Member::guest(&server).client.reset();
    });
}

/// SIGTERM
pub fn a_server_that_stops_says_goodbye(subject: &Subject) {
    let server = start(
        subject,
        "At SIGTERM, each member is sent a line that begins with `- ` and ends with `goodbye`; then the \
         connections end, and the server, with exit code 0.",
    );
    let (mut alice, mut bob) = two(&server);
    server.signal(Signal::SIGTERM);
    for member in [&mut alice, &mut bob] {
        let line = member.line();
        if !(line.starts_with("- ") && line.ends_with("goodbye")) {
            server.fail_with("\"- …goodbye\"", &format!("{line:?}"));
        }
        member.client.expect_end();
    }
    drop((alice, bob));
    expect_success(&server, Signal::SIGTERM);
}
