// Visits the chapter's site, as its own server serves it, in Chromium:
//   npm install --prefix DIR playwright-core; NODE_PATH=DIR/node_modules node chapters/06-http/tests/browser.mjs
// CHROMIUM names the browser if it isn't /usr/bin/chromium.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, createReadStream, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const { chromium } = createRequire(import.meta.url)('playwright-core'); // require looks at NODE_PATH
const top = fileURLToPath(new URL('../../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'http-browser-'));
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// The site, and a file that is longer than all buffers on its way.
const root = join(work, 'site');
cpSync(join(top, 'chapters/06-http/site'), root, { recursive: true });
const large = Buffer.alloc(50_000_000, 'no two lines of this file are the same: ');
for (let at = 0; at + 4 <= large.length; at += 64) large.writeUInt32LE(at, at);
writeFileSync(join(root, 'large.bin'), large);
const pages = readdirSync(root, { recursive: true }).filter(name => name.endsWith('.html')).sort();

const server = spawn('cargo', ['run', '-q', '-p', 'ch06-http', '--', '--port', '0', '--root', root], { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] });
process.on('exit', () => server.kill());
const lines = createInterface({ input: server.stdout });
const [line] = await Promise.race([
  new Promise(found => lines.once('line', line => found([line]))),
  new Promise((_, failed) => server.once('exit', code => failed(new Error(`the server has ended with ${code}`)))),
]);
const site = `http://${line.replace('listening on ', '')}`;

// A new browser with an empty cache. `visit` gets a page, and what has come over the network so far.
async function browse(options, visit) {
  const context = await chromium.launchPersistentContext(mkdtempSync(join(work, 'run-')), {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: flags, ...options,
  });
  try {
    const page = await context.newPage();
    const trouble = [];
    page.on('console', message => { if (['error', 'warning'].includes(message.type())) trouble.push(message.text()); });
    page.on('pageerror', error => trouble.push(error.message));
    page.on('request', request => { if (!request.url().startsWith(site)) trouble.push(`asks for ${request.url()}`); });
    const network = await context.newCDPSession(page);
    await network.send('Network.enable');
    const came = [];
    const codes = new Map(); // as they came: Chromium shows its own code, 200, for what a 304 has confirmed
    network.on('Network.responseReceivedExtraInfo', info => codes.set(info.requestId, info.statusCode));
    network.on('Network.responseReceived', ({ requestId, response }) => came.push({ requestId, url: response.url, connection: response.connectionId }));
    await visit(page, { came, code: path => codes.get(came.findLast(({ url }) => url === site + path)?.requestId), trouble });
    assert.deepEqual(trouble, [], 'the console is silent and nothing comes from elsewhere');
  } finally {
    await context.close();
  }
}

const sha256 = async stream => {
  const hash = createHash('sha256');
  for await (const piece of stream) hash.update(piece);
  return hash.digest('hex');
};

const tests = {
  async 'every page opens, silently, and fits a desktop and a phone, light and dark'() {
    for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']]) {
      await browse({ viewport: { width, height: 900 }, colorScheme }, async page => {
        for (const name of pages) {
          const response = await page.goto(`${site}/${name}`);
          assert.equal(response.status(), 200);
          assert.deepEqual(await response.body(), readFileSync(join(root, name)));
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide at ${width}`);
          const [text, link] = await page.evaluate(() => ['body', 'a'].map(tag => getComputedStyle(document.querySelector(tag)).color));
          assert.equal(text, colorScheme === 'dark' ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)');
          assert.equal(link, colorScheme === 'dark' ? 'rgb(134, 183, 227)' : 'rgb(29, 91, 143)');
        }
      });
    }
  },

  async 'from the first page, links lead to a picture, over the same connection'() {
    await browse({}, async (page, { came }) => {
      await page.goto(site);
      await page.getByRole('link', { name: 'A picture' }).click();
      const picture = page.locator('img');
      await picture.waitFor();
      assert.ok(await picture.evaluate(async image => { await image.decode(); return image.naturalWidth; }) > 0, 'it is shown');
      assert.ok(came.length >= 4, 'two pages, a style sheet and a picture');
      // For what a page needs, a browser opens a second connection at once. The next page comes over one of them.
      const before = new Set(came.map(({ connection }) => connection));
      await page.goto(`${site}/codes.html`);
      assert.ok(before.has(came.findLast(({ url }) => url.endsWith('/codes.html')).connection), 'a connection is used again');
    });
  },

  async 'a form is sent, and shown as it was typed'() {
    await browse({ viewport: { width: 390, height: 900 } }, async page => {
      await page.goto(`${site}/form.html`);
      await page.getByLabel('Name of a book').fill('Tom & Jerry = 100 % + <b>猫</b>');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.waitForURL(`${site}/form`);
      const cells = await page.locator('td').allTextContents();
      assert.deepEqual(cells, ['name', 'Tom & Jerry = 100 % + <b>猫</b>', 'publisher', 'Wiley']);
      assert.equal(await page.locator('td b').count(), 0);
      await page.goto(`${site}/form.html`);
      await page.getByLabel('Its publisher').fill('Wiley'.repeat(100));
      await page.getByRole('button', { name: 'Send' }).click();
      await page.waitForURL(`${site}/form`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it fits');
    });
  },

  async 'what a browser has, it gets 304 for, and what has changed, anew'() {
    await browse({}, async (page, { code }) => {
      await page.goto(`${site}/form.html`);
      assert.equal(code('/form.html'), 200);
      await page.reload();
      assert.equal(code('/form.html'), 304);
      assert.equal(await page.locator('h1').textContent(), 'A form');
      const before = readFileSync(join(root, 'form.html'), 'utf8');
      writeFileSync(join(root, 'form.html'), before.replace('<h1>A form</h1>', '<h1>A new form</h1>'));
      await page.waitForTimeout(1100); // within a second, a changed file is served anew
      await page.reload();
      assert.equal(code('/form.html'), 200);
      assert.equal(await page.locator('h1').textContent(), 'A new form');
      writeFileSync(join(root, 'form.html'), before);
    });
  },

  async 'a script gets a part of a file'() {
    await browse({}, async page => {
      await page.goto(site);
      const part = await page.evaluate(async () => {
        const response = await fetch('/large.bin', { headers: { Range: 'bytes=30000000-30000099' } });
        return [response.status, response.headers.get('Content-Range'), [...new Uint8Array(await response.arrayBuffer())]];
      });
      assert.deepEqual(part, [206, `bytes 30000000-30000099/${large.length}`, [...large.subarray(30_000_000, 30_000_100)]]);
    });
  },

  async 'a large file is stored byte for byte, while other pages open'() {
    await browse({ acceptDownloads: true }, async page => {
      await page.goto(site);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.evaluate(() => { location.href = '/large.bin'; }),
      ]);
      assert.equal((await page.goto(`${site}/codes.html`)).status(), 200);
      assert.equal(await download.failure(), null);
      const stored = createReadStream(await download.path());
      assert.equal(await sha256(stored), createHash('sha256').update(large).digest('hex'));
    });
  },

  async 'every link and button on the page of codes gets the code that it stands for'() {
    await browse({}, async (page, { trouble }) => {
      await page.goto(`${site}/codes.html`);
      const rows = await page.locator('tr[id]').evaluateAll(rows => rows.map(row =>
        [row.id, row.querySelector('a, button') !== null]));
      let provoked = 0;
      for (const [id, byPage] of rows) {
        if (!byPage) continue;
        await page.goto(`${site}/codes.html`);
        const [answer] = await Promise.all([
          page.waitForEvent('response'),
          page.locator(`#${id}`).locator('a, button').click(),
        ]);
        assert.equal(answer.status(), Number(id.slice(1)), id);
        provoked++;
      }
      assert.ok(provoked >= 7, `${provoked} codes`);
      trouble.splice(0); // the console tells of each code above 400
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
rmSync(work, { recursive: true, force: true });
console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
