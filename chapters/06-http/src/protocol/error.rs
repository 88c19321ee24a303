//! Every way in which a request can be wrong, and the answer that it gets.

use std::fmt;

use crate::Status;

/// What is wrong with a request.
///
/// After an error there is no telling where the next request would begin: the server answers with
/// [`status`](Self::status) and closes (RFC 9112 §9.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Error {
    /// A CR that no LF follows.
    BareCr,
    /// An LF that no CR precedes.
    BareLf,
    /// NUL or another control character.
    Control,
    /// Too many empty lines before the request line.
    EmptyLines,

    /// The request line isn't `method target version` with one space each between them.
    RequestLine,
    /// The method isn't a token.
    Method,
    /// The method is longer than any that there is.
    MethodTooLong,
    /// The request line is too long, but its method isn't.
    TargetTooLong,
    /// The target is in none of the four forms, or in one that the method doesn't take.
    Target,
    /// A percent sign without two hexadecimal digits, or an encoded byte that no path can hold.
    Encoding,
    /// The version isn't `HTTP/` and two digits with a point between.
    Version,
    /// HTTP, but not HTTP/1.
    VersionUnsupported,

    /// A field line begins with a space or a tab: it would continue the line before.
    Folded,
    /// A field line without a colon.
    NoColon,
    /// A space or a tab between a field's name and its colon.
    SpaceBeforeColon,
    /// A field's name isn't a token.
    FieldName,
    /// A field line is too long.
    FieldTooLong,
    /// There are too many fields.
    TooManyFields,
    /// The head as a whole is too long.
    HeadTooLong,

    /// HTTP/1.1 without a Host.
    NoHost,
    /// Several Hosts.
    SeveralHosts,
    /// The Host isn't a host and perhaps a port.
    Host,

    /// The Content-Length isn't one number.
    Length,
    /// Several Content-Lengths.
    SeveralLengths,
    /// Both a Content-Length and a Transfer-Encoding.
    LengthAndCoding,
    /// A Transfer-Encoding in HTTP/1.0.
    CodingInHttp10,
    /// The Transfer-Encodings aren't a list of codings with `chunked` once, and last.
    Coding,
    /// A transfer coding that this server doesn't know.
    CodingUnknown,
    /// A body where the method has none.
    BodyNotAllowed,
    /// A body whose length isn't said.
    LengthRequired,
    /// The body is larger than this server takes.
    BodyTooLarge,
    /// An expectation other than `100-continue`.
    Expectation,

    /// A chunk's size isn't a hexadecimal number, or is one beyond all measure.
    ChunkSize,
    /// A chunk's extension doesn't keep to the grammar.
    ChunkExtension,
    /// The chunks' extensions or a chunk's first line are too long.
    ChunkTooLong,
    /// A chunk is longer than its size.
    ChunkEnd,
    /// A trailer field that belongs into the head.
    Trailer,
    /// The trailer section is too long.
    TrailersTooLong,
}

impl Error {
    /// The code to answer with.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            // RFC 9112 §3 and §6.1
            Self::MethodTooLong | Self::CodingUnknown => Status::NOT_IMPLEMENTED,
            Self::TargetTooLong => Status::URI_TOO_LONG,
            Self::VersionUnsupported => Status::HTTP_VERSION_NOT_SUPPORTED,
            // RFC 6585 §5
            Self::FieldTooLong
            | Self::TooManyFields
            | Self::HeadTooLong
            | Self::TrailersTooLong => Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::LengthRequired => Status::LENGTH_REQUIRED,
            Self::BodyTooLarge => Status::CONTENT_TOO_LARGE,
            Self::Expectation => Status::EXPECTATION_FAILED,
            _ => Status::BAD_REQUEST,
        }
    }

    /// What was wrong, in a sentence.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::BareCr => "A CR is not followed by LF.",
            Self::BareLf => "A line ends in LF alone; it has to end in CR LF.",
            Self::Control => "There is a control character in the head.",
            Self::EmptyLines => "There are too many empty lines before the request line.",
            Self::RequestLine => {
                "The request line is not a method, a target and a version with one space each between them."
            }
            Self::Method => "The method is not a token.",
            Self::MethodTooLong => "The method is longer than any that this server knows.",
            Self::TargetTooLong => "The request line is too long.",
            Self::Target => "The request target has no valid form for this method.",
            Self::Encoding => {
                "The target has a bad percent-encoding: two hexadecimal digits are needed, and neither %00 nor %2F can be part of a name."
            }
            Self::Version => "The version is not HTTP/1.1 or HTTP/1.0, in capitals.",
            Self::VersionUnsupported => "This server speaks HTTP/1.1 and HTTP/1.0 only.",
            Self::Folded => {
                "A field line begins with white space; lines must not be folded, nor anything stand before the first field."
            }
            Self::NoColon => "A field line has no colon.",
            Self::SpaceBeforeColon => "There is white space between a field's name and its colon.",
            Self::FieldName => "A field's name is not a token.",
            Self::FieldTooLong => "A header field is too long.",
            Self::TooManyFields => "There are too many header fields.",
            Self::HeadTooLong => "The header fields are too long together.",
            Self::NoHost => "HTTP/1.1 needs a Host field.",
            Self::SeveralHosts => "There is more than one Host field.",
            Self::Host => "The Host field is not a host name or address, perhaps with a port.",
            Self::Length => "The Content-Length is not one decimal number.",
            Self::SeveralLengths => "There is more than one Content-Length.",
            Self::LengthAndCoding => "There are both a Content-Length and a Transfer-Encoding.",
            Self::CodingInHttp10 => "HTTP/1.0 knows no Transfer-Encoding.",
            Self::Coding => {
                "The Transfer-Encoding has to be a list without gaps, with chunked once, and last."
            }
            Self::CodingUnknown => "This server knows no transfer coding but chunked.",
            Self::BodyNotAllowed => "A request with this method has no body.",
            Self::LengthRequired => "The length of the body has to be said.",
            Self::BodyTooLarge => "The body is larger than this server takes.",
            Self::Expectation => "This server meets no expectation but 100-continue.",
            Self::ChunkSize => "A chunk's size is not a hexadecimal number of reasonable size.",
            Self::ChunkExtension => "A chunk's extension is not of the form ;name=value.",
            Self::ChunkTooLong => "The extensions of the chunks are too long.",
            Self::ChunkEnd => "A chunk is not followed by CR LF where its size ends.",
            Self::Trailer => "A field behind the body belongs before it.",
            Self::TrailersTooLong => "The fields behind the body are too long.",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for Error {}
