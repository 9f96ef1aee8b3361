'use strict';
// The player of one listen. Its words are in the page; without this file the browser's own controls play.
// What else can be done while one listens is in player-tools.js, which finds the player at `root.player`.

(() => {
  const root = document.querySelector('[data-player]');
  if (!root) return;
  const part = (name) => root.querySelector(`[data-${name}]`);
  const audio = root.querySelector('audio');
  const [waves, seek, toggle, status] = ['waves', 'seek', 'toggle', 'status'].map(part);
  const canvases = [...waves.querySelectorAll('canvas')];
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const LOOK_EVERY = 3000; // the right to go on is asked for while sound plays, buffered or not: it ends within five seconds
  const LOADING_AFTER = 400;
  const ATTENDED = 'X-Attended'; // of a question: somebody sits here, so the session goes on
  const WAITS = 120000; // for the network; after that nobody may be there to hear it play on
  const SPEED = 'player speed';
  const PLACE = `place ${root.dataset.peaks}`;

  let peaks = null;
  let scrub = null; // seconds under the pointer while it drags
  let colours = null;
  let loading = 0;
  let over = false;
  let stopped = null; // where it was when it ended for good
  let wanted = false; // is it to play, as far as the listener is concerned?
  let lost = 0; // since when the network is away and waited for
  let tried = 0;
  let touched = Date.now(); // when something was last done by hand
  let telling = 0;
  const overlays = []; // painted above the waveform, each by what marks something on it

  const total = () => (Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : Number(root.dataset.seconds));
  const place = () => Math.min(scrub ?? stopped ?? audio.currentTime, total());

  // Words and figures

  const figures = (seconds) => {
    const whole = Math.floor(seconds + 0.001);
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const two = (n) => String(n).padStart(2, '0');
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };

  const unit = (name) =>
    new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: name, unitDisplay: 'long' });
  const units = ['hour', 'minute', 'second'].map(unit);

  const words = (seconds) => {
    const whole = Math.floor(seconds + 0.001);
    const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const said = parts.map((n, i) => (n || (i === 2 && whole === 0) ? units[i].format(n) : '')).filter(Boolean);
    return said.join(' ');
  };

  const tell = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };
  // Once, when it has come to rest: for who does not see it
  const hear = (text) => {
    clearTimeout(telling);
    telling = setTimeout(() => (part('told').textContent = text()), 400);
  };
  const say = (key) => tell(key ? root.dataset[`text${key}`] : '');

  // The waveform

  const read = () => {
    const style = getComputedStyle(root);
    colours = ['wave', 'played', 'head', 'silent'].map((name) => style.getPropertyValue(`--player-${name}`).trim());
  };

  // Passages that the page marks: two times each, typed or written
  const seconds = (text) => {
    const typed = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d+)?)$/.exec(text.trim());
    return typed ? (Number(typed[1] ?? 0) * 60 + Number(typed[2] ?? 0)) * 60 + Number(typed[3].replace(',', '.')) : NaN;
  };

  const marks = () =>
    [...document.querySelectorAll('[data-passage]')]
      .map((row) => [...row.querySelectorAll('[data-time]')].map((box) => seconds(box.value ?? box.textContent)))
      .filter(([from, to]) => to > from);

  const level = (channel, from, to) => {
    if (!channel) return 0;
    const first = Math.min(Math.floor((from * 1000) / peaks.bucket_ms), channel.length - 1);
    const last = Math.max(first + 1, Math.ceil((to * 1000) / peaks.bucket_ms));
    let loudest = 0;
    for (const value of channel.slice(first, last)) loudest = Math.max(loudest, value);
    return loudest / 255;
  };

  const draw = (canvas, channel) => {
    const scale = devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (!width) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const paint = canvas.getContext('2d');
    paint.clearRect(0, 0, width, height);
    const head = (place() / (total() || 1)) * width;
    const bar = Math.max(1, Math.round(2 * scale));
    const pitch = bar + Math.max(1, Math.round(scale));
    for (let x = 0; x + bar <= width; x += pitch) {
      const loud = peaks ? level(channel, (x / width) * total(), ((x + pitch) / width) * total()) : 0;
      const tall = Math.max(scale, loud * height * 0.94);
      paint.fillStyle = x + bar <= head ? colours[1] : colours[0];
      paint.fillRect(x, (height - tall) / 2, bar, tall);
    }
    for (const [from, to] of marks()) {
      const left = (from / (total() || 1)) * width;
      paint.fillStyle = colours[3];
      paint.fillRect(left, 0, Math.max(bar, (to / (total() || 1)) * width - left), height);
    }
    for (const overlay of overlays) overlay(paint, width, height, scale);
    paint.fillStyle = colours[2];
    paint.fillRect(Math.min(Math.max(0, head - scale), width - 2 * scale), 0, 2 * scale, height);
  };

  let said = '';
  const position = () => root.dataset.textPosition.replace('{position}', words(place())).replace('{total}', words(total()));
  const spell = () => {
    said = seek.max;
    if (seek.getAttribute('aria-valuetext') !== position()) seek.setAttribute('aria-valuetext', position());
  };

  // What is seen of the place: its second, and the dot of the waveform where the playhead stands
  let seen = '';
  const sight = () => `${Math.floor(place())} ${Math.round((place() / (total() || 1)) * canvases[0].width)}`;

  const show = () => {
    const at = place();
    seen = sight();
    part('elapsed').textContent = figures(at);
    part('total').textContent = figures(total());
    seek.max = total();
    seek.value = at;
    if (audio.paused || scrub !== null || seek.max !== said) spell(); // a slider that told each second would talk over the call
    canvases.forEach((canvas, i) => draw(canvas, peaks?.channels[i]));
  };

  const follow = () => {
    if (sight() !== seen) show();
    if (!audio.paused && !still.matches) requestAnimationFrame(follow);
  };

  const repaint = () => {
    read();
    show();
  };

  // What can be done

  const go = (seconds) => {
    if (over) return;
    audio.currentTime = Math.min(Math.max(0, seconds), total());
    root.dispatchEvent(new Event('player-moved'));
    show();
    spell();
    if (document.activeElement !== seek) hear(position);
  };

  const start = () => {
    lost = 0;
    if (audio.error) {
      const at = audio.currentTime;
      audio.load();
      audio.currentTime = at;
    }
    say('');
    audio.play().catch(() => {}); // told by the error event
  };

  const play = () => {
    if (over) return;
    if (audio.paused) start();
    else audio.pause();
  };

  const end = (key) => {
    stopped = place();
    root.dispatchEvent(new Event('player-moved')); // the address keeps the place
    over = true;
    lost = 0;
    audio.pause();
    audio.removeAttribute('src');
    audio.load(); // what was fetched is dropped
    root.querySelectorAll('button, select, input').forEach((control) => (control.disabled = true));
    paused(); // the load has thrown away the event that would tell
    say(key);
    const again = part('again');
    if (key !== 'SignedOut' || !again) return;
    again.hidden = false;
    again.querySelector('a').search = `?at=${Math.floor(stopped)}`;
  };

  // Away: the place is kept, and it plays on by itself when the network is soon back
  const lose = () => {
    if (wanted) lost ||= Date.now();
    audio.pause();
    say(lost ? 'Waiting' : 'Network');
  };

  // Who started a call may hear it out with their hands in their lap, but a passage that is repeated to an empty chair
  // does not keep the session open
  const attended = () => Date.now() - touched < (total() * 1000) / audio.playbackRate;
  ['pointerdown', 'keydown'].forEach((name) => addEventListener(name, () => (touched = Date.now()), true));

  // How things stand: the answer to a question without sound tells more than the media error does.
  const look = async (url, otherwise) => {
    try {
      const headers = attended() ? { [ATTENDED]: 'yes' } : {};
      const answer = await fetch(url, { method: 'HEAD', headers, redirect: 'manual', cache: 'no-store' });
      if (over) return;
      if (answer.type === 'opaqueredirect' || answer.status === 401) end('SignedOut');
      else if (answer.status === 404 || answer.status === 403) end('Gone');
      else if (lost) start();
      else if (wanted && audio.error?.code === MediaError.MEDIA_ERR_NETWORK && Date.now() - tried > 10000) {
        tried = Date.now(); // it was cut, but only for a moment
        start();
      } else if (otherwise) say(otherwise);
    } catch {
      if (!over && otherwise) lose();
    }
  };

  const busy = () => {
    clearTimeout(loading);
    loading = setTimeout(() => say('Loading'), LOADING_AFTER);
  };

  const ready = () => {
    clearTimeout(loading);
    if (status.textContent === root.dataset.textLoading) say('');
  };

  const fetchPeaks = async () => {
    try {
      const answer = await fetch(root.dataset.peaks, { redirect: 'manual', priority: 'low' });
      if (!answer.ok) {
        look(audio.src, 'NoWaves');
        return;
      }
      const found = await answer.json();
      peaks = found.channels && found.bucket_ms ? found : null;
      if (!peaks) say('NoWaves');
      if (found.duration_ms) root.dataset.seconds = found.duration_ms / 1000;
      root.dispatchEvent(new Event('player-peaks'));
    } catch {
      say('NoWaves');
    }
    show();
  };

  // By hand

  const under = (event) => {
    const box = canvases[0].getBoundingClientRect();
    return Math.min(Math.max(0, (event.clientX - box.left) / box.width), 1) * total();
  };

  waves.addEventListener('pointerdown', (event) => {
    if (event.button || over) return;
    waves.setPointerCapture(event.pointerId);
    scrub = under(event);
    seek.focus({ preventScroll: true });
    event.preventDefault(); // or the browser would move the focus away again
    show();
  });
  waves.addEventListener('pointermove', (event) => {
    if (scrub === null) return;
    scrub = under(event);
    show();
  });
  waves.addEventListener('pointerup', (event) => {
    if (scrub === null) return;
    scrub = null;
    go(under(event));
  });
  waves.addEventListener('pointercancel', () => {
    scrub = null;
    show();
  });
  seek.addEventListener('input', () => {
    scrub = Number(seek.value);
    show();
  });
  seek.addEventListener('change', () => {
    const chosen = Number(seek.value);
    scrub = null;
    go(chosen);
  });
  toggle.addEventListener('click', play);
  root.querySelectorAll('[data-skip]').forEach((button) => {
    button.addEventListener('click', () => go(place() + Number(button.dataset.skip)));
  });
  const speed = part('speed');
  const run = () => {
    audio.playbackRate = audio.defaultPlaybackRate = Number(speed.value);
    sessionStorage.setItem(SPEED, speed.value); // the next call is heard at the same
  };
  speed.value = sessionStorage.getItem(SPEED) ?? '1';
  if (!speed.value) speed.value = '1';
  run();
  speed.addEventListener('change', run);
  const faster = (by) => {
    speed.selectedIndex = Math.min(Math.max(0, speed.selectedIndex + by), speed.length - 1);
    run();
    hear(() => `${speed.labels[0].textContent} ${speed.selectedOptions[0].textContent}`);
  };

  // By keyboard, while the focus is in the player

  const KEYS = {
    k: play,
    ' ': play,
    '?': () => {
      const keys = root.querySelector('.player-keys');
      keys.open = !keys.open;
      if (keys.open) keys.querySelector('summary').focus();
    },
    j: () => go(place() - 10),
    l: () => go(place() + 10),
    arrowleft: () => go(place() - 5),
    arrowright: () => go(place() + 5),
    arrowdown: () => go(place() - 5),
    arrowup: () => go(place() + 5),
    pagedown: () => go(place() - 30),
    pageup: () => go(place() + 30),
    '<': () => faster(-1),
    '>': () => faster(1),
    home: () => go(0),
    end: () => go(total()),
  };
  const ONLY_ON_SEEK = ['arrowdown', 'arrowup', 'pagedown', 'pageup']; // elsewhere they scroll the page

  root.addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase();
    const target = event.target;
    if (!Object.hasOwn(KEYS, key) || event.ctrlKey || event.altKey || event.metaKey || over) return;
    if (target.matches('select, textarea, input:not([type="range"], [type="checkbox"])')) return;
    if (target.matches('[type="range"]') && target !== seek && key.startsWith('arrow')) return; // moves that slider
    if (key === ' ' && target.closest('button, a, summary, [type="checkbox"]')) return; // presses what has the focus
    if (ONLY_ON_SEEK.includes(key) && target !== seek) return;
    event.preventDefault();
    KEYS[key]();
  });

  // By the sound

  const paused = () => {
    root.querySelector('[data-when="paused"]').hidden = !audio.paused;
    root.querySelector('[data-when="playing"]').hidden = audio.paused;
    show();
    follow();
  };
  seek.addEventListener('focus', spell);
  const asks = () => over || look(root.dataset.look ?? location.pathname, '');
  const waits = () => {
    if (Date.now() - lost < WAITS) return look(audio.src, 'Waiting');
    lost = 0;
    say('Network');
  };
  addEventListener('online', () => lost && waits());
  audio.addEventListener('play', () => (wanted = true));
  audio.addEventListener('pause', () => {
    if (!lost && !audio.error) wanted = false; // by hand, or at the end
  });
  audio.addEventListener('play', paused);
  audio.addEventListener('play', () => audio.buffered.length && asks()); // what was fetched before may be heard no longer
  audio.addEventListener('pause', paused);
  audio.addEventListener('pause', ready);
  ['timeupdate', 'seeked', 'durationchange', 'ended'].forEach((name) => audio.addEventListener(name, show));
  ['waiting', 'seeking'].forEach((name) => audio.addEventListener(name, () => audio.paused || busy()));
  ['playing', 'canplay', 'seeked'].forEach((name) => audio.addEventListener(name, ready));
  audio.addEventListener('stalled', () => audio.paused || audio.readyState > 2 || look(audio.src, 'Loading'));
  audio.addEventListener('error', () => {
    if (over) return;
    audio.pause();
    ready();
    look(audio.src, 'Failed');
  });
  setInterval(() => (lost ? waits() : audio.paused || asks()), LOOK_EVERY);

  audio.controls = false;
  part('controls').hidden = false;
  // Where forms stand beside the player the page comes back when one was sent: then it is where it was, and
  // does not take the focus again
  const stood = 'look' in root.dataset ? sessionStorage.getItem(PLACE) : null;
  const begin = stood ?? root.dataset.at ?? null; // where it stood, or where a link points
  if (begin !== null) audio.currentTime = Math.min(Number(begin), total());
  if (stood === null && document.activeElement === document.body) toggle.focus({ preventScroll: !('look' in root.dataset) });
  if ('look' in root.dataset) addEventListener('pagehide', () => sessionStorage.setItem(PLACE, place()));
  new ResizeObserver(repaint).observe(waves);
  ['(forced-colors: active)', '(prefers-contrast: more)', '(prefers-color-scheme: dark)'].forEach((query) =>
    matchMedia(query).addEventListener('change', repaint),
  );
  root.player = { audio, place, total, go, figures, seconds, show, say, tell, overlays, keys: KEYS, peaks: () => peaks };
  repaint();
  fetchPeaks();
})();
