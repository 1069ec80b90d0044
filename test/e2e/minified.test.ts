import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join } from 'node:path';
import { it } from 'node:test';

const dist = join(import.meta.dirname, '../../dist');

it('an error of ours that nobody catches shows one statement of ours, and the map beside it says where that was', () => {
  const program = `require(${JSON.stringify(join(dist, 'index.js'))}).addPattern({ name: 'x' })`;
  const { stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  assert.match(stderr, /addPattern: Diogenesis is not active/);
  assert.ok(stderr.length < 8000, `${stderr.length} characters on stderr`);

  const [, line, column] = /node:diogenesis-otel\/diogenesis\.js:(\d+):(\d+)\)/.exec(stderr) ?? [];
  const index = readFileSync(join(dist, 'index.js'), 'utf8');
  const [, chunk] = /\.\/(diogenesis-[\w-]+)\.js/.exec(index) ?? [];
  const map = new SourceMap(JSON.parse(readFileSync(join(dist, `${chunk}.code.js.map`), 'utf8')));
  const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
  assert.ok('originalSource' in entry, stderr);
  assert.match(entry.originalSource, /src\/api\.ts$/);
  const source = readFileSync(join(dirname(import.meta.dirname), '../src/api.ts'), 'utf8').split('\n');
  assert.match(source.slice(entry.originalLine - 1, entry.originalLine + 2).join('\n'), /addPattern/);
});
