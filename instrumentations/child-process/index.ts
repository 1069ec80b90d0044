import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import { SenseInstrumentation } from '../sense-instrumentation.ts';
import { processSense } from './sense.ts';

/** Senses programs and worker threads that are started. */
export class ChildProcessInstrumentation extends SenseInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super('child-process', processSense, config);
  }
}

export { processSense };
