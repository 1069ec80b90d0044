/**
 * What well-known packages are for, and what is ordinary for their kind: the prior that keeps the first run of an
 * honest application quiet, before any baseline exists. A role excuses novelty, never a sequence of acts, and never a
 * sensitivity that its row does not name.
 *
 * Sources: the packages' own descriptions on npm; the selection follows the npm download counts and the hard benign
 * workloads (credential chains, process runners, native loaders).
 */
import { lazily } from '../lazily.ts';
import { SafeMap, SafeSet, StringPrototypeSplit, StringPrototypeStartsWith } from '../primordials.ts';
import { words } from './text.ts';

export type Role =
  | 'http-client'
  | 'web-client'
  | 'framework'
  | 'server'
  | 'process-runner'
  | 'shell-runner'
  | 'fs-helper'
  | 'watcher'
  | 'logger'
  | 'template-engine'
  | 'bundler'
  | 'build-cli'
  | 'test-runner'
  | 'native-loader'
  | 'native-addon'
  | 'cloud-sdk'
  | 'database-driver'
  | 'orm'
  | 'telemetry'
  | 'package-manager'
  | 'browser-driver'
  | 'ssh-client'
  | 'git-client'
  | 'git-hooks'
  | 'config'
  | 'ai-sdk'
  | 'mcp'
  | 'image'
  | 'archive'
  | 'update-notifier'
  | 'mail'
  | 'messaging'
  | 'kubernetes'
  | 'container'
  | 'keychain'
  | 'worker-pool'
  | 'module-loader'
  | 'code-generator'
  | 'cli-helper'
  | 'wallet'
  | 'opener'
  | 'system-info'
  | 'patcher'
  | 'stream-helper'
  | 'realtime'
  | 'parser';

/** Package names by role, the most telling role first. A name ending in `/` stands for every package of that scope. */
const PACKAGES: Readonly<Record<Role, string>> = {
  'http-client': `
    axios got undici node-fetch node-fetch-native cross-fetch isomorphic-fetch unfetch whatwg-fetch request request-promise
    request-promise-native request-promise-core superagent supertest needle ky ky-universal wretch bent phin r2 hyperquest
    follow-redirects simple-get centra ofetch redaxios make-fetch-happen minipass-fetch npm-registry-fetch gaxios agentkeepalive
    http-proxy-agent https-proxy-agent socks-proxy-agent proxy-agent pac-proxy-agent agent-base tunnel tunnel-agent
    global-agent hpagent proxy-from-env typed-rest-client axios-retry fetch-retry retry-axios axios-cookiejar-support
    node-libcurl http2-wrapper cacheable-request cacheable-lookup keyv socks teeny-request httpntlm urllib @hapi/wreck
    @octokit/request @octokit/core @octokit/rest @octokit/graphql octokit apollo-link-http graphql-request @apollo/client
    @urql/core @actions/http-client openapi-fetch ts-retry-promise @azure/core-rest-pipeline @azure/core-http @smithy/node-http-handler
    @aws-sdk/node-http-handler @grpc/grpc-js grpc nice-grpc @connectrpc/connect-node soap download nugget @electron/get
    node-downloader-helper cheerio-httpcli feedparser rss-parser robots-parser link-check isomorphic-unfetch
    abortcontroller-polyfill fetch-intercept fetch-cookie global-tunnel-ng node-global-proxy @edge-runtime/
  `,
  'web-client': `
    stripe twilio @sendgrid/mail @sendgrid/client @slack/web-api @slack/webhook @slack/bolt discord.js @discordjs/rest
    telegraf node-telegram-bot-api grammy @notionhq/client contentful algoliasearch @algolia/ firebase firebase-admin
    @supabase/ @shopify/ plaid square paypal-rest-sdk braintree intercom-client mailgun.js mailgun-js postmark resend
    @mailchimp/mailchimp_marketing pusher pubnub auth0 @auth0/ @okta/okta-sdk-nodejs @clerk/ jsforce hubspot @hubspot/
    jira-client jira.js @linear/sdk asana trello twitter-api-v2 googleapis @googleapis/ @google/maps @googlemaps/
    @elastic/elasticsearch @opensearch-project/opensearch meilisearch typesense @pinecone-database/pinecone weaviate-client
    @qdrant/js-client-rest launchdarkly-node-server-sdk @launchdarkly/ unleash-client posthog-node mixpanel
    @segment/analytics-node analytics-node amplitude @amplitude/ @vercel/blob @vercel/kv
  `,
  framework: `
    express koa koa-router @koa/router koa-compose fastify @fastify/ avvio find-my-way hapi @hapi/ restify connect router polka
    hono @hono/ sails loopback @loopback/ @nestjs/ egg feathers @feathersjs/ moleculer adonis @adonisjs/ next nuxt nitropack
    h3 remix @remix-run/ astro @sveltejs/kit react-router meteor micro itty-router elysia marblejs tinyhttp @tinyhttp/
    finalhandler serve-static body-parser multer busboy formidable compression cors helmet morgan passport passport-local
    express-session cookie-parser express-rate-limit apollo-server @apollo/server apollo-server-express graphql-yoga
    mercurius @trpc/server bullmq bull bee-queue agenda node-cron cron node-schedule toad-scheduler async bluebird q p-limit
    universalify pify thenify thenify-all es6-promisify p-queue p-map p-retry p-event rxjs eventemitter3 eventemitter2 emittery async-retry retry neo-async fastq promise run-parallel
    queue-microtask through2 readable-stream pump pumpify end-of-stream once lodash underscore ramda tslib core-js
    regenerator-runtime inversify awilix tsyringe zone.js cls-hooked cls-rtracer commander yargs oclif @oclif/core cac
    meow caporal clipanion react react-dom preact vue svelte @angular/core redux mobx mocha jest vitest ava tap tape jasmine
    uvu @jest/core jest-circus @vitest/runner
  `,
  server: `
    ws socket.io engine.io uws sockjs http-server serve serve-handler live-server browser-sync json-server http-proxy
    http-proxy-middleware @hono/node-server light-my-request webpack-dev-server karma verdaccio node-static local-web-server
    mockttp nock msw @mswjs/interceptors wiremock prism-cli @stoplight/prism-cli mongodb-memory-server
    mongodb-memory-server-core redis-memory-server portfinder get-port detect-port tcp-port-used wait-on
    start-server-and-test smtp-server ftp-srv net-server spdy http-shutdown stoppable http-terminator terminus @godaddy/terminus
  `,
  'process-runner': `
    execa cross-spawn child-process-promise foreground-child spawn-command spawnd nano-spawn tinyexec spawn-wrap
    spawn-please @npmcli/promise-spawn promisify-child-process node-cmd child_process_promise teen_process npm-run-all
    npm-run-all2 concurrently cross-env env-cmd dotenv-cli nodemon pm2 forever forever-monitor ts-node tsx tsx-cli
    node-dev ts-node-dev supervisor pidtree tree-kill ps-tree pidusage find-process fkill kill-port signal-exit
    node-pty node-pty-prebuilt-multiarch @lydell/node-pty wireit lint-staged nx
    @nx/ turbo lerna @lerna/ rush @microsoft/rush gulp-exec grunt-exec grunt-shell @actions/exec @actions/core
    run-script-os npm-run-path npm-run fluent-ffmpeg ffmpeg-static python-shell java-caller elevate win-spawn
    default-gateway network wifi-name
  `,
  'shell-runner':
    'shelljs zx bunyan-cli sh shell-exec @zxlib/zx dax-sh bash.js execsh shx google-zx npm-run-script gulp-shell',
  'fs-helper': `
    fs-extra graceful-fs mkdirp make-dir rimraf del del-cli trash glob fast-glob globby tiny-glob tinyglobby glob-stream
    glob-parent picomatch readdirp walk-sync @nodelib/fs.walk @nodelib/fs.stat @nodelib/fs.scandir klaw walkdir find-up
    locate-path path-exists pkg-up pkg-dir read-pkg read-pkg-up find-root find-package-json escalade write-file-atomic
    write-json-file load-json-file jsonfile steno atomically fast-write-atomic cpy copyfiles cp-file ncp recursive-copy
    copy-webpack-plugin move-file mv tmp tmp-promise temp tempy temp-dir temp-write tempfile unique-filename unique-slug
    proper-lockfile lockfile file-entry-cache flat-cache find-cache-dir cacache move-concurrently fs-minipass
    fs-write-stream-atomic vinyl-fs memfs unionfs mock-fs lowdb node-persist conf configstore electron-store env-paths
    xdg-basedir user-home send mime-types etag readline-sync n-readlines line-reader first-chunk-stream fs-jetpack
    dir-glob recursive-readdir rotating-file-stream file-stream-rotator import-fresh resolve resolve-from resolve-cwd
    enhanced-resolve oxc-resolver unrs-resolver tsconfig-paths get-tsconfig loader-utils @npmcli/fs fstream
  `,
  watcher: 'chokidar watchpack gaze sane watch node-watch fsevents @parcel/watcher fb-watchman watchify onchange',
  logger: `
    winston winston-daily-rotate-file winston-transport logform pino pino-pretty pino-http pino-roll sonic-boom
    thread-stream log4js bunyan loglevel signale consola tslog npmlog @npmcli/log roarr debug electron-log streamroller
    file-stream-rotator morgan-body @logtail/node pino-abstract-transport pino-std-serializers bole log-update ora
    listr2 cli-progress winston-loki winston-cloudwatch @google-cloud/logging-winston
  `,
  'template-engine': `
    ejs pug pug-load pug-runtime jade handlebars express-handlebars hbs mustache nunjucks eta liquidjs dot doT
    art-template marko swig twig consolidate @ladjs/consolidate squirrelly edge.js velocityjs hogan.js underscore.template
    mjml email-templates @fastify/view lodash.template vash slm haml less sass node-sass stylus postcss juice
    puppeteer-html-pdf html-pdf-node
  `,
  bundler: `
    webpack webpack-cli rollup @rollup/ rolldown @rolldown/ vite vite-node esbuild parcel @parcel/ @rspack/ browserify swc
    @swc/ @swc/core babel-loader @babel/ typescript ts-loader tsup tsdown unbuild microbundle ncc @vercel/ncc pkg snowpack
    metro terser uglify-js terser-webpack-plugin mini-css-extract-plugin css-loader sass-loader html-webpack-plugin
    postcss-loader fork-ts-checker-webpack-plugin gulp grunt broccoli ember-cli turbopack lightningcss
    @vitejs/ unplugin jiti sucrase tailwindcss @tailwindcss/ autoprefixer cssnano purgecss svgo imagemin
    electron-builder electron-packager @electron/ oxc-parser oxc-transform magic-string source-map
  `,
  'build-cli': `
    eslint prettier stylelint @biomejs/biome biome oxlint standard xo tslint typedoc jsdoc documentation api-extractor
    @microsoft/api-extractor openapi-typescript graphql-codegen @graphql-codegen/cli plop yeoman-generator yo create-react-app
    react-scripts @vue/cli-service @angular/cli @angular-devkit/ storybook @storybook/ semantic-release release-it standard-version
    changesets @changesets/cli np auto-changelog commitizen cz-conventional-changelog @commitlint/ depcheck npm-check-updates
    license-checker size-limit bundlesize knip madge dependency-cruiser prisma-cli syncpack
  `,
  'test-runner': `
    mocha jest @jest/ jest-runner jest-worker jest-haste-map jest-cli jest-resolve jest-runtime jest-snapshot vitest @vitest/ ava
    tap @tapjs/ tape jasmine jasmine-core uvu karma nyc c8 istanbul istanbul-lib-coverage istanbul-reports
    istanbul-lib-report @istanbuljs/ v8-to-istanbul cypress nightwatch testcafe cucumber @cucumber/cucumber codeceptjs
    esmock quibble testdouble poku fetch-mock jest-fetch-mock vitest-fetch-mock @pollyjs/ axios-mock-adapter replay sepia talkback
    japa @japa/ qunit lab @hapi/lab stryker @stryker-mutator/ sinon proxyquire testcontainers tstyche
  `,
  'native-loader': `
    bindings node-gyp-build node-pre-gyp @mapbox/node-pre-gyp prebuild-install prebuildify node-gyp node-addon-api nan
    cmake-js detect-libc napi-macros @napi-rs/cli pkg-prebuilds require-addon node-gyp-build-optional-packages ffi-napi
    ref-napi koffi node-bindings prebuild-install-napi
  `,
  'native-addon': `
    sharp canvas @napi-rs/canvas better-sqlite3 sqlite3 bcrypt argon2 @node-rs/ bufferutil utf-8-validate leveldown
    classic-level rocksdb lmdb msgpackr-extract cpu-features keytar node-sass re2 sodium-native snappy farmhash xxhash-addon
    zeromq serialport @serialport/bindings-cpp usb node-hid robotjs nodegit libxmljs libxmljs2 isolated-vm iconv
    node-expat kerberos mongodb-client-encryption couchbase @tensorflow/tfjs-node onnxruntime-node microtime
    unix-dgram fsevents @parcel/watcher @swc/core @datadog/native-metrics @datadog/pprof v8-profiler-next heapdump
    @opentelemetry/instrumentation-runtime-node blake3 bigint-buffer secp256k1 keccak tiny-secp256k1 deasync
    esbuild lightningcss oracledb ibm_db odbc pg-native nodejs-polars duckdb @duckdb/node-api tree-sitter node-llama-cpp
  `,
  'cloud-sdk': `
    aws-sdk @aws-sdk/ @smithy/ @aws/ aws-amplify @aws-amplify/ @google-cloud/ google-auth-library gcp-metadata google-gax gtoken
    googleapis-common firebase-admin @azure/ @azure/identity @azure/msal-node ms-rest-azure oci-sdk oci-common
    ibm-cloud-sdk-core @alicloud/ ali-oss tencentcloud-sdk-nodejs cos-nodejs-sdk-v5 minio @cdktf/ aws-cdk aws-cdk-lib
    @pulumi/ serverless @serverless/ sst @vercel/sdk vercel netlify netlify-cli wrangler miniflare @cloudflare/ cloudflare
    firebase-tools heroku @heroku-cli/ @scaleway/ do-wrapper hcloud-js aws-crt aws-jwt-verify aws4 aws4fetch
    @aws-lambda-powertools/
  `,
  'database-driver': `
    pg pg-pool pg-native pgpass postgres pg-connection-string pg-protocol mysql mysql2 mariadb mssql tedious oracledb mongodb
    mongodb-connection-string-url redis @redis/ ioredis memcached memjs cassandra-driver neo4j-driver neo4j-driver-core
    couchdb nano rethinkdb influx @influxdata/influxdb-client @clickhouse/client @planetscale/database @neondatabase/serverless
    @libsql/client snowflake-sdk @databricks/sql @google-cloud/bigquery sqlite better-sqlite3 sqlite3 sql.js nedb pouchdb levelup
    level arangojs faunadb ldapjs ldapts kafkajs node-rdkafka amqplib amqp-connection-manager rhea nats mqtt stompit
    zookeeper etcd3 consul @elastic/transport tarantool-driver hdb
  `,
  orm: `
    sequelize typeorm prisma @prisma/ @prisma/client knex mongoose objection bookshelf mikro-orm @mikro-orm/ drizzle-orm
    drizzle-kit waterline massive slonik kysely node-pg-migrate db-migrate umzug migrate-mongo typegoose @typegoose/typegoose
  `,
  telemetry: `
    @opentelemetry/ dd-trace @datadog/ newrelic @newrelic/ elastic-apm-node @sentry/ @sentry/node applicationinsights
    @azure/monitor-opentelemetry @splunk/otel appoptics-apm @instana/ @dynatrace/ prom-client hot-shots statsd-client
    node-statsd lightstep-tracer jaeger-client zipkin @honeycombio/ rollbar bugsnag @bugsnag/ raygun airbrake @airbrake/
    honeybadger @highlight-run/ logrocket skywalking-backend-js import-in-the-middle require-in-the-middle shimmer
    @google-cloud/opentelemetry-cloud-trace-exporter @google-cloud/trace-agent @google-cloud/profiler pyroscope @pyroscope/nodejs
    async-listener continuation-local-storage async-hook-jl longjohn
    clinic 0x autocannon swagger-stats express-status-monitor lightrun aws-xray-sdk aws-xray-sdk-core @vercel/otel
  `,
  'package-manager': `
    npm @npmcli/ pnpm @pnpm/ yarn @yarnpkg/ pacote libnpm libnpmaccess libnpmexec libnpmpublish libnpmpack libnpmversion
    libnpmfund libnpmdiff libnpmorg libnpmteam libnpmsearch libnpmhook @npmcli/arborist @npmcli/config @npmcli/run-script
    npm-registry-fetch npm-profile corepack npx bower jspm ied cnpm nypm ni @antfu/ni install-pkg @antfu/install-pkg
    npm-check-updates npm-check npm-audit-resolver package-json package-json-versionify latest-version registry-auth-token
    registry-url rc npm-conf node-gyp verdaccio sinopia vsce @vscode/vsce ovsx node-pre-gyp degit giget
  `,
  'browser-driver': `
    puppeteer puppeteer-core @puppeteer/ @puppeteer/browsers playwright playwright-core @playwright/ @playwright/test
    selenium-webdriver webdriver webdriverio @wdio/ chromedriver geckodriver edgedriver chrome-launcher lighthouse karma-chrome-launcher
    karma-firefox-launcher chrome-remote-interface chrome-aws-lambda @sparticuz/chromium html-pdf wkhtmltopdf pageres capture-website
    taiko nightmare phantomjs phantomjs-prebuilt phantom casperjs appium cypress testcafe-browser-tools electron capture-electron
  `,
  'ssh-client':
    'ssh2 ssh2-streams ssh2-sftp-client node-ssh ssh-config ssh-exec simple-ssh scp2 node-scp tunnel-ssh ssh2-promise sshpk ssh-keygen electrolytic',
  'git-hooks':
    'husky simple-git-hooks lefthook @evilmartians/lefthook yorkie ghooks git-hooks pre-commit pre-push husky-init captain-git-hook shared-git-hooks',
  'git-client': `
    simple-git isomorphic-git nodegit git-raw-commits git-semver-tags git-url-parse gitlog git-rev-sync git-describe
    @npmcli/git es-git gift gitbeaker @gitbeaker/ dugite current-git-branch git-last-commit last-commit-log
    git-user-name git-config-path parse-git-config git-remote-origin-url hosted-git-info gh-pages conventional-changelog
    conventional-changelog-core conventional-changelog-cli conventional-recommended-bump @conventional-changelog/git-client
    git-repo-info git-username gitconfiglocal get-pkg-repo git-branch git-state parse-github-url
  `,
  config: `
    dotenv dotenv-expand dotenv-flow dotenv-safe dotenv-webpack @dotenvx/dotenvx env-var envalid convict config nconf rc
    cosmiconfig lilconfig c12 node-config-ts @nestjs/config env-schema configstore conf dotenv-defaults dotenv-extended
    custom-env envfile detective-env @next/env @t3-oss/env-core @fastify/env load-env envsafe find-config jsonc-parser confbox
    unconfig conventional-config nypm-config js-yaml yaml toml ini json5
  `,
  'ai-sdk': `
    openai @anthropic-ai/sdk @anthropic-ai/ @google/generative-ai @google/genai @google-cloud/vertexai cohere-ai @mistralai/mistralai
    groq-sdk replicate @huggingface/inference @huggingface/ langchain @langchain/ llamaindex ai @ai-sdk/ ollama together-ai
    @azure/openai @openrouter/ fireworks-js deepseek @xenova/transformers @openai/agents @openai/codex @google/gemini-cli
    @mastra/ mastra genkit @genkit-ai/ promptfoo langsmith langfuse @arizeai/phoenix-client @aws-sdk/client-bedrock-runtime
    voyageai assemblyai @deepgram/sdk elevenlabs
  `,
  mcp: '@modelcontextprotocol/ @modelcontextprotocol/sdk mcp-remote mcp-proxy fastmcp supergateway mcp-framework xmcp @smithery/cli',
  image:
    'sharp jimp gm imagemagick image-size @img/ canvas pngjs jpeg-js svgo imagemin pdfkit pdf-lib pdf-parse pdfjs-dist tesseract.js exiftool-vendored ffmpeg-static qrcode',
  archive: `
    tar tar-stream tar-fs archiver unzipper yauzl yazl adm-zip jszip node-stream-zip extract-zip decompress decompress-tar
    decompress-unzip decompress-targz 7zip-bin node-7z compressing fflate pako tar-pack minizlib unzip-stream zip-stream
    compress-commons lzma-native bzip2-maybe gunzip-maybe @xhmikosr/decompress
  `,
  'update-notifier':
    'update-notifier simple-update-notifier latest-version package-json update-check update-notifier-cjs check-for-updates tiny-updater pkg-update is-npm',
  mail: 'nodemailer emailjs imap imapflow node-imap mailparser sendmail smtp-connection smtp-transport poplib mail-notifier mailersend preview-email',
  messaging:
    'node-notifier web-push apn node-apn @parse/node-apn firebase-messaging onesignal-node expo-server-sdk toasted-notifier bonjour bonjour-service multicast-dns mdns',
  kubernetes:
    '@kubernetes/client-node kubernetes-client @godaddy/kubernetes-client openid-client kubernetes-models cdk8s cdk8s-plus',
  container:
    'dockerode docker-modem docker-compose testcontainers @testcontainers/ docker-cli-js dockerfile-ast node-docker-api',
  keychain: 'keytar @napi-rs/keyring node-keychain gpg openpgp node-gpg passwd-user keychain win-dpapi @primno/dpapi',
  'worker-pool':
    'piscina workerpool threads tinypool jest-worker worker-farm workerize worker-loader thread-stream synckit comlink poolifier fib-worker node-worker-threads-pool web-worker @rushstack/worker-pool sync-threads make-synchronized',
  'module-loader': `
    jiti ts-node tsx esm pirates @babel/register @swc-node/register @swc/register esbuild-register sucrase interpret rechoir
    import-from import-local import-lazy require-directory bundle-require
    unconfig module-alias tsconfig-paths app-module-path rewire proxyquire mock-require clear-module decache stealthy-require
    require-all requireg global-modules resolve-global v8-compile-cache loud-rejection source-map-support
    @cspotcode/source-map-support amaro ts-blank-space tsimp @oxc-node/ @esbuild-kit/ hot-hook hot-esm dynohot extensionless
    @nodejs-loaders/ graphql-import-node css-modules-require-hook
  `,
  // They turn text that they are given into code, and believe what they are told it is called.
  'code-generator': `
    require-from-string node-require-function vm2 safe-eval isolated-vm notevil expression-eval jsonpath function-bind
    get-intrinsic reflect.getprototypeof call-bind depd ajv fast-json-stringify find-my-way avsc protobufjs
    mathjs lodash handlebars ejs doT fast-uri generate-function generate-object-property json-schema-to-typescript
  `,
  'cli-helper': `
    inquirer @inquirer/ prompts enquirer chalk kleur colors ansi-colors picocolors yargs yargs-parser commander minimist arg meow cac
    cli-table3 boxen figlet figures term-size terminal-link supports-color supports-hyperlinks is-wsl is-docker is-inside-container
    is-ci ci-info env-ci std-env which npm-which command-exists hasbin lookpath shell-env shell-path fix-path
    default-shell os-locale os-name osenv username fullname user-home is-root is-elevated sudo-block @clack/prompts
    locate-java-home find-java-home macos-release windows-release getos linux-os-info clipboardy @oclif/ terminal-kit blessed ink
    node-machine-id machine-id systeminformation-cli preferred-pm which-pm which-pm-runs detect-package-manager package-manager-detector
  `,
  wallet: `
    ethers web3 web3-core web3-eth-accounts viem wagmi @solana/ @solana/web3.js @coral-xyz/anchor xrpl ripple-keypairs
    bitcoinjs-lib bip39 bip32 ethereumjs-wallet @ethereumjs/ @truffle/hdwallet-provider truffle hardhat @nomicfoundation/
    @polkadot/ tronweb @mysten/ @aptos-labs/ near-api-js @cosmjs/ stellar-sdk @stellar/ @metamask/ @ledgerhq/ @trezor/ ccxt
  `,
  opener:
    'open opn opener better-opn open-cli xdg-open openurl launch-editor launch-editor-middleware react-dev-utils default-browser default-browser-id bundle-name run-applescript x-default-browser',
  'system-info':
    'systeminformation os-utils node-os-utils node-machine-id pidusage diskusage check-disk-space macaddress getmac address internal-ip public-ip ip default-gateway node-disk-info envinfo os-family detect-libc is-musl memory-usage getos',
  // Their work is to change what is installed.
  patcher: `
    patch-package custom-patch postinstall-prepare patch-pulse ts-patch ttypescript @nrwl/patch rn-nodeify npm-force-resolutions
  `,
  'stream-helper':
    'through2 split2 pump duplexify readable-stream byline csv-parse csv-parser fast-csv papaparse xlsx exceljs JSONStream stream-json ndjson event-stream',
  realtime:
    'ws socket.io socket.io-client engine.io-client faye-websocket websocket sockjs-client isomorphic-ws reconnecting-websocket graphql-ws subscriptions-transport-ws eventsource eventsource-parser signalr @microsoft/signalr centrifuge primus peerjs simple-peer ably',
  parser:
    'acorn esprima espree @typescript-eslint/ recast ts-morph cheerio jsdom parse5 xml2js fast-xml-parser marked markdown-it remark unified rehype htmlparser2 postcss gray-matter',
};

/**
 * Roles whose packages do what others ask of them, so that the one who asked answers for it as well: the confused
 * deputy of attacks.md. Frameworks are not among them: they call back into code that acts for itself.
 */
const DEPUTIES = new SafeSet<Role>([
  ...([
    'http-client',
    'process-runner',
    'shell-runner',
    'fs-helper',
    'logger',
    'browser-driver',
    'archive',
    'ssh-client',
  ] as Role[]),
  ...([
    'worker-pool',
    'module-loader',
    'code-generator',
    'native-loader',
    'opener',
    'watcher',
    'config',
    'mail',
    'realtime',
    'git-client',
  ] as Role[]),
  ...([
    'stream-helper',
    'database-driver',
    'web-client',
    'system-info',
    'keychain',
    'container',
    'messaging',
    'server',
    // An instrumentation stands on the stack between whoever calls and what it wrapped.
    'telemetry',
  ] as Role[]),
]);

/**
 * What is ordinary for a role: `sense.operation:class`, `*` for any class, `[sensitivity]` where the role may. Classes
 * are those of `Resource.resourceClass`.
 */
const ORDINARY: Readonly<Record<Role, string>> = {
  'http-client':
    'code.replace:network-function net.connect:public-host net.connect:public-ip net.connect:loopback net.connect:private net.connect:unix-socket net.connect:code-host net.connect:registry net.connect:address-lookup net.connect:blockchain-rpc net.dns:* import.load:powerful-builtin env.read:*',
  'web-client':
    'net.connect:public-host net.connect:loopback net.connect:drop-service net.dns:* import.load:powerful-builtin env.read:environment[credential]',
  framework:
    'code.replace:loader code.replace:network-function net.listen:* fs.read:app fs.list:app fs.write:tmp import.load:* code.eval:* worker.start:app net.dns:loopback net.dns:private',
  server:
    'code.replace:network-function net.listen:* net.connect:loopback net.connect:private net.connect:unix-socket fs.read:app fs.list:app import.load:* net.dns:*',
  'process-runner':
    'process.spawn:node process.spawn:program process.spawn:package-manager process.spawn:vcs process.spawn:system-info process.spawn:build-tool process.spawn:package-executable process.spawn:app-executable process.spawn:shell[shell] process.spawn:interpreter fs.read:* import.load:*',
  'shell-runner':
    'process.spawn:* process.spawn:shell[shell] fs.read:* fs.list:* fs.write:app fs.write:tmp fs.delete:app fs.delete:tmp fs.chmod:app import.load:*',
  'fs-helper':
    'fs.read:* fs.list:* fs.write:app fs.write:tmp fs.write:home fs.write:package-store fs.delete:app fs.delete:tmp fs.delete:home fs.link:app fs.link:tmp fs.chmod:app import.load:*',
  watcher: 'fs.list:* fs.read:* fs.watch:* native.dlopen:package[native] import.load:*',
  logger:
    'fs.write:app fs.write:tmp fs.write:home fs.write:system fs.write:other fs.delete:app fs.read:app worker.start:* import.load:* net.connect:loopback net.connect:public-host',
  'template-engine': 'fs.read:app fs.read:package fs.read:tmp fs.list:app code.eval:* import.load:*',
  bundler:
    'code.replace:loader fs.read:* fs.list:* fs.write:app fs.write:tmp fs.write:package-store fs.delete:app fs.delete:tmp worker.start:* process.spawn:node process.spawn:package-executable native.dlopen:*[native] import.load:* code.eval:* net.listen:loopback net.listen:any',
  'build-cli':
    'code.replace:loader fs.read:* fs.list:* fs.write:app fs.write:tmp fs.write:package-store fs.delete:app worker.start:* process.spawn:node process.spawn:vcs process.spawn:package-manager import.load:* code.eval:*',
  'test-runner':
    'code.replace:loader code.replace:network-function fs.read:* fs.list:* fs.write:app fs.write:tmp fs.write:package-store fs.delete:app fs.delete:tmp worker.start:* process.spawn:node import.load:* code.eval:* net.listen:* net.connect:loopback',
  'native-loader': 'native.dlopen:*[native] fs.read:* fs.list:* import.load:*',
  'native-addon':
    'native.dlopen:*[native] fs.read:* fs.list:* import.load:* process.spawn:package-executable process.spawn:system-info',
  'cloud-sdk':
    'net.connect:public-host net.connect:loopback net.connect:private net.connect:metadata[metadata] net.dns:* fs.read:home[credential] fs.read:app[credential] fs.read:system[credential] fs.read:* env.read:environment[credential] import.load:* process.spawn:cloud-cli',
  'database-driver':
    'net.connect:public-host net.connect:public-ip net.connect:loopback net.connect:private net.connect:unix-socket net.dns:* fs.read:home[credential] fs.read:app[credential] env.read:environment[credential] native.dlopen:package[native] import.load:* fs.read:* fs.write:app code.eval:*',
  orm: 'fs.read:app fs.list:app net.connect:loopback net.connect:private net.connect:public-host net.dns:* import.load:* env.read:environment[credential] native.dlopen:package[native] process.spawn:package-executable code.eval:*',
  telemetry:
    'code.eval:* code.replace:loader code.replace:network-function net.connect:public-host net.connect:loopback net.connect:private net.connect:unix-socket net.connect:metadata[metadata] net.dns:* fs.read:system fs.read:app fs.read:package process.spawn:system-info process.spawn:vcs native.dlopen:package[native] worker.start:package import.load:* env.read:environment[credential] net.listen:*',
  'package-manager':
    'fs.read:* fs.list:* fs.write:* fs.delete:* fs.link:* fs.chmod:* fs.read:home[credential] fs.read:app[credential] fs.read:system[credential] fs.write:package[persistence] fs.write:app[persistence] net.connect:registry net.connect:code-host net.connect:public-host net.connect:loopback net.dns:* process.spawn:node process.spawn:vcs process.spawn:shell[shell] process.spawn:package-manager process.spawn:package-executable import.load:* env.read:environment[credential]',
  'browser-driver':
    'code.replace:network-function process.spawn:program process.spawn:package-executable process.spawn:home-executable process.spawn:app-executable process.spawn:opener net.connect:loopback net.listen:loopback net.dns:* fs.read:* fs.list:* fs.write:tmp fs.write:home fs.delete:tmp fs.chmod:home import.load:*',
  'ssh-client':
    'fs.read:home[credential] fs.read:app[credential] net.connect:public-host net.connect:public-ip net.connect:private net.connect:loopback net.connect:agent-socket[credential] net.dns:* env.read:environment[credential] native.dlopen:package[native] import.load:*',
  'git-hooks':
    'fs.read:app fs.list:app fs.write:app fs.delete:app fs.chmod:app fs.write:app[persistence] fs.delete:app[persistence] fs.chmod:app[persistence] fs.link:app[persistence] process.spawn:vcs process.spawn:shell[shell] process.spawn:package-executable process.spawn:program import.load:*',
  'git-client':
    'process.spawn:vcs process.spawn:shell[shell] fs.read:app fs.read:home fs.list:app fs.write:app net.connect:code-host net.dns:* import.load:*',
  config:
    'fs.read:app[credential] fs.read:app fs.read:home fs.read:system fs.list:app env.read:environment[credential] import.load:* code.eval:*',
  'ai-sdk':
    'code.replace:network-function net.connect:public-host net.connect:loopback net.dns:* env.read:environment[credential] import.load:* fs.read:app fs.read:home',
  mcp: 'process.spawn:node process.spawn:package-manager process.spawn:interpreter process.spawn:program net.connect:public-host net.connect:loopback net.listen:loopback net.dns:* fs.read:home[agent-config] fs.read:app[agent-config] import.load:*',
  image:
    'fs.read:* fs.write:app fs.write:tmp native.dlopen:package[native] process.spawn:program process.spawn:build-tool process.spawn:package-executable import.load:*',
  archive:
    'fs.read:app fs.read:tmp fs.write:app fs.write:tmp fs.chmod:app fs.chmod:tmp fs.link:app fs.link:tmp fs.list:app fs.read:home fs.write:home import.load:*',
  'update-notifier':
    'net.connect:registry net.dns:registry fs.read:home[credential] fs.read:home fs.write:home process.spawn:node fs.read:app[credential] import.load:*',
  mail: 'net.connect:public-host net.connect:public-ip net.connect:loopback net.connect:private net.dns:* process.spawn:program fs.read:app import.load:*',
  messaging:
    'net.connect:public-host net.connect:multicast net.listen:* net.dns:* process.spawn:program process.spawn:package-executable process.spawn:interpreter import.load:*',
  kubernetes:
    'fs.read:home[credential] fs.read:system[credential] net.connect:public-host net.connect:private net.connect:loopback net.connect:public-ip net.dns:* process.spawn:cloud-cli process.spawn:container-tool env.read:environment[credential] import.load:*',
  container:
    'net.connect:container-socket net.connect:loopback net.connect:private net.dns:* process.spawn:container-tool fs.read:home[credential] import.load:*',
  keychain: 'native.dlopen:package[native] process.spawn:keychain fs.read:home[credential] import.load:*',
  'worker-pool': 'worker.start:* process.spawn:node import.load:*',
  'module-loader':
    'code.replace:loader code.replace:network-function fs.read:* fs.list:* code.eval:* import.load:* fs.write:tmp fs.write:package-store worker.start:package',
  'code-generator': 'fs.read:* fs.list:* code.eval:* import.load:*',
  'cli-helper':
    'process.spawn:system-info process.spawn:interpreter process.spawn:program process.spawn:shell[shell] fs.read:system fs.read:app fs.read:home import.load:*',
  wallet:
    'net.connect:blockchain-rpc net.connect:public-host net.connect:loopback net.dns:* import.load:* fs.read:home[credential] native.dlopen:package[native]',
  opener:
    'process.spawn:opener process.spawn:interpreter process.spawn:shell[shell] process.spawn:program process.spawn:system-info process.spawn:app-executable process.spawn:package-executable fs.read:system import.load:*',
  'system-info':
    'process.spawn:system-info process.spawn:program process.spawn:shell[shell] process.spawn:vcs process.spawn:package-manager fs.read:system fs.list:system import.load:* net.connect:address-lookup net.dns:*',
  patcher:
    'fs.read:* fs.list:* fs.write:package fs.write:app fs.write:tmp fs.delete:package fs.delete:tmp fs.chmod:package process.spawn:node process.spawn:vcs process.spawn:package-manager import.load:*',
  'stream-helper': 'fs.read:app fs.read:tmp fs.write:app fs.write:tmp import.load:*',
  realtime:
    'net.connect:public-host net.connect:public-ip net.connect:loopback net.connect:private net.listen:* net.dns:* native.dlopen:package[native] import.load:*',
  parser: 'fs.read:app fs.list:app fs.read:package import.load:* code.eval:*',
};

/* What a package's facts are made of: a bit each, and its role's place in the table above them. */
const FRAMEWORK = 1;
const DEPUTY = 2;
const COMPILER = 4;
const GENERATOR = 8;
const ROLE_SHIFT = 4;
const ROLES = Object.keys(PACKAGES) as Role[];

function factsOfRole(index: number): number {
  const role = ROLES[index] as Role;
  let facts = index << ROLE_SHIFT;
  if (role === 'framework' || role === 'test-runner') facts |= FRAMEWORK;
  if (DEPUTIES.has(role)) facts |= DEPUTY;
  if (role === 'test-runner' || role === 'module-loader' || role === 'bundler' || role === 'build-cli')
    facts |= COMPILER;
  if (role === 'code-generator') facts |= GENERATOR;
  return facts;
}

interface Known {
  readonly names: SafeMap<string, number>;
  readonly scopes: { readonly prefix: string; readonly facts: number }[];
}
/* When a package is first asked about: thousands of names are milliseconds, and many a process has no package. */
const known = lazily((): Known => {
  const made: Known = { names: new SafeMap(), scopes: [] };
  for (let index = 0; index < ROLES.length; index++) {
    const names = words(PACKAGES[ROLES[index] as Role]);
    const facts = factsOfRole(index);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (name[name.length - 1] === '/') {
        made.scopes[made.scopes.length] = { prefix: name, facts };
        continue;
      }
      // The first role listed is the one that says most; the bits count from every list.
      const before = made.names.get(name);
      made.names.set(name, before === undefined ? facts : before | (facts & ((1 << ROLE_SHIFT) - 1)));
    }
  }
  return made;
});

/* `undefined` for most of the registry. */
function factsOf(packageName: string): number | undefined {
  const { names, scopes } = known();
  const exact = names.get(packageName);
  if (exact !== undefined || packageName[0] !== '@') return exact;
  for (let i = 0; i < scopes.length; i++) {
    const scope = scopes[i] as Known['scopes'][number];
    if (StringPrototypeStartsWith(packageName, scope.prefix)) return scope.facts;
  }
  return undefined;
}

/** What a package is known for; `undefined` for most of the registry. */
export function roleOf(packageName: string): Role | undefined {
  const facts = factsOf(packageName);
  return facts === undefined ? undefined : ROLES[facts >> ROLE_SHIFT];
}

/**
 * Calls back what it is given (a router its handlers, a queue its jobs, a test runner its tests), without wanting what
 * they do.
 */
export function isFramework(packageName: string): boolean {
  return ((factsOf(packageName) ?? 0) & FRAMEWORK) !== 0;
}

/** Acts for others (HTTP clients, process runners, file helpers, loggers, drivers): its caller answers as well. */
export function isDeputy(packageName: string): boolean {
  return ((factsOf(packageName) ?? 0) & DEPUTY) !== 0;
}

/** Compiles other packages' files under those files' names: what it says of them is believed. */
export function isCompiler(packageName: string): boolean {
  return ((factsOf(packageName) ?? 0) & COMPILER) !== 0;
}

/** Turns text that it is given into code: the code is whoever's who gave it the text. */
export function isCodeGenerator(packageName: string): boolean {
  return ((factsOf(packageName) ?? 0) & GENERATOR) !== 0;
}

/* Made from the table above when a role is first asked about. */
const ordinary = new SafeMap<Role, SafeSet<string>>();

/** The part of a deed that a role is judged by. */
export interface RoleDeed {
  readonly sense: string;
  readonly operation: string;
  readonly resourceClass: string;
  readonly sensitivity?: string | undefined;
}

function ordinaryRowsOf(role: Role): SafeSet<string> {
  let rows = ordinary.get(role);
  if (rows === undefined) {
    rows = new SafeSet<string>();
    const listed = StringPrototypeSplit(ORDINARY[role], ' ');
    for (let i = 0; i < listed.length; i++) rows.add(listed[i] as string);
    ordinary.set(role, rows);
  }
  return rows;
}

/** True when packages of this role do this kind of thing every day. A sensitivity must be named by the role's row. */
export function isOrdinaryFor(role: Role, deed: RoleDeed): boolean {
  const rows = ordinaryRowsOf(role);
  const act = `${deed.sense}.${deed.operation}`;
  // One plain program run through a shell is that program.
  const plain = deed.sensitivity === undefined || (deed.sensitivity === 'shell' && deed.resourceClass !== 'shell');
  const mark = plain ? '' : `[${deed.sensitivity}]`;
  return rows.has(`${act}:${deed.resourceClass}${mark}`) || rows.has(`${act}:*${mark}`);
}
