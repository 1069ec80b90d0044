import { generateKeyPairSync } from 'node:crypto';
import type { Workload } from '../harness/workload.ts';

const n = 'const n = Number(process.argv[2]);\n';
const key = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

/** Clients that read a credential because that is their trade, and send it where it belongs. */
export const clouds: readonly Workload[] = [
  {
    name: 'aws s3',
    needs: ['@aws-sdk/client-s3'],
    env: { AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' },
    main: `${n}import { S3Client, PutObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
const s3 = new S3Client({ endpoint: 'http://@A@:@PORT@', forcePathStyle: true });
for (let i = 0; i < n; i++) await s3.send(new PutObjectCommand({ Bucket: 'orders', Key: 'page-' + i, Body: 'x'.repeat(n * 100) }));
await s3.send(new HeadObjectCommand({ Bucket: 'orders', Key: 'page-0' }));
console.log('done');`,
  },
  {
    name: 'google auth',
    needs: ['google-auth-library'],
    files: {
      'home/.config/gcloud/application_default_credentials.json': JSON.stringify({
        type: 'service_account',
        client_email: 'ci@orders.example',
        private_key_id: '1',
        private_key: key,
        project_id: 'orders',
        token_uri: 'http://@A@:@PORT@/token',
        universe_domain: 'googleapis.com',
      }),
    },
    env: { GCP_PROJECT: 'orders', METADATA_SERVER_DETECTION: 'none' },
    main: `${n}import { GoogleAuth } from 'google-auth-library';
const auth = new GoogleAuth();
const client = await auth.getClient();
for (let i = 0; i < n % 3 + 1; i++) await client.getRequestHeaders('http://@A@:@PORT@/bucket/' + i);
console.log('done');`,
  },
  {
    name: 'azure identity',
    needs: ['@azure/identity'],
    main: `${n}import { EnvironmentCredential, AzureCliCredential, ChainedTokenCredential } from '@azure/identity';
const chain = new ChainedTokenCredential(new EnvironmentCredential(), new AzureCliCredential());
try { await chain.getToken('https://vault.azure.net/.default'); } catch (error) { console.log(error.name, n); }
console.log('done');`,
  },
  {
    name: 'kubernetes client',
    needs: ['@kubernetes/client-node'],
    files: {
      'home/.kube/config':
        'apiVersion: v1\nkind: Config\ncurrent-context: ci\nclusters:\n- name: c\n  cluster: { server: "http://@A@:@PORT@" }\nusers:\n- name: u\n  user: { token: "@CANARY@" }\ncontexts:\n- name: ci\n  context: { cluster: c, user: u }\n',
    },
    serves: { '/api/v1/namespaces/default/pods': '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}' },
    main: `${n}import { KubeConfig, CoreV1Api } from '@kubernetes/client-node';
const config = new KubeConfig();
config.loadFromDefault();
const api = config.makeApiClient(CoreV1Api);
try { for (let i = 0; i <= n % 3; i++) await api.listNamespacedPod({ namespace: 'default' }); } catch (error) { console.log(String(error.message).slice(0, 100)); }
console.log('done');`,
  },
  {
    name: 'npm-registry-fetch',
    needs: ['npm-registry-fetch'],
    main: `${n}import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import registry from 'npm-registry-fetch';
const token = /_authToken=(.*)/.exec(readFileSync(homedir() + '/.npmrc', 'utf8'))[1];
for (let i = 0; i < n; i++) await registry.json('/package-' + i, { registry: 'http://@A@:@PORT@/', forceAuth: { token } });
console.log('done');`,
  },
  {
    name: 'pacote',
    needs: ['pacote', 'tar'],
    files: {
      'app/vendor/package/package.json': '{"name":"left","version":"1.2.3"}',
      'app/vendor/package/index.js': 'module.exports = 1;',
    },
    main: `${n}import pacote from 'pacote';
import * as tar from 'tar';
await tar.create({ file: 'left.tgz', gzip: true, cwd: 'vendor' }, ['package']);
const manifest = await pacote.manifest('file:left.tgz');
for (let i = 0; i < n % 3 + 1; i++) await pacote.extract('file:left.tgz', './out/' + i);
console.log('done', manifest.version);`,
  },
  {
    name: 'dotenv',
    needs: ['dotenv', 'got'],
    files: { 'app/.env': 'API_KEY=@CANARY@\nAPI_URL=http://@A@:@PORT@\n' },
    main: `${n}import 'dotenv/config';
import got from 'got';
for (let i = 0; i < n; i++) await got(process.env.API_URL + '/v1/orders/' + i, { headers: { authorization: 'Bearer ' + process.env.API_KEY } }).json();
console.log('done');`,
  },
  {
    name: 'dockerode',
    needs: ['dockerode'],
    main: `${n}import Docker from 'dockerode';
const docker = new Docker({ host: '@A@', port: @PORT@, protocol: 'http' });
for (let i = 0; i < n; i++) await docker.info();
console.log('done');`,
  },
  {
    name: 'opentelemetry apm',
    needs: ['@opentelemetry/sdk-node', '@opentelemetry/instrumentation-http', '@opentelemetry/api'],
    cjs: true,
    env: { OTEL_SDK_DISABLED: 'false', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://@A@:@PORT@' },
    main: `const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
sdk.start();
const http = require('node:http');
${n}
const server = http.createServer((q, r) => r.end('ok')).listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < n; i++) await new Promise((done) => http.get({ port: server.address().port, host: '127.0.0.1' }, (r) => r.resume().on('end', done)));
  server.close(); server.closeAllConnections();
  await sdk.shutdown();
  console.log('done');
});`,
  },
];
