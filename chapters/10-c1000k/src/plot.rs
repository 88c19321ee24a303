//! A run as a picture: connections and memory over time, and how long answers took.

use std::fmt::Write;

/// One moment of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Seconds since it began.
    pub time: f64,
    /// Connections that have been served and are open.
    pub connections: f64,
    /// Bytes of the server's own memory.
    pub own: f64,
    /// Bytes of the kernel's memory, less what there was before.
    pub kernel: f64,
    /// Microseconds within which half, 99 % and 99.9 % of the answers were back; 0 where there were none.
    pub latency: [f64; 3],
}

const WIDTH: f64 = 360.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 270.0;
const HEIGHT: f64 = 110.0;
const PANEL: f64 = 178.0;
const TOP: f64 = 42.0;

/// Colours are the page's, if it has them.
const COLOURS: [&str; 3] = [
    "var(--accent, #1d5b8f)",
    "var(--bytes, #1f7a4d)",
    "var(--bad, #b3372c)",
];

/// A curve's name and its values, one for each point.
type Curve<'a> = (&'a str, Vec<f64>);

/// The whole picture, for a page to include: no blank lines.
#[must_use]
pub fn svg(points: &[Point]) -> String {
    let column = |value: fn(&Point) -> f64| points.iter().map(value).collect::<Vec<f64>>();
    let latency = |index: usize| points.iter().map(|point| point.latency[index]).collect();
    let end = points.last().map_or(1.0, |point| point.time).max(1e-3);
    let panels: [(&str, Vec<Curve<'_>>); 3] = [
        (
            "Connections",
            vec![("open", column(|point| point.connections))],
        ),
        (
            "MiB of memory",
            vec![
                ("the server's", column(|point| point.own / 1_048_576.0)),
                ("the kernel's", column(|point| point.kernel / 1_048_576.0)),
            ],
        ),
        (
            "µs until an answer is back",
            vec![
                ("p50", latency(0)),
                ("p99", latency(1)),
                ("p99.9", latency(2)),
            ],
        ),
    ];
    let height = PANEL * 3.0 + 20.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"million-title\" style=\"display:block;width:100%;max-width:560px;min-width:0;\
         height:auto;font-family:inherit\">\n<title id=\"million-title\">{}</title>\n\
         <style>.million-text{{fill:currentColor;font-size:12px}}.million-line{{fill:none;stroke-width:1.6;\
         stroke-linejoin:round}}.million-grid{{stroke:currentColor;stroke-width:.5;opacity:.25}}</style>\n",
        summary(points)
    );
    let times = column(|point| point.time);
    for (number, (title, curves)) in (0_u8..).zip(&panels) {
        text += &panel(title, curves, &times, end, PANEL * f64::from(number));
    }
    text + "</svg>\n"
}

/// For who can't see it.
fn summary(points: &[Point]) -> String {
    let most = points
        .iter()
        .map(|point| point.connections)
        .fold(0.0, f64::max);
    let end = points.last().map_or(0.0, |point| point.time);
    format!("{most:.0} connections at most in {end:.0} seconds, memory and latencies meanwhile")
}

/// One panel, from `shift` down. Latencies get a logarithmic axis, all else begins at 0.
fn panel(title: &str, curves: &[Curve<'_>], times: &[f64], end: f64, shift: f64) -> String {
    let logarithmic = title.starts_with('µ');
    let most = curves
        .iter()
        .flat_map(|(_, values)| values)
        .copied()
        .fold(1.0, f64::max);
    let scale = |value: f64| {
        if logarithmic {
            value.max(1.0).log10() / most.max(10.0).log10()
        } else {
            value / most
        }
    };
    let y = |value: f64| shift + TOP + HEIGHT * (1.0 - scale(value));
    let mut text = format!(
        "<text class=\"million-text\" x=\"0\" y=\"{:.1}\" font-weight=\"600\">{title}</text>\n",
        shift + 15.0
    );
    let mut grid = String::new();
    let mut marks = vec![0.0, most / 2.0, most];
    if logarithmic {
        marks = (0..8)
            .map(|power| 10_f64.powi(power))
            .filter(|mark| *mark <= most)
            .collect();
    }
    for mark in marks {
        let height = y(mark);
        let _ = write!(grid, "M{LEFT} {height:.1}H{RIGHT}");
        let label = if mark >= 10_000.0 {
            format!("{:.0}k", mark / 1000.0)
        } else {
            format!("{mark:.0}")
        };
        let _ = writeln!(
            text,
            "<text class=\"million-text\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            LEFT - 6.0,
            height + 4.0
        );
    }
    let _ = writeln!(text, "<path class=\"million-grid\" d=\"{grid}\"/>");
    for ((name, values), (index, colour)) in curves.iter().zip((0_u8..).zip(COLOURS)) {
        let mut path = String::new();
        let mut command = 'M';
        for (time, value) in times.iter().zip(values) {
            if logarithmic && *value <= 0.0 {
                command = 'M'; // nothing was asked
                continue;
            }
            let x = LEFT + (RIGHT - LEFT) * time / end;
            let _ = write!(path, "{command}{x:.1} {:.1}", y(*value));
            command = 'L';
        }
        let _ = writeln!(
            text,
            "<path class=\"million-line\" style=\"stroke:{colour}\" d=\"{path}\"/>\n\
             <text class=\"million-text\" style=\"fill:{colour}\" x=\"{:.1}\" y=\"{:.1}\">{name}</text>",
            RIGHT + 8.0,
            shift + TOP + 12.0 + 16.0 * f64::from(index)
        );
    }
    let _ = writeln!(
        text,
        "<text class=\"million-text\" x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\">{end:.0} s</text>",
        shift + TOP + HEIGHT + 15.0
    );
    text
}
