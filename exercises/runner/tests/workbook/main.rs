//! The runner from outside: each test runs `workbook` in a small course of its own.

mod breaking;
mod checking;
mod commands;
mod course;
mod declaring;
mod front_door;
mod naming;
mod own_server;
mod progress_file;
mod terminal;
mod verifying;
mod watching;
