/* A process of its own: adds one entry to a lock file, as a learning run does at its end. */
import { emptyLock, entriesOf, lockOf } from '../../src/baseline/lock-file.ts';
import { updateLock } from '../../src/baseline/lock-store.ts';

const [file, key] = process.argv.slice(2) as [string, string];
await updateLock(file, (lock) => {
  if (key === 'die') process.kill(process.pid, 'SIGKILL');
  return lockOf(new Map([...entriesOf(lock ?? emptyLock()), [key, { state: 'learning', traits: ['code.eval'] }]]));
});
