import { MathMax, RegExpPrototypeExec, StringPrototypeIndexOf, StringPrototypeSlice } from '../primordials.ts';

/*
 * Programs that fetch a package by its name and run it, or put it where it is run from then on. What such a command line
 * names is code of somebody else (T1195.002, AML.T0010.005); what a project declares is fetched otherwise.
 */

interface Form {
  /** Options in the first group, the package in the second. */
  readonly pattern: RegExp;
  /** Without one of these options, what is installed already is run, unless a version is asked for. */
  readonly unlessInstalled?: RegExp;
}

/* Bounded repetitions, no nested quantifiers: linear in the length of the command line. */
const OPTIONS = String.raw`((?:\s{1,8}-[^\s"']{1,40}){0,8})`;
const PACKAGE = String.raw`\s{1,8}["']?(@?[\w.-][\w./-]{0,100}(?:@[\w.^~-]{1,40})?)`;
const form = (program: string, unlessInstalled?: RegExp): Form => ({
  pattern: new RegExp(String.raw`(?:^|[\s;&|(/"'])` + program + OPTIONS + PACKAGE),
  ...(unlessInstalled === undefined ? {} : { unlessInstalled }),
});
const FORMS: readonly Form[] = [
  form(String.raw`(?:npx|npm\s{1,8}(?:exec|x))`, /\s(?:-y|--yes)\b/),
  form(String.raw`(?:bunx|pnpx|uvx|(?:pnpm|yarn)\s{1,8}dlx|bun\s{1,8}x|pipx\s{1,8}run|uv\s{1,8}tool\s{1,8}run)`),
  form(String.raw`(?:npm|pnpm|bun)\s{1,8}(?:i|install|add)(?=[^;|&\n]{0,200}\s(?:-g|--global)\b)`),
  form(String.raw`yarn\s{1,8}global\s{1,8}add`),
  form(String.raw`(?:pipx|uv\s{1,8}tool|cargo|go)\s{1,8}install`),
];

/** The package that a command line fetches and runs, with the version it asks for; `undefined` for any other command. */
export function fetchedBy(command: string): string | undefined {
  for (let i = 0; i < FORMS.length; i++) {
    const { pattern, unlessInstalled } = FORMS[i] as Form;
    const found = RegExpPrototypeExec(pattern, command);
    if (found === null) continue;
    const [, options, name] = found as unknown as [string, string, string];
    if (unlessInstalled === undefined || nameOf(name) !== name) return name;
    if (RegExpPrototypeExec(unlessInstalled, options) !== null) return name;
  }
  return undefined;
}

/** `@scope/name@1.2.3` → `@scope/name`. */
export function nameOf(spec: string): string {
  const at = StringPrototypeIndexOf(spec, '@', 1);
  return at < 0 ? spec : StringPrototypeSlice(spec, 0, at);
}

const PROGRAM = /\b(?:npx|npm|bunx?|pnpx|pnpm|yarn|uvx?|pipx|cargo|go)\b/g;
const WORD = /@?[\w.-][\w./-]{1,100}(?:@[\w.^~-]{1,40})?/g;
/** Characters behind the program: a command line, or the arguments of a call written as JSON. */
const REACH = 160;

/** Every word of a text that stands behind such a program, however the command is written down; each place once. */
export function eachFetchedName(text: string, visit: (name: string) => void): void {
  let done = 0;
  PROGRAM.lastIndex = 0;
  for (let found = RegExpPrototypeExec(PROGRAM, text); found !== null; found = RegExpPrototypeExec(PROGRAM, text)) {
    const start = MathMax(done, PROGRAM.lastIndex);
    done = PROGRAM.lastIndex + REACH;
    const near = StringPrototypeSlice(text, start, done);
    WORD.lastIndex = 0;
    for (let word = RegExpPrototypeExec(WORD, near); word !== null; word = RegExpPrototypeExec(WORD, near)) {
      visit(word[0] as string);
      visit(nameOf(word[0] as string));
    }
  }
}
