// Draw a cover, see it in the preview, submit; another account looks, approves
// and releases; the certificate holds for the copy that came out.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atRest, check, id, newPage, purpose, shoot, signIn, signOut } from './support.mjs';

export const title = 'cover, submit, approve by another, release, certificate';

export async function run(station, browser) {
  const page = await newPage(browser);
  const number = await submit(page, station);
  await signOut(page);
  await approve(page, station);
  const dir = await release(page, station);
  const key = await page.evaluate(async () => (await window.go.desktop.Seat.State()).archive.public);
  check(page.faults.length === 0, `no errors in the console ${page.faults.join(' | ')}`);
  await page.context().close();

  const files = readdirSync(dir);
  const certificate = files.find((name) => name.endsWith('.json'));
  const copy = files.find((name) => name.endsWith('.mp4'));
  check(certificate && copy, `${number} lies outside: ${files.join(', ')}`);
  writeFileSync(join(station.home, 'key.pub'), key);
  const known = station.cli([
    'certificate',
    'verify',
    '--key',
    join(station.home, 'key.pub'),
    join(dir, certificate),
    join(dir, copy),
  ]);
  check(known.status === 0, 'with the archive’s key the certificate holds for the copy');
  const alone = station.cli(['certificate', 'verify', join(dir, certificate), join(dir, copy)], {
    fails: true,
  });
  check(alone.status === 1, 'without a key the certificate is self-consistent only');
}

export async function submit(page, station) {
  await signIn(page, station.url, '0209');
  await id(page, 'rail-cases').click();
  await id(page, 'case-row').first().click();
  await id(page, 'record').filter({ hasText: '到达与亮证' }).click();
  await id(page, 'redact').click();
  await purpose(page, { basis: 'GK-2026-007' });
  await id(page, 'bench').waitFor();
  await atRest(page, 0);

  await page.keyboard.press('r');
  const box = await id(page, 'frame').boundingBox();
  const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(0.3, 0.4));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.7), { steps: 6 });
  await page.mouse.up();
  await id(page, 'track').waitFor();
  check((await id(page, 'keyframe').count()) === 1, 'a drag draws a cover with one keyframe');
  check((await id(page, 'submit').isDisabled()) === true, 'nothing can be submitted without a reason');

  await id(page, 'stage').focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await atRest(page, 20);
  const region = page.locator('[data-region]').first();
  await region.focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press('Shift+ArrowRight');
  check((await id(page, 'keyframe').count()) === 2, 'arrow keys move the cover and set a keyframe');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+y');

  await id(page, 'name').fill('当事人面部');
  await id(page, 'reason').fill('当事人面部，公开后可识别个人。');
  await page.waitForFunction(() =>
    /自动保存/.test(document.querySelector('[data-testid="saved"]')?.textContent ?? ''),
  );
  await shoot(page, 'walk-bench');
  await takeaway(page);
  await id(page, 'stage').focus();
  await page.keyboard.press('v');
  await page.keyboard.press('v');
  await page.waitForFunction(() => document.querySelectorAll('[data-region]').length === 0);
  await page.waitForTimeout(600);
  await atRest(page, 20);
  check(await black(page, 0.45, 0.55), 'the preview is the backend’s own: the cover is solid');
  await shoot(page, 'walk-preview');
  await page.keyboard.press('v');
  await page.waitForTimeout(600);
  await atRest(page, 20);
  check(!(await black(page, 0.45, 0.55)), 'the original view is not covered');

  await id(page, 'submit').click();
  await id(page, 'submit-confirm').click();
  await id(page, 'to-copy').waitFor({ timeout: 60000 });
  check(await id(page, 'locked').isVisible(), 'what was submitted is locked');
  await id(page, 'copy-state').filter({ hasText: '封存' }).waitFor({ timeout: 60000 });
  check(/封存/.test(await id(page, 'copy-state').innerText()), 'a sealed candidate was made');
  const number = (await id(page, 'submit-foot').locator('b').first().innerText()).trim();
  await shoot(page, 'walk-submitted');
  return number;
}

// The bench is a viewing too: nothing of it is printed, saved or copied, each
// try is refused in words and stands in the log. What one typed is one's own.
async function takeaway(page) {
  const tries = async () => {
    const asked = { events: ['refusal'], accounts: [], result: '', object: '', from: '', to: '', before: 0, limit: 50 }; // prettier-ignore
    const rows = await page.evaluate((filter) => window.go.desktop.Register.Entries(filter), asked);
    return rows.filter((row) => row.codes.includes('viewing.takeaway')).length;
  };
  const refused = async () => {
    await id(page, 'takeaway').getByText('内容不能带走').waitFor();
    await id(page, 'takeaway-close').click();
    await id(page, 'takeaway').waitFor({ state: 'detached' });
  };
  const before = await tries();
  for (const press of ['Control+p', 'Control+s']) {
    await id(page, 'stage').focus();
    await page.keyboard.press(press);
    await refused();
  }
  await page.locator('header').first().selectText();
  await page.keyboard.press('Control+c');
  await id(page, 'takeaway').waitFor();
  await shoot(page, 'walk-bench-takeaway');
  await refused();
  check((await tries()) === before + 3, 'print, save and copy are refused on the bench, each in the log');
  await id(page, 'reason').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  await page.waitForTimeout(400);
  check((await id(page, 'takeaway').count()) === 0, 'the reason that was typed may be copied');
  await page.emulateMedia({ media: 'print' });
  check(!(await id(page, 'stage').isVisible()), 'the paper of the bench is blank');
  await page.emulateMedia({ media: 'screen' });
}

async function black(page, x, y) {
  const [r, g, b] = await page.evaluate(
    ([shareX, shareY]) => {
      const canvas = document.querySelector('[data-testid="frame"]');
      return [
        ...canvas.getContext('2d').getImageData(canvas.width * shareX, canvas.height * shareY, 1, 1).data,
      ];
    },
    [x, y],
  );
  return r + g + b < 150; // the watermark may lie over it
}

async function approve(page, station) {
  await signIn(page, station.url, '0201');
  await id(page, 'rail-copies').click();
  await id(page, 'copy-row').first().click();
  await id(page, 'view-candidate').or(id(page, 'play-copy')).first().click();
  await purpose(page, { pick: 'approval' });
  await id(page, 'review').waitFor();
  await atRest(page, 0);
  await page.keyboard.press('Space');
  await page.waitForTimeout(9000);
  await page.goBack();
  await id(page, 'opinion').waitFor();
  await id(page, 'opinion').fill('同意对外提供。');
  await id(page, 'approve').click();
  await id(page, 'approve').waitFor({ state: 'detached' });
  check(true, 'another account viewed and approved');
  await shoot(page, 'walk-approved');
}

async function release(page, station) {
  const dir = join(station.home, 'out');
  mkdirSync(dir);
  await signOut(page);
  await signIn(page, station.url, '0209');
  await id(page, 'rail-copies').click();
  await id(page, 'copy-row').first().click();
  await id(page, 'release-dir').fill(dir);
  await id(page, 'release').click();
  await page.locator('.alert.ok').waitFor({ timeout: 30000 });
  check(readdirSync(dir).length >= 2, 'copy and certificate are written out');
  await shoot(page, 'walk-released');
  return dir;
}
