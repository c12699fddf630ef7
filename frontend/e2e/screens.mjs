// Every screen in both sizes and themes: pictures to look at, and what a machine
// can see: nothing scrolls sideways, nothing sticks out of the window, no errors.
import { atRest, check, id, newPage, purpose, shoot, signIn, signOut } from './support.mjs';

export const title = 'every screen at 1366×768 and 1920×1080, light and dark';

const sizes = [
  [1366, 768],
  [1920, 1080],
];
const themes = ['light', 'dark'];
const screens = [
  { name: 'signin', who: '0217', go: signOut },
  { name: 'home', who: '0217', go: (page) => page.evaluate(() => (location.hash = '#/')) },
  { name: 'cases', who: '0217', go: (page) => page.evaluate(() => (location.hash = '#/cases')) },
  { name: 'case', who: '0217', go: openCase },
  { name: 'search', who: '0217', go: search },
  { name: 'search-unsearched', who: '0217', go: unsearched },
  { name: 'search-list', who: '0217', go: listSearch },
  { name: 'review', who: '0217', go: (page) => open(page, /\.mp4|检查录像/, true) },
  { name: 'page', who: '0217', go: (page) => open(page, /现场检查笔录/, false) },
  { name: 'ingest', who: '0203', go: (page) => page.evaluate(() => (location.hash = '#/ingest')) },
  { name: 'custody-fixity', who: '0203', go: fixity },
  ...['backup', 'retention', 'isolation'].map((tab) => ({
    name: `custody-${tab}`,
    who: '0203',
    go: (page) => page.evaluate((to) => (location.hash = '#/custody/' + to), tab),
  })),
  { name: 'life', who: '0217', go: life },
  { name: 'copies', who: '0209', go: (page) => page.evaluate(() => (location.hash = '#/copies')) },
  { name: 'copy', who: '0201', go: openCopy },
  { name: 'exceptions', who: '0201', go: exceptions },
  { name: 'redaction', who: '0209', go: bench },
  { name: 'register', who: '0903', go: (page) => page.evaluate(() => (location.hash = '#/register')) },
  { name: 'register-paper', who: '0903', go: paper },
  { name: 'log', who: '0903', go: (page) => page.evaluate(() => (location.hash = '#/log')) },
  { name: 'log-choosing', who: '0903', go: choosing },
  {
    name: 'log-paper',
    who: '0903',
    go: (page) => page.evaluate(() => (location.hash = '#/log/paper?events=sign-in')),
  },
  { name: 'accounts', who: '0902', go: (page) => page.evaluate(() => (location.hash = '#/accounts')) },
  { name: 'settings', who: '0217', go: (page) => page.evaluate(() => (location.hash = '#/settings')) },
];

export async function run(station, browser) {
  const problems = [];
  const only = process.env['DIAOYUE_E2E_SCREENS']?.split(',');
  for (const who of [...new Set(screens.map((screen) => screen.who))]) {
    const page = await newPage(browser);
    await signIn(page, station.url, who);
    for (const screen of screens.filter((each) => each.who === who && (!only || only.includes(each.name)))) {
      try {
        await screen.go(page);
      } catch (cause) {
        problems.push(`${screen.name}: cannot be reached (${String(cause).split('\n')[0]})`);
        await shoot(page, `failed-${screen.name}`);
        continue;
      }
      await everyLook(page, screen.name, problems);
      if (screen.name === 'signin') await signIn(page, station.url, who);
    }
    for (const fault of page.faults) problems.push(`console: ${fault}`);
    await page.context().close();
  }
  for (const problem of problems) console.log(`    !!  ${problem}`);
  check(problems.length === 0, `${problems.length} problems on the screens`);
}

async function everyLook(page, name, problems) {
  for (const [width, height] of sizes) {
    for (const theme of themes) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.waitForTimeout(350);
      await shoot(page, `${name}_${width}_${theme}`);
      for (const found of await page.evaluate(outside)) problems.push(`${name} ${width} ${theme}: ${found}`);
    }
  }
}

// outside lists what a person could not reach: sideways scroll, and text beyond the window.
function outside() {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push('scrolls sideways');
  if (root.scrollHeight > root.clientHeight) found.push('the window itself scrolls');
  const clipped = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at);
      if (overflowX !== 'visible' || overflowY !== 'visible') return true;
    }
    return false;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.textContent.trim()) continue;
    const element = node.parentElement;
    if (!element || element.closest('.sr, script, style')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (element.closest('.paper')) continue;
    if (box.width && (box.right > innerWidth + 1 || box.left < -1) && !clipped(element))
      found.push(`text beyond the window: ${node.textContent.trim().slice(0, 30)}`);
    if (
      parseFloat(getComputedStyle(element).fontSize) < 12 &&
      box.width > 4 &&
      !element.closest('[data-page]')
    )
      found.push(`text under 12 px: ${node.textContent.trim().slice(0, 30)}`);
  }
  for (const button of document.querySelectorAll('.btn, .bd, .seg button, .tabs button')) {
    if (button.scrollWidth > button.clientWidth + 1)
      found.push(`cut: ${button.textContent.trim().slice(0, 30)}`);
  }
  return found;
}

async function fixity(page) {
  await page.evaluate(() => (location.hash = '#/custody/fixity'));
  await id(page, 'fixity-state').waitFor();
}

async function life(page) {
  await openCase(page);
  await id(page, 'life').click();
  await id(page, 'papers').waitFor();
}

async function openCase(page) {
  await page.evaluate(() => (location.hash = '#/cases'));
  await id(page, 'case-row').first().click();
  await id(page, 'record').first().waitFor();
}

async function search(page) {
  await page.evaluate(() => (location.hash = '#/search'));
  await id(page, 'query').fill('东配殿');
  await page.keyboard.press('Enter');
  await id(page, 'hit').first().waitFor();
}

async function unsearched(page) {
  await page.evaluate(() => (location.hash = '#/search'));
  await id(page, 'query').fill('从未出现的词');
  await page.keyboard.press('Enter');
  await id(page, 'list-unsearched').click();
  await id(page, 'unsearched-list').waitFor();
  await id(page, 'wordless').first().waitFor();
}

async function exceptions(page) {
  await page.evaluate(() => (location.hash = '#/accounts'));
  await id(page, 'allow').click();
  await id(page, 'allow-number').fill('0203');
  await id(page, 'allow-reason').fill('本局具备审查岗位的只有一人');
  await page.locator('.dlg .n-date-picker input, .dlg input').nth(2).fill('2026-12-31');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(300);
  await id(page, 'allow-do').click();
  await id(page, 'exceptions').getByText('0203').waitFor();
}

async function listSearch(page) {
  await page.evaluate(() => (location.hash = '#/search/list'));
  await id(page, 'lines').fill('东配殿\n检查通知书\n从未出现的名字\n晋F·KT8F9\n1406');
  await id(page, 'run-list').click();
  await id(page, 'matrix').waitFor();
}

async function open(page, name, footage) {
  await openCase(page);
  await id(page, 'record').filter({ hasText: name }).last().click();
  await id(page, 'open-record').click();
  await purpose(page, { pick: 'planned' });
  await id(page, 'review').waitFor({ timeout: 30000 });
  if (footage) await atRest(page, 0);
  else await page.locator('[data-page="1"][data-ready="true"]').waitFor({ timeout: 30000 });
}

async function paper(page) {
  await page.evaluate(() => (location.hash = '#/register'));
  await id(page, 'register-row').first().waitFor();
  await id(page, 'register-print').click();
  await id(page, 'papers').waitFor();
  // What the printing engine makes of it: one sheet for each page that carries a number.
  const sheets = await page.locator('.paper').count();
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const printed = pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  check(printed === sheets, `the register prints on ${printed} sheets of ${sheets}`);
  check(/\/MediaBox\s*\[\s*0 0 84[12](\.\d+)? 59[45]/.test(pdf), 'A4 across');
}

async function choosing(page) {
  await page.evaluate(() => (location.hash = '#/log'));
  await id(page, 'log-row').first().waitFor();
  await id(page, 'log-events').click();
  await page.locator('.n-base-select-option').first().waitFor();
}

async function openCopy(page) {
  await page.evaluate(() => (location.hash = '#/copies'));
  await page.getByRole('radio', { name: '全部' }).click();
  await id(page, 'copy-row').first().click();
  await page.waitForTimeout(800);
}

async function bench(page) {
  await openCase(page);
  await id(page, 'record').filter({ hasText: '到达与亮证' }).click();
  await id(page, 'redact').click();
  await purpose(page, { basis: 'GK-2026-007' });
  await id(page, 'bench').waitFor();
  await atRest(page, 0);
}
