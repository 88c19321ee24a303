use super::*;

#[test]
fn a_line_is_a_step() {
    let send = Act::Send(b"hi \\ there\r\n\xff".to_vec());
    assert_eq!(
        step(r"B sends hi \\ there\r\n\xff").unwrap(),
        Step::Client('B', send)
    );
    assert_eq!(
        step("A sees the end").unwrap(),
        Step::Client('A', Act::SeeEnd)
    );
    let said = |thread: Option<&str>, event: &str, call: Option<&str>| {
        Step::Until(Said {
            thread: thread.map(Into::into),
            event: event.into(),
            call: call.map(Into::into),
        })
    };
    assert_eq!(
        step("server waits in accept").unwrap(),
        said(None, "wait", Some("accept"))
    );
    assert_eq!(
        step("client 5 waits in read").unwrap(),
        said(Some("client 5"), "wait", Some("read"))
    );
    assert_eq!(
        step("server reaches close").unwrap(),
        said(None, "close", None)
    );
    assert_eq!(
        step("server reaches would-block in write").unwrap(),
        said(None, "would-block", Some("write"))
    );
    assert_eq!(
        step("A sends 2 lines of 3 bytes").unwrap(),
        Step::Client('A', Act::Send(b"aa\naa\n".to_vec()))
    );
    assert_eq!(
        step("A receives 30000 bytes").unwrap(),
        Step::Client('A', Act::Take(30_000))
    );
    assert_eq!(
        step("A receives 2 answers").unwrap(),
        Step::Client('A', Act::TakeAnswers(2))
    );
    assert_eq!(step("server is held").unwrap(), Step::Signal("STOP"));
}

#[test]
fn what_is_no_step_is_named() {
    for line in ["A jumps", "nobody moves", r"A sends \q"] {
        let error = step(line).unwrap_err().to_string();
        assert!(error.contains('`'), "{line}: {error}");
    }
}
