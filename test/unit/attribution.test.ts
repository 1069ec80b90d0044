import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isOwnWork, originNow, runAs, runAsOwn } from '../../src/attribution/async-origin.ts';
import { type Attribution, attribute, forgetScripts } from '../../src/attribution/call-sites.ts';
import { chainOf, forgetChains } from '../../src/attribution/chain.ts';
import { adopt, noteImport, principalOfFile, setAppRoot, toolPrincipal } from '../../src/attribution/packages.ts';
import { namedCall, runAsTool } from '../../src/attribution/tool-call.ts';
import { AppFolder } from '../support/app-folder.ts';

const probe = globalThis as { probe?: () => Attribution };
/* Without this file itself, whose frames a probe stands on. */
const keys = ({ chain }: Attribution) => names(chain.members).filter((key) => !key.startsWith('diogenesis-otel@'));
const names = (list: readonly { key: string }[]) => list.map(({ key }) => key);

describe('attribution to the chain of packages', () => {
  let app: AppFolder;

  beforeEach(() => {
    app = new AppFolder();
    app.write('package.json', '{"name":"shop","version":"9.9.9"}');
    setAppRoot(app.root);
    forgetScripts();
    forgetChains();
    probe.probe = () => attribute(true);
  });

  afterEach(() => {
    app[Symbol.dispose]();
    setAppRoot('');
    delete probe.probe;
  });

  const load = (file: string) => createRequire(app.path('main.js'))(file);

  it('names every package on the stack, nearest first, and the application', () => {
    app.package('inner', '1.0.0', 'module.exports = () => probe();');
    app.package('outer', '2.0.0', 'const inner = require("inner"); module.exports = () => inner();');
    const main = app.write('main.js', 'const outer = require("outer"); module.exports = () => outer();');
    assert.deepEqual(keys(load(main)()), ['inner@1.0.0', 'outer@2.0.0', '<app>']);
  });

  it('names scoped packages and nested copies by their own version', () => {
    app.package('@scope/tool', '1.0.0', 'module.exports = () => probe();');
    app.package(
      '@scope/tool',
      '3.0.0',
      'module.exports = () => probe();',
      {},
      'node_modules/host/node_modules/@scope/tool',
    );
    app.package('host', '1.1.1', 'module.exports = require("@scope/tool");');
    assert.deepEqual(keys(load('@scope/tool')()).slice(0, 1), ['@scope/tool@1.0.0']);
    assert.deepEqual(keys(load('host')()).slice(0, 1), ['@scope/tool@3.0.0']);
  });

  it('names ES modules', async () => {
    app.write('node_modules/esm/package.json', '{"name":"esm","version":"4.0.0","type":"module"}');
    const file = app.write('node_modules/esm/index.js', 'export default () => probe();');
    const { default: act } = await import(pathToFileURL(file).href);
    assert.deepEqual(keys(act()).slice(0, 1), ['esm@4.0.0']);
  });

  it('sees through the symlinks of pnpm', () => {
    app.package(
      'left',
      '1.2.3',
      'module.exports = () => probe();',
      {},
      'node_modules/.pnpm/left@1.2.3/node_modules/left',
    );
    app.link('node_modules/.pnpm/left@1.2.3/node_modules/left', 'node_modules/left');
    assert.deepEqual(keys(load('left')()).slice(0, 1), ['left@1.2.3']);
  });

  it('names a workspace package by its manifest, and the files around it as the application', () => {
    app.package('@shop/prices', '0.3.0', 'module.exports = () => probe();', {}, 'packages/prices');
    app.link('packages/prices', 'node_modules/@shop/prices');
    app.write('src/package.json', '{"type":"commonjs"}');
    const main = app.write('src/main.js', 'const prices = require("@shop/prices"); module.exports = () => prices();');
    assert.deepEqual(keys(load(main)()), ['@shop/prices@0.3.0', '<app>']);
  });

  it('follows callbacks, promises and async functions', async () => {
    app.package('later', '1.0.0', 'module.exports = (run) => new Promise((done) => setTimeout(() => done(run()), 1));');
    app.package(
      'actor',
      '1.0.0',
      `const later = require("later");
       exports.callback = () => later(() => probe());
       exports.promise = () => Promise.resolve().then(() => probe());
       exports.async = async () => { await null; return probe(); };`,
    );
    const actor = load('actor');
    assert.deepEqual(keys(await actor.callback()).slice(0, 2), ['actor@1.0.0', 'later@1.0.0']);
    assert.deepEqual(keys(await actor.promise()), ['actor@1.0.0']);
    assert.equal(keys(await actor.async())[0], 'actor@1.0.0');
  });

  it('finds who awaits the acting function when the application is no longer on the stack', async () => {
    app.package('client', '1.0.0', 'exports.post = async () => { await null; return probe(); };');
    app.package('evil', '1.0.1', 'exports.render = async (client) => { await null; return await client.post(); };');
    const main = app.write('main.js', 'module.exports = async () => await require("evil").render(require("client"));');
    const found = await load(main)();
    assert.deepEqual(keys(found).slice(0, 3), ['client@1.0.0', 'evil@1.0.1', '<app>']);
    assert.equal(found.chain.source, 'async');
  });

  it('is not misled by Error.prepareStackTrace, a stack limit of zero, or a forged function name', () => {
    app.package(
      'forger',
      '6.6.6',
      `module.exports = () => {
        const prepare = Error.prepareStackTrace, limit = Error.stackTraceLimit;
        Error.prepareStackTrace = () => 'at innocent (/node_modules/innocent/index.js:1:1)';
        Error.stackTraceLimit = 0;
        const act = { ['at /node_modules/innocent/index.js']() { return probe(); } };
        try { return Object.values(act)[0](); } finally { Error.prepareStackTrace = prepare; Error.stackTraceLimit = limit; }
      };`,
    );
    assert.deepEqual(keys(load('forger')()).slice(0, 1), ['forger@6.6.6']);
  });

  it('leaves Error.prepareStackTrace and Error.stackTraceLimit as they were', async () => {
    app.package('client', '1.0.0', 'exports.post = async () => { await null; return probe(); };');
    const before = [
      Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace'),
      Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit'),
    ];
    await load('client').post();
    assert.deepEqual(
      [
        Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace'),
        Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit'),
      ],
      before,
    );
  });

  it('names who acts while V8 formats a stack, as a reader of source maps does', () => {
    app.package(
      'mapper',
      '1.0.0',
      `let found; const before = Error.prepareStackTrace;
      Error.prepareStackTrace = (error) => { found = probe(); return String(error); };
      module.exports = () => { try { new Error('x').stack; return found; } finally { Error.prepareStackTrace = before; } };`,
    );
    assert.deepEqual(keys(load('mapper')()).slice(0, 1), ['mapper@1.0.0']);
  });

  it('finds the application wherever it stands, however near it stood before', () => {
    app.package('diver', '1.0.0', 'exports.dive = (depth, act) => depth === 0 ? act() : exports.dive(depth - 1, act);');
    app.package('actor', '1.0.0', 'exports.act = () => probe();');
    app.package('host', '1.0.0', 'exports.run = (callback) => callback();');
    const main = app.write(
      'main.js',
      `const { dive } = require('diver'), { act } = require('actor'), { run } = require('host');
      module.exports = (depth) => run(() => dive(depth, act));`,
    );
    const act = load(main);
    probe.probe = function sense() {
      return attribute(false, false, sense);
    };
    for (const depth of [...Array(30).fill(0), 12, 0, 0, 12, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8]) {
      assert.deepEqual(keys(act(depth)), ['actor@1.0.0', 'diver@1.0.0', '<app>'], `depth ${depth}`);
    }
  });

  for (const [what, descriptor] of Object.entries({
    'an accessor': { get: () => assert.fail('read'), set: () => assert.fail('set'), configurable: true },
    'read-only': { value: undefined, writable: false, configurable: true },
  })) {
    it(`attributes, and touches nothing, where they are ${what}`, () => {
      app.package('client', '1.0.0', 'exports.post = () => probe();');
      const client = load('client');
      for (const name of ['prepareStackTrace', 'stackTraceLimit']) {
        const before = Object.getOwnPropertyDescriptor(Error, name) as PropertyDescriptor;
        Object.defineProperty(Error, name, descriptor);
        const given = Object.getOwnPropertyDescriptor(Error, name);
        const found = client.post();
        const after = Object.getOwnPropertyDescriptor(Error, name);
        Object.defineProperty(Error, name, before);
        assert.deepEqual(keys(found).slice(0, 1), ['client@1.0.0']);
        assert.deepEqual(after, given);
      }
    });
  }

  it('is not misled by a script that gives itself another’s name', () => {
    app.package('victim', '1.0.0', '');
    const victim = app.path('node_modules/victim/index.js');
    app.package('forger', '6.6.6', `module.exports = () => probe();\n//# sourceURL=${victim}`);
    assert.deepEqual(keys(load('forger')()).slice(0, 1), ['forger@6.6.6']);
  });

  it('tells the acting function and its place', () => {
    probe.probe = attribute.bind(undefined, true);
    app.package('actor', '1.0.0', `exports.act = function acting() {\n  return probe();\n};`);
    const file = app.path('node_modules/actor/index.js');
    assert.deepEqual(load('actor').act().site, { functionName: 'acting', file, line: 2, column: 10 });
  });

  it('tells the place of whoever answers, not of an instrumentation that stands between', () => {
    probe.probe = attribute.bind(undefined, true);
    app.package('@opentelemetry/instrumentation-http', '1.0.0', 'exports.wrap = (run) => () => run();');
    app.package(
      'asker',
      '1.0.0',
      `const { wrap } = require('@opentelemetry/instrumentation-http');\n\nexports.act = () => {\n  return wrap(probe)();\n};`,
    );
    const { site } = load('asker').act();
    assert.deepEqual([site?.file, site?.line], [app.path('node_modules/asker/index.js'), 4]);
  });

  it('tells nothing of the text of a module from a data: URL', async () => {
    probe.probe = attribute.bind(undefined, true);
    app.package('adopter', '1.0.0', '');
    const url = 'data:text/javascript,export const act = () => probe(); // hunter2';
    adopt(url, principalOfFile(app.path('node_modules/adopter/index.js')));
    const { act } = (await import(url)) as { act: () => Attribution };
    assert.equal(act().site?.file, 'data:text/javascript');
  });

  it('names who made the acting code from text, also when it is called back later', async () => {
    probe.probe = attribute.bind(undefined, true);
    app.package(
      'maker',
      '1.0.0',
      `exports.now = () => new Function('probe', 'return probe()')(probe);
       exports.later = () => new Function('probe', 'return new Promise((done) => setTimeout(() => done(probe()), 1))')(probe);
       exports.nested = () => eval('new Function("probe", "return probe()")')(probe);
       exports.plain = () => probe();`,
    );
    app.package('helper', '1.0.0', 'module.exports = (run) => run();');
    const maker = load('maker');
    for (const found of [maker.now(), await maker.later(), maker.nested()]) {
      assert.equal(keys(found)[0], 'maker@1.0.0');
      assert.equal(found.textBy?.key, 'maker@1.0.0');
    }
    assert.equal(maker.plain().textBy, undefined);
    const bound = new Function('helper', 'run', 'return helper(run)')(load('helper'), maker.plain);
    assert.equal(bound.textBy, undefined, 'text that merely calls somebody does not act');
  });

  it('tells what is done while a package is being loaded', () => {
    probe.probe = attribute.bind(undefined, true);
    app.package('eager', '1.0.0', 'exports.atLoad = probe(); exports.later = () => probe();');
    const eager = load('eager');
    assert.equal(eager.atLoad.loading?.key, 'eager@1.0.0');
    assert.equal(eager.later().loading, undefined);
    const main = app.write('start.js', 'module.exports = require("eager").later();');
    assert.equal(load(main).loading, undefined, 'called by what is being loaded is not being loaded');
  });

  it('goes by the folder of a package, not by what its manifest claims to be', () => {
    app.package('evil', '1.0.0', 'module.exports = () => probe();', { name: 'express' });
    app.write('node_modules/evil/sub/package.json', '{"name":"express","version":"4.0.0"}');
    const inner = app.write('node_modules/evil/sub/act.js', 'module.exports = () => probe();');
    assert.deepEqual(keys(load('evil')()).slice(0, 1), ['evil@1.0.0']);
    assert.deepEqual(keys(load(inner)()).slice(0, 1), ['evil@1.0.0']);
  });

  it('gives a file of no package to whoever imported it first', () => {
    app.package('dropper', '1.0.0', 'module.exports = (file) => require(file)();');
    const elsewhere = new AppFolder('diogenesis-dropped-');
    try {
      const file = elsewhere.write('payload.js', 'module.exports = () => probe();');
      noteImport(app.path('node_modules/dropper/index.js'), file);
      assert.equal(keys(load('dropper')(file))[0], 'dropper@1.0.0');
    } finally {
      elsewhere[Symbol.dispose]();
    }
  });

  it('takes the package being installed for the application in a lifecycle script', () => {
    app.package('native-thing', '2.0.0', '');
    const manifest = app.path('node_modules/native-thing/package.json');
    setAppRoot(app.root, { npm_lifecycle_event: 'postinstall', npm_package_json: manifest });
    assert.equal(principalOfFile('/nowhere/script.js').key, 'native-thing@2.0.0');
    setAppRoot(app.root, { npm_lifecycle_event: 'start', npm_package_json: app.path('package.json') });
    assert.equal(principalOfFile('/nowhere/script.js').key, '<app>');
  });

  it('remembers who called where Node loses the stack, and what is its own work', async () => {
    app.package('caller', '1.0.0', 'module.exports = () => probe();');
    const { chain } = load('caller')() as Attribution;
    await runAs(chain, async () => {
      await null;
      assert.equal(originNow(), chain);
      assert.equal(isOwnWork(), false);
    });
    await runAsOwn(async () => {
      await null;
      assert.equal(isOwnWork(), true);
      assert.equal(originNow(), undefined);
    });
    assert.equal(isOwnWork(), false);
  });
});

describe('a tool of an agent', () => {
  it('is part of every chain beneath it, across awaits', async () => {
    await runAsTool(namedCall('shell', undefined), async () => {
      await null;
      assert.equal(attribute(true).chain.members.at(-1)?.key, 'tool:shell');
    });
    assert.equal(
      attribute(true).chain.members.some(({ kind }) => kind === 'tool'),
      false,
    );
  });
});

describe('who answers for an act', () => {
  let app: AppFolder;
  const principal = (name: string, dependencies: string[] = []) => {
    app.package(name, '1.0.0', '', { dependencies: Object.fromEntries(dependencies.map((d) => [d, '*'])) });
    return principalOfFile(app.path(`node_modules/${name}/index.js`));
  };

  beforeEach(() => {
    app = new AppFolder();
    setAppRoot(app.root);
    forgetChains();
  });
  afterEach(() => {
    app[Symbol.dispose]();
    setAppRoot('');
  });

  const application = () => principalOfFile(app.path('main.js'));

  it('is the nearest package alone when it acts for itself', () => {
    const chain = chainOf([principal('template'), application()], 'stack');
    assert.deepEqual(names(chain.owners), ['template@1.0.0']);
    assert.deepEqual(names(chain.involved), ['template@1.0.0', '<app>']);
  });

  it('is also whoever asked an HTTP client, though it was only handed the client', () => {
    const chain = chainOf([principal('axios'), principal('evil'), application()], 'stack');
    assert.deepEqual(names(chain.owners), ['axios@1.0.0', 'evil@1.0.0']);
  });

  it('is not an instrumentation that wrapped a function between the two', () => {
    const wrapped = [principal('@opentelemetry/instrumentation-http'), principal('@opentelemetry/api')];
    const chain = chainOf([...wrapped, principal('axios'), ...wrapped, principal('evil'), application()], 'stack');
    assert.deepEqual(names(chain.owners), ['axios@1.0.0', 'evil@1.0.0']);
    assert.deepEqual(names(chain.members), ['axios@1.0.0', 'evil@1.0.0', '<app>']);
    assert.equal(chainOf(wrapped, 'stack').owners[0], wrapped[0], 'one that acts alone answers for itself');
  });

  it('is not a router that called a handler it was given', () => {
    const chain = chainOf([principal('session-store'), principal('express'), application()], 'stack');
    assert.deepEqual(names(chain.owners), ['session-store@1.0.0']);
    assert.deepEqual(names(chain.involved), ['session-store@1.0.0', '<app>']);
  });

  it('includes a package that declares the one it acts through, for the rules', () => {
    const helper = principal('helper');
    const chain = chainOf([helper, principal('evil', ['helper']), application()], 'stack');
    assert.deepEqual(names(chain.owners), ['helper@1.0.0']);
    assert.deepEqual(names(chain.involved), ['helper@1.0.0', 'evil@1.0.0', '<app>']);
  });

  it('passes through a package that was seen importing the network itself', () => {
    const client = principal('home-made-client');
    noteImport(app.path('node_modules/home-made-client/index.js'), 'node:https');
    const chain = chainOf([client, principal('evil', ['home-made-client'])], 'stack');
    assert.deepEqual(names(chain.owners), ['home-made-client@1.0.0', 'evil@1.0.0']);
  });

  it('is also the tool of an agent, whatever stands between', () => {
    const tool = toolPrincipal('search');
    const chain = chainOf([principal('template'), application(), tool], 'stack');
    assert.deepEqual(names(chain.owners), ['template@1.0.0', 'tool:search']);
    assert.deepEqual(names(chain.involved), ['template@1.0.0', '<app>', 'tool:search']);
    assert.deepEqual(names(chainOf([tool], 'stack').owners), ['tool:search']);
  });

  it('stops at the first application frame: what called the application is not part of it', () => {
    const chain = chainOf([principal('axios'), application(), principal('koa')], 'stack');
    assert.deepEqual(names(chain.involved), ['axios@1.0.0', '<app>']);
  });
});
