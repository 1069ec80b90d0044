/**
 * The public types, as a user of the built package meets them: `diogenesis-otel` resolves to dist/ through the
 * package's own `exports`.
 */
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler, type Sampler, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import {
  activate,
  addPattern,
  alerts,
  baseline,
  configure,
  connectionGraph,
  createDiogenesis,
  type DiogenesisConfig,
  deactivate,
  type Finding,
  FsInstrumentation,
  fieldState,
  type Investigation,
  investigations,
  type Level,
  log,
  moduleVoltage,
  type Status,
  status,
  threatSummary,
  voltageHistory,
  withDiogenesis,
} from 'diogenesis-otel';
import { expect, test } from 'tstyche';

test('withDiogenesis gives back what NodeSDK takes', () => {
  const configuration: Partial<NodeSDKConfiguration> = { serviceName: 'shop' };
  expect(withDiogenesis(configuration)).type.toBe<Partial<NodeSDKConfiguration>>();
  expect(NodeSDK).type.toBeConstructableWith(withDiogenesis({ serviceName: 'shop' }, { mode: 'observe' }));
  expect(withDiogenesis).type.not.toBeCallableWith({}, { mode: 'sometimes' });
});

test('the pieces fit into a provider built by hand', () => {
  const diogenesis = createDiogenesis();
  expect(diogenesis.spanProcessor).type.toBeAssignableTo<SpanProcessor>();
  expect(diogenesis.sampler(new AlwaysOnSampler())).type.toBeAssignableTo<Sampler>();
  expect(diogenesis.instrumentations).type.toBeAssignableTo<Instrumentation[]>();
  expect(diogenesis.immuneSystem?.counts.ALERT).type.toBe<number | undefined>();
  expect(diogenesis.shutdown()).type.toBe<Promise<void>>();
  expect(TracerProvider).type.toBeConstructableWith({ spanProcessors: [diogenesis.spanProcessor] });
  expect(new FsInstrumentation()).type.toBeAssignableTo<Instrumentation>();
});

test('the API of the origin keeps its meaning', () => {
  expect(activate({ mode: 'learn', lock: 'x.json' }).deactivate()).type.toBe<void>();
  expect(activate).type.toBeCallableWith({ onFinding: async ({ reason }: Finding) => console.log(reason) });
  expect(deactivate()).type.toBe<void>();
  expect(status()).type.toBe<Status>();
  expect(fieldState().fieldCoherence).type.toBe<number>();
  expect(fieldState().modules['express@5.3.0']?.voltage).type.toBe<number | undefined>();
  expect(threatSummary().threats).type.toBe<number>();
  expect(alerts(5)).type.toBe<Finding[]>();
  expect(log()).type.toBe<Finding[]>();
  expect(moduleVoltage('express')).type.toBe<number>();
  expect(voltageHistory).type.toBeCallableWith('express@5.3.0');
  expect(connectionGraph().nodes.length).type.toBe<number>();
  expect(baseline()).type.toBe<Record<string, { state: string; traits: string[]; learned: string[] }>>();
  expect(investigations(1)).type.toBe<Investigation[]>();
  expect(configure).type.toBeCallableWith({ quiet: true });
});

test('findings and levels are closed sets', () => {
  expect<Finding['level']>().type.toBe<Level>();
  expect<Level>().type.toBe<'LOG' | 'WARN' | 'ALERT'>();
  expect<DiogenesisConfig['mode']>().type.toBe<'off' | 'learn' | 'observe' | 'block' | undefined>();
  expect<{ mood: 'calm' }>().type.not.toBeAssignableTo<DiogenesisConfig>();
});

test('a custom pattern names its steps and its level', () => {
  expect(addPattern).type.not.toBeCallableWith({});
  expect(addPattern).type.not.toBeCallableWith();
});
