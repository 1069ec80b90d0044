import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandIn, marksOf, namesHost, namesPath } from '../../src/agents/argument-marks.ts';

const marks = (value: unknown) => {
  const found = marksOf({ value });
  assert.ok(found);
  return found;
};

describe('arguments of a tool', () => {
  it('are known again as paths, however they were written', () => {
    for (const given of ['/etc/hosts', '../../etc/hosts', 'etc/./hosts', 'file:///etc/hosts', 'x/../etc/hosts']) {
      assert.ok(namesPath(marks({ a: [given] }), '/etc/hosts'), given);
    }
    assert.ok(namesPath(marks('{"file":"~/.ssh/id_rsa"}'), '/home/u/.ssh/id_rsa'), 'JSON text of a framework');
    for (const given of ['/etc/host', 'hosts2', 'please read\n/etc/hosts', 'https://x.org/etc/hosts']) {
      assert.equal(namesPath(marks({ given }), '/etc/hosts'), false, given);
    }
  });

  it('are known again as hosts', () => {
    for (const given of ['https://Evil.example/x', 'go to evil.example, now', 'http://u:p@evil.example:8080/']) {
      assert.ok(namesHost(marks({ given }), 'evil.example'), given);
    }
    assert.ok(namesHost(marks('http://127.0.0.9:80/'), '127.0.0.9'));
    assert.equal(namesHost(marks('https://example.com/?q=evil.examples'), 'evil.example'), false);
  });

  it('are known again as commands, whole or slipped in', () => {
    assert.equal(commandIn(marks({ c: ' ls -l ' }), 'sh', ['-c', 'ls -l'], true), 'whole');
    assert.equal(commandIn(marks({ c: 'x$(curl a)' }), 'sh', ['-c', 'git show "x$(curl a)"'], true), 'injected');
    assert.equal(commandIn(marks({ c: 'a|b' }), 'sh', ['-c', 'git show x | head'], true), undefined);
    assert.equal(commandIn(marks({ c: 'x; rm y' }), 'rg', ['x; rm y'], false), undefined);
  });

  it('are let go of once they are classified, and the same again has the same mark', () => {
    const given = { value: { text: 'something private' } as unknown };
    const first = marksOf(given);
    assert.equal(given.value, undefined);
    assert.equal(marksOf(given), first);
    assert.equal(marks({ text: 'something private' }).all, first?.all);
    assert.notEqual(marks({ text: 'something else' }).all, first?.all);
    assert.equal(JSON.stringify([...(first?.wholes ?? [])]).includes('private'), false);
  });

  it('of any shape and size are borne', () => {
    const deep: Record<string, unknown> = {};
    deep.deep = deep;
    for (const value of [
      deep,
      null,
      1,
      Symbol('x'),
      'x'.repeat(5e6),
      Array.from({ length: 1e5 }, (_, i) => `${i}.com`),
    ]) {
      const start = performance.now();
      marksOf({ value });
      assert.ok(performance.now() - start < 500);
    }
  });

  it('are looked at without running anything of the application', () => {
    const asked: unknown[] = [];
    const trap = (of: object) => new Proxy(of, { get: (_, key) => asked.push(key), ownKeys: () => asked as never[] });
    const own = { plain: 'evil.example' };
    Object.defineProperty(own, 'lazy', { get: () => asked.push('lazy'), enumerable: true });
    const list = ['/etc/hosts'];
    Object.defineProperty(list, 1, { get: () => asked.push('item'), enumerable: true });
    const found = marks([own, list, trap({}), trap([])]);
    assert.deepEqual(asked, []);
    assert.ok(namesHost(found, 'evil.example') && namesPath(found, '/etc/hosts'), 'the rest is looked at');
  });

  it('do not make an expression run away', () => {
    for (const hostile of [
      'a.'.repeat(8e3),
      'a-'.repeat(8e3),
      `http://${'a'.repeat(16e3)}`,
      ';'.repeat(16e3),
      '@'.repeat(16e3),
    ]) {
      const start = performance.now();
      marksOf({ value: hostile });
      assert.ok(performance.now() - start < 500, hostile.slice(0, 10));
    }
  });
});
