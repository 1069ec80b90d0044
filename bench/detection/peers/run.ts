/**
 * The incidents under what else there is:
 *
 *   npm run bench:detection:peers                every incident, written to docs/detection-results.md
 *   npm run bench:detection:peers -- --only NAME[,NAME]   some, printed only
 *
 * A peer learns from one session with the good release, as the short lock does. *Seen*: it said or refused something
 * while the bad release ran that it did not with the good one. *Stopped*: the act did not happen. *Right package*: where
 * it names one, a package that was changed. *Honest releases*: the same of the honest 1.0.1, where all of it is noise.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cache, Installed } from '../harness/cache.ts';
import { stageIncident } from '../harness/incident.ts';
import { show, table } from '../harness/report.ts';
import { rate } from '../harness/score.ts';
import { Sinks } from '../harness/sinks.ts';
import type { Incident } from '../harness/types.ts';
import { incidents } from '../incidents/index.ts';
import pins from '../workloads/package.json' with { type: 'json' };
import { type Peer, peers, type Sighting } from './peers.ts';

interface Outcome {
  readonly incident: string;
  readonly peer: string;
  /** Why there is no outcome: the peer cannot watch such an application, or the good release does not work under it. */
  readonly not?: string;
  readonly seen?: boolean;
  readonly stopped?: boolean;
  readonly right?: boolean | undefined;
  readonly noisy?: boolean;
}

const HEADING = '## Peers on the same incidents';
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const only = values.only?.split(',');
const work = join(cache, `peers-run-${process.pid}`);
mkdirSync(work, { recursive: true });
const real = () => Installed.install('workloads', pins.dependencies);

async function meet(incident: Incident, peer: Peer): Promise<Outcome> {
  const named = { incident: incident.name, peer: peer.name };
  if (peer.not.includes(incident.host.kind)) return { ...named, not: `is not for ${incident.host.kind}` };
  await using sinks = await Sinks.open(incident.name);
  const staged = stageIncident(incident, { work, real }, sinks);
  const run = async (n: number, release: 'good' | 'benign' | 'bad') => {
    staged.install(release);
    peer.prepare?.(staged.world);
    const ran = await staged.start(peer.through, n, release);
    return { ran, sightings: peer.sightings(staged.world, ran) };
  };
  if (peer.learn !== undefined) {
    staged.install('good');
    await peer.learn(staged);
  }
  const good = await run(1, 'good');
  if (good.ran.code !== 0) return { ...named, not: `the application does not run: exit ${good.ran.code}` };
  const known = new Set(good.sightings.map(keyOf));
  const news = (sightings: readonly Sighting[]) =>
    peer.compares ? sightings.filter((one) => !known.has(keyOf(one))) : sightings;
  const honest = news((await run(8, 'benign')).sightings);
  const bad = await run(9, 'bad');
  const told = news(bad.sightings);
  const packages = told.flatMap((one) => (one.package === undefined ? [] : [one.package]));
  return {
    ...named,
    seen: told.length > 0,
    stopped: staged.missing(bad.ran) !== undefined,
    right: packages.length === 0 ? undefined : packages.some((name) => incident.culprits.includes(name)),
    noisy: honest.length > 0,
  };
}

const keyOf = ({ package: name, what }: Sighting) => `${name ?? ''} ${what}`;

const chosen = incidents.filter(({ name, set }) => set !== 'agents' && (only === undefined || only.includes(name)));
const outcomes: Outcome[] = [];
const all = peers();
for (const [index, incident] of chosen.entries()) {
  for (const peer of all) {
    let outcome: Outcome;
    try {
      outcome = await meet(incident, peer);
    } catch (error) {
      outcome = { incident: incident.name, peer: peer.name, not: (error as Error).message.slice(0, 200) };
    }
    outcomes.push(outcome);
    process.stderr.write(`${index + 1}/${chosen.length} ${JSON.stringify(outcome)}\n`);
  }
}
rmSync(work, { recursive: true, force: true });

const chapter = [
  HEADING,
  '',
  'Printed by `npm run bench:detection:peers`. Each learned from one session with the good release, as the lock of one session did; of the incidents that it can run. *Seen*: it said or refused something in the run of the bad release that it did not with the good one. *Stopped*: the act did not happen. *Honest releases*: the same of the honest 1.0.1, where all of it is noise. Node tells of no package.',
  '',
  ...table(
    ['', 'incidents it runs', 'seen', 'stopped', 'right package', 'honest releases'],
    all.map(({ name }) => {
      const of = outcomes.filter((one) => one.peer === name);
      const ran = of.filter(({ not }) => not === undefined);
      const count = (is: (one: Outcome) => boolean, among = ran) => show(rate(among.filter(is).length, among.length));
      return [
        name,
        `${ran.length} of ${of.length}`,
        count(({ seen }) => seen === true),
        count(({ stopped }) => stopped === true),
        count(
          ({ right }) => right === true,
          ran.filter(({ seen, right }) => seen && right !== undefined),
        ),
        count(({ noisy }) => noisy === true),
      ];
    }),
  ),
  '',
].join('\n');
process.stdout.write(chapter);
if (only === undefined) {
  const page = join(import.meta.dirname, '../../../docs/detection-results.md');
  const chapters = readFileSync(page, 'utf8').split(/^(?=## )/m);
  const at = chapters.findIndex((one) => one.startsWith(HEADING));
  if (at >= 0) chapters[at] = `${chapter}\n`;
  else chapters.splice(-1, 0, `${chapter}\n`);
  writeFileSync(page, `${chapters.join('').trimEnd()}\n`);
}
