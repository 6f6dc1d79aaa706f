// What a hand does: motion keys and buttons, gamepad, hold-to-run, speed, and the browser's speech recognition.
import { ask, say, send } from "./live.js";
import { isTyping, stop } from "./stop.js";

const AGAIN_MS = 380, HOLD_MS = 60, DEAD = 0.45;
const byId = (id) => document.getElementById(id);
const GROUPS = [["Ahead", ["x"]], ["Aside", ["y"]], ["Height", ["z"]], ["Turn", ["rotate"]], ["Tilt", ["tilt"]], ["Roll", ["roll"]], ["Hand", ["hand"]]];
let keys = new Map(), answer = () => {}, holdNeeded = false;

// ---- Motion keys: said at once, and again while they are held --------------------------------------------------------
const held = new Map(); // source → timer
function press(source, key) {
  const known = keys.get(key);
  if (!known || held.has(source)) return;
  const speak = async () => answer(known.say, await say(known.say));
  known.button.classList.add("held");
  speak();
  held.set(source, [setInterval(speak, AGAIN_MS), known]);
}
function release(source) {
  const [timer, known] = held.get(source) ?? [];
  clearInterval(timer);
  known?.button.classList.remove("held");
  held.delete(source);
}
const releaseAll = () => { [...held.keys()].forEach(release); letGo(); };

const short = (text) => text.replace(/^(move arm|rotate gripper|tilt gripper|roll gripper) /, "").replace("slightly ", "").replace(" gripper", "");

export function showKeys(hello, onAnswer) {
  answer = onAnswer;
  const place = byId("keys");
  place.replaceChildren();
  keys = new Map();
  for (const [name, axes] of GROUPS) {
    const group = document.createElement("fieldset"), legend = document.createElement("legend"), pair = document.createElement("div");
    legend.textContent = name;
    group.append(legend, pair);
    for (const key of hello.keys.filter((k) => axes.includes(k.axis))) {
      const button = document.createElement("button"), cap = document.createElement("kbd");
      cap.textContent = key.key.toUpperCase();
      button.type = "button";
      button.append(short(key.say), cap);
      button.setAttribute("aria-label", key.say);
      button.setAttribute("aria-keyshortcuts", key.key.toUpperCase());
      button.dataset.motion = key.say;
      button.onpointerdown = (event) => { if (event.button === 0) { button.setPointerCapture(event.pointerId); press("pointer", key.key); } };
      button.onpointerup = button.onpointercancel = button.onlostpointercapture = () => release("pointer");
      button.onclick = (event) => { if (event.detail === 0) { press("click", key.key); release("click"); } };
      button.oncontextmenu = (event) => event.preventDefault();
      pair.append(button);
      keys.set(key.key, { ...key, button });
    }
    place.append(group);
  }
  holdNeeded = hello.hold_to_run;
  byId("hold").hidden = !holdNeeded;
}

addEventListener("keydown", (event) => {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key.toLowerCase();
  if (key === "h" && holdNeeded) hold();
  else if (key === "/") { event.preventDefault(); byId("text").focus(); }
  else if (event.target.type !== "range") press(`key ${event.code}`, key);
});
addEventListener("keyup", (event) => { release(`key ${event.code}`); if (event.key.toLowerCase() === "h") letGo(); });
addEventListener("blur", releaseAll);
addEventListener("pagehide", releaseAll);
document.addEventListener("visibilitychange", () => { if (document.hidden) releaseAll(); });

// ---- Hold-to-run: said every 60 ms; the session lets the arm go 200 ms after the last one ----------------------------
let holding = 0;
function hold() {
  if (holding || !holdNeeded) return;
  byId("hold").classList.add("held");
  send({ do: "hold" });
  holding = setInterval(() => send({ do: "hold" }), HOLD_MS);
}
function letGo() {
  if (!holding) return;
  clearInterval(holding);
  holding = 0;
  byId("hold").classList.remove("held");
  send({ do: "let_go" });
}
byId("hold").onpointerdown = (event) => { byId("hold").setPointerCapture(event.pointerId); hold(); };
byId("hold").onpointerup = byId("hold").onpointercancel = byId("hold").onlostpointercapture = letGo;
byId("hold").oncontextmenu = (event) => event.preventDefault();

const speed = byId("speed");
speed.oninput = () => { byId("speed-p").textContent = `${speed.value} %`; send({ do: "speed", value: speed.value / 100 }); };

// ---- Gamepad ---------------------------------------------------------------------------------------------------------
const AXES = [[1, "w", "s"], [0, "a", "d"], [3, "r", "f"], [2, "q", "e"]]; // axis, at -1, at +1
const BUTTONS = { 12: "t", 13: "g", 14: "z", 15: "x", 6: "c", 7: "o" };
const STOPS = [1, 9], GOES = 0;
let before = {};
function poll() {
  const pad = [...(navigator.getGamepads?.() ?? [])].find(Boolean), now = {};
  if (pad) {
    byId("pad").textContent = `Gamepad: ${pad.id.slice(0, 40)}. Button 2 or start stops.`;
    for (const i of STOPS) now[`stop${i}`] = pad.buttons[i]?.pressed;
    now.go = pad.buttons[GOES]?.pressed;
    for (const [axis, less, more] of AXES) {
      const v = pad.axes[axis] ?? 0;
      now[`axis${axis}`] = v < -DEAD ? less : v > DEAD ? more : "";
    }
    for (const [i, key] of Object.entries(BUTTONS)) now[`button${i}`] = pad.buttons[i]?.pressed ? key : "";
    for (const [source, value] of Object.entries(now)) {
      if (value === (before[source] ?? "")) continue;
      if (source.startsWith("stop")) { if (value) stop(); }
      else if (source === "go") { if (holdNeeded) value ? hold() : letGo(); else if (value) say("go on").then((a) => answer("go on", a)); }
      else { release(`pad ${source}`); if (value) press(`pad ${source}`, value); }
    }
  } else if (Object.keys(before).length) {
    Object.keys(before).forEach((source) => release(`pad ${source}`));
    letGo();
    byId("pad").textContent = "Gamepad: gone.";
  }
  before = now;
}
setInterval(poll, 30); // not by animation frames, which stop in a hidden tab

// ---- Speech: this computer's recognition if the console has one, else the browser's own -------------------------------
const RATE = 16000, PART = 8000; // samples a second, and in one message
const listens = (text, pressed) => { mic.textContent = text; mic.setAttribute("aria-pressed", String(pressed)); };

function packed(floats) {
  const samples = Int16Array.from(floats, (v) => Math.max(-1, Math.min(1, v)) * 32767), bytes = new Uint8Array(samples.buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(text);
}

// Records while the button is held, passes the sound on in parts, and says the words that come back.
function offline(onText) {
  let open = null, wanted = false;
  async function begin() {
    wanted = true;
    if (!navigator.mediaDevices) return listens("The microphone needs this page at localhost", false);
    listens("Opening the microphone…", true);
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } }), context = new AudioContext({ sampleRate: RATE });
      await context.audioWorklet.addModule("recorder.js");
      await context.resume();
      const node = new AudioWorkletNode(context, "recorder"), parts = [];
      let heard = 0;
      node.port.onmessage = ({ data }) => { parts.push(...data); heard += data.length; if (wanted) listens(`Listening… ${(heard / RATE).toFixed(1)} s`, true); if (parts.length >= PART) send({ do: "sound", samples: packed(parts.splice(0)) }); };
      context.createMediaStreamSource(stream).connect(node);
      open = { stream, context, parts };
      if (!wanted) end();
    } catch (error) {
      listens(error.name === "NotAllowedError" ? "The microphone is not allowed here" : "No microphone", false);
    }
  }
  async function end() {
    wanted = false;
    if (!open) return;
    const { stream, context, parts } = open;
    open = null;
    stream.getTracks().forEach((track) => track.stop());
    await context.close();
    if (parts.length) send({ do: "sound", samples: packed(parts) });
    listens("Reading…", false);
    const answer = await ask({ do: "spoken" });
    listens("Hold to speak", false);
    answer.ok ? onText(answer.text) : answerOf(answer.text);
  }
  mic.title = "The sound stays on the robot's computer.";
  mic.onpointerdown = (event) => { mic.setPointerCapture(event.pointerId); begin(); };
  mic.onpointerup = mic.onpointercancel = end;
  mic.onkeydown = (event) => { if (event.key === "Enter" && !event.repeat) begin(); };
  mic.onkeyup = (event) => { if (event.key === "Enter") end(); };
}
const answerOf = (text) => { mic.textContent = text; setTimeout(() => { mic.textContent = "Hold to speak"; }, 4000); };

const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition, mic = byId("mic");
export function speech(onText, hears) {
  mic.disabled = false;
  listens("Hold to speak", false);
  if (hears) return offline(onText);
  if (!Recognition) {
    mic.disabled = true;
    mic.textContent = "This browser has no speech recognition: start sayso console with --speech";
    return;
  }
  mic.title = "The browser's maker may receive the sound.";
  const ears = new Recognition();
  ears.lang = "en-US"; ears.interimResults = true; ears.maxAlternatives = 1;
  const idle = (text = "Hold to speak") => { mic.textContent = text; mic.setAttribute("aria-pressed", "false"); };
  let last = "";
  ears.onresult = (event) => {
    last = [...event.results].map((r) => r[0].transcript).join(" ").trim();
    mic.textContent = last || "Listening…";
    if (/\b(stop|halt|freeze)\b/i.test(last)) stop(); // at once, not at the end of the sentence
  };
  ears.onend = () => { idle(); if (last) onText(last); last = ""; };
  ears.onerror = (event) => {
    last = "";
    const why = { "not-allowed": "The microphone is not allowed here", network: "Speech recognition is not reachable", "service-not-allowed": "Speech recognition is not allowed here", "audio-capture": "No microphone" }[event.error];
    idle(why ?? "Hold to speak");
  };
  mic.onpointerdown = () => { last = ""; mic.textContent = "Listening…"; mic.setAttribute("aria-pressed", "true"); try { ears.start(); } catch { /* it listens already */ } };
  mic.onpointerup = mic.onpointercancel = () => ears.stop();
  mic.onkeydown = (event) => { if (event.key === "Enter" && !event.repeat) mic.onpointerdown(); };
  mic.onkeyup = (event) => { if (event.key === "Enter") ears.stop(); };
}
