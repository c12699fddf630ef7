// Founding an archive of one's own, with the originals on another disk: a
// folder that holds something is refused, an empty one gets them.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, id, newPage, shoot, signIn, Station } from './support.mjs';

export const title = 'first run: organ, place, originals apart, people, founded';

const organ = '云台县民族宗教事务局';

export async function run(_, browser) {
  const fresh = new Station();
  try {
    await fresh.serve();
    const page = await newPage(browser);
    await found(fresh, page);
    check(page.faults.length === 0, `no errors in the console ${page.faults.join(' | ')}`);
    await page.context().close();
  } finally {
    await fresh.stop();
    fresh.remove();
  }
}

async function found(fresh, page) {
  const [full, apart] = ['full', 'apart'].map((name) => {
    const dir = join(fresh.home, name);
    mkdirSync(dir);
    return dir;
  });
  writeFileSync(join(full, '通知.txt'), '别的文件');

  await page.goto(fresh.url);
  await id(page, 'organ').fill(organ);
  await id(page, 'fonds').fill('J037');
  await id(page, 'next').click();
  check((await id(page, 'dir').inputValue()) === fresh.archive, 'the folder it was started with is offered');
  await choose(page, full);
  await shoot(page, 'firstrun-place');
  await id(page, 'next').click();
  await people(page);
  await id(page, 'next').click();
  await id(page, 'next').click();
  await page.getByText('目录不是空的').waitFor();
  await shoot(page, 'firstrun-refused');
  check(readdirSync(full).length === 1, 'a folder that holds something is refused and left as it was');
  check(!existsSync(join(fresh.archive, 'workstation.db')), 'and nothing is founded');

  for (let back = 0; back < 2; back++) await page.getByRole('button', { name: '上一步' }).click();
  await choose(page, apart);
  await id(page, 'next').click();
  await id(page, 'next').click();
  check(await page.getByText(apart, { exact: true }).isVisible(), 'the last step says where originals go');
  await shoot(page, 'firstrun-confirm');
  await id(page, 'next').click();
  await id(page, 'number').waitFor({ timeout: 30000 });
  check(readdirSync(apart).length > 0, 'the folder that was chosen is made ready');
  const kept = JSON.parse(readFileSync(join(fresh.archive, 'originals.json'), 'utf8'));
  check(kept.dir === apart, 'and the archive knows it');

  await signIn(page, fresh.url, '0102');
  const bytes = await ingest(page, fresh.home);
  const files = readdirSync(apart, { recursive: true }).map((name) => join(apart, name));
  check(
    files.some((path) => /[0-9a-f]{64}$/.test(path) && readFileSync(path, 'utf8') === bytes),
    'the first original lies there',
  );
  await page.evaluate(() => (location.hash = '#/settings'));
  await page.getByText(apart, { exact: true }).waitFor();
  await shoot(page, 'firstrun-settings');
}

// By the button: the system's dialog is not there; what it would answer is.
async function choose(page, dir) {
  await page.request.post(new URL('/__dialog', page.url()).href, { data: [dir] });
  await page
    .locator('label', { has: id(page, 'apart') })
    .getByRole('button', { name: '选择' })
    .click();
  await page.waitForFunction((path) => document.querySelector('[data-testid="apart"]').value === path, dir);
}

// The rows that the form proposes: one person a duty.
async function people(page) {
  const rows = page.locator('table tbody tr');
  const n = await rows.count();
  for (let i = 0; i < n; i++) {
    const number = `01${String(i + 1).padStart(2, '0')}`;
    const fields = { 姓名: `人员${i + 1}`, 账号: number, 部门: '办公室', 首次密码: `diaoyue-${number}` };
    for (const [name, value] of Object.entries(fields))
      await rows.nth(i).getByLabel(name, { exact: true }).fill(value);
  }
  await page.getByText('岗位齐全，三员分立。').waitFor();
}

async function ingest(page, home) {
  const folder = join(home, 'camera');
  mkdirSync(folder);
  const bytes = '现场检查笔录 第一件';
  writeFileSync(join(folder, '笔录.txt'), bytes);
  const state = await page.evaluate(async (path) => {
    const { Cases, Ingest } = window.go.desktop;
    const file = await Cases.Add({
      code: 'J037-XX·2026·D30-001',
      title: '首次启用',
      caseNumber: '',
      type: '行政检查',
      party: '某场所',
      officers: [],
      dateFrom: '2026-03-12',
      retention: 'D30',
    });
    let job = await Ingest.Submit({ caseId: file.id, stage: 'investigation', paths: [path], chain: false });
    for (let i = 0; i < 200 && job.state === 'running'; i++) {
      await new Promise((done) => setTimeout(done, 50));
      job = await Ingest.Job(job.id);
    }
    return job.outcomes.map((outcome) => outcome.state).join();
  }, folder);
  check(state === 'stored', `a file is kept ${state}`);
  return bytes;
}
