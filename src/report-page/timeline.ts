import { axisBottom } from 'd3-axis';
import { scaleLinear, scaleUtc } from 'd3-scale';
import { create, type Selection } from 'd3-selection';
import { curveStepAfter, line, symbol, symbolCircle, symbolDiamond2, symbolTriangle } from 'd3-shape';
import { type Lane, type PageFinding, short } from './model.ts';

const LANE = 46;
const BAND = 26;
const MARGIN = { left: 8, right: 14, top: 6, bottom: 26 };
/** Not by colour alone: a level has a shape as well. */
const SHAPES = { LOG: symbolCircle, WARN: symbolTriangle, ALERT: symbolDiamond2 } as const;

/** Lanes of packages over time: the voltage as a step line, each finding as a link to its story. */
export function drawTimeline(lanes: readonly Lane[], width: number): SVGSVGElement {
  const times = lanes.flatMap(({ findings }) => findings.map(({ time }) => time));
  const first = Math.min(...times);
  const last = Math.max(...times);
  const slack = Math.max(500, (last - first) * 0.02);
  const height = MARGIN.top + lanes.length * LANE + MARGIN.bottom;
  const x = scaleUtc()
    .domain([first - slack, last + slack])
    .range([MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear()
    .domain([0, 1])
    .range([LANE - 4, LANE - 4 - BAND]);

  const svg = create('svg')
    .attr('viewBox', `0 0 ${width} ${height}`)
    .attr('width', width)
    .attr('height', height)
    .attr('role', 'group')
    .attr('aria-label', 'Findings over time, a lane for each package') as unknown as Selection<
    SVGSVGElement,
    undefined,
    null,
    undefined
  >;
  svg
    .append('g')
    .attr('class', 'axis')
    .attr('aria-hidden', 'true')
    .attr('transform', `translate(0,${height - MARGIN.bottom})`)
    .call(axisBottom(x).ticks(Math.max(2, Math.floor(width / 110))));
  for (const [index, lane] of lanes.entries()) {
    const row = svg.append('g').attr('transform', `translate(0,${MARGIN.top + index * LANE})`);
    for (const value of [0, 1]) {
      row
        .append('line')
        .attr('class', 'rule')
        .attr('x1', MARGIN.left)
        .attr('x2', width - MARGIN.right)
        .attr('y1', y(value))
        .attr('y2', y(value));
    }
    row
      .append('text')
      .attr('class', 'lane')
      .attr('x', MARGIN.left)
      .attr('y', 12)
      .text(short(lane.who, Math.floor(width / 8)));
    row
      .append('path')
      .attr('class', 'voltage')
      .attr(
        'd',
        line<PageFinding>(
          (one) => x(one.time),
          (one) => y(one.voltage),
        ).curve(curveStepAfter)(lane.findings),
      );
    for (const one of lane.findings) {
      const link = row
        .append('a')
        .attr('href', `#${one.id}`)
        .attr('class', `mark ${one.level}`)
        .attr('aria-label', `${one.level} ${one.pattern} of ${one.who}, voltage ${one.voltage.toFixed(2)}: its story`)
        .attr('transform', `translate(${x(one.time)},${y(one.voltage)})`);
      link.append('title').text(`${one.level} ${one.pattern}\n${one.trait}\nvoltage ${one.voltage.toFixed(2)}`);
      // As large as a finger.
      link.append('circle').attr('class', 'touch').attr('r', 12);
      link.append('path').attr('d', symbol(SHAPES[one.level], one.level === 'ALERT' ? 90 : 60)());
    }
  }
  return svg.node() as SVGSVGElement;
}
