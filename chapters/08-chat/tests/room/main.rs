//! The room, without a socket.

mod any_order;
mod checks;
mod commands;
mod corpus;
mod hostile;
mod model;

use ch08_chat::{Letter, Protocol, Room, To};

/// The lines that a letter makes.
fn words(letter: &Letter<u32>) -> Vec<String> {
    let mut out = Vec::new();
    Protocol::Lines.write(&letter.event, &mut out);
    let text = String::from_utf8(out).expect("lines are UTF-8");
    text.lines().map(str::to_owned).collect()
}

/// Who gets a letter.
fn receivers(room: &Room<u32>, to: To<u32>) -> Vec<u32> {
    match to {
        To::One(key) => vec![key],
        To::All => room.members().collect(),
        To::AllBut(key) => room.members().filter(|&other| other != key).collect(),
    }
}
