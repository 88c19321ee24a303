//! Status codes: three digits that a program reads, and a phrase for people.

use std::fmt;

/// A status code of an answer (RFC 9110 §15).
///
/// ```
/// use ch06_http::Status;
///
/// assert_eq!(Status::NOT_FOUND.to_string(), "404 Not Found");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(u16);

/// Makes a constant and a phrase of each code, so that neither is without the other.
macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $code:literal $reason:literal;)+) => {
        impl Status {
            $($(#[$doc])* pub const $name: Self = Self($code);)+

            /// All codes that this server knows, from low to high.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The phrase after the code. Clients are to ignore it (RFC 9112 §4).
            #[must_use]
            pub const fn reason(self) -> &'static str {
                match self.0 {
                    $($code => $reason,)+
                    _ => "",
                }
            }
        }
    };
}

statuses! {
    /// Send the body that you announced (RFC 9110 §10.1.1).
    CONTINUE = 100 "Continue";
    /// From here on the connection speaks another protocol (RFC 9110 §7.8).
    SWITCHING_PROTOCOLS = 101 "Switching Protocols";
    /// Here it is.
    OK = 200 "OK";
    /// Done, and there is nothing to show.
    NO_CONTENT = 204 "No Content";
    /// Here is the part that was asked for (RFC 9110 §14).
    PARTIAL_CONTENT = 206 "Partial Content";
    /// It has another name, for good.
    MOVED_PERMANENTLY = 301 "Moved Permanently";
    /// It is elsewhere for now.
    FOUND = 302 "Found";
    /// The answer to this is what GET finds there (RFC 9110 §15.4.4).
    SEE_OTHER = 303 "See Other";
    /// What you have is still right (RFC 9110 §13).
    NOT_MODIFIED = 304 "Not Modified";
    /// This can't be read, or could be read in two ways.
    BAD_REQUEST = 400 "Bad Request";
    /// Say who you are; the answer's `WWW-Authenticate` says how (RFC 9110 §15.5.2).
    UNAUTHORIZED = 401 "Unauthorized";
    /// It is there, and not for you.
    FORBIDDEN = 403 "Forbidden";
    /// There is nothing of that name.
    NOT_FOUND = 404 "Not Found";
    /// It is there, but takes other methods; the answer's `Allow` says which.
    METHOD_NOT_ALLOWED = 405 "Method Not Allowed";
    /// The request took too long to arrive.
    REQUEST_TIMEOUT = 408 "Request Timeout";
    /// It doesn't go with what is there now (RFC 9110 §15.5.10).
    CONFLICT = 409 "Conflict";
    /// A body needs its length said.
    LENGTH_REQUIRED = 411 "Length Required";
    /// What the request supposes isn't so (RFC 9110 §13.1).
    PRECONDITION_FAILED = 412 "Precondition Failed";
    /// The body is longer than this server takes.
    CONTENT_TOO_LARGE = 413 "Content Too Large";
    /// The request target is longer than this server reads.
    URI_TOO_LONG = 414 "URI Too Long";
    /// The body is of a kind that can't be read here.
    UNSUPPORTED_MEDIA_TYPE = 415 "Unsupported Media Type";
    /// No byte of that range exists (RFC 9110 §15.5.17).
    RANGE_NOT_SATISFIABLE = 416 "Range Not Satisfiable";
    /// `Expect` asks for something unknown (RFC 9110 §10.1.1).
    EXPECTATION_FAILED = 417 "Expectation Failed";
    /// This connection isn't one to ask that on (RFC 9110 §15.5.20).
    MISDIRECTED_REQUEST = 421 "Misdirected Request";
    /// Another protocol is needed here; the answer's `Upgrade` says which.
    UPGRADE_REQUIRED = 426 "Upgrade Required";
    /// Too many requests in some time; `Retry-After` may say when to go on (RFC 6585 §4).
    TOO_MANY_REQUESTS = 429 "Too Many Requests";
    /// A field, their number or all of them are too large (RFC 6585 §5).
    REQUEST_HEADER_FIELDS_TOO_LARGE = 431 "Request Header Fields Too Large";
    /// The fault is on this side.
    INTERNAL_SERVER_ERROR = 500 "Internal Server Error";
    /// This server can't do that for any resource.
    NOT_IMPLEMENTED = 501 "Not Implemented";
    /// Not now; later perhaps.
    SERVICE_UNAVAILABLE = 503 "Service Unavailable";
    /// The request isn't HTTP/1 (RFC 9110 §15.6.6).
    HTTP_VERSION_NOT_SUPPORTED = 505 "HTTP Version Not Supported";
}

impl Status {
    /// The three digits.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Whether the request was at fault, or the server: 4xx and 5xx.
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.0 >= 400
    }

    /// Whether an answer with this code ends with its head: 1xx, 204 and 304 (RFC 9112 §6.3).
    #[must_use]
    pub const fn has_no_body(self) -> bool {
        self.0 < 200 || matches!(self.0, 204 | 304)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.reason())
    }
}

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn every_code_has_three_digits_and_a_phrase() {
        for status in Status::ALL {
            assert!((100..600).contains(&status.code()), "{status}");
            assert!(!status.reason().is_empty(), "{}", status.code());
        }
    }

    #[test]
    fn codes_without_a_body_are_1xx_204_and_304() {
        let without: Vec<_> = Status::ALL
            .iter()
            .filter(|status| status.has_no_body())
            .map(|status| status.code())
            .collect();
        assert_eq!(without, [100, 101, 204, 304]);
    }
}
