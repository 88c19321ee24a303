//! Requests in pieces.

use crate::answers::{Content, take_apart};
use crate::start;

/// One of each kind, none of them HEAD.
const REQUESTS: &[u8] = b"\
    GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n\
    POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\
    Content-Type: application/x-www-form-urlencoded\r\n\r\nname=a%26+b\
    PUT /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
    3;a=b\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n\
    \r\nOPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n\
    POST /nowhere HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nxyz\
    GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[test]
fn requests_cut_anywhere_get_the_same_answers() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(REQUESTS);
    let whole = take_apart(&client.read_to_end(), Content::Comes);
    let codes: Vec<_> = whole.iter().map(|answer| answer.status).collect();
    assert_eq!(codes, [200, 200, 200, 204, 404, 400]);
    assert_eq!(whole[2].text(), "abc0123456789abcdef");
    for cut in 1..REQUESTS.len() {
        let mut client = server.client();
        client.send_in_pieces(REQUESTS, &[cut]);
        let pieces = take_apart(&client.read_to_end(), Content::Comes);
        assert!(pieces == whole, "cut at {cut}: {pieces:#?}");
    }
}

#[test]
fn requests_byte_by_byte_get_the_same_answers() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(REQUESTS);
    let whole = take_apart(&client.read_to_end(), Content::Comes);
    let mut client = server.client();
    client.send_byte_by_byte(REQUESTS);
    let pieces = take_apart(&client.read_to_end(), Content::Comes);
    assert!(pieces == whole, "{pieces:#?}");
}
