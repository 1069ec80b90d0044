/** What a test runner said, as a map from each test to how it ended: `passed`, `failed` or `skipped`. */

/** TAP of any depth; a test that is there more than once has failed when one of them has. */
export function fromTap(text, prefix = '') {
  const results = new Map();
  for (const [, indent, not, rest] of text.matchAll(/^( *)(not )?ok\b(?: \d+)?(.*)$/gm)) {
    const directive = /\s#\s*(skip|todo)\b/i.exec(rest);
    const name = rest
      .replace(/\s#\s*(time=.*|skip.*|todo.*)$/i, '')
      .replace(/ \{$/, '')
      .replace(/^\s*-\s*/, '')
      // Durations and process ids in titles differ from run to run.
      .replace(/\d+(\.\d+)?m?s\b/g, 'TIME')
      .trim();
    note(results, `${prefix}${' '.repeat(indent.length)}${name}`, directive ? 'skipped' : not ? 'failed' : 'passed');
  }
  return results;
}

export function fromJest(text) {
  const results = new Map();
  for (const { assertionResults } of JSON.parse(text).testResults) {
    for (const { fullName, status } of assertionResults) {
      note(results, fullName, status === 'passed' || status === 'failed' ? status : 'skipped');
    }
  }
  return results;
}

function note(results, name, status) {
  if (results.get(name) !== 'failed') results.set(name, status);
}

/**
 * Tests that never ended under the preload as they ended without it. A test that ends now this way and now that, without
 * us too, tells nothing.
 * @param {readonly Map<string, string>[]} bare
 * @param {readonly Map<string, string>[]} watched
 */
export function differences(bare, watched) {
  const names = new Set([...bare, ...watched].flatMap((run) => [...run.keys()]));
  const ways = (runs, name) => new Set(runs.map((run) => run.get(name) ?? 'absent'));
  return [...names]
    .map((name) => ({ name, bare: ways(bare, name), watched: ways(watched, name) }))
    .filter(({ bare: before, watched: after }) => before.isDisjointFrom(after))
    .map(({ name, bare: before, watched: after }) => ({ name, bare: [...before].join(), watched: [...after].join() }));
}
