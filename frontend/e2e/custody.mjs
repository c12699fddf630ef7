// What keeping looks like to people: a broken original is locked and mended, a
// backup is made and tried, a case is held and appraised, a suspected state
// secret leaves by two people, and a locked seat opens by its password alone.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { check, id, newPage, purpose, shoot, signIn, Station } from './support.mjs';

export const title = 'keeping: checks, backups, retention, isolation, the locked seat';

const at = (page, hash) => page.evaluate((to) => (location.hash = to), hash);
const rpc = (page, face, method, ...args) =>
  page.evaluate(([f, m, a]) => window.go.desktop[f][m](...a), [face, method, args]);
// The system's dialog is not there; what it would answer is.
const answers = (page, path) => page.request.post(new URL('/__dialog', page.url()).href, { data: [path] });

export async function run(station, browser) {
  const page = await newPage(browser);
  const began = Date.now() - 1000; // the log's times have whole seconds
  await fixity(station, page);
  await backups(station, page);
  await restoredCopy(station, browser);
  await retention(station, page);
  await isolation(station, page, browser);
  await lock(station, page);
  await takeaway(page);
  await life(page);
  await key(station, page, began);
  // A viewing that is closed from outside, or a seat that is locked, answers its page no more: that is the point.
  const faults = page.faults.filter((fault) => !/status of (404|423) .*\/viewings\//.test(fault));
  check(faults.length === 0, `no errors on the console ${faults.join(' | ')}`);
  await page.context().close();
}

// A page of the archive, smallest first: text, so that nothing else is disturbed.
function smallest(station) {
  const root = join(station.archive, 'originals', 'sha256');
  const files = readdirSync(root).flatMap((two) =>
    readdirSync(join(root, two)).map((name) => join(root, two, name)),
  );
  return files.sort((a, b) => statSync(a).size - statSync(b).size)[0];
}

async function fixity(station, page) {
  await signIn(page, station.url, '0203');
  await at(page, '#/custody');
  await id(page, 'fixity-all').click();
  await id(page, 'fixity-report').getByText('全部一致').waitFor({ timeout: 30000 });
  check(true, 'everything is whole');
  await shoot(page, 'custody-fixity-whole');

  const victim = smallest(station);
  const intact = join(station.home, 'intact.bin');
  copyFileSync(victim, intact);
  const bytes = readFileSync(victim);
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  chmodSync(victim, 0o600);
  writeFileSync(victim, bytes);
  chmodSync(victim, 0o400);
  await id(page, 'fixity-all').click();
  await id(page, 'lock').waitFor({ timeout: 30000 });
  check((await id(page, 'lock').count()) === 1, 'one flipped bit locks one original');
  await shoot(page, 'custody-fixity-locked');

  await id(page, 'mend').click();
  await id(page, 'mend-file').fill(victim);
  await id(page, 'mend-do').click();
  await page.getByText('这个文件不是完好的原件').waitFor();
  await id(page, 'mend-file').fill(intact);
  await id(page, 'mend-do').click();
  await page.getByText('已放回并解除锁定').waitFor();
  await page.keyboard.press('Escape');
  await id(page, 'locks').waitFor({ state: 'detached' });
  check(readFileSync(victim).equals(readFileSync(intact)), 'the intact copy lies in its place');
}

async function backups(station, page) {
  const [keys, medium, scratch, fresh] = ['keys', 'medium', 'scratch', 'restored'].map((name) => {
    const dir = join(station.home, name);
    mkdirSync(dir);
    return dir;
  });
  await at(page, '#/custody/backup');
  await page.getByText('从未备份').waitFor();
  await answers(page, keys);
  await id(page, 'make-key').click();
  await id(page, 'backup-warnings').getByText('恢复密钥还在本机').waitFor();
  await id(page, 'backup').click();
  await id(page, 'backup-dir').fill(medium);
  await id(page, 'backup-do').click();
  await id(page, 'backup-made').waitFor({ timeout: 60000 });
  await page.keyboard.press('Escape');
  await id(page, 'drill').click();
  check((await id(page, 'drill-key').inputValue()).startsWith(keys), 'the key that lies here is offered');
  await id(page, 'drill-scratch').fill(scratch);
  await id(page, 'drill-do').click();
  await id(page, 'drill-made').getByText('一致', { exact: true }).waitFor({ timeout: 60000 });
  check(readdirSync(scratch).length === 0, 'the drill leaves nothing behind');
  await page.keyboard.press('Escape');
  await id(page, 'restore').click();
  await id(page, 'restore-to').fill(fresh);
  await id(page, 'restore-do').click();
  await id(page, 'restored').waitFor({ timeout: 60000 });
  await shoot(page, 'custody-restored');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(300);
  await shoot(page, 'custody-backup');
  check(readdirSync(fresh).includes('workstation.db'), 'restored into a folder of its own');
}

// The copy is opened as after the death of the disk: this machine remembers a
// longer log, and somebody answers for the difference.
async function restoredCopy(station, browser) {
  const copy = new Station();
  try {
    cpSync(station.env.XDG_STATE_HOME, copy.env.XDG_STATE_HOME, { recursive: true });
    copy.archive = join(station.home, 'restored');
    await copy.serve();
    const page = await newPage(browser);
    await page.goto(copy.url);
    await id(page, 'shut').getByText('日志比以前短').waitFor();
    await shoot(page, 'custody-shut');
    await id(page, 'open-again').click();
    await id(page, 'shut').getByText('日志比以前短').waitFor();
    const accept = async (number) => {
      await id(page, 'accept-number').fill(number);
      await id(page, 'accept-password').fill(`diaoyue-${number}`);
      await id(page, 'accept-reason').fill('磁盘损坏，用当日备份恢复');
      await id(page, 'accept-restored').click();
    };
    await accept('0217');
    await id(page, 'shut').getByText('没有备份权限。').waitFor();
    await shoot(page, 'custody-shut-refused');
    await accept('0203');
    await page.getByText('待办', { exact: true }).waitFor();
    await at(page, '#/log');
    await id(page, 'log-row').filter({ hasText: '恢复' }).first().waitFor();
    check(true, 'the restored copy opens on the word of one who may make backups');
    await page.context().close();
  } finally {
    await copy.stop();
    copy.remove();
  }
}

async function retention(station, page) {
  const made = await rpc(page, 'Cases', 'Add', {
    code: 'J037-ZY·CF·2012·D10-001',
    title: '城关镇某场所未经登记开展活动案',
    caseNumber: '',
    type: '行政处罚',
    party: '某场所',
    officers: [],
    dateFrom: '2012-03-01',
    retention: 'D10',
  });
  await at(page, '#/custody/retention');
  await id(page, 'due-row').getByText('待鉴定').waitFor();
  await id(page, 'hold').click();
  await id(page, 'hold-code').fill(made.code);
  await id(page, 'hold-reason').fill('当事人提起行政诉讼，尚未审结');
  await id(page, 'hold-do').click();
  await id(page, 'due-row').getByText('冻结中').waitFor();
  await id(page, 'due-act').click();
  await page.getByRole('radio', { name: '拟销毁' }).click();
  await id(page, 'appraisal-opinion').fill('保管期满，无继续保存价值');
  await id(page, 'appraisal-do').click();
  await page.getByText('案卷已冻结，不能处置').waitFor();
  check(true, 'a held case is not disposed of');
  await shoot(page, 'custody-held');
  await page.keyboard.press('Escape');
  await id(page, 'lift').click();
  await id(page, 'hold-reason').fill('诉讼已终结');
  await id(page, 'hold-do').click();
  await id(page, 'due-row').getByText('冻结中').waitFor({ state: 'detached' });
  await id(page, 'due-act').click();
  await page.getByRole('radio', { name: '拟销毁' }).click();
  await id(page, 'appraisal-opinion').fill('保管期满，无继续保存价值');
  await id(page, 'appraisal-do').click();
  await id(page, 'due-row').getByText('待批准').waitFor();
  await signIn(page, station.url, '0201');
  await at(page, '#/custody/retention');
  await id(page, 'due-act').click();
  await id(page, 'appraisal-opinion').fill('同意销毁');
  await id(page, 'appraisal-do').click();
  await id(page, 'due-row').getByText('已批准，待馆外销毁').waitFor();
  await shoot(page, 'custody-retention');
  check(true, 'appraised by one, approved by another, and nothing was removed');
}

async function isolation(station, page, browser) {
  await signIn(page, station.url, '0203');
  await at(page, '#/cases');
  await id(page, 'case-row').first().click();
  const record = id(page, 'record')
    .filter({ hasText: /检查通知书/ })
    .last();
  await record.click();
  await id(page, 'classify').click();
  await id(page, 'classify-reason').fill('文内引用了标有密级的文件');
  await shoot(page, 'custody-classify');
  await id(page, 'classify-do').click();
  await id(page, 'custody-notice').waitFor();
  check((await id(page, 'open-record').count()) === 0, 'what is kept apart is not opened');
  await shoot(page, 'custody-isolated-record');
  await at(page, '#/custody/isolation');
  await id(page, 'take-out-request').click();
  await id(page, 'isolation-reason').fill('经初步判断可能涉及国家秘密');
  await id(page, 'isolation-do').click();
  await id(page, 'isolation-row').getByText('待另一人确认').waitFor();

  const other = await newPage(browser);
  await signIn(other, station.url, '0902');
  check((await other.getByText('检查通知书').count()) === 0, 'no title for the security administrator');
  await at(other, '#/custody/isolation');
  await id(other, 'isolation').waitFor();
  await shoot(other, 'custody-isolation');
  const out = join(station.home, 'secret-medium');
  mkdirSync(out);
  await id(other, 'take-out-confirm').click();
  await id(other, 'take-out-dir').fill(out);
  const code = await other.locator('.dlg .hint').last().innerText();
  await id(other, 'take-out-code').fill(code);
  await id(other, 'isolation-do').click();
  await id(other, 'isolation-row').getByText('已移出').waitFor();
  check((await id(other, 'isolation-step').count()) >= 4, 'each step stands in the log with its number');
  check(readdirSync(out).length === 1, 'the original lies on the medium');
  await shoot(other, 'custody-taken-out');
  await other.context().close();
}

async function lock(station, page) {
  await signIn(page, station.url, '0217');
  await at(page, '#/cases');
  await id(page, 'case-row').first().click();
  await id(page, 'record').filter({ hasText: /立案/ }).first().click();
  await id(page, 'open-record').click();
  await purpose(page, { pick: 'planned' });
  await page.locator('[data-page="1"][data-ready="true"]').waitFor({ timeout: 30000 });
  await page.keyboard.press('Control+l');
  await id(page, 'lock-screen').waitFor();
  await shoot(page, 'lock-screen');
  check(!(await page.locator('[data-page="1"]').isVisible()), 'nothing of the page stays on the glass');
  const refused = await rpc(page, 'Cases', 'List', '').then(
    () => '',
    (cause) => String(cause),
  );
  check(refused.includes('desktop.locked'), 'a locked seat answers nothing');
  // A new size makes the page ask for its picture: refused now, had when the seat is open.
  await page.setViewportSize({ width: 1500, height: 768 });
  await page.waitForTimeout(600);
  await id(page, 'unlock-password').fill('wrong-password');
  await id(page, 'unlock').click();
  await page.getByText('还可以').or(page.getByText('剩')).first().waitFor();
  await shoot(page, 'lock-screen-wrong');
  await id(page, 'unlock-password').fill('diaoyue-0217');
  await id(page, 'unlock').click();
  await id(page, 'lock-screen').waitFor({ state: 'detached' });
  check(await page.locator('[data-page="1"]').isVisible(), 'the viewing goes on where it was');
  await page.locator('[data-page="1"] .said').waitFor({ state: 'detached' });
  await page.setViewportSize({ width: 1366, height: 768 });
  check(true, 'and a picture that was refused meanwhile is there');
}

// Nothing of an open viewing is copied, printed or saved; each try is refused in words.
async function takeaway(page) {
  for (const press of ['Control+p', 'Control+s']) {
    await page.keyboard.press(press);
    await id(page, 'takeaway').getByText('内容不能带走').waitFor();
    await shoot(page, 'takeaway');
    await id(page, 'takeaway-close').click();
    await id(page, 'takeaway').waitFor({ state: 'detached' });
  }
  await page.evaluate(() => {
    const text =
      document.querySelector('[data-page="1"] .text span') ?? document.querySelector('[data-page="1"]');
    getSelection().selectAllChildren(text);
    text.dispatchEvent(new ClipboardEvent('copy', { bubbles: true, cancelable: true }));
  });
  await id(page, 'takeaway-close').click();
  await id(page, 'takeaway').waitFor({ state: 'detached' });
  await page.emulateMedia({ media: 'print' });
  check(!(await id(page, 'review').isVisible()), 'the paper of an open viewing is blank');
  await page.emulateMedia({ media: 'screen' });
}

async function life(page) {
  await at(page, '#/cases');
  await id(page, 'case-row').first().click();
  await id(page, 'record').filter({ hasText: /立案/ }).first().click();
  await id(page, 'life').click();
  await id(page, 'papers').waitFor();
  const text = await id(page, 'papers').innerText();
  for (const word of ['存储', '查看', '收存', '日志 #'])
    check(text.includes(word), `the life on paper says ${word}`);
  await shoot(page, 'life-paper');
  const sheets = await page.locator('.paper').count();
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  check((pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0) === sheets, `it prints on ${sheets} sheets`);
}

async function key(station, page, began) {
  await signIn(page, station.url, '0903');
  await at(page, '#/log');
  await id(page, 'key-panel').getByText('本人可读的文件').waitFor();
  const tries = await rpc(page, 'Register', 'Entries', {
    events: ['refusal'],
    accounts: [],
    object: '',
    result: '',
    from: '',
    to: '',
    before: 0,
    limit: 50,
  });
  check(
    tries.filter((row) => Date.parse(row.at) >= began && row.codes.includes('viewing.takeaway')).length === 3,
    'each try stands in the log',
  );
  const medium = join(station.home, 'second');
  mkdirSync(medium);
  await answers(page, medium);
  await id(page, 'second-medium').click();
  await id(page, 'key-panel').getByText('第二介质').first().waitFor();
  await id(page, 'change-key').click();
  await id(page, 'key-reason').fill('年度更换');
  await id(page, 'others-do').click();
  await id(page, 'others-done').waitFor();
  check(true, 'a second medium is set and the key changed');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(300);
  await shoot(page, 'key-panel');
}
