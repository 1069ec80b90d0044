import { defineSense } from '../sense.ts';
import { watchCreateRequire } from './borrowed-require.ts';
import { patchCompilation } from './compilation.ts';
import { forgetImporter, onEdge, onResolution } from './edges.ts';
import { watchHooksOfOthers } from './hooks-of-others.ts';
import { watchEdges } from './module-watch.ts';
import { patchNative } from './native.ts';

/** Sees who imports what, which code comes from no file, and native code being loaded. */
export const importSense = defineSense('import', (patch) => {
  forgetImporter();
  patch.onDisable(watchEdges(onEdge, onResolution));
  watchCreateRequire(patch);
  watchHooksOfOthers(patch);
  patchCompilation(patch);
  patchNative(patch);
});
