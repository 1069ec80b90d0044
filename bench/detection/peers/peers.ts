/** What else says, or stops, what a package does that it did not do before: set up as its documentation says. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nodeOf } from '../../nodes.ts';
import { Installed } from '../harness/cache.ts';
import type { Staged, Through } from '../harness/incident.ts';
import type { Launched } from '../harness/launch.ts';
import type { Host } from '../harness/types.ts';
import type { World } from '../harness/world.ts';

/** Something that was done, and by which package where the peer tells. */
export interface Sighting {
  readonly package?: string;
  readonly what: string;
}

export interface Peer {
  readonly name: string;
  /** The kinds of application that it cannot watch. */
  readonly not: readonly Host['kind'][];
  /** Whether what it saw of the good release is no news, and everything else is. */
  readonly compares: boolean;
  readonly through: Through;
  /** Once, with the good release installed. */
  learn?(staged: Staged): Promise<void>;
  /** Before each run. */
  prepare?(world: World): void;
  sightings(world: World, ran: Launched): Sighting[];
}

const here = import.meta.dirname;
const LAVAMOAT = '11.1.4';
const SANDWORM = '1.3.2';
const POLICY = 'lavamoat/node/policy.json';

function preloaded(file: string, env: Readonly<Record<string, string>>, options = ''): Through {
  return (command, world) => ({
    argv: command,
    env: {
      NODE_OPTIONS: `${options} --require ${join(here, file)}`.trim(),
      PEER_LOG: world.path('log/peer'),
      ...env,
    },
  });
}

/** The lines that its preload wrote, in one file or one for each process. */
function logged(world: World): Sighting[] {
  return readdirSync(world.path('log'))
    .filter((file) => file === 'peer' || file.startsWith('peer.'))
    .flatMap((file) => readFileSync(world.path(join('log', file)), 'utf8').split('\n'))
    .flatMap((line): Sighting[] => (line === '' ? [] : [JSON.parse(line)]))
    .map(({ package: name, what }) => ({ ...(name === undefined ? {} : { package: nameOf(name) }), what }));
}

/* Sandworm names a chain of callers, `a>b`, the last of which called. */
const nameOf = (path: string) => path.split('>').at(-1) as string;

const forget = (world: World) => {
  for (const file of readdirSync(world.path('log'))) {
    if (file.startsWith('peer')) rmSync(world.path(join('log', file)));
  }
};

/** Installs them, if that was not done before. */
export function peers(): Peer[] {
  const node26 = nodeOf('26');
  const sandworm = Installed.install('peer-sandworm', { sandworm: SANDWORM }).folder;
  const lavamoat = join(
    Installed.install('peer-lavamoat', { lavamoat: LAVAMOAT }).folder,
    'node_modules/lavamoat/src/cli.js',
  );
  return [
    {
      name: 'Node --permission-audit (Node 26)',
      not: [],
      compares: true,
      through: (command, world) => {
        const path = world.environment().PATH as string;
        const env = { PATH: path.replace(dirname(process.execPath), dirname(node26)) };
        return preloaded('audit.cjs', env, '--permission-audit')(command, world);
      },
      prepare: forget,
      sightings: logged,
    },
    {
      name: `Sandworm ${SANDWORM}`,
      not: ['esm'],
      compares: true,
      through: preloaded('sandworm.cjs', { NODE_PATH: join(sandworm, 'node_modules') }),
      prepare: forget,
      sightings: logged,
    },
    {
      name: `LavaMoat ${LAVAMOAT}`,
      // It runs one CommonJS application in compartments; programs started beside it, it does not see.
      not: ['esm', 'npm'],
      compares: false,
      through: ([, file, ...args]) => ({ argv: ['node', lavamoat, file as string, '--', ...args] }),
      async learn(staged) {
        const [node, cli] = ['node', lavamoat];
        await staged.start(([, file]) => ({ argv: [node, cli, file as string, '--autopolicy'] }), 1, 'good');
        staged.world.write('learned/policy.json', staged.world.read(join('app', POLICY)));
      },
      prepare(world) {
        if (existsSync(world.path('learned/policy.json'))) {
          world.write(join('app', POLICY), world.read('learned/policy.json'));
        }
      },
      sightings(_world, { stdout, stderr }) {
        const told = [...`${stdout}\n${stderr}`.matchAll(/LavaMoat - ([^\n]*)/g)];
        return told.map(([, text = '']) => {
          const name = /package "([^"]+)"/.exec(text)?.[1];
          return { ...(name === undefined ? {} : { package: basename(nameOf(name)) }), what: text };
        });
      },
    },
  ];
}
