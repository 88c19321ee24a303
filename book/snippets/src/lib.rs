//! The code that stands in the pages of the book, compiled and run as documentation tests.
//!
//! A fenced `rust` block of a page that is listed here is a test; blocks that include a chapter's
//! code say `rust,ignore`, for that code is compiled where it lies.

macro_rules! pages {
    ($($name:ident: $path:literal;)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../src/", $path))]
            mod $name {}
        )*
    };
}

pages! {
    blocking: "01-blocking.md";
    level: "02-events.md";
}
