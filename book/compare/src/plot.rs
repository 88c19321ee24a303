//! The results as a picture: the server's CPU time per line over connections, both axes logarithmic.
//!
//! CPU time, because it is the server's alone: the time until a line is back is also the load's.

use std::fmt::Write;

use crate::measure::{Results, median};
use crate::server::KINDS;

/// In the units of the view box, which is as wide as a phone.
const WIDTH: f64 = 360.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 262.0;
const PANEL: f64 = 258.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 214.0;
/// Less can't be drawn on a logarithmic axis, and is noise.
const LEAST: f64 = 0.1;
const LABEL_HEIGHT: f64 = 14.0;

const TITLES: [&str; 2] = ["One line at a time", "All connections busy"];

/// Colour and dashes of each server's line; the colours are the page's, if it has them.
const STYLES: [(&str, &str); 8] = [
    ("var(--end, #7a4fa3)", "6 3"),
    ("var(--bad, #b3372c)", "2 2"),
    ("var(--link, #9a6a00)", "6 3"),
    ("var(--link, #9a6a00)", ""),
    ("var(--accent, #1d5b8f)", ""),
    ("var(--bytes, #1f7a4d)", ""),
    ("var(--bytes, #1f7a4d)", "6 3"),
    ("currentColor", ""),
];

/// Microseconds of CPU time per line, for each column that was measured.
struct Line {
    kind: usize,
    points: Vec<(usize, f64)>,
}

/// The whole picture, for the page to include: no blank lines.
pub fn svg(results: &Results) -> String {
    let height = PANEL * 2.0 + 6.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"compare-title compare-text\" style=\"display:block;width:100%;max-width:560px;\
         min-width:0;height:auto;font-family:inherit\">\n\
         <title id=\"compare-title\">CPU time of the servers per echoed line, by number of connections</title>\n\
         <desc id=\"compare-text\">{}</desc>\n\
         <style>.compare-text{{fill:currentColor;font-size:12px}}.compare-line{{fill:none;stroke-width:1.8;\
         stroke-linejoin:round}}.compare-grid{{stroke:currentColor;stroke-width:.5;opacity:.25}}</style>\n",
        description(results)
    );
    let all: Vec<Vec<Line>> = (0..TITLES.len())
        .map(|pattern| lines(results, pattern))
        .collect();
    let values = || {
        all.iter()
            .flatten()
            .flat_map(|line| line.points.iter().map(|&(_, value)| value))
    };
    // Whole powers of ten around all values, the same for both panels.
    let low = values().fold(1.0, f64::min).log10().floor();
    let high = values().fold(10.0, f64::max).log10().ceil();
    for (pattern, lines) in all.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "0 or 1")]
        let panel = Panel {
            results,
            low,
            high,
            shift: PANEL * pattern as f64,
        };
        text += &panel.draw(TITLES[pattern], lines);
    }
    text + "</svg>\n"
}

fn lines(results: &Results, pattern: usize) -> Vec<Line> {
    let line = |kind| {
        let point = |column| {
            let cpu = median(&results.cell(kind, column, pattern).cpu)?;
            Some((column, cpu.max(LEAST)))
        };
        let points = (0..results.connections.len()).filter_map(point).collect();
        Line { kind, points }
    };
    let lines = (0..KINDS.len()).map(line);
    lines.filter(|line| !line.points.is_empty()).collect()
}

/// For who can't see it: the ends of each line.
fn description(results: &Results) -> String {
    let mut text = String::new();
    for (pattern, title) in TITLES.into_iter().enumerate() {
        let _ = write!(text, "{title}, microseconds of CPU time per line: ");
        for line in lines(results, pattern) {
            let (&(first, low), &(last, high)) =
                (&line.points[0], &line.points[line.points.len() - 1]);
            let (name, connections) = (KINDS[line.kind].name, results.connections);
            let _ = write!(
                text,
                "{name} {low:.1} at {} to {high:.1} at {} connections; ",
                connections[first], connections[last]
            );
        }
    }
    text.trim_end_matches("; ").to_owned()
}

struct Panel<'a> {
    results: &'a Results,
    low: f64,
    high: f64,
    shift: f64,
}

impl Panel<'_> {
    fn x(&self, column: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let log = |connections: usize| (connections as f64).log10();
        let last = self
            .results
            .connections
            .last()
            .map_or(1.0, |&last| log(last).max(1.0));
        LEFT + (RIGHT - LEFT - 8.0) * log(self.results.connections[column]) / last
    }

    fn y(&self, value: f64) -> f64 {
        self.shift + BOTTOM - (BOTTOM - TOP) * (value.log10() - self.low) / (self.high - self.low)
    }

    fn draw(&self, title: &str, lines: &[Line]) -> String {
        let mut text = String::new();
        let mut say = |x: f64, y: f64, anchor: &str, what: &str| {
            let _ = writeln!(
                text,
                "<text class=\"compare-text\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{what}</text>"
            );
        };
        say(
            0.0,
            self.shift + 15.0,
            "start",
            &format!("<tspan font-weight=\"600\">{title}</tspan>"),
        );
        say(0.0, self.shift + 33.0, "start", "µs of CPU time per line");
        for (column, connections) in self.results.connections.iter().enumerate() {
            say(
                self.x(column),
                self.shift + BOTTOM + 15.0,
                "middle",
                &connections.to_string(),
            );
        }
        let middle = f64::midpoint(LEFT, RIGHT);
        say(middle, self.shift + BOTTOM + 30.0, "middle", "connections");
        let mut power = self.low;
        let mut grid = String::new();
        while power <= self.high {
            let y = self.y(10_f64.powf(power));
            say(
                LEFT - 6.0,
                y + 4.0,
                "end",
                &format!("{}", 10_f64.powf(power)),
            );
            let _ = write!(grid, "M{LEFT} {y:.1}H{RIGHT}");
            power += 1.0;
        }
        let _ = writeln!(text, "<path class=\"compare-grid\" d=\"{grid}\"/>");
        let ends: Vec<f64> = lines
            .iter()
            .map(|line| self.y(line.points[line.points.len() - 1].1))
            .collect();
        let labels = spread(&ends, self.shift + TOP, self.shift + BOTTOM);
        for (line, label) in lines.iter().zip(labels) {
            text += &self.line(line, label);
        }
        text
    }

    /// A server's line, and its name at the height `label`.
    fn line(&self, line: &Line, label: f64) -> String {
        let (colour, dashes) = STYLES[line.kind];
        let mut path = String::new();
        for (index, &(column, value)) in line.points.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{command}{:.1} {:.1}", self.x(column), self.y(value));
        }
        let (column, value) = line.points[line.points.len() - 1];
        let (x, y) = (self.x(column), self.y(value));
        format!(
            "<path class=\"compare-line\" style=\"stroke:{colour}\" stroke-dasharray=\"{dashes}\" d=\"{path}\"/>\n\
             <path class=\"compare-grid\" style=\"opacity:.6;stroke:{colour}\" d=\"M{x:.1} {y:.1}L{:.1} {label:.1}\"/>\n\
             <circle style=\"fill:{colour}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.2\"/>\n\
             <text class=\"compare-text\" style=\"fill:{colour}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
            RIGHT + 6.0,
            RIGHT + 9.0,
            label + 4.0,
            KINDS[line.kind].name
        )
    }
}

/// Heights for labels, as near to `wanted` as they can be without touching, between `top` and
/// `bottom`.
fn spread(wanted: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut heights = wanted.to_vec();
    let mut least = top;
    for &index in &order {
        heights[index] = heights[index].max(least);
        least = heights[index] + LABEL_HEIGHT;
    }
    let mut most = bottom;
    for &index in order.iter().rev() {
        heights[index] = heights[index].min(most);
        most = heights[index] - LABEL_HEIGHT;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_order_and_a_distance() {
        let heights = spread(&[50.0, 51.0, 49.0, 200.0], 0.0, 200.0);
        assert_eq!(heights, [63.0, 77.0, 49.0, 200.0]);
        let crowded = spread(&[200.0, 200.0, 199.0], 0.0, 200.0);
        assert_eq!(crowded, [186.0, 200.0, 172.0]);
    }
}
