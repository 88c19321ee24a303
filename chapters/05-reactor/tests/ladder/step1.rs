//! Function pointers.

const NAME: &str = "step1_callbacks";

crate::suites_without_linger!("step1_callbacks");

/// A slot is given to the next client once its connection has gone.
#[test]
fn clients_that_come_and_go_are_served() {
    let server = crate::start(NAME, &[]);
    let mut clients = server.clients(20);
    for client in &mut clients {
        client.exchange(b"a line\n", b"a line\n");
    }
    clients.remove(3).reset();
    drop(clients.remove(3));
    for client in &mut clients {
        client.exchange(b"another\n", b"another\n");
    }
    server.client().exchange(b"new\n", b"new\n");
}
