import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mayCarry } from '../../src/classification/rightful-pairs.ts';
import { isDeputy, isFramework, isOrdinaryFor, type Role, roleOf } from '../../src/classification/roles.ts';

test('well-known packages have a role, also by their scope', () => {
  const rows: [name: string, role: Role | undefined][] = [
    ['axios', 'http-client'],
    ['express', 'framework'],
    ['execa', 'process-runner'],
    ['@aws-sdk/client-s3', 'cloud-sdk'],
    ['@opentelemetry/sdk-node', 'telemetry'],
    ['dotenv', 'config'],
    ['ssh2', 'ssh-client'],
    ['pacote', 'package-manager'],
    ['left-pad', undefined],
    ['@aws-sdk-evil/x', undefined],
    ['axios-evil', undefined],
    ['constructor', undefined],
  ];
  for (const [name, role] of rows) assert.equal(roleOf(name), role, name);
});

test('deputies act for others, frameworks call back, and no framework is a deputy by its role', () => {
  for (const name of [
    'axios',
    'node-fetch',
    'execa',
    'cross-spawn',
    'fs-extra',
    'graceful-fs',
    'winston',
    'puppeteer',
  ]) {
    assert.ok(isDeputy(name), name);
  }
  for (const name of ['express', 'koa', 'router', 'fastify', '@nestjs/core', 'mocha', '@jest/core', 'universalify']) {
    assert.ok(isFramework(name), name);
    assert.ok(!isDeputy(name), name);
  }
  assert.ok(!isDeputy('left-pad'));
  assert.ok(!isFramework('left-pad'));
});

describe('what is ordinary for a role', () => {
  const rows: [
    role: Role,
    sense: string,
    operation: string,
    resourceClass: string,
    sensitivity: string | undefined,
    yes: boolean,
  ][] = [
    ['http-client', 'net', 'connect', 'public-host', undefined, true],
    ['http-client', 'net', 'connect', 'drop-service', undefined, false],
    ['http-client', 'net', 'connect', 'metadata', 'metadata', false],
    ['http-client', 'fs', 'read', 'home', 'credential', false],
    ['template-engine', 'fs', 'read', 'app', undefined, true],
    ['template-engine', 'net', 'connect', 'public-host', undefined, false],
    ['cloud-sdk', 'fs', 'read', 'home', 'credential', true],
    ['cloud-sdk', 'net', 'connect', 'metadata', 'metadata', true],
    ['process-runner', 'process', 'spawn', 'shell', 'shell', true],
    ['git-client', 'process', 'spawn', 'vcs', 'shell', true],
    ['git-client', 'process', 'spawn', 'downloader', 'shell', false],
    ['native-loader', 'native', 'dlopen', 'package', 'native', true],
    ['package-manager', 'fs', 'write', 'package', 'persistence', true],
    ['logger', 'fs', 'write', 'home', 'persistence', false],
    ['logger', 'process', 'spawn', 'shell', 'shell', false],
  ];
  for (const [role, sense, operation, resourceClass, sensitivity, yes] of rows) {
    test(`${sense}.${operation} of ${resourceClass} ${sensitivity ?? ''} is ${yes ? '' : 'not '}ordinary for a ${role}`, () => {
      assert.equal(isOrdinaryFor(role, { sense, operation, resourceClass, sensitivity }), yes);
    });
  }
});

describe('who may carry which secret where', () => {
  const rows: [family: string, packageName: string, host: string, yes: boolean][] = [
    ['aws', '@aws-sdk/client-s3', 'sts.eu-west-1.amazonaws.com', true],
    ['aws', '@aws-sdk/client-s3', 'localhost', true],
    ['aws', '@aws-sdk/client-s3', '169.254.169.254', true],
    ['aws', '@aws-sdk/client-s3', 'evil.example', false],
    ['aws', '@aws-sdk/client-s3', 'amazonaws.com.evil.example', false],
    ['aws', '@aws-sdk/client-s3', 'evilamazonaws.com', false],
    ['aws', 'left-pad', 'sts.eu-west-1.amazonaws.com', false],
    ['npm', 'pacote', 'registry.npmjs.org', true],
    ['npm', 'pacote', 'npm.our-company.example', true],
    ['npm', 'pacote', 'webhook.site', false],
    ['npm', 'left-pad', 'registry.npmjs.org', false],
    ['gcp', 'google-auth-library', 'oauth2.googleapis.com', true],
    ['azure', '@azure/identity', 'login.microsoftonline.com', true],
    ['kubernetes', '@kubernetes/client-node', '10.0.0.1', true],
    ['ssh', 'ssh2', 'host.example', true],
    ['ssh', 'ssh2', 'x.trycloudflare.com', false],
    ['github', '@octokit/rest', 'api.github.com', true],
    ['github', '@octokit/rest', 'gist.example', false],
    ['wallet', 'left-pad', 'api.mainnet-beta.solana.com', false],
    ['no-such-family', 'axios', 'example.com', false],
    ['constructor', 'axios', 'example.com', false],
    ['aws', '@aws-sdk/client-s3', '', true],
    ['aws', 'left-pad', '', false],
  ];
  for (const [family, packageName, host, yes] of rows) {
    test(`${packageName} ${yes ? 'may' : 'must not'} carry ${family} to ${host === '' ? 'anywhere' : host}`, () => {
      assert.equal(mayCarry(family, packageName, host), yes);
    });
  }
});
