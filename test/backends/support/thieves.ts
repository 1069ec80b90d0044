import { VictimApp } from '../../support/victim-app.ts';

const MAIN = `
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { withDiogenesis } = require('diogenesis-otel');
const { join } = require('node:path');
const { homedir } = require('node:os');
const { setTimeout: wait } = require('node:timers/promises');
const sdk = new NodeSDK(withDiogenesis({}));
sdk.start();
const { trace } = require('@opentelemetry/api');
(async () => {
  const [from, to] = process.env.THIEVES.split('-').map(Number);
  for (let i = from; i < to; i++) {
    await trace.getTracer('app').startActiveSpan('GET /' + i, { kind: 1 }, async (span) => {
      require('thief' + i).act(join(homedir(), '.npmrc'));
      await wait(Number(process.env.EVERY_MS ?? 0));
      span.end();
    });
  }
  if (process.env.LINGER_MS) await wait(Number(process.env.LINGER_MS));
  await sdk.shutdown().catch(() => {});
  console.log('the application is well');
})();`;

/** An application in which every request lets another package read a credential: as many findings as packages. */
export async function appOfThieves(count: number): Promise<VictimApp> {
  const app = await VictimApp.create();
  for (let i = 0; i < count; i++) {
    const act = 'exports.act = (file) => require("node:fs").readFileSync(file).length;';
    app.folder.package(`thief${i}`, '1.0.0', act, {}, `app/node_modules/thief${i}`);
  }
  app.write('main.js', MAIN);
  return app;
}

/** What an application exports to. */
export function exportingTo(endpoint: string, service: string): NodeJS.ProcessEnv {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_SERVICE_NAME: service,
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    DIOGENESIS_QUIET: '1',
  };
}
