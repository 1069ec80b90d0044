import assert from 'node:assert/strict';
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { installed } from '../support/installed.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { repository, VictimApp } from '../support/victim-app.ts';

const sdk = await installed('opentelemetry-2.12.0', [
  '@opentelemetry/api@1.9.1',
  '@opentelemetry/sdk-node@0.223.0',
  '@opentelemetry/instrumentation@0.223.0',
]);

/** The app as a user of SDK 2.x has it: the package itself installed beside the SDK, with the SDK's own API. */
async function appOn(modules: string): Promise<VictimApp> {
  const app = await VictimApp.create();
  const own = app.folder.path('app/node_modules');
  rmSync(join(own, '@opentelemetry'));
  symlinkSync(join(modules, '@opentelemetry'), join(own, '@opentelemetry'));
  rmSync(join(own, 'diogenesis-otel'));
  for (const part of ['dist', 'package.json', 'diogenesis.schema.json']) {
    cpSync(join(repository, part), join(own, 'diogenesis-otel', part), { recursive: true });
  }
  return app;
}

const ACT = `
const { trace } = require('@opentelemetry/api');
const act = () => trace.getTracer('app').startActiveSpan('GET /labels', { kind: 1 }, async (span) => {
  await require('labels').act();
  span.end();
});`;

describe('beside OpenTelemetry JS 2.x', { skip: 'missing' in sdk ? `skipped, because ${sdk.missing}` : false }, () => {
  const modules = 'modules' in sdk ? sdk.modules : '';

  for (const [name, main, args] of [
    [
      'withDiogenesis keeps what the environment configures',
      `const { NodeSDK } = require('@opentelemetry/sdk-node');
       const { withDiogenesis } = require('diogenesis-otel');
       const sdk = new NodeSDK(withDiogenesis({}));
       sdk.start();
       ${ACT} act().then(() => sdk.shutdown());`,
      [],
    ],
    [
      'the pieces work in a provider built by hand',
      `const { BasicTracerProvider, SimpleSpanProcessor, AlwaysOffSampler } = require('@opentelemetry/sdk-trace-base');
       const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
       const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
       const { context } = require('@opentelemetry/api');
       const { createDiogenesis } = require('diogenesis-otel');
       const diogenesis = createDiogenesis();
       const provider = new BasicTracerProvider({
         sampler: diogenesis.sampler(new AlwaysOffSampler()),
         spanProcessors: [diogenesis.spanProcessor, new SimpleSpanProcessor(new OTLPTraceExporter())],
       });
       context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
       require('@opentelemetry/api').trace.setGlobalTracerProvider(provider);
       ${ACT} act().then(() => provider.forceFlush()).then(() => diogenesis.shutdown());`,
      [],
    ],
    [
      'the preload finds an SDK of the app',
      `const { NodeSDK } = require('@opentelemetry/sdk-node');
       const sdk = new NodeSDK(); sdk.start();
       ${ACT} act().then(() => sdk.shutdown());`,
      ['--require', 'diogenesis-otel/register'],
    ],
  ] as const) {
    it(name, async () => {
      await using app = await appOn(modules);
      const receiver = await startOtlpReceiver();
      try {
        app.write('main.js', main);
        const ran = await app.run([...args, 'main.js'], {
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        });
        assert.equal(ran.code, 0, ran.stderr);
        assert.equal(app.received.length, 1);
        const act = receiver.spans().find(({ name, events }) => name === 'net.connect' && events.length > 0);
        assert.ok(act, `a net.connect span with an event among ${receiver.spans().map((span) => span.name)}`);
        assert.equal(act.events.at(-1)?.attributes['diogenesis.package.name'], 'labels');
        assert.equal(act.attributes['diogenesis.threat.level'], 'ALERT');
        assert.equal(
          app.findings().some(({ level }) => level === 'ALERT'),
          true,
        );
      } finally {
        await receiver.close();
      }
    });
  }
});
