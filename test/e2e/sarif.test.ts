import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AppFolder } from '../support/app-folder.ts';
import { cli } from '../support/cli.ts';
import { sarifSchema } from '../support/registry-packages.ts';

interface Validator {
  (value: unknown): boolean;
  errors?: unknown;
}

interface Compiler {
  addMetaSchema(schema: object): void;
  compile(schema: object): Validator;
}

/** Validates against the schema that OASIS published. */
function validatorOf(modules: string): Validator {
  const require = createRequire(join(modules, 'x.js'));
  const ajv: Compiler = new (require('ajv'))({ allErrors: true, schemaId: 'auto' });
  ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
  return ajv.compile(require('@microsoft/sarif-matcher-utils/lib/schemas/sarif-2.1.0-rtm.5.json'));
}

/* A thing of every kind that a rule of the report speaks of. */
const BUSY = `
  const fs = require('node:fs'); const { homedir, tmpdir } = require('node:os');
  const quietly = (act) => { try { act() } catch {} };
  quietly(() => fs.readFileSync(homedir() + '/.npmrc'));
  quietly(() => fs.appendFileSync(homedir() + '/.bashrc', '# "quoted" \\u2028 and more'));
  quietly(() => fs.writeFileSync(tmpdir() + '/busy-was-here', ''));
  quietly(() => require('node:child_process').execSync('true'));
  quietly(() => require('node:child_process').spawnSync('git', ['--version']));
  quietly(() => new Function('return 1')());
  quietly(() => require('node:vm').runInThisContext('1'));
  quietly(() => process.dlopen({ exports: {} }, tmpdir() + '/none.node'));
  require('node:net').connect(9, '127.0.0.1').on('error', () => {});
  require('node:dns').lookup('host.invalid', () => {});
  module.exports = 1;`;

describe('the SARIF of a check', () => {
  it('is valid against the official schema, with and without results', async (context) => {
    const found = await sarifSchema();
    if ('missing' in found) return context.skip(found.missing);
    const validate = validatorOf(found.modules);
    assert(!validate({ version: '2.1.0', runs: [{ tool: {} }] }), 'the schema accepts anything');

    using app = new AppFolder();
    app.write('.git/HEAD', '');
    app.write('services/my app/package.json', '{\n  "name": "app",\n  "dependencies": { "busy": "1" }\n}\n');
    app.write('services/my app/app.js', "require('busy')");
    app.write('services/my app/diogenesis.lock.json', '{"lockfileVersion":1,"packages":{},"tools":{}}\n');
    app.write('home/.npmrc', 'secret');
    app.package('busy', '1.0.0', 'module.exports = 1', {}, 'services/my app/node_modules/busy');
    const options = { cwd: app.path('services/my app'), env: { HOME: app.path('home'), TMPDIR: app.path('home') } };
    const sarif = async () => {
      const { stdout, stderr } = await cli(['check', '--format', 'sarif', '--', 'node', 'app.js'], options);
      const log = JSON.parse(stdout);
      assert(validate(log), `${JSON.stringify(validate.errors, null, 2)}\n${stderr}`);
      return log.runs[0].results;
    };
    await sarif();
    app.package('busy', '1.0.1', BUSY, {}, 'services/my app/node_modules/busy');
    const results = await sarif();
    const rules = new Set(results.map(({ ruleId }: { ruleId: string }) => ruleId));
    for (const rule of ['credential', 'persistence', 'program', 'code', 'files', 'behavior'])
      assert(rules.has(`diogenesis/${rule}`), `${rule}: ${[...rules]}`);
    // Code scanning shows a result at a file of the repository, not of the application's folder.
    for (const { locations } of results) {
      const { uri } = locations[0].physicalLocation.artifactLocation;
      assert.equal(uri, 'services/my%20app/package.json');
    }
    await cli(['learn', '--quiet', '--', 'node', 'app.js'], options);
    await cli(['approve', '--quiet', 'busy'], options);
    const { stdout } = await cli(['check', '--format', 'sarif', '--', 'node', 'app.js'], options);
    assert(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
  });
});
