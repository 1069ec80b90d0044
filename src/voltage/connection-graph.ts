import type { Behavior } from '../behavior.ts';
import { ArrayPrototypePush, SafeMap } from '../primordials.ts';
import { MAX_EDGES, MAX_NODES } from './parameters.ts';

export interface GraphNode {
  /** Principal key, or `sense:group` for what packages reach, e.g. `net:public-host`, `fs:home [credential]`. */
  readonly id: string;
  readonly kind: 'package' | 'app' | 'tool' | 'agent' | 'unattributed' | 'resource';
  /** Behaviors that touched it, without those that were only counted because the same was seen before. */
  readonly count: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `calls`: one package acted on behalf of another; `reaches`: a package touched a group of resources. */
  readonly kind: 'calls' | 'reaches';
  readonly count: number;
}

export interface ConnectionGraph {
  observe(behavior: Behavior): void;
  snapshot(): { nodes: GraphNode[]; edges: GraphEdge[]; dropped: number };
  clear(): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Who calls whom and what each package reaches. Resources are grouped by class, not listed by file, so that the graph
 * stays readable and bounded: 2,000 nodes, 8,000 edges; what does not fit is counted, not kept.
 */
export function createConnectionGraph(maxNodes: number = MAX_NODES, maxEdges: number = MAX_EDGES): ConnectionGraph {
  const nodes = new SafeMap<string, Mutable<GraphNode>>();
  const edges = new SafeMap<string, SafeMap<string, Mutable<GraphEdge>>>();
  let edgeCount = 0;
  let dropped = 0;

  function touchNode(id: string, kind: GraphNode['kind']): boolean {
    const node = nodes.get(id);
    if (node !== undefined) {
      node.count++;
      return true;
    }
    if (nodes.size >= maxNodes) return false;
    nodes.set(id, { id, kind, count: 1 });
    return true;
  }

  function touchEdge(from: string, to: string, kind: GraphEdge['kind']): void {
    let targets = edges.get(from);
    const edge = targets?.get(to);
    if (edge !== undefined) {
      edge.count++;
      return;
    }
    if (edgeCount >= maxEdges) {
      dropped++;
      return;
    }
    if (targets === undefined) {
      targets = new SafeMap();
      edges.set(from, targets);
    }
    targets.set(to, { from, to, kind, count: 1 });
    edgeCount++;
  }

  return {
    observe(behavior) {
      const { members } = behavior.chain;
      const nearest = members[0];
      if (nearest === undefined) return;
      let complete = touchNode(nearest.key, nearest.kind);
      for (let i = 1; i < members.length; i++) {
        const caller = members[i] as (typeof members)[number];
        const callee = members[i - 1] as (typeof members)[number];
        if (touchNode(caller.key, caller.kind)) touchEdge(caller.key, callee.key, 'calls');
        else complete = false;
      }
      const { resource, act } = behavior;
      const mark = resource.sensitivity === undefined ? '' : ` [${resource.sensitivity}]`;
      const group = `${act.sense}:${resource.resourceClass}${mark}`;
      if (touchNode(group, 'resource')) touchEdge(nearest.key, group, 'reaches');
      else complete = false;
      if (!complete) dropped++;
    },
    snapshot() {
      const all: { nodes: GraphNode[]; edges: GraphEdge[]; dropped: number } = { nodes: [], edges: [], dropped };
      nodes.forEach((node) => {
        ArrayPrototypePush(all.nodes, { ...node });
      });
      edges.forEach((targets) => {
        targets.forEach((edge) => {
          ArrayPrototypePush(all.edges, { ...edge });
        });
      });
      return all;
    },
    clear() {
      nodes.clear();
      edges.clear();
      edgeCount = 0;
      dropped = 0;
    },
  };
}
