import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Behaviour, type OtlpReceiver, refusedEndpoint, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { type Ran, STEALS, VictimApp } from '../support/victim-app.ts';

/* However a process ends: what was an ALERT is in the findings file, because it was there before the act went on. */

const PRELOAD = ['--require', 'diogenesis-otel/register'];

async function ends(main: string, env: NodeJS.ProcessEnv = {}): Promise<{ ran: Ran; took: number }> {
  await using app = await VictimApp.create();
  app.write('main.js', `const act = () => require('labels').act();\n${main}`);
  const start = performance.now();
  const ran = await app.run([...PRELOAD, 'main.js'], { OTEL_SDK_DISABLED: 'true', ...env });
  const alerts = app.findings().filter(({ level }) => level === 'ALERT');
  assert.deepEqual(
    alerts.map(({ package: by, pattern }) => `${by.name} ${pattern}`),
    ['labels data_exfiltration'],
    ran.stderr,
  );
  return { ran, took: performance.now() - start };
}

describe('an ALERT is in the findings file', { concurrency: true }, () => {
  it('before the act returns', async () => {
    const { ran } = await ends(`
      act();
      const lines = require('node:fs').readFileSync(process.env.DIOGENESIS_FINDINGS, 'utf8');
      console.log(/"level":"ALERT"/.test(lines));
      process.exit();`);
    assert.equal(ran.stdout, 'true\n');
  });

  it('when the process is killed', async () => {
    assert.equal(
      (await ends(`act(); process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 5000);`)).ran.signal,
      'SIGKILL',
    );
  });

  it('on SIGTERM, with and without a handler', async () => {
    assert.equal(
      (await ends(`act(); process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5000);`)).ran.signal,
      'SIGTERM',
    );
    const { ran } = await ends(`
      process.on('SIGTERM', () => { console.log('bye'); process.exit(3); });
      act(); process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5000);`);
    assert.equal(ran.code, 3);
    assert.equal(ran.stdout, 'bye\n');
  });

  it('on process.exit in a handler', async () => {
    const { ran } = await ends(`
      const http = require('node:http');
      const server = http.createServer(() => { act(); process.exit(4); }).listen(0, '127.0.0.1', () => {
        http.get({ port: server.address().port, host: '127.0.0.1' }).on('error', () => {});
      });`);
    assert.equal(ran.code, 4);
  });

  it('on an uncaught exception, a rejection nobody handles, and process.abort', async () => {
    assert.equal((await ends(`act(); setImmediate(() => { throw new Error('uncaught'); });`)).ran.code, 1);
    assert.equal((await ends(`act(); Promise.reject(new Error('unhandled'));`)).ran.code, 1);
    assert.equal((await ends('act(); process.abort();')).ran.signal, 'SIGABRT');
  });

  it('in a worker that is terminated', async () => {
    await ends(`
      const { Worker, isMainThread } = require('node:worker_threads');
      if (isMainThread) new Worker(__filename).on('online', () => {});
      else { act(); process.exit(); }`);
  });
});

describe('while the backend is away', { concurrency: true }, () => {
  const cases: readonly (readonly [name: string, behaviour: Behaviour | 'refused'])[] = [
    ['refuses connections', 'refused'],
    ['never answers', 'hang'],
    ['resets connections', 'reset'],
    ['answers 503', { status: 503, retryAfter: 60 }],
  ];
  for (const [name, behaviour] of cases) {
    it(`and ${name}, the ALERT is in the file and the process ends`, async () => {
      const receiver = behaviour === 'refused' ? undefined : await startOtlpReceiver({ behaviour });
      try {
        const { ran, took } = await ends(`act().then(() => console.log('done'));`, {
          OTEL_SDK_DISABLED: '',
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver?.url ?? (await refusedEndpoint()),
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        });
        assert.equal(ran.code, 0);
        assert.equal(ran.stdout, 'done\n');
        assert.ok(took < 20_000, `it took ${took} ms`);
      } finally {
        await receiver?.close();
      }
    });
  }
});

/** The packages whose ALERT came in a log record, and in an event of a span. */
function alerted(receiver: OtlpReceiver): { logs: unknown[]; spans: unknown[] } {
  type Attributes = Readonly<Record<string, unknown>>;
  const named = (each: readonly { readonly attributes: Attributes }[]): unknown[] =>
    each
      .filter(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT')
      .map(({ attributes }) => attributes['diogenesis.package.name']);
  return { logs: named(receiver.logs()), spans: named(receiver.spans().flatMap(({ events }) => events)) };
}

describe('a backend', { concurrency: true }, () => {
  it('that is away while one export after the other fails has what happens when it is back, and the file has all', async () => {
    await using app = await VictimApp.create();
    const receiver = await startOtlpReceiver({ behaviour: { status: 503 } });
    try {
      app.folder.package('stickers', '1.0.1', STEALS, {}, 'app/node_modules/stickers');
      app.write(
        'main.js',
        `const fs = require('node:fs');
         require('labels').act();
         const waiting = setInterval(() => {
           if (!fs.existsSync('back')) return;
           clearInterval(waiting);
           require('stickers').act();
         }, 20);`,
      );
      const running = app.run([...PRELOAD, 'main.js'], {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_TIMEOUT: '200',
        OTEL_BSP_SCHEDULE_DELAY: '50',
        OTEL_BLRP_SCHEDULE_DELAY: '50',
        OTEL_METRIC_EXPORT_INTERVAL: '200',
        OTEL_METRIC_EXPORT_TIMEOUT: '200',
      });
      await receiver.waitFor(({ requests }) => requests.length >= 12);
      assert.deepEqual(
        app
          .findings()
          .filter(({ level }) => level === 'ALERT')
          .map(({ package: by }) => by.name),
        ['labels'],
      );
      receiver.behave('accept');
      app.write('back', '');
      const ran = await running;
      assert.equal(ran.code, 0, ran.stderr);
      assert.deepEqual(
        app
          .findings()
          .filter(({ level }) => level === 'ALERT')
          .map(({ package: by }) => by.name),
        ['labels', 'stickers'],
      );
      const { logs, spans } = alerted(receiver);
      assert.ok(logs.includes('stickers') && spans.includes('stickers'), JSON.stringify({ logs, spans }));
    } finally {
      await receiver.close();
    }
  });

  it('that answers nobody before the act is over has it all the same: the act does not wait for it', async () => {
    await using app = await VictimApp.create();
    const receiver = await startOtlpReceiver();
    try {
      receiver.behave({
        until: receiver.waitFor(({ requests }) => requests.some(({ path }) => path === '/acted'), 60_000),
      });
      app.write(
        'main.js',
        `require('labels').act().then(() => require('node:http').get('${receiver.url}/acted', (answer) => answer.resume()));`,
      );
      const ran = await app.run([...PRELOAD, 'main.js'], {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
      });
      assert.equal(ran.code, 0, ran.stderr);
      const { logs, spans } = alerted(receiver);
      assert.ok(logs.includes('labels') && spans.includes('labels'), JSON.stringify({ logs, spans }));
    } finally {
      await receiver.close();
    }
  });

  it('has it when the application shuts its SDK down on SIGTERM', async () => {
    await using app = await VictimApp.create();
    const receiver = await startOtlpReceiver();
    try {
      app.write(
        'main.js',
        `const { NodeSDK } = require('@opentelemetry/sdk-node');
         const sdk = new NodeSDK(); sdk.start();
         process.on('SIGTERM', () => sdk.shutdown().finally(() => process.exit(5)));
         require('labels').act().then(() => { process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 20000); });`,
      );
      const ran = await app.run([...PRELOAD, 'main.js'], {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      });
      assert.equal(ran.code, 5, ran.stderr);
      const { logs, spans } = alerted(receiver);
      assert.ok(logs.includes('labels') && spans.includes('labels'), JSON.stringify({ logs, spans }));
    } finally {
      await receiver.close();
    }
  });
});

describe('forceFlush', () => {
  it('brings it to the backend before a process is frozen, as between two calls of a function service', async () => {
    await using app = await VictimApp.create();
    const receiver = await startOtlpReceiver();
    try {
      app.write(
        'main.js',
        `const { trace } = require('@opentelemetry/api'), { logs } = require('@opentelemetry/api').logs ? require('@opentelemetry/api') : {};
         const { NodeSDK } = require('@opentelemetry/sdk-node');
         const sdk = new NodeSDK(); sdk.start();
         const flush = (provider) => (provider.getDelegate?.() ?? provider).forceFlush?.();
         require('labels').act().then(async () => {
           await flush(trace.getTracerProvider());
           await flush(logs.getLoggerProvider());
           Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
           process.kill(process.pid, 'SIGKILL');
         });`,
      );
      const ran = await app.run([...PRELOAD, 'main.js'], {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      });
      assert.equal(ran.signal, 'SIGKILL', ran.stderr);
      assert.ok(
        receiver
          .spans()
          .some(({ events }) => events.some(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT')),
      );
      assert.ok(receiver.logs().some(({ attributes }) => attributes['diogenesis.finding.level'] === 'ALERT'));
    } finally {
      await receiver.close();
    }
  });
});

describe('an endpoint of our own', { concurrency: true }, () => {
  const cases: readonly (readonly [name: string, args: readonly string[], main: string])[] = [
    [
      'when an application that activates in code has nothing left to do',
      [],
      "require('diogenesis-otel').activate(); act();",
    ],
    [
      'when something is found after the application thought that it was done',
      PRELOAD,
      "process.once('beforeExit', () => setTimeout(act, 50));",
    ],
    ['before a server is told to exit', PRELOAD, 'act(); arrived().then(() => process.exit());'],
    [
      'before a server is killed',
      PRELOAD,
      "act(); arrived().then(() => process.kill(process.pid, 'SIGKILL')); setInterval(() => {}, 1000);",
    ],
  ];
  for (const [name, args, main] of cases) {
    it(`has findings and metrics ${name}`, async () => {
      await using app = await VictimApp.create();
      const receiver = await startOtlpReceiver();
      try {
        // Long before the ten seconds of the metrics' own rhythm.
        const told = receiver.waitFor(() => alerted(receiver).logs.length > 0 && found(receiver).length > 0, 8_000);
        told.then(
          () => app.write('arrived', ''),
          () => {},
        );
        app.write(
          'main.js',
          `const { existsSync } = require('node:fs');
           const act = () => require('labels').act();
           const arrived = () => new Promise((done) => {
             const waiting = setInterval(() => { if (existsSync('arrived')) { clearInterval(waiting); done(); } }, 20);
             setTimeout(done, 8_000).unref();
           });
           ${main}`,
        );
        await app.run([...args, 'main.js'], { DIOGENESIS_OTLP_ENDPOINT: receiver.url });
        await told;
        assert.deepEqual(alerted(receiver).logs, ['labels']);
        assert.ok(found(receiver).includes('ALERT'));
      } finally {
        await receiver.close();
      }
    });
  }
});

function found(receiver: OtlpReceiver): unknown[] {
  return receiver.metric('diogenesis.findings').map(({ attributes }) => attributes['diogenesis.finding.level']);
}
