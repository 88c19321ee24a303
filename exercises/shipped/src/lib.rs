//! All exercises as they are handed out: half of them is still to be written, but they compile.
#![allow(warnings, reason = "they are for the reader to finish")]
#![allow(clippy::all, clippy::pedantic, reason = "the same")]

include!(concat!(env!("OUT_DIR"), "/modules.rs"));
