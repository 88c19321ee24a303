//! Stage 05, put to your server.

use stages::Subject;

const MINE: Subject = Subject::new(
    env!("CARGO_BIN_EXE_your-server"),
    &["--speak", "lines"],
    env!("CARGO_TARGET_TMPDIR"),
);

stages::stage_05!(MINE);
