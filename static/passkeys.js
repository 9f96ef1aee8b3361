// Passkeys and security keys: the browser asks one, and its answer is sent along with the form.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const asked = (options) => {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const key of [...(options.allowCredentials ?? []), ...(options.excludeCredentials ?? [])]) key.id = bytes(key.id);
  return options;
};

const told = ({ id, rawId, type, response }) => {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const sent = Object.fromEntries(parts.filter((p) => response[p]).map((p) => [p, text(response[p])]));
  if (response.getTransports) sent.transports = response.getTransports();
  return JSON.stringify({ id, rawId: text(rawId), type, response: sent });
};

for (const button of window.PublicKeyCredential ? document.querySelectorAll("[data-key]") : []) {
  const { form, dataset } = button;
  button.hidden = false;
  if (!form.querySelector("button:not([type=button])"))
    form.addEventListener("submit", (event) => {
      if (form.elements[dataset.field].value) return;
      event.preventDefault(); // Enter in a field: the same as the button
      button.click();
    });
  button.addEventListener("click", async () => {
    const said = document.getElementById("key-said");
    said.textContent = "";
    button.disabled = true;
    try {
      const headers = { "X-CSRFToken": form.elements.csrf_token.value };
      const answer = await fetch(dataset.key, { method: "POST", headers });
      if (answer.status === 403) return form.submit(); // a proof is wanted anew: asked for with what was typed kept
      if (!answer.ok || answer.redirected) throw new Error("no question");
      const publicKey = asked(await answer.json());
      const key = await navigator.credentials[publicKey.user ? "create" : "get"]({ publicKey });
      form.elements[dataset.field].value = told(key);
      form.requestSubmit();
    } catch (error) {
      // else refused by the person, no key at hand, or the session has ended
      said.textContent = error.name === "InvalidStateError" ? dataset.taken : dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
}
