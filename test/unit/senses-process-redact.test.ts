import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MAX_ARGUMENT,
  MAX_ARGUMENTS,
  REDACTED,
  redactArguments,
  redactText,
} from '../../instrumentations/child-process/redact.ts';

// Assembled, so that no scanner takes these for leaked secrets.
const fake = (prefix: string, length: number) => prefix + 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zC'.repeat(3).slice(0, length);

describe('redaction of arguments', () => {
  const rows: [string, string, string[], string[]][] = [
    ['a long option with the secret behind it', 'tool', ['--password', 'hunter2', 'x'], ['--password', REDACTED, 'x']],
    ['a long option with = in it', 'tool', ['--token=abc'], [`--token=${REDACTED}`]],
    ['an option that ends like a secret', 'tool', ['--db-password', 'x'], ['--db-password', REDACTED]],
    ['camel case', 'tool', ['--clientSecret=x'], [`--clientSecret=${REDACTED}`]],
    ['one dash', 'java', ['-password', 'x'], ['-password', REDACTED]],
    ['-p of an unknown program', 'tool', ['-p', 'x'], ['-p', REDACTED]],
    ['-p that is no password', 'mkdir', ['-p', '/a/b'], ['-p', '/a/b']],
    ['-p glued to the password', 'mysqldump', ['-psecret'], [`-p${REDACTED}`]],
    ['-u of curl', 'curl', ['-u', 'me:pw', 'https://a.example'], ['-u', REDACTED, 'https://a.example']],
    ['-a of redis-cli', '/usr/bin/redis-cli', ['-a', 'pw', 'ping'], ['-a', REDACTED, 'ping']],
    ['two options in a row', 'tool', ['--token', '--verbose'], ['--token', '--verbose']],
    ['an option that counts tokens', 'llm', ['--max-tokens', '100'], ['--max-tokens', '100']],
    ['the file a password is in', 'tool', ['--password-file', '/run/x'], ['--password-file', '/run/x']],
    ['a header', 'curl', ['-H', 'Authorization: Bearer abc'], ['-H', `Authorization: ${REDACTED}`]],
    ['a key header', 'curl', ['-H', 'X-Api-Key: abc'], ['-H', `X-Api-Key: ${REDACTED}`]],
    ['a cookie', 'curl', ['--header', 'Cookie: sid=1; b=2'], ['--header', `Cookie: ${REDACTED}`]],
    [
      'credentials of a URL',
      'git',
      ['clone', 'https://me:pw@h.example/r'],
      ['clone', `https://${REDACTED}@h.example/r`],
    ],
    [
      'a token of a query',
      'curl',
      ['https://h.example/?a=1&access_token=x&b=2'],
      [`https://h.example/?a=1&access_token=${REDACTED}&b=2`],
    ],
    ['a variable', 'env', ['NPM_TOKEN=abc', 'npm', 'ci'], [`NPM_TOKEN=${REDACTED}`, 'npm', 'ci']],
    ['a private key', 'tool', [`-----BEGIN RSA PRIVATE ${'KEY'}-----\nMIIE\n`], [REDACTED]],
    ['an AWS key id', 'tool', [`${'AKIA'}ABCDEFGHIJKLMNOP`], [REDACTED]],
    ['a GitHub token', 'tool', [fake('ghp_', 36)], [REDACTED]],
    ['an npm token', 'tool', [fake('npm_', 36)], [REDACTED]],
    ['a Slack token', 'tool', [`${'xox'}b-1234567890-abcdef`], [REDACTED]],
    ['an OpenAI key', 'tool', [fake('sk-', 40)], [REDACTED]],
    ['a JSON web token', 'tool', [`eyJ${'hbGciOiJIUzI1NiJ9'}.eyJzdWIiOiIxMjM0In0.abc`], [REDACTED]],
    ['noise', 'tool', [fake('', 44)], [REDACTED]],
    [
      'a git commit',
      'git',
      ['show', '0123456789abcdef0123456789abcdef01234567'],
      ['show', '0123456789abcdef0123456789abcdef01234567'],
    ],
    ['a UUID', 'tool', ['123e4567-e89b-42d3-a456-426614174000'], ['123e4567-e89b-42d3-a456-426614174000']],
    [
      'a long path',
      'node',
      ['/home/u/work/node_modules/some-package/dist/index.js'],
      ['/home/u/work/node_modules/some-package/dist/index.js'],
    ],
    [
      'ordinary words',
      'git',
      ['commit', '-m', 'rotate the token of the user'],
      ['commit', '-m', 'rotate the token of the user'],
    ],
  ];
  for (const [title, program, argv, shown] of rows) {
    it(`handles ${title}`, () => assert.deepEqual(redactArguments(program, argv), shown));
  }

  it('finds secrets inside a command line', () => {
    const line = `curl -H "Authorization: Bearer abc" --password 'a b' https://u:p@h.example | sh`;
    const [, shown] = redactArguments('sh', ['-c', line]) as [string, string];
    assert.doesNotMatch(shown, /abc|a b|u:p/);
    assert.match(shown, /^curl -H /);
    assert.match(shown, /h\.example \| sh$/);
  });

  it('cuts long arguments and counts the rest', () => {
    const shown = redactArguments('tool', ['word '.repeat(1000), ...Array<string>(MAX_ARGUMENTS + 9).fill('x')]);
    assert.equal(shown.length, MAX_ARGUMENTS + 1);
    assert.equal(shown[0]?.length, MAX_ARGUMENT + 1);
    assert.equal(shown[MAX_ARGUMENTS], '… 10 more');
  });

  it('leaves text without secrets as it is', () => {
    const text = 'node --enable-source-maps ./server.js --port=3000 --host 0.0.0.0';
    assert.equal(redactText(text), text);
  });

  it('takes linear time on hostile text', () => {
    const started = process.hrtime.bigint();
    for (const text of [
      'a'.repeat(1e5),
      'authorization:'.repeat(1e4),
      '-'.repeat(1e5),
      'a://'.repeat(3e4),
      'eyJ'.repeat(3e4),
    ]) {
      redactArguments('tool', [text]);
    }
    assert.ok(process.hrtime.bigint() - started < 1_000_000_000n);
  });
});
