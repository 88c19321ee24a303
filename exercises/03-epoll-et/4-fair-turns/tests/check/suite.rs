//! Floods that have come before the server looks, and who comes behind them.
//!
//! A flood that never ends would show the same, but only most of the time. One of 4,000 lines that are all
//! there when the server begins shows it always: in the numbers on the tickets.

use std::io::Write;
use std::thread;
use std::time::Duration;

use crate::subject::serve;
use harness::{Client, Server};

const BOOK: &str = "03-epoll-et.html#read-the-code";

/// Lines in a flood: 28,000 bytes, seven turns.
const FLOOD: usize = 4_000;

#[test]
fn each_line_gets_a_ticket() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach("A ticket for each line, numbered across all clients.", BOOK);
    let [mut one, mut two] = [server.client(), server.client()];
    one.send(b"ticket\n");
    one.expect(b"1\n");
    two.send(b"ticket\nticket\n");
    two.expect(b"2\n3\n");
    one.send(b"ticket\n");
    one.finish_sending();
    one.expect_last(b"4\n");
}

#[test]
fn a_flood_takes_one_turn_at_a_time() {
    let server = Server::answer(|listener| serve(&listener));
    let mut clients = served_clients(&server, 2);
    server.while_stopped(|| {
        for client in &mut clients[..1] {
            flood(client);
        }
        send_last_line(&mut clients[1]);
    });
    judge(
        &server,
        &mut clients[1],
        2_000,
        "One client's 4,000 lines lay in its socket, the other's single line came right behind them. The \
         second had to wait until the first was drained. That a client can be drained is up to the client: \
         bound its turn.",
    );
}

#[test]
fn a_flood_leaves_room_for_those_not_yet_reported() {
    let server = Server::answer(|listener| serve(&listener));
    let mut clients = served_clients(&server, 9);
    server.while_stopped(|| {
        for client in &mut clients[..8] {
            flood(client);
        }
        send_last_line(&mut clients[8]);
    });
    judge(
        &server,
        &mut clients[8],
        16_000,
        "Eight clients with 4,000 lines each filled the array of epoll_wait; the ninth, with one line, \
         comes up at the next call. So call epoll_wait after each round of turns, not after the last.",
    );
}

#[test]
fn news_is_no_second_turn() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "One client sends without pause: it has bytes left over, and epoll reports it as well. That is \
         still one turn a round, not two. Kept in a list, it would be there once more after each report.",
        BOOK,
    );
    let mut clients = served_clients(&server, 2);
    // Much of it comes while turns go on, as a socket holds less.
    flood_from_a_thread(&clients[0], 300_000);
    // The first two numbers have been drawn.
    clients[0].expect(&tickets(100_000)[b"1\n2\n".len()..]);
    // Several turns, and between them the numbers that the other has drawn meanwhile.
    clients[1].send(&b"ticket\n".repeat(2_000));
    clients[1].finish_sending();
    let received = String::from_utf8_lossy(&clients[1].read_to_end()).into_owned();
    let numbers: Vec<u64> = received.lines().flat_map(str::parse).collect();
    let gaps = numbers
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]));
    let most = gaps.max().unwrap_or(u64::MAX);
    if most > 3_000 {
        server.fail_with(
            "at most 3,000 tickets to the other between two turns of a client",
            &format!("{most} of them"),
        );
    }
}

#[test]
fn the_rest_is_served_without_another_edge() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "All 4,000 lines came before the server looked: one edge, and no other will follow. What a turn \
         leaves over, the server has to remember by itself, and it must not go to sleep over it.",
        BOOK,
    );
    let mut client = server.client();
    server.while_stopped(|| flood(&mut client));
    client.expect(&tickets(FLOOD));
}

#[test]
fn the_end_behind_a_flood_is_seen() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client sent 4,000 lines and finished sending, all before the server looked. The end, too, is \
         among what a turn leaves over.",
        BOOK,
    );
    let mut client = server.client();
    server.while_stopped(|| {
        flood(&mut client);
        client.finish_sending();
    });
    client.expect_last(&tickets(FLOOD));
}

#[test]
fn a_reset_ends_only_its_own_client() {
    let server = Server::answer(|listener| serve(&listener));
    let mut clients = served_clients(&server, 2);
    server.teach(
        "Another client cut its connection (RST), with lines unread: reading from it or writing to it fails. That is \
         the end of that client only.",
        BOOK,
    );
    let mut rude = server.client();
    server.while_stopped(|| {
        flood(&mut rude);
        rude.reset();
    });
    for client in &mut clients {
        client.send(b"ticket\n");
        client.finish_sending();
        let received = client.read_to_end();
        if !received.ends_with(b"\n") {
            server.fail_with(
                "a ticket",
                &format!("{:?}", String::from_utf8_lossy(&received)),
            );
        }
    }
}

#[test]
fn clients_leave_no_descriptor_behind() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Clients have got their tickets, and have gone. Their sockets are still open in the server.",
        BOOK,
    );
    let mut ticket = 0;
    server.expect_no_leak(|| {
        ticket += 1;
        let mut client = server.client();
        client.send(b"ticket\n");
        client.finish_sending();
        client.expect_last(format!("{ticket}\n").as_bytes());
    });
}

#[test]
fn it_sleeps_once_all_is_served() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "All clients are drained, nobody is left over. Then only an event can bring work: sleep until there \
         is one (EpollTimeout::NONE).",
        BOOK,
    );
    let mut client = server.client();
    server.while_stopped(|| flood(&mut client));
    client.expect(&tickets(FLOOD));
    expect_sleep(&server);
}

#[test]
fn connections_stay_edge_triggered() {
    let server = Server::answer(|listener| serve(&listener));
    let _clients = served_clients(&server, 1);
    let report = server.report();
    assert!(
        report.contains("IN|ET"),
        "the server no longer watches its client for IN|ET:\n\
         {report}\n\
         it means  Level-triggered, the kernel itself remembers what is left over, and one\n          \
         read a turn is fair. Chapter 05 goes back to that. Here, do it by hand.\n\
         read      book: {BOOK}"
    );
}

/// Clients that have been accepted, and have drawn a ticket each.
fn served_clients(server: &Server, number: usize) -> Vec<Client> {
    let mut clients = server.clients(number);
    for (client, ticket) in clients.iter_mut().zip(1..) {
        client.send(b"ticket\n");
        client.expect(format!("{ticket}\n").as_bytes());
    }
    // Else it may be on its way to the read that says WouldBlock, and find there what comes next.
    server.wait_until_asleep();
    clients
}

/// Sends 4,000 lines. On loopback they have arrived when this returns.
fn flood(client: &mut Client) {
    client.send(&b"ticket\n".repeat(FLOOD));
}

/// Begins to send so many `lines`, and goes on as long as there is room.
fn flood_from_a_thread(client: &Client, lines: usize) {
    let mut stream = client.stream().try_clone().expect("a descriptor");
    stream.set_write_timeout(None).expect("a socket option");
    thread::spawn(move || {
        // It ends at the latest with the server, and that's no failure of this thread.
        let _ = stream.write_all(&b"ticket\n".repeat(lines));
    });
}

/// Sends one line and finishes sending.
fn send_last_line(client: &mut Client) {
    client.send(b"ticket\n");
    client.finish_sending();
}

/// Fails unless the next ticket of `client` is one of the first `most`.
fn judge(server: &Server, client: &mut Client, most: u64, means: &str) {
    server.teach(means, BOOK);
    let received = String::from_utf8_lossy(&client.read_to_end()).into_owned();
    let ticket: Option<u64> = received.trim_end().parse().ok();
    assert!(
        ticket.is_some_and(|ticket| ticket <= most),
        "sent      4,000 lines by each of the others, then \"ticket\\n\"\n\
         expected  a number not above {most}\n\
         received  {received:?}\n\
         it means  {means}\n\
         read      book: {BOOK}"
    );
}

/// Checks that the server sleeps. Even where many others want the processors, one that spins gets more
/// than 1 % of one; one that sleeps needs next to nothing.
fn expect_sleep(server: &Server) {
    let used = server.cpu_over(Duration::from_millis(200));
    if used > Duration::from_millis(2) {
        let used = format!("{} ms of CPU time in 200 ms", used.as_millis());
        server.fail_with("a server that sleeps", &used);
    }
    server.expect_no_wake_ups();
}

/// `1` to `last`, a line each.
fn tickets(last: usize) -> Vec<u8> {
    (1..=last)
        .flat_map(|ticket| format!("{ticket}\n").into_bytes())
        .collect()
}
