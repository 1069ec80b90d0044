import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import { create } from 'd3-selection';
import { type PageEdge, type PageNode, short } from './model.ts';

type Placed = PageNode & SimulationNodeDatum;
type Link = Omit<PageEdge, 'from' | 'to'> & SimulationLinkDatum<Placed>;

const LEVELS = ['LOG', 'WARN', 'ALERT'] as const;
const STEPS = 300;

/** Who acts for whom and what is reached. Laid out once, without movement: nobody has to wait for it or chase it. */
export function drawGraph(nodes: readonly PageNode[], edges: readonly PageEdge[], width: number): SVGSVGElement {
  const placed: Placed[] = nodes.map((node) => ({ ...node }));
  const links: Link[] = edges.map(({ from, to, kind, count }) => ({ source: from, target: to, kind, count }));
  const height = Math.round(Math.min(720, Math.max(200, Math.sqrt(nodes.length) * 95)));
  const narrow = width < 520;
  // Callers to the left, what is reached to the right: the direction can be read without following arrows.
  const column = { app: 0.12, package: 0.45, resource: 0.82 } as const;
  forceSimulation(placed)
    .force(
      'link',
      forceLink<Placed, Link>(links)
        .id(({ id }) => id)
        .distance(narrow ? 50 : 90)
        .strength(0.25),
    )
    .force('charge', forceManyBody().strength(-220))
    .force('x', forceX<Placed>(({ kind }) => column[kind] * width).strength(0.35))
    .force('y', forceY(height / 2).strength(0.09))
    .force('collide', forceCollide(narrow ? 24 : 34))
    .stop()
    .tick(STEPS);
  for (const node of placed) {
    node.x = Math.min(width - 70, Math.max(40, node.x ?? 0));
    node.y = Math.min(height - 24, Math.max(16, node.y ?? 0));
  }

  const svg = create('svg')
    .attr('viewBox', `0 0 ${width} ${height}`)
    .attr('width', width)
    .attr('height', height)
    .attr('role', 'img')
    .attr('aria-label', 'Connection graph; the table below says the same in words');
  const marker = svg.append('defs').append('marker').attr('id', 'arrow');
  marker
    .attr('viewBox', '0 0 8 8')
    .attr('refX', 15)
    .attr('refY', 4)
    .attr('markerWidth', 7)
    .attr('markerHeight', 7)
    .attr('orient', 'auto');
  marker.append('path').attr('d', 'M0,0L8,4L0,8z').attr('class', 'head');
  for (const { source, target, kind, count } of links) {
    const from = source as Placed;
    const to = target as Placed;
    svg
      .append('line')
      .attr('class', `edge ${kind}`)
      .attr('x1', from.x ?? 0)
      .attr('y1', from.y ?? 0)
      .attr('x2', to.x ?? 0)
      .attr('y2', to.y ?? 0)
      .attr('stroke-width', Math.min(4, 1 + Math.log2(count) / 2))
      .attr('marker-end', 'url(#arrow)');
  }
  for (const node of placed) {
    const group = svg
      .append('g')
      .attr('class', `node ${node.kind} ${LEVELS[node.worst] ?? ''}`)
      .attr('transform', `translate(${node.x},${node.y})`);
    if (node.kind === 'resource') group.append('rect').attr('x', -6).attr('y', -6).attr('width', 12).attr('height', 12);
    else group.append('circle').attr('r', 7);
    group
      .append('text')
      .attr('y', 20)
      .attr('text-anchor', 'middle')
      .text(short(node.id, narrow ? 14 : 28));
    group.append('title').text(node.id);
  }
  return svg.node() as SVGSVGElement;
}
