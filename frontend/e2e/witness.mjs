// The auditor takes the log out of the house: a sheet that is filed, a
// checkpoint on a stick, an export that the command line judges alone.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, id, newPage, shoot, signIn, signOut } from './support.mjs';

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
  await signOut(page);
  await page.context().close();
}
