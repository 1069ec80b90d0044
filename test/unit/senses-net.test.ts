import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import tls from 'node:tls';
import { netSense } from '../../instrumentations/net/sense.ts';
import { ActRecorder, Refusal } from '../support/senses-net.ts';

const owner = {};
let recorder: ActRecorder;

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

const source = (file: string) => JSON.stringify(new URL(`../../${file}`, import.meta.url).href);

/** Runs a script in a process of its own; answers what it wrote. */
function run(script: string, flags: string[] = []): string {
  const inherited = process.execArgv.filter((arg) => !arg.startsWith('--test'));
  const args = [...flags, '--disable-warning=UNDICI-ES', ...inherited, '--input-type=module', '-e', script];
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  assert.equal(stderr, '');
  return stdout.trim();
}

/** The same with the sense on and every perception open; `told` holds the operations it reported. */
function runWithSense(code: string, flags?: string[]): string {
  const script = `
    import { netSense } from ${source('instrumentations/net/sense.ts')};
    import { setPerceiver } from ${source('src/perception.ts')};
    const told = [];
    const perception = { habituated: false, refusal: undefined, end() {}, setAttribute() {} };
    setPerceiver({ perceive: (act) => (told.push(act.operation), perception), senseFailed: (sense, error) => console.log(error) });
    netSense.enable({});
    ${code}`;
  return run(script, flags);
}

/** Looks of everything the sense replaces. */
function looks(): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const look = (name: string, owner: object, key: string) => {
    const descriptor = Object.getOwnPropertyDescriptor(owner, key);
    if (descriptor === undefined) return;
    const value = descriptor.value as { name?: string; length?: number } | undefined;
    result[name] = [
      descriptor.enumerable,
      descriptor.writable,
      descriptor.configurable,
      typeof descriptor.get,
      descriptor.get?.name,
      value?.name,
      value?.length,
      typeof value === 'function' ? Reflect.ownKeys(value).map(String).sort() : undefined,
    ];
  };
  for (const { at, owner, key } of patched()) look(at, owner, key);
  return result;
}

function patched(): { at: string; owner: object; key: string }[] {
  const places: [string, object][] = [
    ['net.Socket', net.Socket.prototype],
    ['net.Server', net.Server.prototype],
    ['dgram.Socket', dgram.Socket.prototype],
    ['dns', dns],
    ['dns.promises', dns.promises],
    ['dns.Resolver', dns.Resolver.prototype],
    ['dns.promises.Resolver', dns.promises.Resolver.prototype],
    ['http.Agent', http.Agent.prototype],
  ];
  const list = [];
  for (const [at, owner] of places) {
    for (const key of Object.getOwnPropertyNames(owner)) list.push({ at: `${at}.${key}`, owner, key });
  }
  list.push({ at: 'globalThis.fetch', owner: globalThis, key: 'fetch' });
  return list;
}

const looksBefore = looks();
const valuesBefore = patched().map(({ owner, key }) => Object.getOwnPropertyDescriptor(owner, key));

describe('switching the net sense on and off', () => {
  it('shows the same names, lengths and properties while it is on', () => {
    netSense.enable(owner);
    try {
      assert.deepEqual(looks(), looksBefore);
      assert.notEqual(net.Socket.prototype.connect, valuesBefore.find((d) => d?.value?.name === 'connect')?.value);
    } finally {
      netSense.disable(owner);
    }
  });

  it('puts the very same functions back', () => {
    netSense.enable(owner);
    netSense.disable(owner);
    const places = patched();
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as { at: string; owner: object; key: string };
      const now = Object.getOwnPropertyDescriptor(place.owner, place.key);
      assert.equal(now?.value, valuesBefore[i]?.value, place.at);
      assert.equal(now?.get, valuesBefore[i]?.get, place.at);
    }
  });

  it('does not load undici before the application asks for it', () => {
    // Only fetch.ts: the ESM facade of node:http, which the other files import here, loads undici by itself.
    const script = `
      import { senseFetch } from ${source('instrumentations/net/fetch.ts')};
      import { NetFlow } from ${source('instrumentations/net/flow.ts')};
      import { defineSense } from ${source('instrumentations/sense.ts')};
      const before = fetch;
      defineSense('net', (patch) => senseFetch(patch, new NetFlow())).enable({});
      const loaded = () => process.moduleLoadList.some((name) => name.includes('undici/undici'));
      console.log(fetch !== before, loaded(), typeof WebSocket, loaded());`;
    assert.equal(run(script), 'true false function true');
  });
});

describe('the net sense', () => {
  let echo: net.Server;
  let web: http.Server;

  before(async () => {
    echo = net.createServer((socket) => socket.on('error', () => {}).end());
    web = http.createServer((request, response) => {
      if (request.url?.startsWith('/elsewhere')) {
        response.writeHead(302, { location: `http://127.0.0.1:${portOf(web)}/` });
      } else if (request.url?.startsWith('/here')) response.writeHead(302, { location: '/' });
      else if (request.url?.startsWith('/events')) response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('data: x\n\n');
    });
    await Promise.all([once(echo.listen(0), 'listening'), once(web.listen(0), 'listening')]);
  });
  after(() => {
    echo.close();
    web.closeAllConnections();
    web.close();
  });
  beforeEach(() => {
    recorder = new ActRecorder();
    netSense.enable(owner);
  });
  afterEach(() => {
    netSense.disable(owner);
    recorder.restore();
    assert.deepEqual(recorder.failures, []);
  });

  describe('connecting', () => {
    const forms: [string, (port: number) => net.Socket, string][] = [
      ['net.connect(port)', (port) => net.connect(port), 'localhost'],
      ['net.connect(port, host)', (port) => net.connect(port, 'localhost'), 'localhost'],
      ['net.connect(string port)', (port) => net.connect(`${port}` as never), 'localhost'],
      ['net.createConnection(options)', (port) => net.createConnection({ port, host: '127.0.0.1' }), '127.0.0.1'],
      ['socket.connect(port, host)', (port) => new net.Socket().connect(port, '127.0.0.1'), '127.0.0.1'],
      ['socket.connect(options)', (port) => new net.Socket().connect({ port, host: '::1' }), '[::1]'],
      [
        'a captured reference',
        (port) => Reflect.apply(net.Socket.prototype.connect, new net.Socket(), [{ port }]) as net.Socket,
        'localhost',
      ],
    ];
    for (const [title, connect, host] of forms) {
      it(`tells once of ${title}, with the host as it was named`, async () => {
        const port = portOf(echo);
        const socket = connect(port);
        socket.on('error', () => {}); // a machine without IPv6
        await once(socket, 'close');
        assert.deepEqual(recorder.told(), [`connect ${host}:${port}`]);
        assert.equal(recorder.all[0]?.ended, 1);
      });
    }

    it('says which address the host became', async () => {
      await once(net.connect(portOf(echo), 'localhost').resume(), 'close');
      const { attributes } = recorder.all[0] as { attributes: Record<string, unknown> };
      assert.equal(attributes['server.address'], 'localhost');
      assert.equal(attributes['server.port'], portOf(echo));
      assert.match(`${attributes['network.peer.address']}`, /^(127\.0\.0\.1|::1)$/);
      assert.equal(attributes['network.transport'], 'tcp');
    });

    it('ends with the error of a connection that failed, and leaves it unhandled for others', async () => {
      const closed = net.createServer();
      await once(closed.listen(0, '127.0.0.1'), 'listening');
      const port = portOf(closed);
      await new Promise((done) => closed.close(done));
      recorder.clear();
      const socket = net.connect(port, '127.0.0.1');
      assert.equal(socket.listenerCount('error'), 0);
      const [error] = (await once(socket, 'error')) as [Error];
      assert.equal(recorder.all[0]?.error, error);
      assert.equal(recorder.all[0]?.ended, 1);
    });

    it('tells of a Unix socket by its absolute path', { skip: process.platform === 'win32' }, async () => {
      const path = join(tmpdir(), `diogenesis-net-${process.pid}.sock`);
      const server = net.createServer((socket) => socket.end());
      await once(server.listen(path), 'listening');
      await once(net.connect(path).resume(), 'close');
      await once(net.connect({ path }).resume(), 'close');
      server.close();
      assert.deepEqual(recorder.told(), [`listen unix:${path}`, `connect unix:${path}`, `connect unix:${path}`]);
    });

    it('sees through options that name another host the second time they are read', async () => {
      let reads = 0;
      const options = {
        port: portOf(echo),
        get host() {
          return reads++ === 0 ? '127.0.0.1' : 'second-answer.invalid';
        },
      };
      const socket = new net.Socket().connect(options);
      await once(socket.resume(), 'close');
      assert.deepEqual(recorder.told(), [`connect 127.0.0.1:${portOf(echo)}`]);
      assert.equal(recorder.all[0]?.attributes['network.peer.address'], '127.0.0.1');
    });

    it('tells once of tls.connect and of http2.connect', async () => {
      const port = portOf(echo);
      const secure = tls.connect({ port, host: '127.0.0.1', servername: 'localhost' });
      await once(secure, 'error');
      const session = http2.connect(`http://127.0.0.1:${port}`);
      session.on('error', () => {});
      await once(session, 'close');
      assert.deepEqual(recorder.told(), [`connect 127.0.0.1:${port}`, `connect 127.0.0.1:${port}`]);
    });

    it('leaves a call alone that Node rejects', () => {
      assert.throws(() => net.connect({ port: 70_000 }), { code: 'ERR_SOCKET_BAD_PORT' });
      assert.throws(() => new net.Socket().connect({} as never), { code: 'ERR_MISSING_ARGS' });
      assert.deepEqual(recorder.told(), []);
    });

    it('refuses a connection as the other side would', async () => {
      const refusal = new Refusal();
      recorder.refuse = () => refusal;
      const socket = net.connect(portOf(echo), '127.0.0.1');
      let synchronous = true;
      socket.on('connect', () => assert.fail('connected'));
      const [error] = (await Promise.all([once(socket, 'error'), Promise.resolve()]))[0] as [Error];
      synchronous = false;
      assert.equal(error, refusal);
      assert.equal(synchronous, false);
      assert.equal(socket.destroyed, true);
    });
  });

  describe('http', () => {
    const get = (options: http.RequestOptions | string | URL) =>
      new Promise<void>((done, failed) => {
        http
          .get(options as http.RequestOptions, (response) => response.resume().on('end', done))
          .on('error', failed)
          .on('close', done);
      });

    it('tells of every request once, also when it reuses a connection', async () => {
      const agent = new http.Agent({ keepAlive: true });
      const port = portOf(web);
      await get({ port, agent });
      await get({ port, agent });
      agent.destroy();
      assert.deepEqual(recorder.told(), [`connect localhost:${port}`, `connect localhost:${port}`]);
      for (const { attributes, ended } of recorder.all.filter(({ act }) => act.operation === 'connect')) {
        assert.match(`${attributes['network.peer.address']}`, /^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
        assert.equal(ended, 1);
      }
    });

    it('tells of a request that waits for a free connection when it is made, and of nothing later', async () => {
      const agent = new http.Agent({ maxSockets: 1 });
      const port = portOf(web);
      await Promise.all([get({ port, agent }), get({ port, agent }), get({ port, agent })]);
      assert.deepEqual(recorder.told(), Array(3).fill(`connect localhost:${port}`));
    });

    it('keeps path, query and credentials of a URL out of everything', async () => {
      await get(`http://user:hunter2@localhost:${portOf(web)}/path?token=s3cret#part`);
      assert.doesNotMatch(JSON.stringify(recorder.all), /hunter2|s3cret|path\?|part/);
      assert.deepEqual(recorder.told(), [`connect localhost:${portOf(web)}`]);
    });

    it('tells of a request that brings its own connection', async () => {
      const port = portOf(web);
      await get({ port, host: '127.0.0.1', createConnection: (options) => net.connect(options as net.NetConnectOpts) });
      assert.deepEqual([...new Set(recorder.told())], [`connect 127.0.0.1:${port}`]);
    });

    it('tells of the other host when an agent connects somewhere else', async () => {
      const port = portOf(web);
      class Elsewhere extends http.Agent {
        override createConnection() {
          return net.connect(port, '127.0.0.1');
        }
      }
      await get({ port: 8080, host: 'example.invalid', agent: new Elsewhere() });
      assert.deepEqual(recorder.told(), ['connect example.invalid:8080', `connect 127.0.0.1:${port}`]);
    });

    it('refuses a request with an error event and connects to nobody', async () => {
      const refusal = new Refusal();
      recorder.refuse = () => refusal;
      let connections = 0;
      web.on('connection', () => connections++);
      await assert.rejects(get({ port: portOf(web) }), refusal);
      await assert.rejects(get({ port: portOf(web), agent: false }), refusal);
      assert.equal(connections, 0);
    });
  });

  describe('the web globals', () => {
    it('tells of fetch once, for a string, a URL and a Request', async () => {
      const url = `http://localhost:${portOf(web)}/?secret=1`;
      for (const input of [url, new URL(url), new Request(url)]) await (await fetch(input)).text();
      assert.deepEqual(recorder.told(), Array(3).fill(`connect localhost:${portOf(web)}`));
      assert.doesNotMatch(JSON.stringify(recorder.all), /secret/);
      for (const { ended, act } of recorder.all) if (!act.impliedByNode) assert.equal(ended, 1);
    });

    it('tells of the host that a redirect leads to, and not of one within the host', async () => {
      const port = portOf(web);
      await (await fetch(`http://localhost:${port}/here`)).text();
      assert.deepEqual(recorder.told(), [`connect localhost:${port}`]);
      recorder.clear();
      await (await fetch(`http://localhost:${port}/elsewhere`)).text();
      assert.deepEqual(recorder.told(), [`connect localhost:${port}`, `connect 127.0.0.1:${port}`]);
    });

    it('tells what is sent from what is only asked for, and reads no option twice', async () => {
      const url = `http://localhost:${portOf(web)}/`;
      let reads = 0;
      const lazy = {
        get method() {
          reads++;
          return 'POST';
        },
      };
      const sends = async (act: () => Promise<unknown>) => {
        recorder.clear();
        await act();
        const told = recorder.all.filter((one) => one.act.operation === 'connect' && one.act.impliedByNode !== true);
        return told.map(({ act: { sends: isSent } }) => isSent);
      };
      assert.deepEqual(await sends(async () => (await fetch(url, { method: 'POST', body: 'x' })).text()), [true]);
      assert.deepEqual(await sends(async () => (await fetch(url, { method: 'put', body: 'x' })).text()), [true]);
      assert.deepEqual(await sends(async () => (await fetch(new Request(url, { method: 'POST' }))).text()), [true]);
      assert.deepEqual(await sends(async () => (await fetch(url)).text()), [false]);
      assert.deepEqual(await sends(async () => (await fetch(url, { method: 'DELETE' })).text()), [false]);
      // What cannot be seen without running their code is not seen.
      assert.deepEqual(await sends(async () => (await fetch(url, lazy)).text()), [false]);
      assert.equal(reads, 1);
      const post = (method: string) => async () => {
        const request = http.request(url, { method }).end();
        const [response] = (await once(request, 'response')) as [http.IncomingMessage];
        await once(response.resume(), 'end');
      };
      assert.deepEqual(await sends(post('PATCH')), [true]);
      assert.deepEqual(await sends(post('GET')), [false]);
    });

    it('does not read an input twice', async () => {
      let reads = 0;
      const input = { toString: () => `http://localhost:${portOf(web)}/${reads++}` };
      await (await fetch(input as never)).text();
      assert.equal(reads, 1);
      assert.deepEqual(recorder.told(), [`connect localhost:${portOf(web)}`]);
    });

    it('tells of nothing that stays inside the process', async () => {
      assert.equal(await (await fetch('data:text/plain,hi')).text(), 'hi');
      await assert.rejects(fetch('not a url'), TypeError);
      assert.deepEqual(recorder.told(), []);
    });

    it('tells of a WebSocket once, on the stack of whoever opens it', async () => {
      const port = portOf(web);
      class Mine extends WebSocket {}
      for (const Class of [WebSocket, Mine]) {
        recorder.clear();
        const socket = new Class(`ws://localhost:${port}/?token=x`);
        assert.deepEqual(recorder.told(), [`connect localhost:${port}`]);
        await new Promise((done) => socket.addEventListener('error', done));
        assert.deepEqual(recorder.told(), [`connect localhost:${port}`]);
        assert.doesNotMatch(JSON.stringify(recorder.all), /token/);
      }
    });

    it('tells of an EventSource once, however often it connects again', () => {
      const output = runWithSense(
        `
        const { createServer } = await import('node:http');
        let requests = 0;
        const server = createServer((request, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.end('retry: 1\\ndata: x\\n\\n');
          if (++requests === 3) { source.close(); server.close(); server.closeAllConnections(); }
        });
        await new Promise((done) => server.listen(0, done));
        const source = new EventSource('http://localhost:' + server.address().port);
        server.on('close', () => console.log(told.filter((act) => act === 'connect').length, requests));
      `,
        ['--experimental-eventsource'],
      );
      assert.equal(output, '1 3');
    });

    it('refuses fetch with a rejection, and a WebSocket with an error event', async () => {
      const refusal = new Refusal();
      recorder.refuse = () => refusal;
      let connections = 0;
      web.on('connection', () => connections++);
      await assert.rejects(fetch(`http://localhost:${portOf(web)}/`), refusal);
      const socket = new WebSocket(`ws://127.0.0.1:${portOf(web)}/`);
      await new Promise((done) => socket.addEventListener('error', done));
      assert.equal(connections, 0);
    });
  });

  describe('listening', () => {
    const forms: [string, (server: net.Server) => net.Server, string][] = [
      ['listen()', (server) => server.listen(), '*:0'],
      ['listen(0)', (server) => server.listen(0), '*:0'],
      ['listen(0, host)', (server) => server.listen(0, '127.0.0.1'), '127.0.0.1:0'],
      ['listen({ port, host })', (server) => server.listen({ port: 0, host: '127.0.0.1' }), '127.0.0.1:0'],
      ['listen(callback)', (server) => server.listen(() => {}), '*:0'],
    ];
    for (const [title, listen, target] of forms) {
      it(`tells once of ${title}`, async () => {
        const server = listen(net.createServer());
        await once(server, 'listening');
        assert.deepEqual(recorder.told(), [`listen ${target}`]);
        assert.equal(recorder.all[0]?.attributes['network.local.port'], portOf(server));
        server.close();
      });
    }

    const { BoundSocket } = net as unknown as { BoundSocket?: new (options: object) => { address(): AddressInfo } };
    it('tells of a socket that was bound before', { skip: BoundSocket === undefined }, async () => {
      const bound = new (BoundSocket as NonNullable<typeof BoundSocket>)({ port: 0, host: '127.0.0.1' });
      const { port } = bound.address();
      const server = net.createServer().listen(bound as never);
      await once(server, 'listening');
      server.close();
      assert.deepEqual(recorder.told(), [`listen 127.0.0.1:${port}`]);
    });

    it('refuses a port with an error event', async () => {
      const refusal = new Refusal();
      recorder.refuse = () => refusal;
      const server = http.createServer();
      const [error] = (await once(server.listen(0), 'error').catch((error) => [error])) as [Error];
      assert.equal(error, refusal);
      assert.equal(server.listening, false);
    });
  });

  describe('datagrams', () => {
    it('tells once of a bind and of each send, whatever the form and though Node queues the first', async () => {
      const receiver = dgram.createSocket('udp4');
      receiver.bind(0, '127.0.0.1');
      await once(receiver, 'listening');
      const { port } = receiver.address();
      const sender = dgram.createSocket('udp4');
      await new Promise<void>((done) => sender.send('a', port, 'localhost', () => done()));
      await new Promise<void>((done) => sender.send(Buffer.from('abc'), 0, 1, port, '127.0.0.1', () => done()));
      await new Promise<void>((done) => sender.send(['a', 'b'], port, () => done()));
      sender.close();
      receiver.close();
      assert.deepEqual(recorder.told(), [
        'listen 127.0.0.1:0',
        `connect localhost:${port}`,
        `connect 127.0.0.1:${port}`,
        `connect 127.0.0.1:${port}`,
      ]);
    });

    it('tells of the connect of a connected socket, not of what it sends', async () => {
      const receiver = dgram.createSocket('udp4');
      receiver.bind(0, '127.0.0.1');
      await once(receiver, 'listening');
      const { port } = receiver.address();
      const sender = dgram.createSocket('udp4');
      await new Promise<void>((done) => sender.connect(port, 'localhost', done));
      await new Promise<void>((done) => sender.send('a', () => done()));
      await new Promise<void>((done) => sender.send(Buffer.from('abc'), 0, 2, () => done()));
      sender.close();
      receiver.close();
      assert.deepEqual(recorder.told(), ['listen 127.0.0.1:0', `connect localhost:${port}`]);
    });

    it('refuses in the callback, or with an error event', async () => {
      const refusal = new Refusal();
      recorder.refuse = () => refusal;
      const socket = dgram.createSocket('udp4');
      assert.equal(await new Promise((done) => socket.send('x', 9, '127.0.0.1', done)), refusal);
      assert.equal(await new Promise((done) => socket.connect(9, '127.0.0.1', done as () => void)), refusal);
      socket.bind(0);
      await assert.rejects(once(socket, 'listening'), refusal);
      socket.close();
    });
  });

  describe('resolving', () => {
    const offline = () => {
      const resolver = new dns.Resolver({ timeout: 50, tries: 1 });
      resolver.setServers(['127.0.0.1:1']);
      return resolver;
    };

    it('tells once of a lookup in each form, and not of a literal address', async () => {
      await new Promise((done) => dns.lookup('localhost', done));
      await new Promise((done) => dns.lookup('localhost', { all: true }, done));
      await dns.promises.lookup('localhost');
      await dns.promises.lookup('127.0.0.1');
      assert.deepEqual(recorder.told(), Array(3).fill('dns localhost'));
      assert.match(`${recorder.all[0]?.attributes['dns.answers']}`, /127\.0\.0\.1|::1/);
      for (const { ended } of recorder.all) assert.equal(ended, 1);
    });

    it('tells of resolver objects, in callbacks and promises', async () => {
      const failed = await new Promise((done) => offline().resolve4('a.invalid', done));
      assert.equal(recorder.all[0]?.error, failed);
      await new Promise((done) => offline().resolve('b.invalid', 'TXT', done));
      const resolver = new dns.promises.Resolver({ timeout: 50, tries: 1 });
      resolver.setServers(['127.0.0.1:1']);
      await assert.rejects(resolver.resolveMx('c.invalid'));
      assert.deepEqual(recorder.told(), ['dns a.invalid', 'dns b.invalid', 'dns c.invalid']);
    });

    it('marks the lookup that a connect makes as implied, and only that', async () => {
      await once(net.connect(portOf(echo), 'localhost').resume(), 'close');
      assert.deepEqual(recorder.told(), [`connect localhost:${portOf(echo)}`]);
    });

    it('leaves a rejection unhandled when nobody handles it', () => {
      const output = runWithSense(`
        process.on('unhandledRejection', (reason) => console.log('unhandled', reason.hostname));
        const resolver = new (await import('node:dns')).promises.Resolver({ timeout: 50, tries: 1 });
        resolver.setServers(['127.0.0.1:1']);
        resolver.resolve4('d.invalid');
      `);
      assert.equal(output, 'unhandled d.invalid');
    });

    it('refuses in the callback, or with a rejection', async () => {
      const refusal = new Refusal();
      recorder.refuse = () => refusal;
      assert.equal(await new Promise((done) => dns.lookup('localhost', done)), refusal);
      assert.equal(await new Promise((done) => dns.resolve4('localhost', done)), refusal);
      await assert.rejects(dns.promises.lookup('localhost'), refusal);
      await assert.rejects(new dns.promises.Resolver().resolveTxt('localhost'), refusal);
    });
  });
});
