/** What the page draws, out of the findings that pass its filters. Plain data: tested without a browser. */

/** A finding as the page needs it; the whole story stands in the page's text. */
export interface PageFinding {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: 'LOG' | 'WARN' | 'ALERT';
  readonly pattern: string;
  /** Whose finding it is, `name@version`. */
  readonly who: string;
  readonly trait: string;
  readonly voltage: number;
  /** Nearest first. */
  readonly chain: readonly string[];
}

export interface Filter {
  readonly levels: ReadonlySet<string>;
  /** Empty: every package, every pattern. */
  readonly who: string;
  readonly pattern: string;
  /** In lower case; looked for in everything that is known of a finding. */
  readonly text: string;
}

/** One package's line in the timeline. */
export interface Lane {
  readonly who: string;
  readonly findings: readonly PageFinding[];
  readonly worst: number;
}

export interface PageNode {
  readonly id: string;
  readonly kind: 'package' | 'app' | 'resource';
  /** Level of the worst finding that is its own; −1 when it has none. */
  readonly worst: number;
}

export interface PageEdge {
  readonly from: string;
  readonly to: string;
  /** `calls`: acted on behalf of; `reaches`: a package touched a resource. */
  readonly kind: 'calls' | 'reaches';
  readonly count: number;
}

export const SEVERITY = { LOG: 0, WARN: 1, ALERT: 2 } as const;

export function select(findings: readonly PageFinding[], { levels, who, pattern, text }: Filter): PageFinding[] {
  return findings.filter(
    (one) =>
      levels.has(one.level) &&
      (who === '' || one.who === who) &&
      (pattern === '' || one.pattern === pattern) &&
      (text === '' ||
        `${one.id} ${one.who} ${one.pattern} ${one.trait} ${one.chain.join(' ')}`.toLowerCase().includes(text)),
  );
}

/** A lane for each package, the worst first, then the one with most findings. */
export function lanesOf(findings: readonly PageFinding[]): Lane[] {
  const byWho = Map.groupBy(findings, ({ who }) => who);
  return [...byWho]
    .map(([who, own]) => ({
      who,
      findings: own.toSorted((a, b) => a.time - b.time),
      worst: Math.max(...own.map(({ level }) => SEVERITY[level])),
    }))
    .sort((a, b) => b.worst - a.worst || b.findings.length - a.findings.length || (a.who < b.who ? -1 : 1));
}

/** `fs.read:<home>/.npmrc [credential]` → `fs.read [credential]`: what a graph can hold of a trait. */
export function resourceOf(trait: string): string {
  const mark = /\[[^\]]+\]$/.exec(trait)?.[0];
  const act = trait.split(':', 1)[0] as string;
  return mark === undefined ? act : `${act} ${mark}`;
}

/**
 * Who acted on whose behalf, and what was reached, in these findings. Edges that were seen most come first when there
 * are more than can be drawn.
 */
export function graphOf(
  findings: readonly PageFinding[],
  maxEdges = 120,
): { nodes: PageNode[]; edges: PageEdge[]; left: number } {
  const worst = new Map<string, number>();
  const edges = new Map<string, { from: string; to: string; kind: PageEdge['kind']; count: number }>();
  const link = (from: string, to: string, kind: PageEdge['kind']) => {
    const key = `${from}\n${to}`;
    const edge = edges.get(key);
    if (edge === undefined) edges.set(key, { from, to, kind, count: 1 });
    else edge.count++;
  };
  const resources = new Set<string>();
  for (const { who, level, chain, trait } of findings) {
    worst.set(who, Math.max(worst.get(who) ?? -1, SEVERITY[level]));
    for (let i = 1; i < chain.length; i++) link(chain[i] as string, chain[i - 1] as string, 'calls');
    const resource = resourceOf(trait);
    resources.add(resource);
    link(chain[0] ?? who, resource, 'reaches');
  }
  const all = [...edges.values()].sort((a, b) => b.count - a.count);
  const kept = all.slice(0, maxEdges);
  const ids = new Set(kept.flatMap(({ from, to }) => [from, to]));
  const nodes = [...ids].map((id) => ({
    id,
    kind: resources.has(id) ? ('resource' as const) : id === '<app>' ? ('app' as const) : ('package' as const),
    worst: worst.get(id) ?? -1,
  }));
  return { nodes, edges: kept, left: all.length - kept.length };
}

export function short(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
