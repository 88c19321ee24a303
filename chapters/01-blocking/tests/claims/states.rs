//! The states of a connection that opens and closes (claims C091 to C094, C130, C131).

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, SocketAddrV4, TcpStream};
use std::process::Command;
use std::time::Duration;

use harness::experiment::{
    OWN_NETWORK, alone, entry, knock, listener, pair, queued, set_parameter, state, until_state,
};
use socket2::{Domain, Protocol, Socket, Type};

#[test]
fn c091_time_wait_is_where_the_close_began() {
    let (client, server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    drop(server);
    drop(client);
    until_state(there, here, "TIME_WAIT");
    until_state(here, there, "gone");

    let (client, server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    drop(client);
    drop(server);
    until_state(here, there, "TIME_WAIT");
    until_state(there, here, "gone");
}

/// The timers are read, not waited for. `tcp_fin_timeout` governs the other state, `FIN_WAIT2`.
#[test]
fn c092_time_wait_lasts_sixty_seconds_whatever_fin_timeout_says() {
    alone(&OWN_NETWORK, || {
        set_parameter("ipv4/tcp_fin_timeout", "5");
        let (client, server) = pair();
        let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
        let timer = || entry(there, here).unwrap().timer.unwrap().as_secs_f64();
        drop(server);
        until_state(there, here, "FIN_WAIT2");
        assert!(
            (4.0..=5.1).contains(&timer()),
            "FIN_WAIT2 ends in {} s",
            timer()
        );
        drop(client);
        until_state(there, here, "TIME_WAIT");
        assert!(
            (59.0..=60.1).contains(&timer()),
            "TIME_WAIT ends in {} s",
            timer()
        );
    });
}

#[test]
fn c094_close_wait_lasts_until_the_program_closes() {
    let (client, mut server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    client.shutdown(Shutdown::Write).unwrap();
    until_state(there, here, "CLOSE_WAIT");
    server.write_all(b"still served").unwrap();
    let _all_of_it = client.peek(&mut [0; 12]).unwrap();
    assert_eq!(state(there, here), "CLOSE_WAIT", "after some output");
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    let waiting = entry(there, here).unwrap();
    assert_eq!(
        (waiting.state, waiting.timer),
        ("CLOSE_WAIT", None),
        "no timer will end it"
    );
    drop(server);
    until_state(there, here, "gone");
}

#[test]
fn c130_a_client_is_in_syn_sent_until_it_is_answered() {
    let listener = listener(0);
    let address = listener.local_addr().unwrap();
    let first = TcpStream::connect(address).unwrap(); // fills the accept queue
    until_state(first.local_addr().unwrap(), address, "ESTABLISHED");
    let second = knock(address);
    let here = second.local_addr().unwrap().as_socket().unwrap();
    assert_eq!(state(here, address), "SYN_SENT");
    let _room = listener.accept().unwrap();
    until_state(here, address, "ESTABLISHED"); // it has asked again
}

#[test]
fn c131_each_close_moves_both_ends() {
    let (client, server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    assert_eq!(
        (state(here, there), state(there, here)),
        ("ESTABLISHED", "ESTABLISHED")
    );
    client.shutdown(Shutdown::Write).unwrap();
    until_state(here, there, "FIN_WAIT2");
    assert_eq!(state(there, here), "CLOSE_WAIT");
    server.shutdown(Shutdown::Write).unwrap();
    until_state(here, there, "TIME_WAIT");
    until_state(there, here, "gone");
    // The descriptors are still open; the connection behind them has ended.
    drop((client, server));
    let timer = entry(here, there).unwrap().timer.unwrap();
    assert!(timer > Duration::from_secs(55), "{timer:?}");
}

/// A SYN from an address that nobody has: the server's answer is sent, and never acknowledged.
#[test]
fn c130_a_server_is_in_syn_recv_until_its_answer_is_acknowledged() {
    alone(&OWN_NETWORK, || {
        let route = ["route", "add", "192.0.2.0/24", "dev", "lo"];
        assert!(Command::new("ip").args(route).status().unwrap().success());
        let listener = listener(8);
        let address = listener.local_addr().unwrap();
        let nobody = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 7001);
        let SocketAddr::V4(to) = address else {
            unreachable!("it is on 127.0.0.1")
        };
        let raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP)).unwrap();
        raw.set_header_included_v4(true).unwrap();
        raw.send_to(&syn(nobody, to), &address.into()).unwrap();
        until_state(address, nobody.into(), "SYN_RECV");
        assert_eq!(queued(address), 0, "accept would sleep");
    });
}

/// A packet with the IPv4 header (the kernel fills in its length and checksum) and a TCP header with
/// SYN (RFC 9293 §3.1).
fn syn(from: SocketAddrV4, to: SocketAddrV4) -> Vec<u8> {
    let ends = [from.ip().octets(), to.ip().octets()].concat();
    let mut tcp = [from.port().to_be_bytes(), to.port().to_be_bytes()].concat();
    tcp.extend([0, 0, 0, 1, 0, 0, 0, 0]); // sequence number 1, nothing acknowledged
    tcp.extend([5 << 4, 0b10, 0xff, 0xff]); // 5 words, SYN, a window of 65,535
    tcp.extend([0; 4]);
    // The checksum is over the addresses, the protocol and the length, too.
    let words = [&ends[..], &[0, 6, 0, 20], &tcp].concat();
    let words = words
        .chunks(2)
        .map(|word| u32::from(word[0]) << 8 | u32::from(word[1]));
    let sum: u32 = words.sum();
    let sum = (sum & 0xffff) + (sum >> 16);
    let checksum = !u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap();
    tcp[16..18].copy_from_slice(&checksum.to_be_bytes());
    let header = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0]; // version 4, 5 words; 64 hops, TCP
    [&header[..], &ends, &tcp].concat()
}
