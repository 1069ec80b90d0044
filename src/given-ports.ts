/** Ports that this process was told instead of choosing them: `PORT=4000`, `--port 4000`. They differ between checkouts. */
import { NumberPrototypeToString, ReflectOwnKeys, RegExpPrototypeExec } from './primordials.ts';

/* `PORT`, `HTTP_PORT`, `npm_config_port`; `SUPPORT` is none. */
const NAMES_A_PORT = /(?:^|_)PORT$/i;
/* `4000`, `--port=4000`, `-p4000`, `localhost:4000`, `http://localhost:4000/health` */
const ARGUMENT = /(?:^|^-[a-z]|[=:])(\d{1,5})(?:\/.*)?$/i;
const MAX_ARGUMENTS = 200;

/**
 * Whether a port is one that the environment or the command line names. Asked anew every time: a program may read `.env`
 * into `process.env` after it has started.
 */
export function givenPorts({ env, argv }: Pick<NodeJS.Process, 'env' | 'argv'>): (port: number) => boolean {
  return (port) => {
    const text = NumberPrototypeToString(port);
    for (let i = 2; i < argv.length && i < MAX_ARGUMENTS; i++) if (portIn(argv[i]) === text) return true;
    const names = ReflectOwnKeys(env);
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (typeof name !== 'string' || RegExpPrototypeExec(NAMES_A_PORT, name) === null) continue;
      if (env[name] === text) return true;
    }
    return false;
  };
}

function portIn(argument: unknown): string | undefined {
  if (typeof argument !== 'string' || argument.length > 512) return undefined;
  const match = RegExpPrototypeExec(ARGUMENT, argument);
  return match?.[1];
}
