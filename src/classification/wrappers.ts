import { SafeSet, StringPrototypeStartsWith } from '../primordials.ts';

/*
 * Packages that put a wrapper around other packages' functions: on a stack between caller and callee without being
 * either. Exporters and whole agents are not among them: those act for themselves as well.
 */
const NAMES = new SafeSet([
  '@opentelemetry/api',
  '@opentelemetry/context-async-hooks',
  '@opentelemetry/context-zone',
  '@opentelemetry/instrumentation',
  '@fastify/otel',
  'require-in-the-middle',
  'import-in-the-middle',
  'shimmer',
  'dc-polyfill',
  'async-listener',
  'cls-hooked',
  '@sentry/opentelemetry',
  '@yarnpkg/pnp',
  // Spies of tests: what is not stubbed goes through them.
  'sinon',
  'tinyspy',
  '@vitest/spy',
  'jest-mock',
  'testdouble',
]);
const PREFIXES = [
  '@opentelemetry/instrumentation-',
  '@opentelemetry/auto-instrumentations-',
  '@traceloop/instrumentation-',
];

/** True for a package that only stands between: whoever called it answers, unless it acts with nobody behind it. */
export function isWrapper(packageName: string): boolean {
  if (NAMES.has(packageName)) return true;
  for (let i = 0; i < PREFIXES.length; i++) {
    if (StringPrototypeStartsWith(packageName, PREFIXES[i] as string)) return true;
  }
  return false;
}
