//! `cargo run -p ch08-chat --bin chat -- --help`

fn main() {}
