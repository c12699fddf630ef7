// Words by a machine: what the settings say of it, asked for in the panel of
// words, marked as a machine's, found by search. Where the library that runs
// models is not beside the program, the sentences that say so.
import { atRest, check, heard, id, newPage, purpose, shoot, signIn, signOut } from './support.mjs';

export const title = 'hearing: settings, ask, machine-made and unchecked, found';

export async function run(station, browser) {
  const page = await newPage(browser);
  await signIn(page, station.url, '0217');
  await page.evaluate(() => (location.hash = '#/settings'));
  await id(page, 'helpers').waitFor();
  const there = (await id(page, 'speech-lack').count()) === 0;
  await id(page, 'helpers').scrollIntoViewIfNeeded();
  check(
    (await id(page, 'helpers').innerText()).includes(there ? 'SenseVoice' : 'sherpa-onnx'),
    `the settings say that ${there ? 'a model hears' : 'none can'}`,
  );
  await shoot(page, 'hearing-settings');

  await record(page, '东配殿改建情况');
  if (!there) {
    await id(page, 'cue-hear-absent').waitFor();
    check((await id(page, 'cue-hear').count()) === 0, 'a sentence stands where the button would be');
    await leave(page);
    return page.context().close();
  }
  await id(page, 'cue-hear').click();
  await id(page, 'cue-hear-state').or(id(page, 'cue-machine')).first().waitFor();
  await shoot(page, 'hearing-asked');
  const cue = id(page, 'cue-row').filter({ hasText: new RegExp(heard.low + '|' + heard.high) });
  await id(page, 'cue-machine').waitFor({ timeout: 120000 });
  await cue.first().waitFor();
  check((await cue.first().innerText()).includes('机器转写'), 'each says that a machine heard it');
  check((await cue.first().innerText()).includes('未核对'), 'and that nobody checked it');
  check((await id(page, 'cue-machine').innerText()).includes('sense-voice sha256:'), 'the model is named');
  await shoot(page, 'hearing-heard');
  await id(page, 'cue-hear').click();
  await page.getByText('这个模型转写过本件').waitFor({ timeout: 60000 });
  check(true, 'the same model is not heard twice');
  await leave(page);

  await page.keyboard.press('Control+k');
  await id(page, 'query').fill(`"${heard.low.slice(0, -1)}" OR "${heard.high.slice(0, -1)}"`);
  await id(page, 'query').press('Enter');
  await id(page, 'hit').first().waitFor();
  check(true, 'what it heard is found');
  await shoot(page, 'hearing-found');
  await signOut(page);
  await page.context().close();
}

async function record(page, text) {
  await page.keyboard.press('Control+k');
  await id(page, 'query').fill(`"${text}"`);
  await id(page, 'query').press('Enter');
  const hit = id(page, 'hit')
    .filter({ hasText: /\d\d:\d\d/ })
    .first();
  await hit.click();
  await id(page, 'open-hit').click();
  await purpose(page, { pick: 'planned' });
  await id(page, 'review').waitFor();
  await id(page, 'tab-words').click();
  await atRest(page);
}

async function leave(page) {
  await page.locator('nav.rail a').first().click();
  await page.locator('footer.stat:not(.viewing)').waitFor();
}
