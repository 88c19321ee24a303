//! A timeline as HTML: the table that needs no JavaScript, and the frames for the player.

use std::fmt::Write;

use anyhow::Result;

use super::Timeline;
use crate::recording::Recording;
use crate::script::Script;

/// What a page includes. Markdown ends an HTML block at a blank line, so there is none.
pub fn html(name: &str, title: &str, recording: &Recording) -> Result<String> {
    let timeline = Timeline::load(name)?;
    // The script must not be ended by what was recorded.
    let frames = serde_json::to_string(&timeline)?.replace('<', "\\u003c");
    let command = [std::slice::from_ref(&recording.chapter), &recording.options]
        .concat()
        .join(" ");
    let mutant = match &recording.mutant {
        Some(name) => format!(
            " with the flaw <code>{}</code> of its <code>mutants.toml</code>",
            escape(name)
        ),
        None => String::new(),
    };
    // What a recording ends in isn't shown if it is cut before.
    let cut = if Script::load(name)?.until.is_some() {
        " data-cut"
    } else {
        ""
    };
    let mut html = format!(
        "<figure class=\"timeline\" id=\"{name}\" data-trace=\"traces/{name}.json\"{cut}>\n\
         <figcaption><strong>{}.</strong> Recorded from <code>{}</code>{} on {}.</figcaption>\n\
         <div class=\"timeline-table\">\n<table>\n\
         <thead><tr><th>#</th><th>µs</th><th>what happens</th><th>what the kernel must hold (derived)</th></tr></thead>\n<tbody>\n",
        escape(title),
        escape(&command),
        mutant,
        escape(&recording.machine),
    );
    for (number, frame) in timeline.frames.iter().enumerate() {
        writeln!(
            html,
            "<tr id=\"{name}-{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            number + 1,
            number + 1,
            frame.t,
            escape(&frame.say),
            escape(&frame.holds()),
        )?;
    }
    writeln!(
        html,
        "</tbody>\n</table>\n</div>\n<script type=\"application/json\">{frames}</script>\n</figure>"
    )?;
    Ok(html)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
