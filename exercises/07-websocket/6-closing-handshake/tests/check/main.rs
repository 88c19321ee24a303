//! The suite, put to the answer.
use ex07_6_closing_handshake as subject;
mod suite;
