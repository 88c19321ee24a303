//! The callback reactor.
