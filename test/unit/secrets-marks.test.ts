import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { forgetSecrets, noteEnvironment, noteSecretFile, secretMarks } from '../../src/secrets/known-secrets.ts';
import { markContent } from '../../src/secrets/secret-contents.ts';
import { SecretMarks, type SecretSource } from '../../src/secrets/secret-marks.ts';

const SEED = 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2';
const WORDS = 'abandon ability able about above absent absorb abstract absurd abuse access accident';
const KEY = Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 37 + 11) % 256));
const file: SecretSource = { name: '<app>/secrets/*.txt', family: 'secrets-file', setting: '' };

function marksOf(content: string | Uint8Array, source = file): SecretMarks {
  const marks = new SecretMarks();
  markContent(marks, typeof content === 'string' ? Buffer.from(content) : content, source);
  return marks;
}
const knows = (marks: SecretMarks, text: string) => marks.findIn(text) !== undefined;

/* From the alphabet's definition, not from the code under test: a big integer. */
function base58(bytes: Buffer): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = alphabet[Number(number % 58n)] + text;
  return text;
}

describe('the content of a file of secrets is known', () => {
  const one = marksOf(`${SEED}\n`);
  for (const [how, text] of [
    ['as it is', SEED],
    ['as hex', Buffer.from(SEED).toString('hex')],
    ['as base64', Buffer.from(SEED).toString('base64')],
    ['as base64url', Buffer.from(SEED).toString('base64url')],
    ['as the first half of its hex', Buffer.from(SEED).toString('hex').slice(0, 31)],
    ['as the second half of its hex', Buffer.from(SEED).toString('hex').slice(31)],
    ['as one of several values', `id=7; seed=${SEED}, end`],
    ['as one of several values, with padding', `id=7; seed=${Buffer.from(SEED).toString('base64')}; end`],
  ] as const) {
    it(how, () => assert(knows(one, text)));
  }

  it('and nothing like it is', () => {
    assert(!knows(one, `${SEED}x`));
    assert(!knows(one, SEED.toLowerCase()));
    assert(!knows(one, 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)'));
  });

  it('also when it is words', () => {
    const marks = marksOf(WORDS);
    assert(knows(marks, WORDS));
    assert(knows(marks, Buffer.from(WORDS).toString('hex')));
    assert(!knows(marks, 'ability'));
  });

  it('also when it is the numbers of bytes', () => {
    const marks = marksOf(JSON.stringify([...KEY]));
    const hex = KEY.toString('hex');
    for (const text of [hex, hex.slice(0, 64), hex.slice(64), hex.slice(32, 64)]) assert(knows(marks, text), text);
    for (const text of [KEY.toString('base64'), KEY.toString('base64url'), base58(KEY)])
      assert(knows(marks, text), text);
  });

  for (const [encoding, text] of [
    ['base58', base58(KEY)],
    ['base64', KEY.toString('base64')],
    ['base64url', KEY.toString('base64url')],
    ['hex', KEY.toString('hex')],
    ['hex with a prefix', `0x${KEY.toString('hex').toUpperCase()}`],
  ] as const) {
    it(`also when it is ${encoding}, and is sent in another encoding`, () => {
      const marks = marksOf(text);
      assert(knows(marks, KEY.toString('hex')));
      assert(knows(marks, KEY.toString('hex').slice(64)));
      assert(knows(marks, KEY.toString('base64')));
      assert(knows(marks, base58(KEY)));
    });
  }

  it('also when it is bytes', () => {
    const bytes = Buffer.concat([Buffer.from([0]), KEY]);
    assert(knows(marksOf(bytes), bytes.toString('hex')));
  });

  it('by the settings in it that are secrets by their name, and no others', () => {
    const marks = marksOf(
      `# comment\nexport API_TOKEN="a-token-0123456789"\nWALLET_SEED=${SEED}\nSERVICE=my-service-of-a-long-name\nSECRET_NAME=the-name-of-a-secret\nPUBLIC_KEY=pk_0123456789abcdef\n`,
      { ...file, name: '<app>/.env' },
    );
    assert.equal(marks.findIn('a-token-0123456789')?.setting, 'API_TOKEN');
    assert.equal(marks.findIn(SEED)?.setting, 'WALLET_SEED');
    assert(!knows(marks, 'my-service-of-a-long-name'));
    assert(!knows(marks, 'the-name-of-a-secret'));
    assert(!knows(marks, 'pk_0123456789abcdef'));
  });

  it('by the leaves of JSON that are secrets by their name, and no others', () => {
    const marks = marksOf(
      JSON.stringify({
        wallet: { secretKey: SEED, address: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh' },
        project_id: 'a-project-of-a-long-name',
        token_uri: 'https://accounts.example.com/token',
        tokens: ['first-0123456789abc', 'second-0123456789abc'],
      }),
    );
    assert.equal(marks.findIn(SEED)?.setting, 'secretKey');
    assert(knows(marks, 'second-0123456789abc'));
    for (const text of [
      'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
      'a-project-of-a-long-name',
      'https://accounts.example.com/token',
    ])
      assert(!knows(marks, text), text);
  });

  it('of PEM the private key, without its line ends too, and no certificate', () => {
    const body = KEY.toString('base64');
    const pem = (type: string, text: string) =>
      `-----BEGIN ${type}-----\n${text.slice(0, 64)}\n${text.slice(64)}\n-----END ${type}-----\n`;
    const both = pem('CERTIFICATE', Buffer.from(WORDS).toString('base64')) + pem('PRIVATE KEY', body);
    assert(knows(marksOf(both), body));
    assert(knows(marksOf(both), Buffer.from(both.trim()).toString('base64')));
    assert(!knows(marksOf(both), Buffer.from(WORDS).toString('base64')));
    assert(marksOf(pem('CERTIFICATE', body)).isEmpty);
  });

  it('of an address the password, and not the address without one', () => {
    const marks = marksOf(
      'DB_PASSWORD=postgres://ada:a-password-0123456789@db.example.com/shop\nHOOK_TOKEN=https://hooks.example.com/services\n',
    );
    assert(knows(marks, 'a-password-0123456789'));
    assert(!knows(marks, 'https://hooks.example.com/services'));
  });

  it('unless it is so short that it may be anything', () => {
    for (const text of ['production', 'PASSWORD=hunter2', '{"token":"enabled"}', ''])
      assert(marksOf(text).findIn('production') === undefined);
    assert(marksOf('production').findIn('production') === undefined);
    assert(!knows(marksOf('{"token":"enabled"}'), 'enabled'));
  });
});

describe('what is kept', () => {
  it('is bounded: what was marked last is known, the oldest is forgotten', () => {
    const marks = new SecretMarks();
    for (let i = 0; i < 50_000; i++) marks.mark(`secret-number-${100_000 + i}`, file);
    assert(marks.size <= 8_192);
    assert(knows(marks, 'secret-number-149999'));
    assert(!knows(marks, 'secret-number-100000'));
  });

  it('holds nothing of the secret', () => {
    const marks = marksOf(`TOKEN=${SEED}\n`);
    const held = inspect(marks, { depth: 9, showHidden: true, maxArrayLength: null });
    assert(held.includes('TOKEN'));
    assert(!held.includes(SEED.slice(0, 8)));
  });
});

describe('files and variables', () => {
  afterEach(forgetSecrets);
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  const path = join(folder, 'seed.txt');

  it('are read as they are now: a changed file once more, an unchanged one not', () => {
    writeFileSync(path, SEED);
    noteSecretFile(path, '<app>/seed.txt', 'wallet');
    assert.deepEqual(secretMarks.findIn(SEED), { name: '<app>/seed.txt', family: 'wallet', setting: '' });
    const { size } = secretMarks;
    noteSecretFile(path, '<app>/seed.txt', 'wallet');
    assert.equal(secretMarks.size, size);
    writeFileSync(path, `${SEED}-changed`);
    noteSecretFile(path, '<app>/seed.txt', 'wallet');
    assert(knows(secretMarks, `${SEED}-changed`));
    rmSync(path);
  });

  it('larger than a key, missing, or no file at all are left alone', () => {
    writeFileSync(path, 'k'.repeat(8_193));
    for (const other of [path, join(folder, 'missing'), folder, '/dev/zero']) noteSecretFile(other, 'x', 'wallet');
    assert(secretMarks.isEmpty);
    rmSync(folder, { recursive: true });
  });

  it('variables are taken by their name, once', () => {
    const added = {
      SOME_API_KEY: 'key-0123456789abc',
      SOME_REGION: 'a-region-of-a-long-name',
      SOME_KEY_FILE: '/run/some/path/of-a-key',
    };
    Object.assign(process.env, added);
    noteEnvironment();
    assert.equal(secretMarks.findIn('key-0123456789abc')?.name, 'SOME_API_KEY');
    assert(!knows(secretMarks, 'a-region-of-a-long-name'));
    assert(!knows(secretMarks, '/run/some/path/of-a-key'));
    for (const name of Object.keys(added)) delete process.env[name];
  });
});
