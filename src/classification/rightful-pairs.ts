/**
 * Who may carry which secret where. A credential followed by a connection is the mark of theft, except when the secret
 * belongs to the service that is called and the package is one that is meant to do so. Rows, not exceptions in rules.
 */
import { lazily } from '../lazily.ts';
import { SafeMap, StringPrototypeEndsWith, StringPrototypeStartsWith } from '../primordials.ts';
import { hostMeaning } from './hosts.ts';
import { type Role, roleOf } from './roles.ts';
import { words } from './text.ts';

interface Pair {
  /** Families of `sensitive-files.ts` and `env-names.ts`. */
  readonly families: readonly string[];
  /** Package names, or scopes ending in `/`. */
  readonly packages: readonly string[];
  /** Roles whose packages may as well. */
  readonly roles: readonly Role[];
  /** Host names with everything below them. `*`: any host, because the user names it (an SSH server, a cluster). */
  readonly hosts: readonly string[];
  readonly source: string;
}

/* Drop services and miners are nobody's rightful destination, whatever a `*` row says. */
const NEVER = ['drop-service', 'mining-pool', 'dns-tunnel', 'dynamic-dns'];

const makePairs = (): readonly Pair[] => [
  {
    families: ['aws'],
    packages: words(
      'aws-sdk @aws-sdk/ @smithy/ @aws/ aws-crt aws-amplify @aws-amplify/ aws4 aws4fetch aws-cdk aws-cdk-lib serverless sst @pulumi/ @aws-lambda-powertools/ s3-client minio @auth/',
    ),
    roles: [],
    hosts: words(
      'amazonaws.com amazonaws.com.cn aws.amazon.com amazonaws-us-gov.com api.aws aws.dev on.aws awsapps.com',
    ),
    source: 'https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html',
  },
  {
    families: ['gcp'],
    packages: words(
      '@google-cloud/ google-auth-library gcp-metadata google-gax googleapis @googleapis/ googleapis-common gaxios gtoken firebase-admin firebase-tools firebase @google/ @genkit-ai/ @kubernetes/client-node',
    ),
    roles: [],
    hosts: words(
      'googleapis.com google.com cloud.google.com accounts.google.com run.app appspot.com firebaseio.com metadata.google.internal gcr.io pkg.dev',
    ),
    source: 'https://cloud.google.com/docs/authentication/application-default-credentials',
  },
  {
    families: ['azure'],
    packages: words(
      '@azure/ @azure/identity @azure/msal-node ms-rest-azure @microsoft/ azure-storage applicationinsights',
    ),
    roles: [],
    hosts: words(
      'azure.com azure.net windows.net microsoftonline.com microsoft.com azure-api.net azurewebsites.net azure.us azure.cn chinacloudapi.cn live.com',
    ),
    source: 'https://learn.microsoft.com/azure/developer/javascript/sdk/authentication/overview',
  },
  {
    families: ['oci'],
    packages: words('oci-sdk oci-common oci-'),
    roles: [],
    hosts: words('oraclecloud.com oci.oraclecloud.com'),
    source: 'https://docs.oracle.com/iaas/Content/API/SDKDocs/typescriptsdk.htm',
  },
  {
    families: ['alibaba'],
    packages: words('@alicloud/ ali-oss'),
    roles: [],
    hosts: words('aliyuncs.com aliyun.com'),
    source: 'https://www.alibabacloud.com/help/sdk',
  },
  {
    families: ['ibm'],
    packages: words('ibm-cloud-sdk-core ibm-watson @ibm-cloud/'),
    roles: [],
    hosts: words('cloud.ibm.com bluemix.net ibm.com'),
    source: 'https://cloud.ibm.com/docs',
  },
  {
    families: ['cloudflare'],
    packages: words('wrangler miniflare cloudflare @cloudflare/'),
    roles: [],
    hosts: words('cloudflare.com workers.dev'),
    source: 'https://developers.cloudflare.com/workers/wrangler/',
  },
  {
    families: ['vercel'],
    packages: words('vercel @vercel/ next'),
    roles: [],
    hosts: words('vercel.com vercel.app vercel-storage.com'),
    source: 'https://vercel.com/docs/cli',
  },
  {
    families: ['netlify'],
    packages: words('netlify netlify-cli @netlify/'),
    roles: [],
    hosts: words('netlify.com netlify.app'),
    source: 'https://docs.netlify.com/cli/get-started/',
  },
  {
    families: ['heroku'],
    packages: words('heroku @heroku-cli/ @heroku/'),
    roles: [],
    hosts: words('heroku.com'),
    source: 'https://devcenter.heroku.com',
  },
  {
    families: ['pulumi', 'terraform'],
    packages: words('@pulumi/ @cdktf/ cdktf'),
    roles: [],
    hosts: words('pulumi.com terraform.io app.terraform.io'),
    source: 'https://www.pulumi.com/docs/',
  },
  {
    families: ['digitalocean'],
    packages: words('do-wrapper dots-wrapper'),
    roles: [],
    hosts: words('digitalocean.com'),
    source: 'https://docs.digitalocean.com',
  },
  {
    families: ['npm', 'yarn', 'bun'],
    packages: words(
      'npm npx @npmcli/ libnpm pacote npm-registry-fetch npm-profile make-fetch-happen registry-auth-token registry-url package-json latest-version update-notifier npm-check-updates npm-check pnpm @pnpm/ yarn @yarnpkg/ corepack libnpmaccess libnpmexec libnpmpublish libnpmorg libnpmsearch libnpmteam libnpmhook semantic-release @semantic-release/ release-it np lerna @lerna/ nx @nx/ @changesets/ verdaccio giget syncpack rc npm-conf global-directory global-dirs global-modules global-prefix is-installed-globally npm-prefix resolve-global requireg libnpmconfig',
    ),
    roles: ['package-manager', 'update-notifier'],
    // A private registry has whatever name its company gives it.
    hosts: ['*'],
    source: 'https://docs.npmjs.com/cli/configuring-npm/npmrc',
  },
  {
    families: ['github'],
    packages: words(
      '@octokit/ octokit @actions/ probot semantic-release @semantic-release/ release-it gh-pages @changesets/ danger auto-changelog conventional-github-releaser',
    ),
    roles: [],
    hosts: words(
      'github.com api.github.com uploads.github.com githubusercontent.com ghcr.io actions.githubusercontent.com pkg.github.com github.localhost',
    ),
    source: 'https://docs.github.com/rest/authentication',
  },
  {
    families: ['gitlab'],
    packages: words('@gitbeaker/ gitlab semantic-release @semantic-release/ release-it'),
    roles: [],
    hosts: ['*'],
    source: 'https://docs.gitlab.com/ee/api/',
  },
  {
    families: ['git', 'netrc'],
    packages: words('isomorphic-git nodegit simple-git'),
    roles: ['git-client', 'package-manager'],
    hosts: ['*'],
    source: 'https://git-scm.com/docs/gitcredentials',
  },
  {
    families: ['netrc'],
    packages: words('heroku @heroku-cli/ netrc netrc-parser got'),
    roles: [],
    hosts: words('heroku.com'),
    source: 'https://devcenter.heroku.com/articles/authentication',
  },
  {
    families: ['ssh', 'private-key'],
    packages: [],
    roles: ['ssh-client', 'git-client'],
    hosts: ['*'],
    source: 'https://github.com/mscdex/ssh2',
  },
  {
    families: ['kubernetes', 'container-secrets'],
    packages: words('@kubernetes/client-node kubernetes-client @godaddy/kubernetes-client'),
    roles: ['kubernetes'],
    hosts: ['*'],
    source: 'https://github.com/kubernetes-client/javascript',
  },
  {
    families: ['docker'],
    packages: [],
    roles: ['container'],
    hosts: ['*'],
    source: 'https://docs.docker.com/engine/api/',
  },
  {
    families: ['database', 'private-key', 'dotenv'],
    packages: [],
    roles: ['database-driver', 'orm'],
    hosts: ['*'],
    source: 'https://www.postgresql.org/docs/current/libpq-pgpass.html',
  },
  {
    families: ['vault'],
    packages: words('node-vault hashi-vault-js'),
    roles: [],
    hosts: ['*'],
    source: 'https://developer.hashicorp.com/vault/api-docs',
  },
  {
    families: ['anthropic'],
    packages: words('@anthropic-ai/ @ai-sdk/ ai langchain @langchain/ llamaindex @mastra/'),
    roles: [],
    hosts: words('anthropic.com claude.ai'),
    source: 'https://docs.anthropic.com',
  },
  {
    families: ['openai'],
    packages: words('openai @openai/ @azure/openai @ai-sdk/ ai langchain @langchain/ llamaindex @mastra/'),
    roles: [],
    hosts: words('openai.com openai.azure.com chatgpt.com'),
    source: 'https://platform.openai.com/docs',
  },
  {
    families: ['gemini'],
    packages: words('@google/ @ai-sdk/ ai langchain @langchain/ @genkit-ai/'),
    roles: [],
    hosts: words('googleapis.com google.com'),
    source: 'https://ai.google.dev',
  },
  {
    families: ['huggingface'],
    packages: words('@huggingface/ @xenova/transformers'),
    roles: [],
    hosts: words('huggingface.co hf.co hf.space'),
    source: 'https://huggingface.co/docs',
  },
  {
    families: ['mcp', 'agent-settings'],
    packages: words('@modelcontextprotocol/ mcp-remote fastmcp'),
    roles: ['mcp'],
    hosts: ['*'],
    source: 'https://modelcontextprotocol.io',
  },
  {
    families: ['slack'],
    packages: words('@slack/'),
    roles: [],
    hosts: words('slack.com hooks.slack.com'),
    source: 'https://api.slack.com',
  },
  {
    families: ['discord'],
    packages: words('discord.js @discordjs/ eris'),
    roles: [],
    hosts: words('discord.com discord.gg discordapp.com'),
    source: 'https://discord.com/developers/docs',
  },
  {
    families: ['telegram'],
    packages: words('telegraf grammy node-telegram-bot-api'),
    roles: [],
    hosts: words('api.telegram.org'),
    source: 'https://core.telegram.org/bots/api',
  },
  {
    families: ['stripe'],
    packages: words('stripe'),
    roles: [],
    hosts: words('stripe.com'),
    source: 'https://docs.stripe.com/api',
  },
  {
    families: ['twilio'],
    packages: words('twilio @sendgrid/'),
    roles: [],
    hosts: words('twilio.com sendgrid.com'),
    source: 'https://www.twilio.com/docs',
  },
  {
    families: ['wallet'],
    packages: [],
    roles: ['wallet'],
    hosts: words(
      'solana.com infura.io alchemy.com quiknode.pro ankr.com publicnode.com helius-rpc.com trongrid.io ripple.com xrplcluster.com',
    ),
    source: 'https://solana.com/docs/rpc',
  },
  {
    families: ['ci', 'telemetry'],
    packages: [],
    roles: ['telemetry'],
    hosts: ['*'],
    source: 'https://opentelemetry.io/docs/languages/js/exporters/',
  },
  // The application's own configuration is read so that it is used; what to hold against its users is novelty.
  {
    families: ['dotenv', 'environment', 'secrets-file'],
    packages: words('<app>'),
    roles: ['config', 'framework', 'web-client', 'cloud-sdk', 'ai-sdk', 'orm', 'telemetry', 'mail'],
    hosts: ['*'],
    source: 'https://12factor.net/config',
  },
  {
    families: ['private-key'],
    packages: words('<app>'),
    roles: ['framework', 'server', 'http-client', 'telemetry', 'web-client', 'cloud-sdk'],
    hosts: ['*'],
    source: 'https://nodejs.org/api/tls.html',
  },
];

const byFamily = lazily(() => {
  const made = new SafeMap<string, Pair[]>();
  const all = makePairs();
  for (let i = 0; i < all.length; i++) {
    const pair = all[i] as Pair;
    for (let j = 0; j < pair.families.length; j++) {
      const family = pair.families[j] as string;
      const list = made.get(family);
      if (list === undefined) made.set(family, [pair]);
      else list[list.length] = pair;
    }
  }
  return made;
});

function namesPackage(pair: Pair, packageName: string): boolean {
  for (let i = 0; i < pair.packages.length; i++) {
    const name = pair.packages[i] as string;
    if (name === packageName) return true;
    const last = name[name.length - 1];
    if ((last === '/' || last === '-') && StringPrototypeStartsWith(packageName, name)) return true;
  }
  const role = roleOf(packageName);
  if (role === undefined) return false;
  for (let i = 0; i < pair.roles.length; i++) if (pair.roles[i] === role) return true;
  return false;
}

function namesHost(pair: Pair, host: string, hostClass: string): boolean {
  for (let i = 0; i < pair.hosts.length; i++) {
    const name = pair.hosts[i] as string;
    if (name === host || StringPrototypeEndsWith(host, `.${name}`)) return true;
    if (name !== '*') continue;
    let wanted = true;
    for (let j = 0; j < NEVER.length; j++) if (NEVER[j] === hostClass) wanted = false;
    if (wanted) return true;
  }
  // Inside the machine or its network (emulators, proxies, LocalStack), and the cloud's own credential service.
  return hostClass === 'loopback' || hostClass === 'metadata';
}

/**
 * True when this package may read a secret of this family and talk to this host in one breath. `host` is a host name
 * or address without port, in lower case; `''` asks whether the package may have the secret at all.
 */
export function mayCarry(family: string, packageName: string, host: string): boolean {
  const pairs = byFamily().get(family);
  if (pairs === undefined) return false;
  const hostClass = host === '' ? '' : hostMeaning(host).hostClass;
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i] as Pair;
    if (namesPackage(pair, packageName) && (host === '' || namesHost(pair, host, hostClass))) return true;
  }
  return false;
}
