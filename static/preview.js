// Keeps the sheet beside a draft's form in step with what is typed. Without it the form's own button shows the draft.

const form = document.getElementById("draft");
const sheet = document.getElementById("preview");
const said = document.getElementById("preview-said");
const PAUSE = 250;
const SHOWN = "#toolbar=0&navpanes=0&view=FitH";
let timer = 0;
let under_way = false;
let again = false;

const say = (key) => {
  said.textContent = said.dataset[key];
};

// The new sheet lies behind the old one until it has been read: nothing flickers. A frame of its own
// leaves the browser's back button alone.
const show = (pdf) => {
  const old = [...sheet.children];
  const frame = document.createElement("iframe");
  const address = URL.createObjectURL(pdf);
  frame.title = old[0].title;
  frame.className = "coming";
  frame.addEventListener("load", () => {
    frame.className = "";
    for (const one of old) one.remove();
    setTimeout(() => URL.revokeObjectURL(address), 5000);
    say("fresh");
  });
  frame.src = address + SHOWN;
  sheet.append(frame);
};

const update = async () => {
  if (under_way) {
    again = true;
    return;
  }
  under_way = true;
  say("busy");
  try {
    const answer = await fetch(sheet.dataset.url, { method: "POST", body: new FormData(form) });
    if (answer.ok) show(await answer.blob());
    else if (answer.headers.get("Content-Type").startsWith("text/plain")) said.textContent = await answer.text();
    else say(answer.status === 422 ? "invalid" : "failed");
    if (answer.status === 503) again = true;
  } catch {
    say("failed");
  }
  under_way = false;
  if (again) soon();
};

const soon = () => {
  again = false;
  clearTimeout(timer);
  timer = setTimeout(update, PAUSE);
};

form?.addEventListener("input", soon);
