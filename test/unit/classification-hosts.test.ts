import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClassifier, type Roots } from '../../src/classification/classifier.ts';
import { hostMeaning, parseEndpoint, registrableDomain } from '../../src/classification/hosts.ts';
import { givenPorts } from '../../src/given-ports.ts';

const roots: Roots = {
  app: '/work/shop',
  home: '/home/ada',
  tmp: ['/tmp'],
  user: 'ada',
  platform: 'linux',
  self: [],
};
const classifier = createClassifier(roots);
const principal = {
  key: 'a@1.0.0',
  kind: 'package' as const,
  name: 'a',
  version: '1.0.0',
  root: '/work/shop/node_modules/a',
  dependencies: new Set<string>(),
};

function traitOf(operation: string, target: string): string | undefined {
  const act = { sense: 'net' as const, operation, target };
  return classifier.traitOf(act, classifier.classify(act), principal);
}

describe('hosts have classes', () => {
  const rows: [target: string, hostClass: string, family?: string][] = [
    ['localhost:80', 'loopback'],
    ['127.0.0.1:80', 'loopback'],
    ['127.8.9.10:80', 'loopback'],
    ['[::1]:80', 'loopback'],
    ['app.localhost:80', 'loopback'],
    ['0.0.0.0:80', 'loopback'],
    ['[::ffff:127.0.0.1]:80', 'loopback'],
    ['0x7f000001:80', 'loopback'],
    ['2130706433:80', 'loopback'],
    ['0177.0.0.1:80', 'loopback'],
    ['127.1:80', 'loopback'],
    ['10.1.2.3:80', 'private'],
    ['172.16.0.1:80', 'private'],
    ['172.32.0.1:80', 'public-ip'],
    ['192.168.1.1:80', 'private'],
    ['100.64.0.1:80', 'private'],
    ['[fd12::1]:80', 'private'],
    ['postgres:5432', 'private'],
    ['db.internal:5432', 'private'],
    ['printer.local:80', 'private'],
    ['169.254.1.1:80', 'link-local'],
    ['[fe80::1%eth0]:80', 'link-local'],
    ['239.255.255.250:1900', 'multicast'],
    ['8.8.8.8:443', 'public-ip'],
    ['203.0.113.7:443', 'public-ip'],
    ['[2001:db8::1]:443', 'public-ip'],
    ['169.254.169.254:80', 'metadata', 'aws'],
    ['0xa9fea9fe:80', 'metadata', 'aws'],
    ['2852039166:80', 'metadata', 'aws'],
    ['[::ffff:169.254.169.254]:80', 'metadata', 'aws'],
    ['[::ffff:a9fe:a9fe]:80', 'metadata', 'aws'],
    ['[fd00:ec2::254]:80', 'metadata', 'aws'],
    ['[FD00:0EC2:0:0:0:0:0:0254]:80', 'metadata', 'aws'],
    ['169.254.170.2:80', 'metadata', 'aws'],
    ['100.100.100.200:80', 'metadata', 'alibaba'],
    ['168.63.129.16:80', 'metadata', 'azure'],
    ['metadata.google.internal:80', 'metadata', 'metadata'],
    ['discord.com:443', 'drop-service', 'discord'],
    ['hooks.slack.com:443', 'drop-service', 'slack-webhook'],
    ['webhook.site:443', 'drop-service', 'webhook-inbox'],
    ['abc123.m.pipedream.net:443', 'drop-service', 'webhook-inbox'],
    ['pastebin.com:443', 'drop-service', 'paste'],
    ['transfer.sh:443', 'drop-service', 'file-drop'],
    ['store1.gofile.io:443', 'drop-service', 'file-drop'],
    ['a1b2.ngrok-free.app:443', 'drop-service', 'tunnel'],
    ['x.trycloudflare.com:443', 'drop-service', 'tunnel'],
    ['c9x.oast.fun:443', 'drop-service', 'out-of-band'],
    ['api.telegram.org:443', 'drop-service', 'telegram'],
    ['ipfs.io:443', 'drop-service', 'ipfs'],
    ['DISCORD.COM.:443', 'drop-service', 'discord'],
    ['api.github.com:443', 'code-host', 'github'],
    ['raw.githubusercontent.com:443', 'code-host', 'github'],
    ['gitlab.com:443', 'code-host', 'gitlab'],
    ['registry.npmjs.org:443', 'registry', 'npm'],
    ['files.pythonhosted.org:443', 'registry', 'packages'],
    ['evil.duckdns.org:443', 'dynamic-dns', 'dynamic-dns'],
    ['pool.supportxmr.com:3333', 'mining-pool', 'mining'],
    ['xyz.example.net:14444', 'mining-pool', 'mining'],
    ['api.mainnet-beta.solana.com:443', 'blockchain-rpc', 'blockchain'],
    ['ipinfo.io:443', 'address-lookup', 'address-lookup'],
    ['api.example.com:443', 'public-host'],
    ['notdiscord.com:443', 'public-host'],
    ['discord.com.example.net:443', 'public-host'],
    ['example.com:443', 'public-host'],
  ];
  for (const [target, hostClass, family] of rows) {
    test(`${target} is ${hostClass}`, () => {
      const resource = classifier.classify({ sense: 'net', operation: 'connect', target });
      assert.equal(resource.resourceClass, hostClass);
      if (family !== undefined) assert.equal(resource.family, family);
      assert.equal(resource.sensitivity, hostClass === 'metadata' ? 'metadata' : undefined);
      assert.equal(resource.risk, 'high');
    });
  }
});

describe('names that carry data are told from names that carry meaning', () => {
  const tunnels = [
    '4a6f686e20446f6520706173737764.t.example.com',
    'mzxw6ytboi4dkmrsgq2tmnzyhe4tambq.evil.net',
    'aHR0cHM6Ly9leGFtcGxlLmNvbS9sb25nL3BhdGg0Mg.d.example.org'.toLowerCase(),
    `${'deadbeef1234'.repeat(4)}.example.com`,
    'part1ofalongmessage.part2ofalongmessage.part3ofalongmessage.part4ofalongmessage.part5.example.com',
  ];
  for (const host of tunnels)
    test(`${host} is a tunnel`, () => assert.equal(hostMeaning(host).hostClass, 'dns-tunnel'));
  const plain = [
    'my-very-long-service-name-for-production-use.example.com',
    'internal-k8s-default-ingress-0a1b2c3d4e5f-123456789.eu-west-1.elb.amazonaws.com',
    'd111111abcdef8.cloudfront.net',
    'o4505123456789.ingest.sentry.io',
    'thisisaverylongcompanynamewithoutdashes.com',
    'cluster0-shard-00-00.abcde.mongodb.net',
  ];
  for (const host of plain) test(`${host} is not`, () => assert.equal(hostMeaning(host).hostClass, 'public-host'));
});

describe('traits of the network', () => {
  const rows: [operation: string, target: string, expected: string | undefined][] = [
    ['connect', 'api.example.com:443', 'net.connect:api.example.com:443'],
    ['connect', 'API.Example.COM.:443', 'net.connect:api.example.com:443'],
    ['connect', 'user:pass@api.example.com:443', 'net.connect:api.example.com:443'],
    ['connect', 'https://api.example.com/secret?token=x', 'net.connect:api.example.com:443'],
    ['connect', 'http://api.example.com', 'net.connect:api.example.com:80'],
    ['connect', '127.0.0.1:3000', 'net.connect:127.0.0.1:3000'],
    ['connect', '127.0.0.1:54321', 'net.connect:127.0.0.1:*'],
    ['connect', '127.0.0.2:54321', 'net.connect:127.0.0.2:*'],
    ['connect', 'localhost:40000', 'net.connect:localhost:*'],
    ['connect', '[::1]:40000', 'net.connect:[::1]:*'],
    ['connect', '10.3.2.1:5432', 'net.connect:<private>:5432'],
    ['connect', '203.0.113.7:54321', 'net.connect:203.0.113.7:54321'],
    ['connect', '[2001:0DB8:0:0:0:0:0:1]:443', 'net.connect:[2001:db8::1]:443'],
    ['connect', '169.254.169.254:80', 'net.connect:169.254.169.254:80 [metadata]'],
    ['connect', 'bucket-1a2b3c.s3.eu-west-1.amazonaws.com:443', 'net.connect:*.s3.*.amazonaws.com:443'],
    ['connect', 'my-bucket.s3.us-east-1.amazonaws.com:443', 'net.connect:my-bucket.s3.*.amazonaws.com:443'],
    ['connect', 'sts.eu-central-1.amazonaws.com:443', 'net.connect:sts.*.amazonaws.com:443'],
    ['connect', 'cluster0-shard-00-02.abcde.mongodb.net:27017', 'net.connect:*.abcde.mongodb.net:27017'],
    ['connect', 'cdn3.example.com:443', 'net.connect:*.example.com:443'],
    ['connect', '1a2b3c4d.com:443', 'net.connect:1a2b3c4d.com:443'],
    ['connect', 'shop-1a2b3c4d.vercel.app:443', 'net.connect:shop-1a2b3c4d.vercel.app:443'],
    ['connect', 'unix:/var/run/docker.sock', 'net.connect:unix:/var/run/docker.sock'],
    ['connect', 'unix:/tmp/app-4821.sock', 'net.connect:unix:<tmp>/*'],
    ['connect', 'unix:/tmp/ssh-XXabcdEFGH/agent.4821', 'net.connect:unix:<tmp>/ssh-XXabcdEFGH/agent.* [credential]'],
    ['connect', 'unix:@abstract-4821', 'net.connect:unix:@abstract-*'],
    ['listen', '0.0.0.0:3000', 'net.listen:*:3000'],
    ['listen', '[::]:3000', 'net.listen:*:3000'],
    ['listen', ':3000', 'net.listen:*:3000'],
    ['listen', '*:3000', 'net.listen:*:3000'],
    ['listen', '*:0', 'net.listen:*:0'],
    ['listen', '[::]:41234', 'net.listen:*:0'],
    ['listen', '127.0.0.1:3000', 'net.listen:127.0.0.1:3000'],
    ['listen', 'unix:/tmp/x.sock', 'net.listen:unix:<tmp>/*'],
    ['dns', 'example.com', 'net.dns:example.com'],
    ['dns', 'localhost', undefined],
    ['dns', 'postgres', undefined],
    ['dns', '4a6f686e20446f6520706173737764.t.example.com', 'net.dns:*.example.com'],
  ];
  for (const [operation, target, expected] of rows) {
    test(`${operation} ${target}`, () => assert.equal(traitOf(operation, target), expected));
  }
});

describe('a port that the process was told', () => {
  const given = (env: NodeJS.ProcessEnv, ...args: string[]) => givenPorts({ env, argv: ['node', 'app.js', ...args] });
  const told: [what: string, isGiven: (port: number) => boolean][] = [
    ['by PORT', given({ PORT: '3000' })],
    ['by another variable', given({ HTTP_PORT: '3000', PORT: '80' })],
    ['by a configuration of npm', given({ npm_config_port: '3000' })],
    ['as an argument', given({}, '3000')],
    ['behind an option', given({}, '--port', '3000')],
    ['with an option', given({}, '--port=3000')],
    ['with a short option', given({}, '-p3000')],
    ['with a host', given({}, 'localhost:3000')],
    ['in a URL', given({}, 'http://[::1]:3000/health')],
  ];
  for (const [what, isGiven] of told)
    test(`${what} is one`, () => assert.deepEqual([isGiven(3000), isGiven(300)], [true, false]));
  const untold: [what: string, isGiven: (port: number) => boolean][] = [
    ['a variable that names none', given({ SUPPORT: '3000', REPORT_ID: '3000', PORTS: '3000' })],
    ['a variable with more in it', given({ PORT: 'tcp://10.0.0.1:3000' })],
    ['another number', given({ PORT: '30000' }, '13000', 'a3000', '3000x')],
    ['the program', (port) => givenPorts({ env: {}, argv: ['3000', '3000'] })(port)],
  ];
  for (const [what, isGiven] of untold) test(`${what} is none`, () => assert.equal(isGiven(3000), false));

  test('is read again, because .env comes later', () => {
    const env: NodeJS.ProcessEnv = {};
    const isGiven = givenPorts({ env, argv: [] });
    assert.equal(isGiven(3000), false);
    env.PORT = '3000';
    assert.equal(isGiven(3000), true);
  });

  const rows: [operation: string, target: string, expected: string][] = [
    ['listen', '*:4000', 'net.listen:*:0'],
    ['listen', '127.0.0.1:4000', 'net.listen:127.0.0.1:0'],
    ['listen', '*:4001', 'net.listen:*:4001'],
    ['connect', 'localhost:4000', 'net.connect:localhost:*'],
    ['connect', '127.0.0.1:4000', 'net.connect:127.0.0.1:*'],
    ['connect', 'localhost:4001', 'net.connect:localhost:4001'],
    // A service is what it is, whoever says where.
    ['connect', 'localhost:5432', 'net.connect:localhost:5432'],
    ['connect', 'localhost:2375', 'net.connect:localhost:2375'],
    // Another machine's port is no matter of this one.
    ['connect', '10.0.0.1:4000', 'net.connect:<private>:4000'],
    ['connect', 'api.example.com:4000', 'net.connect:api.example.com:4000'],
  ];
  const told4000 = createClassifier({ ...roots, isGivenPort: (port) => [4000, 5432, 2375].includes(port) });
  for (const [operation, target, expected] of rows) {
    test(`${operation} ${target}`, () => {
      const act = { sense: 'net' as const, operation, target };
      assert.equal(told4000.traitOf(act, told4000.classify(act), principal), expected);
    });
  }
});

describe('the registered part of a name', () => {
  const rows: [host: string, expected: string][] = [
    ['a.b.example.com', 'example.com'],
    ['a.example.co.uk', 'example.co.uk'],
    ['a.example.com.au', 'example.com.au'],
    ['x.tenant.vercel.app', 'tenant.vercel.app'],
    ['tenant.github.io', 'tenant.github.io'],
    ['vercel.app', 'vercel.app'],
    ['example.com', 'example.com'],
    ['localhost', 'localhost'],
  ];
  for (const [host, expected] of rows)
    test(`of ${host} is ${expected}`, () => assert.equal(registrableDomain(host), expected));
});

describe('an endpoint is read in every form', () => {
  const rows: [target: string, host: string, port: number][] = [
    ['example.com:443', 'example.com', 443],
    ['example.com', 'example.com', -1],
    ['[::1]:80', '::1', 80],
    ['::1', '::1', -1],
    ['wss://example.com/x', 'example.com', 443],
    ['https://u:p@example.com:8443/x', 'example.com', 8443],
    ['example.com:99999', 'example.com', -1],
    ['', '', -1],
    [':', '', -1],
    ['[', '[', -1],
  ];
  for (const [target, host, port] of rows) {
    test(JSON.stringify(target), () => assert.deepEqual(parseEndpoint(target), { host, port }));
  }
});
