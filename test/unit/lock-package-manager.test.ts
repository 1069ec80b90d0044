import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { observedPrincipals, packageManagerFolder } from '../../src/baseline/package-manager.ts';
import type { Principal } from '../../src/behavior.ts';

const principal = (kind: Principal['kind'], root: string): Principal => ({
  ...{ key: 'k', kind, name: 'k', version: '1', root, dependencies: new Set<string>() },
});

describe('a process of a package manager', () => {
  const cases: [script: string, folder: string | undefined][] = [
    ['/usr/lib/node_modules/npm/bin/npm-cli.js', '/usr/lib/node_modules/npm'],
    ['/usr/lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js', '/usr/lib/node_modules/npm'],
    ['/srv/app/node_modules/pnpm/bin/pnpm.cjs', '/srv/app/node_modules/pnpm'],
    ['/usr/lib/node_modules/corepack/dist/pnpm.js', '/usr/lib/node_modules/corepack'],
    ['/home/u/.cache/node/corepack/v1/yarn/4.5.0/yarn.js', '/home/u/.cache/node/corepack/v1/yarn/4.5.0'],
    ['/srv/app/.yarn/releases/yarn-4.5.0.cjs', '/srv/app/.yarn/releases'],
    ['/srv/app/server.js', undefined],
    ['/srv/app/node_modules/npm-run-all/bin/npm-run-all.js', undefined],
    ['/srv/app/node_modules/.bin/jest', undefined],
    ['/home/u/yarn/app.js', undefined],
  ];
  for (const [script, folder] of cases) {
    it(`is ${folder === undefined ? 'not ' : ''}recognised by ${script}`, () =>
      assert.equal(packageManagerFolder(script), folder));
  }

  it('is left out of observations, with all packages of its own', () => {
    const isObserved = observedPrincipals('/usr/lib/node_modules/npm/bin/npm-cli.js');
    assert.equal(isObserved(principal('package', '/usr/lib/node_modules/npm')), false);
    assert.equal(isObserved(principal('package', '/usr/lib/node_modules/npm/node_modules/semver')), false);
    assert.equal(isObserved(principal('app', '/srv/app')), false);
    assert.equal(isObserved(principal('package', '/srv/app/node_modules/dep')), true);
    assert.equal(isObserved(principal('package', '/usr/lib/node_modules/npm-tools')), true);
  });

  it('is the only one where anybody is left out', () => {
    for (const script of [undefined, '/srv/app/server.js'])
      assert(observedPrincipals(script)(principal('app', '/srv/app')));
  });
});
