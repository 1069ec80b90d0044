import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { principalOfFile, setAppRoot } from '../../src/attribution/packages.ts';
import { AppFolder } from '../support/app-folder.ts';

/** Who answers for `file` of the copy of `known@1.0.0` that lies in `folder`. */
function ownerIn(copy: (app: AppFolder) => string): string {
  using app = new AppFolder();
  app.write('package.json', '{"name":"app","version":"1.0.0"}');
  app.package('known', '1.0.0', 'exports.known = 1;');
  app.write('node_modules/known/lib/deep.js', 'exports.deep = 1;');
  app.package('carrier', '3.0.0', '');
  app.package('@scope/carrier', '4.0.0', '');
  setAppRoot(app.root);
  return principalOfFile(app.path(`${copy(app)}/index.js`)).key;
}

function carry(
  app: AppFolder,
  { version = '1.0.0', main = 'exports.known = 1;', deep = 'exports.deep = 1;', by = 'carrier' } = {},
): string {
  const at = `node_modules/${by}/node_modules/known`;
  app.package('known', version, main, {}, at);
  app.write(`${at}/lib/deep.js`, deep);
  return at;
}

describe('a package that another one carries', () => {
  it('is itself where it is the same, file by file', () =>
    assert.equal(
      ownerIn((app) => carry(app)),
      'known@1.0.0',
    ));

  it('is itself where it is another version', () =>
    assert.equal(
      ownerIn((app) => carry(app, { version: '2.0.0', main: 'exports.known = 2;' })),
      'known@2.0.0',
    ));

  it('is its carrier’s where it only bears the name and version of one that is there', () => {
    assert.equal(
      ownerIn((app) => carry(app, { main: 'exports.known = 6;' })),
      'carrier@3.0.0',
    );
    assert.equal(
      ownerIn((app) => carry(app, { deep: 'exports.deep = 6;' })),
      'carrier@3.0.0',
    );
    assert.equal(
      ownerIn((app) => carry(app, { by: '@scope/carrier', main: '' })),
      '@scope/carrier@4.0.0',
    );
  });

  it('is its carrier’s where it has a file more', () => {
    const withMore = (app: AppFolder): string => {
      const at = carry(app);
      app.write(`${at}/more.js`, '');
      return at;
    };
    assert.equal(ownerIn(withMore), 'carrier@3.0.0');
  });

  it('is its carrier’s however deep it lies', () =>
    assert.equal(
      ownerIn((app) => carry(app, { by: 'carrier/dist', main: '' })),
      'carrier@3.0.0',
    ));

  it('is itself where a package manager keeps all versions', () =>
    assert.equal(
      ownerIn((app) => carry(app, { by: '.pnpm/known@1.0.0', main: '' })),
      'known@1.0.0',
    ));
});
