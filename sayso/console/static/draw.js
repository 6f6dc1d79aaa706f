// Drawing: the arm from the side and from above, the marks in a camera's picture, and the timeline.
export const COLORS = {
  red: "#d64541", orange: "#e67e22", yellow: "#e0b400", green: "#2e9e5b", cyan: "#22a7b5", blue: "#2f6fd6", purple: "#8455c4",
  pink: "#e07aa8", brown: "#8a5a3b", gray: "#8a919c",
};
export const WAYS = {
  forward: "#3e7ed6", back: "#1e4c9e", left: "#1a9e96", right: "#0e6868", up: "#9268d6", down: "#5c3c9e", turn: "#ce5c94",
  gripper: "#94703c", toward: "#506482", hold: "#a9b0ba",
};
let kept = {};
const css = (name) => (kept[name] ??= getComputedStyle(document.documentElement).getPropertyValue(name).trim());
export const newTheme = () => { kept = {}; };

function pen(canvas) {
  const ratio = devicePixelRatio || 1, { clientWidth: width, clientHeight: height } = canvas;
  const w = Math.round(width * ratio), h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  g.lineJoin = g.lineCap = "round";
  return { g, width, height };
}

// ---- The arm ---------------------------------------------------------------------------------------------------------
const SIDE = { right: (p) => p[0], up: (p) => p[2], half: (s) => [s[0] / 2, s[2] / 2], name: "side" };
const TOP = { right: (p) => -p[1], up: (p) => p[0], half: (s) => [s[1] / 2, s[0] / 2], name: "top" };
const STEPS = { forward: [1, 0, 0], back: [-1, 0, 0], left: [0, 1, 0], right: [0, -1, 0], up: [0, 0, 1], down: [0, 0, -1] };

export function drawArm(canvas, which, hello, state, trail) {
  const { g, width, height } = pen(canvas), view = which === "side" ? SIDE : TOP, arm = hello?.arm, drawn = state?.arm;
  if (!arm || !drawn?.points) return note(g, width, height, "The arm is not connected yet.");
  const [low, high] = arm.reach, points = [[0, 0, 0], ...drawn.points], things = state.things ?? [];
  const all = [...points, low, high, ...things.map((t) => t.position)];
  const xs = all.map(view.right), ys = all.map(view.up), pad = 0.07;
  let [x0, x1, y0, y1] = [Math.min(...xs) - pad, Math.max(...xs) + pad, Math.min(...ys, 0) - pad, Math.max(...ys) + pad];
  const scale = Math.min(width / (x1 - x0), height / (y1 - y0));
  const at = (p) => [width / 2 + (view.right(p) - (x0 + x1) / 2) * scale, height / 2 - (view.up(p) - (y0 + y1) / 2) * scale];
  const line = (from, to) => { g.beginPath(); g.moveTo(...at(from)); g.lineTo(...at(to)); g.stroke(); };

  g.strokeStyle = css("--line"); g.lineWidth = 1;
  if (view === SIDE) { const y = at([0, 0, 0])[1]; g.beginPath(); g.moveTo(0, y); g.lineTo(width, y); g.stroke(); }
  g.setLineDash([4, 4]);
  const [a, b] = [at(low), at(high)];
  g.strokeRect(Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]));
  g.setLineDash([]);

  for (const thing of [...things].sort((p, q) => p.position[2] - q.position[2])) {
    const [x, y] = at(thing.position), [hw, hh] = view.half(thing.size).map((v) => Math.max(v * scale, 2));
    g.save(); g.translate(x, y);
    if (view === TOP) g.rotate(-thing.yaw);
    g.fillStyle = COLORS[thing.color] ?? css("--soft"); g.globalAlpha = thing.held ? 1 : 0.85;
    g.beginPath();
    if (thing.kind === "bowl" && view === TOP) g.arc(0, 0, Math.max(hw, hh), 0, 7); else g.rect(-hw, -hh, 2 * hw, 2 * hh);
    g.fill();
    if (thing.id === state.selected?.id) { g.globalAlpha = 1; g.lineWidth = 2.5; g.strokeStyle = css("--operator-fill"); g.stroke(); }
    g.restore();
  }
  if (state.selected?.point) cross(g, ...at([...state.selected.point, 0]));
  g.strokeStyle = css("--accent"); g.lineWidth = 1.5; g.globalAlpha = 0.4;
  g.beginPath(); trail.forEach((p, i) => (i ? g.lineTo(...at(p)) : g.moveTo(...at(p)))); g.stroke();
  g.globalAlpha = 1;

  g.strokeStyle = css("--soft"); g.lineWidth = Math.max(3, Math.min(9, 0.045 * scale));
  g.beginPath(); points.forEach((p, i) => (i ? g.lineTo(...at(p)) : g.moveTo(...at(p)))); g.stroke();
  g.fillStyle = css("--ink");
  for (const p of points.slice(0, -1)) { g.beginPath(); g.arc(...at(p), 2.4, 0, 7); g.fill(); }
  const tip = points.at(-1), down = drawn.down ?? [0, 0, -1], open = (arm.hand || 0.06) / 2 * drawn.gripper + 0.006;
  const across = view === SIDE ? [down[2], 0, -down[0]] : [0, 1, 0];
  g.strokeStyle = css("--ink"); g.lineWidth = 2.5;
  for (const side of [-1, 1]) {
    const root = tip.map((v, i) => v + side * open * across[i] - 0.035 * down[i]);
    line(root, root.map((v, i) => v + 0.045 * down[i]));
  }
  const words = state.motion?.text ?? "", way = Object.keys(STEPS).filter((w) => words.startsWith("move arm") && new RegExp(`\\b${w}\\b`).test(words));
  const step = way.reduce((sum, w) => sum.map((v, i) => v + STEPS[w][i]), [0, 0, 0]);
  if (way.length && !state.stands) arrow(g, at(tip), at(tip.map((v, i) => v + 0.13 * step[i])), state.motion.by === "operator" ? css("--operator-fill") : css("--accent"));
}

function arrow(g, from, to, color) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length < 4) return;
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  g.strokeStyle = g.fillStyle = color; g.lineWidth = 3;
  g.beginPath(); g.moveTo(...from); g.lineTo(to[0] - ux * 5, to[1] - uy * 5); g.stroke();
  g.beginPath(); g.moveTo(...to); g.lineTo(to[0] - ux * 10 - uy * 5, to[1] - uy * 10 + ux * 5);
  g.lineTo(to[0] - ux * 10 + uy * 5, to[1] - uy * 10 - ux * 5); g.fill();
}
function cross(g, x, y) {
  g.strokeStyle = css("--operator-fill"); g.lineWidth = 2.5;
  g.beginPath(); g.moveTo(x - 7, y); g.lineTo(x + 7, y); g.moveTo(x, y - 7); g.lineTo(x, y + 7); g.stroke();
}
function note(g, width, height, text) {
  g.fillStyle = css("--soft"); g.font = "13px system-ui, sans-serif"; g.textAlign = "center";
  g.fillText(text, width / 2, height / 2); g.textAlign = "left";
}

// ---- Cameras ---------------------------------------------------------------------------------------------------------
// Where a point of the base frame is in the picture: [u, v] in 0..1, null behind the camera.
export function project(about, point) {
  const r = about.rotation, d = point.map((v, i) => v - about.position[i]);
  const c = [0, 1, 2].map((k) => r[k] * d[0] + r[3 + k] * d[1] + r[6 + k] * d[2]);
  if (c[2] <= 0.01) return null;
  const m = about.matrix;
  return [(m[0] * c[0] / c[2] + m[2]) / about.size[0], (m[4] * c[1] / c[2] + m[5]) / about.size[1]];
}
// The point of the table at [u, v] in 0..1 of the picture, null above the horizon.
export function onTable(about, u, v) {
  const m = about.matrix, r = about.rotation, ray = [(u * about.size[0] - m[2]) / m[0], (v * about.size[1] - m[5]) / m[4], 1];
  const d = [0, 1, 2].map((k) => r[3 * k] * ray[0] + r[3 * k + 1] * ray[1] + r[3 * k + 2] * ray[2]);
  const s = -about.position[2] / d[2];
  return s > 0 ? [about.position[0] + s * d[0], about.position[1] + s * d[1]] : null;
}

export function drawCamera(canvas, picture, about, state, stale) {
  const ratio = about.size[0] / about.size[1];
  canvas.style.aspectRatio = ratio;
  canvas.style.width = `min(100%, calc(34vh * ${ratio}))`; // two of them fit a screen
  const { g, width, height } = pen(canvas);
  g.imageSmoothingQuality = "high";
  g.drawImage(picture, 0, 0, width, height);
  if (stale) { g.fillStyle = "#0007"; g.fillRect(0, 0, width, height); }
  g.font = "600 12px system-ui, sans-serif";
  const taken = [];
  const chosen = state?.selected?.id, things = [...(state?.things ?? [])].sort((a, b) => (b.id === chosen) - (a.id === chosen)); // its label first
  for (const thing of things) {
    const at = project(about, thing.position);
    if (!at || at[0] < 0 || at[0] > 1 || at[1] < 0 || at[1] > 1) continue;
    const [x, y] = [at[0] * width, at[1] * height], mine = thing.id === chosen, text = thing.own || thing.name;
    g.lineWidth = mine ? 4 : 2; g.strokeStyle = mine ? "#f4a020" : "#ffffff";
    g.shadowColor = "#000c"; g.shadowBlur = 3;
    g.beginPath(); g.arc(x, y, mine ? 10 : 7, 0, 7); g.stroke();
    const wide = g.measureText(text).width + 8, clear = ([l, t]) => !taken.some((o) => l < o.x1 && l + wide > o.x0 && t < o.y + 17 && t + 17 > o.y);
    const inside = ([l, t]) => [Math.min(Math.max(l, 1), width - wide - 1), Math.min(Math.max(t, 1), height - 17)];
    const places = [[x - wide / 2, y - 28], [x + 12, y - 8], [x - wide - 12, y - 8], [x - wide / 2, y + 11], [x + 12, y - 25], [x + 12, y + 9], [x - wide - 12, y - 25], [x - wide - 12, y + 9], [x - wide / 2, y - 46], [x - wide / 2, y + 29], [x + 14, y - 43], [x - wide - 14, y - 43], [x + 14, y + 27], [x - wide - 14, y + 27]].map(inside);
    const [left, top] = places.find(clear) ?? places[0];
    taken.push({ x0: left, x1: left + wide, y: top });
    g.shadowBlur = 0;
    g.fillStyle = mine ? "#f4a020" : "#12151ad0"; g.beginPath(); g.roundRect(left, top, wide, 16, 4); g.fill();
    g.fillStyle = mine ? "#12151a" : "#ffffff"; g.fillText(text, left + 4, top + 12);
  }
  g.shadowBlur = 0;
  const point = state?.selected?.point && project(about, [...state.selected.point, 0]);
  if (point) { g.shadowColor = "#000c"; g.shadowBlur = 3; cross(g, point[0] * width, point[1] * height); g.shadowBlur = 0; }
}

// ---- Timeline --------------------------------------------------------------------------------------------------------
const LANES = ["subtask", "motion", "said", "critic"], LEFT = 58;

export function drawTimeline(canvas, events, now) {
  const { g, width, height } = pen(canvas), run = events.at(-1)?.run ?? 0, mine = events.filter((e) => e.run === run && run);
  if (!mine.length) { note(g, width, height, "The timeline begins with the first instruction."); return null; }
  const over = mine.findLast((e) => e.kind === "outcome");
  const end = Math.max(over ? over.t : now, ...mine.map((e) => e.t), 0), span = Math.max(end * 1.04, 12), right = width - 10;
  const x = (t) => LEFT + (Math.max(t, 0) / span) * (right - LEFT);
  const heights = { subtask: 26, motion: 26, said: 36, critic: height - 22 - 26 - 26 - 36 - 18 }, tops = {};
  let y = 4;
  g.font = "12px system-ui, sans-serif"; g.textBaseline = "middle";
  for (const lane of LANES) {
    tops[lane] = y; g.fillStyle = css("--soft"); g.fillText(lane, 0, y + heights[lane] / 2); y += heights[lane] + 6;
  }
  bars(g, mine.filter((e) => e.kind === "subtask"), x, end, tops.subtask, heights.subtask,
    (e) => { const done = mine.find((f) => f.kind === "ended" && f.place === e.place);
      return [done?.t, { done: "#1d7a49", failed: "#b8322a" }[done?.outcome] ?? "#5c6472"]; }, (e) => e.text);
  bars(g, mine.filter((e) => e.kind === "motion"), x, end, tops.motion, heights.motion,
    (e, next) => [next?.t, WAYS[e.way] ?? WAYS.toward], (e) => (e.by === "operator" ? "you" : ""), (e) => e.by === "operator");
  for (const e of mine.filter((e) => e.kind === "heard" && e.level === "stop")) { // nothing moves until a person says so
    const from = x(e.t), until = mine.find((f) => f.kind === "heard" && f.level === "resume" && f.t >= e.t)?.t ?? end;
    g.fillStyle = css("--card"); g.globalAlpha = 0.82; g.fillRect(from, tops.motion - 1, x(until) - from, heights.motion + 2); g.globalAlpha = 1;
    if (x(until) - from > 50) { g.fillStyle = css("--bad"); g.fillText("stopped", from + 5, tops.motion + heights.motion / 2); }
  }
  sentences(g, mine.filter((e) => e.kind === "heard" || e.kind === "asked"), x, right, tops.said);
  const [top, tall] = [tops.critic, heights.critic];
  g.strokeStyle = css("--line"); g.lineWidth = 1; g.strokeRect(LEFT, top, right - LEFT, tall);
  for (const [name, color] of [["done", css("--good")], ["failed", css("--bad")]]) {
    g.strokeStyle = color; g.lineWidth = 1.7; g.beginPath();
    mine.filter((e) => e.kind === "critic").forEach((e, i) => { const p = [x(e.t), top + (1 - e[name]) * tall]; i ? g.lineTo(...p) : g.moveTo(...p); });
    g.stroke();
  }
  g.fillStyle = css("--soft"); g.textAlign = "center";
  const tick = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((s) => (s / span) * (right - LEFT) > 46) ?? 1200;
  for (let t = 0; t <= span; t += tick) g.fillText(t < 120 ? `${t} s` : `${Math.round(t / 6) / 10} min`, Math.min(x(t), right - 12), height - 8);
  g.textAlign = "left";
  if (!over) { g.strokeStyle = css("--accent"); g.lineWidth = 1; g.beginPath(); g.moveTo(x(end), 2); g.lineTo(x(end), height - 18); g.stroke(); }
  return (at) => ((at - LEFT) / (right - LEFT)) * span;
}

// Sentences in two rows; one that finds no room stays a dot, and the log has its words.
function sentences(g, list, x, right, top) {
  const ends = [LEFT, LEFT];
  list.forEach((e, i) => {
    const at = x(e.t), row = ends.findIndex((end) => end <= at);
    g.fillStyle = css(e.kind === "asked" ? "--accent" : "--operator-fill");
    g.beginPath(); g.arc(at, top + (row < 0 ? 8 : 8 + 18 * row), 4, 0, 7); g.fill();
    if (row < 0) return;
    const blocked = list.slice(i + 1).find((f, k) => x(f.t) > at && k % 2 === 1); // the next one has the other row
    const text = fitted(g, e.kind === "asked" ? "asks" : e.text.replace(/\s*\[[^\]]*\]$/, ""), Math.max((blocked ? x(blocked.t) : right) - at - 14, 0));
    if (!text) return;
    g.fillStyle = css("--ink"); g.fillText(text, at + 7, top + 9 + 18 * row);
    ends[row] = at + 13 + g.measureText(text).width;
  });
}
// As much of the text as fits, with an ellipsis; "" if that is hardly anything.
function fitted(g, text, wide) {
  if (g.measureText(text).width <= wide) return text;
  let most = text.length;
  while (most > 3 && g.measureText(`${text.slice(0, most)}…`).width > wide) most -= 1;
  return most > 3 ? `${text.slice(0, most).trimEnd()}…` : "";
}

function bars(g, list, x, end, top, tall, find, label, strong = () => false) {
  list.forEach((e, i) => {
    const [until, color] = find(e, list[i + 1]), from = x(e.t), to = Math.max(x(until ?? end), from + 1);
    g.fillStyle = color; g.beginPath(); g.roundRect(from, top, Math.max(to - from - 1, 1), tall, 3); g.fill();
    if (strong(e)) { g.strokeStyle = css("--operator-fill"); g.lineWidth = 3; g.strokeRect(from + 1, top + 1, Math.max(to - from - 3, 1), tall - 2); }
    const text = label(e);
    if (text && to - from > 26) {
      g.save(); g.beginPath(); g.rect(from + 3, top, to - from - 7, tall); g.clip();
      g.fillStyle = "#fff"; g.fillText(text, from + 6, top + tall / 2); g.restore();
    }
  });
}
