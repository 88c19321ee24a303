//! What compression saves and costs: `cargo run --release -p ch07-websocket --example deflate`
//!
//! A table of messages of several lengths, with takeover and without: how many of 100 bytes are left,
//! and microseconds for each message, to deflate it and to inflate it.

use std::time::Instant;

use ch07_websocket::deflate::{Deflater, Inflater, Window};

/// Lines of a chat, each a little different, as `count` messages of about `length` bytes.
fn messages(length: usize, count: usize) -> Vec<Vec<u8>> {
    let nicks = ["alice", "bob", "carol", "dave", "guest-17"];
    let words = [
        "hello", "who", "is", "here", "today", "and", "what", "about", "the", "server", "it",
        "works", "again",
    ];
    let mut state = 1_u32;
    let mut any = |of: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as usize / 65_536 % of
    };
    let mut line = |id: usize| {
        let text: Vec<_> = (0..6).map(|_| words[any(words.len())]).collect();
        format!(
            "{{\"type\":\"said\",\"id\":{},\"nick\":\"{}\",\"text\":\"{}\",\"time\":{}}}\n",
            4700 + id,
            nicks[any(nicks.len())],
            text.join(" "),
            1_764_547_200 + id
        )
    };
    (0..count)
        .map(|nth| {
            let mut message = String::new();
            while message.len() < length {
                message += &line(nth);
            }
            message.into_bytes()
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn main() {
    println!(
        "| bytes | window | takeover | left, % | deflate, µs | inflate, µs |\n| ---: | ---: | --- | ---: | ---: | ---: |"
    );
    for length in [40, 100, 200, 300, 500, 1000, 4000, 64_000] {
        let all = messages(length, 40_000_000 / (length + 2000));
        for (bits, kept) in [(15, true), (9, true), (15, false)] {
            let window = Window::of(bits).expect("a window");
            let (mut deflater, mut inflater) = (Deflater::new(window), Inflater::new(window));
            let begin = Instant::now();
            let mut compressed = Vec::with_capacity(all.len());
            for message in &all {
                if !kept {
                    deflater.reset();
                }
                let mut out = Vec::new();
                deflater.deflate(message, true, &mut out);
                compressed.push(out);
            }
            let deflating = begin.elapsed();
            let (mut piece, begin) = (vec![0; 16 * 1024], Instant::now());
            for message in &compressed {
                if !kept {
                    inflater.reset();
                }
                inflater
                    .inflate(message, true, &mut piece, |_| Ok(()))
                    .expect("compressed data");
            }
            let inflating = begin.elapsed();
            let sum = |all: &[Vec<u8>]| all.iter().map(Vec::len).sum::<usize>() as f64;
            let micros = |time: std::time::Duration| time.as_secs_f64() * 1e6 / all.len() as f64;
            println!(
                "| {:.0} | {bits} | {} | {:.0} | {:.2} | {:.2} |",
                sum(&all) / all.len() as f64,
                if kept { "yes" } else { "no" },
                100.0 * sum(&compressed) / sum(&all),
                micros(deflating),
                micros(inflating),
            );
        }
    }
}
