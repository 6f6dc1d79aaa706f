// STOP: by itself, with no part of the page but its button and its line. It posts to the gateway, again and again until
// the gateway confirms, and also asks over the page's socket if the gateway is slow.
import { bearer } from "./token.js";

const button = document.getElementById("stop"), line = document.getElementById("stopped");
const FIRST_MS = 500, LATER_MS = 1500, GIVES_UP_MS = 20000, AGAIN_MS = 150;
let running = 0;
export const other = { way: () => Promise.reject(new Error("no socket")) }; // set by the page: stop over its socket

const tell = (text, is = "") => { line.textContent = text; line.dataset.is = is; };

async function post(timeout) {
  const answer = await fetch("/stop", { method: "POST", headers: bearer(), signal: AbortSignal.timeout(timeout), cache: "no-store" });
  if (answer.status === 401 || answer.status === 403) return { stopped: false, why: await answer.text(), final: true };
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

export async function stop() {
  const mine = ++running, began = performance.now();
  tell("Stopping…", "sent");
  for (let attempt = 1; mine === running && performance.now() - began < GIVES_UP_MS; attempt += 1) {
    const ways = [post(attempt === 1 ? FIRST_MS : LATER_MS)];
    if (attempt > 1) ways.push(other.way(LATER_MS));
    try {
      const found = await Promise.any(ways);
      if (mine !== running) return;
      const ms = Math.round(performance.now() - began);
      if (found.stopped) return tell(found.by === "flag" ? `Arm stopped by its flag, ${ms} ms; the session does not answer` : `Stop confirmed, ${ms} ms`, "yes");
      tell(`NOT confirmed: ${found.why}. Use the arm's own stop.`, "no");
      if (found.final) return;
    } catch {
      if (mine !== running) return;
      tell(`NOT confirmed, trying again (${attempt}). Use the arm's own stop, or type: sayso stop`, "no");
    }
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}

const HINT = matchMedia("(pointer: coarse)").matches ? "STOP works on every screen, without control." : line.textContent;
export const rest = () => { running += 1; tell(HINT); };
rest();

const types = (at) => at instanceof HTMLElement && (at.isContentEditable || at instanceof HTMLTextAreaElement ||
  (at instanceof HTMLInputElement && at.type !== "range"));
export const isTyping = types;

button.addEventListener("pointerdown", (event) => { event.preventDefault(); stop(); });
button.addEventListener("click", (event) => { if (event.detail === 0) stop(); }); // by Enter or a screen reader
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" && !(event.key === " " && !types(event.target))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.repeat) stop();
}, { capture: true });
