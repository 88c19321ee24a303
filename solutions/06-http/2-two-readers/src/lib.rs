//! The same bytes are one request or two, and each of these readers is in use somewhere. None is broken by
//! itself: what breaks is the chain of two that differ. The last one finds nothing, and nothing can be
//! smuggled past it: what two might read in two ways, it doesn't read.

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
pub const FIRST_LENGTH: Option<u32> = Some(2);

/// [`TWO_LENGTHS`]. This one takes the last, as the server that document 000 describes does (bug B03 in the
/// book).
pub const LAST_LENGTH: Option<u32> = Some(1);

/// [`LENGTH_AND_CODING`]. This reader knows no `Transfer-Encoding`, as none of the documents' servers does: it
/// is a field like others.
pub const WITHOUT_CODING: Option<u32> = Some(1);

/// [`LENGTH_AND_CODING`]. This one knows it, and then it overlooks `Content-Length`.
pub const CODING_FIRST: Option<u32> = Some(2);

/// [`GET_WITH_A_BODY`]. This reader thinks that a GET has no body, as document 000 does (claim C064).
pub const GET_HAS_NO_BODY: Option<u32> = Some(2);

/// [`GET_WITH_A_BODY`]. This one goes by the length, whatever the method.
pub const GET_HAS_A_BODY: Option<u32> = Some(1);

/// [`LONE_LF`]. For this reader, a LF ends a line, with or without a CR before it.
pub const LF_ENDS_A_LINE: Option<u32> = Some(1);

/// [`LONE_LF`]. For this one, a LF without a CR is a byte of the line like others.
pub const LF_IS_A_BYTE: Option<u32> = Some(2);

/// [`PIPELINED`]. For this reader, what a read returns is a request, as for document 002's server (bug B50).
/// One read returns all of it.
pub const A_READ_IS_A_REQUEST: Option<u32> = Some(1);

/// [`TWO_LENGTHS`]. This reader refuses a request with two lengths, and closes the connection.
pub const REFUSES: Option<u32> = Some(0);
