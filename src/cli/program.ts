/** The command line: names, options, help. What a command does is in the file of its name. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { LockFileError } from '../baseline/lock-file.ts';
import { LockWriteError } from '../baseline/lock-store.ts';
import { LEVELS } from '../response/finding.ts';
import { VERSION } from '../version.ts';
import { type ApproveOptions, approve } from './approve.ts';
import { type CheckOptions, check, FORMATS } from './check.ts';
import { type DiffOptions, diff } from './diff.ts';
import { type DoctorOptions, doctor } from './doctor.ts';
import { type ExplainOptions, explain } from './explain.ts';
import { type HtmlReportOptions, htmlReport } from './html-report.ts';
import { type InitOptions, init } from './init.ts';
import { type LearnOptions, learn } from './learn.ts';
import { type MergeOptions, merge } from './merge.ts';
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
      outputError: (text, write) => write(`diogenesis: ${usageError(text)}\n`),
    })
    .addHelpText(
      'after',
      examples('diogenesis learn -- npm test', 'diogenesis check -- npm test', 'diogenesis run -- node app.js'),
    );

  const command = (name: string, description: string) => common(program.command(name).description(description));
  /* What stands behind the command's own name belongs to it, "--" or not. */
  const supervising = (name: string, description: string) =>
    command(name, description)
      .passThroughOptions()
      .addArgument(new Argument('<command...>', 'command to run, behind "--"'));

  supervising('run', 'run an app monitored: findings as they happen, a summary at the end')
    .addOption(
      new Option(
        '--fail-on <level>',
        'exit 3 when the app succeeded and a finding of this level or higher occurred',
      ).argParser(levelOf('--fail-on')),
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
    .passThroughOptions()
    .addArgument(new Argument('[command...]', 'command to run, behind "--"'))
    .option('--from <file...>', 'instead of a command: observation files, or traits that a Collector wrote down')
    .option('--prune', 'drop entries of packages that are installed no more')
    .addOption(auditOption())
    .addHelpText(
      'after',
      examples(
        'diogenesis learn -- npm test',
        'diogenesis learn --prune -- npm test',
        'diogenesis learn --from traits.jsonl',
        'git diff diogenesis.lock.json',
      ),
    )
    .action((argv: string[], options: LearnOptions) => learn(argv, options));

  supervising('check', 'run a command and compare what every package did with the lock file')
    .addOption(new Option('--format <format>', 'how to report (default: text)').choices(FORMATS))
    .option(
      '--output <file>',
      'write the report to a file, several times for several; without --format as .md, .json or .sarif says',
      (file: string, others: string[] | undefined) => [...(others ?? []), file],
    )
    .addOption(auditOption())
    .addHelpText(
      'after',
      `${examples('diogenesis check -- npm test', 'diogenesis check -- npm ci', 'diogenesis check --output diogenesis.md --output diogenesis.sarif -- npm test')}
Exit codes: 0 as locked, 3 unreviewed behavior, 2 bad usage or unreadable lock file, otherwise the failed command's own.
The text report goes to stderr; the other formats to stdout, and the command's own stdout then to stderr.`,
    )
    .action((argv: string[], options: CheckOptions) => check(argv, options));

  command('approve', 'accept the unreviewed behavior of the last check or run into the lock file')
    .argument('[package]', 'NAME or NAME@VERSION, as the check named it')
    .argument('[trait...]', 'only these traits; all of them by default')
    .addOption(new Option('--all-below <level>', 'everything below this level').argParser(levelOf('--all-below')))
    .option('--prune', 'drop entries of packages that are installed no more')
    .addHelpText(
      'after',
      examples(
        'diogenesis approve undici',
        "diogenesis approve undici@7.17.0 'net.connect:api.example.com:443'",
        'diogenesis approve --all-below WARN',
      ),
    )
    .action((name: string | undefined, traits: string[], options: ApproveOptions) => approve(name, traits, options));

  command('diff', 'show what one lock file has that another has not')
    .argument('[files...]', 'two of: a lock file, an observation file or folder, REVISION:FILE')
    .option('--git <revision>', 'compare the lock file of a git revision with the one here')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `${examples('diogenesis diff --git HEAD~1', 'diogenesis diff main:diogenesis.lock.json diogenesis.lock.json')}\nExit codes: 0 the same, 3 different, 2 unreadable.`,
    )
    .action((files: string[], options: DiffOptions) => diff(files, options));

  command('merge', 'merge lock files and observations')
    .argument('[files...]', 'lock files, observation files or folders, REVISION:FILE')
    .option('-o, --output <file>', 'lock file to write')
    .option('--driver', 'be a git merge driver for %O %A %B')
    .addHelpText(
      'after',
      examples(
        'diogenesis merge -o diogenesis.lock.json ci-1.lock.json ci-2.lock.json',
        'diogenesis merge -o diogenesis.lock.json .diogenesis/observations',
        'diogenesis merge -o diogenesis.lock.json HEAD:diogenesis.lock.json MERGE_HEAD:diogenesis.lock.json',
      ),
    )
    .action((files: string[], options: MergeOptions) => merge(files, options));

  command('explain', 'tell why a finding was raised; without an id, list the findings')
    .argument('[id]', 'a finding, or the beginning of its id')
    .option('--last', 'the newest finding')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples('diogenesis explain', 'diogenesis explain --last', 'diogenesis explain mwvm4t3p-85002'),
    )
    .action((id: string | undefined, options: ExplainOptions) => explain(id, options));

  program
    .command('report')
    .description('write findings as one HTML file to look at: timeline, connections, the story of each')
    .argument('<findings...>', 'files that --findings wrote')
    .option('-o, --output <file>', 'HTML file to write instead of stdout')
    .option('-q, --quiet', 'say nothing')
    .addHelpText('after', examples('diogenesis report findings.jsonl -o report.html'))
    .action((files: string[], options: HtmlReportOptions) => htmlReport(files, options));

  supervising('doctor', 'run a command and say whether everything is seen, and nothing lost')
    .addOption(new Option('--timeout <seconds>', 'end the command after this time').default(10).argParser(secondsOf))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `${examples('diogenesis doctor -- node server.js')}\nExit codes: 0 all is well, 3 something is not, 2 bad usage.`,
    )
    .action((argv: string[], options: DoctorOptions) => doctor(argv, options));

  program
    .command('init')
    .description('write a config file, the .gitignore line, and show what to put into CI')
    .option('--merge-driver', 'also let git merge lock files with "diogenesis merge"')
    .option('-q, --quiet', 'say nothing')
    .addHelpText('after', examples('diogenesis init', 'diogenesis init --merge-driver'))
    .action((options: InitOptions) => init(options));

  return program;
}

function common(command: Command): Command {
  return command
    .option('--lock <file>', 'lock file (default: diogenesis.lock.json)')
    .option('--config <file>', 'config file (default: diogenesis.config.json when present)')
    .option('--findings <file>', 'append every finding to this file, one JSON object a line')
    .option('-q, --quiet', 'no summary, no lines about findings');
}

function usageError(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  return line === "missing required argument 'command'"
    ? 'no command given; write it behind "--", e.g. -- node app.js'
    : line;
}

function auditOption(): Option {
  return new Option('--audit', "use Node's --permission-audit as a second source, where this Node has it");
}

function levelOf(option: string): (value: string) => string {
  return (value) => {
    const level = value.toUpperCase();
    if ((LEVELS as readonly string[]).includes(level)) return level;
    throw new CliError(`${option} must be one of ${LEVELS.join(', ')}, not "${value}"`);
  };
}

function secondsOf(value: string): number {
  const seconds = Number(value);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new CliError(`--timeout must be a number of seconds, not "${value}"`);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}
