import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Act, Sense } from '../../src/behavior.ts';
import { createClassifier } from '../../src/classification/classifier.ts';
import { givenPorts } from '../../src/given-ports.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/lock-file.md'), 'utf8');
const section = page.slice(page.indexOf('\n### What is the same in every checkout\n'));
const rows = [...section.slice(0, section.indexOf('\n## ')).matchAll(/^\| `(\w+)\.(\w+) (.+)` \| `(.+)` \|$/gm)];

const classifier = createClassifier(
  {
    app: '/home/ada/shop',
    home: '/home/ada',
    tmp: ['/tmp'],
    user: 'ada',
    platform: 'linux',
    self: [],
    isGivenPort: givenPorts({ env: { PORT: '4000' }, argv: [] }),
  },
  '/home/ada/.nvm/versions/node/v24.21.0/bin/node',
);
const principal = {
  key: 'a@1.0.0',
  kind: 'package' as const,
  name: 'a',
  version: '1.0.0',
  root: '/home/ada/shop/node_modules/a',
  dependencies: new Set<string>(),
};

describe('the page of the lock file is right about', () => {
  test('every row of its table', () => assert(rows.length > 20));
  for (const [, sense, operation, target, trait] of rows) {
    test(`${sense}.${operation} ${target}`, () => {
      const act: Act = { sense: sense as Sense, operation: operation as string, target: target as string };
      assert.equal(classifier.traitOf(act, classifier.classify(act), principal), trait);
    });
  }
});
