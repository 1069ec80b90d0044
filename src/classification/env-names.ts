/**
 * Environment variables that hold secrets, by name. Reading any other one is no trait: everybody reads `NODE_ENV`.
 */
import {
  SafeMap,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import { words } from './text.ts';

/** Exact names and their family; source: the providers' own documentation, and ATT&CK T1552.007. */
const EXACT = new SafeMap<string, string>([
  ...(
    [
      'aws_access_key_id',
      'aws_secret_access_key',
      'aws_session_token',
      'aws_security_token',
      'aws_web_identity_token_file',
    ] as const
  ).map((n): [string, string] => [n, 'aws']),
  ...(
    [
      'aws_container_authorization_token',
      'aws_container_credentials_full_uri',
      'aws_container_credentials_relative_uri',
    ] as const
  ).map((n): [string, string] => [n, 'aws']),
  ['google_application_credentials', 'gcp'],
  ['gcloud_service_key', 'gcp'],
  ['azure_client_secret', 'azure'],
  ['azure_client_certificate_path', 'azure'],
  ['azure_storage_connection_string', 'azure'],
  ...(
    [
      'npm_token',
      'node_auth_token',
      'npm_config__auth',
      'npm_config__authtoken',
      'npm_auth_token',
      'yarn_npm_auth_token',
    ] as const
  ).map((n): [string, string] => [n, 'npm']),
  ...(
    [
      'github_token',
      'gh_token',
      'gh_enterprise_token',
      'github_pat',
      'actions_runtime_token',
      'actions_id_token_request_token',
    ] as const
  ).map((n): [string, string] => [n, 'github']),
  ['gitlab_token', 'gitlab'],
  ['ci_job_token', 'gitlab'],
  ['ci_job_jwt', 'gitlab'],
  ['vault_token', 'vault'],
  ['kubeconfig', 'kubernetes'],
  ['docker_auth_config', 'docker'],
  ['ssh_auth_sock', 'ssh'],
  ['database_url', 'database'],
  ['mongodb_uri', 'database'],
  ['mongo_url', 'database'],
  ['redis_url', 'database'],
  ['pgpassword', 'database'],
  ['mysql_pwd', 'database'],
  ['dotenv_key', 'dotenv'],
  ['anthropic_api_key', 'anthropic'],
  ['openai_api_key', 'openai'],
  ['gemini_api_key', 'gemini'],
  ['google_api_key', 'gemini'],
  ['hf_token', 'huggingface'],
  ['mnemonic', 'wallet'],
  ['private_key', 'private-key'],
]);

const ENDINGS = words(`
  _token _secret _secret_key _api_key _apikey _password _passwd _passphrase _pass _private_key _access_key
  _access_key_id _credentials _credential _auth _authtoken _pat _mnemonic _seed_phrase _connection_string _dsn
  _webhook_url _webhook _signing_key _encryption_key _client_secret _jwt
`);

const WHOLE = words(`
  token secret password passwd api_key apikey secret_key access_token auth_token
`);

/** Family of the secret that a variable of this name holds, `undefined` when it holds none. */
export function secretVariable(name: string): string | undefined {
  const lower = StringPrototypeToLowerCase(name);
  const exact = EXACT.get(lower);
  if (exact !== undefined) return exact;
  for (let i = 0; i < WHOLE.length; i++) if (lower === WHOLE[i]) return 'environment';
  for (let i = 0; i < ENDINGS.length; i++) {
    if (StringPrototypeEndsWith(lower, ENDINGS[i] as string)) return familyByPrefix(lower);
  }
  if (StringPrototypeStartsWith(lower, 'npm_config_//') && StringPrototypeIncludes(lower, 'auth')) return 'npm';
  return StringPrototypeIncludes(lower, 'secret') || StringPrototypeIncludes(lower, 'password')
    ? familyByPrefix(lower)
    : undefined;
}

const PREFIXES: readonly (readonly [string, string])[] = [
  ['aws_', 'aws'],
  ['azure_', 'azure'],
  ['google_', 'gcp'],
  ['gcp_', 'gcp'],
  ['npm_', 'npm'],
  ['github_', 'github'],
  ['gh_', 'github'],
  ['gitlab_', 'gitlab'],
  ['docker_', 'docker'],
  ['cloudflare_', 'cloudflare'],
  ['cf_', 'cloudflare'],
  ['heroku_', 'heroku'],
  ['vercel_', 'vercel'],
  ['netlify_', 'netlify'],
  ['slack_', 'slack'],
  ['discord_', 'discord'],
  ['telegram_', 'telegram'],
  ['stripe_', 'stripe'],
  ['twilio_', 'twilio'],
  ['sentry_', 'ci'],
  ['datadog_', 'telemetry'],
  ['dd_', 'telemetry'],
  ['pg', 'database'],
  ['postgres_', 'database'],
  ['mysql_', 'database'],
  ['mongo', 'database'],
  ['redis_', 'database'],
  ['db_', 'database'],
];

function familyByPrefix(lower: string): string {
  for (let i = 0; i < PREFIXES.length; i++) {
    const [prefix, family] = PREFIXES[i] as readonly [string, string];
    if (StringPrototypeStartsWith(lower, prefix)) return family;
  }
  return 'environment';
}
