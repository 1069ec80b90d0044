/* A process of its own: notes what it is told to, one line each, and says when it is done. */
import { appendObservation } from '../../src/baseline/observation.ts';

const [folder, session, which] = process.argv.slice(2) as [string, string, string];
const writer = appendObservation(folder, { session, complete: true, mode: 'learn' });
if (which === 'forever') {
  const forever = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; ; i++) {
    // Far beyond what the test waits for: a slow reader must not be flooded.
    if (i === 5_000) Atomics.wait(forever, 0, 0);
    writer.note('a@1.0.0', `net.connect:host-${i}.example:443`, true);
    process.stdout.write(`${i}\n`);
  }
}
const n = Number(which);
for (let i = 0; i < 20; i++)
  writer.note(`p${(n + i) % 30}@1.0.0`, `net.connect:h${(n * 7 + i) % 40}.example:443`, true);
