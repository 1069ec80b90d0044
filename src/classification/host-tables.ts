/**
 * What is known of hosts by name: a table each, with its source. A name matches its row and every name below it.
 */
import { words } from './text.ts';

export interface HostRow {
  /** `Resource.resourceClass` of a matching host. */
  readonly hostClass:
    | 'metadata'
    | 'drop-service'
    | 'code-host'
    | 'registry'
    | 'dynamic-dns'
    | 'mining-pool'
    | 'blockchain-rpc'
    | 'address-lookup';
  readonly family: string;
  readonly hosts: readonly string[];
  readonly source: string;
}

const drop = (family: string, source: string, ...hosts: string[]): HostRow => ({
  hostClass: 'drop-service',
  family,
  hosts,
  source,
});

export const HOSTS: readonly HostRow[] = [
  {
    hostClass: 'metadata',
    family: 'metadata',
    hosts: words(`
      metadata.google.internal metadata.goog metadata instance-data instance-data.ec2.internal
      metadata.azure.internal metadata.tencentyun.com metadata.platformequinix.com metadata.packet.net
      metadata.azure.com metadata.oraclecloud.com rancher-metadata
    `),
    source: 'https://attack.mitre.org/techniques/T1552/005/',
  },
  // T1567: where malware leaves what it took, because nobody has to own a server for it.
  drop(
    'discord',
    'https://attack.mitre.org/techniques/T1567/004/',
    'discord.com',
    'discordapp.com',
    'discord.gg',
    'cdn.discordapp.com',
    'discordapp.net',
  ),
  drop('slack-webhook', 'https://attack.mitre.org/techniques/T1567/004/', 'hooks.slack.com'),
  drop(
    'teams-webhook',
    'https://attack.mitre.org/techniques/T1567/004/',
    'webhook.office.com',
    'outlook.webhook.office.com',
  ),
  drop('telegram', 'https://attack.mitre.org/techniques/T1567/', 'api.telegram.org', 't.me', 'telegra.ph', 'graph.org'),
  drop(
    'webhook-inbox',
    'https://attack.mitre.org/techniques/T1567/004/',
    ...words(`
      webhook.site webhook.cool requestbin.com requestbin.net requestbin.io requestb.in pipedream.net
      pipedream.com hookbin.com beeceptor.com mockbin.org mockbin.io postb.in ptsv2.com ptsv3.com
      requestcatcher.com hookdeck.com typedwebhook.tools requestinspector.com smee.io httpdump.app
      webhookrelay.com webhook-test.com webhooks.fyi putsreq.com endpts.io request.dev hook.integromat.com
      hooks.zapier.com ntfy.sh maker.ifttt.com formspree.io getform.io run.mocky.io
    `),
  ),
  drop(
    'out-of-band',
    'https://github.com/projectdiscovery/interactsh',
    ...words(`
      oast.pro oast.live oast.site oast.online oast.fun oast.me oastify.com interact.sh interactsh.com
      burpcollaborator.net canarytokens.com canarytokens.org dnslog.cn ceye.io eyes.sh xss.ht bxss.me
      dnsbin.zhack.ca requestrepo.com dnshook.site r87.me ezxss.com xss.report pwnd.one vcap.me
    `),
  ),
  drop(
    'paste',
    'https://attack.mitre.org/techniques/T1567/003/',
    ...words(`
      pastebin.com paste.ee paste.rs pastebin.pl pastie.org hastebin.com dpaste.com dpaste.org dpaste.de
      ghostbin.com ghostbin.co controlc.com justpaste.it rentry.co rentry.org privatebin.net termbin.com ix.io
      sprunge.us paste.debian.net paste.mozilla.org paste.c-net.org pastes.dev paste.gg nekobin.com
      bin.disroot.org 0bin.net snippet.host jsonbin.io npoint.io jsonblob.com jsonkeeper.com extendsclass.com
      textbin.net p.ip.fi write.as kvdb.io keyvalue.xyz json.extendsclass.com api.npoint.io mypaste.dev cl1p.net
      friendpaste.com paste.sh
    `),
  ),
  drop(
    'file-drop',
    'https://attack.mitre.org/techniques/T1567/002/',
    ...words(`
      transfer.sh gofile.io file.io anonfiles.com bayfiles.com catbox.moe litterbox.catbox.moe 0x0.st
      tmpfiles.org temp.sh uguu.se mega.nz mega.io mega.co.nz wetransfer.com we.tl sendspace.com mediafire.com
      zippyshare.com pixeldrain.com filebin.net file.coffee oshi.at ufile.io krakenfiles.com send.vis.ee
      filetransfer.io bashupload.com x0.at envs.sh qu.ax pomf.lain.la uploadfiles.io free.keep.sh keep.sh
      storj.link put.io dropmefiles.com limewire.com buzzheavier.com tempfile.org
    `),
  ),
  drop(
    'tunnel',
    'https://attack.mitre.org/techniques/T1572/',
    ...words(`
      ngrok.io ngrok.app ngrok.dev ngrok-free.app ngrok-free.dev ngrok.com trycloudflare.com loca.lt
      localtunnel.me localtunnel.github.io serveo.net localhost.run lhr.life lhr.rocks localto.net bore.pub
      pagekite.me telebit.io tunnelto.dev playit.gg portmap.io pinggy.io pinggy.link a.pinggy.io devtunnels.ms
      tunnel.site zrok.io onion.to onion.ly onion.ws onion
    `),
  ),
  drop(
    'ipfs',
    'https://docs.ipfs.tech/concepts/public-utilities/',
    ...words(`
      ipfs.io dweb.link cf-ipfs.com cloudflare-ipfs.com gateway.pinata.cloud nftstorage.link w3s.link
      4everland.io infura-ipfs.io arweave.net web3.storage fleek.co
    `),
  ),
  drop(
    'dead-drop',
    'https://attack.mitre.org/techniques/T1102/001/',
    'calendar.app.google',
    'docs.google.com',
    'script.google.com',
    'script.googleusercontent.com',
    'forms.gle',
  ),
  {
    hostClass: 'code-host',
    family: 'github',
    hosts: words(`
      github.com api.github.com uploads.github.com raw.githubusercontent.com gist.github.com
      gist.githubusercontent.com objects.githubusercontent.com codeload.github.com githubusercontent.com
      github.io ghcr.io github.dev githubapp.com
    `),
    source: 'https://attack.mitre.org/techniques/T1567/001/',
  },
  {
    hostClass: 'code-host',
    family: 'gitlab',
    hosts: ['gitlab.com', 'gitlab.io'],
    source: 'https://attack.mitre.org/techniques/T1567/001/',
  },
  {
    hostClass: 'code-host',
    family: 'git',
    hosts: words(`
      bitbucket.org codeberg.org git.sr.ht sourceforge.net gitee.com dev.azure.com visualstudio.com gitea.com
      launchpad.net notabug.org framagit.org
    `),
    source: 'https://attack.mitre.org/techniques/T1567/001/',
  },
  {
    hostClass: 'registry',
    family: 'npm',
    hosts: words(`
      registry.npmjs.org registry.npmjs.com npmjs.org npmjs.com registry.yarnpkg.com repo.yarnpkg.com
      npm.pkg.github.com registry.npmmirror.com registry.npm.taobao.org npm.jsr.io jsr.io npm.pkg.dev
      npm.fontawesome.com registry.bun.sh
    `),
    source: 'https://docs.npmjs.com/cli/using-npm/registry',
  },
  {
    hostClass: 'registry',
    family: 'node',
    hosts: ['nodejs.org', 'unofficial-builds.nodejs.org'],
    source: 'https://nodejs.org/dist/',
  },
  {
    hostClass: 'registry',
    family: 'packages',
    hosts: words(`
      pypi.org files.pythonhosted.org test.pypi.org upload.pypi.org rubygems.org crates.io static.crates.io
      index.crates.io repo1.maven.org repo.maven.apache.org central.sonatype.com api.nuget.org nuget.org
      packagist.org repo.packagist.org proxy.golang.org sum.golang.org hub.docker.com docker.io
      registry-1.docker.io auth.docker.io quay.io gcr.io mcr.microsoft.com deb.debian.org archive.ubuntu.com
      security.ubuntu.com dl-cdn.alpinelinux.org formulae.brew.sh conda.anaconda.org
      marketplace.visualstudio.com open-vsx.org plugins.gradle.org
    `),
    source: 'https://github.com/ossf/package-analysis',
  },
  {
    hostClass: 'dynamic-dns',
    family: 'dynamic-dns',
    hosts: words(`
      duckdns.org no-ip.com no-ip.org no-ip.biz noip.com ddns.net hopto.org zapto.org sytes.net servehttp.com
      serveftp.com myftp.org myftp.biz redirectme.net bounceme.net dyndns.org dyndns.biz dynu.net dynu.com
      ddnsfree.com freeddns.org afraid.org mooo.com chickenkiller.com strangled.net nip.io sslip.io xip.io
      localtest.me lvh.me dns.army dynv6.net gotdns.ch spdns.de changeip.com 3utilities.com accesscam.org
      camdvr.org kozow.com loseyourip.com ooguy.com theworkpc.com 1337.pictures
    `),
    source: 'https://attack.mitre.org/techniques/T1568/',
  },
  {
    hostClass: 'mining-pool',
    family: 'mining',
    hosts: words(`
      minexmr.com supportxmr.com nanopool.org moneroocean.stream hashvault.pro f2pool.com nicehash.com
      2miners.com ethermine.org unmineable.com xmrpool.eu c3pool.com c3pool.org dwarfpool.com herominers.com
      monerohash.com minergate.com kryptex.network zpool.ca prohashing.com slushpool.com braiins.com antpool.com
      coinhive.com crypto-loot.org rx.unmineable.com xmr.pt skypool.org gntl.uk connectxmr.online
    `),
    source: 'https://attack.mitre.org/techniques/T1496/001/',
  },
  {
    hostClass: 'blockchain-rpc',
    family: 'blockchain',
    hosts: words(`
      api.mainnet-beta.solana.com api.devnet.solana.com solana.com infura.io alchemy.com alchemyapi.io
      quiknode.pro ankr.com llamarpc.com publicnode.com drpc.org cloudflare-eth.com binance.org bnbchain.org
      trongrid.io helius-rpc.com helius.xyz polygon-rpc.com etherscan.io blockcypher.com blockchain.info
      blockstream.info mempool.space ripple.com xrplcluster.com bsc-dataseed.binance.org flashbots.net icp0.io
    `),
    source: 'https://attack.mitre.org/techniques/T1102/001/',
  },
  {
    hostClass: 'address-lookup',
    family: 'address-lookup',
    hosts: words(`
      ipinfo.io ip-api.com ipify.org api.ipify.org ipgeolocation.io ifconfig.me ifconfig.co icanhazip.com
      checkip.amazonaws.com ipapi.co ipapi.com ident.me myip.com freegeoip.app freegeoip.net geoplugin.net
      ipwho.is ipwhois.app ipstack.com ipecho.net wtfismyip.com myexternalip.com seeip.org freeipapi.com
    `),
    source: 'https://attack.mitre.org/techniques/T1016/',
  },
];

/** Addresses of instance metadata and container credential services. */
export const METADATA_ADDRESSES: readonly (readonly [address: string, cloud: string])[] = [
  ['169.254.169.254', 'aws'], // AWS, Google Cloud, Azure, Oracle, DigitalOcean, OpenStack
  ['fd00:ec2::254', 'aws'],
  ['fd20:ce::254', 'gcp'],
  ['169.254.170.2', 'aws'], // ECS task credentials
  ['169.254.170.23', 'aws'], // EKS pod identity
  ['fd00:ec2::23', 'aws'],
  ['169.254.169.253', 'aws'], // VPC resolver
  ['100.100.100.200', 'alibaba'],
  ['168.63.129.16', 'azure'], // Azure wire server
  ['169.254.169.123', 'aws'], // time
  ['169.254.42.42', 'scaleway'],
  ['192.0.0.192', 'oci'],
];

/** Ports of the stratum mining protocol that nothing else of note uses. */
export const MINING_PORTS: readonly number[] = [3333, 3334, 4444, 5555, 7777, 9999, 14433, 14444, 45560, 45700];

/**
 * Ports that say what is behind them, from the registry of IANA and the services' own documentation. On one's own machine
 * it makes a difference whether a package talks to the application or to Docker.
 */
export const SERVICE_PORTS: Readonly<Record<string, readonly number[]>> = {
  'remote access': [22, 23, 445, 3389, 5037, 5900, 5985, 5986],
  mail: [25, 110, 143, 465, 587, 993, 995],
  names: [53, 88, 389, 636],
  databases: [1433, 1521, 3306, 5432, 5984, 6379, 7687, 8086, 8123, 9042, 9200, 9300, 11211, 26257, 27017],
  queues: [1883, 4222, 5672, 8883, 9092, 61613, 61616],
  'containers and clusters': [2375, 2376, 2377, 2379, 2380, 6443, 10250, 10255],
  secrets: [8200, 8500],
  debuggers: [9222, 9229, 9230],
  wallets: [8332, 8333, 8545, 8546, 8899, 30303],
  proxies: [1080, 3128, 9050, 9051, 9150],
  telemetry: [4317, 4318, 8125, 8126, 9411, 14268],
  models: [11434],
};

/**
 * Suffixes under which anybody gets a name: the label before them says whose it is. From the Public Suffix List
 * (https://publicsuffix.org); a small part of it, so an unlisted suffix makes a family of strangers look like one
 * domain. Country second levels (`co.uk`, `com.au`) follow from their form.
 */
export const SHARED_SUFFIXES: readonly string[] = words(`
  github.io gitlab.io pages.dev workers.dev r2.dev vercel.app now.sh netlify.app netlify.com herokuapp.com
  herokudns.com fly.dev onrender.com up.railway.app railway.app deno.dev deno.net web.app firebaseapp.com
  firebaseio.com appspot.com cloudfunctions.net run.app azurewebsites.net azurestaticapps.net cloudapp.net
  cloudapp.azure.com blob.core.windows.net azureedge.net azurefd.net cloudfront.net elasticbeanstalk.com
  awsapprunner.com on.aws amplifyapp.com repl.co replit.app replit.dev glitch.me surge.sh stackblitz.io
  webcontainer.io csb.app codesandbox.io gitpod.io ngrok.io ngrok.app ngrok-free.app ngrok-free.dev
  trycloudflare.com loca.lt serveo.net lhr.life duckdns.org ddns.net no-ip.org hopto.org dyndns.org nip.io
  sslip.io pipedream.net beeceptor.com requestcatcher.com oast.fun oast.pro oast.live oast.site oast.online
  oast.me oastify.com supabase.co hf.space myshopify.com wordpress.com blogspot.com wixsite.com weebly.com
  zendesk.com eu.org uk.com us.com de.com gov.uk digitaloceanspaces.com ondigitalocean.app backblazeb2.com
`);

/** Suffixes of providers whose long generated names are theirs: no tunnel ends there. */
export const GENERATED_NAME_SUFFIXES: readonly string[] = words(`
  amazonaws.com amazonaws.com.cn cloudfront.net azure.com windows.net azurewebsites.net googleapis.com
  googleusercontent.com gvt1.com appspot.com run.app cloudfunctions.net akamaized.net akamaihd.net fastly.net
  mongodb.net snowflakecomputing.com rds.amazonaws.com supabase.co neon.tech svc.cluster.local cluster.local
  ibmcloud.com oraclecloud.com aivencloud.com cockroachlabs.cloud confluent.cloud vercel.app sentry.io
  ingest.sentry.io datadoghq.com elastic-cloud.com upstash.io databricks.com on.aws fly.dev
`);
