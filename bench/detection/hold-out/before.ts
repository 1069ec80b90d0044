/** What the hold-out set measured before the detector was changed; the first run of its author, kept as it was. */
import before from './before.json' with { type: 'json' };

interface Rate {
  readonly hits: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

const show = ({ hits, of, low, high }: Rate) =>
  of === 0 ? '' : `${hits}/${of} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
const BASELINES = [
  ['none', 'no lock'],
  ['short', '1 session'],
  ['long', '6 sessions'],
] as const;

/** A chapter for the end of the results. */
export function beforeAsMarkdown(): string {
  const { commit, recall, falsePositives, missed } = before;
  const rows = (['hold-out', 'first'] as const).flatMap((set) =>
    BASELINES.map(([baseline, words]) => {
      const { warn, alert, rightPackage, before: early } = recall[set][baseline];
      return `| ${set} | ${words} | ${[warn, alert, rightPackage, early].map(show).join(' | ')} |`;
    }),
  );
  const { workloads, upgrades, benignReleases } = falsePositives['hold-out'];
  const noise = (name: string, runs: typeof workloads) =>
    BASELINES.filter(([baseline]) => runs[baseline].warn.of > 0).map(
      ([baseline, words]) => `| ${name} | ${words} | ${show(runs[baseline].warn)} | ${show(runs[baseline].alert)} |`,
    );
  return [
    '',
    '## Before',
    '',
    `The same at commit ${commit}, before anything of the detector was changed on what the hold-out set showed.`,
    '',
    '| set | lock | WARN | ALERT | right package | before |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '| hold-out | lock | false WARN | false ALERT |',
    '| --- | --- | --- | --- |',
    ...noise('workload runs', workloads),
    ...noise('upgrades', upgrades),
    ...noise('honest releases', benignReleases),
    '',
    ...BASELINES.map(([baseline, words]) => `Missed, ${words}: ${missed[baseline].join(', ')}.\n`),
    'The second hold-out (21 families, `hold-out/incidents-2`) at commit 12964df: WARN 12/21 without a lock, 17/21 with one',
    'session, right package 12/12 and 17/17, before the first secret byte 8/13 and 12/13, no WARN in 42 honest runs.',
    'Missed, no lock: clip-swap, late-beacon, loader-hook, loader-hook-sync, logger-dns, logger-git, orm-webshell,',
    'parent-inspector, tap-socket; with one session: clip-swap, loader-hook, orm-webshell, parent-inspector.',
    '',
    'The third hold-out (25 families, `hold-out/incidents-3`) at commit 4eb154c: WARN 11/25 without a lock, 21/25 with one',
    'session, right package 11/11 and 21/21, before the first secret byte 5/17 and 13/17, WARN in 1 and 5 of 25 honest',
    'releases, in 2 and none of 18 workloads. Missed, no lock: agent-detour, cache-swap, ci-oidc, covert-claim, diag-report,',
    'form-skim, git-instead-of, heap-scrape, node-options, picture-drop, sqlite-dump, statsd-tag, task-role, wasm-miner; with',
    'one session: covert-claim, node-options, picture-drop, statsd-tag.',
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
