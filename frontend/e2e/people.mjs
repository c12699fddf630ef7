// One administrator makes an account, another gives its duties, the person
// changes the password before anything else; a forgotten one takes two.
import { check, id, newPage, shoot, signIn, signOut } from './support.mjs';

export const title = 'an account in two hands, a given password, a reset by two';

async function enter(page, number, password) {
  await id(page, 'number').fill(number);
  await id(page, 'password').fill(password);
  await page.keyboard.press('Enter');
}

async function ownPassword(page, given, own) {
  await id(page, 'old-password').waitFor();
  await id(page, 'old-password').fill(given);
  await id(page, 'new-password').fill(own);
  await id(page, 'again-password').fill(own);
  await id(page, 'change-password').click();
  await id(page, 'old-password').waitFor({ state: 'detached' });
}

const manage = async (page, number) => {
  await page.evaluate(() => (location.hash = '#/accounts'));
  await id(page, `manage-${number}`).click();
};

export async function run(station, browser) {
  const page = await newPage(browser);
  await signIn(page, station.url, '0901');
  await page.evaluate(() => (location.hash = '#/accounts'));
  await id(page, 'new-account').click();
  await id(page, 'account-name').fill('钱敏');
  await id(page, 'account-number').fill('0299');
  await id(page, 'account-password').fill('given-1234');
  await shoot(page, 'walk-account-new');
  await id(page, 'account-save').click();
  await id(page, 'manage-0299').waitFor();
  check(true, 'the system administrator made an account without duties');
  await signOut(page);

  await shortage(station, page);

  await signIn(page, station.url, '0902');
  await manage(page, '0299');
  await page.getByText('档案员', { exact: true }).last().click();
  await shoot(page, 'walk-account-duties');
  await id(page, 'grant').click();
  await id(page, 'grant').waitFor({ state: 'detached' });
  check(true, 'the security administrator gave it a duty');
  await signOut(page);

  await enter(page, '0299', 'given-1234');
  await id(page, 'old-password').waitFor();
  const code = await page.evaluate(() =>
    window.go.desktop.Cases.List('').then(
      () => '',
      (fault) => JSON.stringify(fault) + String(fault),
    ),
  );
  check(code.includes('accounts.must_change'), 'nothing is answered before the password is one’s own');
  await shoot(page, 'walk-account-given');
  await ownPassword(page, 'given-1234', 'own-12345');
  await page.evaluate(() => (location.hash = '#/cases'));
  const cases = await page.evaluate(() => window.go.desktop.Cases.List(''));
  check(cases.length > 0, 'then the duty holds');
  await signOut(page);

  await signIn(page, station.url, '0901');
  await manage(page, '0299');
  await id(page, 'reset').click();
  const oneTime = (await id(page, 'one-time').innerText()).trim();
  check(oneTime.length >= 8, 'a one-time password is shown once');
  await page.keyboard.press('Escape');
  await signOut(page);
  await enter(page, '0299', oneTime);
  await page.waitForTimeout(400);
  check(await id(page, 'number').isVisible(), 'it lets nobody in before a second administrator agrees');
  await signIn(page, station.url, '0903');
  await manage(page, '0299');
  await id(page, 'confirm-reset').click();
  await id(page, 'confirm-reset').waitFor({ state: 'detached' });
  await signOut(page);
  await enter(page, '0299', oneTime);
  await ownPassword(page, oneTime, 'own-again-1');
  check(true, 'the forgotten password is replaced');
  await page.context().close();
}

// A bureau whose only checker is out of use is told so, and what to do.
async function shortage(station, page) {
  await signIn(page, station.url, '0901');
  await page.evaluate(() => (location.hash = '#/accounts'));
  await id(page, 'new-account').waitFor();
  const [checker] = await page.evaluate(async () =>
    (await window.go.desktop.Accounts.List()).filter((account) => account.roles.includes('checker')),
  );
  const set = (off) =>
    page.evaluate(
      ([one, no]) => window.go.desktop.Accounts.SetDisabled(one, no, '调出本局'),
      [checker.id, off],
    );
  await set(true);
  await page.reload();
  await page.evaluate(() => (location.hash = '#/accounts'));
  const said = id(page, 'shortage').filter({ hasText: '没有人担任遮蔽复核员' });
  await said.waitFor();
  check(/安全保密管理员授予岗位/.test(await said.innerText()), 'too few people: said, with the way out');
  await shoot(page, 'walk-account-shortage');
  await set(false);
  await signOut(page);
}
