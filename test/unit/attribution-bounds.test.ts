import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noteImport, noteWritten, principalOfFile, setAppRoot } from '../../src/attribution/packages.ts';

setAppRoot('/nowhere');
const at = (name: string, file = 'index.js') => principalOfFile(`/nowhere/node_modules/${name}/${file}`);

describe('who a file belongs to', () => {
  it('is Yarn’s runtime for what Yarn writes beside the manifest, and nothing else there', () => {
    assert.equal(principalOfFile('/nowhere/.pnp.cjs').name, '@yarnpkg/pnp');
    assert.equal(principalOfFile('/nowhere/main.js').key, '<app>');
    assert.equal(at('evil', '.pnp.cjs').name, 'evil');
  });

  it('is whoever put a whole folder into another package', () => {
    const mover = at('mover');
    noteWritten('/nowhere/node_modules/innocent/lib', mover, true);
    assert.equal(at('innocent', 'lib/deep/payload.js'), mover);
    assert.equal(at('innocent', 'lib.js').name, 'innocent');
    noteWritten('/nowhere/node_modules/other/lib', mover, false);
    assert.equal(at('other', 'lib/own.js').name, 'other', 'a folder that was only made holds the package’s own files');
  });

  it('is whoever put a folder into the application and loads from it', () => {
    const mover = at('mover');
    noteWritten('/nowhere/lib', mover, true);
    assert.equal(principalOfFile('/nowhere/lib/a.js').key, '<app>', 'a build writes much that the application runs');
    noteImport('/nowhere/node_modules/mover/index.js', '/nowhere/lib/a.js');
    assert.equal(principalOfFile('/nowhere/lib/a.js'), mover);
  });

  it('is one package for all beyond the bound, and what was known stays known', () => {
    const known = at('known');
    for (let i = 0; i < 20_000; i++) at(`made-up-${i}`);
    assert.equal(at('one-more').name, '*');
    assert.equal(at('two-more'), at('one-more'));
    assert.equal(at('known'), known);
  });
});
