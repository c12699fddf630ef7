// Script in a title, in a file name and in the text of a page, whether taken
// from the file or read from a picture, is text, on every screen that tells it;
// a name that turns the line around is told with a sign in its place.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, id, newPage, purpose, signIn } from './support.mjs';

export const title = 'script in titles, file names and pages is shown as text';

const evil = '<img src=x onerror="window.hurt=1">';
const turned = '记录\u202egpj.txt';

export async function run(station, browser) {
  const folder = join(station.home, 'hostile');
  mkdirSync(folder, { recursive: true });
  const names = ['<img src=x onerror=hurt()>.txt', turned];
  for (const name of names) writeFileSync(join(folder, name), `现场检查记录 ${name} 乙炔钢瓶${evil}乙炔钢瓶`);

  const page = await newPage(browser);
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs++;
    void dialog.dismiss();
  });
  await signIn(page, station.url, '0203');
  const made = await page.evaluate(
    async ([title, folder]) => {
      const { Cases, Ingest } = window.go.desktop;
      const file = await Cases.Add({
        code: 'J037-XX·2026·D30-999',
        title,
        caseNumber: title,
        type: title,
        party: title,
        officers: [title],
        dateFrom: '2026-03-12',
        retention: 'D30',
      });
      let job = await Ingest.Submit({
        caseId: file.id,
        stage: 'investigation',
        paths: [folder],
        chain: false,
      });
      for (let i = 0; i < 200 && job.state === 'running'; i++) {
        await new Promise((done) => setTimeout(done, 50));
        job = await Ingest.Job(job.id);
      }
      return { id: file.id, outcomes: job.outcomes };
    },
    [evil, folder],
  );
  check(
    made.outcomes.length === 2 && made.outcomes.every((outcome) => outcome.state === 'stored'),
    'both files are stored under the names they came with',
  );

  const clean = async (where) => {
    await page.waitForTimeout(400);
    const seen = await page.evaluate(() => ({
      hurt: 'hurt' in window,
      images: document.querySelectorAll('img[src="x"], [onerror]').length,
      turned: document.body.innerText.includes('\u202e'),
    }));
    check(
      !seen.hurt && seen.images === 0 && !seen.turned && dialogs === 0,
      `${where}: text and nothing else`,
    );
  };
  for (const hash of ['#/', '#/cases', `#/cases/${made.id}`, '#/ingest', '#/search']) {
    await page.evaluate((to) => (location.hash = to), hash);
    await clean(hash.replace(made.id, '…'));
  }
  await page.evaluate((to) => (location.hash = to), `#/cases/${made.id}`);
  await id(page, 'record').first().waitFor();
  const text = await page.evaluate(() => document.body.innerText);
  check(text.includes(evil), 'the title stands there letter for letter');
  check(text.includes('\ufffdgpj'), 'the turned name has a sign in its place');

  // The words of the page itself: where they were found, and on the page.
  await find(page);
  await clean('where the words were found');
  check(
    (await page.evaluate(() => document.body.innerText)).includes('<img'),
    'what was found stands there letter for letter',
  );
  await page.context().close();

  const reader = await newPage(browser);
  await signIn(reader, station.url, '0217');
  await find(reader);
  await id(reader, 'open-hit').click();
  await purpose(reader, { pick: 'planned' });
  await reader.locator('[data-page="1"][data-ready="true"]').waitFor({ timeout: 30000 });
  await reader.locator('[data-page="1"] [data-box="0"]').waitFor();
  const paper = await reader.evaluate(() => ({
    hurt: 'hurt' in window,
    images: document.querySelectorAll('img[src="x"], [onerror]').length,
    words: document.querySelector('[data-page="1"]').textContent,
  }));
  check(!paper.hurt && paper.images === 0, 'on the page: text and nothing else');
  check(
    paper.words.replace(/\s/g, '').includes('<imgsrc=x'),
    'the words lie over the page letter for letter',
  );
  await reader.context().close();
}

// The index follows what was stored a moment ago: asked again until it has it.
async function find(page) {
  await page.evaluate(() => (location.hash = '#/search'));
  for (let i = 0; i < 60 && !(await id(page, 'hit').count()); i++) {
    await id(page, 'query').fill('乙炔钢瓶');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(500);
  }
  await id(page, 'hit').first().click();
}
