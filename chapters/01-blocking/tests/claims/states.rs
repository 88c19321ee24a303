//! The states of a connection that opens and closes (claims C091 to C094, C130, C131).

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use harness::experiment::{
    OWN_NETWORK, alone, entry, knock, listener, pair, set_parameter, state, until_state,
};

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
