//! Members in one room.

use super::member::{Member, two};
use super::start;
use crate::Subject;

/// `- welcome, NICK: …`, and `- NICK joined`
pub fn a_newcomer_is_welcomed_and_the_others_are_told(subject: &Subject) {
    let server = start(
        subject,
        "A newcomer gets a name that no other has, and is sent `- welcome, NICK: …`; the others are sent \
         `- NICK joined`, and the newcomer isn't.",
    );
    let mut first = Member::guest(&server);
    let mut second = Member::guest(&server);
    if first.nick == second.nick {
        server.fail_with("two names", &format!("{:?} twice", first.nick));
    }
    first.hear(&format!("- {} joined", second.nick));
    second.say("hello");
    second.hear(&format!("<{}> hello", second.nick));
}

/// The speaker too: so each sees the same order.
pub fn what_one_says_all_hear(subject: &Subject) {
    let server = start(
        subject,
        "What a member says, all are sent as `<NICK> TEXT`, and the speaker too. `/me waves` is \
         `* NICK waves`, and `//x` says `/x`.",
    );
    let (mut alice, mut bob) = two(&server);
    alice.say("hello");
    bob.hear("<alice> hello");
    alice.hear("<alice> hello");
    bob.say("/me waves");
    bob.hear("* bob waves");
    alice.hear("* bob waves");
    bob.say("//me");
    alice.hear("<bob> /me");
}

/// `/nick`
pub fn a_name_can_be_changed_and_belongs_to_one_member(subject: &Subject) {
    let server = start(
        subject,
        "`/nick NAME` tells all `- OLD is now NAME`. A name that another member has is refused with a line \
         that begins with `!`; one that its member has given up, or has left with, is free again.",
    );
    let (mut alice, mut bob) = two(&server);
    bob.say("/nick alice");
    bob.hear_begin("! ");
    bob.say("/nick carol");
    bob.hear("- bob is now carol");
    alice.hear("- bob is now carol");
    alice.say("/nick bob");
    alice.hear("- alice is now bob");
    bob.hear("- alice is now bob");
}

/// `/msg`
pub fn a_private_message_reaches_one_member(subject: &Subject) {
    let server = start(
        subject,
        "`/msg NICK TEXT` is sent to that member as `[FROM to you] TEXT`, to its sender as \
         `[you to NICK] TEXT`, and to no other.",
    );
    let (mut alice, mut bob) = two(&server);
    let mut carol = Member::new(&server, "carol");
    for member in [&mut alice, &mut bob] {
        member.hear_begin("- ");
        member.hear_begin("- ");
    }
    alice.say("/msg bob psst");
    alice.hear("[you to bob] psst");
    bob.hear("[alice to you] psst");
    bob.say("out loud");
    carol.hear("<bob> out loud");
}

/// `/who`
pub fn who_says_who_is_here(subject: &Subject) {
    let server = start(
        subject,
        "`/who` is answered `- here: ` and the names in the order of the alphabet, with `, ` between them.",
    );
    let (mut alice, mut bob) = two(&server);
    bob.say("/who");
    bob.hear("- here: alice, bob");
    bob.say("/quit");
    bob.rest();
    alice.hear("- bob left");
    alice.say("/who");
    alice.hear("- here: alice");
}

/// `!`
pub fn what_can_not_be_done_is_told_to_its_sender_alone(subject: &Subject) {
    let server = start(
        subject,
        "What can't be done is told to its sender, in one line that begins with `! `; nothing goes to the \
         others, and the connection goes on.",
    );
    let (mut alice, mut bob) = two(&server);
    for line in [
        &b"/whoo"[..],
        b"",
        b"/msg carol hi",
        b"/msg",
        b"/nick a b",
        b"caf\xe9",
    ] {
        alice.client.send(&[line, b"\n"].concat());
        alice.hear_begin("! ");
    }
    alice.say("hello");
    alice.hear("<alice> hello");
    bob.hear("<alice> hello");
}
