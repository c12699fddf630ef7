// Reading papers: find inside the record, turn, fit, go to a page, mark words.
import { check, id, newPage, purpose, shoot, signIn } from './support.mjs';

export const title = 'pages: find inside, turn, fit, words marked with the mouse';

export async function run(station, browser) {
  const page = await newPage(browser);
  await signIn(page, station.url, '0217');
  await openPaper(page);

  await page.keyboard.press('Control+f');
  await id(page, 'find-text').fill('"检查"');
  await page.keyboard.press('Enter');
  await id(page, 'find-place').first().waitFor();
  const total = await id(page, 'find-place').count();
  check(
    /^1 \/ \d/.test(await id(page, 'find-count').innerText()),
    `${total} places inside the record, the first chosen`,
  );
  await id(page, 'hit-mark').first().waitFor();
  check((await id(page, 'hit-mark').count()) > 0, 'the words are marked on the page');
  await page.keyboard.press('Enter');
  check((await page.locator('.hit.on').count()) === 1, 'Enter goes on to the next mark');
  const inkless = await unmarked(page);
  check(inkless === 0, 'every mark lies on ink');
  await shoot(page, 'pages-find');
  await id(page, 'find-text').fill('"绝无此语"');
  await page.keyboard.press('Enter');
  await page.getByText('本件没有这些字词').waitFor();
  await id(page, 'hit-mark').first().waitFor({ state: 'detached' });
  check((await id(page, 'hit-mark').count()) === 0, 'what is not there marks nothing');
  await page.keyboard.press('Escape');
  check((await id(page, 'find').count()) === 0, 'Escape closes the search inside');

  const box = async () => page.locator('[data-page="1"]').boundingBox();
  const upright = await box();
  await page.keyboard.press('r');
  await page.waitForTimeout(500);
  const turned = await box();
  check(upright.height > upright.width && turned.width > turned.height, 'R turns the page on its side');
  await page.locator('[data-page="1"][data-ready="true"]').waitFor();
  await shoot(page, 'pages-turned');
  await page.keyboard.press('Shift+R');
  await page.waitForTimeout(500);
  check(Math.abs((await box()).height - upright.height) < 2, 'and Shift+R back');

  await page.keyboard.press('0');
  await page.waitForTimeout(500);
  const whole = await box();
  const room = await id(page, 'pages').boundingBox();
  check(whole.height <= room.height + 1, `the whole page fits: ${whole.height} of ${room.height}`);
  await shoot(page, 'pages-whole');
  await page.keyboard.press('0');

  await page.keyboard.press('g');
  check(
    await page.evaluate(() => document.activeElement?.dataset?.testid === 'page-number'),
    'G asks for a page',
  );
  await page.keyboard.press('Escape');

  await page.locator('[data-page="1"][data-ready="true"]').waitFor();
  const first = page.locator('[data-page="1"] [data-box="0"]');
  await first.scrollIntoViewIfNeeded();
  const from = await first.boundingBox();
  const to = await page.locator('[data-page="1"] [data-box="3"]').boundingBox();
  await page.mouse.move(from.x + 1, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width - 1, to.y + to.height / 2, { steps: 8 });
  await page.mouse.up();
  await id(page, 'selection').waitFor();
  await shoot(page, 'pages-selected');
  await page.getByRole('button', { name: '标注所选' }).click();
  const said = await id(page, 'note-text').inputValue();
  check(/^「检查通知?书?」$/.test(said), `a note begins with the words marked: ${said}`);
  await page.keyboard.press('Escape');
  check(page.faults.length === 0, `no errors in the console ${page.faults.join(' | ')}`);
  await page.context().close();
}

async function openPaper(page) {
  await page.evaluate(() => (location.hash = '#/search'));
  await id(page, 'query').fill('题名:检查通知书');
  await page.keyboard.press('Enter');
  await id(page, 'hit').first().waitFor();
  await id(page, 'hit').first().click();
  await id(page, 'open-hit').click();
  await purpose(page, { pick: 'planned' });
  await page.locator('[data-page="1"][data-ready="true"]').waitFor({ timeout: 30000 });
  // Under a dialog that is still closing, keys are the dialog's.
  await page.waitForFunction(() => !document.querySelector('[aria-modal="true"]'));
}

// Marks under which the picture is blank paper: they would point beside the words.
async function unmarked(page) {
  return page.evaluate(() => {
    const sheet = document.querySelector('[data-page="1"]');
    const canvas = sheet.querySelector('canvas');
    const context = canvas.getContext('2d');
    const outer = canvas.getBoundingClientRect();
    return [...sheet.querySelectorAll('.hit')].filter((hit) => {
      const r = hit.getBoundingClientRect();
      const k = canvas.width / outer.width;
      const { data } = context.getImageData(
        (r.x - outer.x) * k,
        (r.y - outer.y) * k,
        r.width * k,
        r.height * k,
      );
      let dark = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i] < 96) dark++;
      return dark < data.length / 4 / 50;
    }).length;
  });
}
