import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fsSense } from '../../instrumentations/fs/sense.ts';
import { ActRecorder, Refusal } from '../support/senses-net.ts';

const owner = {};
const { privateKey } = crypto.generateKeyPairSync('ed25519');
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
const data = Buffer.from('data');
const names = ['createPrivateKey', 'sign', 'privateEncrypt', 'privateDecrypt', 'diffieHellman'] as const;
const looks = () => names.map((name) => [crypto[name].name, crypto[name].length, Reflect.ownKeys(crypto[name]).length]);
const untouched = looks();
let folder: string;
let file: string;
let url: URL;
let recorder: ActRecorder;
let takesUrls = true;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'diogenesis-keys-'));
  file = join(folder, 'id ecdsa.pem');
  writeFileSync(file, pem);
  url = pathToFileURL(file);
  try {
    crypto.createPrivateKey(url as never);
  } catch {
    takesUrls = false;
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  recorder = new ActRecorder();
  fsSense.enable(owner);
});
afterEach(() => {
  fsSense.disable(owner);
  recorder.restore();
});

const read = () => recorder.told();
const pretender = () => {
  const pretending = new URL(url);
  Object.setPrototypeOf(pretending, { href: 'data:,', protocol: 'data:' });
  return pretending;
};

describe('a private key that OpenSSL opens by its URL', () => {
  for (const [what, use] of [
    ['createPrivateKey', () => crypto.createPrivateKey(url as never).export({ type: 'pkcs8', format: 'pem' })],
    ['an option', () => crypto.createPrivateKey({ key: url } as never).export({ type: 'pkcs8', format: 'pem' })],
    ['a URL that pretends to be none', () => crypto.createPrivateKey(pretender() as never).type],
    ['sign', () => crypto.sign(null, data, url as never).toString('hex')],
    ['diffieHellman', () => crypto.diffieHellman({ privateKey: url, publicKey: crypto.createPublicKey(pem) } as never)],
  ] as const) {
    it(`is read: ${what}`, (t) => {
      if (!takesUrls) return t.skip('this Node takes no URLs');
      const outcome = (): unknown => {
        try {
          return use();
        } catch (error) {
          return (error as { code?: string }).code;
        }
      };
      const seen = outcome();
      assert.deepEqual(read(), [`read ${file}`]);
      fsSense.disable(owner);
      assert.deepEqual(outcome(), seen, 'the call itself ends as it does without us');
    });
  }

  it('is asked for once: a getter that would name another file the second time is asked no more', (t) => {
    if (!takesUrls) return t.skip('this Node takes no URLs');
    let asked = 0;
    const options = {
      get key() {
        return asked++ === 0 ? url : pathToFileURL('/nowhere');
      },
    };
    assert.equal(crypto.createPrivateKey(options as never).type, 'private');
    assert.deepEqual(read(), [`read ${file}`]);
  });

  it('fails before it is opened where it is refused', () => {
    const refusal = new Refusal();
    recorder.refuse = () => refusal;
    assert.throws(() => crypto.createPrivateKey(url as never), refusal);
  });

  it('fails with the same error where there is none', (t) => {
    if (!takesUrls) return t.skip('this Node takes no URLs');
    const missing = pathToFileURL(join(folder, 'missing'));
    const messageOf = (): string => {
      try {
        crypto.createPrivateKey(missing as never);
        return '';
      } catch (error) {
        return String(error);
      }
    };
    const seen = messageOf();
    fsSense.disable(owner);
    assert.equal(seen, messageOf());
  });
});

describe('a private key that was read before', () => {
  it('is no act: text, bytes, key objects and options with them', () => {
    for (const key of [pem, Buffer.from(pem), privateKey, { key: pem }, { key: privateKey }]) {
      assert.equal(crypto.sign(null, data, key as never).length, 64);
    }
    assert.deepEqual(read(), []);
  });
});

it('the functions of crypto look as they did', () => assert.deepEqual(looks(), untouched));
