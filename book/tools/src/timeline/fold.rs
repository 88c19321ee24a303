//! Steps made one: the usual beginning, which a script names, and what always comes together.
//!
//! ```toml
//! until = "main closes fd 9"        # the last step that is shown
//! [[fold]]
//! to = "gives client B to main"     # the last step that is folded, by words of it
//! say = "The server has accepted A (fd 6) and B (fd 7)."
//! ```
//!
//! A fold begins at the first step, or at the first one that says `from`.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Frame;

/// Several steps, shown as one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fold {
    from: Option<String>,
    to: String,
    /// What is said in place of them.
    say: String,
}

/// The frames as they are shown. `joined` also joins a wait with the read or accept that it leads to, and
/// an action with the sleep after it: where these are no news any more.
///
/// # Errors
///
/// If a fold, or `until`, quotes words that no step says.
pub fn folded(
    frames: Vec<Frame>,
    folds: &[Fold],
    until: Option<&str>,
    joined: bool,
) -> Result<Vec<Frame>> {
    let mut frames = frames;
    if let Some(words) = until {
        let last = position(&frames, 0, words)?;
        frames.truncate(last + 1);
    }
    for fold in folds {
        let first = match &fold.from {
            Some(words) => position(&frames, 0, words)?,
            None => 0,
        };
        let last = position(&frames, first, &fold.to)?;
        let mut run = frames
            .splice(first..=last, [])
            .collect::<Vec<_>>()
            .into_iter();
        let Some(start) = run.next() else { continue };
        let mut one = run.fold(start, Frame::then);
        one.say.clone_from(&fold.say);
        "fold".clone_into(&mut one.kind);
        one.to = None;
        frames.insert(first, one);
    }
    Ok(frames.into_iter().fold(Vec::new(), |mut shown, frame| {
        match shown.pop() {
            Some(before) if belong(&before, &frame, joined) => shown.push(both(before, frame)),
            Some(before) => shown.extend([before, frame]),
            None => shown.push(frame),
        }
        shown
    }))
}

fn position(frames: &[Frame], from: usize, words: &str) -> Result<usize> {
    let found = frames[from..]
        .iter()
        .position(|frame| frame.say.contains(words));
    let found = found.with_context(|| format!("no step says “{words}”"))?;
    Ok(from + found)
}

/// Whether two steps are one piece of news.
fn belong(before: &Frame, frame: &Frame, joined: bool) -> bool {
    if before.from != frame.from || before.kind == "fold" || frame.kind == "fold" {
        return false;
    }
    let one_is_ready = before.say.contains("one descriptor is ready");
    match frame.kind.as_str() {
        "ready" => before.kind == "wake" && one_is_ready,
        "timer" | "signal" | "wakeup" => joined && before.kind == "wake",
        "read" | "accept" | "eof" => {
            joined && before.kind == "ready" && before.to.is_some() && one_is_ready
        }
        "wait" => joined && before.kind != "wait" && frame.say.contains("it sleeps"),
        _ => false,
    }
}

/// Two steps as one. The arrow is that of what was done, not of the sleep after it.
fn both(before: Frame, frame: Frame) -> Frame {
    let sleeps = frame.kind == "wait";
    let arrow = (before.kind.clone(), before.to.clone());
    let say = format!("{} {}", before.say, frame.say);
    let mut one = before.then(frame);
    one.say = say;
    if sleeps {
        (one.kind, one.to) = arrow;
    }
    one
}

impl Frame {
    /// This step and the next as one, with the next one's words and arrow.
    fn then(mut self, next: Self) -> Self {
        self.server.extend(next.server);
        self.kernel.extend(next.kernel);
        self.fill.extend(next.fill);
        Self {
            server: self.server,
            kernel: self.kernel,
            fill: self.fill,
            ..next
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: &str, say: &str, row: &str) -> Frame {
        let rows = [(row.to_owned(), Some(say.to_owned()))];
        Frame {
            t: 0,
            kind: kind.into(),
            say: say.into(),
            from: "main".into(),
            to: Some("fd 4".into()),
            server: rows.into(),
            kernel: [].into(),
            fill: [].into(),
        }
    }

    fn cycle() -> Vec<Frame> {
        vec![
            frame("listen", "opens", "a"),
            frame("wake", "one descriptor is ready.", "b"),
            frame("ready", "It is fd 4.", "c"),
            frame("read", "read gives 1 byte", "d"),
            frame("wait", "Nothing is ready: it sleeps.", "e"),
        ]
    }

    fn says(frames: &[Frame]) -> Vec<&str> {
        frames.iter().map(|frame| frame.say.as_str()).collect()
    }

    #[test]
    fn a_report_is_one_step_and_later_the_read_and_the_sleep_belong_to_it() {
        let shown = folded(cycle(), &[], None, false).unwrap();
        assert_eq!(shown.len(), 4);
        let shown = folded(cycle(), &[], None, true).unwrap();
        assert_eq!(
            says(&shown),
            [
                "opens",
                "one descriptor is ready. It is fd 4. read gives 1 byte Nothing is ready: it sleeps."
            ]
        );
        assert_eq!(shown[1].kind, "read");
        assert_eq!(shown[1].server.len(), 4, "no change is lost");
    }

    #[test]
    fn a_fold_says_its_own_words_and_keeps_all_changes() {
        let fold = Fold {
            from: None,
            to: "It is".into(),
            say: "The beginning.".into(),
        };
        let shown = folded(cycle(), &[fold], Some("read gives"), false).unwrap();
        assert_eq!(says(&shown), ["The beginning.", "read gives 1 byte"]);
        assert_eq!(shown[0].server.len(), 3);
    }

    #[test]
    fn words_that_no_step_says_are_an_error() {
        assert!(folded(cycle(), &[], Some("nothing like it"), false).is_err());
    }
}
