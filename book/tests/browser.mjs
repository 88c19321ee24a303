// Opens the built book in Chromium, from the disk as a reader without a server would:
//   npm install --prefix DIR playwright-core; NODE_PATH=DIR/node_modules node book/tests/browser.mjs
// CHROMIUM names the browser if it isn't /usr/bin/chromium. Needs target/book (mdbook build book).
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const { chromium } = createRequire(import.meta.url)('playwright-core'); // require looks at NODE_PATH
const top = fileURLToPath(new URL('../..', import.meta.url));
const built = join(top, 'target/book');
const pages = readdirSync(built, { recursive: true })
  .filter(name => name.endsWith('.html') && !['404.html', 'toc.html'].includes(name)).sort();
const url = page => pathToFileURL(join(built, page)).href;

const profile = mkdtempSync(join(tmpdir(), 'book-browser-'));
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

async function browse(options, visit) {
  const context = await chromium.launchPersistentContext(mkdtempSync(join(profile, 'run-')), {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: flags, ...options,
  });
  try {
    const page = await context.newPage();
    const trouble = [];
    page.on('console', message => { if (['error', 'warning'].includes(message.type())) trouble.push(message.text()); });
    page.on('pageerror', error => trouble.push(error.message));
    page.on('request', request => { if (!/^(file|data|blob):/.test(request.url())) trouble.push(`asks for ${request.url()}`); });
    await page.addInitScript(() => { window.print = () => {}; });
    await visit(page);
    assert.deepEqual(trouble, [], 'the console is silent and nothing comes from elsewhere');
  } finally {
    await context.close();
  }
}

// What the last state must be, from the recording alone.
function lastState(recording) {
  const open = new Map(), calls = new Map();
  const waiting = new Set();
  for (const event of recording.events) {
    if (event.client) {
      if (event.event === 'connect') waiting.add(event.address);
      continue;
    }
    calls.set(event.thread, event.event === 'wait' ? `in ${event.call}${event.fd === undefined ? '' : `, fd ${event.fd}`}` : null);
    if (event.event === 'listen') open.set(`fd ${event.fd}`, 'listener');
    if (event.event === 'accept') { open.set(`fd ${event.fd}`, 'connection'); waiting.delete(event.peer); }
    if (event.event === 'close') open.delete(`fd ${event.fd}`);
  }
  // At the end all is at rest: a thread that is in no call has ended.
  const threads = [...calls].filter(([, call]) => call);
  return { open: [...open.keys()].sort(), threads: Object.fromEntries(threads), waiting: waiting.size };
}

async function checkPlayer(figure) {
  const recording = JSON.parse(readFileSync(join(top, 'book', await figure.getAttribute('data-trace'))));
  const steps = await figure.locator('script').evaluate(script => JSON.parse(script.textContent).frames.length);
  assert.ok(steps >= 10 && steps <= 25, `${steps} steps`);
  const player = figure.locator('.player');
  const at = () => player.getAttribute('data-step').then(Number);
  await figure.evaluate(up => { for (; up; up = up.parentElement) if (up.matches('details')) up.open = true; });
  await player.focus();
  await player.press('Home');
  assert.equal(await at(), 1);
  const said = new Set();
  for (let step = 2; step <= steps; step++) {
    await player.press('ArrowRight');
    assert.equal(await at(), step, 'one key, one step, and the page stays');
    said.add(await figure.locator('.player-say').textContent());
  }
  // A loop says much again; a player that stands still would say one thing.
  assert.ok(said.size > steps / 3 && ![...said].some(text => /undefined|NaN|null/.test(text)));
  assert.equal(await figure.getByRole('button', { name: 'One step on' }).getAttribute('aria-disabled'), 'true', 'this is the end');

  const rows = async side => Object.fromEntries(await figure.locator(`section.${side} dl > div`).evaluateAll(
    divs => divs.map(div => [div.querySelector('dt').textContent, div.querySelector('dd').textContent])));
  const [server, kernel] = [await rows('server'), await rows('kernel')];
  const expected = lastState(recording);
  if (await figure.getAttribute('data-cut') === null) {
  assert.deepEqual(Object.keys(server).filter(row => row.startsWith('fd ')).sort(), expected.open);
  for (const [thread, call] of Object.entries(expected.threads)) assert.equal(server[thread], call);
  const threads = Object.keys(server).filter(row => !row.startsWith('fd '));
  assert.deepEqual(threads.sort(), Object.keys(expected.threads).sort());
  const queue = Object.values(kernel).find(text => text.startsWith('accept queue'));
  if (expected.waiting === 0 && queue !== undefined) assert.match(queue, /^accept queue: empty/);
  }

  await player.press('Home');
  await player.press('End');
  assert.equal(await at(), steps);
  assert.ok(await figure.locator('.timeline-table').isHidden());
  await figure.getByRole('button', { name: 'Show the recording as a table' }).click();
  assert.equal(await figure.locator('.timeline-table tbody tr:visible').count(), steps);
  await figure.locator('select').selectOption('4');
  await figure.getByRole('button', { name: 'Play' }).click(); // from the end it begins anew
  await figure.page().waitForFunction(id => document.getElementById(id).querySelector('.player').dataset.step === '3', await figure.getAttribute('id'));
  await figure.getByRole('button', { name: 'Pause' }).click();
}

const tests = {
  async 'every page opens, silently, and fits a desktop and a phone, light and dark'() {
    for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']]) {
      await browse({ viewport: { width, height: 900 }, colorScheme }, async page => {
        for (const name of pages) {
          await page.goto(url(name));
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide at ${width}`);
          assert.equal(await page.evaluate(() => document.documentElement.classList.contains('navy')), colorScheme === 'dark');
        }
      });
    }
  },

  async 'every player steps to its end and shows what was recorded'() {
    await browse({ viewport: { width: 1280, height: 900 } }, async page => {
      let players = 0;
      for (const name of pages.filter(name => !['print.html', 'index.html'].includes(name))) {
        await page.goto(url(name));
        for (const figure of await page.locator('figure.timeline').all()) {
          await checkPlayer(figure);
          assert.ok(page.url().includes(name));
          players++;
        }
      }
      assert.ok(players >= 2, `${players} players`);
    });
  },

  async 'a link to a step shows its sentence and gives the player the keys, on a desktop and a phone'() {
    for (const width of [1280, 390]) {
      await browse({ viewport: { width, height: 800 } }, async page => {
        for (const name of pages.filter(name => !['print.html', 'index.html'].includes(name))) {
          await page.goto(url(name));
          const links = await page.locator('main a[href]:not(.player-place)').evaluateAll(all => all.map(link => link.getAttribute('href')));
          for (const [, id, step] of links.map(link => link.match(/^#(\d\d-.+)-(\d+)$/)).filter(found => found)) {
            if (!(await page.locator(`figure.timeline[id="${id}"]`).count())) continue;
            await page.locator(`main a[href="#${id}-${step}"]:not(.player-place)`)
              .first().evaluate(link => { for (let up = link; up; up = up.parentElement) if (up.matches('details')) up.open = true; link.click(); });
            const player = page.locator(`figure[id="${id}"] .player`);
            await page.waitForFunction(([id, step]) => document.getElementById(id).querySelector('.player').dataset.step === step, [id, step]);
            const seen = await player.locator('.player-say').evaluate(say => {
              const { top, bottom } = say.getBoundingClientRect();
              return top >= 45 && bottom <= innerHeight;
            });
            assert.ok(seen, `${name}#${id}-${step} at ${width}: the sentence is in sight`);
            await page.keyboard.press('ArrowRight');
            await page.keyboard.press('ArrowLeft');
            assert.ok(page.url().includes(name), 'the page stays');
          }
        }
      });
    }
  },

  async 'arrows stay in the player, whatever was clicked before'() {
    await browse({ viewport: { width: 1280, height: 900 } }, async page => {
      await page.goto(url('01-blocking.html'));
      const figure = page.locator('figure.timeline').first();
      const player = figure.locator('.player');
      const last = (await figure.locator('script').evaluate(script => JSON.parse(script.textContent).frames.length)).toString();
      const stays = async what => {
        for (const key of ['ArrowRight', 'ArrowRight', 'End', 'ArrowRight', 'Home', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
        assert.ok(page.url().includes('01-blocking.html'), `after ${what}`);
        assert.equal(await player.getAttribute('data-step'), '1', `after ${what}`);
      };
      for (const name of ['One step on', 'One step back', 'Show the recording as a table']) {
        await figure.getByRole('button', { name }).click({ force: true });
        await stays(name);
      }
      for (let step = 1; step <= Number(last) + 1; step++) await figure.getByRole('button', { name: 'One step on' }).click({ force: true });
      assert.equal(await player.getAttribute('data-step'), last);
      await stays('clicks to the end');
      await figure.locator('.player-say').click();
      await stays('a click on the sentence');
      await figure.locator('.player-scroller svg').click();
      await stays('a click on the picture');
    });
  },

  async 'no table is cut at 390 pixels without a sign'() {
    await browse({ viewport: { width: 390, height: 800 } }, async page => {
      for (const name of pages.filter(name => !['print.html', 'index.html'].includes(name) && !name.startsWith('steps/'))) {
        await page.goto(url(name));
        const cut = await page.locator('main table').evaluateAll(tables => tables
          .filter(table => table.offsetParent && !table.closest('.timeline') && table.scrollWidth > table.parentElement.clientWidth + 1)
          .map(table => table.textContent.trim().slice(0, 60)));
        assert.deepEqual(cut, [], name);
      }
    });
  },

  async 'without JavaScript, and on paper, a timeline is a table'() {
    await browse({ javaScriptEnabled: false }, async page => {
      await page.goto(url('01-blocking.html'));
      assert.ok(await page.locator('.timeline-table').first().isVisible());
    });
    await browse({}, async page => {
      await page.goto(url('01-blocking.html'));
      await page.emulateMedia({ media: 'print' });
      assert.ok(await page.locator('.timeline-table').first().isVisible());
      assert.ok(await page.locator('.player').first().isHidden());
    });
  },

  async 'search finds English and Chinese'() {
    await browse({}, async page => {
      for (const [query, found] of [['edge-triggered', 'Epoll Workbook'], ['accept queue', 'Blocking'], ['TIME_WAIT', 'Glossary'], ['全连接队列', 'Glossary'], ['边缘触发', 'Glossary'], ['backlog 积压', 'Glossary']]) {
        await page.goto(url('index.html'));
        await page.keyboard.press('s');
        await page.locator('#mdbook-searchbar').fill(query);
        await page.locator('#mdbook-searchbar').press('End'); // mdBook searches when a key goes up
        const results = page.locator('#mdbook-searchresults li');
        await results.filter({ hasText: found }).first().waitFor({ timeout: 5000 });
        assert.ok(await results.locator('em').count() > 0, `${query} is marked`);
      }
      await page.locator('#mdbook-searchbar').fill('没有这个词');
      await page.locator('#mdbook-searchbar').press('End');
      await page.getByText('No search results').waitFor({ timeout: 5000 });
    });
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}
rmSync(profile, { recursive: true, force: true });
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
