//! The runner from outside: each test runs `workbook` in a small course of its own.

mod checking;
mod commands;
mod course;
mod progress_file;
mod verifying;
mod watching;
