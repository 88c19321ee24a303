//! The results as Markdown tables.

use std::fmt::Write;

use crate::load::LINE;
use crate::machine::Machine;
use crate::measure::{Cell, Results, median};
use crate::server::KINDS;

/// Headings of the patterns, in their order.
const HEADINGS: [&str; 2] = [
    "One line at a time, each on another connection",
    "All connections busy",
];

/// A table's caption, and what it shows of a cell.
type Metric = (&'static str, fn(&Cell) -> &[f64]);

const METRICS: [Metric; 5] = [
    ("Lines echoed per second", |cell| &cell.rate),
    ("99 of 100 lines are back within (µs)", |cell| &cell.p99),
    ("CPU time of the server per line (µs)", |cell| &cell.cpu),
    ("System calls of the server per line", |cell| &cell.calls),
    ("Wake-ups of the server's threads per line", |cell| {
        &cell.wakeups
    }),
];

/// The whole report.
pub fn markdown(results: &Results, machine: &Machine) -> String {
    let mut text = String::from("<!-- Made by `just compare`. -->\n\n");
    text += &conditions(results, machine);
    for (pattern, heading) in HEADINGS.into_iter().enumerate() {
        let _ = write!(text, "\n### {heading}\n");
        for (caption, values) in METRICS {
            let cell = |kind, column| median(values(results.cell(kind, column, pattern)));
            text += &table(caption, results, cell);
        }
    }
    text += "\n### Memory per connection\n";
    text += &table(
        "Bytes of the process (Pss), without the kernel's share",
        results,
        |kind, column| median(results.memory(kind, column)),
    );
    if !results.notes.is_empty() {
        text.push('\n');
        for note in &results.notes {
            let _ = writeln!(text, "- {note}");
        }
    }
    text
}

fn conditions(results: &Results, machine: &Machine) -> String {
    let Machine {
        model,
        kernel,
        cores,
        ..
    } = machine;
    let plural = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    };
    let (cores, rounds) = (plural(*cores, "core"), plural(results.rounds, "round"));
    let pinned = if machine.server_core == machine.load_core {
        "Server and load share the one core."
    } else {
        "The server runs on one core, with all its threads; the load on another."
    };
    format!(
        "Measured on {model} with {cores}, Linux {kernel}, over loopback: lines of {} bytes, medians of \
         {rounds}. {pinned} `select` ends at descriptor 1,024. System calls were counted in a run of \
         their own, as counting slows the server down; so `spin`, which asks while it waits, made fewer \
         than it otherwise does.\n",
        LINE.len()
    )
}

fn table(caption: &str, results: &Results, cell: impl Fn(usize, usize) -> Option<f64>) -> String {
    let mut text = format!("\n| {caption} |");
    for &connections in results.connections {
        let _ = write!(text, " {} |", with_commas(&connections.to_string()));
    }
    text += "\n| --- |";
    text += &" ---: |".repeat(results.connections.len());
    text.push('\n');
    for (kind, server) in KINDS.iter().enumerate() {
        let _ = write!(text, "| {} |", server.name);
        for column in 0..results.connections.len() {
            let _ = write!(
                text,
                " {} |",
                cell(kind, column).map_or_else(|| "–".to_owned(), number)
            );
        }
        text.push('\n');
    }
    text
}

/// Three significant digits: more would only be noise.
pub fn number(value: f64) -> String {
    if value.abs() < 0.005 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    let unit = 10_f64.powf(magnitude - 2.0);
    let rounded = (value / unit).round() * unit;
    match magnitude {
        2.0.. => with_commas(&format!("{rounded:.0}")),
        1.0.. => format!("{rounded:.1}"),
        _ => format!("{rounded:.2}"),
    }
}

fn with_commas(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len() - index;
        if index > 0 && left.is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_that_count() {
        let text = |value| number(value);
        assert_eq!(text(123_456.0), "123,000");
        assert_eq!(text(1_234.0), "1,230");
        assert_eq!(text(999.6), "1,000");
        assert_eq!(text(99.96), "100.0");
        assert_eq!(text(12.34), "12.3");
        assert_eq!(text(1.0), "1.00");
        assert_eq!(text(0.05), "0.05");
        assert_eq!(text(0.001), "0");
        assert_eq!(text(-1_234.0), "-1,230");
    }
}
