// One figure of a report's groups, drawn by uPlot: a line over days, bars over anything else.
// The same numbers stand in the table below, which is what a screen reader reads.
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Report } from "../api/types";
import { called, charted, groupName, shown, type Figure } from "./figures";

interface ChartProps {
  report: Report;
  by: string;
  figure: Figure;
}

const HEIGHT = 260;

export function Chart({ report, by, figure }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const plot = drawn(box, report, by, figure);
    const fitting = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT }));
    fitting.observe(box);
    return () => {
      fitting.disconnect();
      plot.destroy();
    };
  }, [report, by, figure]);
  return <div class="chart" ref={place} aria-hidden="true" data-figure={figure.name} />;
}

function drawn(box: HTMLElement, report: Report, by: string, figure: Figure): UPlot {
  const groups = charted(report.groups, by);
  const days = by === "day";
  const xs = groups.map((each, index) => (days ? Date.parse(`${each.key}T12:00:00Z`) / 1000 : index));
  const ys = groups.map((each) => each.values[figure.name] ?? null);
  const colour = (name: string) => getComputedStyle(box).getPropertyValue(name).trim();
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const name = (index: number) => (groups[index] ? groupName(groups[index], by) : "");
  const bars = UPlot.paths.bars?.({ size: [0.7, 60] });
  const options: UPlot.Options = {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    tzDate: (at) => UPlot.tzDate(new Date(1000 * at), "UTC"), // a day is a day wherever it is looked at
    cursor: { points: { show: days }, drag: { x: false, y: false } },
    scales: { x: days ? {} : { time: false, range: [-0.5, groups.length - 0.5] }, y: { range: (_, __, max) => [0, max || 1] } },
    axes: [
      days ? axis : { ...axis, grid: { show: false }, splits: () => xs, values: (_, at) => at.map((each) => name(each)) },
      { ...axis, size: 70, values: (_, at) => at.map((each) => shown(each, figure.unit)) },
    ],
    series: [
      {},
      {
        label: called(figure.name),
        stroke: colour("--accent"),
        fill: colour("--accent-soft"),
        width: 2,
        ...(days || !bars ? {} : { paths: bars, points: { show: false } }),
      },
    ],
  };
  return new UPlot(options, [xs, ys], box);
}
