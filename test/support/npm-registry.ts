import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/**
 * A registry on this machine: this package as `npm pack` makes it, the packages that a test adds, and whatever this
 * checkout has installed.
 */
export class NpmRegistry {
  private readonly scratch = mkdtempSync(join(tmpdir(), 'diogenesis-registry-'));
  private readonly versions = new Map<string, Map<string, Buffer>>();
  private readonly server: Server;
  private readonly places = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages);
  private port = 0;

  private constructor() {
    this.server = createServer((request, response) => {
      const [, name = '', version] =
        /^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/(.+)\.tgz)?$/.exec(decodeURIComponent(request.url ?? '')) ?? [];
      const body = version === undefined ? this.packument(name) : this.versions.get(name)?.get(version);
      if (body === undefined) response.writeHead(404).end();
      else response.end(body);
    });
  }

  static async start(): Promise<NpmRegistry> {
    const registry = new NpmRegistry();
    registry.server.listen(0, '127.0.0.1');
    await once(registry.server, 'listening');
    registry.port = (registry.server.address() as AddressInfo).port;
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Publishes a folder. */
  publish(folder: string): void {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = join(this.scratch, 'folder.tgz');
    // As `npm pack` does it: everything below one folder, `package`.
    execFileSync('tar', [
      '-czf',
      file,
      '--transform',
      's,^\\.,package,',
      '--exclude',
      './node_modules',
      '-C',
      folder,
      '.',
    ]);
    this.add(name, version, readFileSync(file));
  }

  private add(name: string, version: string, tarball: Buffer): void {
    const known = this.versions.get(name) ?? new Map<string, Buffer>();
    this.versions.set(name, known.set(version, tarball));
  }

  private packument(name: string): string | undefined {
    if (!this.versions.has(name)) this.find(name);
    const known = this.versions.get(name);
    if (known === undefined) return undefined;
    const versions: Record<string, object> = {};
    for (const [version, tarball] of known) {
      const manifest = execFileSync('tar', ['-xzOf', '-', 'package/package.json'], {
        input: tarball,
        encoding: 'utf8',
      });
      const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
      const hasInstallScript = /"(?:pre|post)?install":/.test(manifest);
      const dist = { tarball: `${this.url}${name}/-/${version}.tgz`, integrity };
      versions[version] = { ...JSON.parse(manifest), hasInstallScript, dist };
    }
    return JSON.stringify({ name, 'dist-tags': { latest: [...known.keys()].at(-1) }, versions });
  }

  private find(name: string): void {
    if (name === 'diogenesis-otel') {
      const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', this.scratch], {
        cwd: ROOT,
        encoding: 'utf8',
      }).trim();
      const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
      this.add(name, version, readFileSync(join(this.scratch, packed)));
    } else {
      // The one at the top last: it is the latest.
      const places = this.places.filter((place) => place.endsWith(`node_modules/${name}`)).reverse();
      for (const place of places) if (existsSync(join(ROOT, place))) this.publish(join(ROOT, place));
    }
  }

  [Symbol.dispose](): void {
    this.server.close();
    this.server.closeAllConnections();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
