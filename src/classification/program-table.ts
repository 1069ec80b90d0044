/**
 * Programs by name, and what each is good for. `programs.ts` says how a trait names them.
 */
import { lazily } from '../lazily.ts';
import {
  MathMax,
  SafeMap,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
} from '../primordials.ts';
import { isDigit, words } from './text.ts';

/** `Resource.resourceClass` of a program. */
export type ProgramClass =
  | 'shell'
  | 'interpreter'
  | 'node'
  | 'foreign-runtime'
  | 'downloader'
  | 'transfer'
  | 'package-manager'
  | 'vcs'
  | 'container-tool'
  | 'cloud-cli'
  | 'agent-cli'
  | 'secret-scanner'
  | 'privileged'
  | 'scheduler'
  | 'miner'
  | 'system-info'
  | 'keychain'
  | 'network-tool'
  | 'opener'
  | 'destroyer'
  | 'build-tool'
  | 'temp-executable'
  | 'package-executable'
  | 'app-executable'
  | 'home-executable'
  | 'program';

/** Names without extension, in lower case. ATT&CK techniques in brackets. */
const PROGRAMS: Readonly<Record<string, string>> = {
  // [T1059.001, .003, .004]
  shell: `
    sh bash zsh dash ash ksh mksh csh tcsh fish nu rbash busybox cmd command powershell pwsh powershell_ise
    git-bash wsl
  `,
  // [T1059.002, .005, .006, T1218]
  interpreter: `
    python python2 python3 pythonw py pypy pypy3 perl ruby php lua luajit tclsh expect osascript jxa wscript
    cscript mshta rundll32 regsvr32 msbuild installutil java javaw groovy awk gawk r rscript julia jshell dotnet
    mono msiexec wine go irb swift ipython
  `,
  node: 'node nodejs iojs',
  // Runs JavaScript where none of our senses is [Shai-Hulud 2: panther.com/blog/shai-hulud-npm-supply-chain-attack].
  'foreign-runtime': `
    bun bunx deno qjs quickjs txiki tjs llrt hermes d8 electron nw workerd
  `,
  // [T1105]
  downloader: `
    curl wget wget2 aria2c axel certutil bitsadmin fetch ftp tftp lftp http https xh invoke-webrequest iwr
    invoke-restmethod irm start-bitstransfer lwp-download lwp-request snarf httpie curlie
  `,
  // [T1048]
  transfer: `
    scp sftp rsync rclone s3cmd mc croc wormhole magic-wormhole rcp pscp
  `,
  'package-manager': `
    npm npx pnpm pnpx yarn yarnpkg corepack pip pip3 pipx uv uvx poetry conda gem bundle bundler cargo brew apt
    apt-get aptitude dpkg yum dnf rpm apk pacman zypper snap flatpak choco winget scoop nuget composer mvn
    gradle nix nix-env port ncu npm-cli vsce ovsx code easy_install volta nvm fnm node-gyp prebuild-install
  `,
  vcs: `
    git hg svn gh glab hub jj bzr git-lfs git-remote-https tea fossil cvs p4
  `,
  'container-tool': `
    docker podman nerdctl ctr crictl runc kubectl helm minikube kind k3s oc buildah skopeo docker-compose
    nsenter unshare lxc vagrant multipass k9s kubectx
  `,
  'cloud-cli': `
    aws gcloud gsutil bq az azd doctl oci heroku vercel netlify wrangler flyctl fly terraform tofu pulumi vault
    railway supabase firebase ibmcloud aliyun eksctl sam cdk
  `,
  // [ATLAS AML.T0053; github.com/nrwl/nx/issues/32522]
  'agent-cli': `
    claude claude-code gemini gemini-cli codex q qchat kiro kiro-cli cursor-agent cursor aider copilot opencode
    goose amp cody cline continue cn qwen crush droid auggie ollama llm openclaw windsurf sgpt interpreter
    plandex
  `,
  // [T1552.001]
  'secret-scanner': `
    trufflehog gitleaks detect-secrets git-secrets noseyparker ggshield titus kingfisher lazagne mimikatz
  `,
  // [T1548, T1222]
  privileged: `
    sudo su doas pkexec runas gsudo setcap setfacl chmod chown chgrp chattr visudo passwd useradd usermod
    adduser groupadd insmod modprobe mount umount iptables nft sysctl icacls takeown cacls spctl csrutil xattr
    setenforce polkit chroot capsh newgrp ufw netsh net sc codesign attrib bcdedit vssadmin wevtutil fsutil
  `,
  // [T1053, T1543, T1547]
  scheduler: `
    crontab at batch atq systemctl systemd-run launchctl schtasks reg regedit service rc-update update-rc.d
    chkconfig initctl loginctl pm2
  `,
  // [T1496]
  miner: `
    xmrig xmrig-notls xmr-stak cpuminer minerd ethminer cgminer bfgminer t-rex nbminer lolminer phoenixminer
    gminer teamredminer nanominer srbminer srbminer-multi claymore ccminer nheqminer jsextension kdevtmpfsi
    kinsing
  `,
  // [T1082, T1033, T1057, T1016]
  'system-info': `
    whoami id uname hostname hostnamectl ps top pgrep lscpu lsb_release sw_vers system_profiler ioreg sysctl
    systeminfo wmic tasklist ver ifconfig ip ipconfig netstat ss arp route df du free uptime who w last groups
    env printenv set getent locale lsof mount lsblk dmidecode getconf ldd nproc arch tty stty which where
    whereis type date scutil defaults getmac query quser
  `,
  // [T1555]
  keychain: `
    security secret-tool kwallet-query keyctl gpg gpg2 gpg-agent op bw lpass pass vaultcmd cmdkey ssh-add
    ssh-agent keepassxc-cli gopass
  `,
  // [T1572, T1090, T1095]
  'network-tool': `
    nc ncat netcat socat telnet ssh sshpass autossh plink dig nslookup host drill ping ping6 traceroute nmap
    masscan zmap tcpdump tshark ngrok cloudflared chisel frpc bore lt tor openssl proxychains proxychains4 gost
    ligolo whois resolve-dnsname test-netconnection gs-netcat tailscale zrok
  `,
  opener: `
    open xdg-open start explorer gnome-open kde-open wslview sensible-browser gio
  `,
  // [T1485, T1529]
  destroyer: `
    shred wipe srm dd mkfs mkfs.ext4 fdisk parted shutdown reboot halt poweroff init cipher format diskpart
    sdelete blkdiscard killall pkill taskkill
  `,
  'build-tool': `
    make gmake cmake ninja gcc g++ cc c++ clang clang++ ld ar cl nmake xcodebuild xcrun rustc protoc pkg-config
    ffmpeg ffprobe convert magick gs
  `,
};

const CLASSES = Object.keys(PROGRAMS) as ProgramClass[];

/* When a program is first asked about, which most processes never do. */
const classes = lazily(() => {
  const made = new SafeMap<string, ProgramClass>();
  for (let index = 0; index < CLASSES.length; index++) {
    const programClass = CLASSES[index] as ProgramClass;
    const names = words(PROGRAMS[programClass] as string);
    for (let i = 0; i < names.length; i++) {
      if (!made.has(names[i] as string)) made.set(names[i] as string, programClass);
    }
  }
  return made;
});

const EXTENSIONS = ['.exe', '.cmd', '.bat', '.com', '.ps1'];

/** `C:\Windows\System32\cmd.exe` → `cmd`, `/usr/bin/python3.11` → `python3`. */
export function programName(program: string): string {
  let name = StringPrototypeToLowerCase(program);
  const slash = StringPrototypeLastIndexOf(name, '/');
  const backslash = StringPrototypeLastIndexOf(name, '\\');
  name = StringPrototypeSlice(name, MathMax(slash, backslash) + 1);
  for (let i = 0; i < EXTENSIONS.length; i++) {
    const extension = EXTENSIONS[i] as string;
    if (name.length > extension.length && StringPrototypeEndsWith(name, extension)) {
      name = StringPrototypeSlice(name, 0, -extension.length);
      break;
    }
  }
  // python3.11, gcc-12, clang-17.0: the version belongs to the machine.
  let end = name.length;
  while (
    end > 1 &&
    (isDigit(StringPrototypeCharCodeAt(name, end - 1)) || name[end - 1] === '.' || name[end - 1] === '-')
  )
    end--;
  if (end < name.length) {
    const base = StringPrototypeSlice(name, 0, end);
    const rest = StringPrototypeSlice(name, end);
    const major = rest[0] === '.' || rest[0] === '-' ? '' : (rest[0] as string);
    if (classes().has(base + major)) return base + major;
    if (classes().has(base)) return base;
  }
  return name;
}

/** The class of a program by its bare name, as {@link programName} returns it. */
export function programClassOf(name: string): ProgramClass {
  return classes().get(name) ?? 'program';
}

/** True when the word is a shell: what follows it may be a whole program. */
export function isShell(name: string): boolean {
  return classes().get(name) === 'shell';
}
