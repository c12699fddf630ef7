// On one copy maker, checker and head are three people: one submits, another
// checks, the head approves, and it is released. The maker who is a checker too,
// and the checker who is a head too, are told why not, before and after trying.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { submit } from './redaction.mjs';
import { atRest, check, id, newPage, purpose, shoot, signIn, signOut } from './support.mjs';

export const title = 'a third person checks the copy; nobody does two of the three acts';

const maker = '0209';
const checker = '0211';
const head = '0201';

export async function run(station, browser) {
  const page = await newPage(browser);
  await grant(page, station, { [maker]: ['disclosure', 'checker'], [checker]: ['checker', 'head'] });
  const number = await submit(page, station);
  await id(page, 'to-copy').click();
  await makerIsBarred(page);
  await signOut(page);
  await theCheck(page, station);
  await checkerIsBarred(page);
  await signOut(page);
  await approve(page, station);
  await signOut(page);
  await release(page, station, number);
  await signOut(page);
  await grant(page, station, { [maker]: ['disclosure'], [checker]: ['checker'] });
  check(page.faults.length === 0, `no errors in the console ${page.faults.join(' | ')}`);
  await page.context().close();
}

// The administrator of duties gives roles, as he does in a small bureau.
async function grant(page, station, wanted) {
  await signIn(page, station.url, '0902');
  await page.evaluate(async (roles) => {
    for (const account of await window.go.desktop.Accounts.List())
      if (roles[account.number]) await window.go.desktop.Accounts.Grant(account.id, roles[account.number]);
  }, wanted);
  await signOut(page);
}

// What the backend answers to who tries all the same.
async function tried(page, act) {
  const copy = (await page.evaluate(() => location.hash)).split('/').at(-1);
  return page.evaluate(
    async ([name, of]) => {
      try {
        await window.go.desktop.Redaction[name](of, '遮蔽完整。', '');
        return 'done';
      } catch (cause) {
        const error = JSON.parse(cause.message); // as in the real window
        return `${error.code} ${error.params?.basis ?? ''}`;
      }
    },
    [act, copy],
  );
}

// The screen at both sizes and in both themes.
async function shootAll(page, name) {
  for (const [width, height] of [
    [1366, 768],
    [1920, 1080],
  ])
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(150);
      await shoot(page, `${name}-${width}-${colorScheme}`);
    }
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.emulateMedia({ colorScheme: 'light' });
}

async function makerIsBarred(page) {
  await id(page, 'review-panel').getByText('不能复核自己制作的副本').waitFor();
  check(await id(page, 'check-pass').isDisabled(), 'the maker cannot press, and is told why');
  check(/未经复核/.test(await id(page, 'paper-check').innerText()), 'the form says that nobody checked it');
  await shootAll(page, 'walk-check-maker');
  await page.emulateMedia({ colorScheme: 'dark' });
  const ink = await id(page, 'paper-check').evaluate((cell) => window.getComputedStyle(cell).color);
  const light = ink.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0); // prettier-ignore
  check(light > 450, `the form can be read in the dark: ${ink}`);
  await page.emulateMedia({ colorScheme: 'light' });
  check(
    (await tried(page, 'Check')) === 'disclosure.self_check R5',
    'the maker who tries to check is refused',
  );
}

async function theCheck(page, station) {
  await signIn(page, station.url, checker);
  await page.getByText('待您复核').first().waitFor();
  await shootAll(page, 'walk-check-home');
  await id(page, 'rail-copies').click();
  const rows = id(page, 'copy-row');
  await rows.first().waitFor();
  check((await rows.count()) === 1, 'the list opens on what waits for the checker');
  await shootAll(page, 'walk-check-list');
  await rows.first().focus();
  await page.keyboard.press('Enter');
  await id(page, 'view-to-check').waitFor();
  check(await id(page, 'check-pass').isDisabled(), 'nothing is checked unseen');
  await shootAll(page, 'walk-check-unseen');
  await id(page, 'view-to-check').press('Enter');
  await purpose(page, { pick: 'approval' });
  await id(page, 'review').waitFor();
  await atRest(page, 0);
  await page.keyboard.press('Space');
  await page.waitForTimeout(9000);
  await page.goBack();
  await id(page, 'check-opinion').waitFor();
  check(await id(page, 'check-pass').isDisabled(), 'a check says something');
  await id(page, 'check-opinion').fill('遮蔽完整，未见遗漏。');
  await shootAll(page, 'walk-check-ready');
  await id(page, 'check-pass').press('Enter');
  await id(page, 'review-panel').waitFor({ state: 'detached' });
  check(/孙怡/.test(await id(page, 'paper-check').innerText()), 'the form names the checker');
}

async function checkerIsBarred(page) {
  await id(page, 'decision-panel').getByText('复核人不能批准同一副本').waitFor();
  check(
    (await id(page, 'approve').count()) === 0,
    'the checker has nothing to approve with, and is told why',
  );
  await shootAll(page, 'walk-check-barred');
  const answer = await tried(page, 'Approve');
  check(answer === 'disclosure.checker_approval R5', 'the checker who tries to approve is refused');
  await id(page, 'rail-copies').click();
  await page.getByText('没有等待您复核的副本').waitFor();
  await shoot(page, 'walk-check-nothing');
}

async function approve(page, station) {
  await signIn(page, station.url, head);
  await page.getByText('待您批准').first().waitFor();
  await id(page, 'rail-copies').click();
  await id(page, 'copy-row').first().click();
  await id(page, 'view-candidate').click();
  await purpose(page, { pick: 'approval' });
  await id(page, 'review').waitFor();
  await atRest(page, 0);
  await page.goBack();
  await id(page, 'opinion').waitFor();
  check(/孙怡/.test(await id(page, 'check-said').innerText()), 'the head is told who checked how much');
  await id(page, 'opinion').fill('同意对外提供。');
  await shootAll(page, 'walk-check-head');
  await id(page, 'approve').click();
  await id(page, 'approve').waitFor({ state: 'detached' });
}

async function release(page, station, number) {
  const dir = join(station.home, 'out-checked');
  mkdirSync(dir);
  await signIn(page, station.url, maker);
  await id(page, 'rail-copies').click();
  await page.getByRole('radio', { name: '在办' }).click();
  await id(page, 'copy-row').first().click();
  await id(page, 'release-dir').fill(dir);
  await id(page, 'release').click();
  await page.locator('.alert.ok').waitFor({ timeout: 30000 });
  await shoot(page, 'walk-check-released');
  const [file] = readdirSync(dir).filter((name) => name.endsWith('.json'));
  const certificate = JSON.parse(readFileSync(join(dir, file), 'utf8'));
  const [checked] = certificate.checked;
  check(number.includes(certificate.number), `${certificate.number} lies outside`);
  check(
    checked.number === checker && checked.shown > 0 && checked.shown <= checked.total,
    `the certificate names the checker, shown ${checked.shown} of ${checked.total} frames`,
  );
  const asked = { events: ['refusal'], accounts: [], result: '', object: '', from: '', to: '', before: 0, limit: 50 }; // prettier-ignore
  const rows = await page.evaluate((filter) => window.go.desktop.Register.Entries(filter), asked);
  check(
    rows.some((row) => row.codes.includes('disclosure.self_check')),
    'the maker’s own try stands in the log',
  );
}
