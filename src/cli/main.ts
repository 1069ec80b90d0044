/**
 * The `diogenesis` command. Only looks at the version of Node: everything else is loaded when that is new enough, so
 * that an old one says one clear line instead of a stack trace.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 15)) {
  import('./program.ts').then((program) => program.main(process.argv));
} else {
  process.stderr.write(`diogenesis: needs Node >= 22.15, this is ${process.versions.node}\n`);
  process.exitCode = 2;
}
