//! # 06-2 Two readers, one stream
//!
//! Nothing is to be programmed here. A proxy takes requests from many clients, and passes them on to a
//! server, all on one connection. Both read the same bytes, each with a reader of its own. You predict how
//! many requests a reader finds. Replace each `None` by your number, `Some(1)` for example. Then the tests
//! have such readers read these bytes, and show what they have found.
//!
//! `/admin` is a page that the proxy lets nobody see. It stops each request for it that it finds. Wherever two
//! readers find different numbers, one of them can be the proxy, and the other the server. This is *request
//! smuggling* (RFC 9112 §11.2).
//!
//! All readers do this: a head goes up to its empty line. Then comes the body, if there is one, and behind
//! that the next head. They differ in one thing, which is said with each number. In all that is not said,
//! they do as HTTP/1.1 has it: a body has as many bytes as `Content-Length` says, a request without that has
//! none, whatever its method, and a line ends in CR LF.

/// Two requests, one behind the other.
pub const PIPELINED: &str = concat!(
    "GET /a HTTP/1.1\r\n",
    "Host: x\r\n",
    "\r\n",
    "GET /b HTTP/1.1\r\n",
    "Host: x\r\n",
    "\r\n",
);

/// From the `h` on, there are 37 bytes; without `hello`, 32.
pub const TWO_LENGTHS: &str = concat!(
    "POST /a HTTP/1.1\r\n",
    "Host: x\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 37\r\n",
    "\r\n",
    "helloGET /admin HTTP/1.1\r\n",
    "Host: x\r\n",
    "\r\n",
);

/// A chunked body is made of chunks, each with its size on a line before it. One of size 0 is the last, and
/// an empty line ends the body. From the `0` on, there are 37 bytes.
pub const LENGTH_AND_CODING: &str = concat!(
    "POST /a HTTP/1.1\r\n",
    "Host: x\r\n",
    "Content-Length: 37\r\n",
    "Transfer-Encoding: chunked\r\n",
    "\r\n",
    "0\r\n",
    "\r\n",
    "GET /admin HTTP/1.1\r\n",
    "Host: x\r\n",
    "\r\n",
);

/// Behind the first empty line, there are 32 bytes.
pub const GET_WITH_A_BODY: &str = concat!(
    "GET /a HTTP/1.1\r\n",
    "Host: x\r\n",
    "Content-Length: 32\r\n",
    "\r\n",
    "GET /admin HTTP/1.1\r\n",
    "Host: x\r\n",
    "\r\n",
);

/// Behind `X: y`, there is no CR. Behind the first empty line, there are 32 bytes.
pub const LONE_LF: &str = concat!(
    "POST /a HTTP/1.1\r\n",
    "Host: x\r\n",
    "X: y\n",
    "Content-Length: 32\r\n",
    "\r\n",
    "GET /admin HTTP/1.1\r\n",
    "Host: x\r\n",
    "\r\n",
);

/// An example, already right. [`PIPELINED`], read as HTTP/1.1 has it: `GET /a` and `GET /b`, and neither
/// has a body.
pub const EXAMPLE: Option<u32> = Some(2);

/// [`TWO_LENGTHS`]. Of two lengths, this reader takes the first.
pub const FIRST_LENGTH: Option<u32> = None;

/// [`TWO_LENGTHS`]. This one takes the last, as the server that document 000 describes does (bug B03 in the
/// book).
pub const LAST_LENGTH: Option<u32> = None;

/// [`LENGTH_AND_CODING`]. This reader knows no `Transfer-Encoding`, as none of the documents' servers does: it
/// is a field like others.
pub const WITHOUT_CODING: Option<u32> = None;

/// [`LENGTH_AND_CODING`]. This one knows it, and then it overlooks `Content-Length`.
pub const CODING_FIRST: Option<u32> = None;

/// [`GET_WITH_A_BODY`]. This reader thinks that a GET has no body, as document 000 does (claim C064).
pub const GET_HAS_NO_BODY: Option<u32> = None;

/// [`GET_WITH_A_BODY`]. This one goes by the length, whatever the method.
pub const GET_HAS_A_BODY: Option<u32> = None;

/// [`LONE_LF`]. For this reader, a LF ends a line, with or without a CR before it.
pub const LF_ENDS_A_LINE: Option<u32> = None;

/// [`LONE_LF`]. For this one, a LF without a CR is a byte of the line like others.
pub const LF_IS_A_BYTE: Option<u32> = None;

/// [`PIPELINED`]. For this reader, what a read returns is a request, as for document 002's server (bug B50).
/// One read returns all of it.
pub const A_READ_IS_A_REQUEST: Option<u32> = None;

/// [`TWO_LENGTHS`]. This reader refuses a request with two lengths, and closes the connection.
pub const REFUSES: Option<u32> = None;
