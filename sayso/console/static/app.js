// The page: shows what the server says, and passes on what a person does.
import { ask, on, say, seen, send, start } from "./live.js";
import { drawArm, drawCamera, drawTimeline, newTheme, onTable, project } from "./draw.js";
import { showKeys, speech } from "./input.js";
import { rest } from "./stop.js";
import { token } from "./token.js";

const byId = (id) => document.getElementById(id);
const LOST_MS = 2000, SILENT_S = 2.5, STALE_MS = 3000, NEAR_PX = 26, KEPT = 4000, LISTED = 400, TRAIL = 120;
let link = "connecting", hello = null, state = null, you = null, events = [], lastEvent = 0, trail = [], timeOf = null, dirty = true, hears = false;
const cameras = new Map(), root = document.documentElement;

// Words as a person said them: the point of a click stands behind them, in brackets.
const plain = (text) => (text ?? "").replace(/\s*\[-?[\d.]+, -?[\d.]+\]$/, "");
function set(element, text) { if (element.textContent !== text) element.textContent = text; }
function make(tag, text = "", more = {}) { const made = document.createElement(tag); made.textContent = text; Object.assign(made, more); return made; }

// ---- News ------------------------------------------------------------------------------------------------------------
on("hello", (found, fresh) => {
  if (hello && hello.session !== found.session) { events = []; lastEvent = 0; byId("log").replaceChildren(); }
  const keys = JSON.stringify(found.keys) !== JSON.stringify(hello?.keys) || hello.hold_to_run !== found.hold_to_run;
  hello = found;
  set(byId("robot"), `· ${found.arm?.name && found.arm.name !== found.robot ? `${found.robot} (${found.arm.name})` : found.robot ?? ""}`);
  for (const kind of ["done", "failed"]) byId(kind).title = `counts as ${kind} above ${found.thresholds?.[kind]}`;
  if (keys && found.keys) showKeys(found, heard);
  if (fresh && Boolean(found.hears) !== hears) speech(speak, hears = Boolean(found.hears));
  if (fresh) seen.ended = found.ended ?? "";
});
on("link", (is) => { link = is; byId("locked").hidden = is !== "locked"; dirty = true; showLink(); });
on("state", (newest, about) => {
  if (newest) {
    if (state?.stands && !newest.stands) rest();
    state = newest;
    const tip = newest.arm?.points?.at(-1);
    if (tip && JSON.stringify(tip) !== JSON.stringify(trail.at(-1))) trail = [...trail, tip].slice(-TRAIL);
  }
  if (about) you = about;
  dirty = true;
});
on("events", (more) => {
  more = more.filter((e) => e.id > lastEvent);
  if (!more.length) return;
  lastEvent = more.at(-1).id;
  events = [...events, ...more].slice(-KEPT);
  const log = byId("log"), atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  for (const event of more) { const line = lineOf(event); if (line) log.append(line); }
  while (log.childElementCount > LISTED) log.firstElementChild.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
  dirty = true;
});
on("picture", async (about, jpeg) => {
  let camera = cameras.get(about.camera);
  if (!camera) {
    camera = { canvas: make("canvas"), caption: make("figcaption", about.camera) };
    const figure = document.createElement("figure");
    camera.canvas.setAttribute("role", "img");
    camera.canvas.setAttribute("aria-label", `Camera ${about.camera}; its things are listed under Arm`);
    camera.canvas.onclick = (event) => point(camera, event);
    figure.append(camera.canvas, camera.caption);
    if (!cameras.size) byId("cameras").replaceChildren();
    byId("cameras").append(figure);
    cameras.set(about.camera, camera);
  }
  const picture = await createImageBitmap(jpeg);
  camera.picture?.close();
  Object.assign(camera, { picture, about, at: performance.now() });
  dirty = true;
});

// ---- Showing ---------------------------------------------------------------------------------------------------------
const PHASES = { "setting up": "getting ready", stopped: "stopped", asks: "asks you", plans: "plans: holding", moves: "moving", works: "working", waits: "waits for you" };

const CAUSES = { ask: "asked you" };
const sureness = (p) => (p >= 0.05 ? ` (failed ${Math.round(100 * p)} %)` : "");

function show() {
  dirty = false;
  showLink();
  if (!state) return;
  const live = link === "live";
  byId("phase").dataset.phase = seen.ended ? "ended" : state.phase;
  set(byId("phase"), seen.ended || (PHASES[state.phase] ?? state.phase) + (state.phase === "setting up" && state.doing ? `: ${state.doing}` : ""));
  const asks = state.running && !seen.ended ? state.question : null;
  const instruction = plain(state.instruction) || (state.phase === "setting up" ? "Getting ready" : "Nothing is under way: say what to do");
  set(byId("instruction"), instruction + (state.outcome ? `: ${state.outcome}` : ""));
  set(byId("motion"), state.stands ? "holds still: stopped" : asks ? "holds still: asks you" : state.motion?.text ?? "none");
  const by = { operator: "you (operator)", planner: hello?.planner === "local" ? "motion planner" : hello?.planner ?? "planner" }[!state.stands && !asks && state.motion?.by] ?? "nobody";
  set(byId("by"), by);
  byId("by").dataset.by = state.stands || asks ? "" : state.motion?.by ?? "";
  set(byId("pace"), state.pace === undefined || state.pace === 1 ? "usual" : `× ${state.pace}`);
  showSteps(state.steps ?? []);
  for (const kind of ["done", "failed"]) {
    const p = state.critic?.[kind];
    byId(kind).value = p ?? 0;
    set(byId(`${kind}-p`), p === undefined ? "–" : `${Math.round(100 * p)} %`);
  }
  set(byId("cause"), state.cause ? `At ${state.cause.t} s, ${CAUSES[state.cause.level] ?? state.cause.level}: ${state.cause.reason}${sureness(state.cause.p)}` : "No change of plan.");
  showQuestion(asks);
  showThings();
  if (document.activeElement !== byId("speed")) { byId("speed").value = Math.round(state.speed * 100); set(byId("speed-p"), `${Math.round(state.speed * 100)} %`); }
  set(byId("hold"), state.held ? "Held: the arm may move" : "Hold to run (H)");
  const look = JSON.stringify([state.things, state.selected, root.dataset.theme, innerWidth]);
  if (changed("arm", look + JSON.stringify([state.arm, state.motion?.text, state.motion?.by, hello?.arm?.name]))) {
    for (const which of ["side", "top"]) drawArm(byId(which), which, hello, state, trail);
  }
  for (const [name, camera] of cameras) {
    if (!camera.picture) continue;
    const old = performance.now() - camera.at, stale = old > STALE_MS || !live;
    if (changed(name, `${look} ${camera.at} ${stale}`)) drawCamera(camera.canvas, camera.picture, camera.about, state, stale);
    set(camera.caption, `${camera.about.camera}${old > STALE_MS ? `, ${Math.round(old / 1000)} s old` : ""}`);
  }
  const now = Math.round((state.t ?? 0) * (state.running ? 2 : 0)); // it grows twice a second
  if (changed("time", `${lastEvent} ${now} ${root.dataset.theme} ${innerWidth}`)) timeOf = drawTimeline(byId("timeline"), events, state.t ?? 0);
}

// Drawing is what costs: only what is another picture than before.
const drawn = {};
function changed(what, now) { const is = drawn[what] !== now; drawn[what] = now; return is; }

function showLink() {
  const ago = (performance.now() - seen.at) / 1000, dead = byId("dead"), lost = link !== "live" || ago * 1000 > LOST_MS;
  document.body.dataset.link = link === "locked" ? link : !lost ? "live" : seen.ever ? "lost" : "connecting";
  if (link === "locked") { dead.hidden = true; byId("link").hidden = byId("control").hidden = true; set(byId("phase"), "locked"); return; }
  byId("link").hidden = !seen.ever;
  set(byId("link"), !seen.ever ? "" : lost ? `last seen ${ago.toFixed(0)} s ago` : "live");
  byId("control").hidden = lost || !you;
  byId("take").hidden = lost || !you || you.speaks || !you.speaker;
  const speaks = you && (you.speaks || !you.speaker); // control that nobody has goes to who asks
  if (you) set(byId("control"), !you.speaker ? "nobody has control yet" : you.speaks ? `you have control${you.pages > 1 ? `, ${you.pages} screens` : ""}` : `${you.speaker} has control; you watch`);
  for (const one of document.querySelectorAll("#say button[type=submit], .phrase, #keys button, #answers button, #hold, #speed")) one.disabled = lost || (you && !speaks);
  let why = "";
  if (seen.ended && link !== "live") why = "The session has ended. Nothing more is sent to the arm. Start another in the terminal, then open its new address.";
  else if (lost && seen.ever) why = `No connection to the console. Last seen ${ago.toFixed(0)} s ago. The arm may still move. STOP keeps trying; in a terminal of the arm's computer type: sayso stop`;
  else if (lost && ago > 4) why = "The console does not answer yet. To stop the arm, type in a terminal of its computer: sayso stop";
  else if (!lost && seen.silent > SILENT_S && !seen.ended) why = `The session is silent. Last seen ${seen.silent.toFixed(0)} s ago; what you see is old. STOP goes past it, to the arm's own stop flag.`;
  if (dead.hidden !== !why) dead.hidden = !why;
  if (why) set(dead, why);
}

function showSteps(steps) {
  const list = byId("steps"), text = JSON.stringify(steps);
  if (list.dataset.is === text) return;
  list.dataset.is = text;
  list.replaceChildren(...steps.map((step) => {
    const line = make("li");
    line.dataset.is = step.state;
    line.append(make("span", step.text), make("span", step.state === "running" ? "under way" : step.state === "superseded" ? "replaced" : step.state));
    return line;
  }));
  list.querySelector('[data-is="running"]')?.scrollIntoView({ block: "nearest" });
}

function showQuestion(question) {
  const place = byId("question"), text = JSON.stringify(question ?? null);
  if (place.dataset.is === text) return;
  place.dataset.is = text;
  place.hidden = !question;
  if (!question) return;
  byId("asked").textContent = question.text;
  byId("answers").replaceChildren(...[...question.options, "never mind"].map((option) => make("button", option, { type: "button", onclick: () => speak(option) })));
}

function showThings() {
  const things = state.things ?? [], place = byId("things"), chosen = state.selected?.id ?? "";
  const text = JSON.stringify([things.map((t) => [t.id, t.name, t.own, t.color, t.kind, t.held]), chosen]);
  if (place.dataset.is !== text) {
    place.dataset.is = text;
    const focused = document.activeElement?.dataset?.thing;
    place.replaceChildren(...things.map((thing) => {
      const button = make("button", "", { type: "button", onclick: () => send({ do: "select", target: thing.id === chosen ? "" : thing.id }) });
      const dot = make("i", "", { className: thing.kind === "bowl" ? "round" : "" });
      dot.style.background = thing.color === "gray" ? "#8a919c" : thing.color;
      button.append(dot, (thing.own ? `${thing.own} (${thing.name})` : thing.name) + (thing.held ? ", held" : ""));
      button.dataset.thing = thing.id;
      button.setAttribute("aria-pressed", String(thing.id === chosen));
      return button;
    }));
    if (focused) place.querySelector(`[data-thing="${CSS.escape(focused)}"]`)?.focus();
  }
  const about = state.selected ?? {};
  byId("selection").hidden = !about.id && !about.point;
  byId("click").hidden = !byId("selection").hidden || !things.length;
  byId("selection").dataset.thing = about.id ?? "";
  const side = (y) => (y < 0 ? "right" : "left"), told = [];
  if (about.id) told.push(`Selected: ${about.name}. Say “this one”.`);
  if (about.point) told.push(`Marked: ${about.point[0].toFixed(2)} m ahead, ${Math.abs(about.point[1]).toFixed(2)} m ${side(about.point[1])} of the base. Say “here”.`);
  set(byId("selected"), told.join(" "));
  for (const one of byId("selection").querySelectorAll("label, button[type=submit]")) one.hidden = !about.id;
}

function lineOf(event) {
  if (event.kind === "motion" || event.kind === "critic" || (event.kind === "change" && ["ask", "stop"].includes(event.level)) || (event.kind === "ended" && event.outcome === "done")) return null;
  const line = make("li"), words = make("span"), strong = (text) => words.append(make("b", text));
  line.dataset.kind = event.kind;
  line.append(make("time", event.run ? `${event.t.toFixed(1)} s` : ""), words);
  if (event.kind === "instruction") strong(plain(event.text));
  else if (event.kind === "heard") { strong(`“${plain(event.text)}”`); words.append(make("span", event.answer, { className: "answer" })); }
  else if (event.kind === "asked") { strong("asks: "); words.append(event.text); }
  else if (event.kind === "subtask") words.append(`begins to ${event.text}`);
  else if (event.kind === "ended") { words.append(`${event.text}: `); strong(event.outcome === "superseded" ? "replaced" : event.outcome); }
  else if (event.kind === "change") words.append(`${event.level}: ${event.text}${sureness(event.p)}`);
  else if (event.kind === "outcome") { line.dataset.outcome = event.outcome; strong(event.outcome); if (event.text) words.append(`: ${event.text}`); }
  else words.append(event.text);
  return line;
}

// ---- Doing -----------------------------------------------------------------------------------------------------------
function heard(text, answer) {
  const line = byId("heard");
  line.dataset.is = answer.ok ? "yes" : "no";
  line.textContent = answer.text ? `“${text}”: ${answer.text}` : `“${text}”`;
}
async function speak(text) { heard(text, { ok: true, text: "…" }); heard(text, await say(text)); }

const past = [];
let back = 0;
byId("say").onsubmit = (event) => {
  event.preventDefault();
  const field = byId("text"), text = field.value.trim();
  if (!text) return;
  past.push(text);
  back = past.length;
  field.value = "";
  speak(text);
};
byId("text").onkeydown = (event) => {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  event.preventDefault();
  back = Math.min(Math.max(back + (event.key === "ArrowUp" ? -1 : 1), 0), past.length);
  byId("text").value = past[back] ?? "";
};
for (const button of document.querySelectorAll(".phrase")) button.onclick = () => speak(button.dataset.say);
byId("take").onclick = () => ask({ do: "take" });
byId("unselect").onclick = () => send({ do: "select", target: "" });
byId("selection").onsubmit = async (event) => {
  event.preventDefault();
  const field = byId("name"), name = field.value.trim(), thing = byId("selection").dataset.thing;
  if (!name || !thing) return;
  const answer = await ask({ do: "name", target: thing, text: name });
  heard(`its name is ${name}`, answer);
  if (answer.ok) field.value = "";
};

function point(camera, event) {
  const box = camera.canvas.getBoundingClientRect(), [x, y] = [event.clientX - box.left, event.clientY - box.top];
  let best = null, least = NEAR_PX;
  for (const thing of state?.things ?? []) {
    const at = project(camera.about, thing.position);
    const away = at ? Math.hypot(at[0] * box.width - x, at[1] * box.height - y) : Infinity;
    if (away < least) [best, least] = [thing, away];
  }
  if (best) return pointAt({ do: "select", target: best.id });
  const found = onTable(camera.about, x / box.width, y / box.height);
  if (found && found.every((v) => Math.abs(v) < 10)) pointAt({ do: "mark", x: found[0], y: found[1] });
}
async function pointAt(order) { const answer = await ask(order); if (!answer.ok) heard("here", answer); }

byId("timeline").onpointermove = byId("timeline").onpointerdown = (event) => {
  if (!timeOf) return;
  const t = timeOf(event.clientX - byId("timeline").getBoundingClientRect().left), run = events.at(-1)?.run;
  const last = (kind) => events.findLast((e) => e.run === run && e.kind === kind && e.t <= t);
  const [subtask, motion, critic] = ["subtask", "motion", "critic"].map(last);
  set(byId("moment"), t < 0 ? "" : [`${Math.max(t, 0).toFixed(1)} s`, subtask?.text, motion && `${motion.text} (${motion.by === "operator" ? "you" : motion.by})`, critic && `done ${Math.round(100 * critic.done)} %, failed ${Math.round(100 * critic.failed)} %`].filter(Boolean).join(" · "));
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => { root.dataset.theme = localStorage.getItem("sayso-theme") ?? (dark.matches ? "dark" : "light"); newTheme(); dirty = true; };
byId("theme").onclick = () => { localStorage.setItem("sayso-theme", root.dataset.theme === "dark" ? "light" : "dark"); theme(); };
dark.onchange = theme;
theme();
addEventListener("resize", () => { dirty = true; });

window.sayso = () => ({ state, you, hello, camera: cameras.values().next().value }); // for the console of the browser, and tests
speech(speak, false);
if (token()) start(); else { link = "locked"; byId("locked").hidden = false; showLink(); }
setInterval(showLink, 250);
setInterval(() => { if (cameras.size) dirty = true; }, 1000);
setInterval(() => { if (dirty) show(); }, 66); // no animation frames: a tab behind another one stays up to date, too
