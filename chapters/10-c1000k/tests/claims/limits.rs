//! Where it stops (claim C211).

use std::fs::File;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::mpsc;

use ch10_c1000k::apart;
use harness::experiment::{FEW_DESCRIPTORS, OWN_NETWORK, alone};
use nix::errno::Errno;
use nix::sys::socket::{setsockopt, sockopt};
use socket2::{Domain, Socket, Type};

/// Opens files until that fails, and returns them with the error.
fn fill() -> (Vec<File>, Option<i32>) {
    let mut files = Vec::new();
    loop {
        match File::open("/dev/null") {
            Ok(file) => files.push(file),
            Err(error) => return (files, error.raw_os_error()),
        }
    }
}

#[test]
fn c211_one_table_ends_at_its_limit_and_the_number_40_is_never_given() {
    alone(&FEW_DESCRIPTORS, || {
        let (files, error) = fill();
        assert_eq!(error, Some(Errno::EMFILE as i32));
        assert_eq!(files.iter().map(AsRawFd::as_raw_fd).max(), Some(39));
    });
}

#[test]
fn c211_while_one_table_is_full_a_thread_with_its_own_goes_on() {
    alone(&FEW_DESCRIPTORS, || {
        let (go, may_go) = mpsc::channel();
        let thread = apart("second".to_owned(), move || {
            let _ = may_go.recv();
            let (files, error) = fill();
            Ok((files.len(), error)) // they are closed here: elsewhere their numbers name others
        })
        .unwrap();
        let (mine, error) = fill();
        assert_eq!(error, Some(Errno::EMFILE as i32));
        go.send(()).unwrap();
        let (others, error) = thread.join().unwrap().unwrap();
        assert_eq!(error, Some(Errno::EMFILE as i32));
        assert!(mine.len() + others > 40, "{} + {others}", mine.len());
    });
}

/// Connects from this address, any port.
fn connect(from: [u8; 4], to: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // The port is chosen by `connect`, not by `bind`: for this destination only.
    setsockopt(&socket, sockopt::IpBindAddressNoPort, &true)?;
    socket.bind(&SocketAddr::from((from, 0)).into())?;
    socket.connect(&to.into())?;
    Ok(socket.into())
}

#[test]
fn c211_ten_ports_are_ten_connections_for_each_address_of_the_client() {
    alone(&OWN_NETWORK, || {
        std::fs::write("/proc/sys/net/ipv4/ip_local_port_range", "40000 40009").unwrap();
        let listener = TcpListener::bind("127.0.0.1:7000").unwrap();
        let address = listener.local_addr().unwrap();
        let mut open = Vec::new();
        for source in [[127, 0, 0, 1], [127, 0, 0, 2]] {
            open.extend((0..10).map(|_| connect(source, address).unwrap()));
            let error = connect(source, address).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(Errno::EADDRNOTAVAIL as i32));
        }
        assert_eq!(open.len(), 20); // all of them to one port of the server
    });
}
