import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { type AnyFunction, replaceMethod } from '../../instrumentations/sense.ts';

const polluted = Object.prototype as unknown as Record<string, unknown>;

describe('a wrapper that is shown as what it wraps', () => {
  afterEach(() => {
    for (const trap of ['apply', 'construct', 'get']) delete polluted[trap];
  });

  it('has no traps that Object.prototype could lend it: a native function', () => {
    const owner = { abs: Math.abs };
    const restore = replaceMethod<AnyFunction>(
      'code',
      owner,
      'abs',
      (original) => (value: number) => original(value) + 1,
    );
    assert.match(Function.prototype.toString.call(owner.abs), /\[native code\]/);
    polluted.apply = () => 'caught';
    polluted.get = () => 'caught';
    const found = owner.abs(-1);
    for (const trap of ['apply', 'get']) delete polluted[trap];
    assert.equal(found, 2);
    restore?.();
  });

  it('has no traps that Object.prototype could lend it: a class', () => {
    class Original {}
    const owner = { Original };
    const restore = replaceMethod<AnyFunction>('code', owner, 'Original', () => {
      function wrapper() {}
      return wrapper;
    });
    polluted.get = () => 'caught';
    const { name } = owner.Original;
    delete polluted.get;
    assert.equal(name, 'Original');
    restore?.();
  });
});
