//! Stage 03 of a reader's own server, put to this chapter's: what it asks for can be done.

use stages::Subject;

const CHAPTER: Subject = Subject::new(
    env!("CARGO_BIN_EXE_ch03-epoll-et"),
    &[],
    env!("CARGO_TARGET_TMPDIR"),
);

stages::stage_03!(CHAPTER);
