import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { AppFolder } from '../support/app-folder.ts';

const root = join(import.meta.dirname, '../..');

/** The first block of this language below a heading of the README. */
function blockOf(heading: string, language: string): string {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const section = text.slice(text.indexOf(`\n## ${heading}\n`));
  const fence = `\n\`\`\`${language}\n`;
  const begin = section.indexOf(fence);
  assert(begin > 0, `${heading}: no block`);
  const start = begin + fence.length;
  return section.slice(start, section.indexOf('\n```', start));
}

describe('the README', () => {
  it('leads from an empty folder to a refused update', () => {
    using app = new AppFolder();
    // What `npm install` would do, without the registry.
    app.package('ms', '2.1.3', 'module.exports = () => 3600000;');
    mkdirSync(app.path('node_modules/.bin'));
    app.write('node_modules/.bin/diogenesis', `#!/bin/sh\nexec node '${join(root, 'dist/cli.js')}' "$@"\n`);
    chmodSync(app.path('node_modules/.bin/diogenesis'), 0o755);
    symlinkSync(root, app.path('node_modules/diogenesis-otel'));
    mkdirSync(app.path('home'));
    const script = blockOf('Five minutes', 'sh').replace(/^npm install .*$/m, '');
    const { status, stderr } = spawnSync('sh', ['-c', script], {
      cwd: app.root,
      encoding: 'utf8',
      env: {
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        HOME: app.path('home'),
        npm_config_offline: 'true',
        npm_config_update_notifier: 'false',
      },
    });
    assert.equal(status, 3, stderr);
    assert(stderr.includes(blockOf('Five minutes', 'text')), stderr);
  });
});
