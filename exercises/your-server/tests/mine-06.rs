//! Stage 06, put to your server.

use stages::Subject;

const MINE: Subject = Subject::new(
    env!("CARGO_BIN_EXE_your-server"),
    &["--speak", "http"],
    env!("CARGO_TARGET_TMPDIR"),
);

stages::stage_06!(MINE);
