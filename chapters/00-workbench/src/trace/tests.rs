//! The form of a trace, which the book's player relies on.

use std::sync::{Arc, Mutex};

use expect_test::expect;
use tracing::trace;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::{EXCERPT, KINDS, Record, excerpt};

/// Keeps the events of one test.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Record>>>);

impl<S: tracing::Subscriber> Layer<S> for Kept {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut record = Record {
            t: 1_203,
            thread: "main".into(),
            ..Record::default()
        };
        event.record(&mut record);
        self.0.lock().unwrap().push(record);
    }
}

fn records_of(events: impl FnOnce()) -> Vec<Record> {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::registry().with(kept.clone());
    tracing::subscriber::with_default(subscriber, events);
    let records = kept.0.lock().unwrap();
    records.clone()
}

fn three_events() -> Vec<Record> {
    records_of(|| {
        trace!(fd = 3, call = "accept", timeout_ms = 500, "wait");
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 50_312));
        trace!(fd = 4, listener = 3, %peer, "accept");
        trace!(fd = 4, bytes = 6_usize, data = &b"hello\n"[..], "read");
    })
}

#[test]
fn an_event_is_one_json_object() {
    let lines: Vec<_> = three_events()
        .iter()
        .map(|record| serde_json::to_string(record).unwrap())
        .collect();
    expect![[r#"
        {"t":1203,"thread":"main","event":"wait","fd":3,"call":"accept","timeout_ms":500}
        {"t":1203,"thread":"main","event":"accept","fd":4,"listener":3,"peer":"127.0.0.1:50312"}
        {"t":1203,"thread":"main","event":"read","fd":4,"bytes":6,"data":"hello\\n"}"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn a_recorded_event_reads_back_as_it_was_written() {
    for record in three_events() {
        let line = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), record);
    }
}

#[test]
fn an_event_is_one_aligned_line_on_a_terminal() {
    let lines: Vec<_> = three_events()
        .iter()
        .map(|record| format!("|{}", anstream::adapter::strip_str(&record.to_string())))
        .collect();
    expect![[r#"
        |   0.001203 main       wait        fd 3    call=accept timeout_ms=500
        |   0.001203 main       accept      fd 4    listener=3 peer=127.0.0.1:50312
        |   0.001203 main       read        fd 4         6 B  "hello\n""#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn bytes_that_are_no_text_are_escaped_and_long_ones_cut() {
    assert_eq!(excerpt(b"a\x00\xff\"\r\n"), r#"a\x00\xff\"\r\n"#);
    assert_eq!(excerpt(&[b'x'; EXCERPT]), "x".repeat(EXCERPT));
    assert_eq!(excerpt(&[b'x'; EXCERPT + 1]), "x".repeat(EXCERPT) + "…");
}

#[test]
fn no_kind_is_listed_twice() {
    for (index, (kind, _)) in KINDS.iter().enumerate() {
        let again = KINDS[index + 1..].iter().any(|(other, _)| other == kind);
        assert!(!again, "{kind} stands twice in KINDS");
    }
}
