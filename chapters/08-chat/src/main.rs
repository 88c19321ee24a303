//! `cargo run -p ch08-chat -- --help`

fn main() {}
