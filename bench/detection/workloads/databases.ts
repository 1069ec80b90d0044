import type { Workload } from '../harness/workload.ts';

const n = 'const n = Number(process.argv[2]);\n';

/** Clients whose server is not there: they try again, and fail as they should. */
export const databases: readonly Workload[] = [
  {
    name: 'ioredis refused',
    needs: ['ioredis'],
    main: `${n}import { Redis } from 'ioredis';
const redis = new Redis({ host: '@A@', port: 9, retryStrategy: (times) => (times > n % 3 + 1 ? null : 10), maxRetriesPerRequest: 1 });
redis.on('error', () => {});
await redis.get('k' + n).catch(() => {});
redis.disconnect();
console.log('done');`,
  },
  {
    name: 'pg refused',
    needs: ['pg'],
    files: { 'home/.pgpass': '*:*:*:*:@CANARY@\n' },
    main: `${n}import pg from 'pg';
const pool = new pg.Pool({ host: '@A@', port: 9, user: 'ci', database: 'orders', connectionTimeoutMillis: 500 });
for (let i = 0; i < n % 3 + 1; i++) await pool.query('select $1', [i]).catch((error) => error);
await pool.end();
console.log('done');`,
  },
  {
    name: 'mysql2 refused',
    needs: ['mysql2'],
    main: `${n}import mysql from 'mysql2/promise';
for (let i = 0; i < n % 3 + 1; i++) await mysql.createConnection({ host: '@A@', port: 9, user: 'ci' }).catch(() => {});
console.log('done');`,
  },
  {
    name: 'mongodb refused',
    needs: ['mongodb'],
    main: `${n}import { MongoClient } from 'mongodb';
const client = new MongoClient('mongodb://@A@:9/orders', { serverSelectionTimeoutMS: 150 });
await client.db().collection('c' + n).findOne({}).catch(() => {});
await client.close();
console.log('done');`,
  },
  {
    name: 'better-sqlite3',
    needs: ['better-sqlite3'],
    main: `${n}import Database from 'better-sqlite3';
try {
  const db = new Database('orders-' + n + '.db');
  db.exec('create table t (a)');
  db.prepare('insert into t values (?)').run(n);
} catch (error) { console.log(String(error.message).slice(0, 60)); }
console.log('done');`,
  },
];
