import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder for a made-up application, removed when the test ends. */
export class AppFolder {
  readonly root: string;

  constructor(prefix = 'diogenesis-app-') {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  }

  path(relative: string): string {
    return join(this.root, relative);
  }

  write(relative: string, content: string): string {
    const file = this.path(relative);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  /** A package in `folder` (default node_modules/NAME) with one main file. */
  package(name: string, version: string, main: string, more: Record<string, unknown> = {}, folder?: string): string {
    const at = folder ?? `node_modules/${name}`;
    this.write(`${at}/package.json`, JSON.stringify({ name, version, main: 'index.js', ...more }));
    return this.write(`${at}/index.js`, main);
  }

  link(target: string, at: string): void {
    mkdirSync(dirname(this.path(at)), { recursive: true });
    symlinkSync(this.path(target), this.path(at), 'dir');
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}
