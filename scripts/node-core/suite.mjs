/**
 * Runs Node's own tests under a preload as Node's own runner would, and those that fail also without it: what fails only
 * under the preload is a difference that the host sees.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const TIMEOUT = 120_000;
/** How often a test that failed is run again, each way, before it counts. */
const AGAIN = 3;

/** `// Flags:` and `// Env:` of a test, as tools/test.py reads them. */
function headerOf(file) {
  const text = readFileSync(file, 'utf8');
  const words = (name) =>
    [...text.matchAll(new RegExp(`^//\\s*${name}:(.*)$`, 'gm'))]
      .flatMap(([, line]) => line.trim().split(/\s+/))
      .filter(Boolean);
  return {
    flags: words('Flags'),
    env: Object.fromEntries(words('Env').map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
  };
}

export function testsOf(tests, families) {
  const names = ['parallel', 'sequential', 'es-module', 'module-hooks', 'async-hooks', 'test-runner'].flatMap(
    (folder) => {
      try {
        return readdirSync(join(tests, 'test', folder)).map((file) => `${folder}/${file}`);
      } catch {
        return [];
      }
    },
  );
  const files = names.filter((name) => /\/test-[^/]*\.(m|c)?js$/.test(name));
  return families.map(({ name, files: pattern }) => ({
    name,
    files: files.filter((file) => pattern.test(file)).sort(),
  }));
}

export class Suite {
  constructor({ node, tests, preload }) {
    this.node = node;
    this.tests = tests;
    this.preload = preload;
    this.scratch = mkdtempSync(join(tmpdir(), 'node-core-'));
    this.empty = join(this.scratch, 'empty.cjs');
    writeFileSync(this.empty, '');
    this.runs = 0;
  }

  [Symbol.dispose]() {
    rmSync(this.scratch, { recursive: true, force: true });
  }

  /** One test, on one lane: the lane keeps ports apart. */
  run(name, preload, lane, given = {}) {
    const file = join(this.tests, 'test', name);
    const serial = ++this.runs;
    const own = join(this.scratch, String(serial));
    mkdirSync(own);
    const { flags, env: more } = headerOf(file);
    const env = {
      ...process.env,
      NODE_TEST_DIR: own,
      TEST_THREAD_ID: String(lane),
      TEST_SERIAL_ID: String(serial),
      ...more,
    };
    env.NODE_SKIP_FLAG_CHECK = '1';
    for (const key of Object.keys(env))
      if (/^(NODE_OPTIONS$|NODE_TEST_CONTEXT$|OTEL_|DIOGENESIS_|npm_)/.test(key)) delete env[key];
    Object.assign(env, given);
    return new Promise((resolve) => {
      const child = spawn(this.node, [...flags, ...preload, file], {
        cwd: this.tests,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        // A test may leave children behind: they end with it.
        detached: true,
      });
      let said = '';
      let skipped = false;
      const hear = (data) => {
        said = (said + data).slice(-6000);
        if (/^1\.\.0 # Skipped/m.test(String(data))) skipped = true;
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      const end = () => {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {}
      };
      const timer = setTimeout(end, TIMEOUT);
      // A child that was left behind may hold the pipes: what counts is that the test has ended.
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        setTimeout(() => {
          end();
          rmSync(own, { recursive: true, force: true, maxRetries: 2 });
          resolve({ ok: code === 0, code: code ?? signal, skipped, said });
        }, 20);
      });
    });
  }

  /**
   * `passed`, `bare` (fails without us too), `preload` (and under a preload that is empty), `unsteady` (passes and fails
   * either way) or `ours`.
   */
  async judge(name, lane) {
    const first = await this.run(name, this.preload, lane);
    if (first.ok && !first.skipped) return { verdict: 'passed' };
    const bare = await this.run(name, [], lane);
    if (first.ok) return bare.skipped ? { verdict: 'skipped' } : { verdict: 'ours', said: first.said };
    let [failed, failedBare] = [1, bare.ok ? 0 : 1];
    for (let i = 0; i < AGAIN; i++) {
      if (!(await this.run(name, this.preload, lane)).ok) failed++;
      if (!(await this.run(name, [], lane)).ok) failedBare++;
    }
    const counts = `${failed} of ${AGAIN + 1} under the preload, ${failedBare} of ${AGAIN + 1} without`;
    if (failedBare === AGAIN + 1) return { verdict: 'bare', said: bare.said };
    if (failed === AGAIN + 1 && failedBare === 0) {
      // In NODE_OPTIONS, so that the children of the test have it, as they have us.
      const { ok } = await this.run(name, [], lane, { NODE_OPTIONS: `--require ${this.empty}` });
      return { verdict: ok ? 'ours' : 'preload', counts, said: first.said };
    }
    return { verdict: 'unsteady', counts, said: first.said };
  }

  /** Every test of a family; those of sequential/ one at a time, after the others. */
  async family(files, jobs, tell) {
    const results = [];
    const take = async (queue, lane) => {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        const result = { name, ...(await this.judge(name, lane)) };
        results.push(result);
        tell(result);
      }
    };
    const alone = files.filter((name) => name.startsWith('sequential/'));
    const together = files.filter((name) => !name.startsWith('sequential/'));
    await Promise.all(Array.from({ length: jobs }, (_, lane) => take(together, lane + 1)));
    await take(alone, 1);
    return results;
  }
}
