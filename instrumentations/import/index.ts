import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import { SenseInstrumentation } from '../sense-instrumentation.ts';
import { importSense } from './sense.ts';

/** Imports, code without a file, and native code. */
export class ImportInstrumentation extends SenseInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super('import', importSense, config);
  }
}

export { importSense };
