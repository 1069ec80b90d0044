/** The command line: names, options, help. What a command does is in the file of its name. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { LockFileError } from '../baseline/lock-file.ts';
import { LockWriteError } from '../baseline/lock-store.ts';
import { LEVELS } from '../response/finding.ts';
import { VERSION } from '../version.ts';
import { type CheckOptions, check, FORMATS } from './check.ts';
import { type LearnOptions, learn } from './learn.ts';
import { CliError, say } from './output.ts';
import { type RunOptions, run } from './run.ts';

const BAD_USAGE = 2;

/** Runs the command that `argv` names. Sets `process.exitCode`; never rejects. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : BAD_USAGE;
    else if (error instanceof CliError) fail(error.message, error.exitCode);
    else if (error instanceof LockFileError || error instanceof LockWriteError) fail(error.message, BAD_USAGE);
    else fail(oneLine(error), BAD_USAGE);
  }
}

function fail(message: string, exitCode: number): void {
  say(`diogenesis: ${message}`);
  process.exitCode = exitCode;
}

function oneLine(error: unknown): string {
  if (process.env.DIOGENESIS_DEBUG !== undefined && error instanceof Error) return error.stack ?? error.message;
  return `unexpected error: ${String(error).split('\n')[0]} (DIOGENESIS_DEBUG=1 shows where)`;
}

export function createProgram(): Command {
  const program = new Command('diogenesis')
    .description(
      'A lock file for behavior: learns what every npm package does, and says so when one begins to do something else.',
    )
    .version(VERSION, '-V, --version')
    .enablePositionalOptions()
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      // One line: what was wrong, and what was perhaps meant.
      outputError: (text, write) =>
        write(
          `diogenesis: ${text
            .trim()
            .replace(/^error: /, '')
            .replaceAll(/\s*\n\s*/g, ' ')}\n`,
        ),
    })
    .addHelpText(
      'after',
      examples('diogenesis learn -- npm test', 'diogenesis check -- npm test', 'diogenesis run -- node app.js'),
    );

  const command = (name: string, description: string) => {
    const made = program
      .command(name)
      .description(description)
      .passThroughOptions()
      .configureHelp({ showGlobalOptions: false });
    return common(made);
  };

  command('run', 'run an app monitored: findings as they happen, a summary at the end')
    .addArgument(commandArgument())
    .addOption(
      new Option(
        '--fail-on <level>',
        'exit 3 when the app succeeded and a finding of this level or higher occurred',
      ).argParser(levelOf),
    )
    .addOption(auditOption())
    .addHelpText(
      'after',
      examples(
        'diogenesis run -- node app.js',
        'diogenesis run --fail-on ALERT --findings findings.jsonl -- npm start',
      ),
    )
    .action((argv: string[], options: RunOptions) => run(argv, options));

  command('learn', 'run a command and merge what every package did into the lock file')
    .addArgument(commandArgument())
    .option('--prune', 'drop entries of packages that are installed no more')
    .addOption(auditOption())
    .addHelpText(
      'after',
      examples('diogenesis learn -- npm test', 'diogenesis learn --prune -- npm test', 'git diff diogenesis.lock.json'),
    )
    .action((argv: string[], options: LearnOptions) => learn(argv, options));

  command('check', 'run a command and compare what every package did with the lock file')
    .addArgument(commandArgument())
    .addOption(new Option('--format <format>', 'how to report').choices(FORMATS).default('text'))
    .option('--output <file>', 'write the report to a file instead of stdout')
    .addOption(auditOption())
    .addHelpText(
      'after',
      `${examples('diogenesis check -- npm test', 'diogenesis check -- npm ci', 'diogenesis check --format sarif --output diogenesis.sarif -- npm test')}
Exit codes: 0 as locked, 3 unreviewed behavior, 2 bad usage or unreadable lock file, otherwise the failed command's own.
The text report goes to stderr; the other formats to stdout, and the command's own stdout then to stderr.`,
    )
    .action((argv: string[], options: CheckOptions) => check(argv, options));

  return program;
}

function common(command: Command): Command {
  return command
    .option('--lock <file>', 'lock file (default: diogenesis.lock.json)')
    .option('--config <file>', 'config file (default: diogenesis.config.json when present)')
    .option('--findings <file>', 'append every finding to this file, one JSON object a line')
    .option('-q, --quiet', 'no summary, no lines about findings');
}

function commandArgument(): Argument {
  return new Argument('<command...>', 'command to run, behind "--"');
}

function auditOption(): Option {
  return new Option('--audit', "use Node's --permission-audit as a second source, where this Node has it");
}

function levelOf(value: string): string {
  const level = value.toUpperCase();
  if ((LEVELS as readonly string[]).includes(level)) return level;
  throw new CliError(`--fail-on must be one of ${LEVELS.join(', ')}, not "${value}"`);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}
