//! Two sockets that are ready in one batch, and what the first one's handler does to the second.

use std::io::{Read, Write};
use std::net::TcpListener;

use crate::subject::{Reactor, Token};
use harness::Server;
use nix::sys::epoll::EpollTimeout;
use socket2::{Domain, Socket, Type};

const BOOK: &str = "05-reactor.html#beside-the-documents";

#[test]
fn a_ready_socket_is_reported() {
    let server = Server::answer(|listener| {
        let test = accept(&listener);
        let mut reactor = reactor();
        let (_one_end, one) = register_ready(&mut reactor);
        let (_two_end, two) = register_ready(&mut reactor);
        for _ in 0..2 {
            reactor
                .turn(EpollTimeout::ZERO, |reactor, token| {
                    read_byte(reactor, token);
                    let name = name_of(token, &[(one, "one"), (two, "two")]);
                    tell(&test, &format!("{name} is ready\n"));
                })
                .expect("a turn");
        }
    });
    server.teach(
        "A byte came from each of two sockets, and each handler read it. So each is reported once.",
        BOOK,
    );
    server.client().expect_last(b"one is ready\ntwo is ready\n");
}

#[test]
fn a_closed_socket_is_not_reported() {
    let server = Server::answer(|listener| batch(&listener, Newcomer::None));
    server.teach(
        "Two sockets were ready, and the handler of the first closed the second. The event of the second \
         was still in the batch, but it is stale.",
        BOOK,
    );
    server
        .client()
        .expect_last(b"an old one is ready\nthe batch is done\n");
}

#[test]
fn an_old_event_does_not_reach_a_newcomer() {
    let server = Server::answer(|listener| batch(&listener, Newcomer::Silent));
    server.teach(
        "Two sockets were ready. The handler of the first closed the second and registered a newcomer, \
         which got the second's slot, and then the second's event. Nothing had come from the newcomer.",
        BOOK,
    );
    server
        .client()
        .expect_last(b"an old one is ready\nthe batch is done\n");
}

#[test]
fn an_old_token_means_nobody() {
    let server = Server::answer(|listener| {
        let test = accept(&listener);
        let mut reactor = reactor();
        let (_end, first) = register_ready(&mut reactor);
        let mut last = first;
        for _ in 0..1024 {
            reactor.close(last);
            idle_turn(&mut reactor);
            last = register_ready(&mut reactor).1;
        }
        tell(&test, &existence(&reactor, "first", first));
        tell(&test, &existence(&reactor, "last", last));
    });
    server.teach(
        "A slot was let a thousand times. The token of its first tenant names a socket that was closed \
         long ago, and no other.",
        BOOK,
    );
    server
        .client()
        .expect_last(b"the first is gone\nthe last is there\n");
}

#[test]
fn an_old_token_does_not_close_a_newcomer() {
    let server = Server::answer(|listener| {
        let test = accept(&listener);
        let mut reactor = reactor();
        let (_old_end, old) = register_ready(&mut reactor);
        reactor.close(old);
        idle_turn(&mut reactor);
        let (_new_end, new) = register_ready(&mut reactor);
        reactor.close(old);
        tell(&test, &existence(&reactor, "newcomer", new));
    });
    server.teach(
        "A socket was closed twice. In between a newcomer had got its slot; the second close should do \
         nothing.",
        BOOK,
    );
    server.client().expect_last(b"the newcomer is there\n");
}

#[test]
fn slots_are_used_again() {
    let server = Server::answer(|listener| {
        let test = accept(&listener);
        let mut reactor = reactor();
        for _ in 0..100 {
            let (_end, token) = register_ready(&mut reactor);
            reactor
                .turn(EpollTimeout::ZERO, |reactor, _| reactor.close(token))
                .expect("a turn");
        }
        let few = if reactor.slots() <= 2 { "few" } else { "many" };
        tell(&test, &format!("{few} slots\n"));
    });
    server.teach(
        "A hundred sockets came and went, never two at a time. A table that keeps a slot for each grows \
         for as long as the server runs.",
        BOOK,
    );
    server.client().expect_last(b"few slots\n");
}

#[test]
fn slots_are_used_again_however_many_leave_together() {
    let server = Server::answer(|listener| {
        let test = accept(&listener);
        let mut reactor = reactor();
        for _ in 0..20 {
            let crowd: Vec<_> = (0..10).map(|_| register_ready(&mut reactor)).collect();
            for (_, token) in &crowd {
                reactor.close(*token);
            }
        }
        tell(&test, &format!("{} slots\n", reactor.slots()));
    });
    server.teach(
        "Ten sockets came together and left together, twenty times. Ten slots are enough: each that is free has \
         to be remembered, and not only the last.",
        BOOK,
    );
    server.client().expect_last(b"10 slots\n");
}

#[test]
fn an_old_token_means_nobody_after_many_tenants() {
    let server = Server::answer(|listener| {
        let test = accept(&listener);
        let mut reactor = reactor();
        let (_end, first) = register_ready(&mut reactor);
        reactor.close(first);
        let (socket, _end) = pair();
        let came_back = (0..70_000).find(|_| {
            let copy = socket.try_clone().expect("a descriptor");
            let token = reactor.register(copy).expect("room in epoll");
            let is_there = reactor.socket(first).is_some();
            reactor.close(token);
            is_there
        });
        let said = match came_back {
            None => "nobody\n".to_owned(),
            Some(tenants) => format!("tenant number {}\n", tenants + 2),
        };
        tell(&test, &said);
    });
    server.teach(
        "A slot has had 70,000 tenants, and the token of the first named one of them: what counts tenants has begun \
         anew. A token has 64 bits; give the tenants enough of them.",
        BOOK,
    );
    server.client().expect_last(b"nobody\n");
}

#[test]
fn a_copy_elsewhere_is_not_listened_to() {
    let server = Server::answer(|listener| {
        let test = accept(&listener);
        let mut reactor = reactor();
        let (_end, token) = register_ready(&mut reactor);
        let copy = reactor.socket(token).map(Socket::try_clone);
        reactor.close(token);
        let count = reactor
            .turn(EpollTimeout::ZERO, |_, _| tell(&test, "called\n"))
            .expect("a turn");
        drop(copy);
        tell(&test, &format!("{count} events\n"));
    });
    server.teach(
        "The socket was closed while a copy of its descriptor was open. Epoll watches the open file that \
         both stand for: as long as that lives, and nobody has told epoll to stop, its events come.",
        BOOK,
    );
    server.client().expect_last(b"0 events\n");
}

/// Who comes while the batch is handled.
#[derive(Clone, Copy, PartialEq)]
enum Newcomer {
    None,
    Silent,
}

/// Two are ready; the first handler closes the other one, and may let a newcomer in.
fn batch(listener: &TcpListener, newcomer: Newcomer) {
    let test = accept(listener);
    let mut reactor = reactor();
    let (_one_end, one) = register_ready(&mut reactor);
    let (_two_end, two) = register_ready(&mut reactor);
    let mut newcomer_end = None;
    reactor
        .turn(EpollTimeout::ZERO, |reactor, token| {
            let names = [(one, "an old one"), (two, "an old one")];
            // The newcomer's token may equal an old one: so it is the socket that tells who it is.
            let name = if read_byte(reactor, token) {
                name_of(token, &names)
            } else {
                "the silent newcomer"
            };
            tell(&test, &format!("{name} is ready\n"));
            reactor.close(if token == one { two } else { one });
            if newcomer == Newcomer::Silent && newcomer_end.is_none() {
                let (socket, end) = pair();
                reactor.register(socket).expect("room in epoll");
                newcomer_end = Some(end);
            }
        })
        .expect("a turn");
    tell(&test, "the batch is done\n");
}

fn reactor() -> Reactor {
    Reactor::new().expect("an epoll instance")
}

/// A turn whose events nobody heeds.
fn idle_turn(reactor: &mut Reactor) {
    reactor.turn(EpollTimeout::ZERO, |_, _| {}).expect("a turn");
}

/// Registers a socket from which a byte has come; returns its other end, too.
fn register_ready(reactor: &mut Reactor) -> (Socket, Token) {
    let (socket, end) = pair();
    tell(&end, "!");
    (end, reactor.register(socket).expect("room in epoll"))
}

/// Two connected sockets that don't block.
fn pair() -> (Socket, Socket) {
    let kind = Type::STREAM.nonblocking();
    Socket::pair(Domain::UNIX, kind, None).expect("a pair of sockets")
}

/// Whether a byte had come.
fn read_byte(reactor: &Reactor, token: Token) -> bool {
    let socket = reactor.socket(token);
    socket.is_some_and(|mut socket| socket.read(&mut [0]).is_ok_and(|count| count == 1))
}

fn name_of(token: Token, names: &[(Token, &'static str)]) -> &'static str {
    let name = names.iter().find(|(named, _)| *named == token);
    name.map_or("an unknown one", |(_, name)| name)
}

fn existence(reactor: &Reactor, name: &str, token: Token) -> String {
    let is = if reactor.socket(token).is_some() {
        "is there"
    } else {
        "is gone"
    };
    format!("the {name} {is}\n")
}

fn accept(listener: &TcpListener) -> Socket {
    listener.accept().expect("the test connects").0.into()
}

fn tell(mut to: &Socket, what: &str) {
    to.write_all(what.as_bytes()).expect("a listener");
}
