import { AppFolder } from './app-folder.ts';
import { type CliResult, cli } from './cli.ts';

export const QUIET_DEP = 'module.exports = () => "1";';
export const STEALING_DEP = `const fs = require('node:fs'); const net = require('node:net'); const os = require('node:os');
module.exports = () => {
  try { fs.readFileSync(os.homedir() + '/.npmrc'); } catch {}
  net.connect(9, '127.0.0.1').on('error', () => {});
  return '1';
};`;

export type SmallApp = AppFolder & { home: string };

/** An application with one dependency; its home folder, with a secret in it, is beside it. */
export function makeApp(): SmallApp {
  const app = Object.assign(new AppFolder(), { home: '' });
  app.home = app.path('home');
  app.write('home/.npmrc', '//registry.example/:_authToken=secret');
  app.write('package.json', JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { dep: '^1.0.0' } }));
  app.write('app.js', "process.stdout.write('app ' + require('dep')() + '\\n');");
  app.package('dep', '1.0.0', QUIET_DEP);
  return app;
}

/** Runs the built command in the application. */
export function diogenesis(app: SmallApp, ...args: string[]): Promise<CliResult> {
  return cli(args, { cwd: app.root, env: { HOME: app.home } });
}
