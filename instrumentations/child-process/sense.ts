import { defineSense } from '../sense.ts';
import { senseSpawn } from './spawn.ts';
import { senseSpawnSync } from './spawn-sync.ts';
import { senseWorkers } from './worker.ts';

/** Programs, forks, cluster and worker threads that this process starts, and what it becomes (`process.execve`). */
export const processSense = defineSense('process', (patch) => {
  const live = { on: true };
  senseSpawn(patch, live);
  senseSpawnSync(patch, live);
  senseWorkers(patch, live);
  patch.onDisable(() => {
    live.on = false;
  });
});
