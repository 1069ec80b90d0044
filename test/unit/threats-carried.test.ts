import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Level } from '../../src/response/finding.ts';
import { carrying, connect, spawn, type What, World, type WorldOptions, write } from './threats-builder.ts';

const STRANGER = 'tiny-wallet@1.0.1';
const host = connect('collect.example.net:443');

/** What is said of requests that carry a secret, by whom. */
function told(who: string | readonly string[], acts: readonly What[], options: WorldOptions = {}): string[] {
  const world = new World(options);
  world.does(who, ...acts);
  return world.findings
    .filter(({ rule }) => rule.name.startsWith('carried_secret'))
    .map(({ level, principal, rule }) => `${level} ${principal} ${rule.name}`);
}
const warn = (who = STRANGER, level: Level = 'WARN') => [`${level} ${who} carried_secret`];

describe('a secret in a request of a package', () => {
  it('is a WARN at first contact, with its origin and its place', () => {
    const world = new World();
    world.does(STRANGER, carrying(host, 'wallet'));
    const match = world.findings.find(({ rule }) => rule.name === 'carried_secret');
    assert.equal(match?.level, 'WARN');
    assert.equal(match?.pattern, 'data_exfiltration');
    assert.equal(
      match?.reason,
      `${STRANGER} put a secret (from <app>/a-file) into the header x-trace of a request of its own (net.connect:collect.example.net:443)`,
    );
  });

  it('is an ALERT where the destination is against a settled baseline', () =>
    assert.deepEqual(
      told(STRANGER, [carrying(host, 'wallet')], { baselines: { [STRANGER]: ['net.connect:api.example.com:443'] } }),
      warn(STRANGER, 'ALERT'),
    ));

  it('is an ALERT where the destination is anonymous, also for a package whose role it is to send keys', () => {
    for (const who of [STRANGER, '@sentry/node@9.0.0']) {
      for (const to of [connect('8.8.4.4:80', 'public-ip'), connect('webhook.site:443', 'drop-service')]) {
        assert.deepEqual(told(who, [carrying(to, 'environment', 'SHOP_API_KEY')]), [
          `ALERT ${who} carried_secret_to_drop`,
        ]);
      }
    }
  });

  it('is none where the lock file has the destination', () =>
    assert.deepEqual(told(STRANGER, [carrying(host, 'wallet')], { baselines: { [STRANGER]: [host.trait] } }), []));

  it('is told also of a destination that this process has seen without one', () =>
    assert.deepEqual(told(STRANGER, [host, carrying(host, 'wallet')]), warn()));

  it('and is not told of the request after it, that carries none', () => {
    const world = new World();
    world.does(STRANGER, carrying(host, 'wallet'));
    assert(!world.does(STRANGER, host).some(({ rule }) => rule.name === 'carried_secret'));
    assert(world.does(STRANGER, carrying(host, 'wallet')).some(({ rule }) => rule.name === 'carried_secret'));
  });

  it('is told of a program that sends something, and of no other', () => {
    assert.deepEqual(
      told(STRANGER, [carrying(spawn('curl', ['-d', 'x', 'https://a.example'], 'downloader'), 'wallet')]),
      warn(),
    );
    assert.deepEqual(told(STRANGER, [carrying(spawn('jq', ['x']), 'wallet')]), []);
  });

  it('is laid at the door of whoever asked the client', () => {
    const one = carrying(host, 'wallet');
    assert.deepEqual(told(['axios@1.7.0', STRANGER, '<app>'], [one]), warn());
    assert.deepEqual(told(['axios@1.7.0', '<app>'], [one]), []);
    assert.deepEqual(told('<app>', [one]), []);
  });

  it('is not laid at the door of whoever merely stands behind', () =>
    assert.deepEqual(told([STRANGER, 'outer-sdk@1.0.0', '<app>'], [carrying(host, 'wallet')]), warn()));

  const key = (to: string, setting: string, family = 'environment') => carrying(connect(`${to}:443`), family, setting);
  for (const [who, what, why] of [
    ['@aws-sdk/client-s3@3.0.0', key('s3.amazonaws.com', 'AWS_SESSION_TOKEN', 'aws'), 'a rightful pair'],
    ['@opentelemetry/exporter-trace-otlp-http@0.2.0', key('otlp.example.com', 'OTLP_API_KEY'), 'an exporter'],
    ['openai@4.0.0', key('llm.internal.example', 'LLM_API_KEY'), 'a client of models'],
    [STRANGER, key('mainnet.infura.io', 'INFURA_API_KEY'), 'a service that the variable is named for'],
  ] as const) {
    it(`is where it belongs: ${why}`, () => assert.deepEqual(told(who, [what]), []));
  }

  for (const [who, what, why] of [
    ['xrpl@4.2.1', carrying(host, 'wallet'), 'a seed, by a wallet, to a stranger'],
    ['@sentry/node@9.0.0', carrying(host, 'private-key', 'PRIVATE_KEY'), 'a private key, by an exporter'],
    [STRANGER, key('infura.collect.example', 'INFURA_API_KEY'), 'the name below a domain of somebody else'],
    [STRANGER, key('mainnet.infura.io', 'INFURA_WALLET_SEED'), 'a seed, to the service that it is named for'],
    [STRANGER, key('api.example.com', 'SHOP_API_KEY'), 'a key, to another service'],
  ] as const) {
    it(`is not where it belongs: ${why}`, () => assert.deepEqual(told(who, [what]), warn(who)));
  }
});

describe('secrets of several services in a file', () => {
  const staged = (who: string, acts: readonly What[], options: WorldOptions = {}) => {
    const world = new World(options);
    world.does(who, ...acts);
    return world.findings.filter(({ rule }) => rule.name === 'secrets_staged').map(({ level }) => level);
  };
  const dump = carrying(write('/tmp/x.json', 'tmp'), 'aws', 'AWS_SECRET_ACCESS_KEY');
  const plain = write('/tmp/x.json', 'tmp');

  it('and then something is sent: a WARN at first contact, an ALERT against a baseline', () => {
    assert.deepEqual(staged(STRANGER, [dump, host]), ['WARN']);
    assert.deepEqual(staged(STRANGER, [dump, plain, host]), ['WARN'], 'what is written after it does not hide it');
    assert.deepEqual(staged(STRANGER, [dump, host], { baselines: { [STRANGER]: ['fs.read:<app>/x'] } }), ['ALERT']);
  });

  it('is none without either half, the other way round, or of whoever is known to do it', () => {
    assert.deepEqual(staged(STRANGER, [dump]), []);
    assert.deepEqual(staged(STRANGER, [plain, host]), []);
    assert.deepEqual(staged(STRANGER, [host, dump]), []);
    assert.deepEqual(staged(STRANGER, [dump, host], { baselines: { [STRANGER]: [dump.trait, host.trait] } }), []);
  });
});
