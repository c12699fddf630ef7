// The auditor takes the log out of the house: a sheet that is filed, a
// checkpoint on a stick, an export that the command line judges alone.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, id, newPage, shoot, signIn, signOut, Station } from './support.mjs';

export const title = 'witnesses and exports of the log';

export async function run(station, browser) {
  const out = join(station.archive, '..', 'taken-out');
  mkdirSync(out, { recursive: true });
  const page = await newPage(browser);
  await signIn(page, station.url, '0903');
  // The system's dialog is not there; what it would answer is.
  await page.route('**/__rpc/**/Seat/ChooseFolder', (route) => route.fulfill({ json: { result: out } }));
  await page.evaluate(() => (location.hash = '#/log'));
  await id(page, 'witness').waitFor();

  await id(page, 'make-sheet').click();
  await id(page, 'sheet-code').waitFor();
  const size = await id(page, 'sheet-code').evaluate(async (image) => {
    await image.decode();
    return image.naturalWidth;
  });
  check(size > 300, 'the code is drawn');
  await shoot(page, 'witness-sheet');
  await id(page, 'witness-place').fill('司法局档案室');
  await id(page, 'witness-file').click();
  await id(page, 'witness-file').waitFor({ state: 'detached' });
  await id(page, 'witness').getByText('司法局档案室').waitFor();
  check(true, 'the sheet is filed and listed');

  await id(page, 'carry').click();
  await id(page, 'witness').getByText('并登记为见证').waitFor();
  await id(page, 'export-log').click();
  await id(page, 'exported').waitFor();
  await shoot(page, 'witness-panel');

  const names = readdirSync(out);
  const named = (start) => join(out, names.find((name) => name.startsWith(start)) ?? 'none');
  check(readFileSync(named('diaoyue-witness-'), 'utf8').includes('日志见证单'), 'the sheet is a page');
  const judged = station.cli([
    'log',
    'verify',
    '--export',
    named('diaoyue-log-'),
    '--key',
    join(station.archive, 'log.pub'),
    '--witness',
    named('diaoyue-checkpoint-'),
    '--json',
  ]);
  check(JSON.parse(judged.stdout).trusted === true, 'the export is judged without the archive');
  await others(station, page, out, named('diaoyue-checkpoint-'));
  await logPaper(page, out);
  await oneRecord(page);
  await signOut(page);
  await ownLog(station, page);
  await page.context().close();
}

// Two workstations bear witness for each other, each with the key that the
// other's people gave; with any other key nothing is signed and nothing filed.
async function others(station, page, out, ours) {
  const other = new Station();
  try {
    other.env.DIAOYUE_PASSWORD = 'diaoyue-other';
    const cli = (...args) => JSON.parse(other.cli(['--archive', other.archive, ...args, '--json']).stdout);
    const theirKey = cli('create').public_key;
    const auditor = (...args) => cli('--as', 'auditor', ...args);
    const theirs = auditor('log', 'checkpoint', '--to', other.home).path;
    const ourKey = readFileSync(join(station.archive, 'log.pub'), 'utf8').trim();
    const ask = async (what, path, key) => {
      await id(page, what).click();
      await page.request.post(new URL('/__dialog', page.url()).href, { data: [path] });
      await page.locator('.dlg').getByRole('button', { name: '选择' }).click();
      await page.waitForFunction(
        (chosen) => document.querySelector('[data-testid="others-file"]').value === chosen,
        path,
      );
      await id(page, 'others-key').fill(key);
      await id(page, 'others-do').click();
    };
    const close = async () => {
      await page.keyboard.press('Escape');
      await page.locator('.dlg').waitFor({ state: 'detached' });
    };

    await ask('cosign', theirs, ourKey);
    await page.locator('.dlg .alert').waitFor();
    await shoot(page, 'witness-cosign-refused');
    const answers = () => readdirSync(other.home).filter((name) => name.includes('.cosigned-'));
    check(answers().length === 0, 'with another key a checkpoint is not cosigned');
    await close();
    await ask('cosign', theirs, theirKey);
    await id(page, 'others-done').waitFor();
    await shoot(page, 'witness-cosigned');
    await close();
    check(
      auditor('log', 'import', join(other.home, answers()[0]), '--key', ourKey).kind === 'cosignature',
      'the other workstation takes the answer as a witness',
    );

    const answer = join(out, 'answer.txt');
    auditor('log', 'cosign', ours, '--key', ourKey, '--out', answer);
    await ask('import-cosignature', answer, ourKey);
    await page.locator('.dlg .alert').waitFor();
    check((await id(page, 'others-done').count()) === 0, 'an answer of another key is not filed');
    await close();
    await ask('import-cosignature', answer, theirKey);
    await id(page, 'others-done').waitFor();
    await shoot(page, 'witness-imported');
    await close();
    await id(page, 'witness').getByText('联署').first().waitFor();
    check(true, 'the answer of the other workstation is filed and listed');
    await shoot(page, 'witness-others');
  } finally {
    other.remove();
  }
}

async function pick(page, name, ...texts) {
  await id(page, name).click();
  for (const text of texts) {
    await page.keyboard.type(text);
    await page.locator('.n-base-select-option').filter({ hasText: text }).first().click();
  }
  await shoot(page, 'log-' + name);
  await page.keyboard.press('Escape');
}

// The log is narrowed to two kinds and one account, printed as it was narrowed, and carried out.
async function logPaper(page, out) {
  await pick(page, 'log-events', '登录', '外部见证');
  await pick(page, 'log-accounts', '0903');
  await page.waitForFunction(() =>
    document.querySelector('[data-testid="log-accounts"]').innerText.includes('0903'),
  );
  // The numbers come after the rows.
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('[data-testid="log-row"]')];
    const found = document.querySelector('[data-testid="log-found"]').innerText;
    return (
      rows.every((row) => /0903/.test(row.innerText) && /登录|外部见证/.test(row.innerText)) &&
      found.includes(`共 ${rows.length} 条`)
    );
  });
  const found = Number(/共 ([\d,]+) 条/.exec(await id(page, 'log-found').innerText())[1]);
  await page.keyboard.press('Control+p');
  await id(page, 'papers').waitFor();
  const text = await id(page, 'papers').innerText();
  check(
    text.includes('范围：登录、外部见证、0903') && text.includes(`共 ${found} 条`),
    `the paper says what it holds: ${found}`,
  );
  await shoot(page, 'log-paper');
  await id(page, 'workbook').click();
  await id(page, 'saved').waitFor();
  check(
    readdirSync(out).some((name) => name.startsWith('操作日志_') && name.endsWith('.xlsx')),
    'the workbook is written',
  );
  await page.keyboard.press('Escape');
  await id(page, 'log-found').getByText(`共 ${found} 条`).waitFor();
  check(true, 'back, the choice still stands');
  await page.reload();
  await page.evaluate(() => (location.hash = '#/log'));
  await id(page, 'log-row').first().waitFor();
}

// 只看此件: what was done with one record, and back to all.
async function oneRecord(page) {
  const total = () => id(page, 'log-found').innerText();
  await pick(page, 'log-events', '打开查看'); // the newest rows are of whatever was done last
  await id(page, 'log-row').filter({ hasText: '打开查看' }).first().click();
  const record = await page.evaluate(
    () => document.querySelector('tr.sel td:last-child').innerText.match(/记录 …(\w+)/)[1],
  );
  await id(page, 'log-only').click();
  await id(page, 'log-every-record').waitFor();
  await id(page, 'log-events').click();
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Escape');
  await id(page, 'log-row').filter({ hasNotText: '打开查看' }).first().waitFor();
  await page.waitForFunction(
    (end) =>
      [...document.querySelectorAll('[data-testid="log-row"]')].every((row) => row.innerText.includes(end)),
    `记录 …${record}`,
  );
  check((await total()).includes(`件 …${record}`), 'one record alone, and the line says which');
  await shoot(page, 'log-one-record');
  await id(page, 'log-every-record').click();
  await id(page, 'log-every-record').waitFor({ state: 'detached' });
  await id(page, 'log-row').filter({ hasText: '登录' }).first().waitFor();
}

// Everybody finds his own acts, without those of others and without a print button.
async function ownLog(station, page) {
  await signIn(page, station.url, '0217');
  await page.evaluate(() => (location.hash = '#/log'));
  await id(page, 'log-row').first().waitFor();
  const rows = await id(page, 'log-row').allInnerTexts();
  check(
    rows.every((row) => row.includes('0217')),
    `a reviewer sees his own ${rows.length} entries`,
  );
  check((await id(page, 'log-print').count()) === 0, 'and prints none');
  await shoot(page, 'log-own');
}
