//! Stage 04, put to your server.

use stages::Subject;

const MINE: Subject = Subject::new(
    env!("CARGO_BIN_EXE_your-server"),
    &["--speak", "lines", "--workers", "4"],
    env!("CARGO_TARGET_TMPDIR"),
);

stages::stage_04!(MINE);
