import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SHARE_ENV } from 'node:worker_threads';
import {
  argumentsCarryPreload,
  argumentsWithPreload,
  findPreload,
  pairsWithMonitoring,
  preloadFor,
  preloadOption,
  takeAddedOption,
  withMonitoring,
  workerOptionsWithMonitoring,
} from '../../instrumentations/child-process/propagate.ts';

const FOLDER = '/opt/diogenesis/dist';
const REGISTER = `${FOLDER}/register.js`;
const preload = { specifier: REGISTER, option: `--require ${REGISTER}` };
const settings = { DIOGENESIS_MODE: 'learn' };

describe('the preload of this process', () => {
  const rows: [string, string | undefined, string[], string | undefined][] = [
    ['NODE_OPTIONS', `--require ${REGISTER}`, [], preload.option],
    ['NODE_OPTIONS among others', `--max-old-space-size=512 -r ${REGISTER} --enable-source-maps`, [], preload.option],
    ['NODE_OPTIONS with =', `--require=${REGISTER}`, [], preload.option],
    ['NODE_OPTIONS with --import and a URL', `--import file://${REGISTER}`, [], preload.option],
    ['its own options', undefined, ['--require', REGISTER], preload.option],
    [
      'an installed package',
      '--require /app/node_modules/diogenesis-otel/dist/register.js',
      [],
      '--require /app/node_modules/diogenesis-otel/dist/register.js',
    ],
    [
      'a path with spaces',
      '--require "/my apps/node_modules/diogenesis-otel/dist/register.js"',
      [],
      '--require "/my apps/node_modules/diogenesis-otel/dist/register.js"',
    ],
    ['the package name', '--require diogenesis-otel/register', [], '--require diogenesis-otel/register'],
    ['nothing', undefined, [], undefined],
    [
      'somebody else',
      '--require /app/register.js --import ts-node/register',
      ['--require', 'dotenv/config'],
      undefined,
    ],
  ];
  for (const [title, nodeOptions, execArgv, option] of rows) {
    it(`is found in ${title}`, () => assert.equal(findPreload(nodeOptions, execArgv, FOLDER)?.option, option));
  }

  it('is none in a test', () => assert.equal(preloadOption(), undefined));
});

describe('the environment of a child', () => {
  it('is the very same object when there is no preload', () => {
    const env = { A: '1' };
    assert.equal(withMonitoring(env), env);
    assert.equal(withMonitoring(env, undefined, settings), env);
    assert.equal(pairsWithMonitoring(undefined), undefined);
  });

  it('is the very same object when it carries the preload', () => {
    const env = { NODE_OPTIONS: `--no-warnings --require ${REGISTER}` };
    assert.equal(withMonitoring(env, preload, settings), env);
    const pairs = [`NODE_OPTIONS=--require ${REGISTER}`];
    assert.equal(pairsWithMonitoring(pairs, preload, settings), pairs);
  });

  it('is a copy with the preload in front of what the caller wants', () => {
    const env = Object.freeze({ A: '1', NODE_OPTIONS: '--no-warnings' });
    assert.deepEqual(
      { ...withMonitoring(env, preload, settings) },
      {
        A: '1',
        NODE_OPTIONS: `${preload.option} --no-warnings`,
        DIOGENESIS_MODE: 'learn',
      },
    );
  });

  it('keeps what a prototype provides, as Node does', () => {
    const env = Object.create({ INHERITED: 'x' }, { OWN: { value: 'y', enumerable: true } }) as Record<string, string>;
    const copy = withMonitoring(env, preload, settings);
    assert.equal(copy.INHERITED, 'x');
    assert.equal(copy.OWN, 'y');
  });

  it('keeps settings of ours that the caller has set', () => {
    assert.equal(
      withMonitoring({ DIOGENESIS_MODE: 'observe' } as Record<string, string>, preload, settings).DIOGENESIS_MODE,
      'observe',
    );
  });

  it('is completed as pairs too', () => {
    const pairs = Object.freeze(['A=1=2', 'NODE_OPTIONS=--no-warnings', 'B=']) as readonly string[];
    assert.deepEqual(pairsWithMonitoring(pairs, preload, settings), [
      'A=1=2',
      'B=',
      `NODE_OPTIONS=${preload.option} --no-warnings`,
      'DIOGENESIS_MODE=learn',
    ]);
    const own = pairsWithMonitoring(undefined, preload, settings) as string[];
    assert.ok(own.some((pair) => pair.startsWith('PATH=')));
    assert.ok(own.includes(`DIOGENESIS_MODE=${process.env.DIOGENESIS_MODE ?? 'learn'}`));
  });

  it('needs nothing when the arguments carry the preload', () => {
    assert.equal(argumentsCarryPreload(['--require', REGISTER, 'x.js'], preload), true);
    assert.equal(argumentsCarryPreload(['x.js'], preload), false);
  });
});

describe('a child under the permission model', () => {
  const grants = (argv: string[], nodeOptions?: string) => preloadFor(argv, nodeOptions, preload, settings)?.grants;

  it('may read the preload, or it would not start', () => {
    const by = preloadFor(['--permission', 'app.js'], undefined, preload, { DIOGENESIS_LOCK: '/app/lock.json' });
    assert.equal(
      withMonitoring<Record<string, string>>({ A: '1' }, by).NODE_OPTIONS,
      `--require ${REGISTER} --allow-fs-read=${FOLDER}/* --allow-fs-read=/opt/diogenesis/package.json --allow-fs-read=/opt/diogenesis/node_modules/@opentelemetry/* --allow-fs-read=/opt/@opentelemetry/* --allow-fs-read=/app/lock.json`,
    );
  });

  it('is granted nothing when it may read everything, or when the option is an argument of its script', () => {
    assert.equal(grants(['--permission', '--allow-fs-read=*', 'app.js']), undefined);
    assert.equal(grants(['--permission', '--allow-fs-read', '*', 'app.js']), undefined);
    assert.equal(grants(['app.js', '--permission']), undefined);
    assert.equal(grants(['--eval', '--permission']), undefined);
    assert.equal(grants([]), undefined);
  });

  it('is recognised by its NODE_OPTIONS too, which keep a preload that is there', () => {
    const given = { NODE_OPTIONS: `--permission ${preload.option}` };
    const by = preloadFor(['app.js'], given.NODE_OPTIONS, preload, settings);
    assert.match(withMonitoring(given, by).NODE_OPTIONS, /^--permission --require \S+ --allow-fs-read=\/opt/);
    assert.match(
      pairsWithMonitoring([`NODE_OPTIONS=${given.NODE_OPTIONS}`], by)?.[0] ?? '',
      /^NODE_OPTIONS=--permission --require \S+ --allow-fs-read=\/opt/,
    );
  });
});

describe('a child that takes options from a file', () => {
  const complete = (argv: string[], nodeOptions?: string) => argumentsWithPreload(argv, nodeOptions, preload);

  it('gets the preload as an argument, because NODE_OPTIONS would keep it from reading them, and does not see it', () => {
    for (const option of ['--env-file=.env', '--env-file-if-exists=.env', '--experimental-default-config-file']) {
      const argv = complete(['--no-warnings', option, 'app.js', '--x']);
      assert.deepEqual(argv, [`--require=${FOLDER}/./register.js`, '--no-warnings', option, 'app.js', '--x']);
      assert.deepEqual(findPreload(undefined, argv ?? [], FOLDER), preload);
      takeAddedOption(argv ?? []);
      assert.deepEqual(argv, ['--no-warnings', option, 'app.js', '--x']);
    }
  });

  it('gets it through its environment otherwise', () => {
    assert.equal(complete(['--env-file=.env', 'app.js'], '--no-deprecation'), undefined);
    assert.equal(complete(['app.js', '--env-file=.env']), undefined);
    assert.equal(complete(['--env-file-of-mine', 'app.js']), undefined);
    assert.equal(complete(['--permission', '--env-file=.env', 'app.js']), undefined);
  });
});

describe('the options of a worker', () => {
  const complete = <O extends object>(options: O) => workerOptionsWithMonitoring(options, preload, settings);

  it('stay the same object when they carry the preload', () => {
    const viaArguments = { execArgv: ['--require', REGISTER] };
    const viaEnvironment = { env: { NODE_OPTIONS: preload.option } };
    assert.equal(complete(viaArguments), viaArguments);
    assert.equal(complete(viaEnvironment), viaEnvironment);
  });

  it('get it through their environment, or through their arguments when they share that of the process', () => {
    const env = Object.freeze({ A: '1' });
    const data = {};
    const options = complete({ env, execArgv: [] as string[], workerData: data });
    assert.deepEqual({ ...options.env }, { A: '1', NODE_OPTIONS: preload.option, DIOGENESIS_MODE: 'learn' });
    assert.deepEqual(options.execArgv, []);
    assert.equal(options.workerData, data);
    for (const shared of [{ execArgv: [] as string[] }, { execArgv: [] as string[], env: SHARE_ENV }]) {
      assert.deepEqual(complete(shared).execArgv, [`--require=${FOLDER}/./register.js`]);
      assert.deepEqual(shared.execArgv, []);
    }
  });

  it('are left to Node when they say nothing about options: it hands its own down', () => {
    for (const options of [{}, { env: SHARE_ENV }]) assert.equal(complete(options), options);
  });

  it('are found by the worker, which takes what was added off its own view', () => {
    const { execArgv } = complete({ execArgv: ['--trace-warnings'] });
    assert.deepEqual(findPreload(undefined, execArgv, FOLDER), preload);
    takeAddedOption(execArgv);
    assert.deepEqual(execArgv, ['--trace-warnings']);
  });

  it('keep a preload that somebody else wrote', () => {
    for (const given of [['--require', REGISTER], [`--require=${REGISTER}`], ['-r', './register.js']]) {
      const execArgv = [...given];
      takeAddedOption(execArgv);
      assert.deepEqual(execArgv, given);
    }
  });
});
