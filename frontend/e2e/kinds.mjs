// Every kind of record a camera leaves: a photo, sound alone, segments of one
// activity, and a recording that was cut off by a loss of power.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atRest, check, glassNumber, id, newPage, purpose, shoot, signIn } from './support.mjs';

export const title = 'photo, sound alone, segments, a recording that cannot be played';

export async function run(station, browser) {
  const folder = join(station.home, 'kinds');
  mkdirSync(folder, { recursive: true });
  make(folder);
  const page = await newPage(browser);
  await signIn(page, station.url, '0203');
  const made = await take(page, folder);
  check(
    made.outcomes.map((each) => `${each.name} ${each.state}`).join(', ') ===
      'a-photo.jpg stored, b-sound.wav stored, c-first.mp4 stored, d-second.mp4 stored, e-cut.mp4 stored',
    `all five are kept: ${made.outcomes.map((each) => `${each.name} ${each.state} ${each.code}`).join(', ')}`,
  );
  await cut(page, made.id);

  await signIn(page, station.url, '0217');
  await photo(page, made.id);
  await sound(page, made.id);
  await segments(page, made.id);
  check(page.faults.length === 0, `no errors in the console ${page.faults.join(' | ')}`);
  await page.context().close();
}

function make(folder) {
  const ffmpeg = (...args) => {
    const run = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'utf8' });
    check(run.status === 0, `ffmpeg ${args.at(-1).replace(/.*\//, '')} ${run.stderr}`);
  };
  const film = (name, at, text) =>
    ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=4', '-f', 'lavfi', '-i', 'sine=440:duration=4',
      '-metadata', `creation_time=${at}`, '-metadata', `title=${text}`, '-pix_fmt', 'yuv420p', '-shortest', join(folder, name)); // prettier-ignore
  ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=1600x1200', '-frames:v', '1', join(folder, 'a-photo.jpg'));
  ffmpeg('-f', 'lavfi', '-i', 'sine=330:duration=6', join(folder, 'b-sound.wav'));
  film('c-first.mp4', '2026-03-13T01:30:00Z', 'first');
  film('d-second.mp4', '2026-03-13T01:30:10Z', 'second');
  film('e-cut.mp4', '2026-03-13T01:31:00Z', 'cut');
  const whole = readFileSync(join(folder, 'e-cut.mp4'));
  writeFileSync(join(folder, 'e-cut.mp4'), whole.subarray(0, Math.floor(whole.length / 2)));
}

const take = (page, folder) =>
  page.evaluate(async (folder) => {
    const { Cases, Ingest } = window.go.desktop;
    const file = await Cases.Add({
      code: 'J037-XX·2026·D30-998', title: '各类记录', caseNumber: '', type: '检查', party: '清源寺', officers: ['张立明'], dateFrom: '2026-03-13', retention: 'D30',
    }); // prettier-ignore
    let job = await Ingest.Submit({ caseId: file.id, stage: 'investigation', paths: [folder], chain: true });
    for (let i = 0; i < 400 && job.state === 'running'; i++) {
      await new Promise((done) => setTimeout(done, 50));
      job = await Ingest.Job(job.id);
    }
    return { id: file.id, outcomes: job.outcomes };
  }, folder);

const record = (page, name) => id(page, 'record').filter({ hasText: name });

async function choose(page, caseId, name) {
  await page.evaluate((to) => (location.hash = to), `#/cases/${caseId}`);
  await record(page, name).first().click();
}

async function open(page, caseId, name) {
  await choose(page, caseId, name);
  await id(page, 'open-record').click();
  await purpose(page, { pick: 'planned' });
  await id(page, 'review').waitFor();
}

async function cut(page, caseId) {
  await choose(page, caseId, 'e-cut');
  const said = await id(page, 'diagnosis').innerText();
  check(
    /录制中断/.test(said) && /画面数据/.test(said),
    `what is wrong is said: ${said.replaceAll('\n', ' ')}`,
  );
  check(await id(page, 'open-record').isDisabled(), 'and nothing offers to play it');
  await page.waitForTimeout(300);
  await shoot(page, 'kinds-cut');
}

async function photo(page, caseId) {
  await open(page, caseId, 'a-photo');
  await page.locator('[data-page="1"][data-ready="true"]').waitFor();
  const sheet = await page.locator('[data-page="1"]').boundingBox();
  check(Math.abs(sheet.width / sheet.height - 4 / 3) < 0.02, 'a photo stands in its own shape');
  await shoot(page, 'kinds-photo');
}

async function sound(page, caseId) {
  await open(page, caseId, 'b-sound');
  await id(page, 'play').click();
  await page.waitForTimeout(1500);
  await id(page, 'play').click();
  const clock = await id(page, 'clock').innerText();
  check(clock > '00:00:00.500' && clock < '00:00:04', `sound alone plays: ${clock}`);
  await page.keyboard.press('m');
  await id(page, 'note-text').fill('此处有争吵');
  await page.keyboard.press('Enter');
  const note = id(page, 'note').filter({ hasText: '此处有争吵' });
  await note.waitFor();
  const at = await note.innerText();
  check(/录音\s*00:00:0[0-3]/.test(at), `a note stands at a time of the sound: ${at.replaceAll('\n', ' ')}`);
  await page.keyboard.press('Home');
  await note.click();
  await page.waitForTimeout(300);
  check((await id(page, 'clock').innerText()) > '00:00:00.400', 'and leads back to it');
  await shoot(page, 'kinds-sound');
}

async function segments(page, caseId) {
  await open(page, caseId, 'c-first');
  await atRest(page, 0);
  check(
    (await id(page, 'segment').count()) === 2,
    'two segments are one activity; the one cut off is not among them',
  );
  await shoot(page, 'kinds-chain');
  await page.keyboard.press('g');
  await id(page, 'goto')
    .locator('input')
    .or(page.locator('input[data-testid="goto"]'))
    .first()
    .fill('@09:30:12');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /d-second/.test(document.querySelector('.rhead')?.innerText ?? ''));
  await atRest(page);
  check((await glassNumber(page)) > 1, 'a time of day leads into the other segment');
  await page.waitForFunction(() => !document.querySelector('[aria-modal="true"]'));
}
