import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { AppFolder } from '../support/app-folder.ts';
import { NpmRegistry } from '../support/npm-registry.ts';

/** The first block of this language below a heading of the README. */
function blockOf(heading: string, language: string): string {
  const text = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const section = text.slice(text.indexOf(`\n## ${heading}\n`));
  const fence = `\n\`\`\`${language}\n`;
  const begin = section.indexOf(fence);
  assert(begin > 0, `${heading}: no block`);
  const start = begin + fence.length;
  return section.slice(start, section.indexOf('\n```', start));
}

const FIVE_MINUTES = 300_000;

describe('the README', () => {
  it('leads from an empty folder to a refused update in five minutes, command by command', {
    timeout: FIVE_MINUTES,
  }, async () => {
    using app = new AppFolder();
    using registry = await NpmRegistry.start();
    app.package('ms', '2.1.3', 'module.exports = () => 3600000;', {}, 'published/ms');
    registry.publish(app.path('published/ms'));
    for (const folder of ['shop', 'home', 'tmp']) mkdirSync(app.path(folder));
    const script = `set -e\n${blockOf('Five minutes', 'sh')}`;
    const options = {
      cwd: app.path('shop'),
      env: {
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        HOME: app.path('home'),
        TMPDIR: app.path('tmp'),
        npm_config_registry: registry.url,
        npm_config_cache: app.path('cache'),
        npm_config_update_notifier: 'false',
      },
    };
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile('sh', ['-c', script], options, (error, _stdout, stderr) => resolve({ code: error?.code ?? 0, stderr }));
    });
    assert.equal(code, 3, stderr);
    assert(stderr.includes(blockOf('Five minutes', 'text')), stderr);
  });
});
