import { SHARED } from './reviewing.ts';

/**
 * Every line that a reviewer sees of the updates here, and whether it tells something: read in the changed package, by
 * hand. A line without a judgement fails the bench; churn is a defect of Diogenesis, and named as such in the table.
 */
export interface Judgement {
  /** Name of the package, whatever its version. */
  readonly package: string;
  readonly trait: string;
  readonly is: 'meaningful' | 'churn';
  readonly why: string;
}

const row = (is: Judgement['is'], name: string, trait: string, why: string): Judgement => ({
  package: name,
  trait,
  is,
  why,
});

const LOADERS = 'it loads loaders itself now (lib/loaders/loadLoader.js), which loader-runner did';

export const judgements: readonly Judgement[] = [
  row('meaningful', 'undici', 'import:node:dns', 'a DNS cache of its own (lib/interceptor/dns.js)'),
  row(
    'meaningful',
    'node-fetch',
    'import:node:net',
    'it could open sockets now; it asks `isIP` only (src/utils/referrer.js)',
  ),
  row('meaningful', 'fetch-blob', 'import:node:fs', 'a new package, and it can read files (from.js)'),
  row('meaningful', 'path-scurry', 'import:node:fs', 'a new package that walks the disk for glob'),
  row(
    'meaningful',
    '@isaacs/fs-minipass',
    'import:node:fs',
    'fs-minipass under a new name: another owner may write here now',
  ),
  row('meaningful', '@isaacs/fs-minipass', 'fs.read:<app>/*.tgz', 'the new package reads the archive'),
  row('meaningful', '@isaacs/fs-minipass', 'fs.write:<app>/*.tgz', 'the new package writes the archive'),
  row('meaningful', '@isaacs/fs-minipass', 'fs.write:<app>/out/tree/*.txt', 'the new package writes what is unpacked'),
  row(
    'meaningful',
    '@isaacs/fs-minipass',
    'fs.write:<app>/out/tree/deep/*.txt',
    'the new package writes what is unpacked',
  ),
  row('meaningful', 'prettier', 'import:node:module', 'it makes itself a `require` (index.mjs), to load plugins'),
  row('meaningful', 'prettier', 'import:node:v8', 'v8 can write heap snapshots; it takes `v8.startupSnapshot` only'),
  row(
    'meaningful',
    'rollup',
    'native:dlopen:<node_modules>/@rollup/rollup-*/rollup.*.node',
    'rollup 4 parses with native code, which nothing here can watch',
  ),
  row('meaningful', 'execa', 'import:node:v8', 'v8 for the serialization of messages'),
  row('meaningful', 'execa', 'import:node:fs', 'it opens files for `stdin` and `stdout` itself now'),
  row('meaningful', 'unicorn-magic', 'import:node:child_process', 'a new package that can start programs (node.js)'),
  row(
    'churn',
    'universalify',
    'fs.write:<app>/copy/*',
    'it only calls back, and is seen on the chain where fs-extra 11 awaits',
  ),
  row(
    'meaningful',
    'router',
    'import:node:http',
    'a new package: the router of Express 5, which asks for the names of methods',
  ),
  row('meaningful', 'vite', 'import:node:http2', 'the proxy that it bundles now can speak HTTP/2'),
  row(
    'meaningful',
    'vite',
    'import:ms',
    'bundled code requires a package that vite does not declare: whichever is installed',
  ),
  row(
    'meaningful',
    '@smithy/core',
    'fs.read:<home>/.aws/config [credential]',
    'it takes over from @smithy/shared-ini-file-loader',
  ),
  row(
    'meaningful',
    '@smithy/core',
    'fs.read:<home>/.aws/credentials [credential]',
    'another package reads the secret now',
  ),
  row('meaningful', '@smithy/core', 'import:node:fs', 'what it reads them with'),
  row('meaningful', '@smithy/core', 'net.connect:127.0.0.1:*', 'it takes over from @smithy/smithy-client'),
  row('meaningful', '@aws-sdk/checksums', 'net.connect:127.0.0.1:*', 'a new package that every request goes through'),
  row('meaningful', 'webpack', 'import:node:v8', 'v8 for its cache (lib/serialization/BinaryMiddleware.js)'),
  row('meaningful', 'webpack', 'import:html-webpack-plugin', LOADERS),
  row('meaningful', 'webpack', 'import:postcss-loader', LOADERS),
  row('meaningful', 'webpack', 'import:source-map-loader', LOADERS),
  row(
    'meaningful',
    'got',
    'import:node:tls',
    'it could open sockets now; it asks `checkServerIdentity` only (core/options.js)',
  ),
  row('meaningful', 'cosmiconfig', 'fs.read:<app>/*.yaml', 'it looks into `package.yaml` as well'),
  row(
    'meaningful',
    'cosmiconfig',
    'fs.read:<app>/.config/*.{cjs,js,json,mjs,ts,yaml,yml}',
    'it looks for configurations in `.config` as well, and runs those that are code',
  ),
  row('meaningful', 'sass', 'import:node:module', 'it resolves packages itself (`nodeModule` in sass.node.js)'),
  row('meaningful', 'rollup', 'import:node:child_process', 'it can start a Node to ask for its report (native.js)'),
  row('meaningful', '@sentry/node', 'import:node:module', 'it puts hooks into the loader (sdk/initOtel.js)'),
  row(
    'meaningful',
    '@sentry/node',
    'import:node:worker_threads',
    'it can start workers that ask the inspector for local variables',
  ),
  row(
    'meaningful',
    '@sentry/node',
    'worker.start:<node_modules>/import-in-the-middle/hook.mjs',
    'hooks in a thread of their own',
  ),
  row(
    'churn',
    '<app>',
    'worker.start:<node_modules>/import-in-the-middle/hook.mjs',
    'the same thread: the application is on the chain because it calls `init`',
  ),
  row('meaningful', 'import-in-the-middle', 'import:node:module', 'a new package that changes what others import'),
  row('meaningful', 'import-in-the-middle', 'import:node:worker_threads', 'how it talks to its hooks'),
  row('meaningful', 'import-in-the-middle', 'import:node:fs', 'it reads every module to learn its exports'),
  row('meaningful', 'require-in-the-middle', 'import:node:module', 'a new package that replaces `require`'),
  row('meaningful', '@opentelemetry/instrumentation', 'import:node:fs', 'a new package, and it can read files'),
  row('meaningful', '@opentelemetry/resources', 'import:node:fs', 'a new package that reads the id of the machine'),
  row('meaningful', '@redis/client', 'import:node:net', 'redis 4 is made of packages, and this one connects'),
  row('meaningful', '@redis/client', 'import:node:tls', 'redis 4 is made of packages, and this one connects'),
  row('meaningful', '@redis/client', 'net.connect:<server>:9', 'another package than before talks to the server'),
  row(
    'churn',
    'archiver-utils',
    'fs.read:<app>/tree/*',
    '2.1.0 did it, which was installed beside the 3.0.4 that 5.0.2 is compared with',
  ),
  row('meaningful', 'tar-stream', 'import:node:fs', 'for `fs.constants`, which fs-constants asked for (constants.js)'),
];

/** Lines that say themselves that they are no news. */
const summarised: Omit<Judgement, 'package' | 'trait'> = {
  is: 'churn',
  why: 'the same acts with one more on their chain; said in one line',
};

export function judgementOf(name: string, trait: string): Omit<Judgement, 'package' | 'trait'> | undefined {
  if (trait.startsWith(SHARED)) return summarised;
  return judgements.find((judgement) => judgement.package === name && judgement.trait === trait);
}
