import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import { SenseInstrumentation } from '../sense-instrumentation.ts';
import { fsSense } from './sense.ts';

/** Files: `node:fs`, `fs/promises`, and what else opens a file by its path. */
export class FsInstrumentation extends SenseInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super('fs', fsSense, config);
  }
}

export { fsSense };
