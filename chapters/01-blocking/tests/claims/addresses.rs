//! Address families, byte order and addresses (claims C095 to C099).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};

use harness::experiment::{FEW_DESCRIPTORS, alone, loopback};
use nix::errno::Errno;
use socket2::{Domain, SockAddr, Socket, Type};

#[test]
fn c095_streams_exist_beyond_tcp_and_tcp_beyond_ipv4() {
    Socket::pair(Domain::UNIX, Type::STREAM, None).unwrap();
    Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
    Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap(); // and IPv4 beyond TCP: this is UDP
}

#[test]
fn c096_descriptors_are_limited_for_each_process() {
    alone(&FEW_DESCRIPTORS, || {
        let mut open = Vec::new();
        let error = loop {
            match Socket::new(Domain::IPV4, Type::STREAM, None) {
                Ok(socket) => open.push(socket),
                Err(error) => break error,
            }
        };
        assert_eq!(error.raw_os_error(), Some(Errno::EMFILE as i32));
        assert!(
            (30..40).contains(&open.len()),
            "{} of 40 were free",
            open.len()
        );
    });
}

#[test]
fn c097_byte_order_is_about_the_bytes_of_one_number() {
    assert_eq!(2_u32.to_le_bytes(), [2, 0, 0, 0]);
    assert_eq!(2_u32.to_be_bytes(), [0, 0, 0, 2]);
    assert_eq!(7000_u16.to_be_bytes(), [0x1b, 0x58]); // as a port stands in a TCP header
}

#[test]
fn c098_the_address_0_is_reached_under_each_of_this_machines_addresses() {
    let everywhere: SocketAddr = (Ipv4Addr::UNSPECIFIED, 0).into();
    let listener = ch01_blocking::listen(everywhere, 8).unwrap();
    let port = listener.local_addr().unwrap().port();
    // All of 127.0.0.0/8 is this machine.
    for address in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 9, 8, 7)] {
        TcpStream::connect((address, port)).unwrap();
    }
    let here_only = ch01_blocking::listen(loopback(), 8).unwrap();
    let port = here_only.local_addr().unwrap().port();
    TcpStream::connect((Ipv4Addr::new(127, 9, 8, 7), port)).unwrap_err();
}

#[test]
fn c099_each_family_has_an_address_of_its_own_length_and_bind_looks_at_the_family() {
    let four = SockAddr::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let six = SockAddr::from(SocketAddr::from((Ipv6Addr::LOCALHOST, 0)));
    let local = SockAddr::unix("/a/path/that/is/longer/than/all/of/sockaddr").unwrap();
    assert_eq!((four.len(), six.len()), (16, 28));
    assert!(local.len() > 16, "sockaddr itself has 16 bytes");
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let error = socket.bind(&six).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(Errno::EAFNOSUPPORT as i32));
    socket.bind(&four).unwrap();
}
