// The line to the page server: one WebSocket that is opened again and again, and what it last said.
import { bearer, client, token } from "./token.js";
import { other } from "./stop.js";

const AGAIN_MS = [300, 600, 1200, 2000], SILENT_MS = 4000, HELLO_MS = 3000;
const listeners = {};
let socket = null, tries = 0, lastId = 0, waiting = new Map();
export const seen = { at: 0, ever: false, silent: 0, ended: "" };

export const on = (kind, act) => { (listeners[kind] ??= []).push(act); };
const tell = (kind, ...what) => (listeners[kind] ?? []).forEach((act) => act(...what));

export function ask(order) {
  const id = ++lastId;
  if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve({ ok: false, text: "not sent: there is no connection", do: order.do });
  socket.send(JSON.stringify({ ...order, id }));
  return new Promise((done) => {
    waiting.set(id, done);
    setTimeout(() => waiting.delete(id) && done({ ok: false, text: "no answer came", do: order.do }), 15000);
  });
}
export const send = (order) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(order)); };
export const say = (text) => ask({ do: "say", text });

other.way = async (ms) => {
  const answer = await Promise.race([ask({ do: "stop" }), new Promise((_, no) => setTimeout(no, ms, new Error("late")))]);
  if (answer.text === "not sent: there is no connection") throw new Error("no socket");
  return { stopped: answer.ok, why: answer.text, by: "session" };
};

async function open() {
  let hello;
  try {
    const answer = await fetch("/hello", { headers: bearer(), signal: AbortSignal.timeout(HELLO_MS), cache: "no-store" });
    if (answer.status === 401) return tell("link", "locked");
    if (!answer.ok) throw new Error(`${answer.status}`);
    hello = await answer.json();
  } catch {
    return again();
  }
  const opened = new WebSocket(`ws://${location.host}/live?client=${client}`, ["sayso", `token.${token()}`]);
  opened.binaryType = "arraybuffer";
  socket = opened;
  opened.onopen = () => { tries = 0; seen.at = performance.now(); seen.ever = true; tell("hello", hello, true); tell("link", "live"); };
  opened.onmessage = ({ data }) => { seen.at = performance.now(); typeof data === "string" ? take(JSON.parse(data)) : picture(data); };
  opened.onclose = () => { if (socket === opened) { socket = null; again(); } };
}

function again() {
  for (const [, done] of waiting) done({ ok: false, text: "the connection was lost before an answer came" });
  waiting = new Map();
  tell("link", "lost");
  setTimeout(open, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
}

function take(news) {
  for (const reply of news.replies ?? []) {
    waiting.get(reply.re)?.(reply.do === "stop" ? { ...reply, stopped: reply.ok } : reply);
    waiting.delete(reply.re);
  }
  if (news.you) seen.silent = news.you.silent_s;
  if (news.ended !== undefined) seen.ended = news.ended;
  if (news.hello) tell("hello", news.hello, false);
  if (news.events) tell("events", news.events);
  if (news.state || news.you) tell("state", news.state, news.you);
}

function picture(data) {
  const size = new DataView(data).getUint32(0), text = new TextDecoder().decode(new Uint8Array(data, 4, size));
  const about = JSON.parse(text);
  send({ do: "got", camera: about.camera });
  tell("picture", about, new Blob([new Uint8Array(data, 4 + size)], { type: "image/jpeg" }));
}

setInterval(() => { // a half-dead connection: close it, so that a new one is tried
  if (socket && seen.at && performance.now() - seen.at > SILENT_MS) { const old = socket; socket = null; old.close(); again(); }
}, 500);
export const start = open;
