//! The chart docs/performance.svg: a bar per share, with what it must reach and what it aims at.

use anyhow::Result;
use plotters::prelude::*;

use crate::figure::Figure;

const WIDTH: u32 = 900;
const BAR: u32 = 44;
const MARGIN: u32 = 60;
const OURS: RGBColor = RGBColor(0x3b, 0x6e, 0xa8);
const MUST: RGBColor = RGBColor(0xc0, 0x39, 0x2b);
const AIM: RGBColor = RGBColor(0x27, 0x8a, 0x4f);

pub(super) fn render(figures: &[&Figure]) -> Result<String> {
    let mut svg = String::new();
    let rows = figures.len() as f64;
    let highest = figures.iter().map(|figure| figure.value).fold(1.0, f64::max) * 1.05;
    {
        let height = MARGIN * 2 + BAR * u32::try_from(figures.len())?;
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .caption("Share of the yardstick's rate; red: must, green: aim", ("sans-serif", 16))
            .margin(12)
            .x_label_area_size(28)
            .build_cartesian_2d(0.0..highest, 0.0..rows)?;
        let mut mesh = chart.configure_mesh();
        mesh.disable_y_mesh().disable_y_axis().x_label_formatter(&|share| format!("{:.0} %", share * 100.0)).draw()?;
        for (at, figure) in figures.iter().enumerate() {
            let foot = rows - at as f64 - 1.0;
            let bar = Rectangle::new([(0.0, foot + 0.12), (figure.value, foot + 0.58)], OURS.filled());
            let told = format!("{}  {}: {}", figure.row, figure.what, figure.unit.tell(figure.value));
            chart.draw_series([bar])?;
            chart.draw_series([Text::new(told, (0.0, foot + 0.9), ("sans-serif", 13))])?;
            for (share, colour) in figure.target.iter().flat_map(|target| [(target.must, MUST), (target.aim, AIM)]) {
                chart.draw_series([PathElement::new(
                    [(share, foot + 0.08), (share, foot + 0.62)],
                    colour.stroke_width(3),
                )])?;
            }
        }
        area.present()?;
    }
    Ok(svg)
}
