//! hyper: asynchronous; what most clients in Rust are built on.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::hyper::body::{Bytes, Incoming};
use ::hyper::client::conn::http1::{SendRequest, handshake};
use ::hyper::rt::{Read, ReadBufCursor, Write};
use ::hyper::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::{in_time, site};
use crate::answers::{directory_with, long};
use crate::start;

/// One connection. hyper opens no other: what answers a second request has been kept.
struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (requests, connection) = handshake(Stream(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(requests)
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        field: (&str, &str),
        content: Vec<u8>,
    ) -> Response<Incoming> {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("Host", "localhost").header(field.0, field.1);
        let request = request.body(Full::from(content)).unwrap();
        self.0.ready().await.unwrap();
        self.0.send_request(request).await.unwrap()
    }

    async fn get(&mut self, path: &str) -> Response<Incoming> {
        self.ask(Method::GET, path, PLAIN, Vec::new()).await
    }
}

/// A field that changes nothing.
const PLAIN: (&str, &str) = ("X-Plain", "yes");

async fn content(response: Response<Incoming>) -> Bytes {
    response.into_body().collect().await.unwrap().to_bytes()
}

/// Runs `client` to its end.
#[track_caller]
fn run(client: impl Future<Output = ()> + Send + 'static) {
    in_time(|| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_io().build().unwrap().block_on(client);
    });
}

#[test]
fn hyper_gets_all_files_over_one_connection() {
    let server = start(&[]);
    let address = server.address();
    run(async move {
        let mut connection = Connection::open(address).await;
        for (name, bytes) in site() {
            let response = connection.get(&format!("/{name}")).await;
            assert_eq!(response.status(), 200, "{name}");
            assert!(content(response).await == bytes, "{name}");
        }
    });
}

#[test]
fn hyper_gets_a_large_file_and_a_part_of_it() {
    let bytes = long(30_000_000);
    let directory = directory_with("file", &bytes);
    let server = start(&["--root", directory.name()]);
    let address = server.address();
    run(async move {
        let mut connection = Connection::open(address).await;
        let whole = connection.get("/file").await;
        assert!(content(whole).await == bytes);
        let range = ("Range", "bytes=-20000000");
        let part = connection.ask(Method::GET, "/file", range, Vec::new());
        let part = part.await;
        assert_eq!(part.status(), 206);
        assert!(content(part).await == bytes[10_000_000..]);
    });
}

#[test]
fn hyper_asks_for_heads_and_for_changes_only() {
    let server = start(&[]);
    let address = server.address();
    run(async move {
        let mut connection = Connection::open(address).await;
        let none = Vec::new;
        let path = "/codes.html";
        let whole = connection.get(path).await;
        let fields = whole.headers().clone();
        content(whole).await;
        let head = connection.ask(Method::HEAD, path, PLAIN, none()).await;
        let said = |name: &str| (&fields[name], &head.headers()[name]);
        for name in ["ETag", "Content-Length", "Content-Type", "Last-Modified"] {
            let (get, head) = said(name);
            assert_eq!(get, head, "{name}");
        }
        assert_eq!(content(head).await, "");
        for (asks, knows) in [
            ("If-None-Match", "ETag"),
            ("If-Modified-Since", "Last-Modified"),
        ] {
            let knows = fields[knows].to_str().unwrap();
            let answer = connection.ask(Method::GET, path, (asks, knows), none());
            let answer = answer.await;
            assert_eq!(answer.status(), 304, "{asks}");
            assert_eq!(content(answer).await, "");
        }
        assert_eq!(connection.get(path).await.status(), 200);
    });
}

#[test]
fn hyper_uploads_in_all_ways_over_one_connection() {
    let server = start(&[]);
    let address = server.address();
    run(async move {
        let mut connection = Connection::open(address).await;
        let bytes = long(1_000_000);
        for field in [
            PLAIN,
            ("Expect", "100-continue"),
            ("Transfer-Encoding", "chunked"),
        ] {
            let answer = connection.ask(Method::POST, "/echo", field, bytes.clone());
            let answer = content(answer.await).await;
            assert!(answer == bytes, "{field:?}");
        }
    });
}

/// tokio's stream, as hyper wants to read and write it.
struct Stream(TcpStream);

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = [0; 16 * 1024];
        let room = bytes.len().min(into.remaining());
        let mut read = ReadBuf::new(&mut bytes[..room]);
        ready!(Pin::new(&mut self.0).poll_read(context, &mut read))?;
        into.put_slice(read.filled());
        Poll::Ready(Ok(()))
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
