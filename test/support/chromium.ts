/** A headless Chromium that `scripts/install-chromium.mjs` keeps in the cache, or why there is none. */
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import puppeteer, { type Browser } from 'puppeteer-core';

const run = promisify(execFile);

export async function startChromium(): Promise<{ readonly browser: Browser } | { readonly missing: string }> {
  try {
    const script = join(import.meta.dirname, '../../scripts/install-chromium.mjs');
    const { stdout } = await run(process.execPath, [script], { timeout: 100_000 });
    const files = join(stdout.trim(), 'files');
    const libraries = new Set(
      globSync('{usr/,}lib/**/*.so*', { cwd: files }).map((name) => join(files, dirname(name))),
    );
    const browser = await puppeteer.launch({
      executablePath: join(files, 'usr/lib/chromium/chromium-headless-shell'),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      env: {
        ...process.env,
        LD_LIBRARY_PATH: [...libraries].join(':'),
        XDG_DATA_HOME: join(files, 'usr/share'),
      },
    });
    return { browser };
  } catch (error) {
    return { missing: `no Chromium: ${String(error).trim().split('\n').at(-1)}` };
  }
}
