// Finding: the query language as an archivist types it, a list of names, a
// question kept and asked again; and from three kinds of hit to the very place.
import { atRest, check, glassNumber, id, newPage, purpose, shoot, shownNumber, signIn } from './support.mjs';

export const title = 'search language, list search, saved searches, from a hit to its place';

export async function run(station, browser) {
  const page = await newPage(browser);
  await signIn(page, station.url, '0217');
  await page.evaluate(() => (location.hash = '#/search'));

  await ask(page, '题名:笔录 OR 题名:通知书');
  check((await id(page, 'hit').count()) > 0, 'fields and OR find something');
  check((await id(page, 'understood').innerText()).includes('题名'), 'and tell how they were understood');
  await ask(page, '东配殿');
  const all = await found(page);
  await ask(page, '东配殿 -东配殿');
  check((await id(page, 'hit').count()) === 0, 'what is left out is not found');
  await ask(page, '东?殿');
  check((await found(page)) >= all, 'a sign for one character finds at least as much');
  await ask(page, 'nothing:x 东配殿');
  check((await page.locator('.rtop').innerText()).includes('nothing:x'), 'what was not understood is named');

  await ask(page, '东配殿');
  await id(page, 'saved').click();
  await id(page, 'saved-name').fill('配殿');
  await id(page, 'save-search').click();
  await page.getByRole('button', { name: '配殿 东配殿' }).waitFor();
  await shoot(page, 'finding-saved');
  await page.keyboard.press('Escape');
  await ask(page, '扣押');
  await id(page, 'saved').click();
  await page.getByRole('button', { name: '配殿 东配殿' }).click();
  await page.waitForTimeout(300);
  check((await id(page, 'query').inputValue()) === '东配殿', 'a kept question is asked again');
  await id(page, 'syntax').click();
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(400);
  await shoot(page, 'finding-syntax');
  await page.keyboard.press('Escape');

  await ask(page, '题名:检查笔录 东配殿');
  await id(page, 'similar').click();
  await id(page, 'alike').waitFor();
  check((await id(page, 'hit').count()) > 0, 'records like this one are found');
  await wordsStay(page);
  await shoot(page, 'finding-similar');

  await id(page, 'list-search').click();
  await id(page, 'lines').fill('东配殿\n从未出现的名字\n检查');
  await id(page, 'run-list').click();
  await id(page, 'matrix').waitFor();
  const rows = await page.locator('[data-testid="matrix"] tbody tr').allInnerTexts();
  check(
    rows.length === 3 && /^从未出现的名字\s+0\s+0\s+0/.test(rows[1]),
    'a line for each name, also the one not found',
  );
  check(/^东配殿\s+[1-9]/.test(rows[0]), 'and the cases of those found');
  await shoot(page, 'finding-list');

  await toPage(page);
  await toFrame(page, '来源:语音 东配殿改建情况', 'a spoken sentence');
  await note(page, '此处清点有遗漏甲');
  await page.locator('nav.rail a').first().click();
  await page.locator('footer.stat:not(.viewing)').waitFor();
  await page.evaluate(() => (location.hash = '#/search'));
  for (let i = 0; i < 20; i++) {
    await ask(page, '遗漏甲');
    if (await id(page, 'hit').count()) break;
  }
  await toFrame(page, '来源:标注 遗漏甲', 'a note');
  check(page.faults.length === 0, `no errors in the console ${page.faults.join(' | ')}`);
  await page.context().close();
}

async function ask(page, text) {
  await id(page, 'query').fill(text);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(400);
}

const found = async (page) =>
  Number((await id(page, 'found').locator('b').first().innerText()).replace(/\D/g, ''));

// A fragment of an identity number leads to its page, with the digits marked.
// The words around a hit are not copied; a record's number is.
async function wordsStay(page) {
  await page.locator('[data-content]').first().selectText();
  await page.keyboard.press('Control+c');
  await id(page, 'takeaway').getByText('内容不能带走').waitFor();
  await id(page, 'takeaway-close').click();
  await id(page, 'takeaway').waitFor({ state: 'detached' });
  await page.locator('.prev dd.code').selectText();
  await page.keyboard.press('Control+c');
  await page.waitForTimeout(300);
  check((await id(page, 'takeaway').count()) === 0, 'words around a hit stay, a number may be copied');
}

async function toPage(page) {
  await open(page, '来源:页面 1406', () => true);
  await page.locator('[data-page][data-ready="true"]').first().waitFor({ timeout: 30000 });
  await page.locator('[data-testid="hit-mark"]').first().waitFor({ timeout: 15000 });
  check(true, 'a fragment of a number leads to its page, marked');
  await shoot(page, 'finding-page');
}

// A spoken sentence, and a note made here, lead to their frames.
async function toFrame(page, words, what) {
  const time = await open(page, words, (text) => /\d\d:\d\d/.test(text));
  await atRest(page);
  const at = (await glassNumber(page)) - 1;
  check(at > 0, `${what} leads to frame ${at + 1} (${time})`);
  check((await shownNumber(page)) === at, 'and the picture is that frame');
}

async function open(page, words, wanted) {
  await page.evaluate(() => (location.hash = '#/search'));
  await ask(page, words);
  const hits = id(page, 'hit');
  await hits.first().waitFor();
  for (let i = 0; i < (await hits.count()); i++) {
    const text = await hits.nth(i).innerText();
    if (!wanted(text)) continue;
    await hits.nth(i).click();
    await id(page, 'open-hit').click();
    await purpose(page, { pick: 'planned' });
    await id(page, 'review').waitFor({ timeout: 30000 });
    return text.split('\n')[0];
  }
  throw new Error(`no hit of the wanted kind for ${words}`);
}

async function note(page, text) {
  await page.keyboard.press('m');
  await id(page, 'note-text').fill(text);
  await page.keyboard.press('Enter');
  await id(page, 'note').filter({ hasText: text }).waitFor();
}
