// The player's own ways: backwards, faster, full screen, the drawer, a held M, going to a frame.
import { atRest, check, glassNumber, id, newPage, purpose, shoot, shownNumber, signIn } from './support.mjs';

export const title = 'backwards, faster, full screen, drawer, held M, go to a frame';

export async function run(station, browser) {
  const page = await newPage(browser);
  await signIn(page, station.url, '0217');
  await page.evaluate(() => (location.hash = '#/cases'));
  await id(page, 'case-row').first().click();
  await id(page, 'record')
    .filter({ hasText: /\.mp4|检查录像/ })
    .last()
    .click();
  await id(page, 'open-record').click();
  await purpose(page, { pick: 'planned' });
  await id(page, 'review').waitFor();
  await atRest(page);

  await goTo(page, 138);
  check((await shownNumber(page)) === 137, 'G 138 goes to frame 138');
  await backwards(page);
  await faster(page);
  await onWholeDots(page);
  await heldNote(page);
  await findInside(page);
  await contactSheet(page);
  await fullScreen(page);
  await drawer(page);
  await lockedWhilePlaying(page);
  // What a locked seat answers to a wish that was under way: the browser prints it by itself.
  page.faults = page.faults.filter((fault) => !/status of 423/.test(fault));
  check(page.faults.length === 0, `no errors in the console ${page.faults.join(' | ')}`);
  await page.context().close();
}

async function goTo(page, number) {
  await page.keyboard.press('g');
  await id(page, 'goto')
    .locator('input')
    .or(page.locator('input[data-testid="goto"]'))
    .first()
    .fill(String(number));
  await page.keyboard.press('Enter');
  await atRest(page, number - 1);
  // Under a dialog that is still closing, keys are the dialog's.
  await page.waitForFunction(() => !document.querySelector('[aria-modal="true"]'));
}

// Ctrl+F in a recording: spoken words lead to their frames.
async function findInside(page) {
  await page.keyboard.press('Control+f');
  await id(page, 'find-text').fill('改建情况');
  await page.keyboard.press('Enter');
  await id(page, 'find-place').first().waitFor();
  const said = await id(page, 'find-place').first().innerText();
  check(
    /第 [\d,]+ 帧\s*转写[\s\S]*改建情况/.test(said),
    `spoken words are found inside: ${said.replaceAll('\n', ' ')}`,
  );
  const n = Number(/第 ([\d,]+) 帧/.exec(said)[1].replaceAll(',', ''));
  await atRest(page, n - 1);
  check((await shownNumber(page)) === n - 1, 'and the picture is that frame');
  await shoot(page, 'player-find');
  await page.keyboard.press('Escape');
}

async function contactSheet(page) {
  await page.keyboard.press('c');
  await id(page, 'contact').waitFor({ timeout: 30000 });
  await page.waitForTimeout(500);
  const tiles = id(page, 'contact-tile');
  check((await tiles.count()) > 5, `the contact sheet has ${await tiles.count()} pictures`);
  await shoot(page, 'player-contact');
  const shown = await page.locator('[data-testid="contact"] canvas').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 < 3 && value > 200);
  });
  check(shown, 'and pictures on it');
  const last = tiles.last();
  const frame = Number(await last.getAttribute('data-frame'));
  await last.focus();
  await page.keyboard.press('Enter');
  await atRest(page, frame);
  check((await shownNumber(page)) === frame, `a picture leads to exactly its frame, ${frame + 1}`);
  await page.waitForFunction(() => !document.querySelector('[aria-modal="true"]'));
}

async function backwards(page) {
  await page.keyboard.press('j');
  await page.waitForTimeout(1500);
  await page.keyboard.press('k');
  await atRest(page);
  const at = await glassNumber(page);
  check(at < 130, `J plays backwards (138 → ${at})`);
  check((await shownNumber(page)) === at - 1, 'and rests on the frame that the glass names');
}

async function faster(page) {
  await goTo(page, 1);
  for (let i = 0; i < 3; i++) await page.keyboard.press('l');
  check(/4×/.test(await page.locator('.ctl').innerText()), 'L three times says four times');
  await page.waitForTimeout(1200);
  await page.keyboard.press('k');
  await atRest(page);
  const at = await glassNumber(page);
  check(at > 60, `four times as fast moves on (1 → ${at})`);
  check((await shownNumber(page)) === at - 1, 'and rests on the frame that the glass names');
}

// A picture in motion lies on whole dots of the screen: between them it would be
// resampled at each repaint, and an ordinary machine does not keep up. (One that
// is smaller than its place is enlarged all the same.)
async function onWholeDots(page) {
  const before = page.viewportSize();
  for (const size of [
    { width: 1333, height: 751 },
    { width: 1290, height: 900 },
  ]) {
    await page.setViewportSize(size);
    await goTo(page, 1);
    await page.keyboard.press('Space');
    await page.waitForFunction(() => {
      const { dataset } = document.querySelector('[data-testid="frame"]');
      return dataset.quality === 'move' && Number(dataset.frame) > 5;
    });
    const glass = await id(page, 'frame').evaluate((canvas) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return [left, top, width, height];
    });
    check(glass.every(Number.isInteger), `in motion the picture lies on whole dots: ${glass.join(', ')}`);
    await page.keyboard.press('k');
    await atRest(page);
  }
  await page.setViewportSize(before);
}

async function heldNote(page) {
  await goTo(page, 1);
  await page.keyboard.press('l');
  await page.waitForTimeout(1200);
  await page.keyboard.down('m');
  await page.waitForTimeout(1000);
  await page.keyboard.up('m');
  await id(page, 'note-form').waitFor();
  check(
    /\d+\D+\d+/.test(await id(page, 'note-form').locator('b').first().innerText()),
    'M held while playing marks a range',
  );
  await id(page, 'note-text').press('Escape');
}

async function fullScreen(page) {
  const side = page.locator('.rside');
  await page.keyboard.press('f');
  await side.waitFor({ state: 'hidden' });
  const wide = (await id(page, 'stage').boundingBox()).width;
  check(wide > 1300, `F gives the picture the whole window (${Math.round(wide)} px)`);
  await page.keyboard.press('f');
  await side.waitFor({ state: 'visible' });
}

async function drawer(page) {
  await page.setViewportSize({ width: 1200, height: 720 });
  const side = page.locator('.rside');
  await side.waitFor({ state: 'visible' }); // the note has pulled it out
  await id(page, 'side').click();
  await side.waitFor({ state: 'hidden' });
  await id(page, 'side').click();
  await side.waitFor({ state: 'visible' });
  check(true, 'in a narrow window the side panel is a drawer');
}

// A seat that is locked in the middle of play goes on at its frame once it is open, without a word of fault.
async function lockedWhilePlaying(page) {
  await goTo(page, 20);
  await page.keyboard.press('l');
  await page.waitForTimeout(800);
  await page.keyboard.press('Control+l');
  await id(page, 'lock-screen').waitFor();
  await page.waitForTimeout(500); // what was asked for is refused meanwhile
  await id(page, 'unlock-password').fill('diaoyue-0217');
  await id(page, 'unlock').click();
  await id(page, 'lock-screen').waitFor({ state: 'detached' });
  await atRest(page);
  const at = await glassNumber(page);
  check(
    (await shownNumber(page)) === at - 1,
    `locked while playing, it rests on the frame of the glass, ${at}`,
  );
  await page.waitForTimeout(500);
  check(
    (await page.locator('[data-testid="stage"] [role="alert"]').count()) === 0,
    'and says nothing of a fault',
  );
}
