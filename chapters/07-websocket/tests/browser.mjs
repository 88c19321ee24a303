// Visits the chapter's pages, as its own server serves them, in Chromium:
//   npm install --prefix DIR playwright-core; NODE_PATH=DIR/node_modules node chapters/07-websocket/tests/browser.mjs
// CHROMIUM names the browser if it isn't /usr/bin/chromium. SCREENSHOTS names a directory for pictures of the pages.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const { chromium } = createRequire(import.meta.url)('playwright-core'); // require looks at NODE_PATH
const top = fileURLToPath(new URL('../../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'websocket-browser-'));
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const pages = readdirSync(join(top, 'chapters/07-websocket/site')).filter(name => name.endsWith('.html')).sort();

const running = new Set();
process.on('exit', () => running.forEach(server => server.kill()));

// Starts a server, and waits until it listens. A test that stops its server has one of its own.
async function start(port = 0, ...options) {
  const server = spawn('cargo', ['run', '-q', '-p', 'ch07-websocket', '--bin', 'ch07-websocket', '--', '--port', `${port}`, ...options],
    { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(server);
  server.once('exit', () => running.delete(server));
  const lines = createInterface({ input: server.stdout });
  const line = await Promise.race([
    new Promise(found => lines.once('line', found)),
    new Promise((_, failed) => server.once('exit', code => failed(new Error(`the server has ended with ${code}`)))),
  ]);
  const site = `http://${line.replace('listening on ', '')}`;
  const stop = async () => {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  };
  return { site, stop };
}

const { site } = await start();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: flags });

// A new window. The console has to stay silent, and nothing may come from elsewhere.
async function browse(options, visit) {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const trouble = [];
    page.on('console', message => { if (['error', 'warning'].includes(message.type())) trouble.push(message.text()); });
    page.on('pageerror', error => trouble.push(error.message));
    page.on('request', request => { if (!request.url().startsWith('http://127.0.0.1:')) trouble.push(`asks for ${request.url()}`); });
    await visit(page, trouble);
    assert.deepEqual(trouble, [], 'the console is silent and nothing comes from elsewhere');
  } finally {
    await context.close();
  }
}

const hex = bytes => Buffer.from(bytes).toString('hex').replace(/..(?=.)/g, '$& ');
const unmask = (bytes, key) => bytes.map((byte, at) => byte ^ key[at % 4]);
const bytesOf = text => [...Buffer.from(text.replace(/[^0-9a-f]/g, ''), 'hex')];
const button = (page, name) => page.getByRole('button', { name, exact: true });
const entries = (page, text) => page.locator('#log li').filter({ hasText: text });

// The page of frames, once it is connected.
async function open(page, address = site) {
  await page.goto(address);
  await entries(page, 'open: the server has answered').waitFor();
}

// The fields of the only frame of an entry, as bytes.
async function fields(entry) {
  await entry.waitFor();
  const found = await entry.locator('.field').evaluateAll(all => all.map(one => [one.className.replace('field ', ''), one.querySelector('b').textContent]));
  return Object.fromEntries(found.map(([name, text]) => [name, bytesOf(text)]));
}

// The page that shows a code, and the code's link.
async function showCode(page, address = site) {
  await page.goto(`${address}/qr.html`);
  await page.getByText('Waiting for a phone.').waitFor();
  return { link: await page.locator('#link').getAttribute('href') };
}

// A server that shakes hands, and then does with the socket what it is told.
async function bare(then) {
  const server = createServer(socket => socket.once('data', head => {
    const [, key] = /^sec-websocket-key: (.*)\r$/im.exec(head);
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on('error', () => {}); // a browser may leave as it likes
    then(socket);
  }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `ws://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

// What a page is told of a connection, from its beginning to its end.
const told = (page, address, protocols = []) => page.evaluate(([address, protocols]) => new Promise(resolve => {
  const events = [];
  const socket = new WebSocket(address, protocols);
  socket.onopen = () => events.push('open');
  socket.onmessage = ({ data }) => events.push(data);
  socket.onerror = () => events.push('error');
  socket.onclose = ({ code, reason, wasClean }) => resolve([...events, { code, reason, wasClean }]);
}), [address, protocols]);

const tests = {
  async 'every page opens, silently, and fits a desktop and a phone, light and dark'() {
    for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']]) {
      await browse({ viewport: { width, height: 900 }, colorScheme }, async page => {
        const shows = await page.context().newPage(); // a code, for the page of the phone
        const { link } = await showCode(shows);
        for (const name of pages) {
          const response = await page.goto(name === 'qr-phone.html' ? link : `${site}/${name}`);
          assert.equal(response.status(), 200);
          await page.locator('#log li, #output p, td.news:not(:empty), #code:not([hidden]), #ask:not([hidden])').first().waitFor();
          if (name === 'index.html') {
            await entries(page, 'open:').waitFor();
            await button(page, 'Send 4 MiB at once').click();
            await entries(page, 'binary, 65,536 bytes').first().waitFor();
            await page.locator('#text').fill('Hello, '.repeat(50));
            await button(page, 'Send text').click();
            await entries(page, 'text, 350 bytes').locator('visible=true').and(page.locator('.in')).waitFor();
          }
          if (name === 'news.html') await page.waitForFunction(() => [...document.querySelectorAll('td.news')].every(cell => Number(cell.textContent) >= 1));
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide at ${width}`);
          const text = await page.evaluate(() => getComputedStyle(document.body).color);
          assert.equal(text, colorScheme === 'dark' ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)');
          if (process.env.SCREENSHOTS) {
            await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
          }
        }
      });
    }
  },

  async 'the links lead from page to page, and all that can be used has a name'() {
    await browse({}, async page => {
      const { link } = await showCode(await page.context().newPage());
      const linked = pages.filter(name => name !== 'qr-phone.html'); // where a code leads
      for (const name of pages) {
        await page.goto(linked.includes(name) ? `${site}/${name}` : link);
        if (linked.includes(name)) {
          const hrefs = await page.locator('nav a').evaluateAll(links => links.map(link => new URL(link.href).pathname));
          assert.deepEqual(hrefs.map(path => (path === '/' ? 'index.html' : path.slice(1))).sort(), linked, `in ${name}`);
          assert.equal(await page.locator('nav [aria-current=page]').count(), 1);
        }
        const nameless = await page.locator('button, input, select').evaluateAll(all =>
          all.filter(one => !(one.textContent.trim() || one.labels?.length)).map(one => one.outerHTML));
        assert.deepEqual(nameless, [], `in ${name}`);
      }
    });
  },

  async 'a text goes out masked, and comes back without a mask'() {
    await browse({}, async page => {
      await open(page);
      await page.locator('#text').fill('Grüße, 猫');
      await page.locator('#text').press('Enter');
      const payload = [...Buffer.from('Grüße, 猫')];
      const sent = await fields(page.locator('#log .out'));
      assert.deepEqual(sent.first, [0x81]);
      assert.deepEqual(sent.second, [0x80 | payload.length]);
      assert.equal(sent.key.length, 4);
      assert.deepEqual(unmask(sent.payload, sent.key), payload);
      const received = await fields(page.locator('#log .in'));
      assert.deepEqual(received, { first: [0x81], second: [payload.length], payload });
    });
  },

  async 'bytes go out as binary, and what is no byte is refused'() {
    await browse({}, async page => {
      await open(page);
      await page.locator('#hex').fill('00ff 7e 0');
      await button(page, 'Send binary').click();
      await entries(page, 'not sent: bytes are pairs').waitFor();
      await page.locator('#hex').fill('00ff 7E');
      await button(page, 'Send binary').click();
      const received = await fields(page.locator('#log .in'));
      assert.deepEqual(received, { first: [0x82], second: [3], payload: [0x00, 0xff, 0x7e] });
    });
  },

  async 'a length is shown in 7, 16 or 64 bits'() {
    await browse({}, async page => {
      await open(page);
      for (const [length, second, extended] of [
        [0, [0x00], undefined], [125, [0x7d], undefined], [126, [0x7e], [0x00, 0x7e]],
        [65_535, [0x7e], [0xff, 0xff]], [65_536, [0x7f], [0, 0, 0, 0, 0, 1, 0, 0]],
      ]) {
        await button(page, 'Clear').click();
        await page.locator('#hex').fill('6d'.repeat(length));
        await button(page, 'Send binary').click();
        const received = await fields(page.locator('#log .in'));
        assert.deepEqual([received.second, received.length], [second, extended], `of ${length} bytes`);
      }
    });
  },

  async 'what the server says is text, whatever it looks like'() {
    await browse({}, async page => {
      await open(page);
      await page.locator('#text').fill('<img src=x onerror=alert(1)>');
      await button(page, 'Send text').click();
      assert.match(await page.locator('#log .in p').textContent(), /<img src=x onerror=alert\(1\)>/);
      assert.equal(await page.locator('#log img').count(), 0);
    });
  },

  async 'a close is sent with code and reason, and answered with the code'() {
    await browse({}, async page => {
      await open(page);
      for (const [code, sent, received] of [['3210', [0x0c, 0x8a, 0x62, 0x79, 0x65], [0x0c, 0x8a]], ['', undefined, undefined]]) {
        await page.locator('#code').fill(code);
        await page.locator('#reason').fill('bye');
        await button(page, 'Close').click();
        await entries(page, `closed: code ${code || 1005}, reason “”, clean`).waitFor();
        const out = await fields(page.locator('#log .out').first());
        assert.deepEqual(out.first, [0x88]);
        assert.deepEqual(out.payload && unmask(out.payload, out.key), sent);
        const back = await fields(page.locator('#log .in').first());
        assert.deepEqual([back.first, back.payload], [[0x88], received]);
        assert.equal(await page.locator('#state').textContent(), '3 CLOSED');
        assert.ok(await button(page, 'Send text').isDisabled());
        await button(page, 'Clear').click();
        await button(page, 'Connect').click();
        await page.locator('#state', { hasText: '1 OPEN' }).waitFor();
      }
    });
  },

  async 'a close that the browser refuses is explained, and the connection stays'() {
    await browse({}, async page => {
      await open(page);
      for (const [code, reason] of [['1001', ''], ['1000', 'x'.repeat(124)]]) {
        await page.locator('#code').fill(code);
        await page.locator('#reason').fill(reason);
        await button(page, 'Close').click();
        await entries(page, 'not closed: ').first().waitFor();
        await button(page, 'Clear').click();
      }
      assert.equal(await page.locator('#state').textContent(), '1 OPEN');
    });
  },

  async 'an address begins with ws or http, and has no fragment'() {
    await browse({}, async page => {
      await page.goto(site);
      const made = address => page.evaluate(async address => {
        try {
          const socket = new WebSocket(address);
          await new Promise(resolve => { socket.onopen = resolve; });
          return socket.url;
        } catch (error) {
          return error.name;
        }
      }, address);
      const ws = site.replace('http:', 'ws:');
      assert.equal(await made(`${ws}/ws`), `${ws}/ws`);
      assert.equal(await made(`${site}/ws`), `${ws}/ws`);
      assert.equal(await made('ftp://127.0.0.1/ws'), 'SyntaxError');
      assert.equal(await made(`${ws}/ws#part`), 'SyntaxError');
    });
  },

  async 'before it is open nothing can be sent, and what is sent behind its end is lost'() {
    await browse({}, async (page, trouble) => {
      await page.goto(site);
      const seen = await page.evaluate(async () => {
        const seen = [];
        const socket = new WebSocket('/ws');
        const send = () => {
          let thrown = '';
          try {
            socket.send('four');
          } catch (error) {
            thrown = error.name;
          }
          seen.push([socket.readyState, socket.protocol, thrown, socket.bufferedAmount]);
        };
        const next = event => new Promise(resolve => socket.addEventListener(event, resolve, { once: true }));
        send();
        await next('open');
        socket.close();
        send();
        await next('close');
        send();
        socket.close();
        return seen;
      });
      assert.deepEqual(seen, [[0, '', 'InvalidStateError', 0], [2, '', '', 4], [3, '', '', 8]]);
      assert.deepEqual(trouble.splice(0), Array(2).fill('WebSocket is already in CLOSING or CLOSED state.')); // for people
    });
  },

  async 'bytes come as a Blob, unless an ArrayBuffer was asked for'() {
    await browse({}, async page => {
      await page.goto(site);
      const seen = await page.evaluate(async () => {
        const socket = new WebSocket('/ws');
        await new Promise(resolve => { socket.onopen = resolve; });
        const echo = () => new Promise(resolve => {
          socket.onmessage = ({ data }) => resolve(data);
          socket.send(new Uint8Array([1, 2]));
        });
        const blob = await echo();
        socket.binaryType = 'arraybuffer';
        const buffer = await echo();
        let thrown = '';
        try {
          new Blob('blob contents');
        } catch (error) {
          thrown = error.name;
        }
        socket.close();
        return [blob.constructor.name, blob.size, buffer.constructor.name, buffer.byteLength, thrown, `${+buffer}`];
      });
      assert.deepEqual(seen, ['Blob', 2, 'ArrayBuffer', 2, 'TypeError', 'NaN']);
    });
  },

  async 'who has offered sub-protocols fails without an answer, and learns no reason'() {
    await browse({}, async (page, trouble) => {
      await page.goto(site);
      assert.deepEqual(await told(page, '/ws', ['chat']), ['error', { code: 1006, reason: '', wasClean: false }]);
      assert.match(trouble.splice(0).join(), /Sec-WebSocket-Protocol/); // for people, in the console
    });
  },

  async 'a connection is closed cleanly if both sides have said so, whoever began'() {
    await browse({}, async page => {
      await page.goto(site);
      const end = socket => socket.once('data', () => socket.end());
      for (const [close, code, reason] of [[[0x88, 5, 3, 0xe9, 0x62, 0x79, 0x65], 1001, 'bye'], [[0x88, 0], 1005, '']]) {
        const server = await bare(socket => { socket.write(Buffer.from(close)); end(socket); });
        assert.deepEqual(await told(page, server.address), ['open', { code, reason, wasClean: true }]);
        server.stop();
      }
      const server = await bare(socket => { socket.write(Buffer.from([0x81, 2, 0x68, 0x69])); socket.end(); });
      assert.deepEqual(await told(page, server.address), ['open', 'hi', { code: 1006, reason: '', wasClean: false }]);
      server.stop();
    });
  },

  async 'a ping is answered by the browser, and its page hears nothing of it'() {
    await browse({}, async page => {
      await page.goto(site);
      let answer;
      const server = await bare(socket => {
        socket.write('\x89\x05hello', 'latin1');
        socket.once('data', bytes => {
          answer = [...bytes];
          socket.write('\x81\x03end\x88\x00', 'latin1');
          socket.once('data', () => socket.end());
        });
      });
      assert.deepEqual(await told(page, server.address), ['open', 'end', { code: 1005, reason: '', wasClean: true }]);
      const [first, second, ...rest] = answer;
      assert.deepEqual([first, second], [0x8a, 0x80 | 5]);
      assert.deepEqual(unmask(rest.slice(4), rest.slice(0, 4)), bytesOf('68656c6c6f'));
      server.stop();
    });
  },

  async 'of the sub-protocols that the page offers, the server chooses one that it speaks'() {
    const other = await start(0, '--protocol', 'chat.v1');
    await browse({}, async page => {
      await open(page, other.site);
      assert.equal(await page.locator('#protocol').textContent(), 'none');
      for (const [offer, answer] of [['chat.v1, chat.v1', 'not connected: '], ['a chat', 'not connected: '], ['chat.v2, chat.v1', 'open: ']]) {
        if (await button(page, 'Connect').isDisabled()) {
          await button(page, 'Close').click();
          await entries(page, 'closed: ').waitFor();
        }
        await page.getByLabel('Sub-protocols to offer').fill(offer);
        await button(page, 'Clear').click();
        await button(page, 'Connect').click();
        await entries(page, answer).waitFor();
      }
      assert.equal(await page.locator('#protocol').textContent(), 'chat.v1');
    });
    await other.stop();
  },

  async 'with keys alone: a message is sent, and the connection closed'() {
    await browse({}, async page => {
      await open(page);
      const reach = async id => {
        for (let at = 0; at < 40; at++) {
          await page.keyboard.press('Tab');
          if (await page.evaluate(() => document.activeElement.id || document.activeElement.textContent) === id) return;
        }
        assert.fail(`no Tab leads to ${id}`);
      };
      await reach('reason');
      await reach('text');
      await reach('Send text');
      await page.keyboard.press('Space');
      await page.locator('#log .in', { hasText: '“Hello”' }).waitFor();
      await reach('log');
      await reach('code');
      await page.keyboard.press('Enter');
      await entries(page, 'closed: code 1000').waitFor();
    });
  },

  async 'a page that has lost its server connects again, once there is one'() {
    const first = await start();
    await browse({}, async (page, trouble) => {
      await open(page, first.site);
      await first.stop();
      await entries(page, 'closed: code 1001').waitFor();
      await page.locator('#retry', { hasText: /Attempt \d+ in/ }).waitFor();
      await button(page, 'Clear').click();
      const second = await start(new URL(first.site).port);
      await entries(page, 'open: the server has answered').waitFor();
      await button(page, 'Send text').click();
      await page.locator('#log .in', { hasText: '“Hello”' }).waitFor();
      await second.stop();
      trouble.splice(0); // the console tells of each attempt in vain
    });
  },

  async 'whoever has closed stays away'() {
    await browse({}, async page => {
      await open(page);
      await button(page, 'Close').click();
      await entries(page, 'closed: code 1000').waitFor();
      assert.equal(await page.locator('#retry').textContent(), '');
    });
  },

  async 'a question of the page is answered, and its way and back measured'() {
    await browse({}, async page => {
      await open(page);
      await button(page, 'Ask now').click();
      await page.locator('#answered', { hasText: /answered after [0-9.]+ ms/ }).waitFor();
      assert.match(await page.locator('#ping').textContent(), /89.*ping.*00/);
      assert.match(await page.locator('#pong').textContent(), /8a.*pong.*80/);
    });
  },

  async 'at once, 4 MiB wait in the browser; paced, next to nothing does'() {
    await browse({}, async page => {
      const piece = 64 * 1024;
      for (const [name, least, most] of [['Send 4 MiB at once', 2 * piece, 64 * piece + 1000], ['Send 4 MiB, paced', 0, 10240 + piece + 100]]) {
        await open(page);
        await page.evaluate(() => {
          window.received = 0;
          const log = document.getElementById('log');
          new MutationObserver(changes => changes.forEach(({ addedNodes }) => addedNodes.forEach(node => { window.received += node.className === 'in'; }))).observe(log, { childList: true });
        });
        await button(page, name).click();
        await page.waitForFunction(() => window.received === 64);
        await page.locator('#buffered', { hasText: '0 bytes' }).waitFor();
        const [, digits] = /highest: ([0-9,]+)/.exec(await page.locator('#buffered').textContent());
        const highest = Number(digits.replaceAll(',', ''));
        assert.ok(highest >= least && highest <= most, `${highest} bytes waited: ${name}`);
      }
    });
  },

  async 'the server pushes the time, and the path can be changed back'() {
    await browse({}, async page => {
      await open(page);
      await page.locator('#path').selectOption('/ws/broadcast-time');
      await entries(page, /text, 29 bytes: “.* GMT”/).nth(1).waitFor();
      const received = await fields(entries(page, 'GMT').first());
      assert.deepEqual([received.first, received.second], [[0x81], [29]]);
      await page.locator('#path').selectOption('/ws');
      await entries(page, 'and /ws speaks WebSocket').nth(1).waitFor();
      await page.locator('#text').fill('again');
      await button(page, 'Send text').click();
      await page.locator('#log .in', { hasText: '“again”' }).waitFor();
    });
  },

  async 'each of the four ways brings news, and its price is counted'() {
    await browse({}, async page => {
      await page.goto(`${site}/news.html`);
      const cell = (way, column) => page.locator(`#${way} .${column}`);
      const number = async (way, column) => Number((await cell(way, column).textContent()).replace(/[^0-9]/g, ''));
      for (const way of ['poll', 'long-poll', 'events', 'socket']) {
        await page.waitForFunction(way => Number(document.querySelector(`#${way} .news`).textContent) >= 2, way);
        assert.match(await cell(way, 'delay').textContent(), /^[0-9,]+ ms$/);
      }
      await button(page, 'Stop').click();
      for (const way of ['poll', 'long-poll']) {
        assert.ok(await number(way, 'requests') > await number(way, 'news'), `${way} asks for each`);
        assert.ok(await number(way, 'bytes') > 300, `${way} sends heads`);
      }
      assert.equal(await number('events', 'requests'), 1);
      assert.equal(await number('socket', 'requests'), 1);
      assert.equal(await number('events', 'bytes'), 'data: Sun, 06 Nov 1994 08:49:37 GMT\n\n'.length);
      assert.equal(await number('socket', 'bytes'), 2 + 29);
    });
  },

  async 'who polls often asks in vain, and can stop, and begin again'() {
    await browse({}, async page => {
      await page.goto(`${site}/news.html`);
      await page.getByLabel('Short polling asks').selectOption('5 times a second');
      await page.waitForFunction(() => Number(document.querySelector('#poll .vain').textContent) >= 3);
      await button(page, 'Stop').click();
      await button(page, 'Count from zero').click();
      assert.deepEqual(await page.locator('td.requests').allTextContents(), ['0', '0', '0', '0']);
      await button(page, 'Start').click();
      await page.waitForFunction(() => [...document.querySelectorAll('td.news')].every(cell => Number(cell.textContent) >= 1));
    });
  },

  async 'all four come back when the server does'() {
    const first = await start();
    await browse({}, async (page, trouble) => {
      await page.goto(`${first.site}/news.html`);
      const news = least => page.waitForFunction(least => [...document.querySelectorAll('td.news')].every(cell => Number(cell.textContent) >= least), least);
      await news(1);
      await first.stop();
      const second = await start(new URL(first.site).port);
      await page.evaluate(() => document.querySelectorAll('td.news').forEach(cell => { cell.before = Number(cell.textContent); }));
      await page.waitForFunction(() => [...document.querySelectorAll('td.news')].every(cell => Number(cell.textContent) > cell.before));
      await button(page, 'Stop').click();
      await second.stop();
      trouble.splice(0); // the console tells of each attempt in vain
    });
  },

  async 'a phone lets a page in, which hears of it from the server'() {
    await browse({}, async page => {
      const { link } = await showCode(page);
      assert.match(link, new RegExp(`^${site}/qr-phone\\.html#[-_0-9A-Za-z]{22}$`));
      await page.waitForFunction(() => document.getElementById('image').naturalWidth > 100);
      // The second tab plays the phone. It is told who asks, and nothing has happened.
      const [phone] = await Promise.all([page.waitForEvent('popup'), page.locator('#link').click()]);
      await phone.getByText('127.0.0.1', { exact: true }).waitFor();
      assert.match(await phone.locator('#browser').textContent(), /Chrome/);
      assert.equal(await page.locator('#state').textContent(), 'Waiting for a phone.');
      await phone.getByLabel('Your name').fill('<b>Ada</b> 猫');
      await phone.getByLabel('Your name').press('Enter');
      await phone.getByText('Done: the page has been told.').waitFor();
      await page.getByRole('heading', { name: 'Hello, <b>Ada</b> 猫!' }).waitFor();
      assert.equal(await page.locator('#state').textContent(), 'The phone has confirmed.');
      assert.ok(await page.locator('#code').isHidden());
      assert.equal(await page.locator('#name b').count(), 0);
    });
  },

  async 'a code is good once, and a phone that comes late or without one is told'() {
    await browse({}, async (page, trouble) => {
      const { link } = await showCode(page);
      const [first, second] = [await page.context().newPage(), await page.context().newPage()];
      for (const phone of [first, second]) {
        await phone.goto(link);
        await phone.getByLabel('Your name').fill('Ada');
      }
      await button(first, 'Yes, let it in').click();
      await first.getByText('Done: ').waitFor();
      await button(second, 'Yes, let it in').click();
      await second.getByText('This code has been used already.').waitFor();
      assert.ok(await second.locator('#ask').isHidden());
      await second.goto(`${site}/qr-phone.html`);
      await second.getByText('This is no whole code.').waitFor();
      await second.goto(`${site}/qr-phone.html#AAAAAAAAAAAAAAAAAAAAAA`);
      await second.getByText('This server knows no such code.').waitFor();
      trouble.splice(0); // the console tells of each refusal
    });
  },

  async 'within another page, the page of the phone asks nothing'() {
    await browse({}, async page => {
      const { link } = await showCode(page);
      const around = await page.context().newPage();
      await around.goto(`${site}/echo-client.html`);
      await around.evaluate(link => {
        document.body.append(Object.assign(document.createElement('iframe'), { src: link }));
      }, link);
      const phone = around.frameLocator('iframe');
      await phone.getByText('asks nothing as a part of another page').waitFor();
      assert.ok(await phone.locator('#ask').isHidden());
    });
  },

  async 'whoever says no ends the login, and the page can begin another'() {
    await browse({}, async page => {
      const { link } = await showCode(page);
      const phone = await page.context().newPage();
      await phone.goto(link);
      await button(phone, 'No').click();
      await phone.getByText('Done: the page will not be let in.').waitFor();
      await page.getByText('This code has been declined.').waitFor();
      await button(page, 'Get a new code').click();
      await page.getByText('Waiting for a phone.').waitFor();
      assert.notEqual(await page.locator('#link').getAttribute('href'), link);
    });
  },

  async 'a code goes with its page, and when its time is over'() {
    const brief = await start(0, '--code-life', '1');
    await browse({}, async (page, trouble) => {
      const { link } = await showCode(page);
      const phone = await page.context().newPage();
      await phone.goto(link);
      await phone.getByLabel('Your name').fill('Ada');
      const gone = page.waitForEvent('close');
      await page.close();
      await gone;
      // The server hears of that on the page's own connection, which may be a little later.
      for (let at = 0; ; at++) {
        const told = await phone.evaluate(async () => (await fetch('/login/look', { method: 'POST', body: new URLSearchParams({ token: location.hash.slice(1) }) })).text());
        if (told === 'The page that showed this code is gone.') break;
        assert.ok(at < 1000, told);
      }
      await button(phone, 'Yes, let it in').click();
      await phone.getByText('The page that showed this code is gone.').waitFor();
      await phone.goto(`${brief.site}/qr.html`);
      await phone.getByText('This code has expired.').waitFor();
      trouble.splice(0);
    });
    await brief.stop();
  },

  async 'with several loops the page says why there is no code, and a lost server is told, too'() {
    const several = await start(0, '--loops', '2');
    const lost = await start();
    await browse({}, async page => {
      await page.goto(`${several.site}/qr.html`);
      await page.getByText('would know only its own').waitFor();
      await showCode(page, lost.site);
      await lost.stop();
      await page.getByText('The connection to the server is lost (code 1001)').waitFor();
      await button(page, 'Get a new code').waitFor();
    });
    await several.stop();
  },

  async 'the echo client says hello, hears it, and closes'() {
    await browse({}, async page => {
      await page.goto(`${site}/echo-client.html`);
      await page.getByText('Disconnected').waitFor();
      assert.deepEqual(await page.locator('#output p').allTextContents(),
        ['Connected', 'Message sent', 'Message received: Hello WebSocket!', 'Disconnected: 1005']);
    });
  },
};

const only = process.argv[2] ?? '';
const chosen = Object.entries(tests).filter(([name]) => name.includes(only));
let failed = 0;
for (const [name, test] of chosen) {
  try {
    await test();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}
await browser.close();
rmSync(work, { recursive: true, force: true });
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
