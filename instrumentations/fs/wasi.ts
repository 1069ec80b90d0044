import { ReflectOwnKeys } from '../../src/primordials.ts';
import { disguise, type Patcher } from '../sense.ts';
import { attend } from './attention.ts';
import type { FsFunction } from './functions.ts';
import { constructing } from './sqlite.ts';

const PREOPEN: FsFunction = {
  name: 'WASI',
  paths: [
    { at: 0, operation: 'list' },
    { at: 0, operation: 'read' },
  ],
  forms: ['returns'],
};

/** A WebAssembly program opens files below fs: that it is given a folder is all that can be seen. */
export function patchWasi(patch: Patcher, wasi: object): void {
  patch.method(wasi, 'WASI', (original) =>
    disguise(
      constructing(original, (args) => {
        const preopens = (args[0] as { preopens?: unknown } | undefined)?.preopens;
        if (typeof preopens !== 'object' || preopens === null) return;
        const names = ReflectOwnKeys(preopens);
        for (let i = 0; i < names.length; i++) {
          const attention = attend(
            PREOPEN,
            [(preopens as Record<string | symbol, unknown>)[names[i] as string]],
            false,
          );
          attention?.end(attention.refusal);
          if (attention?.refusal !== undefined) throw attention.refusal;
        }
      }),
      original,
    ),
  );
}
