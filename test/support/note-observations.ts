/* A process of its own: notes what it is told to, one line each, and says when it is done. */
import { writeSync } from 'node:fs';
import { appendObservation } from '../../src/baseline/observation.ts';

const [folder, session, which] = process.argv.slice(2) as [string, string, string];
const writer = appendObservation(folder, { session, complete: true, mode: 'learn' });
if (which === 'forever') {
  for (let i = 0; ; i++) {
    writer.note('a@1.0.0', `net.connect:host-${i}.example:443`, true);
    // Waits for a slow reader, which `process.stdout` would not in a process that never comes back to its event loop.
    writeSync(1, `${i}\n`);
  }
}
const n = Number(which);
for (let i = 0; i < 20; i++)
  writer.note(`p${(n + i) % 30}@1.0.0`, `net.connect:h${(n * 7 + i) % 40}.example:443`, true);
