//! A server whose first thousand descriptors are taken, and clients around the last place.

use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::os::fd::AsRawFd;

use crate::subject::{FULL, serve};
use harness::{Client, Server};

const BOOK: &str = "02-epoll-lt.html#read-the-code";

/// How many clients have a place in the set: the rest of the 1,024 is taken.
const PLACES: i32 = 8;

#[test]
fn clients_with_a_place_are_served() {
    let server = Server::answer(|listener| serve_crowded(&listener));
    server.teach(
        "There are places left: these clients are to be served.",
        BOOK,
    );
    let mut clients = fill(&server);
    for client in &mut clients {
        greet(client);
    }
}

#[test]
fn the_first_client_without_a_place_is_told() {
    let server = Server::answer(|listener| serve_crowded(&listener));
    server.teach(
        "This client's descriptor is 1,024: the first that has no bit in the set. select can't watch it, \
         so the server can't serve it. It should say so (FULL) and close, to this client alone.",
        BOOK,
    );
    let _clients = fill(&server);
    server.client().expect_last(FULL);
}

#[test]
fn those_with_a_place_are_served_on() {
    let server = Server::answer(|listener| serve_crowded(&listener));
    let mut clients = fill(&server);
    let mut one_more = server.client();
    server.teach(
        "One client too many has come. The others have their places, and the server should go on \
         serving them.",
        BOOK,
    );
    one_more.expect_last(FULL);
    for client in &mut clients {
        greet(client);
    }
}

#[test]
fn each_client_without_a_place_is_told() {
    let server = Server::answer(|listener| serve_crowded(&listener));
    server.teach(
        "Several clients come while no place is free. Each of them should get FULL, and the end.",
        BOOK,
    );
    let _clients = fill(&server);
    let mut without_a_place = server.clients(20);
    for client in &mut without_a_place {
        client.expect_last(FULL);
    }
}

#[test]
fn a_place_that_is_free_again_is_given_out() {
    let server = Server::answer(|listener| serve_crowded(&listener));
    let mut clients = fill(&server);
    server.teach(
        "No place is free: this client should get FULL, and the end.",
        BOOK,
    );
    server.client().expect_last(FULL);
    server.teach(
        "One client has left, and its descriptor is closed. The next client gets this number, and with \
         it a place in the set: serve it.",
        BOOK,
    );
    for turn in 0..3 {
        let mut leaving = clients.remove(turn);
        leaving.finish_sending();
        leaving.expect_end();
        let mut next = server.client();
        greet(&mut next);
        clients.push(next);
        server.client().expect_last(FULL);
    }
}

#[test]
fn a_refused_client_that_has_gone_does_no_harm() {
    let server = Server::answer(|listener| serve_crowded(&listener));
    let mut clients = fill(&server);
    server.teach(
        "Clients without a place cut their connections before they were told: writing FULL to them fails. \
         That is the end of those clients only. The others should be served on.",
        BOOK,
    );
    server.while_stopped(|| {
        for _ in 0..20 {
            server.client().reset();
        }
    });
    for client in &mut clients {
        greet(client);
    }
    server.client().expect_last(FULL);
}

#[test]
fn a_reset_ends_only_its_own_client() {
    let server = Server::answer(|listener| serve_crowded(&listener));
    let mut clients = fill(&server);
    server.teach(
        "Some of the clients with a place cut their connections: reading from them fails. Their places are free, \
         and the others are served on.",
        BOOK,
    );
    let before = server.descriptors();
    for client in clients.drain(..4) {
        client.reset();
    }
    if let Err(now) = server.wait_for_descriptors(before - 4) {
        server.fail_with(&format!("{} descriptors", before - 4), &now.to_string());
    }
    for client in &mut clients {
        greet(client);
    }
    let mut next: Vec<Client> = (0..4).map(|_| server.client()).collect();
    for client in &mut next {
        greet(client);
    }
}

#[test]
fn refused_clients_leave_no_descriptor_behind() {
    let server = Server::answer(|listener| serve_crowded(&listener));
    let _clients = fill(&server);
    server.teach(
        "Clients without a place have been told, and have gone. Their descriptors are still open.",
        BOOK,
    );
    server.expect_no_leak(|| server.client().expect_last(FULL));
}

#[test]
fn it_sleeps_while_nothing_comes() {
    let server = Server::answer(|listener| serve_crowded(&listener));
    let _clients = fill(&server);
    server.client().expect_last(FULL);
    server.teach(
        "All places are taken, and all clients are silent. The server should sleep in select until one of \
         them says something.",
        BOOK,
    );
    server.expect_no_wake_ups();
}

/// So many clients that no further one has a place; each has been served.
#[track_caller]
fn fill(server: &Server) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..PLACES {
        let mut client = server.client();
        greet(&mut client);
        clients.push(client);
    }
    clients
}

#[track_caller]
fn greet(client: &mut Client) {
    client.send(b"hello\n");
    client.expect(b"hello\n");
}

/// The answer, in a process that has so many files open that `PLACES` numbers below 1,024 are left.
fn serve_crowded(listener: &TcpListener) -> io::Result<()> {
    let mut open = Vec::new();
    loop {
        let file = File::open("/dev/null")?;
        let is_last = file.as_raw_fd() >= 1023 - PLACES;
        open.push(file);
        if is_last {
            return serve(listener);
        }
    }
}
