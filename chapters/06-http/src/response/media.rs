//! The media type of a file, by the ending of its name.

use mime_guess::MimeGuess;

/// What a browser stores and doesn't try to show.
const UNKNOWN: &str = "application/octet-stream";

/// Types that have been registered since the table of `mime_guess` was made (IANA, Media Types), and one
/// that it has wrong. TypeScript has no type, so `.ts` is a piece of a film.
const REGISTERED: [(&str, &str); 25] = [
    ("cjs", "text/javascript"),
    ("ico", "image/vnd.microsoft.icon"),
    ("m2ts", "video/mp2t"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("m4a", "audio/mp4"),
    ("m4v", "video/mp4"),
    ("map", "application/json"),
    ("md", "text/markdown"),
    ("mjs", "text/javascript"),
    ("mka", "audio/matroska"),
    ("mkv", "video/matroska"),
    ("mts", "video/mp2t"),
    ("otf", "font/otf"),
    ("rpm", UNKNOWN),
    ("stl", "model/stl"),
    ("toml", "application/toml"),
    ("ts", "video/mp2t"),
    ("vcf", "text/vcard"),
    ("woff", "font/woff"),
    ("xml", "application/xml"),
    ("xsd", "application/xml"),
    ("xsl", "application/xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("zst", "application/zstd"),
];

/// The value of `Content-Type` for a file called `name` (RFC 9110 §8.3).
///
/// Text is taken to be UTF-8. To say so keeps browsers from guessing, and an attacker from making
/// them guess wrong. XML says its encoding itself, and would be overridden (RFC 7303 §3.2).
pub(super) fn content_type(name: &[u8]) -> (&'static str, &'static str) {
    let ending = str::from_utf8(ending(name)).unwrap_or_default();
    let mut registered = REGISTERED.iter();
    let media = match registered.find(|(known, _)| known.eq_ignore_ascii_case(ending)) {
        Some((_, media)) => media,
        None => MimeGuess::from_ext(ending).first_raw().unwrap_or(UNKNOWN),
    };
    let charset = if media.starts_with("text/") && media != "text/xml" {
        "; charset=utf-8"
    } else {
        ""
    };
    (media, charset)
}

/// What follows the last dot of the last segment, or nothing.
fn ending(name: &[u8]) -> &[u8] {
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    match last.iter().rposition(|byte| *byte == b'.') {
        // A leading dot hides a file; what follows is its name.
        None | Some(0) => b"",
        Some(dot) => &last[dot + 1..],
    }
}

#[cfg(test)]
mod tests;
