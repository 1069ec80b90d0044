import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs, { readFileSync as liveReadFileSync } from 'node:fs';
import { readFile as liveReadFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { setImmediate as nextImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { fsSense } from '../../instrumentations/fs/sense.ts';
import { type RecorderOptions, recordActs, scratch } from '../support/senses.ts';

const owner = {};
const { O_CREAT, O_EXCL, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants;

afterEach(() => {
  fsSense.disable(owner);
});

const openWith = (file: string, flags: string): Promise<number> =>
  new Promise((resolve, reject) => fs.open(file, flags, (error, fd) => (error ? reject(error) : resolve(fd))));

/** A furnished directory under an enabled sense; what is told is relative to it. */
function watched(options: RecorderOptions = {}) {
  const place = scratch();
  const at = (name: string) => path.join(place.dir, name);
  fs.writeFileSync(at('a'), 'content');
  fs.mkdirSync(at('d'));
  const recorder = recordActs(options);
  fsSense.enable(owner);
  return {
    at,
    recorder,
    told: () => recorder.told().map((line) => line.replace(place.dir + path.sep, '')),
    [Symbol.dispose]() {
      fsSense.disable(owner);
      recorder[Symbol.dispose]();
      place[Symbol.dispose]();
    },
  };
}

describe('what the flags of open mean', () => {
  const cases: [flags: string | number | undefined, acts: string[]][] = [
    [undefined, ['read']],
    ['r', ['read']],
    ['rs', ['read']],
    ['r+', ['read', 'write']],
    ['w', ['write']],
    ['wx', ['write']],
    ['w+', ['write']],
    ['a', ['write']],
    ['as', ['write']],
    ['a+', ['read', 'write']],
    [fs.constants.O_RDONLY, ['read']],
    [O_WRONLY, ['write']],
    [O_RDWR, ['read', 'write']],
    [O_RDWR | O_TRUNC, ['write']],
    [O_RDWR | O_CREAT | O_EXCL, ['write']],
    [O_TRUNC, ['read', 'write']],
  ];
  for (const [flags, acts] of cases) {
    test(`${String(flags)}: ${acts.join(' and ')}`, async () => {
      using place = watched();
      const isNew = flags === 'wx' || flags === (O_RDWR | O_CREAT | O_EXCL);
      const name = isNew ? 'new' : 'a';
      const expected = acts.map((act) => `${act} ${name}`);
      fs.closeSync(fs.openSync(place.at(name), flags as string));
      assert.deepEqual(place.told(), expected);
      if (isNew) fs.rmSync(place.at(name));
      place.recorder.clear();
      await (await fs.promises.open(place.at(name), flags)).close();
      assert.deepEqual(place.told(), expected);
    });
  }

  test('readFile that its flag lets truncate the file also writes', () => {
    using place = watched();
    fs.readFileSync(place.at('a'), { flag: 'w+' });
    assert.deepEqual(place.told(), ['read a', 'write a']);
  });
});

describe('paths', () => {
  test('a buffer and a URL stand for the same path as a string', () => {
    using place = watched();
    fs.statSync(place.at('a'));
    fs.statSync(Buffer.from(place.at('a')));
    fs.statSync(new TextEncoder().encode(place.at('a')) as Buffer);
    fs.statSync(new URL(`file://${place.at('a')}`));
    assert.deepEqual(place.told(), Array(4).fill('stat a'));
  });

  test('a relative path means what it means in the current directory', () => {
    using place = watched({ habituated: true });
    const before = process.cwd();
    try {
      process.chdir(place.at('.'));
      fs.existsSync('a');
      fs.existsSync('a');
      process.chdir(place.at('d'));
      fs.existsSync('a');
      assert.deepEqual(place.told(), ['stat a', `stat ${path.join('d', 'a')}`]);
    } finally {
      process.chdir(before);
    }
  });

  test('what is not a path is left to Node', () => {
    using place = watched();
    const fd = fs.openSync(place.at('a'), 'r+');
    place.recorder.clear();
    fs.readFileSync(fd);
    fs.writeFileSync(fd, 'x');
    fs.closeSync(fd);
    assert.throws(() => fs.statSync(undefined as never), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => fs.statSync('a\0b'), { code: 'ERR_INVALID_ARG_VALUE' });
    assert.throws(() => fs.statSync(new URL('https://example.com/')), { code: 'ERR_INVALID_URL_SCHEME' });
    assert.deepEqual(place.told(), []);
  });

  test('a handle is not a path, opening it is', async () => {
    using place = watched();
    await using handle = await fs.promises.open(place.at('a'), 'r+');
    await fs.promises.readFile(handle);
    await fs.promises.writeFile(handle, 'x');
    assert.deepEqual(place.told(), ['read a', 'write a']);
  });

  test('a URL that changes its mind opens the file that was reported', () => {
    using place = watched();
    fs.writeFileSync(place.at('secret'), 'secret');
    place.recorder.clear();
    let asked = 0;
    const url = {
      href: 'file:///',
      protocol: 'file:',
      hostname: '',
      get pathname() {
        return asked++ === 0 ? place.at('a') : place.at('secret');
      },
    };
    assert.equal(fs.readFileSync(url as URL, 'utf8'), 'content');
    assert.deepEqual(place.told(), ['read a']);
  });

  test('a glob looks into the folders before its wildcards, from its own cwd', () => {
    using place = watched();
    fs.globSync(['d/*.js', 'd/x/../**', `${place.at('d')}/{a,b}`], { cwd: place.at('.') });
    assert.deepEqual(place.told(), ['list d']);
  });
});

describe('habituation', () => {
  test('a habituated path is not told again, another operation on it is', () => {
    using place = watched({ habituated: true });
    for (let i = 0; i < 10; i++) fs.readFileSync(place.at('a'));
    fs.writeFileSync(place.at('a'), '');
    assert.deepEqual(place.told(), ['read a', 'write a']);
  });

  test('a copy is told whole while either of its ends is new', () => {
    using place = watched({ habituated: true });
    fs.copyFileSync(place.at('a'), place.at('b'));
    fs.copyFileSync(place.at('a'), place.at('b'));
    fs.copyFileSync(place.at('a'), place.at('c'));
    assert.deepEqual(place.told(), ['read a', 'write b', 'read a', 'write c']);
  });

  const replacements: [what: string, replace: (secret: string, known: string) => void][] = [
    ['a link to another file', (secret, known) => fs.symlinkSync(secret, known)],
    ['another file', (secret, known) => fs.linkSync(secret, known)],
    ['a file that was moved there', (secret, known) => fs.renameSync(secret, known)],
  ];
  for (const [what, replace] of replacements) {
    test(`a known path is told again once ${what} has taken its place`, () => {
      using place = watched({ habituated: true });
      fs.readFileSync(place.at('a'));
      fs.writeFileSync(place.at('secret'), '');
      fs.rmSync(place.at('a'));
      replace(place.at('secret'), place.at('a'));
      place.recorder.clear();
      fs.readFileSync(place.at('a'));
      assert.deepEqual(place.told(), ['read a']);
    });
  }

  test('a path that never habituates is told every time', () => {
    using place = watched();
    for (let i = 0; i < 5; i++) fs.readFileSync(place.at('a'));
    assert.equal(place.told().length, 5);
  });
});

describe('streams', () => {
  const makers: [title: string, make: (file: string) => fs.ReadStream | fs.WriteStream, act: string][] = [
    ['createReadStream', (file) => fs.createReadStream(file), 'read a'],
    ['new ReadStream', (file) => new fs.ReadStream(file as never), 'read a'],
    ['ReadStream without new', (file) => (fs.ReadStream as unknown as (f: string) => fs.ReadStream)(file), 'read a'],
    ['createWriteStream', (file) => fs.createWriteStream(file), 'write a'],
    ['new WriteStream', (file) => new fs.WriteStream(file as never), 'write a'],
    ['createWriteStream r+', (file) => fs.createWriteStream(file, { flags: 'r+' }), 'write a'],
  ];
  for (const [title, make, act] of makers) {
    test(`${title} is one act, which ends when the file is open`, async () => {
      using place = watched();
      const stream = make(place.at('a'));
      assert.deepEqual(place.told(), [act]);
      assert.equal(place.recorder.recorded[0]?.ended, 0);
      await once(stream, 'open');
      assert.equal(place.recorder.recorded[0]?.ended, 1);
      assert.ok(stream instanceof fs.ReadStream || stream instanceof fs.WriteStream);
      assert.ok(stream.constructor === fs.ReadStream || stream.constructor === fs.WriteStream);
      stream.destroy();
      await once(stream, 'close');
      assert.deepEqual(place.told(), [act]);
    });
  }

  test('subclasses are made by their own constructor', async () => {
    using place = watched();
    class Sub extends (fs.ReadStream as unknown as new (file: string) => fs.ReadStream) {
      own = 'field';
    }
    const stream = new Sub(place.at('a'));
    assert.ok(stream instanceof Sub);
    assert.equal(stream.own, 'field');
    stream.resume();
    await once(stream, 'close');
    assert.deepEqual(place.told(), ['read a']);
  });

  test('a missing file ends the act with the error that the stream emits', async () => {
    using place = watched();
    const stream = fs.createReadStream(place.at('missing'));
    const [error] = await once(stream, 'error');
    assert.equal(error.code, 'ENOENT');
    assert.equal(place.recorder.recorded[0]?.error, error);
  });

  test('a stream that never opens its file ends its act all the same', async () => {
    using place = watched();
    class Idle extends (fs.ReadStream as unknown as new (file: string) => fs.ReadStream) {
      override _construct(done: () => void) {
        done();
      }
    }
    new Idle(place.at('a')).destroy();
    await nextImmediate();
    assert.equal(place.recorder.recorded[0]?.ended, 1);
    // and the opening is not expected any more
    fs.closeSync(await openWith(place.at('a'), 'r'));
    assert.deepEqual(place.told(), ['read a', 'read a']);
  });

  test('a stream on a descriptor, or on another file system, opens nothing', async () => {
    using place = watched();
    const fd = fs.openSync(place.at('a'), 'r');
    place.recorder.clear();
    const onDescriptor = fs.createReadStream(place.at('a'), { fd });
    onDescriptor.resume();
    await once(onDescriptor, 'close');
    const other = { open: (_p: string, _f: string, _m: number, done: (e: Error) => void) => done(new Error('other')) };
    const elsewhere = fs.createReadStream(place.at('a'), { fs: { ...other, read() {}, close() {} } as never });
    await once(elsewhere, 'error');
    assert.deepEqual(place.told(), []);
  });

  test('opening for more than the stream does is an act of its own', async () => {
    using place = watched();
    const stream = fs.createReadStream(place.at('a'));
    const fd = fs.openSync(place.at('a'), 'w');
    const appending = openWith(place.at('a'), 'a');
    await once(stream, 'open');
    fs.closeSync(fd);
    fs.closeSync(await appending);
    stream.destroy();
    assert.deepEqual(place.told(), ['read a', 'write a', 'write a']);
  });
});

describe('what Node does on behalf of a call', () => {
  test('is not told again: a folder removed, copied or searched is one act', async () => {
    using place = watched();
    fs.mkdirSync(place.at('d/e/f'), { recursive: true });
    place.recorder.clear();
    await fs.promises.cp(place.at('d'), place.at('copy'), { recursive: true });
    await fs.promises.rm(place.at('copy'), { recursive: true });
    for await (const _entry of fs.promises.glob(`${place.at('d')}/**`));
    assert.deepEqual(place.told(), ['read d', 'write copy', 'delete copy', 'list d']);
  });

  test('is implied only around the paths of a running call', async () => {
    using place = watched();
    const removing = fs.promises.rm(place.at('d'), { recursive: true });
    fs.readFileSync(place.at('a'));
    process.nextTick(fs.unlinkSync, place.at('a'));
    await removing;
    assert.deepEqual(place.told(), ['delete d', 'read a', 'delete a']);
    assert.equal(place.recorder.recorded.find(({ act }) => act.operation === 'read')?.act.impliedByNode, false);
  });

  test('a file written with another file’s content inside the call is told', () => {
    using place = watched();
    const data = {
      get flag() {
        fs.readFileSync(place.at('a'));
        return 'w';
      },
    };
    fs.writeFileSync(place.at('b'), 'x', data);
    assert.ok(place.told().includes('read a'));
  });
});

describe('watching', () => {
  test('watch, watchFile and promises.watch are acts', async () => {
    using place = watched();
    fs.watch(place.at('d')).close();
    fs.watchFile(place.at('a'), { persistent: false }, () => {});
    fs.unwatchFile(place.at('a'));
    const abort = new AbortController();
    const iterator = fs.promises.watch(place.at('d'), { signal: abort.signal });
    abort.abort();
    await assert.rejects(async () => {
      for await (const _event of iterator);
    });
    assert.deepEqual(place.told(), ['watch d', 'watch a', 'watch d']);
  });
});

describe('what else opens files', () => {
  test('process.loadEnvFile reads', () => {
    using place = watched();
    fs.writeFileSync(place.at('env'), 'DIOGENESIS_TEST_VALUE=1');
    place.recorder.clear();
    process.loadEnvFile(place.at('env'));
    delete process.env.DIOGENESIS_TEST_VALUE;
    assert.deepEqual(place.told(), ['read env']);
  });

  test('a database is read and written, in memory it is not', async () => {
    using place = watched();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(place.at('db'));
    assert.equal(database.constructor, DatabaseSync);
    database.exec('create table t (x)');
    database.close();
    new DatabaseSync(place.at('db'), { readOnly: true }).close();
    new DatabaseSync(':memory:').close();
    assert.deepEqual(place.told(), ['read db', 'write db', 'read db']);
    assert.throws(() => (DatabaseSync as unknown as () => void)(), TypeError);
  });

  test('a database named by a URL, or by its text, is opened as its query says', async () => {
    using place = watched();
    const { DatabaseSync } = await import('node:sqlite');
    new DatabaseSync(place.at('db')).exec('create table t (x)');
    place.recorder.clear();
    const url = pathToFileURL(place.at('db'));
    url.search = '?mode=ro';
    for (const name of [url, url.href]) {
      const database = new DatabaseSync(name);
      assert.throws(() => database.exec('insert into t values (1)'), /readonly/);
      database.close();
    }
    assert.deepEqual(place.told(), ['read db', 'write db', 'read db', 'write db']);
  });

  test('imports of ES modules are live: names taken before the sense was on are sensed', async () => {
    using place = watched();
    liveReadFileSync(place.at('a'));
    await liveReadFile(place.at('a'));
    assert.deepEqual(place.told(), ['read a', 'read a']);
  });
});

describe('a refused act fails as its API fails, before it happens', () => {
  const refusal = Object.assign(new Error('refused'), { code: 'ERR_DIOGENESIS_BLOCKED' });
  const refuse = () => refusal;

  test('sync functions throw', () => {
    using place = watched({ refuse });
    assert.throws(() => fs.writeFileSync(place.at('a'), 'x'), refusal);
    assert.equal(fs.existsSync(place.at('a')), false);
    assert.equal(place.recorder.recorded[0]?.ended, 1);
    fsSense.disable(owner);
    assert.equal(fs.readFileSync(place.at('a'), 'utf8'), 'content');
  });

  test('callbacks get the error, later', async () => {
    using place = watched({ refuse });
    let later = false;
    const error = new Promise((resolve) => {
      fs.unlink(place.at('a'), (reason) => {
        assert.ok(later);
        resolve(reason);
      });
      later = true;
    });
    assert.equal(await error, refusal);
    assert.equal(await new Promise((resolve) => fs.exists(place.at('a'), resolve)), false);
  });

  test('promises reject', async () => {
    using place = watched({ refuse });
    await assert.rejects(fs.promises.rm(place.at('a')), refusal);
    await assert.rejects(fs.promises.open(place.at('a')), refusal);
    await assert.rejects(async () => {
      for await (const _entry of fs.promises.glob(place.at('*')));
    }, refusal);
  });

  test('streams emit it', async () => {
    using place = watched({ refuse });
    for (const make of [fs.createReadStream, fs.createWriteStream]) {
      const stream: fs.ReadStream | fs.WriteStream = make(place.at('a'));
      const [error] = await once(stream, 'error');
      assert.equal(error, refusal);
    }
    fsSense.disable(owner);
    assert.equal(fs.readFileSync(place.at('a'), 'utf8'), 'content');
  });
});

test('a failed promise that nobody handles is still reported as unhandled', () => {
  const source = (file: string) => JSON.stringify(new URL(`../../${file}`, import.meta.url).href);
  const script = `
    import { fsSense } from ${source('instrumentations/fs/sense.ts')};
    import { setPerceiver } from ${source('src/perception.ts')};
    import fs from 'node:fs';
    const perception = { habituated: false, refusal: undefined, end() {}, setAttribute() {} };
    setPerceiver({ perceive: () => perception, senseFailed() {} });
    fsSense.enable({});
    process.on('unhandledRejection', (error) => process.stdout.write(error.code));
    fs.promises.readFile('/missing/file');
    fs.promises.readFile('/missing/file').catch(() => {});`;
  const { stdout } = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script]);
  assert.equal(String(stdout), 'ENOENT');
});

test('an error inside the sense does not reach the caller', () => {
  using place = watched({
    refuse: () => {
      throw new Error('broken immune system');
    },
  });
  assert.equal(fs.readFileSync(place.at('a'), 'utf8'), 'content');
});
