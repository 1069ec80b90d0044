/** Node's own spec reporter, except that the coverage comes before the totals: those are what one looks for at the end. */
import { Readable } from 'node:stream';
import { spec } from 'node:test/reporters';

export default async function* reporter(source) {
  yield* Readable.from(coverageFirst(source)).compose(new spec());
}

async function* coverageFirst(source) {
  const totals = [];
  for await (const event of source) {
    if (isTotal(event)) totals.push(event);
    else yield event;
  }
  yield* totals;
}

function isTotal({ type, data }) {
  return (
    type === 'test:diagnostic' &&
    data.nesting === 0 &&
    /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(data.message)
  );
}
