/**
 * Runs in the report: draws what passes the filters. The stories are in the page's own HTML, so that a page whose script
 * does not run is still a report.
 */
import { drawGraph } from './graph.ts';
import { type Filter, graphOf, lanesOf, type PageFinding, select } from './model.ts';
import { drawTimeline } from './timeline.ts';

const MAX_LANES = 30;

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const findings = JSON.parse(byId('data').textContent as string) as PageFinding[];
const form = byId<HTMLFormElement>('filters');
let shown: PageFinding[] = findings;

function filterOf(): Filter {
  const data = new FormData(form);
  return {
    levels: new Set(data.getAll('level') as string[]),
    who: String(data.get('who') ?? ''),
    pattern: String(data.get('pattern') ?? ''),
    text: String(data.get('text') ?? '')
      .trim()
      .toLowerCase(),
  };
}

function apply(): void {
  shown = select(findings, filterOf());
  const ids = new Set(shown.map(({ id }) => id));
  for (const story of document.querySelectorAll<HTMLElement>('article')) story.hidden = !ids.has(story.id);
  byId('count').textContent =
    shown.length === findings.length ? `${findings.length} findings` : `${shown.length} of ${findings.length} findings`;
  draw();
}

function draw(): void {
  const lanes = lanesOf(shown);
  const drawn = lanes.slice(0, MAX_LANES);
  fill('timeline', drawn.length, (width) => drawTimeline(drawn, width));
  byId('more-lanes').textContent =
    lanes.length > drawn.length ? `${lanes.length - drawn.length} more packages; filter to see them.` : '';
  const { nodes, edges, left } = graphOf(shown);
  fill('graph', nodes.length, (width) => drawGraph(nodes, edges, width));
  byId('more-edges').textContent = left > 0 ? `${left} more connections; filter to see them.` : '';
  byId('edges').replaceChildren(
    ...edges.map(({ from, to, kind, count }) => {
      const row = document.createElement('tr');
      for (const text of [from, kind, to, String(count)]) {
        const cell = document.createElement('td');
        cell.textContent = text;
        row.append(cell);
      }
      return row;
    }),
  );
}

function fill(id: string, size: number, content: (width: number) => SVGSVGElement): void {
  const box = byId(id);
  if (size === 0) box.textContent = 'Nothing passes the filters.';
  else box.replaceChildren(content(Math.max(280, box.clientWidth)));
}

form.hidden = false;
byId('pictures').hidden = false;
form.addEventListener('input', apply);
// The reset's own values are there only after its event.
form.addEventListener('reset', () => setTimeout(apply));
form.addEventListener('submit', (event) => event.preventDefault());
/* A story that a link leads to takes the focus, so that the keyboard and a screen reader go on from there. */
addEventListener('hashchange', () => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.focus());
let width = 0;
new ResizeObserver(([entry]) => {
  const now = Math.round(entry?.contentRect.width ?? 0);
  if (now === width) return;
  width = now;
  draw();
}).observe(byId('timeline'));
apply();
