//! A chat room: the first server whose clients affect each other.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

pub mod terminal;
