import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repository } from '../support/victim-app.ts';
import { debian } from './support/servers.ts';

const promtool = await debian('promtool');
const amtool = await debian('amtool');
const folder = join(repository, 'collector-config');
const reason = (server: typeof promtool) => ('missing' in server ? `skipped, because ${server.missing}` : false);
const run = (server: typeof promtool, ...args: string[]) =>
  spawnSync('binary' in server ? server.binary : '', args, { cwd: folder, encoding: 'utf8' });

describe('the rules for Prometheus', { skip: reason(promtool) }, () => {
  it('are valid', () => {
    const { status, stdout, stderr } = run(promtool, 'check', 'rules', 'prometheus/rules.yaml');
    assert.equal(status, 0, stdout + stderr);
  });

  it('fire when they should and do not when they should not', () => {
    const { status, stdout, stderr } = run(promtool, 'test', 'rules', 'prometheus/rules.test.yaml');
    assert.equal(status, 0, stdout + stderr);
  });
});

describe('the routes of Alertmanager', { skip: reason(amtool) }, () => {
  const config = 'alertmanager/alertmanager.yaml';

  it('are valid', () => {
    const { status, stdout, stderr } = run(amtool, 'check-config', config);
    assert.equal(status, 0, stdout + stderr);
  });

  it('lead every severity to the webhook', () => {
    for (const severity of ['critical', 'warning', 'info']) {
      const { stdout } = run(amtool, 'config', 'routes', 'test', `--config.file=${config}`, `severity=${severity}`);
      assert.equal(stdout.trim(), 'diogenesis-webhook');
    }
  });
});
