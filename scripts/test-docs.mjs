/**
 * Runs what the documentation says: every command and code block of a page, in order, in a new folder with a made-up
 * home, as a reader would; checks that what it shows as output comes out. Then every link.
 *
 *   npm run test:docs                      the pages below
 *   npm run test:docs -- docs/faq.md       other ones
 *
 * | block | what is done |
 * |---|---|
 * | after a line that ends with "`FILE`:" | written to that file |
 * | `sh` | run line by line; `# exit 3` at its end says what it must end with |
 * | `text` | each line must be in the output of the block before; `…` stands for anything |
 * | `js`, `ts` | run as a module |
 * | `diff` | applied, and run beside the packages that it requires |
 * | `json` | parsed |
 * | after `<!-- not run: REASON -->` | skipped, with its reason |
 *
 * The package is the one of this checkout, packed; everything else comes from the registry.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { brokenLinks, externalLinks } from './links.mjs';

const root = join(import.meta.dirname, '..');
const given = process.argv.slice(2);
const pages = given.length > 0 ? given : ['README.md', 'docs/getting-started.md'];
const scratch = mkdtempSync(join(tmpdir(), 'diogenesis-docs-'));
let failed = 0;
let passed = 0;
let skipped = 0;

try {
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', scratch], { cwd: root, stdio: 'ignore' });
  const tarball = join(
    scratch,
    readdirSync(scratch).find((name) => name.endsWith('.tgz')),
  );
  for (const page of pages) runPage(page, tarball);
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}
for (const { file, line, link, reason } of brokenLinks(root)) {
  failed++;
  console.error(`not ok  ${file}:${line} ${link}: ${reason}`);
}
console.log(
  `of ${externalLinks(root).length} addresses of other sites the form was looked at, not whether they answer`,
);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);

function runPage(page, tarball) {
  const name = page.replaceAll(/\W/g, '-');
  const folder = join(scratch, name, 'app');
  const home = join(scratch, name, 'home');
  mkdirSync(folder, { recursive: true });
  mkdirSync(home);
  writeFileSync(join(home, '.npmrc'), '//registry.example/:_authToken=not-a-real-token\n');
  // The application that a reader has already.
  writeFileSync(join(folder, 'app.js'), "console.log('at work');\n");
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'app', version: '1.0.0', private: true, scripts: { test: 'node app.js' } }),
  );
  const env = { ...process.env, HOME: home, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  for (const key of Object.keys(env)) if (/^(npm_|OTEL_|DIOGENESIS_|NODE_OPTIONS$)/i.test(key)) delete env[key];
  // The registry that this machine is set to use, without the home that says so.
  for (const key of ['registry', 'cache']) {
    env[`npm_config_${key}`] = execFileSync('npm', ['config', 'get', key], { encoding: 'utf8' }).trim();
  }
  env.npm_config_update_notifier = env.npm_config_audit = env.npm_config_fund = 'false';
  const bash = (command) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 180_000,
    });
    return { status, said: `${stdout}${stderr}` };
  };

  bash('git init --quiet');
  let said = '';
  let count = 0;
  for (const block of blocksOf(readFileSync(join(root, page), 'utf8'))) {
    const where = `${page}:${block.line}`;
    const problems = [];
    if (block.reason !== undefined) {
      skipped++;
      console.log(`skipped ${where} ${block.reason}`);
      continue;
    }
    if (block.file !== undefined) {
      mkdirSync(dirname(join(folder, block.file)), { recursive: true });
      writeFileSync(join(folder, block.file), block.text);
    } else if (block.language === 'sh') {
      said = '';
      for (const line of commandsOf(block.text)) {
        const expected = Number(/# exit (\d+)$/.exec(line)?.[1] ?? 0);
        const command = line.replaceAll(/(npm (?:install|i) .*?)\bdiogenesis-otel\b/g, `$1${tarball}`);
        const result = bash(command);
        said += result.said;
        if (result.status !== expected) {
          problems.push(`"${line}" ended with ${result.status}, not ${expected}:\n${result.said}`);
          break;
        }
      }
    } else if (block.language === 'text') {
      for (const line of block.text.split('\n').filter((one) => one.trim() !== '')) {
        const pattern = line
          .trim()
          .split('…')
          .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
          .join('.*');
        if (!new RegExp(pattern).test(said)) problems.push(`does not come out: ${line.trim()}\n${said}`);
      }
    } else if (block.language === 'js' || block.language === 'ts') {
      const file = `block-${++count}.${block.language === 'ts' ? 'mts' : 'mjs'}`;
      writeFileSync(join(folder, file), block.text);
      const result = bash(`node ${file}`);
      said = result.said;
      if (result.status !== 0) problems.push(result.said);
    } else if (block.language === 'diff') {
      // What the reader has already is what the code asks for.
      const lines = block.text.split('\n').filter((line) => !line.startsWith('-'));
      const file = `block-${++count}.js`;
      writeFileSync(join(folder, file), lines.map((line) => line.slice(1)).join('\n'));
      const packages = [...block.text.matchAll(/require\('(@[^']+)'\)/g)].map((match) => match[1]);
      const result = bash(`npm install ${packages.join(' ')} && node ${file}`);
      if (result.status !== 0) problems.push(result.said);
    } else if (block.language === 'json') {
      try {
        JSON.parse(block.text);
      } catch (error) {
        problems.push(error.message);
      }
    } else continue;
    if (problems.length === 0) {
      passed++;
      console.log(`ok      ${where}`);
    } else {
      failed++;
      console.error(`not ok  ${where} ${problems.join('\n')}`);
    }
  }
}

/** Fenced blocks with what the line before says of them. */
function blocksOf(markdown) {
  const blocks = [];
  const lines = markdown.split('\n');
  let before = '';
  for (let i = 0; i < lines.length; i++) {
    const open = /^(```+)(\w*)$/.exec(lines[i]);
    if (open === null) {
      if (lines[i].trim() !== '') before = lines[i];
      continue;
    }
    const end = lines.indexOf(open[1], i + 1);
    blocks.push({
      line: i + 1,
      language: open[2],
      text: `${lines.slice(i + 1, end).join('\n')}\n`,
      file: /`([\w./-]+\.\w+)`(?: \([^)]*\))?:$/.exec(before)?.[1],
      reason: /^<!-- not run: (.+) -->$/.exec(before)?.[1],
    });
    i = end;
    before = '';
  }
  return blocks;
}

/** Lines, with those that end in a backslash joined to the next. */
function commandsOf(text) {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
