// What becomes of papers that cannot be read: each is kept, counted by its
// state, told with its reason, and read anew on request.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, id, newPage, shoot, signIn } from './support.mjs';

export const title = 'papers by the state of their text, with reasons, read anew';

export async function run(station, browser) {
  const folder = join(station.home, 'texts');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'a-whole.txt'), '某县文化市场综合行政执法队\n现场检查笔录');
  writeFileSync(join(folder, 'b-broken.pdf'), '%PDF-1.7\n1 0 obj\n<< /Type /Catalog');
  writeFileSync(join(folder, 'c-broken.docx'), 'PK\u0003\u0004 no zip at all');
  writeFileSync(join(folder, 'd-foreign.xyz'), Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]));
  const page = await newPage(browser);
  await signIn(page, station.url, '0203');
  const made = await take(page, folder);
  await settled(page);
  await page.evaluate(() => (location.hash = '#/texts'));
  await id(page, 'state-failed').waitFor();
  check((await id(page, 'state-failed').innerText()).includes('2'), 'two papers failed');
  check(
    (await id(page, 'state-failed').getAttribute('aria-checked')) === 'true',
    'what needs a person is open at once',
  );
  const rows = id(page, 'text-row');
  await rows.first().waitFor();
  const said = await rows.allInnerTexts();
  check(
    said.length === 2 && said.every((text) => text.includes('文件损坏')),
    `each with its reason: ${said.join(' / ').replace(/\s+/g, ' ')}`,
  );
  await shoot(page, 'texts-failed');
  await id(page, 'retry').first().click();
  await page.waitForFunction(() => /重新排队|正在读取/.test(document.body.innerText));
  await settled(page);
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="text-row"]').length === 2);
  check((await rows.count()) === 2, 'read anew, and failed again with its reason');
  await id(page, 'retry-all').click();
  await settled(page);

  const found = await page.evaluate(async (caseId) => {
    const { stages } = await window.go.desktop.Cases.Get(caseId);
    return stages.flatMap((each) => each.records).map((r) => `${r.title} ${r.textState} ${r.sha256.length}`);
  }, made.id);
  check(
    found.length === made.stored && found.every((text) => text.endsWith(' 64')),
    `all are archived and digested: ${found.join(', ')}`,
  );

  for (const [width, height, theme] of [
    [1920, 1080, 'light'],
    [1366, 768, 'dark'],
  ]) {
    const other = await newPage(browser, { width, height, theme });
    await signIn(other, station.url, '0203');
    await other.evaluate(() => (location.hash = '#/texts'));
    await id(other, 'text-row').first().waitFor();
    await shoot(other, `texts-${width}-${theme}`);
    await other.context().close();
  }
  await page.evaluate((to) => (location.hash = to), `#/cases/${made.id}`);
  await id(page, 'record').filter({ hasText: 'b-broken' }).first().click();
  check((await id(page, 'text-why').innerText()).includes('文件损坏'), 'the record says why');
  check(page.faults.length === 0, `no errors in the console ${page.faults.join(' | ')}`);
  await page.context().close();
}

const take = (page, folder) =>
  page.evaluate(async (folder) => {
    const { Cases, Ingest } = window.go.desktop;
    const file = await Cases.Add({
      code: 'J037-XX·2026·D30-997', title: '读不出的文书', caseNumber: '', type: '检查', party: '清源寺', officers: ['张立明'], dateFrom: '2026-03-13', retention: 'D30',
    }); // prettier-ignore
    let job = await Ingest.Submit({ caseId: file.id, stage: 'investigation', paths: [folder], chain: false });
    for (let i = 0; i < 400 && job.state === 'running'; i++) {
      await new Promise((done) => setTimeout(done, 50));
      job = await Ingest.Job(job.id);
    }
    return { id: file.id, stored: job.outcomes.filter((each) => each.state === 'stored').length };
  }, folder);

// settled waits until no paper waits for its text; the first one of a fresh
// machine waits for the engine to be compiled.
const settled = (page) =>
  page.evaluate(async () => {
    for (let i = 0; i < 1200; i++) {
      const now = await window.go.desktop.Texts.Overview();
      if (now.open === 0) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error('the papers are still being read');
  });
