/**
 * The folder of one scenario: an application, a made-up home with canary secrets, a private PATH with stub programs that
 * only write a line into a log, and a private temporary folder. Nothing outside of it is touched.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sinks } from './sinks.ts';
import type { Files } from './types.ts';

/** Programs that payloads like to call. Those that answer something do so with a canary. */
const STUBS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'bun curl wget python3 docker claude gemini trufflehog osascript powershell systemctl launchctl crontab nc npx shutdown'
      .split(' ')
      .map((name) => [name, '']),
  ),
  gh: 'case "$*" in "auth token") echo "@CANARY@";; esac',
};

const HOME: Files = {
  '.npmrc': '//registry.npmjs.example/:_authToken=@CANARY@\n',
  '.aws/credentials': '[default]\naws_access_key_id = AKIA@CANARY@\naws_secret_access_key = @CANARY@\n',
  '.aws/config': '[default]\nregion = eu-central-1\n',
  '.ssh/id_ed25519': '-----BEGIN OPENSSH PRIVATE KEY-----\n@CANARY@\n-----END OPENSSH PRIVATE KEY-----\n',
  '.ssh/config': 'Host build\n  User ci\n',
  '.kube/config': 'apiVersion: v1\nkind: Config\nusers:\n- name: ci\n  user: { token: "@CANARY@" }\n',
  '.docker/config.json': '{"auths":{"registry.example":{"auth":"@CANARY@"}}}\n',
  '.config/gh/hosts.yml': 'github.com:\n  oauth_token: @CANARY@\n',
  '.config/gcloud/application_default_credentials.json': '{"type":"authorized_user","refresh_token":"@CANARY@"}\n',
  '.netrc': 'machine git.example login ci password @CANARY@\n',
  '.git-credentials': 'https://ci:@CANARY@@git.example\n',
  '.config/google-chrome/Default/Login Data': 'SQLite format 3\n@CANARY@\n',
  '.config/google-chrome/Default/Local Storage/leveldb/000003.log': 'token "@CANARY@"\n',
  '.config/discord/Local Storage/leveldb/000005.ldb': 'token "@CANARY@"\n',
  '.config/Exodus/exodus.wallet/seed.seco': '@CANARY@\n',
  '.config/solana/id.json': '"@CANARY@"\n',
  '.claude.json': '{"oauthAccount":{"token":"@CANARY@"}}\n',
  '.cursor/mcp.json': '{"mcpServers":{}}\n',
  '.bash_history': 'export TOKEN=@CANARY@\n',
  '.bashrc': '# ~/.bashrc\nalias ll="ls -l"\n',
  '.zshrc': '# ~/.zshrc\n',
  '.profile': '# ~/.profile\n',
  '.gitconfig': '[user]\n  name = CI\n  email = ci@example.org\n',
  'Documents/notes.txt': 'remember the milk\n',
  'Documents/letter.md': '# Dear all\n',
};

export class World {
  readonly root: string;
  readonly app: string;
  readonly home: string;
  readonly canary: string;
  private readonly sinks: Sinks;

  constructor(root: string, sinks: Sinks) {
    this.root = root;
    this.app = join(root, 'app');
    this.home = join(root, 'home');
    this.sinks = sinks;
    this.canary = `cnry${randomBytes(14).toString('hex')}`;
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
  }

  path(relative: string): string {
    return join(this.root, relative);
  }

  fill(text: string): string {
    return this.sinks
      .fill(text)
      .replaceAll('@CANARY@', this.canary)
      .replaceAll('@APP@', this.app)
      .replaceAll('@HOME@', this.home);
  }

  write(relative: string, text: string, mode?: number): void {
    const file = join(this.root, relative);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, this.fill(text));
    if (mode !== undefined) chmodSync(file, mode);
  }

  read(relative: string): string {
    try {
      return readFileSync(join(this.root, relative), 'utf8');
    } catch {
      return '';
    }
  }

  /** A fresh home, temporary folder and log, and an application without files; what it learned so far stays. */
  reset(stubs: Readonly<Record<string, string>> = {}, keep: readonly string[] = []): void {
    for (const folder of ['home', 'tmp', 'bin', 'log']) {
      // A child that outlived its run may still be writing.
      rmSync(this.path(folder), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
      mkdirSync(this.path(folder), { recursive: true });
    }
    for (const [file, text] of Object.entries(HOME)) this.write(join('home', file), text);
    for (const [name, text] of Object.entries({ ...STUBS, ...stubs })) {
      const log = `printf '%s %s\\n' ${name} "$*" >> '${this.path('log/stubs')}'`;
      this.write(join('bin', name), `#!/bin/sh\n${log}\n${text}\n`, 0o755);
    }
    if (!existsSync(this.app)) mkdirSync(this.app);
    for (const entry of readdirSync(this.app)) {
      if (!['.diogenesis', 'diogenesis.lock.json', ...keep].includes(entry)) {
        rmSync(join(this.app, entry), { recursive: true, force: true });
      }
    }
  }

  /** Puts what was learned aside under a name; the application has none afterwards. */
  keepLearned(name: string): void {
    rmSync(this.path(`learned/${name}`), { recursive: true, force: true });
    mkdirSync(this.path(`learned/${name}`), { recursive: true });
    for (const entry of ['.diogenesis', 'diogenesis.lock.json']) {
      if (existsSync(join(this.app, entry))) {
        cpSync(join(this.app, entry), this.path(`learned/${name}/${entry}`), { recursive: true });
      }
    }
  }

  /** The application has this lock file now; with `sessions` also the observations behind it. */
  restoreLearned(name: string | undefined, sessions = false): void {
    for (const entry of ['.diogenesis', 'diogenesis.lock.json']) {
      rmSync(join(this.app, entry), { recursive: true, force: true });
      if (name === undefined || (entry === '.diogenesis' && !sessions)) continue;
      const kept = this.path(`learned/${name}/${entry}`);
      if (existsSync(kept)) cpSync(kept, join(this.app, entry), { recursive: true });
    }
  }

  takeFindings(): string {
    const file = this.path('log/findings.jsonl');
    if (!existsSync(file)) return '';
    const text = readFileSync(file, 'utf8');
    renameSync(file, this.path('log/findings.last.jsonl'));
    return text;
  }

  environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    return {
      PATH: [this.path('bin'), dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      HOME: this.home,
      TMPDIR: this.path('tmp'),
      LANG: 'C.UTF-8',
      USER: 'ci',
      SHELL: '/bin/sh',
      GIT_CONFIG_NOSYSTEM: '1',
      OTEL_SDK_DISABLED: 'true',
      npm_config_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, this.fill(value)])),
    };
  }
}
