'use strict';
// Notes beside the player: a mark above the waveform for each that has a place, a jump there, and a new one where one is.
// Needs player.js before it. The notes come back without the page when one is written, so that the sound goes on.

(() => {
  const root = document.querySelector('[data-player]');
  if (!root?.player || !document.querySelector('[data-notes]')) return;
  const { place, total, go, figures, show, tell, overlays, keys } = root.player;
  const NEAR = 26; // marks closer than that many pixels become one
  const section = () => document.querySelector('[data-notes]');
  const part = (name) => section().querySelector(`[data-note-${name}]`);
  const waves = root.querySelector('[data-waves]');
  const strip = document.createElement('div');
  strip.className = 'player-marks';
  strip.setAttribute('role', 'group');
  waves.before(strip);

  const places = () => [...section().querySelectorAll('[data-jump]')];

  // A mark says when, of what kind, and how the note begins
  const told = (jump) => {
    const [line, words] = [jump.parentElement, jump.parentElement.nextElementSibling];
    const text = words.textContent.trim();
    const kind = line.querySelector('[data-kind]')?.textContent;
    const when = jump.lastChild.textContent;
    return `${when}${kind ? ` ${kind}` : ''}: ${text.length > 60 ? `${text.slice(0, 60)} …` : text}`;
  };

  const mark = () => {
    const width = strip.clientWidth || 1;
    const groups = [];
    for (const jump of places()) {
      const x = (Number(jump.dataset.jump) / (total() || 1)) * width;
      const last = groups.at(-1);
      if (last && x - last.x < NEAR) last.jumps.push(jump);
      else groups.push({ x, jumps: [jump] });
    }
    const held = strip.contains(document.activeElement) ? [...strip.children].indexOf(document.activeElement) : -1;
    strip.replaceChildren(
      ...groups.map(({ x, jumps }) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.style.left = `${(x / width) * 100}%`;
        button.textContent = jumps.length > 1 ? jumps.length : '';
        button.title = jumps.map(told).join('\n');
        button.setAttribute('aria-label', jumps.map(told).join('; '));
        button.addEventListener('click', () => go(Number(jumps[0].dataset.jump)));
        return button;
      }),
    );
    strip.hidden = !groups.length;
    strip.setAttribute('aria-label', section().dataset.notes);
    if (held >= 0) strip.children[held]?.focus();
    show();
  };

  overlays.push((paint, width, height, scale) => {
    paint.fillStyle = getComputedStyle(root).getPropertyValue('--player-note').trim();
    for (const jump of places()) {
      const x = (Number(jump.dataset.jump) / (total() || 1)) * width;
      paint.fillRect(Math.min(x, width - scale), 0, scale, height);
    }
  });

  const write = () => {
    const field = part('form').elements;
    const tenths = Math.floor(place() * 10); // never past the end
    field.place.value = figures(Math.floor(tenths / 10)) + (tenths % 10 ? `,${tenths % 10}` : '');
    field.note.focus();
  };

  const dress = () => {
    const here = part('here');
    if (here) here.hidden = false;
    mark();
  };

  document.addEventListener('click', (event) => {
    const jump = event.target.closest('[data-jump]');
    if (jump && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      go(Number(jump.dataset.jump));
    } else if (event.target.closest('[data-note-here]') && part('form')) write();
  });

  // While one writes or judges: back to the player, or do what the form's first button does
  document.addEventListener('keydown', (event) => {
    const form = event.target.closest?.('[data-note-form], .answers');
    if (!form) return;
    if (event.key === 'Escape') root.querySelector('[data-toggle]').focus();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector('button:not([type])'));
  });

  // The notes have come back: saved, and one is at the player again; or something is to be mended
  let shown = section();
  document.addEventListener('htmx:after:settle', () => {
    if (section() === shown) return;
    shown = section();
    dress();
    const wrong = shown.querySelector('[aria-invalid="true"]');
    if (wrong) wrong.focus();
    else {
      root.querySelector('[data-toggle]').focus({ preventScroll: true });
      tell(shown.dataset.textSaved);
    }
  });

  if (part('form')) keys.a = write;
  root.addEventListener('player-peaks', mark); // they tell the sound's own length
  new ResizeObserver(mark).observe(waves);
  dress();
})();
