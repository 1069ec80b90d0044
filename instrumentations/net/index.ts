import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import { SenseInstrumentation } from '../sense-instrumentation.ts';
import { netSense } from './sense.ts';

/** Senses connections, listening ports and name resolution. */
export class NetInstrumentation extends SenseInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super('net', netSense, config);
  }
}

export { netSense };
