//! Answers that come later than their requests.

use crate::answers::{get, rest};
use crate::start;

const LATER: &[u8] = b"GET /later HTTP/1.1\r\nHost: a\r\n\r\n";
const MOVED: &[u8] = b"GET /moved HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn an_answer_may_come_later_and_those_behind_it_wait() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(&[LATER, MOVED].concat());
    client.wait_until_read();
    assert_eq!(get(&server, "/moved").status, 302, "others don't wait");
    client.send(MOVED); // which must not disturb the first one
    client.finish_sending();
    let answers = rest(&mut client);
    let codes: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(codes, [200, 302, 302]);
    assert_eq!(answers[0].text(), "This came a second later.\n");
}

#[test]
fn each_answer_has_the_date_of_its_own_second() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(&[MOVED, LATER, MOVED].concat()); // a second lies between the first and the last
    client.finish_sending();
    let text = String::from_utf8_lossy(&client.read_to_end()).into_owned();
    let dates = text.lines().filter_map(|line| line.strip_prefix("Date: "));
    let dates: Vec<_> = dates.collect();
    assert_eq!(dates.len(), 3, "{text}");
    assert_ne!(dates[0], dates[2]);
}

#[test]
fn it_comes_to_a_client_that_has_finished_sending() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(LATER);
    client.finish_sending();
    assert_eq!(rest(&mut client).len(), 1);
}

#[test]
fn a_client_that_leaves_meanwhile_takes_nobody_along() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(LATER);
    client.wait_until_read();
    client.reset();
    let mut other = server.client();
    other.send(LATER);
    other.finish_sending();
    assert_eq!(rest(&mut other).len(), 1);
}
