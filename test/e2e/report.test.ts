import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { AppFolder } from '../support/app-folder.ts';
import { startChromium } from '../support/chromium.ts';
import { cli } from '../support/cli.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** `DIOGENESIS_SCREENSHOTS=FOLDER npm test -- test/e2e/report.test.ts`, for the eye. */
const screenshots = process.env.DIOGENESIS_SCREENSHOTS;
const start = Date.parse('2026-03-02T09:00:00Z');

let app: AppFolder;
let chromium: { readonly browser: Browser } | { readonly missing: string };

function finding(at: number, level: string, who: string, trait: string) {
  const [name, version] = who.split('@') as [string, string];
  return {
    id: `f${at}-1`,
    time: new Date(start + at * 1000).toISOString(),
    level,
    pattern: level === 'LOG' ? 'behavioral_drift' : 'data_exfiltration',
    reason: `${who} did ${trait}, which the baseline has not`,
    package: { name, version },
    chain: [who, 'express@5.3.0', '<app>'],
    trait,
    voltage: level === 'ALERT' ? 0.1 : level === 'WARN' ? 0.4 : 0.8,
    rule: { name: 'secret then network', reference: ['T1552.001', 'T1567'] },
    steps: [
      { time: start + at * 1000 - 1500, principal: who, trait: 'fs.read:<home>/.npmrc [credential]' },
      { time: start + at * 1000, principal: who, trait },
    ],
    baseline: `${who} is stable and has 12 traits`,
    pid: 4711,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
  };
}

const findings = [
  finding(1, 'LOG', 'axios@1.21.1', 'net.connect:status.example.net:443'),
  finding(20, 'WARN', 'invoice-format@1.0.1', 'fs.read:<home>/.npmrc [credential]'),
  finding(22, 'ALERT', 'invoice-format@1.0.1', 'net.connect:collect.example.org:443'),
  finding(60, 'ALERT', 'left-pad@1.4.0', 'process.spawn:sh [shell]'),
  finding(95, 'LOG', 'invoice-format@1.0.1', 'fs.read:<app>/config/*.json'),
  finding(99, 'WARN', 'evil@</script><img src=x onerror="document.title=1">', 'fs.write:<tmp>/`$(id)`'),
];

before(async () => {
  app = new AppFolder();
  writeFileSync(app.path('findings.jsonl'), `${findings.map((one) => JSON.stringify(one)).join('\n')}\n{"torn`);
  const { code, stderr } = await cli(['report', 'findings.jsonl', '-o', 'report.html'], { cwd: app.root });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /6 findings in report\.html/);
  chromium = await startChromium();
});

after(async () => {
  if ('browser' in chromium) await chromium.browser.close();
  app[Symbol.dispose]();
});

interface Look {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  readonly script?: boolean;
}

/** The report in a tab; a request to anywhere, an error or a refusal by its own policy fails the test. */
async function open(t: TestContext, { width = 1280, scheme = 'light', script = true }: Look = {}) {
  if ('missing' in chromium) {
    t.skip(chromium.missing);
    return undefined;
  }
  const page = await chromium.browser.newPage();
  t.after(() => page.close());
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => problems.push(message.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) problems.push(`asks for ${request.url()}`);
  });
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(pathToFileURL(app.path('report.html')).href);
  if (script) await page.waitForSelector('#timeline svg');
  t.after(() => assert.deepEqual(problems, []));
  return page;
}

async function look(page: Page, name: string) {
  if (screenshots === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  await page.screenshot({ path: join(screenshots, `${name}-top.png`) });
}

const stories = (page: Page) => page.$$eval('article', (all) => all.filter((one) => one.checkVisibility()).length);

/** Through the debugger, which the page's own policy does not bind. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

describe('the report', () => {
  it('is one file that is the same for the same findings', async () => {
    const again = await cli(['report', 'findings.jsonl'], { cwd: app.root });
    const html = readFileSync(app.path('report.html'), 'utf8');
    assert.equal(again.stdout, html);
    assert.doesNotMatch(html, /(?:src|href)="(?!#)/);
  });

  it('says in one line what it cannot read', async () => {
    writeFileSync(app.path('other.json'), '{"a":1}');
    for (const [file, said] of [
      ['nowhere.jsonl', /nowhere\.jsonl: there is no such file/],
      ['other.json', /other\.json: has no findings/],
    ] as const) {
      const { code, stderr, stdout } = await cli(['report', file], { cwd: app.root });
      assert.equal(code, 2);
      assert.match(stderr, said);
      assert.equal(stdout, '');
    }
  });

  it('of no findings says so', async () => {
    writeFileSync(app.path('none.jsonl'), '');
    const { code, stdout } = await cli(['report', 'none.jsonl'], { cwd: app.root });
    assert.equal(code, 0);
    assert.match(stdout, /There are none\./);
  });

  for (const [name, width, scheme] of [
    ['wide, light', 1280, 'light'],
    ['wide, dark', 1280, 'dark'],
    ['a phone, light', 360, 'light'],
    ['a phone, dark', 360, 'dark'],
  ] as const) {
    it(`has no fault that axe knows: ${name}`, async (t) => {
      const page = await open(t, { width, scheme });
      if (page === undefined) return;
      await look(page, name.replaceAll(/\W+/g, '-'));
      assert.deepEqual(await violations(page), []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} pixels stand out to the right`);
    });
  }

  it('draws a lane for each package, a mark for each finding, and who called whom', async (t) => {
    const page = await open(t);
    if (page === undefined) return;
    assert.deepEqual(await page.$$eval('.lane', (all) => all.map(({ textContent }) => textContent)), [
      'invoice-format@1.0.1',
      'left-pad@1.4.0',
      'evil@</script><img src=x onerror="document.title=1">',
      'axios@1.21.1',
    ]);
    assert.equal((await page.$$('.mark')).length, findings.length);
    const rows = await page.$$eval('#edges tr', (all) =>
      all.map(({ cells }) => [...cells].map((one) => one.textContent)),
    );
    assert.ok(
      rows.some((row) => row.join(' ') === '<app> calls express@5.3.0 6'),
      JSON.stringify(rows),
    );
    assert.ok(rows.some((row) => row.join(' ') === 'left-pad@1.4.0 reaches process.spawn [shell] 1'));
    assert.match(await page.title(), /6 findings/, 'nothing that a package chose has run');
  });

  it('filters by level, package and text, and says how many are left', async (t) => {
    const page = await open(t);
    if (page === undefined) return;
    await page.click('input[value="LOG"]');
    assert.equal(await stories(page), 4);
    await page.select('select[name="who"]', 'invoice-format@1.0.1');
    assert.equal(await stories(page), 2);
    assert.equal(await page.$eval('#count', ({ textContent }) => textContent), '2 of 6 findings');
    assert.equal((await page.$$('.mark')).length, 2);
    await page.type('input[name="text"]', 'no such thing');
    assert.equal(await stories(page), 0);
    assert.equal(await page.$eval('#timeline', ({ textContent }) => textContent), 'Nothing passes the filters.');
    await page.click('button[type="reset"]');
    await page.waitForFunction(() => document.querySelectorAll('.mark').length === 6);
    assert.equal(await stories(page), 6);
  });

  it('can be used from the keyboard alone: tab to a mark, enter, and the story has the focus', async (t) => {
    const page = await open(t);
    if (page === undefined) return;
    const reached = async () => page.evaluate(() => document.activeElement?.getAttribute('href') ?? '');
    for (let i = 0; i < 30 && !/^#f/.test(await reached()); i++) await page.keyboard.press('Tab');
    const target = await reached();
    assert.match(target, /^#f\d+-1$/);
    await page.keyboard.press('Enter');
    await page.waitForFunction((id) => document.activeElement?.id === id, {}, target.slice(1));
  });

  it('is a report without its script, and on paper', async (t) => {
    const page = await open(t, { script: false });
    if (page === undefined) return;
    const text = await page.$eval('main', (one) => one.textContent ?? '');
    for (const { reason } of findings) assert.ok(text.includes(reason), reason);
    const printed = await open(t);
    if (printed === undefined) return;
    await printed.emulateMediaType('print');
    await look(printed, 'print');
    assert.equal(await printed.$eval('form', (one) => getComputedStyle(one).display), 'none');
    assert.ok((await printed.pdf()).length > 10_000);
  });
});
