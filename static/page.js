// What every page shares. Every page works without it.

// htmx acts only on elements that came in an answer of ours, as its nonce says, and it alone makes elements of text:
// what somebody's words brought in does nothing. In force before htmx looks at the page.
// Its own extension for this, hx-csp, is four times as long for what no page here has: boosted forms, policies in <meta>,
// scripts made of text. What of it we have too: a nonce of this page that comes back in an answer was read off by somebody
// and is taken out, and where no policy can be made the gate stands.
const { nonce } = document.currentScript;
const ours = (element) => {
  if (nonce && element.getAttribute("hx-nonce") === nonce) return true;
  for (const name of element.getAttributeNames()) if (name.startsWith("hx-")) element.removeAttribute(name);
  return false;
};
const gate = {
  htmx_before_init: ours,
  htmx_before_on_init: ours,
  htmx_after_request: (_, { ctx }) => {
    const theirs = /'nonce-(.+?)'/.exec(ctx.response.headers.get("Content-Security-Policy"))?.[1];
    ctx.text = ctx.text.replaceAll(nonce, "");
    if (theirs) ctx.text = ctx.text.replaceAll(`hx-nonce="${theirs}"`, `hx-nonce="${nonce}"`);
  },
};
const trust = {
  init: (api) => api.initSecurity(window.trustedTypes?.createPolicy("htmx", { createHTML: (text) => text })),
};
const guard = () => {
  htmx.registerExtension("gate", gate);
  htmx.registerExtension("trust", trust);
};
document.addEventListener("htmx:before:process", guard, { once: true });

// What went wrong is said until the same is asked again and answered: a part that looks by itself whether something is
// new takes away nothing but its own words, and that the portal did not answer.
const box = document.getElementById("notice");
const saves = (source) => source?.matches?.('form[method="post"]:not([role="search"])');
const typed = () =>
  [...document.forms].some(
    (form) =>
      saves(form) &&
      [...form.elements].some((e) => "defaultValue" in e && (e.value !== e.defaultValue || e.checked !== e.defaultChecked)),
  );
let failure = "";
let teller = null;
const notice = (key, source) => {
  if (key === "out" && failure === key) return; // a part that looks again and again need not say so again
  failure = key;
  teller = source;
  box.className = key;
  box.textContent = box.dataset[key] ?? "";
  if (key !== "out") return;
  const link = Object.assign(document.createElement("a"), { href: box.dataset.enter, target: "_blank", rel: "noopener" });
  link.textContent = box.dataset.anew;
  box.append(link);
};
const answered = (source) => {
  if (source === teller || !teller?.isConnected || failure === "unreachable") notice("");
};

// Whose session has ended is led away to sign in, and the page with it; but not where something stands that was written
// and is not saved. A page that opens anywhere tells the others of the same person how to send from now on, so that what
// was written is sent again as it stands.
document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => {
  if (ctx.response.status !== 401 || ctx.hx.redirect !== box.dataset.enter) return;
  if (saves(ctx.sourceElement) || typed()) delete ctx.hx.redirect;
});
const SENT = "hx-headers:inherited";
const { who } = document.body.dataset;
const others = who && new BroadcastChannel("portal");
others?.addEventListener("message", ({ data: { whose, sent } }) => {
  if (whose !== who) return;
  document.body.setAttribute(SENT, sent);
  for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = JSON.parse(sent)["X-CSRFToken"];
  if (failure === "out") notice("back", teller);
});
others?.postMessage({ whose: who, sent: document.body.getAttribute(SENT) });

// A fragment that failed never replaces what is on the screen, nor changes the address.
// 422 is an answer about the form that was sent, so it is shown.
// Who stood in the part that is replaced stands at the same in what has come, or else at its beginning.
let stood = null;
document.addEventListener("htmx:before:swap", (event) => {
  const { response, sourceElement, target } = event.detail.ctx ?? {};
  const status = response?.status ?? 200;
  if (status >= 400 && status !== 422) {
    event.preventDefault();
    notice(status === 401 ? "out" : saves(sourceElement) ? "unsaved" : "failed", sourceElement);
    return;
  }
  answered(sourceElement);
  const at = document.activeElement;
  stood = target?.id && target.contains(at) ? { part: target.id, tag: at.localName, text: at.textContent } : null;
});
document.addEventListener("htmx:error", ({ detail: { ctx } }) =>
  notice(saves(ctx?.sourceElement) ? "unsaved" : "unreachable", ctx?.sourceElement),
);

// An answer that lets itself be waited for: the form is sent, and nothing is done yet.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const { sourceElement } = ctx;
  if (!sourceElement.matches("form:not([hx-indicator])")) return;
  ctx.slow = setTimeout(() => notice("slow", sourceElement), 1000);
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  clearTimeout(ctx.slow);
  if (failure === "slow") answered(ctx.sourceElement);
});

// A page that nobody looks at does not ask how it stands: what has ended waits to be told until somebody does.
document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && event.detail.ctx.sourceElement.matches("[hx-trigger^=every]")) event.preventDefault();
});

// A second click while the first is under way sends nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((f) => delete f.dataset.sent));

// A scrolling table is a stop for the keyboard only while it scrolls.
const fit = () =>
  document.querySelectorAll(".table-wrap").forEach((wrap) => {
    wrap.tabIndex = wrap.scrollWidth > wrap.clientWidth ? 0 : -1;
  });
addEventListener("resize", fit);
document.addEventListener("htmx:after:settle", fit);
const sizes = new ResizeObserver(fit); // of tables whose typeface or rows came late
const measure = () =>
  document.querySelectorAll(".table-wrap, .table-wrap > table").forEach((box) => sizes.observe(box));

// On a narrow screen a row becomes a card: each cell then shows its column's heading, which need
// not be sent with every cell.
const label = () =>
  document.querySelectorAll(".table-cards").forEach((table) => {
    const headings = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    for (const cell of table.querySelectorAll("tbody td:not([data-label])")) {
      if (headings[cell.cellIndex]) cell.dataset.label = headings[cell.cellIndex];
    }
  });

for (const dress of [label, measure]) {
  document.addEventListener("htmx:after:settle", dress);
  dress();
}

// Back to the list as it was left: with what was sought, on its page.
for (const back of document.querySelectorAll("a.back")) {
  if (document.referrer.split("?")[0] === back.href) back.href = document.referrer;
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// An answer that was refused is read from its summary; that of a part of the page, when the focus went with the old part.
const read = () => {
  const summary = document.querySelector(".summary");
  summary?.focus();
  return summary;
};
document.addEventListener("htmx:after:settle", () => {
  if (document.activeElement !== document.body || read() || !stood) return;
  const part = document.getElementById(stood.part);
  const same = [...(part?.querySelectorAll(stood.tag) ?? [])].find((one) => one.textContent === stood.text);
  if (part && !same) part.tabIndex = -1;
  (same ?? part)?.focus({ preventScroll: true });
});
read();
