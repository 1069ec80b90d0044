/**
 * Files that are dangerous whoever touches them: where secrets lie, and where a change makes code run again later.
 *
 * Patterns are written in lower case and matched without case (macOS and Windows do not tell `.SSH` from `.ssh`):
 *
 * | pattern | matches |
 * |---|---|
 * | `.aws/credentials` | a file of that name in a folder of that name, anywhere (a fake or a mounted home counts too) |
 * | `.ssh/**` | the folder itself and everything beneath it |
 * | `*.pfx`, `.env.*`, `service-account*.json` | one `*` in the file name |
 * | `firefox/*​/key4.db` | `*` as a whole folder name |
 * | `~/x`, `<app>/x`, `<package>/x`, `/x` | directly in a home, the application, an installed package, the root |
 *
 * Files inside an installed package are public, so no credential row applies there.
 */
import type { Sensitivity } from '../behavior.ts';
import { words } from './text.ts';

export interface SensitiveRow {
  /** Short name of what is at stake; `rightful-pairs.ts` pairs it with hosts and packages. */
  readonly family: string;
  readonly sensitivity: Sensitivity;
  /** `change`: reading it is ordinary, changing it is not. */
  readonly on: 'any' | 'change';
  /** Only where it has an effect: not in temporary folders, where tools unpack whole projects. */
  readonly inPlace?: true;
  /** Not in the application's own folder, where builders put what they build. */
  readonly outsideApp?: true;
  readonly patterns: readonly string[];
  readonly source: string;
}

const secret = (family: string, source: string, ...patterns: string[]): SensitiveRow => ({
  family,
  sensitivity: 'credential',
  on: 'any',
  patterns,
  source,
});
/* Source code lies in folders of such names as well: only files of data count. */
const inFolders = (folders: string, extensions: string): string[] =>
  words(folders).flatMap((folder) => words(extensions).map((extension) => `${folder}/*.${extension}`));
const persists = (family: string, source: string, ...patterns: string[]): SensitiveRow => ({
  family,
  sensitivity: 'persistence',
  on: 'change',
  patterns,
  source,
});
const project = (family: string, source: string, ...patterns: string[]): SensitiveRow => ({
  ...persists(family, source, ...patterns),
  inPlace: true,
});
const agent = (family: string, on: 'any' | 'change', source: string, ...patterns: string[]): SensitiveRow => ({
  family,
  sensitivity: 'agent-config',
  on,
  patterns,
  source,
});

/** Files that match a credential row below and hold no secret. */
export const PUBLIC_FILES: readonly string[] = words(`
  .ssh/*.pub .ssh/known_hosts .ssh/known_hosts.old .ssh/config .ssh/config.d/** .env.example .env.sample
  .env.template .env.dist .env.defaults .env.schema .env.vault
`).concat(
  // Certificates are sent to everybody who connects; bundles of authorities ship with every system.
  ...words(`
    *cert.pem *certs.pem *-cert.pem *_cert.pem cert*.pem *ca.pem ca-*.pem ca_*.pem ca.pem *chain.pem chain*.pem
    *bundle.pem *roots.pem *root.pem *public.pem public*.pem *pub.pem *.crt.pem *csr.pem dh*.pem *public.key
    *pub.key /etc/ssl/certs/** /etc/pki/tls/certs/** /etc/pki/ca-trust/** /usr/share/ca-certificates/**
    /usr/local/share/ca-certificates/** *rapid7*.pem .docker/machine/** .docker/cli-plugins/** .kube/cache/**
    .kube/http-cache/** .azure/commandindex.json .gnupg/gpg.conf .gnupg/pubring.kbx .gnupg/pubring.gpg
  `),
);

export const SENSITIVE_FILES: readonly SensitiveRow[] = [
  // Clouds
  secret(
    'aws',
    'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html',
    ...words(`
      .aws/credentials .aws/config .aws/sso/cache/** .aws/cli/cache/** .aws/login/cache/** .aws/boto/** ~/.boto
      ~/.s3cfg ~/.passwd-s3fs .elasticbeanstalk/aws-credential-file
    `),
    '/var/run/secrets/eks.amazonaws.com/**',
  ),
  secret(
    'gcp',
    'https://cloud.google.com/docs/authentication/application-default-credentials',
    ...words(`
      application_default_credentials.json gcloud/credentials.db gcloud/access_tokens.db
      gcloud/legacy_credentials/** service-account*.json service_account*.json serviceaccount*.json
      gcp-credentials*.json firebase-adminsdk*.json *-firebase-adminsdk-*.json
    `),
    '.config/configstore/firebase-tools.json',
    '~/.clasprc.json',
  ),
  secret(
    'azure',
    'https://learn.microsoft.com/cli/azure/azure-cli-configuration',
    ...words(`
      .azure/accesstokens.json .azure/msal_token_cache.json .azure/msal_token_cache.bin .azure/azureprofile.json
      .azure/service_principal_entries.json .azure/service_principal_entries.bin .identityservice/**
      .azd/auth/** .azure/azuredevops/** /var/run/secrets/azure/**
    `),
  ),
  secret('oci', 'https://docs.oracle.com/iaas/Content/API/Concepts/sdkconfig.htm', '.oci/**'),
  secret('alibaba', 'https://github.com/aliyun/aliyun-cli', '.aliyun/config.json', '.alibabacloud/credentials'),
  secret('ibm', 'https://github.com/IBM-Cloud/ibm-cloud-cli-release', '.bluemix/config.json', '.ibmcloud/credentials'),
  secret('digitalocean', 'https://docs.digitalocean.com/reference/doctl/', 'doctl/config.yaml'),
  secret('heroku', 'https://devcenter.heroku.com/articles/authentication', '.config/heroku/**', 'heroku/credentials'),
  secret('fly', 'https://fly.io/docs/flyctl/', '.fly/config.yml'),
  secret('vercel', 'https://vercel.com/docs/cli', 'com.vercel.cli/auth.json', '.vercel/auth.json', '.now/auth.json'),
  secret('netlify', 'https://docs.netlify.com/cli/get-started/', 'netlify/config.json', '.netlify/config.json'),
  secret(
    'cloudflare',
    'https://developers.cloudflare.com/workers/wrangler/',
    ...['.wrangler/config/**', '.cloudflared/cert.pem', '.cloudflared/*.json', '.dev.vars', '.cf/config.json'],
    ...['.config/.wrangler/**', '.cloudflare/credentials'],
  ),
  secret('railway', 'https://docs.railway.com/guides/cli', '.railway/config.json'),
  secret('supabase', 'https://supabase.com/docs/guides/cli', '.supabase/access-token'),
  secret('hetzner', 'https://github.com/hetznercloud/cli', 'hcloud/cli.toml'),
  secret('linode', 'https://www.linode.com/docs/products/tools/cli/', '.config/linode-cli'),
  secret('pulumi', 'https://www.pulumi.com/docs/cli/', '.pulumi/credentials.json'),
  secret('rclone', 'https://rclone.org/docs/#config-config-file', 'rclone/rclone.conf', '~/.rclone.conf'),

  // Kubernetes, containers, infrastructure
  secret(
    'kubernetes',
    'https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/',
    ...words(`
      .kube/** kubeconfig kubeconfig.yaml kubeconfig.yml *.kubeconfig /etc/kubernetes/**
      /var/run/secrets/kubernetes.io/** /run/secrets/kubernetes.io/** /var/lib/kubelet/**
      /etc/rancher/k3s/k3s.yaml /var/run/secrets/tokens/**
    `),
  ),
  secret(
    'docker',
    'https://docs.docker.com/reference/cli/docker/login/',
    ...['.docker/config.json', '.docker/*key.pem', '~/.dockercfg', '.dockerconfigjson', 'containers/auth.json'],
  ),
  secret(
    'container-secrets',
    'https://docs.docker.com/engine/swarm/secrets/',
    '/run/secrets/**',
    '/var/run/secrets/**',
  ),
  secret('helm', 'https://helm.sh/docs/', 'helm/registry/config.json', 'helm/repositories.yaml'),
  secret(
    'terraform',
    'https://developer.hashicorp.com/terraform/cli/config/config-file',
    ...['.terraform.d/credentials.tfrc.json', '~/.terraformrc', 'terraform.rc', 'terraform.tfstate', '*.tfstate'],
    ...['terraform.tfstate.backup', 'terraform.tfvars', '*.auto.tfvars'],
  ),
  secret('vault', 'https://developer.hashicorp.com/vault/docs/commands', '~/.vault-token', '/etc/vault.d/**'),
  secret('consul', 'https://developer.hashicorp.com/nomad/docs', '.consul-token', '.nomad-token'),
  secret(
    'ansible',
    'https://docs.ansible.com/ansible/latest/vault_guide/',
    ...['.vault_pass', '.vault_pass.txt', '.vault-pass', 'vault_pass.txt', '.ansible/galaxy_token', '.vault_password'],
  ),

  // Package managers
  secret(
    'npm',
    'https://docs.npmjs.com/cli/configuring-npm/npmrc',
    '.npmrc',
    '/etc/npmrc',
    '.config/pnpm/rc',
    'pnpm/rc',
  ),
  secret('yarn', 'https://yarnpkg.com/configuration/yarnrc', '.yarnrc.yml', '.yarnrc'),
  secret('bun', 'https://bun.sh/docs/runtime/bunfig', '.bunfig.toml'),
  secret(
    'pypi',
    'https://packaging.python.org/en/latest/specifications/pypirc/',
    '.pypirc',
    '.pip/pip.conf',
    'pip.conf',
    'pypoetry/auth.toml',
    'uv/credentials/**',
  ),
  secret('gem', 'https://guides.rubygems.org/', '.gem/credentials', 'gem/credentials', '.bundle/config'),
  secret(
    'cargo',
    'https://doc.rust-lang.org/cargo/reference/config.html',
    '.cargo/credentials.toml',
    '.cargo/credentials',
  ),
  secret('maven', 'https://maven.apache.org/settings.html', '.m2/settings.xml', '.m2/settings-security.xml'),
  secret('gradle', 'https://docs.gradle.org/current/userguide/build_environment.html', '.gradle/gradle.properties'),
  secret(
    'nuget',
    'https://learn.microsoft.com/nuget/reference/nuget-config-file',
    'nuget/nuget.config',
    '.nuget/nuget/nuget.config',
  ),
  secret(
    'composer',
    'https://getcomposer.org/doc/articles/authentication-for-private-packages.md',
    '<app>/auth.json',
    '.composer/auth.json',
    'composer/auth.json',
  ),
  secret('hex', 'https://hex.pm/docs', '.hex/hex.config'),

  // Source control
  secret(
    'git',
    'https://git-scm.com/docs/git-credential-store',
    '.git-credentials',
    'git/credentials',
    '.git-credential-cache/**',
  ),
  secret(
    'netrc',
    'https://everything.curl.dev/usingcurl/netrc.html',
    '.netrc',
    '_netrc',
    '.netrc.gpg',
    '.authinfo',
    '.authinfo.gpg',
  ),
  secret(
    'github',
    'https://cli.github.com/manual/',
    'gh/hosts.yml',
    'github cli/hosts.yml',
    '.config/hub',
    '.config/github-copilot/**',
    'github-copilot/apps.json',
    'github-copilot/hosts.json',
  ),
  secret('gitlab', 'https://gitlab.com/gitlab-org/cli', 'glab-cli/config.yml', '.python-gitlab.cfg'),
  secret('svn', 'https://svnbook.red-bean.com/', '.subversion/auth/**'),

  // Keys
  secret(
    'ssh',
    'https://man.openbsd.org/ssh',
    ...words(`
      .ssh/** id_rsa id_dsa id_ecdsa id_ed25519 id_ecdsa_sk id_ed25519_sk *.ppk /etc/ssh/ssh_host_*_key
      /etc/ssh/ssh_host_* authorized_keys
    `),
  ),
  secret(
    'gpg',
    'https://www.gnupg.org/documentation/',
    '.gnupg/**',
    'appdata/roaming/gnupg/**',
    'secring.gpg',
    '.password-store/**',
  ),
  secret('age', 'https://github.com/FiloSottile/age', 'sops/age/keys.txt', 'age/keys.txt', 'age-key.txt'),
  secret(
    'private-key',
    'https://www.rfc-editor.org/rfc/rfc7468',
    ...words(`
      *.pem *.key *.p12 *.pfx *.pkcs12 *.jks *.keystore *.p8 *.asc.key *.ovpn
    `),
    '/etc/ssl/private/**',
    '/etc/letsencrypt/live/**',
    '/etc/letsencrypt/archive/**',
    '/etc/pki/tls/private/**',
  ),
  secret('wireguard', 'https://www.wireguard.com/quickstart/', '/etc/wireguard/**'),

  // Operating system
  secret(
    'passwd',
    'https://attack.mitre.org/techniques/T1003/008/',
    '/etc/shadow',
    '/etc/shadow-',
    '/etc/gshadow',
    '/etc/gshadow-',
    '/etc/sudoers',
    '/etc/sudoers.d/**',
    '/etc/master.passwd',
    '/etc/security/opasswd',
  ),
  secret(
    'proc',
    'https://attack.mitre.org/techniques/T1003/007/',
    '/proc/*/environ',
    '/proc/*/mem',
    '/proc/*/task/*/environ',
    '/proc/kcore',
    '/dev/mem',
    '/dev/kmem',
  ),
  secret('kerberos', 'https://web.mit.edu/kerberos/krb5-latest/doc/', '*.keytab', 'krb5.keytab', '/tmp/krb5cc_*'),
  secret('samba', 'https://wiki.samba.org/', '.smbcredentials', '/var/lib/samba/private/**'),
  secret(
    'windows-secrets',
    'https://attack.mitre.org/techniques/T1555/004/',
    'appdata/roaming/microsoft/credentials/**',
    'appdata/local/microsoft/credentials/**',
    'appdata/roaming/microsoft/protect/**',
    'appdata/local/microsoft/vault/**',
    'system32/config/sam',
    'system32/config/security',
    'system32/config/system',
    'ntds.dit',
  ),
  secret(
    'keychain',
    'https://attack.mitre.org/techniques/T1555/001/',
    'library/keychains/**',
    '*.keychain',
    '*.keychain-db',
    '.local/share/keyrings/**',
    'kwalletd/**',
  ),
  secret(
    'macos',
    'https://attack.mitre.org/techniques/T1005/',
    'library/cookies/**',
    'library/messages/chat.db',
    'library/group containers/group.com.apple.notes/**',
  ),
  secret(
    'shell-history',
    'https://attack.mitre.org/techniques/T1552/003/',
    ...words(`
      .bash_history .zsh_history .zhistory .sh_history .history .ash_history .ksh_history fish/fish_history
      fish_history .python_history .node_repl_history .irb_history .mysql_history .psql_history .sqlite_history
      .rediscli_history .mongosh/** .dbshell .lesshst .viminfo psreadline/consolehost_history.txt
    `),
  ),

  // Databases
  secret(
    'database',
    'https://www.postgresql.org/docs/current/libpq-pgpass.html',
    '.pgpass',
    'pgpass.conf',
    '.pg_service.conf',
    '.my.cnf',
    '.mylogin.cnf',
    '.mongorc.js',
    '.mongoshrc.js',
    '.dbeaver/credentials-config.json',
    'credentials-config.json',
    '.snowflake/config.toml',
    '.snowsql/config',
    '.databrickscfg',
    '.redisclirc',
  ),

  // Configuration with secrets
  secret('dotenv', 'https://github.com/motdotla/dotenv', '.env', '.env.*', '*.env', '.envrc', '.env-*', '.flaskenv'),
  secret(
    'secrets-file',
    'https://attack.mitre.org/techniques/T1552/001/',
    ...words(`
      secrets.json secrets.yml secrets.yaml secrets.toml secret.json credentials.json credentials.yml
      credentials.yaml credentials.yml.enc master.key .htpasswd wp-config.php local.settings.json
      client_secret*.json .secrets .secrets.baseline
    `),
  ),
  // By the place they are kept in: what Docker Compose, Rails and `.gitignore` templates teach.
  {
    ...secret(
      'secrets-file',
      'https://docs.docker.com/compose/how-tos/use-secrets/',
      ...inFolders('secrets .secrets', 'txt json yml yaml toml ini dat bin hex b64'),
      ...inFolders('keys .keys credentials .credentials', 'txt json dat bin hex b64'),
      ...inFolders('private .private', 'txt dat hex b64'),
    ),
    inPlace: true,
  },

  // Browsers
  secret(
    'browser',
    'https://attack.mitre.org/techniques/T1555/003/',
    ...['login data', 'login data for account', 'web data', 'network/cookies', 'default/cookies', 'profile */cookies'],
    ...words(`
      logins.json key3.db key4.db cookies.sqlite formhistory.sqlite signons.sqlite cert9.db
      .config/google-chrome/** .config/google-chrome-beta/** .config/chromium/** .config/vivaldi/**
      .config/bravesoftware/** .config/microsoft-edge/** .config/opera/** .config/yandex-browser/**
      .mozilla/firefox/** .librewolf/** .zen/** .waterfox/** snap/firefox/common/**
    `),
    ...['snap/chromium/common/chromium/**', 'application support/google/chrome/**', 'application support/chromium/**'],
    ...['application support/bravesoftware/**', 'application support/microsoft edge/**', 'library/safari/**'],
    ...['application support/firefox/**', 'application support/arc/user data/**', 'application support/vivaldi/**'],
    ...['application support/com.operasoftware.opera/**', 'google/chrome/user data/**', 'chromium/user data/**'],
    ...['microsoft/edge/user data/**', 'brave-browser/user data/**', 'vivaldi/user data/**', 'opera software/**'],
    ...['mozilla/firefox/profiles/**', 'yandexbrowser/user data/**'],
  ),

  // Messengers and mail
  secret(
    'discord',
    'https://attack.mitre.org/techniques/T1528/',
    ...['discord', 'discordcanary', 'discordptb', 'lightcord', 'vesktop'].flatMap((d) => [
      `${d}/local storage/**`,
      `${d}/local state`,
    ]),
  ),
  secret(
    'slack',
    'https://attack.mitre.org/techniques/T1528/',
    'slack/local storage/**',
    'slack/storage/**',
    'slack/cookies',
    'slack/network/**',
  ),
  secret(
    'telegram',
    'https://attack.mitre.org/techniques/T1005/',
    'telegram desktop/tdata/**',
    'telegramdesktop/tdata/**',
    'telegram-desktop/**',
  ),
  secret('signal', 'https://attack.mitre.org/techniques/T1005/', 'signal/config.json', 'signal/sql/**'),
  secret('teams', 'https://attack.mitre.org/techniques/T1528/', 'microsoft/teams/cookies', 'teams/local storage/**'),
  secret(
    'mail',
    'https://attack.mitre.org/techniques/T1114/001/',
    '.thunderbird/**',
    'thunderbird/profiles/**',
    '.msmtprc',
    '.fetchmailrc',
    '.muttrc',
    'library/mail/**',
  ),

  // Wallets
  secret(
    'wallet',
    'https://attack.mitre.org/techniques/T1657/',
    ...words(`
      wallet.dat .bitcoin/** bitcoin/wallets/** .litecoin/** .dogecoin/** .zcash/** .dashcore/**
      .ethereum/keystore/** ethereum/keystore/** .foundry/keystores/** .brownie/accounts/** utc--*
      solana/id.json .config/solana/** .sui/** .aptos/** .near-credentials/** .electrum/** electrum/wallets/**
      .electrum-ltc/** electroncash/wallets/** .monero/**
    `),
    // Seeds and keys as tools write them: BIP-39 words, `solana-keygen new --outfile`, keystores of web3 wallets.
    ...words(`
      *.seed *.mnemonic *.xprv *.wallet seed.txt seed-phrase.txt seedphrase.txt mnemonic.txt keypair.json *-keypair.json
      wallet.json
    `),
    ...inFolders('wallets keystore keystores', 'txt json dat bin hex b64'),
    ...[
      'exodus/exodus.wallet/**',
      'exodus.wallet/**',
      '.config/exodus/**',
      'atomic/local storage/**',
      '.config/atomic/**',
    ],
    ...['com.liberty.jaxx/**', 'guarda/local storage/**', 'coinomi/**', 'ledger live/**', '@trezor/suite-desktop/**'],
    ...['bitbox/**', '.tron/**', '.polkadot/**', '.substrate/**', 'daedalus mainnet/**', 'yoroi/**', '.xrpl/**'],
    // Browser extensions: MetaMask, Phantom, Coinbase, Trust, Binance, TronLink, Keplr, Rabby, OKX, Ronin, Solflare.
    ...['nkbihfbeogaeaoehlefnkodbefgpgknn', 'bfnaelmomeimhlpmgjnjophhpkkoljpa', 'hnfanknocfeofbddgcijnmhnfnkdnaad']
      .concat([
        'egjidjbpglichdcondbcbdnbeeppgdph',
        'fhbohimaelbohpjbbldcngcnapndodjp',
        'ibnejdfjmmkpcnlpebklmnkoeoihofec',
      ])
      .concat([
        'dmkamcknogkgcdfhhbddcghachkejeap',
        'acmacodkjbdgmoleebolmdjonilkdbch',
        'mcohilncbfahbmgdjkbpemcciiolgcge',
      ])
      .concat([
        'fnjhmkhhmkbjkkabndcnnogagogbneec',
        'bhhhlbepdkbapadjdnnojkbgioiodbic',
        'ejbalbakoplchlghecdalmeeeajnimhm',
      ])
      .map((id) => `${id}/**`),
    ...['mnemonic.txt', 'seedphrase.txt', 'keypair.json'],
  ),

  // Password managers
  secret(
    'password-manager',
    'https://attack.mitre.org/techniques/T1555/005/',
    ...[
      '*.kdbx',
      '*.kdb',
      '*.agilekeychain',
      '*.opvault',
      '.config/op/**',
      '1password/data/**',
      'bitwarden/data.json',
      'bitwarden cli/data.json',
      '.config/keepassxc/**',
      '.lastpass/**',
      '.config/lpass/**',
      'aomjjhallfgjeglblehebfpbcfeobpgk/**',
      'nngceckbapebfimnlniiiahkandclblb/**',
      '*.1pif',
    ],
  ),

  // AI tools: their keys
  secret(
    'anthropic',
    'https://docs.anthropic.com/en/docs/claude-code/settings',
    '.claude/.credentials.json',
    '.claude/credentials.json',
    '.config/anthropic/**',
  ),
  secret('openai', 'https://github.com/openai/codex', '.codex/auth.json', '.openai/**', '.config/openai/**'),
  secret(
    'gemini',
    'https://github.com/google-gemini/gemini-cli',
    '.gemini/oauth_creds.json',
    '.gemini/google_accounts.json',
    '.gemini/.env',
  ),
  secret('cursor', 'https://cursor.com/docs', 'cursor/user/globalstorage/**', '.cursor/auth.json'),
  secret(
    'vscode',
    'https://code.visualstudio.com/docs',
    'code/user/globalstorage/**',
    'code/local storage/**',
    'windsurf/user/globalstorage/**',
  ),
  secret(
    'amazon-q',
    'https://docs.aws.amazon.com/amazonq/',
    '.aws/amazonq/**',
    'amazon-q/data.sqlite3',
    'kiro/auth/**',
  ),
  secret('continue', 'https://docs.continue.dev/', '.continue/config.json', '.continue/config.yaml', '.continue/.env'),
  secret(
    'huggingface',
    'https://huggingface.co/docs/huggingface_hub/',
    'huggingface/token',
    '.huggingface/token',
    'huggingface/stored_tokens',
  ),
  secret(
    'ai-tools',
    'https://attack.mitre.org/techniques/T1552/001/',
    'opencode/auth.json',
    'aider/oauth-keys.env',
    '.aider.conf.yml',
    '.local/share/goose/**',
    '.mcp-auth/**',
    'llm/keys.json',
    '.litellm/**',
    '.qwen/oauth_creds.json',
  ),

  // CI
  secret(
    'ci',
    'https://docs.github.com/actions/hosting-your-own-runners',
    ...words(`
      actions-runner/.credentials actions-runner/.credentials_rsaparams actions-runner/.runner .circleci/cli.yml
      /etc/gitlab-runner/config.toml .gitlab-runner/config.toml jenkins_home/secrets/**
      /var/lib/jenkins/secrets/** /var/lib/jenkins/credentials.xml .buildkite-agent/** .travis/config.yml
      .config/sentry-cli/** .sentryclirc .codecov .snyk-token configstore/snyk.json
    `),
  ),
  secret(
    'api-clients',
    'https://attack.mitre.org/techniques/T1552/001/',
    '.config/stripe/config.toml',
    '.twilio-cli/config.json',
    '.shopify/**',
    '.postmanrc',
    '.expo/state.json',
    '.eas/**',
    '.ngrok2/ngrok.yml',
    'ngrok/ngrok.yml',
    '.config/filezilla/**',
    'filezilla/sitemanager.xml',
    'filezilla/recentservers.xml',
    '.remmina/**',
    'winscp.ini',
  ),

  // Where code gets to run again: shells
  persists(
    'shell-rc',
    'https://attack.mitre.org/techniques/T1546/004/',
    ...words(`
      .bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin
      .zlogout .kshrc .cshrc .tcshrc .login .xprofile .xinitrc .xsession .pam_environment .inputrc
      fish/config.fish fish/conf.d/** fish/functions/** nushell/config.nu nushell/env.nu
      .config/environment.d/** .oh-my-zsh/custom/** /etc/profile /etc/profile.d/** /etc/bash.bashrc /etc/bashrc
      /etc/zsh/** /etc/zshrc /etc/zshenv /etc/environment windowspowershell/profile.ps1 powershell/profile.ps1
      microsoft.powershell_profile.ps1 .pythonrc .vimrc .config/nvim/init.lua .config/nvim/init.vim .emacs
      .tmux.conf .screenrc .gdbinit
    `),
  ),
  persists(
    'cron',
    'https://attack.mitre.org/techniques/T1053/003/',
    ...words(`
      /etc/crontab /etc/cron.d/** /etc/cron.hourly/** /etc/cron.daily/** /etc/cron.weekly/**
      /etc/cron.monthly/** /var/spool/cron/** /etc/anacrontab /var/spool/at/** system32/tasks/**
      /usr/lib/cron/tabs/**
    `),
  ),
  persists(
    'systemd',
    'https://attack.mitre.org/techniques/T1543/002/',
    'systemd/user/**',
    '/etc/systemd/**',
    '/lib/systemd/**',
    '/usr/lib/systemd/**',
    '/usr/local/lib/systemd/**',
    '/run/systemd/**',
    '/etc/init.d/**',
    '/etc/rc.local',
    '/etc/rc.d/**',
    '/etc/init/**',
    '/etc/udev/rules.d/**',
    '/etc/update-motd.d/**',
  ),
  persists(
    'launchd',
    'https://attack.mitre.org/techniques/T1543/001/',
    'library/launchagents/**',
    'library/launchdaemons/**',
    'library/startupitems/**',
    'library/scripting additions/**',
  ),
  persists(
    'autostart',
    'https://attack.mitre.org/techniques/T1547/001/',
    ...[
      '.config/autostart/**',
      '/etc/xdg/autostart/**',
      'start menu/programs/startup/**',
      'programs/startup/**',
      '.config/plasma-workspace/env/**',
      '.kde/autostart/**',
      'com.apple.loginitems.plist',
      '.config/upstart/**',
    ],
  ),
  persists(
    'loader',
    'https://attack.mitre.org/techniques/T1574/006/',
    '/etc/ld.so.preload',
    '/etc/ld.so.conf',
    '/etc/ld.so.conf.d/**',
    '/etc/pam.d/**',
    '/etc/hosts',
    '/etc/resolv.conf',
    '/etc/passwd',
    '/etc/group',
    '/etc/sudoers',
    '/etc/sudoers.d/**',
  ),
  persists(
    'ssh-keys',
    'https://attack.mitre.org/techniques/T1098/004/',
    '.ssh/authorized_keys',
    '.ssh/authorized_keys2',
    '.ssh/rc',
    '.ssh/environment',
    '.ssh/config',
  ),
  persists(
    'python-startup',
    'https://attack.mitre.org/techniques/T1546/018/',
    'sitecustomize.py',
    'usercustomize.py',
    'site-packages/*.pth',
    'dist-packages/*.pth',
  ),

  // Programs that are installed: whoever starts them next runs what was written into them (wallets, Discord, editors)
  {
    ...project(
      'installed-programs',
      'https://attack.mitre.org/techniques/T1554/',
      ...words(`
        /applications/** ~/applications/** appdata/local/programs/** appdata/local/discord/** appdata/local/slack/**
        appdata/local/exodus/** discord_desktop_core/** resources/app.asar resources/app.asar.unpacked/**
        resources/electron.asar resources/app/out/main.js
      `),
      '/program files/**',
      '/program files (x86)/**',
    ),
    outsideApp: true,
  },

  // Projects: hooks and tasks that the next command or the next editor runs
  project(
    'git-hooks',
    'https://git-scm.com/docs/githooks',
    '.git/hooks/**',
    '.git/config',
    '.husky/**',
    '.githooks/**',
    '.lefthook/**',
    'lefthook.yml',
    '.pre-commit-config.yaml',
  ),
  persists('git-config', 'https://git-scm.com/docs/git-config', '~/.gitconfig', '.config/git/**', '/etc/gitconfig'),
  project(
    'npm-hooks',
    'https://docs.npmjs.com/cli/using-npm/config#script-shell',
    '.pnpmfile.cjs',
    '.pnpmfile.mjs',
    'pnpmfile.js',
    '.yarn/plugins/**',
    '.yarn/releases/**',
    'node_modules/.hooks/**',
    '.npmrc',
    '.yarnrc',
    '.yarnrc.yml',
    '.bunfig.toml',
    'bunfig.toml',
    '.node-gyp/**',
    'etc/npmrc',
  ),
  project(
    'package-scripts',
    'https://docs.npmjs.com/cli/using-npm/scripts',
    '<app>/package.json',
    '<package>/package.json',
    '<package>/binding.gyp',
  ),
  project(
    'editor-tasks',
    'https://code.visualstudio.com/docs/editor/tasks',
    '.vscode/tasks.json',
    '.vscode/settings.json',
    '.vscode/launch.json',
    '.vscode/extensions.json',
    'code/user/settings.json',
    'code/user/tasks.json',
    '.devcontainer/**',
    '.idea/runconfigurations/**',
    '.idea/workspace.xml',
    '.vscode/extensions/**',
    '.vscode-server/extensions/**',
    '.cursor/extensions/**',
    '*.code-workspace',
    '.zed/tasks.json',
  ),
  project(
    'ci-workflows',
    'https://attack.mitre.org/techniques/T1195/002/',
    '.github/workflows/**',
    '.github/actions/**',
    '.gitlab-ci.yml',
    '.circleci/config.yml',
    'jenkinsfile',
    'azure-pipelines.yml',
    '.drone.yml',
    'bitbucket-pipelines.yml',
    '.buildkite/**',
    '.travis.yml',
  ),
  persists(
    'ci-commands',
    'https://docs.github.com/actions/reference/workflow-commands-for-github-actions',
    '_runner_file_commands/**',
  ),

  // AI agents: what they read as instructions, and the tools that they start
  agent(
    'mcp',
    'any',
    'https://modelcontextprotocol.io/docs',
    'mcp.json',
    '.mcp.json',
    'mcp_config.json',
    'mcp_settings.json',
    'cline_mcp_settings.json',
    'claude_desktop_config.json',
    '~/.claude.json',
  ),
  agent(
    'agent-instructions',
    'change',
    'https://agents.md',
    'claude.md',
    'claude.local.md',
    'agents.md',
    'agents.override.md',
    'gemini.md',
    '.cursorrules',
    '.windsurfrules',
    '.clinerules',
    '.clinerules/**',
    '.cursor/rules/**',
    '.roo/rules/**',
    '.github/copilot-instructions.md',
    '.github/instructions/**',
    '.junie/guidelines.md',
    '.goosehints',
    'skill.md',
  ),
  agent(
    'agent-settings',
    'change',
    'https://docs.anthropic.com/en/docs/claude-code/settings',
    '.claude/**',
    '.codex/**',
    '.gemini/**',
    '.cursor/**',
    '.continue/**',
    '.aws/amazonq/**',
    '.amazonq/**',
    '.kiro/**',
    '.config/opencode/**',
    '.opencode/**',
    '.config/goose/**',
    '.qwen/**',
    '.windsurf/**',
    '.codeium/**',
    '.aider.conf.yml',
    '.roo/**',
    'opencode.json',
    '.claude-plugin/**',
    '.config/zed/settings.json',
  ),
];
