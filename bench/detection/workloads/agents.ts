import { agentFiles } from '../harness/agent.ts';
import type { Workload } from '../harness/workload.ts';

/** One honest agent: its tools, its plan (a function body of `n`), and the real packages that the tools use. */
function agent(
  name: string,
  tools: string,
  plan: string,
  more: Partial<Pick<Workload, 'files' | 'serves'>> & { needs?: readonly string[] } = {},
): Workload {
  const { 'main.js': main = '', ...files } = agentFiles(tools, plan);
  const inApp = Object.fromEntries(Object.entries(files).map(([file, text]) => [`app/${file}`, text]));
  return {
    name,
    needs: ['@openai/agents', 'zod', ...(more.needs ?? [])],
    main,
    files: { ...inApp, ...more.files },
    ...(more.serves === undefined ? {} : { serves: more.serves }),
  };
}

const fs = "import * as fs from 'node:fs';\n";

/** Agents at honest work, the hard kinds by choice: shells, git, hosts out of arguments, files of the user. */
export const agents: readonly Workload[] = [
  agent(
    'agent: coding with a shell and git',
    `${fs}import { exec } from 'node:child_process';
import { promisify } from 'node:util';
const sh = promisify(exec);
export const tools = {
  bash: async ({ command }) => (await sh(command)).stdout,
  read_file: async ({ path }) => fs.readFileSync(path, 'utf8'),
  edit_file: async ({ path, find, replace }) => fs.writeFileSync(path, fs.readFileSync(path, 'utf8').replace(find, replace)),
};`,
    `return [
  ['bash', { command: 'git init -q . 2>/dev/null; git status --short | head -n 5' }],
  ['read_file', { path: 'src/sum.js' }],
  ['edit_file', { path: 'src/sum.js', find: 'a - b', replace: 'a + b' }],
  ['bash', { command: 'node --check src/sum.js && echo ok' }],
  ['bash', { command: 'git add -A && git -c user.name=a -c user.email=a@example.org commit -qm "fix: sum ' + n + '"; git log --oneline | head -n 1' }],
  ['bash', { command: "grep -rn 'sum' src | wc -l" }],
];`,
    { files: { 'app/src/sum.js': 'exports.sum = (a, b) => a - b;\n', 'app/.gitignore': 'node_modules\n' } },
  ),
  agent(
    'agent: retrieval over documents',
    `${fs}
export const tools = {
  search: async ({ query }) => fs.readdirSync('corpus').filter((file) => fs.readFileSync('corpus/' + file, 'utf8').includes(query)).join(' '),
  read: async ({ name }) => fs.readFileSync('corpus/' + name, 'utf8'),
  embed: async ({ text }) => (await fetch('http://@A@:@PORT@/embed', { method: 'POST', body: text })).text(),
};`,
    `return [['search', { query: 'milk' }], ...Array.from({ length: 4 + n % 3 }, (_, i) => ['read', { name: 'doc-' + ((i * n) % 9) + '.md' }]),
  ['embed', { text: 'milk ' + n }]];`,
    {
      files: Object.fromEntries(
        Array.from({ length: 9 }, (_, i) => [`app/corpus/doc-${i}.md`, `# ${i}\nmilk; https://example.org/${i}\n`]),
      ),
    },
  ),
  agent(
    'agent: scraper without a browser',
    `import { load } from 'cheerio';
export const tools = {
  fetch_page: async ({ url }) => { const $ = load(await (await fetch(url)).text()); return $('title').text(); },
};`,
    "const hosts = ['@A@', '@B@', '@C@']; return Array.from({ length: 3 + n }, (_, i) => ['fetch_page', { url: 'http://' + hosts[(n + i) % 3] + ':@PORT@/p' + i }]);",
    { needs: ['cheerio'] },
  ),
  agent(
    'agent: file organiser',
    `${fs}import { homedir } from 'node:os';
const at = (name) => homedir() + '/Downloads/' + name;
export const tools = {
  list: async () => fs.readdirSync(homedir() + '/Downloads').join(' '),
  make_folder: async ({ name }) => { fs.mkdirSync(at(name), { recursive: true }); },
  move: async ({ from, to }) => fs.renameSync(at(from), at(to)),
};`,
    `return [['list', {}], ['make_folder', { name: 'pictures' }], ['make_folder', { name: 'papers' }],
  ...Array.from({ length: 6 + n % 4 }, (_, i) => ['move', { from: 'file-' + i + (i % 2 ? '.png' : '.pdf'), to: (i % 2 ? 'pictures' : 'papers') + '/' + n + '-' + i }])];`,
    {
      files: Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`home/Downloads/file-${i}${i % 2 ? '.png' : '.pdf'}`, `${i}`]),
      ),
    },
  ),
  agent(
    'agent: report from data in a worker',
    `${fs}import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
export const tools = {
  analyse: async ({ file }) => { const worker = new Worker(new URL('./count.js', import.meta.url), { workerData: file }); const [said] = await once(worker, 'message'); return String(said); },
  save_report: async ({ name, text }) => { fs.mkdirSync('reports', { recursive: true }); fs.writeFileSync('reports/' + name + '.md', text); },
};`,
    "return [['analyse', { file: 'data.csv' }], ['save_report', { name: 'week-' + n, text: 'all well' }]];",
    {
      files: {
        'app/data.csv': 'a,b\n1,2\n',
        'app/count.js':
          "import { readFileSync } from 'node:fs';\nimport { parentPort, workerData } from 'node:worker_threads';\nparentPort.postMessage(readFileSync(workerData, 'utf8').length);\n",
      },
    },
  ),
  agent(
    'agent: runs the tests',
    `${fs}import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
export const tools = {
  run_tests: async ({ file }) => (await promisify(execFile)(process.execPath, ['--test', file])).stdout.slice(0, 200),
  read_file: async ({ path }) => fs.readFileSync(path, 'utf8'),
};`,
    "return [['read_file', { path: 'a.test.mjs' }], ['run_tests', { file: 'a.test.mjs' }]];",
    { files: { 'app/a.test.mjs': "import { test } from 'node:test';\ntest('works', () => {});\n" } },
  ),
  agent(
    'agent: pages from templates',
    `${fs}import Handlebars from 'handlebars';
export const tools = {
  render: async ({ template, title }) => Handlebars.compile(fs.readFileSync('templates/' + template + '.hbs', 'utf8'))({ title }),
  publish: async ({ name, html }) => { fs.mkdirSync('public', { recursive: true }); fs.writeFileSync('public/' + name + '.html', html); },
};`,
    "return [['render', { template: 'page', title: 'number ' + n }], ['publish', { name: 'page-' + n, html: '<p>' + n }]];",
    { needs: ['handlebars'], files: { 'app/templates/page.hbs': '<h1>{{title}}</h1>' } },
  ),
  agent(
    'agent: repository questions with simple-git',
    `${fs}import { simpleGit } from 'simple-git';
const git = simpleGit('.');
export const tools = {
  init: async () => { await git.init(); },
  status: async () => JSON.stringify((await git.status()).files.length),
  log: async ({ ref }) => { try { return String((await git.log([ref])).total); } catch { return 'none'; } },
};`,
    "return [['init', {}], ['status', {}], ['log', { ref: 'v' + n + '; not a command' }]];",
    { needs: ['simple-git'] },
  ),
  agent(
    'agent: answers by an API with a key',
    `${fs}import 'dotenv/config';
export const tools = {
  weather: async ({ city }) => (await fetch('http://@A@:@PORT@/weather?city=' + encodeURIComponent(city), { headers: { authorization: process.env.WEATHER_KEY } })).text(),
  note: async ({ text }) => fs.appendFileSync('notes.md', text + '\\n'),
};`,
    "return [['weather', { city: 'Graz' }], ['note', { text: 'ask again; or | call $(nobody) ' + n }], ['weather', { city: 'Linz' }]];",
    { needs: ['dotenv'], files: { 'app/.env': 'WEATHER_KEY=abc\n' } },
  ),
  agent(
    'agent: long conversation over a database',
    `import { DatabaseSync } from 'node:sqlite';
const db = new DatabaseSync('app.sqlite');
db.exec('create table if not exists t (id integer, said text)');
export const tools = {
  query: async ({ sql }) => JSON.stringify(db.prepare(sql).all()).slice(0, 100),
  insert: async ({ id, said }) => { db.prepare('insert into t values (?, ?)').run(id, said); },
};`,
    "return Array.from({ length: 60 + n }, (_, i) => i % 2 ? ['query', { sql: 'select count(*) from t where id < ' + i }] : ['insert', { id: i, said: 'row; drop table ' + n }]);",
  ),
  agent(
    'agent: polls a job until it is done',
    `export const tools = {
  start: async () => 'job-1',
  poll: async ({ job }) => (await fetch('http://@A@:@PORT@/' + job)).text(),
};`,
    "return [['start', {}], ...Array.from({ length: 12 + n }, () => ['poll', { job: 'job-1' }])];",
  ),
];
