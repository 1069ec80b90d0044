import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { judge } from '../../bench/evasion/judge.ts';
import { stage } from '../../bench/evasion/stage.ts';
import { BORROWED_TOOLS } from '../../bench/evasion/techniques/borrowed-tools.ts';
import { DEPUTIES } from '../../bench/evasion/techniques/deputies.ts';
import { INSIDER } from '../../bench/evasion/techniques/insider.ts';
import { SIDE_DOORS } from '../../bench/evasion/techniques/side-doors.ts';
import { repository } from '../support/victim-app.ts';

/* Not below a temporary folder: paths there mean something of their own. */
const folder = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'diogenesis-otel',
  `insider-${process.pid}`,
);
mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true, force: true }));

describe('somebody who has read the source is seen, and named', { concurrency: 2 }, () => {
  const others = [...BORROWED_TOOLS, ...DEPUTIES, ...SIDE_DOORS].filter(({ limit }) => limit === undefined);
  for (const technique of [...INSIDER, ...others]) {
    const skip = Number(process.versions.node.split('.')[0]) < (technique.node?.[0] ?? 0);
    it(`${technique.name}: ${technique.says}`, { skip }, async () => {
      const ran = await stage(technique, {
        node: process.execPath,
        register: join(repository, 'dist/register.js'),
        folder,
        audit: false,
        locked: true,
        addon: undefined,
      });
      assert.ok(ran.happened, ran.stderr);
      const verdict = judge(technique, ran.findings, ran.traits);
      assert.ok(verdict.right, JSON.stringify({ verdict, findings: ran.findings }, null, 1));
    });
  }
});
