// The whole way once: sign in → receive a recording → search → open at the hit →
// ten frames → the number on the glass is the number in the picture → log verifies.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  atRest,
  check,
  glassNumber,
  id,
  newPage,
  purpose,
  shoot,
  shownNumber,
  signIn,
  signOut,
} from './support.mjs';

export const title = 'receive, search, open at the hit, step, log';

export async function run(station, browser) {
  const page = await newPage(browser);
  await receive(page, station);
  await signOut(page);

  await signIn(page, station.url, '0217');
  await page.keyboard.press('Control+k');
  await find(page, '琉璃筒瓦', 20);
  check((await id(page, 'hit').count()) > 0, 'what was received is found by its words');
  await find(page, '东配殿改建情况');
  const hit = id(page, 'hit')
    .filter({ hasText: /\d\d:\d\d/ })
    .first();
  await hit.click();
  await id(page, 'open-hit').click();
  await purpose(page, { pick: 'planned' });
  await id(page, 'review').waitFor();
  await atRest(page);
  const start = (await glassNumber(page)) - 1;
  check(start > 0, `the hit opens inside the recording, at frame ${start + 1} on the glass`);
  check((await shownNumber(page)) === start, 'the number read from the picture is the number shown');

  for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowRight');
  await atRest(page, start + 10);
  check((await glassNumber(page)) === start + 11, 'ten steps move ten frames');
  check((await shownNumber(page)) === start + 10, 'and the picture is that frame');
  await page.keyboard.press('Shift+ArrowLeft');
  await atRest(page, start);
  check((await shownNumber(page)) === start, 'ten back is the frame before');

  await playAWhile(page);
  await note(page);
  await shoot(page, 'walk-review');
  const session = await id(page, 'status-session').innerText();
  await page.locator('nav.rail a').first().click();
  await page.locator('footer.stat:not(.viewing)').waitFor();
  check(true, `leaving closes the viewing (${session.trim()})`);
  check(page.faults.length === 0, `no errors in the console ${page.faults.join(' | ')}`);
  await page.context().close();

  const verified = station.cli(['--archive', station.archive, 'log', 'verify']);
  check(verified.status === 0, `the log verifies: ${verified.stdout.trim().split('\n')[0]}`);
}

// find asks until something is found: a fresh record is indexed in the background.
async function find(page, text, tries = 1) {
  for (let i = 0; i < tries; i++) {
    await id(page, 'query').fill(text);
    await id(page, 'query').press('Enter');
    await page.waitForTimeout(500);
    if (await id(page, 'hit').count()) return;
  }
  await id(page, 'hit').first().waitFor();
}

async function receive(page, station) {
  await signIn(page, station.url, '0203');
  await id(page, 'rail-ingest').click();
  const fresh = join(station.home, '补充说明.txt');
  writeFileSync(fresh, '关于东配殿木料去向的补充说明：琉璃筒瓦二十七片已移交保管员。\n');
  await page.evaluate((paths) => window.__choose(paths), [fresh]);
  await id(page, 'choose-files').click();
  await id(page, 'outcome').first().waitFor();
  for (const name of ['case', 'stage']) await choose(page, name);
  await id(page, 'submit').click();
  await id(page, 'ingest-done').waitFor();
  check(
    /补充说明/.test(await id(page, 'outcome').first().innerText()),
    'a file is received and acknowledged',
  );
}

async function choose(page, name) {
  const field = id(page, name);
  if (
    /[\u4e00-\u9fff]/.test(
      await field
        .locator('.n-base-selection-input__content')
        .allInnerTexts()
        .then((all) => all.join('')),
    )
  )
    return;
  await field.click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

async function playAWhile(page) {
  await page.keyboard.press('Home');
  await atRest(page, 0);
  const before = await glassNumber(page);
  await page.keyboard.press('Space');
  await page.waitForTimeout(2600);
  await page.keyboard.press('Space');
  await page.waitForTimeout(400);
  await atRest(page);
  const after = await glassNumber(page);
  check(after > before + 10, `play moves on (${before} → ${after})`);
  check((await shownNumber(page)) === after - 1, 'and rests on the frame that the glass names');
  check(
    /[1-9]/.test(await id(page, 'coverage').innerText()),
    `coverage is told: ${await id(page, 'coverage').innerText()}`,
  );
}

async function note(page) {
  await page.keyboard.press('m');
  await id(page, 'note-text').fill('后墙缺口一处');
  await page.keyboard.press('Enter');
  await id(page, 'note').filter({ hasText: '后墙缺口一处' }).waitFor();
  check(true, 'M puts a note at the frame');
}
