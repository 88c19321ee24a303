//! Stage 08, put to your server.

use stages::Subject;

const MINE: Subject = Subject::new(
    env!("CARGO_BIN_EXE_your-server"),
    &["--speak", "chat"],
    env!("CARGO_TARGET_TMPDIR"),
);

stages::stage_08!(MINE);
