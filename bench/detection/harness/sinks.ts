/**
 * Where stolen things go: HTTP (with web sockets), raw TCP and DNS on three loopback addresses of a scenario's own.
 * Every arrival is timed, and searched for the run's canaries in the clear, in hex and in base64.
 */
import { createHash } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

export interface Arrival {
  readonly time: number;
  readonly channel: 'http' | 'tcp' | 'dns' | 'ws';
  /** Path, DNS name or nothing. */
  readonly where: string;
  secret: boolean;
  /** What came, of HTTP only. */
  text: string;
}

export class Sinks implements AsyncDisposable {
  readonly addresses: readonly string[];
  readonly arrivals: Arrival[] = [];
  private port = 0;
  private needles: string[] = [];
  private serves: Readonly<Record<string, string>> = {};
  /** First labels of all DNS names, and all TCP bytes, one after the other: secrets come in pieces. */
  private readonly joined = { dns: '', tcp: '' };
  private readonly servers: (net.Server | dgram.Socket)[] = [];
  private readonly sockets = new Set<net.Socket>();

  private constructor(seed: Buffer) {
    this.addresses = [2, 3, 4].map((last) => `127.${20 + (byte(seed, 0) % 200)}.${byte(seed, 1)}.${last}`);
  }

  /** Addresses and ports follow from the name, so that every run of the bench meets the same ones. */
  static async open(name: string): Promise<Sinks> {
    const seed = createHash('sha256').update(name).digest();
    const sinks = new Sinks(seed);
    let port = 10_000 + (seed.readUInt16BE(2) % 20_000);
    for (let attempt = 0; ; attempt++, port += 3) {
      try {
        await sinks.listen(port);
        return sinks;
      } catch (error) {
        await sinks.stop();
        if (attempt === 20) throw error;
      }
    }
  }

  /** `@A@`, `@B@`, `@C@` are the addresses; `@PORT@`, `@TCP@`, `@DNS@` the ports. */
  fill(text: string): string {
    return text.replace(/@(A|B|C|PORT|TCP|DNS)@/g, (_, name: string) => {
      const index = 'ABC'.indexOf(name);
      if (index >= 0 && name.length === 1) return this.addresses[index] as string;
      return String(this.port + ['PORT', 'TCP', 'DNS'].indexOf(name));
    });
  }

  /** Forgets what arrived and looks for these canaries from now on. */
  expect(canaries: readonly string[], serves: Readonly<Record<string, string>> = {}): void {
    this.arrivals.length = 0;
    this.joined.dns = '';
    this.joined.tcp = '';
    this.serves = serves;
    this.needles = canaries.flatMap(encodings);
  }

  firstSecret(): number | undefined {
    return this.arrivals.find(({ secret }) => secret)?.time;
  }

  holdsSecret(text: string): boolean {
    return this.needles.some((needle) => text.includes(needle));
  }

  private async listen(port: number): Promise<void> {
    this.port = port;
    for (const address of this.addresses) {
      const web = http.createServer((request, response) => this.onRequest(request, response));
      web.on('upgrade', (request, socket) => this.onUpgrade(request, socket as net.Socket));
      const raw = net.createServer((socket) => this.onSocket(socket));
      for (const [server, at] of [
        [web, port],
        [raw, port + 1],
      ] as const) {
        server.on('connection', (socket: net.Socket) => {
          this.sockets.add(socket);
          socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
        });
        this.servers.push(server);
        server.listen(at, address);
        await once(server, 'listening');
      }
      const names = dgram.createSocket('udp4');
      this.servers.push(names);
      names.on('message', (query, from) => this.onQuery(names, query, from));
      names.bind(port + 2, address);
      await once(names, 'listening');
    }
  }

  private onRequest(request: http.IncomingMessage, response: http.ServerResponse): void {
    const path = request.url ?? '/';
    let text = `${request.method} ${decode(path)} ${JSON.stringify(request.headers)}`;
    const arrival: Arrival = { time: Date.now(), channel: 'http', where: path, secret: this.holdsSecret(text), text };
    this.arrivals.push(arrival);
    request.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      arrival.text = text;
      arrival.secret ||= this.holdsSecret(text);
    });
    request.on('error', () => {});
    request.on('end', () => {
      const served = this.serves[path.split('?')[0] as string];
      response.setHeader('content-type', served === undefined ? 'application/json' : 'application/octet-stream');
      response.end(served === undefined ? '{"ok":true}' : this.fill(served));
    });
  }

  private onUpgrade(request: http.IncomingMessage, socket: net.Socket): void {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    this.arrivals.push({ time: Date.now(), channel: 'ws', where: request.url ?? '/', secret: false, text: '' });
    const push = this.serves.ws;
    if (push !== undefined) socket.write(frame(this.fill(push)));
    let pending = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let length = frameLength(pending); length > 0 && length <= pending.length; length = frameLength(pending)) {
        const text = unmask(pending.subarray(0, length));
        pending = pending.subarray(length);
        this.arrivals.push({
          time: Date.now(),
          channel: 'ws',
          where: 'message',
          secret: this.holdsSecret(text),
          text: '',
        });
      }
    });
  }

  private onSocket(socket: net.Socket): void {
    socket.setEncoding('latin1').on('data', (chunk) => {
      this.joined.tcp += chunk;
      this.arrivals.push({
        time: Date.now(),
        channel: 'tcp',
        where: '',
        secret: this.holdsSecret(this.joined.tcp),
        text: '',
      });
    });
  }

  private onQuery(server: dgram.Socket, query: Buffer, from: dgram.RemoteInfo): void {
    const labels: string[] = [];
    let at = 12;
    while (at < query.length && byte(query, at) !== 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + byte(query, at)));
      at += byte(query, at) + 1;
    }
    this.joined.dns += labels[0] ?? '';
    this.arrivals.push({
      time: Date.now(),
      channel: 'dns',
      where: labels.join('.'),
      secret: this.holdsSecret(this.joined.dns),
      text: '',
    });
    const question = query.subarray(12, at + 5);
    const header = Buffer.from([byte(query, 0), byte(query, 1), 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    const octets = (this.addresses[0] as string).split('.').map(Number);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...octets]);
    server.send(Buffer.concat([header, question, answer]), from.port, from.address);
  }

  private async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    for (const server of this.servers.splice(0)) {
      try {
        server.close();
      } catch {
        // It never listened.
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Every form in which a secret is looked for. A base64 needle leaves out the edges, which depend on the alignment. */
export function encodings(secret: string): string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.from('x'.repeat(shift) + secret).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  const hex = Buffer.from(secret).toString('hex');
  return [secret, [...secret].reverse().join(''), hex, ...base64];
}

function decode(path: string): string {
  try {
    return `${path} ${decodeURIComponent(path)}`;
  } catch {
    return path;
  }
}

function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? [0x81, body.length] : [0x81, 126, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from(head), body]);
}

/** Of the masked frame at the start: whole length in bytes, 0 while its head is not there yet. */
function frameLength(buffer: Buffer): number {
  if (buffer.length < 4) return 0;
  const length = byte(buffer, 1) & 127;
  return length === 126 ? 8 + buffer.readUInt16BE(2) : 6 + length;
}

function unmask(chunk: Buffer): string {
  const at = (byte(chunk, 1) & 127) === 126 ? 4 : 2;
  const mask = chunk.subarray(at, at + 4);
  return Buffer.from(chunk.subarray(at + 4).map((value, index) => value ^ byte(mask, index % 4))).toString('latin1');
}

function byte(buffer: Buffer, index: number): number {
  return buffer[index] ?? 0;
}
