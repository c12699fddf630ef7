// Script in a title, in a file name and in a note is text, on every screen that
// tells it; a name that turns the line around is told with a sign in its place.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, id, newPage, signIn } from './support.mjs';

export const title = 'script in titles and file names is shown as text';

const evil = '<img src=x onerror="window.hurt=1">';
const turned = '记录\u202egpj.txt';

export async function run(station, browser) {
  const folder = join(station.home, 'hostile');
  mkdirSync(folder, { recursive: true });
  const names = ['<img src=x onerror=hurt()>.txt', turned];
  for (const name of names) writeFileSync(join(folder, name), `现场检查记录 ${name}`);

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
  await page.context().close();
}
