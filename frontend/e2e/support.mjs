// What every walk needs: a demonstration archive, the program in serve mode, a
// browser, and the number read from the picture itself.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const out = join(here, '.out');
const binary = resolve(process.env['DIAOYUE_E2E_BIN'] ?? join(here, '../../build/bin/diaoyue-e2e'));
const assets = process.env['DIAOYUE_E2E_ASSETS'] ?? '';
const browsers = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** What the tests' own model for speech hears in a tone. */
export const heard = { low: '请出示证件。', high: '这是烟花爆竹。' };

export class Failure extends Error {}

/** check fails the walk unless `holds`. */
export function check(holds, what) {
  if (!holds) throw new Failure(what);
  console.log(`    ok  ${what}`);
}

/** Station is a temporary archive and the program serving it. */
export class Station {
  constructor() {
    if (!existsSync(binary)) throw new Failure(`no ${binary}: run "make e2e-binary" first`);
    this.home = mkdtempSync(join(tmpdir(), 'diaoyue-e2e-'));
    this.archive = join(this.home, 'archive');
    this.env = {
      ...process.env,
      XDG_STATE_HOME: join(this.home, 'state'),
      XDG_CACHE_HOME: join(this.home, 'cache'),
    };
  }

  /** make builds the small demonstration archive. */
  make() {
    this.cli(['demo', '--headless', '--small', '--archive', this.archive]);
  }

  cli(args, { fails = false } = {}) {
    const run = spawnSync(binary, args, { env: this.env, encoding: 'utf8' });
    if (!fails && run.status !== 0)
      throw new Failure(`diaoyue ${args.join(' ')}: exit ${run.status}\n${run.stdout}${run.stderr}`);
    return run;
  }

  /** serve starts the program and gives the address with its token. */
  async serve() {
    const model = mkdtempSync(join(this.home, 'model-'));
    const hears = ['--hears', model, '--low', heard.low, '--high', heard.high];
    const args = ['serve', '--archive', this.archive, ...hears, ...(assets ? ['--assets', assets] : [])];
    this.process = spawn(binary, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.errors = '';
    this.process.stderr.on('data', (data) => (this.errors += data));
    this.url = await new Promise((done, fail) => {
      let text = '';
      this.process.stdout.on('data', (data) => {
        text += data;
        const url = /http:\S+/.exec(text)?.[0];
        if (url) done(url);
      });
      this.process.on('exit', (code) => fail(new Failure(`serve ended with ${code}: ${this.errors}`)));
    });
    return this.url;
  }

  async stop() {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await gone;
  }

  remove() {
    // Originals are kept read-only on purpose.
    spawnSync('chmod', ['-R', 'u+w', this.home]);
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** browse opens a browser; errors of the console are collected and fail the walk that made them. */
export async function browse() {
  const executablePath = browsers.find((path) => path && existsSync(path));
  if (!executablePath) throw new Failure('no Chromium found; set CHROMIUM');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
  });
}

export async function newPage(browser, { width = 1366, height = 768, theme = 'light' } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: 'zh-CN',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.faults = [];
  page.setDefaultTimeout(15000);
  page.on('console', (message) => {
    // A wish overtaken by a newer one is answered with 409 on purpose; the browser prints that by itself.
    if (message.type() !== 'error' || /status of 409/.test(message.text())) return;
    if (!message.location().url.endsWith('/favicon.ico'))
      page.faults.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => page.faults.push(String(error)));
  return page;
}

export const id = (page, name) => page.locator(`[data-testid="${name}"]`);

/** signIn goes to the window as an account of the demonstration. */
export async function signIn(page, url, number) {
  await page.goto(url);
  await id(page, 'number').or(page.locator('footer.stat')).first().waitFor();
  if (await page.locator('footer.stat').count()) await signOut(page);
  await id(page, 'number').fill(number);
  await id(page, 'password').fill(`diaoyue-${number}`);
  await id(page, 'sign-in').click();
  await page.locator('footer.stat').waitFor();
}

export async function signOut(page) {
  await page.locator('header button.who').click();
  await id(page, 'sign-out').click();
  await id(page, 'number').waitFor();
}

/** purpose answers the dialog before a viewing. */
export async function purpose(page, { pick, basis = 'DY-2026-11-034' } = {}) {
  await id(page, 'purpose').waitFor();
  if (pick)
    await page
      .locator('[data-testid="purpose"] label', { has: page.locator(`input[value="${pick}"]`) })
      .click();
  const field = id(page, 'basis');
  if ((await field.count()) && !(await field.inputValue())) await field.fill(basis);
  await id(page, 'open').click();
}

/** shownNumber reads the frame number out of the canvas: 20 blocks along the top edge (media/mediatest). */
export async function shownNumber(page) {
  return page.evaluate(() => {
    const canvas = document.querySelector('[data-testid="frame"]');
    const context = canvas.getContext('2d');
    const size = canvas.width / 20;
    const bits = Array.from({ length: 20 }, (_, i) => {
      const [r, g, b] = context.getImageData(
        Math.floor((i + 0.5) * size),
        Math.floor(canvas.width / 80),
        1,
        1,
      ).data;
      return 0.299 * r + 0.587 * g + 0.114 * b > 128 ? 1 : 0;
    });
    const read = (from, to) => bits.slice(from, to).reduce((value, bit) => value * 2 + bit, 0);
    const number = read(0, 16);
    const parity = (number >> 12) ^ ((number >> 8) & 15) ^ ((number >> 4) & 15) ^ (number & 15) ^ 0b1010;
    return parity === read(16, 20) ? number : -1;
  });
}

/** atRest waits until frame n (0-based) stands on the glass losslessly. */
export async function atRest(page, n) {
  await page.waitForFunction(
    (frame) => {
      const { dataset } = document.querySelector('[data-testid="frame"]') ?? { dataset: {} };
      return dataset.quality === 'rest' && (frame === null || dataset.frame === String(frame));
    },
    n ?? null,
    { timeout: 15000 },
  );
}

/** glassNumber is the frame number as it stands on the glass, from 1. */
export const glassNumber = async (page) =>
  Number((await id(page, 'frame-number').innerText()).replaceAll(',', ''));

export async function shoot(page, name) {
  mkdirSync(out, { recursive: true });
  await page.screenshot({ path: join(out, `${name}.png`) });
}
