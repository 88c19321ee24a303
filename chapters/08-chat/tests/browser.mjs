// Visits the room with Chromium, a terminal client in tmux, and plain sockets, all at once:
//   npm install --prefix DIR playwright-core; NODE_PATH=DIR/node_modules node chapters/08-chat/tests/browser.mjs
// CHROMIUM names the browser if it isn't /usr/bin/chromium. SCREENSHOTS names a directory for pictures of the page.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const { chromium } = createRequire(import.meta.url)('playwright-core'); // require looks at NODE_PATH
const top = fileURLToPath(new URL('../../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'chat-browser-'));
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const DEADLINE = 20_000;

const running = new Set();
process.on('exit', () => running.forEach(server => server.kill()));

// Starts a server, and waits until it listens.
async function start({ port = 0, webPort = 0, options = [] } = {}) {
  const server = spawn('cargo', ['run', '-q', '-p', 'ch08-chat', '--bin', 'ch08-chat', '--', '--port', `${port}`, '--web-port', `${webPort}`, ...options],
    { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(server);
  server.once('exit', () => running.delete(server));
  const lines = createInterface({ input: server.stdout });
  const address = new Promise(found => lines.on('line', line => line.startsWith('page at ') && found(line.slice('page at '.length, -1))));
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(server, 'exit').then(([code]) => { throw new Error(`the server has ended with ${code}`); }),
  ]);
  const stop = async signal => {
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  const site = await address;
  return { site, webPort: Number(new URL(site).port), port: Number(line.split(':').at(-1)), stop };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: flags });

// Tabs of one browser, each with a room of its own in its `sessionStorage`. The console has to stay
// silent, and nothing may come from elsewhere.
async function browse(options, visit) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(DEADLINE);
  const trouble = [];
  const tab = async (site, nick, before = async () => {}) => {
    const page = await context.newPage();
    page.on('console', message => { if (['error', 'warning'].includes(message.type())) trouble.push(message.text()); });
    page.on('pageerror', error => trouble.push(error.message));
    page.on('request', request => { if (!request.url().startsWith('http://127.0.0.1:')) trouble.push(`asks for ${request.url()}`); });
    await before(page);
    await page.goto(site);
    await line(page, /^welcome, /).waitFor();
    if (nick) await rename(page, nick);
    return page;
  };
  try {
    await visit(tab, trouble);
    assert.deepEqual(trouble, [], 'the console is silent and nothing comes from elsewhere');
  } finally {
    await context.close();
  }
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const line = (page, text) => page.locator('#lines p').filter({ hasText: text });
const lines = (page, kind = 'said') => page.locator(`#lines .${kind}`).allTextContents();
const nicks = page => page.locator('#nicks li').allTextContents();
const quote = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

async function say(page, text) {
  await page.locator('#typed').fill(text);
  await page.locator('#typed').press('Enter');
}

async function rename(page, nick) {
  await say(page, `/nick ${nick}`);
  await line(page, `you are now ${nick}`).waitFor();
}

// A member with a plain socket, once it is welcome. `expect` waits until a line has come so many times.
async function member(port, nick) {
  const socket = connect(port, '127.0.0.1');
  const heard = [];
  let changed = () => {};
  createInterface({ input: socket }).on('line', text => { heard.push(text); changed(); });
  socket.on('error', () => {});
  const expect = async (text, times = 1) => {
    const timer = setTimeout(() => changed(new Error(`“${text}” doesn't come; what came: ${heard.join('\n')}`)), DEADLINE);
    while (heard.filter(one => one.startsWith(text)).length < times) {
      const failure = await new Promise(resolve => { changed = resolve; });
      if (failure) throw failure;
    }
    clearTimeout(timer);
  };
  const send = text => socket.write(`${text}\n`);
  await expect('- welcome, ');
  if (nick) {
    send(`/nick ${nick}`);
    await expect(`- guest-1 is now ${nick}`);
  }
  return { heard, send, expect, leave: () => socket.destroy() };
}

// The terminal client, in a terminal that tmux plays.
function terminal(port, nick) {
  const tmux = (...options) => execFileSync('tmux', ['-u', '-S', join(work, 'tmux'), '-f', '/dev/null', ...options], { cwd: top, encoding: 'utf8', stdio: 'pipe' });
  tmux('new-session', '-d', '-x', '100', '-y', '30', `exec cargo run -q -p ch08-chat --bin chat -- --nick ${nick} 127.0.0.1:${port}`);
  const expect = async text => {
    const end = Date.now() + DEADLINE;
    while (!tmux('capture-pane', '-p', '-J').includes(text)) {
      assert.ok(Date.now() < end, `“${text}” doesn't come; what is there:\n${tmux('capture-pane', '-p')}`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  };
  const type = text => { tmux('send-keys', '-l', text); tmux('send-keys', 'Enter'); };
  return { expect, type, end: () => tmux('kill-server') };
}

// What stands between a page and its server, and can fail. `up` is what pages send, `down` what they get.
async function between(target) {
  const pairs = new Set();
  const holds = { up: false, down: false };
  let refuses = false;
  const proxy = createServer(page => {
    if (refuses) return page.destroy();
    const server = connect(target, '127.0.0.1');
    const pair = [page, server];
    pairs.add(pair);
    const end = () => { pair.forEach(socket => socket.destroy()); pairs.delete(pair); };
    pair.forEach(socket => socket.on('error', end).on('close', end));
    page.on('data', data => holds.up || server.write(data));
    server.on('data', data => holds.down || page.write(data));
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    site: `http://127.0.0.1:${proxy.address().port}`,
    swallow: way => { holds[way] = true; },
    cut: () => { refuses = true; [...pairs].forEach(pair => pair.forEach(socket => socket.destroy())); },
    mend: () => { refuses = holds.up = holds.down = false; },
    end: () => { proxy.close(); [...pairs].forEach(pair => pair.forEach(socket => socket.destroy())); },
  };
}

// Waits for a page's next attempt, or has it made now.
async function comeBack(page) {
  await button(page, 'Try now').click({ timeout: 2000 }).catch(() => {}); // it may have come back by itself
  await line(page, /^back as |another room/).last().waitFor();
  await page.getByText('connected', { exact: true }).waitFor();
}

const tests = {
  async 'the page fits a desktop and a phone, light and dark'() {
    for (const [width, height, colorScheme] of [[1280, 800, 'light'], [1280, 800, 'dark'], [390, 800, 'light'], [390, 800, 'dark']]) {
      const { site, port, stop } = await start();
      await browse({ viewport: { width, height }, colorScheme }, async (tab, trouble) => {
        const page = await tab(site, 'alice');
        const others = [];
        for (const nick of ['bob', 'Renée', '小猫', 'דניאל', 'a-name-of-20-letters']) others.push(await member(port, nick));
        const [bob, renee, cat, daniel] = others;
        bob.send('hello, everybody');
        renee.send('Ça va ? 🎉');
        cat.send('/me stretches, and looks at the window');
        daniel.send('שלום לכולם!');
        daniel.send('/msg alice only for you');
        await line(page, 'only for you').waitFor();
        for (const text of ['a line that is rather long, so that a narrow window has to break it somewhere, and then once more',
          `${'x'.repeat(200)}`, '/msg bob fine, and you?', '/nope', '/who', '/help']) await say(page, text);
        await page.locator('#lines .notice', { hasText: '//TEXT' }).waitFor();
        const shot = async name => process.env.SCREENSHOTS && page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-${width}-${colorScheme}.png`) });
        const fits = async () => {
          const overflow = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
          assert.ok(overflow.every(pixels => pixels <= 0), `${overflow} pixels too wide and too high at ${width}`);
        };
        await fits();
        await page.locator('#typed').fill('é'.repeat(501));
        await page.getByText('2 bytes too many').waitFor();
        await shot('room');
        await page.locator('summary').click();
        await fits();
        await shot('room-folded');
        others.forEach(other => other.leave());
        await line(page, 'bob left').waitFor();
        await stop('SIGTERM');
        await page.getByText('the server is going down: goodbye').waitFor();
        await fits();
        await shot('room-lost');
        trouble.splice(0);
      });
    }
  },

  async 'two tabs, a terminal and a socket talk in one room, in one order'() {
    const { site, port, stop } = await start();
    const tom = terminal(port, 'tom');
    try {
      await browse({}, async tab => {
        const alice = await tab(site, 'alice');
        const bob = await tab(site, 'bob');
        await tom.expect('tom');
        await alice.locator('#nicks').getByText('tom', { exact: true }).waitFor();
        const sue = await member(port);
        sue.send('/nick sue');
        await line(alice, 'is now sue').waitFor();
        await tom.expect('is now sue');
        tom.type('hello from the terminal');
        await line(alice, 'tom: hello from the terminal').waitFor();
        await sue.expect('<tom> hello from the terminal');
        await say(alice, 'hello from a tab');
        await tom.expect('<alice> hello from a tab');
        sue.send('/me waves');
        await line(bob, '* sue waves').waitFor();
        await say(bob, '/msg tom a word alone');
        await tom.expect('[bob to you] a word alone');
        tom.type('/msg bob and back');
        await line(bob, 'private, tom to you: and back').waitFor();
        // All at once: whatever the order, it is the same for everybody.
        sue.send(Array.from({ length: 5 }, (_, at) => `sue ${at}`).join('\n'));
        for (let at = 0; at < 5; at++) await Promise.all([say(alice, `alice ${at}`), say(bob, `bob ${at}`)]);
        for (const page of [alice, bob]) {
          await page.waitForFunction(() => document.querySelectorAll('#lines .said').length === 2 + 15);
        }
        const said = (await lines(alice)).slice(2);
        assert.equal(new Set(said).size, 15);
        assert.deepEqual((await lines(bob)).slice(2), said);
        const last = said.at(-1).replace(/^(\w+): /, '<$1> ');
        await sue.expect(last);
        assert.deepEqual(sue.heard.filter(text => /^<\w+> \w+ \d$/.test(text)), said.map(text => text.replace(/^(\w+): /, '<$1> ')));
        await tom.expect(last);
        assert.deepEqual(await nicks(alice), ['alice', 'bob', 'sue', 'tom']);
        assert.ok(!sue.heard.some(text => text.includes('alone') || text.includes('and back')), 'what is private stays so');
        assert.equal(await line(alice, 'a word alone').count(), 0);
        tom.type('/quit');
        await line(alice, 'tom left').waitFor();
        assert.deepEqual(await nicks(alice), ['alice', 'bob', 'sue']);
      });
    } finally {
      try { tom.end(); } catch { /* it has ended with its last terminal */ }
    }
    await stop();
  },

  async 'scripts, emoji, markup and escape codes are shown as text everywhere'() {
    const { site, port, stop } = await start();
    const tom = terminal(port, 'tom');
    try {
      await browse({}, async tab => {
        const alice = await tab(site, 'alice');
        const bob = await tab(site, 'bob');
        await alice.locator('#nicks').getByText('tom', { exact: true }).waitFor();
        const sue = await member(port);
        const texts = ['<img src=x onerror=alert(1)>', '&lt;b&gt; & "quotes"', '你好，世界', 'Ελληνικά и кириллица', 'नमस्ते', 'e\u0301', '\\u0041 %41', '😀🎉'];
        for (const text of texts) {
          await say(alice, text);
          await line(bob, new RegExp(`^alice: ${quote(text)}$`)).waitFor();
          await sue.expect(`<alice> ${text}`);
          await tom.expect(`<alice> ${text}`);
        }
        for (const [typed, shown] of [['red \x1b[31mred\x1b[0m \x1b]0;title\x07', 'red ␛[31mred␛[0m ␛]0;title␇'], ['\u202eevil\u202c', '\ufffdevil\ufffd'], ['\u0001\u007f\u009b31m', '␁␡\ufffd31m']]) {
          sue.send(typed);
          await line(alice, shown).waitFor();
          await line(bob, shown).waitFor();
          await tom.expect(shown);
          assert.equal((await lines(bob)).at(-1).split(': ')[1], shown);
        }
        assert.equal(await bob.locator('#lines img, #lines b').count(), 0);
        // A name may look like markup's parts, but have none of its marks.
        for (const nick of ['🦊', 'שלום', 'مرحبا', '小猫', '&amp;', 'b"onclick=', '__proto__', 'constructor']) {
          await rename(alice, nick);
          await line(bob, `is now ${nick}`).waitFor();
          await say(alice, `I am ${nick}`);
          await line(bob, `${nick}: I am ${nick}`).waitFor();
          await tom.expect(`I am ${nick}`);
          assert.ok((await nicks(bob)).includes(nick), nick);
        }
        await say(alice, '/nick <b>');
        await alice.locator('#lines .refused', { hasText: '< > [ ]' }).waitFor();
      });
    } finally {
      tom.end();
    }
    await stop();
  },

  async 'a name from right to left leaves what stands around it in its place'() {
    const { site, port, stop } = await start();
    await browse({}, async tab => {
      const alice = await tab(site, 'alice');
      const dani = await member(port);
      dani.send('/nick דניאל');
      dani.send('123 hello');
      dani.send('שלום, alice!');
      await line(alice, 'alice!').waitFor();
      for (const said of await alice.locator('#lines .said').all()) {
        const [nick, text] = [await said.locator('.nick').boundingBox(), await said.locator('.text').boundingBox()];
        assert.ok(nick.x + nick.width < text.x, 'first the name, then the text');
      }
      const joined = await alice.locator('#lines .event', { hasText: 'is now' }).last().locator('.nick').all();
      const [from, to] = [await joined[0].boundingBox(), await joined[1].boundingBox()];
      assert.ok(from.x < to.x);
    });
    await stop();
  },

  async 'a private line reaches one, and its sender'() {
    const { site, stop } = await start();
    await browse({}, async tab => {
      const [alice, bob, eve] = [await tab(site, 'alice'), await tab(site, 'bob'), await tab(site, 'eve')];
      await say(alice, '/msg BOB a secret');
      await line(bob, 'private, alice to you: a secret').waitFor();
      await line(alice, 'private, you to bob: a secret').waitFor();
      await say(alice, 'to all');
      for (const page of [alice, eve]) await line(page, 'alice: to all').waitFor();
      assert.equal(await line(eve, 'secret').count(), 0);
      assert.equal(await alice.locator('#unconfirmed li').count(), 0, 'both have come back');
    });
    await stop();
  },

  async 'what is refused is told to its sender alone, and so is help'() {
    const { site, stop } = await start();
    await browse({}, async tab => {
      const [alice, bob] = [await tab(site, 'alice'), await tab(site, 'bob')];
      for (const [typed, told] of [['/dance', 'there is no command /dance'], ['/msg carol hello', 'nobody here is called carol'], ['/msg alice hello', 'yourself'],
        ['/nick bob', 'somebody else is called bob'], ['/me', '/me TEXT'], ['/', 'there is no command /']]) {
        await say(alice, typed);
        await alice.locator('#lines .refused', { hasText: told }).last().waitFor();
      }
      await say(alice, '/help');
      await alice.locator('#lines .notice', { hasText: '/who says who is here' }).waitFor();
      await say(alice, '/who');
      await line(alice, '2 here: alice, bob').waitFor();
      await say(alice, '//help is a command');
      for (const page of [alice, bob]) await line(page, 'alice: /help is a command').waitFor();
      assert.equal(await bob.locator('#lines .refused, #lines .notice').count(), 0);
      assert.equal(await alice.locator('#unconfirmed li').count(), 0, 'nothing is waited for');
    });
    await stop();
  },

  async 'a line that is too long is told before it is sent, and stays'() {
    const { site, stop } = await start();
    await browse({}, async tab => {
      const [alice, bob] = [await tab(site, 'alice'), await tab(site, 'bob')];
      await alice.locator('#typed').fill('é'.repeat(500) + 'x');
      await alice.getByText('1 byte too many').waitFor();
      await alice.locator('#typed').press('Enter');
      await alice.locator('#typed').press('Backspace');
      await alice.getByText('0 bytes left').waitFor();
      await alice.locator('#typed').press('Enter');
      await line(bob, `alice: ${'é'.repeat(500)}`).waitFor();
      await say(alice, '   ');
      await say(alice, 'behind it');
      await line(bob, 'behind it').waitFor();
      assert.deepEqual(await lines(alice, 'refused'), []);
      assert.equal((await lines(bob)).length, 2);
    });
    await stop();
  },

  async 'what is said while nobody looks is counted in the title'() {
    const { site, port, stop } = await start();
    await browse({}, async tab => {
      const alice = await tab(site, 'alice');
      const hidden = is => alice.evaluate(is => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => is });
        document.dispatchEvent(new Event('visibilitychange'));
      }, is);
      const bob = await member(port);
      bob.send('seen');
      await line(alice, 'seen').waitFor();
      assert.equal(await alice.title(), 'Chat room');
      await hidden(true);
      bob.send('/nick bob');
      bob.send('one\n/me does two');
      bob.send('/msg alice three');
      await line(alice, 'three').waitFor();
      assert.equal(await alice.title(), '(3) Chat room');
      await hidden(false);
      assert.equal(await alice.title(), 'Chat room');
    });
    await stop();
  },

  async 'the newest line is in sight, unless somebody reads further up'() {
    const { site, port, stop } = await start();
    await browse({ viewport: { width: 800, height: 500 } }, async tab => {
      const alice = await tab(site, 'alice');
      const bob = await member(port);
      for (let at = 0; at < 20; at++) bob.send(`line ${at}`);
      await line(alice, 'line 19').waitFor();
      const fromEnd = () => alice.locator('#lines').evaluate(one => one.scrollHeight - one.scrollTop - one.clientHeight);
      assert.ok(await fromEnd() < 2, 'it follows');
      await alice.locator('#lines').evaluate(one => { one.scrollTop = 0; });
      bob.send('and another');
      await button(alice, 'New lines below').click();
      await button(alice, 'New lines below').waitFor({ state: 'hidden' });
      assert.ok(await fromEnd() < 2);
      await alice.locator('#lines').evaluate(one => { one.scrollTop = 0; });
      bob.send('one more');
      await button(alice, 'New lines below').waitFor();
      assert.equal(await alice.locator('#lines').evaluate(one => one.scrollTop), 0, 'it stays');
      await say(alice, 'mine');
      await line(alice, 'mine').waitFor();
      assert.ok(await fromEnd() < 2, 'one sees what one says');
      await alice.setViewportSize({ width: 800, height: 300 });
      await alice.waitForFunction(() => {
        const one = document.getElementById('lines');
        return one.clientHeight < 200 && one.scrollHeight - one.scrollTop - one.clientHeight < 2;
      });
    });
    await stop();
  },

  async 'the members are listed as they come, go, and are called'() {
    const { site, port, stop } = await start();
    await browse({}, async tab => {
      const alice = await tab(site, 'alice');
      assert.deepEqual(await nicks(alice), ['alice']);
      const bob = await member(port);
      await line(alice, 'guest-1 joined').waitFor();
      assert.deepEqual(await nicks(alice), ['alice', 'guest-1']);
      bob.send('/nick Bob');
      await line(alice, 'guest-1 is now Bob').waitFor();
      assert.deepEqual(await nicks(alice), ['alice', 'Bob']);
      await alice.reload(); // the name is the tab's, and comes back
      await line(alice, 'you are now alice').waitFor();
      assert.deepEqual(await nicks(alice), ['alice', 'Bob']);
      bob.send('/quit');
      await line(alice, 'Bob left').waitFor();
      assert.deepEqual(await nicks(alice), ['alice']);
      assert.equal(await alice.locator('#here').textContent(), '1');
    });
    await stop();
  },

  async 'of a large room some names are listed, and the others counted'() {
    const { site, port, stop } = await start();
    const others = await Promise.all(Array.from({ length: 120 }, () => member(port)));
    await browse({}, async tab => {
      const alice = await tab(site);
      await alice.getByText('and 21 more').waitFor();
      assert.equal(await alice.locator('#here').textContent(), '121');
      others.pop().leave();
      await line(alice, ' left').waitFor();
      assert.equal(await alice.locator('#here').textContent(), '120');
    });
    await stop();
  },

  async 'a newcomer is told what was said before'() {
    const { site, port, stop } = await start();
    const bob = await member(port);
    bob.send('before');
    bob.send('/me was first');
    await bob.expect('* guest-1 was first');
    await browse({}, async tab => {
      const alice = await tab(site);
      await line(alice, '* guest-1 was first').waitFor();
      assert.deepEqual(await alice.locator('#lines .was').allTextContents(), ['guest-1: before', '* guest-1 was first']);
      bob.send('now');
      await line(alice, 'now').waitFor();
      assert.equal(await alice.locator('#lines .was').count(), 2);
      assert.equal(await alice.locator('#lines .gap').count(), 0);
    });
    await stop();
  },

  async 'a page whose connection broke comes back, and shows each line once'() {
    const { port, webPort, stop } = await start();
    const network = await between(webPort);
    await browse({}, async (tab, trouble) => {
      const alice = await tab(network.site, 'alice');
      const bob = await member(port);
      bob.send('one');
      await say(alice, 'two');
      await line(alice, 'alice: two').waitFor();
      for (let round = 0; round < 3; round++) {
        network.cut();
        await alice.getByText('the connection is lost').waitFor();
        await bob.expect('- alice left (connection lost)', round + 1); // or the name would be taken
        bob.send(`missed ${round}`);
        await bob.expect(`<guest-1> missed ${round}`);
        network.mend();
        await comeBack(alice);
        await line(alice, 'you are now alice').nth(round + 1).waitFor();
        bob.send(`heard ${round}`);
        await line(alice, `heard ${round}`).waitFor();
      }
      assert.deepEqual(await lines(alice), ['guest-1: one', 'alice: two',
        'guest-1: missed 0', 'guest-1: heard 0', 'guest-1: missed 1', 'guest-1: heard 1', 'guest-1: missed 2', 'guest-1: heard 2']);
      assert.deepEqual(await lines(alice, 'gap'), []);
      trouble.splice(0); // the console tells of each attempt in vain
    });
    network.end();
    await stop();
  },

  async 'what is missing after a long pause is said to be missing'() {
    const { port, webPort, stop } = await start();
    const network = await between(webPort);
    await browse({}, async (tab, trouble) => {
      const alice = await tab(network.site);
      const bob = await member(port);
      bob.send('before');
      await line(alice, 'before').waitFor();
      network.cut();
      await alice.getByText('the connection is lost').waitFor();
      await bob.expect('- guest-1 left (connection lost)');
      for (let at = 0; at < 25; at++) bob.send(`missed ${at}`);
      await bob.expect('<guest-2> missed 24');
      network.mend();
      await comeBack(alice);
      await line(alice, 'missed 24').waitFor();
      const all = (await alice.locator('#lines p').allTextContents()).filter(text => /^!|missed|before/.test(text));
      assert.deepEqual(all, ['guest-2: before', '! some lines may be missing here', ...Array.from({ length: 20 }, (_, at) => `guest-2: missed ${at + 5}`)]);
      trouble.splice(0);
    });
    network.end();
    await stop();
  },

  async 'a line that was on its way when the connection broke is marked, and not sent again by itself'() {
    const { port, webPort, stop } = await start();
    const network = await between(webPort);
    await browse({}, async (tab, trouble) => {
      const alice = await tab(network.site, 'alice');
      const bob = await member(port);
      const unconfirmed = () => alice.locator('#unconfirmed .lost .text').allTextContents();
      let times = 0;
      const lose = async (way, text) => {
        network.swallow(way);
        await say(alice, text);
        if (way === 'down') await bob.expect(`<alice> ${text}`);
        network.cut();
        await alice.locator('#unconfirmed .lost', { hasText: text }).waitFor();
        await alice.getByText('the connection is lost').waitFor();
        await bob.expect('- alice left', ++times);
        network.mend();
      };
      // It never got there, and stays marked.
      await lose('up', 'swallowed');
      await comeBack(alice);
      await line(alice, 'you are now alice').nth(1).waitFor();
      assert.deepEqual(await unconfirmed(), ['swallowed']);
      // It got there, and the room's word of it was lost: the history tells.
      await lose('down', 'heard');
      await comeBack(alice);
      await line(alice, 'alice: heard').waitFor();
      await line(alice, 'you are now alice').nth(2).waitFor();
      assert.deepEqual(await unconfirmed(), ['swallowed']);
      assert.deepEqual(await lines(alice), ['alice: heard']);
      assert.ok(!bob.heard.some(text => text.includes('swallowed')), 'nothing was sent again');
      await button(alice, 'Send again').click();
      await bob.expect('<alice> swallowed');
      await line(alice, 'alice: swallowed').waitFor();
      assert.deepEqual(await unconfirmed(), []);
      // What is forgotten isn't asked for again; what can't be sent stays where it was typed.
      await lose('up', 'forgotten');
      await button(alice, 'Forget it').click();
      assert.deepEqual(await unconfirmed(), []);
      trouble.splice(0);
    });
    network.end();
    await stop();
  },

  async 'whoever is too fast is told, waits, and loses nothing'() {
    const { site, stop } = await start();
    await browse({}, async tab => {
      const [alice, bob] = [await tab(site, 'alice'), await tab(site, 'bob')];
      // At once, as no person types.
      await alice.evaluate(() => {
        for (let at = 0; at < 30; at++) {
          document.getElementById('typed').value = `line ${at}`;
          document.getElementById('say').requestSubmit();
        }
      });
      await alice.locator('#lines .refused', { hasText: 'slower, please' }).waitFor();
      for (const page of [alice, bob]) {
        await line(page, 'line 29').waitFor();
        assert.deepEqual(await lines(page), Array.from({ length: 30 }, (_, at) => `alice: line ${at}`));
      }
      assert.equal(await alice.locator('#unconfirmed li').count(), 0);
    });
    await stop();
  },

  async 'what is typed while there is no connection stays in its place'() {
    const { webPort, stop } = await start();
    const network = await between(webPort);
    await browse({}, async (tab, trouble) => {
      const alice = await tab(network.site);
      network.cut();
      await alice.getByText('the connection is lost').waitFor();
      await say(alice, 'patience');
      assert.equal(await alice.locator('#typed').inputValue(), 'patience');
      assert.ok(await button(alice, 'Send').isDisabled());
      network.mend();
      await comeBack(alice);
      await alice.locator('#typed').press('Enter');
      await line(alice, ': patience').waitFor();
      assert.equal((await lines(alice)).length, 1);
      trouble.splice(0);
    });
    network.end();
    await stop();
  },

  async 'a server that was stopped, or killed, is found again, and no line is shown twice'() {
    let server = await start();
    await browse({}, async (tab, trouble) => {
      const [alice, bob] = [await tab(server.site, 'alice'), await tab(server.site, 'bob')];
      for (const [round, signal] of [[0, 'SIGTERM'], [1, 'SIGKILL']]) {
        await say(alice, `round ${round}`);
        for (const page of [alice, bob]) await line(page, `alice: round ${round}`).waitFor();
        await server.stop(signal);
        for (const page of [alice, bob]) {
          await page.getByText(signal === 'SIGTERM' ? 'the server is going down: goodbye' : 'the connection is lost').waitFor();
        }
        server = await start({ port: server.port, webPort: server.webPort });
        for (const [page, nick] of [[alice, 'alice'], [bob, 'bob']]) {
          await button(page, 'Try now').click({ timeout: 1000 }).catch(() => {}); // it may have come back by itself
          await line(page, 'the server was started anew').nth(round).waitFor();
          await line(page, `you are now ${nick}`).nth(round + 1).waitFor();
        }
      }
      await say(bob, 'all here');
      for (const page of [alice, bob]) {
        await line(page, 'bob: all here').waitFor();
        assert.deepEqual(await lines(page), ['alice: round 0', 'alice: round 1', 'bob: all here']);
        assert.deepEqual(await lines(page, 'gap'), []);
      }
      trouble.splice(0); // the console tells of each attempt in vain
    });
    await server.stop();
  },

  async 'whoever has left, or was put out, stays away until he wants to come back'() {
    const { site, port, stop } = await start();
    await browse({}, async tab => {
      const alice = await tab(site, 'alice');
      const bob = await member(port);
      await say(alice, '/quit');
      await line(alice, 'goodbye').waitFor();
      await alice.getByText('you have left.').waitFor();
      await bob.expect('- alice left');
      await button(alice, 'Join again').click();
      await line(alice, 'back as').waitFor();
      await line(alice, 'you are now alice').nth(1).waitFor();
      bob.send('welcome back');
      await line(alice, 'welcome back').waitFor();
    });
    await stop();
  },

  async 'a tab that is killed leaves, and the others go on'() {
    const { site, port, stop } = await start();
    await browse({}, async tab => {
      const [alice, bob] = [await tab(site, 'alice'), await tab(site, 'bob')];
      const crashed = alice.waitForEvent('crash');
      await alice.goto('chrome://crash').catch(() => {});
      await crashed;
      await line(bob, 'alice left').waitFor();
      const sue = await member(port);
      sue.send('still here?');
      await line(bob, 'still here?').waitFor();
    });
    await stop();
  },

  async 'every name has a colour of its own that can be read, light and dark'() {
    const { site, stop } = await start();
    for (const colorScheme of ['light', 'dark']) {
      await browse({ colorScheme }, async tab => {
        const page = await tab(site, `painter-${colorScheme}`);
        const worst = await page.evaluate(() => {
          const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const luminance = colour => {
            context.fillStyle = colour;
            context.fillRect(0, 0, 1, 1);
            const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map(value => value / 255).map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
          };
          const ratio = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
          const paper = luminance(getComputedStyle(document.body).backgroundColor);
          const probe = document.querySelector('#nicks .nick');
          const ratios = [];
          for (let hue = 0; hue < 360; hue += 3) {
            probe.style.setProperty('--hue', hue);
            ratios.push(ratio(luminance(getComputedStyle(probe).color), paper));
          }
          return Math.min(...ratios);
        });
        assert.ok(worst >= 4.5, `a contrast of ${worst.toFixed(1)}`); // WCAG 2.2, 1.4.3
        await say(page, 'me');
        await page.locator('#lines .mine').waitFor();
        const [one, other] = await page.evaluate(() => ['#nick .nick', '#lines .mine .nick'].map(where => getComputedStyle(document.querySelector(where)).color));
        assert.equal(one, other, 'the same name, the same colour');
      });
    }
    await stop();
  },

  // As reported to SVGcode#86, LiveHelperChat#805, uikit#3398 and rudder-sdk-js#1872.
  async 'where cookies are blocked, and storage throws, the page works'() {
    const { site, stop } = await start();
    await browse({}, async tab => {
      const page = await tab(site, null, page => page.addInitScript(() => Object.defineProperty(window, 'sessionStorage', {
        get() { throw new DOMException('Access is denied for this document.', 'SecurityError'); },
      })));
      await rename(page, 'alice');
      await say(page, 'hello');
      await line(page, 'hello').waitFor();
      assert.deepEqual(await nicks(page), ['alice']);
      await page.locator('#unconfirmed li').waitFor({ state: 'detached' });
    });
    await stop();
  },

  async 'with keys alone: all that can be used is reached, and has a name'() {
    const { site, stop } = await start();
    await browse({}, async tab => {
      const page = await tab(site);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'typed');
      await page.keyboard.type('typed at once');
      await page.keyboard.press('Enter');
      await line(page, 'typed at once').waitFor();
      await page.locator('h1').click();
      const reached = new Set();
      for (let at = 0; at < 8; at++) {
        await page.keyboard.press('Tab');
        reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.tagName));
      }
      for (const one of ['lines', 'SUMMARY', 'typed', 'send']) assert.ok(reached.has(one), `no Tab leads to ${one}`);
      assert.equal(await page.getByRole('log', { name: 'What is said' }).count(), 1);
      assert.equal(await page.getByRole('textbox', { name: 'Say something, guest-1' }).count(), 1);
    });
    await stop();
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
