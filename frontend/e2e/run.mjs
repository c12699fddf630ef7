// End-to-end walks through the interface, on the program in serve mode.
//   npm run e2e              all walks
//   npm run e2e review       one of them
// DIAOYUE_E2E_BIN names the binary, DIAOYUE_E2E_ASSETS a built interface to use
// instead of the embedded one. Pictures land in e2e/.out.
import { browse, shoot, Station } from './support.mjs';
import * as checking from './checking.mjs';
import * as custody from './custody.mjs';
import * as finding from './finding.mjs';
import * as firstrun from './firstrun.mjs';
import * as hearing from './hearing.mjs';
import * as hostile from './hostile.mjs';
import * as pages from './pages.mjs';
import * as kinds from './kinds.mjs';
import * as people from './people.mjs';
import * as player from './player.mjs';
import * as redaction from './redaction.mjs';
import * as review from './review.mjs';
import * as screens from './screens.mjs';
import * as texts from './texts.mjs';
import * as witness from './witness.mjs';
import * as words from './words.mjs';

const walks = {
  firstrun,
  review,
  player,
  finding,
  kinds,
  pages,
  redaction,
  checking,
  hostile,
  texts,
  people,
  witness,
  words,
  hearing,
  custody,
  screens,
};
const wanted = process.argv.slice(2).filter((name) => name in walks);
const station = new Station();
let browser;
let failed = 0;

try {
  console.log('making the demonstration archive');
  station.make();
  await station.serve();
  browser = await browse();
  for (const name of wanted.length ? wanted : Object.keys(walks)) {
    const began = Date.now();
    console.log(`${name}: ${walks[name].title}`);
    try {
      await walks[name].run(station, browser);
      console.log(`  passed in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    } catch (cause) {
      failed++;
      console.log(`  FAILED ${name}: ${cause?.stack ?? cause}`);
      const page = browser.contexts().at(-1)?.pages().at(-1);
      if (page) {
        await shoot(page, `failed-${name}`).catch(() => undefined);
        console.log(`  console: ${(page.faults ?? []).join(' | ')}`);
      }
      for (const context of browser.contexts()) await context.close();
    }
  }
} catch (cause) {
  failed++;
  console.log(String(cause?.stack ?? cause));
} finally {
  await browser?.close();
  await station.stop();
  station.remove();
}
process.exit(failed ? 1 : 0);
