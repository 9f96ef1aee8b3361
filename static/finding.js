// Beside the fields of the search: how many calls each choice would leave (the list never waits for it, and each choice
// works without), and which field was refused.

const form = document.getElementById("find");
const PAUSE = 300;
const names = new Map();
let asked = "";
let wait = 0;
let under_way = new AbortController();

const tell = (element, count) => {
  if (!names.has(element)) names.set(element, element.textContent);
  element.textContent = names.get(element) + (count ? ` (${count})` : "");
};

const show = (counts) => {
  for (const option of form.querySelectorAll("select:not(#sort) option")) {
    const of = counts && (counts[option.parentElement.name] || {});
    if (option.value) tell(option, of && (of[option.value] || "0"));
  }
  for (const box of form.querySelectorAll("input[type=checkbox]")) {
    const of = counts && (counts[box.name] || {});
    tell(box.labels[0], of && (of[box.value] || "0"));
  }
};

const ask = () => {
  const address = document.getElementById("results").dataset.counts || "";
  if (address === asked) return;
  asked = address;
  clearTimeout(wait);
  under_way.abort();
  if (!address) return show(null);
  under_way = new AbortController();
  wait = setTimeout(async () => {
    try {
      const answer = await fetch(address, { signal: under_way.signal, headers: { Accept: "application/json" } });
      show(answer.ok ? await answer.json() : null);
    } catch {
      // another search came, or the portal does not answer: the choices stand without
    }
  }, PAUSE);
};

// The fields have stayed in their place: what is said of them has come along with the list.
const refused = () => {
  for (const field of form.querySelectorAll("[aria-describedby]")) {
    const said = document.getElementById(field.getAttribute("aria-describedby"));
    field.ariaInvalid = String(said.childElementCount > 0);
  }
};

for (const follow of [ask, refused]) document.addEventListener("htmx:after:settle", follow);
ask();
