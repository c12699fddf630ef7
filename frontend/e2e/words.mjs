// What is spoken: typed in the player at a frame, put right, checked, removed and
// taken back, found by search, and opened at that very frame.
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

export const title = 'words: type, edit, check, versions, find, land on the frame';

const spoken = '木料四十二根已经点清';
const wrong = '木料四十根已经点清';

export async function run(station, browser) {
  const page = await newPage(browser);
  await signIn(page, station.url, '0217');
  await find(page, '东配殿改建情况');
  await open(page);
  const start = await glassNumber(page);
  for (let i = 0; i < 7; i++) await page.keyboard.press('ArrowRight');
  await atRest(page, start - 1 + 7);
  const frame = await shownNumber(page);

  await page.keyboard.press('t');
  await id(page, 'cue-form').waitFor();
  check(await id(page, 'cue-text').evaluate((field) => field === document.activeElement), 'T types at once');
  await id(page, 'cue-text').fill(wrong);
  await id(page, 'cue-speaker').fill('张立');
  await page.keyboard.press('Escape');
  check((await row(page, wrong).count()) === 0, 'Esc writes nothing');
  await page.keyboard.press('t');
  await id(page, 'cue-speaker').fill('张立');
  await id(page, 'cue-text').fill(wrong);
  await shoot(page, 'words-typing');
  await page.keyboard.press('Control+Enter');
  await row(page, wrong).waitFor();
  const time = await row(page, wrong).locator('.t3').first().innerText();

  await row(page, wrong).locator('[data-testid="cue"]').focus();
  await page.keyboard.press('Enter');
  await id(page, 'cue-text').fill(spoken);
  await page.keyboard.press('Control+Enter');
  await row(page, spoken).waitFor();
  check((await row(page, spoken).locator('.t3').first().innerText()) === time, 'other words, the same time');
  await focused(page, spoken);
  await page.keyboard.press('Control+Enter');
  await row(page, spoken).filter({ hasText: '已核对' }).waitFor();
  check(true, 'Ctrl+Enter marks it as checked');
  await focused(page, spoken);
  await page.keyboard.press('Delete');
  await row(page, spoken).waitFor({ state: 'detached' });
  await id(page, 'cue-undo').waitFor();
  await page.keyboard.press('Control+z');
  await row(page, spoken).waitFor();
  check(true, 'what was removed stands again by Ctrl+Z');

  await id(page, 'cue-history').click();
  await id(page, 'cue-version').first().waitFor();
  const versions = await id(page, 'cue-version').count();
  await id(page, 'cue-version').filter({ hasText: '加一句' }).last().click();
  await id(page, 'cue-older').waitFor();
  await row(page, wrong).waitFor();
  check(versions >= 5, `${versions} versions, and the first typed one reads as it stood`);
  await shoot(page, 'words-versions');
  await id(page, 'cue-older').locator('button').click();
  await id(page, 'cue-history').click();

  await row(page, spoken).locator('.text').selectText();
  await page.keyboard.press('Control+c');
  await id(page, 'takeaway').waitFor();
  check(true, 'copying the words is refused');
  await id(page, 'takeaway-close').click();
  await leave(page);

  await find(page, spoken, 20);
  await open(page);
  check((await shownNumber(page)) === frame, `the spoken word opens the picture of frame ${frame}`);
  check((await glassNumber(page)) === frame + 1, 'and the glass says so');
  await shoot(page, 'words-found');
  await leave(page);
  await signOut(page);
  const faults = page.faults.filter((each) => !/status of 4\d\d/.test(each));
  check(faults.length === 0, `no errors in the console ${faults.join(' | ')}`);
  await page.context().close();
  await looks(station, browser);
}

// The tab in every size and theme.
async function looks(station, browser) {
  for (const [width, height, theme] of [
    [1366, 768, 'dark'],
    [1920, 1080, 'light'],
    [1920, 1080, 'dark'],
  ]) {
    const page = await newPage(browser, { width, height, theme });
    await signIn(page, station.url, '0217');
    await find(page, spoken);
    await open(page);
    await id(page, 'cue').first().hover();
    await shoot(page, `words-${width}-${theme}`);
    await leave(page);
    await page.context().close();
  }
}

const row = (page, text) => id(page, 'cue-row').filter({ hasText: text });

async function focused(page, text) {
  await page.waitForFunction((words) => document.activeElement?.textContent?.includes(words), text);
}

async function find(page, text, tries = 5) {
  await page.keyboard.press('Control+k');
  for (let i = 0; i < tries; i++) {
    await id(page, 'query').fill(`"${text}"`);
    await id(page, 'query').press('Enter');
    await page.waitForTimeout(500);
    if (await spokenHit(page).count()) return;
  }
  await spokenHit(page).waitFor();
}

const spokenHit = (page) =>
  id(page, 'hit')
    .filter({ hasText: /\d\d:\d\d/ })
    .first();

async function open(page) {
  await spokenHit(page).click();
  await id(page, 'open-hit').click();
  await purpose(page, { pick: 'planned' });
  await id(page, 'review').waitFor();
  await id(page, 'tab-words').click();
  await atRest(page);
  await page
    .locator('canvas')
    .first()
    .focus()
    .catch(() => undefined);
}

async function leave(page) {
  await page.locator('nav.rail a').first().click();
  await page.locator('footer.stat:not(.viewing)').waitFor();
}
