'use strict';
// Beside playing: silence is skipped, a passage is repeated, each speaker has a volume, the level is evened out, and a
// link leads to where one is. Needs player.js before it. The sound itself is changed nowhere but in this browser.

(() => {
  const root = document.querySelector('[data-player]');
  if (!root?.player) return;
  const { audio, place, total, go, figures, seconds, show, say, overlays, keys } = root.player;
  const part = (name) => root.querySelector(`[data-${name}]`);
  const SHORTEST = 2; // a pause for breath is no silence
  const MARGIN = 0.35; // what is left of it at both ends, so that no word is clipped
  const FLOOR = 14; // of 255 on the waveform's scale, about -50 dB: the noise of a line
  const colour = (name) => getComputedStyle(root).getPropertyValue(`--player-${name}`).trim();

  // Silence: where no channel is louder than the line's own noise

  const skips = part('skip-silence');
  let silences = [];

  const find = () => {
    const peaks = root.player.peaks();
    if (!peaks) return;
    const width = peaks.bucket_ms / 1000;
    const loud = peaks.channels[0].map((_, at) => Math.max(...peaks.channels.map((channel) => channel[at])));
    const quiet = [...loud].sort((a, b) => a - b)[Math.floor(loud.length / 10)] ?? 0;
    const limit = Math.min(Math.max(FLOOR, quiet * 1.5), 2 * FLOOR);
    silences = [];
    let from = null;
    for (let at = 0; at <= loud.length; at++) {
      if (at < loud.length && loud[at] <= limit) from ??= at;
      else if (from !== null) {
        const found = [from * width + (from ? MARGIN : 0), at * width - (at < loud.length ? MARGIN : 0)];
        if (found[1] - found[0] >= SHORTEST) silences.push(found);
        from = null;
      }
    }
    const sum = silences.reduce((all, [first, last]) => all + last - first, 0);
    part('silence-sum').textContent = sum ? root.dataset.textSilence.replace('{time}', figures(sum)) : root.dataset.textNoSilence;
    show();
  };

  const skip = () => {
    if (!skips.checked || audio.paused || audio.seeking) return;
    const at = audio.currentTime;
    const silence = silences.find(([from, to]) => at >= from && at < to - 0.1);
    if (silence) audio.currentTime = Math.min(silence[1], total());
  };

  // A passage that is repeated

  const repeats = part('repeat');
  const ends = ['from', 'to'].map((name) => part(`repeat-${name}`));

  const passage = () => {
    const [from, to] = ends.map((field) => seconds(field.value));
    return to > from && from < total() ? [from, Math.min(to, total())] : null;
  };

  const told = () => {
    const wrong = repeats.checked && !passage();
    part('repeat-wrong').hidden = !wrong;
    ends.forEach((field) => field.setAttribute('aria-invalid', String(wrong)));
    show();
  };

  const again = () => {
    const found = repeats.checked && passage();
    if (found && !audio.paused && !audio.seeking && audio.currentTime >= found[1] - 0.02) audio.currentTime = found[0];
  };

  const put = (field) => {
    const tenths = Math.round(place() * 10);
    field.value = figures(Math.floor(tenths / 10)) + (tenths % 10 ? `,${tenths % 10}` : '');
    told();
  };

  const turn = (box) => {
    box.checked = !box.checked;
    box.dispatchEvent(new Event('change'));
  };

  repeats.addEventListener('change', () => {
    const found = repeats.checked && passage();
    if (found && (place() < found[0] || place() > found[1])) go(found[0]);
    told();
  });
  ends.forEach((field, at) => {
    field.addEventListener('input', told);
    root.querySelectorAll('[data-take]')[at].addEventListener('click', () => put(field));
  });
  audio.addEventListener('ended', () => {
    const found = repeats.checked && passage();
    if (!found) return;
    audio.currentTime = found[0];
    audio.play().catch(() => {});
  });

  overlays.push((paint, width, height, scale) => {
    const x = (at) => (at / (total() || 1)) * width;
    if (skips.checked) {
      paint.fillStyle = colour('skipped');
      for (const [from, to] of silences) paint.fillRect(x(from), height - 3 * scale, x(to) - x(from), 3 * scale);
    }
    const found = passage();
    if (!found) return;
    paint.fillStyle = colour('repeat');
    paint.fillRect(x(found[0]), 0, x(found[1]) - x(found[0]), height);
  });

  // Loudness: each channel through a gain of its own, and through a compressor where the level is evened out

  const mutes = [...root.querySelectorAll('[data-mute]')];
  const volumes = [...root.querySelectorAll('[data-volume]')];
  const evens = part('even');
  let mixer = null;

  const mix = () => {
    if (!mixer) {
      const context = new AudioContext();
      const splitter = context.createChannelSplitter(2);
      const merger = context.createChannelMerger(2);
      context.createMediaElementSource(audio).connect(splitter);
      const gains = volumes.map((_, channel) => {
        const gain = context.createGain();
        splitter.connect(gain, channel);
        return gain;
      });
      const evened = gains.map(() => {
        const node = context.createDynamicsCompressor();
        Object.entries({ threshold: -40, knee: 20, ratio: 8, attack: 0.005, release: 0.25 }).forEach(
          ([name, value]) => (node[name].value = value),
        );
        return node;
      });
      merger.connect(context.destination);
      mixer = { context, gains, evened, merger };
    }
    const { context, gains, evened, merger } = mixer;
    context.resume();
    gains.forEach((gain, channel) => {
      const silent = mutes[channel].getAttribute('aria-pressed') === 'true';
      gain.gain.value = silent ? 0 : Number(volumes[channel].value) / 100;
      gain.disconnect();
      evened[channel].disconnect();
      const last = evens.checked ? (gain.connect(evened[channel]), evened[channel]) : gain;
      for (const ear of gains.length === 1 ? [0, 1] : [channel]) last.connect(merger, 0, ear);
    });
  };

  mutes.forEach((button) =>
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
      mix();
    }),
  );
  const spell = (slider) => slider.setAttribute('aria-valuetext', `${slider.value} %`); // not its share of the most
  volumes.forEach((slider) => {
    spell(slider);
    slider.addEventListener('input', () => {
      spell(slider);
      mix();
    });
  });
  evens.addEventListener('change', mix);
  audio.addEventListener('play', () => mixer?.context.resume());

  // Where one is, for a colleague: a link to the call, which asks them for their own purpose

  const link = part('here');
  link?.addEventListener('click', async () => {
    const address = new URL(link.dataset.here, location.href);
    address.searchParams.set('at', String(Math.floor(place())));
    try {
      await navigator.clipboard.writeText(address.href);
      say('Copied');
    } catch {
      const shown = part('here-address');
      shown.hidden = false;
      shown.querySelector('input').value = address.href;
      shown.querySelector('input').select();
    }
  });

  // The page's own address follows, so that a reload lands where one was
  let kept = 0;
  const keep = () => {
    if (!link) return;
    kept = Math.floor(place());
    const address = new URL(location.href);
    address.searchParams.set('at', String(kept));
    history.replaceState(history.state, '', address);
  };
  audio.addEventListener('pause', keep);
  audio.addEventListener('timeupdate', () => Math.abs(place() - kept) > 5 && keep());
  root.addEventListener('player-moved', keep);

  audio.addEventListener('timeupdate', () => {
    skip();
    again();
  });
  skips.addEventListener('change', show);
  root.addEventListener('player-peaks', find);
  if (root.player.peaks()) find();
  // Four times a second is too seldom for the end of a passage
  setInterval(() => audio.paused || again(), 40);

  // Beside the player: a field that takes the time of the playhead, and the marks that follow what is typed

  for (const button of document.querySelectorAll('[data-playhead]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const tenths = Math.round(place() * 10);
      const field = document.getElementById(button.dataset.playhead);
      field.value = figures(Math.floor(tenths / 10)) + (tenths % 10 ? `,${tenths % 10}` : '');
      show();
    });
  }
  document.addEventListener('input', (event) => event.target.matches('[data-time]') && show());

  Object.assign(keys, {
    s: () => turn(skips),
    r: () => turn(repeats),
    e: () => turn(evens),
    i: () => put(ends[0]),
    o: () => put(ends[1]),
    n: () => document.querySelector('[data-next]')?.click(),
    p: () => document.querySelector('[data-previous]')?.click(),
    b: () => document.querySelector('.answers [type="radio"]')?.focus(),
    1: () => mutes[0].click(),
    2: () => mutes[1]?.click(),
  });
})();
