//! What has to come back.

use std::ops::Range;

/// The bytes of one answer, of which some may differ each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    bytes: Vec<u8>,
    /// The value of an HTTP answer's `Date`.
    varies: Range<usize>,
}

impl Answer {
    /// An answer that is always the same; of one byte or more.
    #[must_use]
    pub fn exactly(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            varies: 0..0,
        }
    }

    /// The HTTP answer at the front of `input`, as the model for those to follow, if all of it is
    /// there.
    ///
    /// # Errors
    /// If it can't be one: another status than 200, or a length that isn't stated.
    pub fn learn(input: &[u8]) -> Result<Option<Self>, String> {
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Response::new(&mut fields);
        let length = match head.parse(input) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => return Err(format!("the answer isn't HTTP: {error}")),
        };
        if head.code != Some(200) {
            let (code, reason) = (head.code.unwrap_or(0), head.reason.unwrap_or_default());
            return Err(format!("the server answers {code} {reason}"));
        }
        let field = |name: &str| {
            let mut all = head.headers.iter();
            let found = all.find(|field| field.name.eq_ignore_ascii_case(name))?;
            Some(found.value)
        };
        if field("Connection").is_some_and(|value| value.eq_ignore_ascii_case(b"close")) {
            return Err("the server closes the connection after each answer".to_owned());
        }
        let body = field("Content-Length").and_then(|value| std::str::from_utf8(value).ok());
        let body: usize = body
            .and_then(|body| body.trim().parse().ok())
            .ok_or("the answer has no Content-Length, so it can't be compared")?;
        let varies = field("Date").map_or(0..0, |date| {
            let start = date.as_ptr().addr() - input.as_ptr().addr();
            start..start + date.len()
        });
        let whole = input.get(..length.saturating_add(body));
        Ok(whole.map(|whole| Self {
            bytes: whole.to_vec(),
            varies,
        }))
    }

    /// Compares `input` with what has to follow, `at` bytes into an answer; tells how many answers
    /// are complete now, and keeps in `at` how far the next one is.
    ///
    /// # Errors
    /// At the first byte that differs: how many answers were complete before.
    #[inline]
    pub fn compare(&self, at: &mut u32, input: &[u8]) -> Result<usize, usize> {
        if *at == 0 && self.is_same(0, input) && input.len() == self.bytes.len() {
            return Ok(1);
        }
        self.compare_pieces(at, input)
    }

    fn compare_pieces(&self, at: &mut u32, mut input: &[u8]) -> Result<usize, usize> {
        let mut complete = 0;
        let mut from = *at as usize;
        while !input.is_empty() {
            let count = input.len().min(self.bytes.len() - from);
            if !self.is_same(from, &input[..count]) {
                return Err(complete);
            }
            input = &input[count..];
            from += count;
            if from == self.bytes.len() {
                complete += 1;
                from = 0;
            }
        }
        *at = u32::try_from(from).unwrap_or(u32::MAX);
        Ok(complete)
    }

    /// Whether `input` is what stands in the answer from byte `from` on, but for what varies.
    #[inline]
    fn is_same(&self, from: usize, input: &[u8]) -> bool {
        let end = from + input.len();
        let Some(expected) = self.bytes.get(from..end) else {
            return false;
        };
        if self.varies.is_empty() {
            return input == expected;
        }
        let start = self.varies.start.clamp(from, end) - from;
        let rest = self.varies.end.clamp(from, end) - from;
        input[..start] == expected[..start] && input[rest..] == expected[rest..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTTP: &[u8] = b"HTTP/1.1 200 OK\r\nDate: Tue, 01 Dec 2026 03:00:00 GMT\r\n\
        Content-Length: 5\r\n\r\nhello";

    fn model() -> Answer {
        Answer::learn(HTTP).unwrap().unwrap()
    }

    #[test]
    fn answers_are_compared_in_any_pieces_and_any_number() {
        let three = HTTP.repeat(3);
        for piece in 1..=three.len() {
            let (mut at, mut complete) = (0, 0);
            for bytes in three.chunks(piece) {
                complete += model().compare(&mut at, bytes).unwrap();
            }
            assert_eq!((complete, at), (3, 0), "in pieces of {piece}");
        }
    }

    #[test]
    fn any_byte_that_differs_is_noticed_but_those_of_the_date() {
        let date = model().varies;
        for index in 0..HTTP.len() {
            let mut wrong = HTTP.to_vec();
            wrong[index] ^= 1;
            for piece in [1, 7, wrong.len()] {
                let mut at = 0;
                let mut pieces = wrong.chunks(piece);
                let same = pieces.all(|bytes| model().compare(&mut at, bytes).is_ok());
                assert_eq!(
                    same,
                    date.contains(&index),
                    "byte {index}, pieces of {piece}"
                );
            }
        }
    }

    #[test]
    fn a_model_is_learnt_once_it_is_whole() {
        for length in 0..HTTP.len() {
            assert_eq!(Answer::learn(&HTTP[..length]), Ok(None));
        }
        let refused = [
            (&b"HTTP/1.1 404 Not Found\r\n\r\n"[..], "404 Not Found"),
            (b"HTTP/1.1 200 OK\r\n\r\n", "no Content-Length"),
            (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "closes"),
            (b"hello\n", "isn't HTTP"),
        ];
        for (input, word) in refused {
            let error = Answer::learn(input).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }
}
