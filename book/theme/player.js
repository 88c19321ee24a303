// Plays a recorded run: <figure class="timeline"> with its frames as JSON, written by book-tools.
// The frames say everything (sentences, lanes, both sides' state); this only draws and steps.
(() => {
  const COLUMN = 30, ROW = 38;
  const PACE = 1600; // milliseconds a step, at normal speed
  // What flows towards the one who acts; all else flows away from it.
  const INWARD = new Set(['accept', 'read', 'discard', 'eof', 'ready', 'wake', 'receive', 'end', 'would-block', 'wakeup', 'signal', 'timer', 'request', 'keep', 'frame in']);
  const CLASS = {
    connect: 'link', accept: 'link', listen: 'link', register: 'link', 're-arm': 'link', unregister: 'link',
    send: 'bytes', receive: 'bytes', read: 'bytes', discard: 'bytes', write: 'bytes',
    request: 'message', keep: 'message', response: 'message', 'frame in': 'message', 'frame out': 'message',
    finish: 'end', end: 'end', eof: 'end', shutdown: 'end', close: 'end', stop: 'end',
    reset: 'trouble', error: 'trouble', 'would-block': 'trouble',
  };
  const LEGEND = [['asleep', 'sleeps in a call'], ['waiting', 'something waits'], ['link', 'connection'], ['bytes', 'bytes'], ['message', 'request, answer, frame'], ['end', 'end of stream'], ['call', 'call begins']];
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  function html(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function svg(tag, attributes, ...children) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const middle = step => step * COLUMN + COLUMN / 2;

  // The state after a step: all changes up to it, folded.
  function fold(frames, step, side) {
    const rows = new Map();
    for (const frame of frames.slice(0, step + 1)) {
      for (const [id, text] of Object.entries(frame[side])) {
        if (text === null) rows.delete(id); else rows.set(id, text);
      }
    }
    return rows;
  }

  // One lane's bars: a rectangle for each stretch of steps with the same fill.
  function bars(frames, id, y) {
    const found = [];
    let fill = null, since = 0;
    const end = step => {
      if (!fill) return;
      found.push(svg('rect', { class: `bar ${fill}`, x: middle(since), y: y - 7, width: (step - since) * COLUMN, height: 14, rx: 3 }));
    };
    frames.forEach((frame, step) => {
      if (!(id in frame.fill)) return;
      end(step);
      fill = frame.fill[id];
      since = step;
    });
    end(frames.length - 0.5);
    return found;
  }

  // An event: a dot where it starts, and an arrow to the lane that it reaches.
  function mark(frame, step, rowOf) {
    const x = middle(step), kind = CLASS[frame.kind] || 'call';
    const actor = rowOf(frame.from), other = frame.to === undefined ? undefined : rowOf(frame.to);
    const group = svg('g', { class: `mark ${kind}` });
    if (other === undefined) {
      group.append(svg('circle', { cx: x, cy: actor, r: 5 }));
      return group;
    }
    const [start, tip] = INWARD.has(frame.kind) ? [other, actor] : [actor, other];
    const back = start < tip ? -9 : 9;
    group.append(
      svg('line', { x1: x, y1: start, x2: x, y2: tip + back }),
      svg('circle', { cx: x, cy: start, r: 4 }),
      svg('path', { d: `M${x - 5} ${tip + back}L${x + 5} ${tip + back}L${x} ${tip}Z` }),
    );
    return group;
  }

  function picture({ lanes, frames }, go) {
    const height = lanes.length * ROW, width = frames.length * COLUMN;
    const rowOf = id => lanes.findIndex(lane => lane.id === id) * ROW + ROW / 2;
    const cursor = svg('rect', { class: 'cursor', y: 0, width: COLUMN, height });
    const veil = svg('rect', { class: 'veil', y: 0, height });
    const drawing = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' }, cursor);
    for (const lane of lanes) {
      const y = rowOf(lane.id);
      drawing.append(svg('line', { class: 'lane', x1: 0, x2: width, y1: y, y2: y }), ...bars(frames, lane.id, y));
    }
    frames.forEach((frame, step) => drawing.append(mark(frame, step, rowOf)));
    drawing.append(veil);
    drawing.addEventListener('click', event => {
      go(Math.floor((event.clientX - drawing.getBoundingClientRect().left) / COLUMN));
    });
    const names = html('div', { class: 'player-lanes', 'aria-hidden': 'true' });
    for (const lane of lanes) names.append(html('div', { class: lane.kind }, lane.id, html('small', {}, lane.note)));
    const scroller = html('div', { class: 'player-scroller' }, drawing);
    const show = step => {
      cursor.setAttribute('x', step * COLUMN);
      veil.setAttribute('x', (step + 1) * COLUMN);
      veil.setAttribute('width', Math.max(0, width - (step + 1) * COLUMN));
      const left = middle(step) - scroller.clientWidth / 2;
      scroller.scrollTo({ left, behavior: still.matches ? 'instant' : 'smooth' });
    };
    const legend = html('p', { class: 'player-legend', 'aria-hidden': 'true' });
    const speaksHttp = frames.some(frame => CLASS[frame.kind] === 'message');
    for (const [kind, text] of LEGEND) if (kind !== 'message' || speaksHttp) legend.append(html('span', { class: kind }, text));
    return [html('div', { class: 'player-stage' }, names, scroller), legend, show];
  }

  // One side's view as a list of rows.
  function view({ lanes, frames }, side, title) {
    const list = html('dl');
    const order = id => { const at = lanes.findIndex(lane => lane.id === id); return at < 0 ? lanes.length : at; };
    const show = step => {
      const rows = [...fold(frames, step, side)].sort(([a], [b]) => order(a) - order(b));
      list.replaceChildren(...rows.map(([id, text]) => html('div',
        { class: id in frames[step][side] ? 'changed' : '' }, html('dt', {}, id), html('dd', {}, text))));
    };
    return [html('section', { class: side }, html('h4', {}, title), list), show];
  }

  function build(figure) {
    const timeline = JSON.parse(figure.querySelector('script').textContent);
    const { frames } = timeline, last = frames.length - 1;
    let step = 0, timer = null;

    const say = html('p', { class: 'player-say', 'aria-live': 'polite' });
    const [stage, legend, showPicture] = picture(timeline, target => go(target));
    const [server, showServer] = view(timeline, 'server', 'The server knows');
    const [kernel, showKernel] = view(timeline, 'kernel', 'The kernel must hold (derived)');
    const button = (text, label, act) => {
      const made = html('button', { type: 'button', 'aria-label': label, title: label }, text);
      made.addEventListener('click', act);
      return made;
    };
    const back = button('‹', 'One step back', () => go(step - 1));
    const play = button('▶', 'Play', () => timer ? pause() : start());
    const next = button('›', 'One step on', () => go(step + 1));
    const slider = html('input', { type: 'range', min: 0, max: last, 'aria-label': 'Step' });
    slider.addEventListener('input', () => go(Number(slider.value)));
    const speed = html('select', { 'aria-label': 'Speed', title: 'Speed' });
    for (const factor of [0.5, 1, 2, 4]) speed.append(html('option', { value: factor }, `${factor}×`));
    speed.value = 1;
    const place = html('a', { class: 'player-place', title: 'Link to this step' });
    const table = button('table', 'Show the recording as a table', () => {
      table.setAttribute('aria-pressed', figure.classList.toggle('with-table'));
    });
    table.setAttribute('aria-pressed', 'false');

    function go(target) {
      step = Math.max(0, Math.min(last, target));
      const frame = frames[step];
      player.dataset.step = step + 1;
      say.textContent = frame.say;
      place.textContent = `${step + 1} / ${frames.length} · ${(frame.t / 1000).toFixed(2)} ms`;
      place.href = `#${figure.id}-${step + 1}`;
      slider.value = step;
      slider.setAttribute('aria-valuetext', `step ${step + 1} of ${frames.length}`);
      // Not `disabled`: that would take the focus away, and the next arrow key would turn the page.
      back.setAttribute('aria-disabled', step === 0);
      next.setAttribute('aria-disabled', step === last);
      if (step === last) pause();
      for (const show of [showPicture, showServer, showKernel]) show(step);
    }
    function start() {
      if (step === last) go(0);
      play.textContent = '❚❚';
      play.setAttribute('aria-label', 'Pause');
      const turn = () => { timer = setTimeout(turn, PACE / speed.value); go(step + 1); };
      timer = setTimeout(turn, PACE / speed.value / 2);
    }
    function pause() {
      clearTimeout(timer);
      timer = null;
      play.textContent = '▶';
      play.setAttribute('aria-label', 'Play');
    }
    const keys = {
      ArrowLeft: () => go(step - 1), ArrowRight: () => go(step + 1), Home: () => go(0), End: () => go(last), ' ': () => play.click(),
    };

    const player = html('div', { class: 'player', tabindex: 0, role: 'group', 'aria-label': 'A recorded run: the arrow keys step, the space bar plays' },
      say, stage, legend, html('div', { class: 'player-bar' }, back, play, next, slider, speed, place, table),
      html('div', { class: 'player-views' }, server, kernel));
    player.addEventListener('keydown', event => {
      const native = event.target.matches('select') || (event.key === ' ' && event.target !== player);
      if (event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
      event.stopPropagation(); // mdBook would turn the page
      if (native) return;
      event.preventDefault();
      keys[event.key]();
    });
    figure.querySelector('figcaption').after(player);
    figure.classList.add('playing');
    // To the player, with the sentence that tells of the step in sight, and with the keys.
    const show = () => {
      for (let up = figure; up; up = up.parentElement) if (up.matches('details')) up.open = true; // what is folded takes no keys
      const fits = player.getBoundingClientRect().height < innerHeight - 80;
      player.focus({ preventScroll: true });
      player.scrollIntoView({ block: fits ? 'center' : 'start' });
    };
    const fromHash = () => {
      const [, name, number] = location.hash.match(/^#(.+)-(\d+)$/) || [];
      if (name !== figure.id) return false;
      go(Number(number) - 1);
      show();
      return true;
    };
    addEventListener('hashchange', fromHash);
    // A click on a link to the step that is in the address already changes nothing there.
    addEventListener('click', event => {
      const link = event.target.closest?.('a[href]');
      if (link && link.hash && link.href === location.href && fromHash()) event.preventDefault(); // it would take the keys again
    });
    // A click anywhere in the player gives it the keys.
    player.addEventListener('pointerup', event => {
      if (!event.target.closest('a, select, input, button')) player.focus({ preventScroll: true });
    });
    if (!fromHash()) go(0);
  }

  document.querySelectorAll('figure.timeline').forEach(build);
})();
