/** Preloaded by the tests of `_compile`: prints how often a string was compiled as a module, when the process exits. */
import { writeSync } from 'node:fs';
import { preloaded } from '../../instrumentations/import/module-watch.ts';
import { importSense } from '../../instrumentations/import/sense.ts';
import { recordActs } from './senses.ts';

preloaded();
const { recorded } = recordActs();
importSense.enable({});
process.on('exit', () => {
  writeSync(1, `${recorded.filter(({ act }) => act.sense === 'code' && act.target === 'Module._compile').length}`);
});
