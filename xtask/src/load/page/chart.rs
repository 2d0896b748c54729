//! Lines over time, drawn as SVG.

use std::fmt::Write as _;

/// The drawing, in its own units; it scales to whatever screen there is.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 66.0;
const BOTTOM: f64 = 24.0;
const TOP: f64 = 10.0;

/// How many lines lie behind the others to read them by.
const RULES: u8 = 4;

/// Points that belong together.
pub(super) struct Line {
    /// What is said of it beside the drawing.
    pub(super) name: &'static str,
    pub(super) points: Vec<(f64, f64)>,
}

/// What stands beside the drawing.
pub(super) struct Axes<'a> {
    pub(super) label: &'a str,
    /// What the left and the right end are.
    pub(super) ends: (String, String),
    /// What goes behind a number on the left.
    pub(super) unit: &'a str,
}

/// Up to three lines over one another.
pub(super) fn lines(lines: &[Line], axes: &Axes<'_>) -> String {
    let all = || lines.iter().flat_map(|line| &line.points);
    let right = all().map(|(x, _)| *x).fold(0.0, f64::max);
    let top = nice(all().map(|(_, y)| *y).fold(0.0, f64::max));
    let label = super::escaped(axes.label);
    let mut svg =
        format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{label}\">\n");
    for rule in 0..=RULES {
        let share = f64::from(rule) / f64::from(RULES);
        let (y, value) = (y_of(share), shown(top * share));
        let (end, text, unit) = (WIDTH - 4.0, y + 4.0, axes.unit);
        let edge = LEFT - 6.0;
        writeln!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{end}\"/><text x=\"{edge}\" y=\"{text:.1}\" \
             text-anchor=\"end\">{value}{unit}</text>"
        )
        .ok();
    }
    for (number, line) in (1..).zip(lines) {
        let points: Vec<String> = line
            .points
            .iter()
            .map(|(x, y)| format!("{:.1} {:.1}", x_of(share(*x, right)), y_of(share(*y, top))))
            .collect();
        writeln!(svg, "<path class=\"l{number}\" d=\"M{}\"/>", points.join("L")).ok();
    }
    let (low, end) = (HEIGHT - 6.0, WIDTH - 4.0);
    let (first, last) = &axes.ends;
    writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{low}\">{first}</text><text x=\"{end}\" y=\"{low}\" \
         text-anchor=\"end\">{last}</text>\n</svg>"
    )
    .ok();
    svg + &legend(lines)
}

fn legend(lines: &[Line]) -> String {
    let named = (1..).zip(lines).map(|(number, line)| {
        format!("<span class=\"k{number}\">■</span> {} ", super::escaped(line.name))
    });
    format!("<p>{}</p>\n", named.collect::<String>())
}

fn x_of(share: f64) -> f64 {
    LEFT + share * (WIDTH - LEFT - 4.0)
}

fn y_of(share: f64) -> f64 {
    HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)
}

fn share(value: f64, whole: f64) -> f64 {
    if whole > 0.0 { value / whole } else { 0.0 }
}

/// The next number of the kind 1, 2, 4 or 5 times a power of ten.
fn nice(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 4.0, 5.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(value)
}

fn shown(value: f64) -> String {
    if value >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::{nice, x_of, y_of};

    #[test]
    fn scales_end_in_numbers_that_are_easily_read() {
        let read: Vec<f64> = [0.0, 0.03, 7.2, 11.0, 398.0, 401.0].into_iter().map(nice).collect();

        for (read, wanted) in read.into_iter().zip([1.0, 0.04, 10.0, 20.0, 400.0, 500.0]) {
            assert!((read - wanted).abs() < 1e-9, "{read}, not {wanted}");
        }
    }

    #[test]
    fn nothing_is_drawn_outside() {
        assert!(x_of(0.0) >= 0.0 && x_of(1.0) <= super::WIDTH);
        assert!(y_of(1.0) >= 0.0 && y_of(0.0) <= super::HEIGHT);
    }
}
