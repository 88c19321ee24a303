//! Where `select` ends: at descriptor 1,024.

use harness::Server;

/// How many descriptors have a place in the set.
const PLACES: usize = 1_024;

#[test]
fn a_client_beyond_descriptor_1023_is_told_so_and_the_others_are_served_on() {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch02-epoll-lt"), &["--wait", "select"]);
    let mut clients = Vec::new();
    while server.descriptors() < PLACES {
        let mut client = server.client();
        client.exchange(b"hello\n", b"hello\n");
        clients.push(client);
    }
    for _ in 0..5 {
        let answer = server.client().read_to_end();
        assert_eq!(
            String::from_utf8_lossy(&answer),
            "server full: select() can't watch descriptor 1024, only those below 1024\n"
        );
    }
    for client in &mut clients {
        client.exchange(b"still here\n", b"still here\n");
    }
    // A place that has become free is given away again.
    let mut leaving = clients.swap_remove(0);
    leaving.finish_sending();
    leaving.expect_end();
    let mut next = server.client();
    next.exchange(b"a free place\n", b"a free place\n");
}
