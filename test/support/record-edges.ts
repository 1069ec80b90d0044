/** Preloaded by the tests of import edges: prints every edge that a process makes, as JSON, when it exits. */
import { writeSync } from 'node:fs';
import { preloaded, watchEdges } from '../../instrumentations/import/module-watch.ts';
import { importSense } from '../../instrumentations/import/sense.ts';

const edges: string[] = [];
const last = (location: string) => (location.startsWith('node:') ? location : location.replace(/^.*\//, ''));

preloaded();
importSense.enable({});
watchEdges(
  (_specifier, parent, location) => {
    edges.push(`${parent === null ? 'stack' : parent === undefined ? 'start' : last(parent)} > ${last(location)}`);
    return undefined;
  },
  (location) => edges.push(`resolved ${last(location)}`),
);
process.on('exit', () => writeSync(1, JSON.stringify(edges)));
