/** The sources at work, with their names, for a profile: `node --cpu-prof profiled.ts new|known CALLS`. */
import fs from 'node:fs';
import { start } from '../../src/activate.ts';

const [how, count] = process.argv.slice(2);
start({ mode: 'observe', quiet: true });

function calls(): void {
  for (let i = 0; i < Number(count); i++) {
    fs.existsSync(how === 'new' ? `/nowhere/folder-${i % 1000}/file-${i}` : `/nowhere/file-${i % 20}`);
  }
}

/* As deep as a handler of a server stands. */
function measured(depth: number): void {
  if (depth === 0) calls();
  else measured(depth - 1);
}
measured(20);
