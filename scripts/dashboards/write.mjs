/**
 * Writes the dashboards of scripts/dashboards/ as the JSON that Grafana reads.
 *
 *   npm run dashboards               writes collector-config/grafana/dashboards/*.json
 *   npm run dashboards -- --check    says whether they are as the sources have it
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { incident } from './incident.ts';
import { overview } from './overview.ts';
import { packagePage } from './package.ts';

const folder = join(import.meta.dirname, '../../collector-config/grafana/dashboards');
const isCheck = process.argv.includes('--check');
mkdirSync(folder, { recursive: true });
for (const [name, page] of Object.entries({ overview, package: packagePage, incident })) {
  const file = join(folder, `${name}.json`);
  const json = linePerPanel(page().build());
  if (!isCheck) {
    writeFileSync(file, json);
  } else if (readFileSync(file, 'utf8') !== json) {
    console.error(`${file} is not what scripts/dashboards/ makes: npm run dashboards`);
    process.exitCode = 1;
  }
}

/* The sources are for people; indented, the JSON would be nearly twice as large in the package. */
function linePerPanel({ panels, ...board }) {
  const lines = panels.map((panel) => JSON.stringify(panel)).join(',\n');
  return `${JSON.stringify(board).slice(0, -1)},"panels":[\n${lines}\n]}\n`;
}
