import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClassifier, type Roots } from '../../src/classification/classifier.ts';
import { secretVariable } from '../../src/classification/env-names.ts';
import { SENSITIVE_FILES } from '../../src/classification/sensitive-files.ts';

const roots = (platform: NodeJS.Platform): Roots =>
  platform === 'win32'
    ? {
        app: 'C:/work/shop',
        home: 'C:/Users/Ada',
        tmp: ['C:/Users/Ada/AppData/Local/Temp'],
        user: 'Ada',
        platform,
        self: [],
      }
    : platform === 'darwin'
      ? { app: '/work/shop', home: '/Users/ada', tmp: ['/var/folders/ab/cd/T'], user: 'ada', platform, self: [] }
      : { app: '/work/shop', home: '/home/ada', tmp: ['/tmp'], user: 'ada', platform, self: [] };

function judge(path: string, operation: string): string {
  const platform =
    path[1] === ':' ? 'win32' : path.startsWith('/Users/') || path.startsWith('/Library') ? 'darwin' : 'linux';
  const { sensitivity, family } = createClassifier(roots(platform)).classify({ sense: 'fs', operation, target: path });
  return sensitivity === undefined ? '' : `${sensitivity} ${family}`;
}

describe('reading a place where secrets lie is marked [credential]', () => {
  const rows: [path: string, family: string][] = [
    ['/home/ada/.aws/credentials', 'aws'],
    ['/home/ada/.aws/sso/cache/0a1b2c3d.json', 'aws'],
    ['C:\\Users\\Ada\\.aws\\credentials', 'aws'],
    ['/home/ada/.config/gcloud/application_default_credentials.json', 'gcp'],
    ['C:\\Users\\Ada\\AppData\\Roaming\\gcloud\\credentials.db', 'gcp'],
    ['/work/shop/service-account-prod.json', 'gcp'],
    ['/home/ada/.azure/msal_token_cache.json', 'azure'],
    ['/home/ada/.oci/config', 'oci'],
    ['/home/ada/.config/doctl/config.yaml', 'digitalocean'],
    ['/home/ada/.fly/config.yml', 'fly'],
    ['/home/ada/.local/share/com.vercel.cli/auth.json', 'vercel'],
    ['/Users/ada/Library/Application Support/com.vercel.cli/auth.json', 'vercel'],
    ['/home/ada/.config/netlify/config.json', 'netlify'],
    ['/home/ada/.config/.wrangler/config/default.toml', 'cloudflare'],
    ['/home/ada/.kube/config', 'kubernetes'],
    ['/var/run/secrets/kubernetes.io/serviceaccount/token', 'kubernetes'],
    ['/run/secrets/db_password', 'container-secrets'],
    ['/home/ada/.docker/config.json', 'docker'],
    ['/home/ada/.terraform.d/credentials.tfrc.json', 'terraform'],
    ['/work/shop/infra/terraform.tfstate', 'terraform'],
    ['/home/ada/.vault-token', 'vault'],
    ['/home/ada/.npmrc', 'npm'],
    ['/work/shop/.npmrc', 'npm'],
    ['/home/bob/.npmrc', 'npm'],
    ['/root/.npmrc', 'npm'],
    ['C:\\Users\\Ada\\.npmrc', 'npm'],
    ['/home/ada/.yarnrc.yml', 'yarn'],
    ['/home/ada/.pypirc', 'pypi'],
    ['/home/ada/.gem/credentials', 'gem'],
    ['/home/ada/.cargo/credentials.toml', 'cargo'],
    ['/home/ada/.m2/settings.xml', 'maven'],
    ['/home/ada/.composer/auth.json', 'composer'],
    ['/home/ada/.git-credentials', 'git'],
    ['/home/ada/.netrc', 'netrc'],
    ['C:\\Users\\Ada\\_netrc', 'netrc'],
    ['/home/ada/.config/gh/hosts.yml', 'github'],
    ['C:\\Users\\Ada\\AppData\\Roaming\\GitHub CLI\\hosts.yml', 'github'],
    ['/home/ada/.ssh/id_rsa', 'ssh'],
    ['/home/ada/.ssh/id_ed25519', 'ssh'],
    ['/home/ada/.ssh/work_key', 'ssh'],
    ['/Users/ada/.SSH/ID_RSA', 'ssh'],
    ['/home/ada/.gnupg/private-keys-v1.d/A.key', 'gpg'],
    ['/home/ada/.password-store/mail.gpg', 'gpg'],
    ['/work/shop/certs/server.key', 'private-key'],
    ['/work/shop/certs/server.pem', 'private-key'],
    ['/work/shop/app.p12', 'private-key'],
    ['/etc/shadow', 'passwd'],
    ['/proc/self/environ', 'proc'],
    ['/proc/1234/environ', 'proc'],
    ['/proc/self/root/home/ada/.ssh/id_rsa', 'ssh'],
    ['/home/ada/.bash_history', 'shell-history'],
    ['/home/ada/.zsh_history', 'shell-history'],
    ['/home/ada/.pgpass', 'database'],
    ['/work/shop/.env', 'dotenv'],
    ['/work/shop/.env.production', 'dotenv'],
    ['/work/shop/packages/api/.env.local', 'dotenv'],
    ['/work/shop/prod.env', 'dotenv'],
    ['/home/ada/.config/google-chrome/Default/Login Data', 'browser'],
    ['/Users/ada/Library/Application Support/Google/Chrome/Profile 1/Cookies', 'browser'],
    ['C:\\Users\\Ada\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Network\\Cookies', 'browser'],
    ['C:\\Users\\Ada\\AppData\\Local\\Microsoft\\Edge\\User Data\\Default\\Login Data', 'browser'],
    ['/home/ada/.mozilla/firefox/ab12cd34.default/logins.json', 'browser'],
    ['C:\\Users\\Ada\\AppData\\Roaming\\Mozilla\\Firefox\\Profiles\\ab12.default\\key4.db', 'browser'],
    ['C:\\Users\\Ada\\AppData\\Roaming\\discord\\Local Storage\\leveldb\\000005.ldb', 'discord'],
    ['/home/ada/.config/Slack/Local Storage/leveldb/000003.log', 'slack'],
    ['C:\\Users\\Ada\\AppData\\Roaming\\Telegram Desktop\\tdata\\key_datas', 'telegram'],
    ['/home/ada/.config/solana/id.json', 'wallet'],
    ['/home/ada/.bitcoin/wallet.dat', 'wallet'],
    ['/work/shop/wallets/ada.json', 'wallet'],
    ['/work/shop/data/treasury.seed', 'wallet'],
    ['/work/shop/deploy/shop-keypair.json', 'wallet'],
    ['/work/shop/secrets/db-password.txt', 'secrets-file'],
    ['/work/shop/keys/service.json', 'secrets-file'],
    ['/work/shop/private/token.txt', 'secrets-file'],
    ['/home/ada/.electrum/wallets/default_wallet', 'wallet'],
    ['C:\\Users\\Ada\\AppData\\Roaming\\Exodus\\exodus.wallet\\seed.seco', 'wallet'],
    [
      '/home/ada/.ethereum/keystore/UTC--2016-03-22T12-57-55.920751759Z--7ef5a6135f1fd6a02593eedc869c6d41d934aef8',
      'wallet',
    ],
    ['/home/ada/vault.kdbx', 'password-manager'],
    ['/Users/ada/Library/Keychains/login.keychain-db', 'keychain'],
    ['/home/ada/.local/share/keyrings/login.keyring', 'keychain'],
    ['C:\\Windows\\System32\\config\\SAM', 'windows-secrets'],
    ['/home/ada/.claude/.credentials.json', 'anthropic'],
    ['/home/ada/.codex/auth.json', 'openai'],
    ['/home/ada/.gemini/oauth_creds.json', 'gemini'],
    ['/home/ada/.config/Cursor/User/globalStorage/state.vscdb', 'cursor'],
    ['/home/ada/.cache/huggingface/token', 'huggingface'],
    ['/home/ada/actions-runner/.credentials', 'ci'],
    ['/etc/gitlab-runner/config.toml', 'ci'],
    ['/tmp/elsewhere/.aws/credentials', 'aws'],
  ];
  for (const [path, family] of rows) {
    test(`${path} is ${family}`, () => assert.equal(judge(path, 'read'), `credential ${family}`));
  }
});

describe('ordinary files are not marked', () => {
  const rows: [operation: string, path: string][] = [
    ['read', '/home/ada/.ssh/known_hosts'],
    ['read', '/home/ada/.ssh/id_rsa.pub'],
    ['read', '/home/ada/.ssh/config'],
    ['read', '/work/shop/.env.example'],
    ['read', '/work/shop/environment.ts'],
    ['read', '/work/shop/locales/en/auth.json'],
    ['read', '/work/shop/design/tokens.json'],
    ['read', '/work/shop/certs/ca.pem'],
    ['read', '/work/shop/certs/cacert.pem'],
    ['read', '/work/shop/certs/server-cert.pem'],
    ['read', '/work/shop/certs/fullchain.pem'],
    ['read', '/etc/ssl/certs/ca-certificates.crt'],
    ['read', '/etc/ssl/certs/ISRG_Root_X1.pem'],
    ['read', '/work/shop/server.crt'],
    ['read', '/home/ada/.bashrc'],
    ['read', '/home/ada/.gitconfig'],
    ['read', '/etc/hosts'],
    ['read', '/etc/passwd'],
    ['read', '/opt/google/chrome/chrome'],
    ['read', '/work/shop/package.json'],
    ['read', '/work/shop/.github/workflows/ci.yml'],
    ['read', '/work/shop/CLAUDE.md'],
    ['read', '/work/shop/.vscode/settings.json'],
    ['read', '/work/shop/src/ssh/index.ts'],
    ['read', '/work/shop/node_modules/spdy/keys/spdy-key.pem'],
    ['read', '/work/shop/node_modules/x/.npmrc'],
    ['read', '/work/shop/node_modules/x/test/.env'],
    ['write', '/work/shop/node_modules/x/.travis.yml'],
    ['write', '/work/shop/dist/package.json'],
    ['write', '/work/shop/src/index.js'],
    ['write', '/tmp/clone/.github/workflows/ci.yml'],
    ['write', '/tmp/clone/.git/hooks/pre-commit.sample'],
    ['read', '/work/shop/src/secrets/index.ts'],
    ['read', '/work/shop/src/keys/shortcuts.js'],
    ['read', '/work/shop/private/page.html'],
    ['read', '/tmp/clone/secrets/fixture.txt'],
    ['read', '/work/shop/node_modules/x/keys/a.json'],
    ['write', '/work/shop/docs/profile'],
    ['stat', '/home/ada/.bashrc'],
    ['list', '/home/ada'],
  ];
  for (const [operation, path] of rows) {
    test(`${operation} of ${path}`, () => assert.equal(judge(path, operation), ''));
  }
});

describe('changing what runs again later is marked', () => {
  const rows: [path: string, expected: string][] = [
    ['/home/ada/.bashrc', 'persistence shell-rc'],
    ['/home/ada/.zshrc', 'persistence shell-rc'],
    ['/home/bob/.profile', 'persistence shell-rc'],
    ['/home/ada/.config/fish/config.fish', 'persistence shell-rc'],
    ['C:\\Users\\Ada\\Documents\\WindowsPowerShell\\Microsoft.PowerShell_profile.ps1', 'persistence shell-rc'],
    ['/etc/cron.d/update', 'persistence cron'],
    ['/var/spool/cron/crontabs/ada', 'persistence cron'],
    ['/home/ada/.config/systemd/user/sysmon.service', 'persistence systemd'],
    ['/etc/systemd/system/x.service', 'persistence systemd'],
    ['/Users/ada/Library/LaunchAgents/com.x.plist', 'persistence launchd'],
    ['/Library/LaunchDaemons/com.x.plist', 'persistence launchd'],
    ['/home/ada/.config/autostart/x.desktop', 'persistence autostart'],
    [
      'C:\\Users\\Ada\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\x.lnk',
      'persistence autostart',
    ],
    ['/etc/ld.so.preload', 'persistence loader'],
    ['/home/ada/.ssh/authorized_keys', 'persistence ssh-keys'],
    ['C:\\Users\\Ada\\AppData\\Local\\Programs\\atomic\\resources\\app.asar', 'persistence installed-programs'],
    ['/Applications/Exodus.app/Contents/Resources/app.asar', 'persistence installed-programs'],
    ['/opt/Wallet/resources/app.asar', 'persistence installed-programs'],
    ['/work/shop/dist/linux-unpacked/resources/app.asar', ''],
    ['/tmp/build/resources/app.asar', ''],
    ['/work/shop/.git/hooks/pre-commit', 'persistence git-hooks'],
    ['/work/shop/.husky/pre-commit', 'persistence git-hooks'],
    ['/work/shop/.git/config', 'persistence git-hooks'],
    ['/home/ada/.gitconfig', 'persistence git-config'],
    ['/home/ada/.npmrc', 'persistence npm-hooks'],
    ['/work/shop/.pnpmfile.cjs', 'persistence npm-hooks'],
    ['/work/shop/package.json', 'persistence package-scripts'],
    ['/work/shop/node_modules/left-pad/package.json', 'persistence package-scripts'],
    ['/work/shop/node_modules/@a/b/package.json', 'persistence package-scripts'],
    ['/work/shop/.vscode/tasks.json', 'persistence editor-tasks'],
    ['/work/shop/.github/workflows/shai-hulud.yml', 'persistence ci-workflows'],
    ['/home/runner/work/_temp/_runner_file_commands/set_env_1f', 'persistence ci-commands'],
    ['/work/shop/CLAUDE.md', 'agent-config agent-instructions'],
    ['/work/shop/AGENTS.md', 'agent-config agent-instructions'],
    ['/work/shop/.cursor/rules/x.mdc', 'agent-config agent-instructions'],
    ['/home/ada/.claude/settings.json', 'agent-config agent-settings'],
    ['/home/ada/.codex/config.toml', 'agent-config agent-settings'],
    ['/home/ada/.cursor/mcp.json', 'agent-config mcp'],
    ['/Users/ada/Library/Application Support/Claude/claude_desktop_config.json', 'agent-config mcp'],
    ['/home/ada/.ssh/id_rsa', 'credential ssh'],
    ['/work/shop/.env', 'credential dotenv'],
  ];
  for (const [path, expected] of rows) {
    test(`writing ${path} is ${expected}`, () => assert.equal(judge(path, 'write'), expected));
    test(`deleting ${path} is ${expected}`, () => assert.equal(judge(path, 'delete'), expected));
  }
});

test('looking into a folder of secrets is marked like reading them', () => {
  assert.equal(judge('/home/ada/.ssh', 'list'), 'credential ssh');
  assert.equal(judge('/home/ada/.aws/sso/cache', 'list'), 'credential aws');
  assert.equal(judge('/home/ada/.ssh/id_rsa', 'stat'), 'credential ssh');
});

test('sensitive paths are never collapsed, however deep or numbered', () => {
  const classifier = createClassifier(roots('linux'));
  const name = (target: string, operation = 'read') => classifier.classify({ sense: 'fs', operation, target }).target;
  assert.equal(name('/home/ada/.ssh/id_ed25519'), '<home>/.ssh/id_ed25519');
  assert.equal(name('/home/ada/a/b/c/d/e/f/.aws/credentials'), '<home>/a/b/c/d/e/f/.aws/credentials');
  assert.equal(
    name('/home/ada/.mozilla/firefox/ab12cd34.default/key4.db'),
    '<home>/.mozilla/firefox/*.default/key4.db',
  );
  assert.equal(name('/home/ada/.aws/sso/cache/d41d8cd98f00b204e9800998ecf8427e.json'), '<home>/.aws/sso/cache/*.json');
  assert.equal(name('/tmp/clone/.aws/credentials'), '<tmp>/clone/.aws/credentials');
  assert.equal(name('/work/shop/.github/workflows/ci.yml', 'write'), '<app>/.github/workflows/ci.yml');
});

test('every row says where it comes from and matches something', () => {
  for (const row of SENSITIVE_FILES) {
    assert.match(row.source, /^https:\/\//, row.family);
    assert.ok(row.patterns.length > 0, row.family);
    for (const pattern of row.patterns) assert.equal(pattern, pattern.toLowerCase(), pattern);
  }
});

describe('variables that hold secrets are known by their names', () => {
  const rows: [name: string, family: string | undefined][] = [
    ['AWS_SECRET_ACCESS_KEY', 'aws'],
    ['AWS_SESSION_TOKEN', 'aws'],
    ['NPM_TOKEN', 'npm'],
    ['npm_config__authToken', 'npm'],
    ['GITHUB_TOKEN', 'github'],
    ['GH_TOKEN', 'github'],
    ['OPENAI_API_KEY', 'openai'],
    ['STRIPE_SECRET_KEY', 'stripe'],
    ['DB_PASSWORD', 'database'],
    ['MY_SERVICE_API_KEY', 'environment'],
    ['SESSION_SECRET', 'environment'],
    ['PASSWORD', 'environment'],
    ['SSH_AUTH_SOCK', 'ssh'],
    ['DATABASE_URL', 'database'],
    ['NODE_ENV', undefined],
    ['PATH', undefined],
    ['HOME', undefined],
    ['npm_package_name', undefined],
    ['AWS_REGION', undefined],
    ['GITHUB_REPOSITORY', undefined],
    ['FORCE_COLOR', undefined],
    ['KEYBOARD', undefined],
    ['__proto__', undefined],
    ['', undefined],
  ];
  for (const [name, family] of rows) test(`${name} is ${family}`, () => assert.equal(secretVariable(name), family));
});
