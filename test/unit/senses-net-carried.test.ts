import assert from 'node:assert/strict';
import http from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { carriedByHttp, carriedByUndici } from '../../instrumentations/net/carried-secrets.ts';
import { forgetSecrets, secretMarks } from '../../src/secrets/known-secrets.ts';

const SEED = 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2';
const HALF = '7345645448315558387075326446355876';
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

  it('is looked for without running anything of the caller', () => {
    const fail = (): never => assert.fail('ran');
    const trap = new Proxy([], { get: fail, getOwnPropertyDescriptor: fail, ownKeys: fail });
    const value = { toString: fail, [Symbol.toPrimitive]: fail };
    assert.equal(where({ path: value, headers: trap }), undefined);
    assert.equal(where({ path: '/', headers: ['x-trace', value, 'x-many', trap, 'x-all', [value]] }), undefined);
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
      }
    }
  });
});
