//! Members who don't read.

use harness::Server;

use crate::member::Member;
use crate::page::Page;
use crate::{start, wait_until};

/// All may say as much as they like: how slow a reader is shows soon.
const FAST: &[&str] = &["--room-pace", "1000000"];

/// Lines of this length make much to read of few.
const TEXT: usize = 900;

/// A guest comes, says so many lines that nothing of it has to wait, and goes. `reader` has read
/// all of that afterwards, and gets what else was said in that time.
#[track_caller]
fn somebody_speaks(server: &Server, reader: &mut Member) -> Vec<String> {
    let mut speaker = Member::guest(server);
    let lines = format!("{}\n", "x".repeat(TEXT)).repeat(19) + "/quit\n";
    speaker.client.send(lines.as_bytes());
    let said = reader.hear_until(&format!("- {} left", speaker.nick));
    let heard = speaker.rest();
    assert_eq!(heard.last().map(String::as_str), Some("- goodbye"));
    let own = format!("<{}>", speaker.nick);
    let own = said.iter().filter(|line| line.starts_with(&own)).count();
    assert_eq!(own, 19, "each line once");
    said
}

/// Has guests speak until `count` members were found too slow.
#[track_caller]
fn until_too_slow(server: &Server, reader: &mut Member, count: usize) {
    let mut slow = 0;
    for _ in 0..400 {
        let said = somebody_speaks(server, reader);
        slow += said
            .iter()
            .filter(|line| line.ends_with(" left (too slow)"))
            .count();
        if slow == count {
            return;
        }
    }
    panic!("{slow} were too slow, and not {count}");
}

#[test]
fn a_member_who_does_not_read_is_put_out_and_told_why() {
    let server = start(FAST);
    let mut reader = Member::new(&server, "reader");
    let mut slow = Member::new(&server, "slow");
    until_too_slow(&server, &mut reader, 1);
    reader.say("/who");
    reader.hear("- here: reader");

    let heard = slow.rest();
    let (last, heard) = heard.split_last().expect("something");
    assert!(last.starts_with("! you are put out: too slow"), "{last}");
    // What waited is delivered, each line once and whole.
    let lines = heard.iter().filter(|line| line.starts_with('<'));
    assert!(lines.clone().all(|line| line.ends_with(&"x".repeat(TEXT))));
    assert!(lines.count() * TEXT > 256 * 1024);
}

#[test]
fn a_page_that_does_not_read_gets_a_close_that_says_why() {
    let server = start(FAST);
    let mut reader = Member::new(&server, "reader");
    let mut page = Page::open(&server);
    reader.hear("- guest-1 joined");
    until_too_slow(&server, &mut reader, 1);
    let (code, reason) = page.close();
    assert_eq!(code, 1008);
    assert!(reason.contains("too slow"), "{reason}");
}

#[test]
fn fifty_who_never_read_are_put_out_and_disturb_nobody() {
    let server = start(FAST);
    let mut reader = Member::new(&server, "reader");
    let slow: Vec<_> = (0..50).map(|_| server.slow_client()).collect();
    for _ in &slow {
        assert!(reader.line().ends_with(" joined"));
    }
    until_too_slow(&server, &mut reader, 50);
    reader.say("/who");
    reader.hear("- here: reader");
    // They don't read that they were put out, either: the deadline is for them.
    wait_until("their connections are gone", || {
        server.report().matches("connection from").count() <= 1
    });
    somebody_speaks(&server, &mut reader);
    drop(slow);
}

#[test]
fn who_reads_is_not_put_out_however_many_speak_at_once() {
    let server = start(FAST);
    let mut reader = Member::new(&server, "reader");
    let mut speakers: Vec<_> = (0..20).map(|_| Member::guest(&server)).collect();
    let lines = format!("{}\n", "x".repeat(TEXT)).repeat(19) + "/quit\n";
    assert!(20 * lines.len() > 256 * 1024, "more than may wait");
    server.while_stopped(|| {
        for speaker in &mut speakers {
            speaker.client.send(lines.as_bytes());
        }
    });
    let (mut said, mut left) = (0, 0);
    while left < speakers.len() {
        let line = reader.line();
        said += usize::from(line.starts_with('<'));
        left += usize::from(line.ends_with(" left"));
        assert!(!line.starts_with('!') && !line.ends_with(')'), "{line}");
    }
    assert_eq!(said, 20 * 19);
}
