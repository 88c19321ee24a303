//! The time as answers need it: the text of `Date`, made once a second.

use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use httpdate::HttpDate;

/// Seconds since 1970. HTTP knows no finer time.
pub(crate) type Seconds = u64;

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
pub(super) type DateText = [u8; 29];

/// The last second that HTTP can write: the year has four digits.
const LAST: Seconds = 253_402_300_799;

/// A coarse clock: what time it was when [`Self::update`] last looked.
///
/// A server calls `update` now and then, at least once a second. Then the `Date`
/// of an answer costs a copy, and a file is looked at again once a second and not oftener
/// ([`crate::Files`]).
#[derive(Debug, Clone)]
pub struct Date {
    seconds: Seconds,
    text: DateText,
}

impl Date {
    /// A clock that shows `now`.
    #[must_use]
    pub fn new(now: SystemTime) -> Self {
        let seconds = seconds(now);
        Self {
            seconds,
            text: text(seconds),
        }
    }

    /// Sets the clock, and tells how long it will be right.
    pub fn update(&mut self, now: SystemTime) -> Duration {
        *self = Self::new(now);
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Duration::from_nanos(1_000_000_000 - u64::from(since.subsec_nanos()))
    }

    /// The value of the field `Date` (RFC 9110 §6.6.1).
    #[inline]
    #[must_use]
    pub fn text(&self) -> &[u8; 29] {
        &self.text
    }

    /// Seconds since 1970.
    #[inline]
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.seconds
    }
}

fn seconds(time: SystemTime) -> Seconds {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// A time before 1970 can't come here; one after 9999 becomes the last that can be written.
pub(super) fn text(seconds: Seconds) -> DateText {
    let time = UNIX_EPOCH + Duration::from_secs(seconds.min(LAST));
    let mut text = *b"Thu, 01 Jan 1970 00:00:00 GMT";
    // It can't fail: every date has this length.
    let _ = write!(&mut text[..], "{}", HttpDate::from(time));
    text
}

/// Reads a date in any of the three formats that HTTP has had (RFC 9110 §5.6.7). What isn't a date
/// is `None`: the field is ignored then. So is a date before 1970, since no file here is as old.
pub(crate) fn parse(value: &[u8]) -> Option<Seconds> {
    let value = str::from_utf8(value).ok()?;
    httpdate::parse_http_date(value).ok().map(seconds)
}

#[cfg(test)]
mod tests;
