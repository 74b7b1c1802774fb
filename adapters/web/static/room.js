// The room in the browser: loads, listens, and lets the parts of the page know.

import { Problem, get, hurry, patiently, post, say, unanswered } from "/static/api.js";
import { Blocks, openForm } from "/static/blocks.js";
import { Composer } from "/static/composer.js";
import { Log } from "/static/log.js";
import { Pending } from "/static/pending.js";
import { markSeen, pictureOf, seen, showCast, showPlaces } from "/static/people.js";

const $ = (id) => document.getElementById(id);
const ICONS = "/static/icons.svg#";
const THEMES = { auto: "Colours: as your system", light: "Colours: light", dark: "Colours: dark" };

const room = { as: "", channel: "", commands: [], state: null, unread: {}, me: null, manages: false, pressed: false };
let stream = null;
let entering = null; // settles when the conversation that was chosen last is on the screen
let isLost = false; // the connection
let tally = null; // what was heard since the clock set out

const log = new Log({ log: $("log"), below: [$("pending"), $("over")], scroll: $("scroll"), earlier: $("earlier"), newer: $("newer"), waiting: connection, hush });
const pending = new Pending($("pending"), room, deliver);
new Blocks($("log"), speak, alarm, (text) => composer.put(text));
const composer = new Composer(
  { form: $("composer"), words: $("words"), offers: $("offers"), list: $("offer-list"), usage: $("usage"), slash: $("slash"), note: $("composer-note") },
  room,
  sendLine,
);

// — saying —

async function speak(said, waiting = connection, turn = null) {
  if (!room.as) await entering;
  const { as, channel } = room;
  const { lines } = await say({ as, channel, ...said }, waiting, turn);
  await entered();
  const placed = lines.map((line) => log.place(line));
  emptiness();
  learnCommands();
  return placed.at(-1);
}

async function sendLine(line) {
  if (!isLost) alarm("");
  if (!room.as) await entering;
  const { as, channel } = room;
  const words = line.startsWith("/") ? { phrase: line.slice(1) } : { chat: line };
  const entry = pending.add({ as, channel, once: crypto.randomUUID(), ...words });
  try {
    await deliver(entry);
  } catch (problem) {
    pending.drop(entry);
    alarm(refusalOf(problem));
    throw problem;
  }
}

// Send a line until it has arrived. Fails where it was refused at once; what waited, and what would be lost because
// something else is being typed, stays on the screen.
async function deliver(entry) {
  const turn = pending.turnOf(entry);
  const waiting = (lost) => {
    connection(lost);
    if (lost && pending.wait(entry)) log.toEnd();
  };
  if ((isLost || entry.isShown) && pending.wait(entry)) log.toEnd();
  entry.settled = speak(entry.said, waiting, turn);
  try {
    const put = await entry.settled;
    if (put?.matches(".form") && !entry.isShown) openForm(put);
    pending.drop(entry);
    pending.show();
  } catch (problem) {
    if (!entry.isShown && !composer.words.value) throw problem;
    pending.refuse(entry, refusalOf(problem));
    log.toEnd();
    announce(`Not sent. ${refusalOf(problem)}`);
  }
}

function refusalOf(problem) {
  return problem instanceof Problem ? problem.message : "That could not be sent: please try again.";
}

// What was still unanswered when the page was left. A press is asked again, but it was no line.
function resume() {
  for (const said of unanswered()) {
    if (said.label) speak(said).catch(() => {});
    else deliver(pending.add(said)).catch((problem) => alarm(refusalOf(problem)));
  }
}

function alarm(sentence) {
  $("alarm").textContent = sentence;
  $("alarm").hidden = !sentence;
}

function connection(lost) {
  isLost = lost;
  alarm(lost ? "The connection to the room is lost; I keep trying." : "");
}

// Tell whoever listens to the page what others see; the same sentence twice is heard twice.
function announce(sentence) {
  $("heard").textContent = "";
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => ($("heard").textContent = sentence), 80);
}

// New messages are read out, but neither while the clock moves nor when a whole conversation comes at once.
function hush() {
  $("log").setAttribute("aria-live", "off");
  clearTimeout(hush.timer);
  hush.timer = setTimeout(() => !tally && $("log").setAttribute("aria-live", "polite"), 400);
}

// — who and where —

function enter(as, channel) {
  const before = room.as;
  stream?.close(); // what comes meanwhile is heard from where the new conversation was read
  stream = null;
  room.as = as;
  room.channel = channel;
  localStorage.setItem("syllabot.as", as);
  localStorage.setItem("syllabot.channel", channel);
  room.unread[channel] = 0;
  if (!isLost) alarm("");
  show();
  pending.show();
  composer.renew();
  if (before && before !== as) announce(`You speak as ${room.me.name} now.`);
  entering = arrive(as, channel);
  return entering;
}

async function arrive(as, channel) {
  try {
    if (!(await log.open(as, channel))) return;
  } catch (problem) {
    alarm(sentence(problem));
    return;
  }
  listen();
  emptiness();
  readPrivate();
  learnCommands();
}

// What can be said, in the order of its use for whoever speaks: it changes with what they do.
async function learnCommands() {
  const { as, channel } = room;
  try {
    const { commands, manages } = await get("/api/commands", { as, channel });
    if (as !== room.as || channel !== room.channel) return;
    Object.assign(room, { commands, manages });
    composer.reorder();
  } catch {
    return; // the order of before does as well
  }
}

// A line must not be put among those that are about to be taken away.
async function entered() {
  for (let waited = null; waited !== entering; ) {
    waited = entering;
    await waited;
  }
}

function become(as) {
  if (as === room.as) return;
  room.unread = {};
  enter(as, room.channel);
}

function go(channel) {
  closeSide();
  enter(room.as, channel);
}

function neighbour(by) {
  if (!room.as) return;
  const people = room.state.people.map(({ native }) => native);
  become(people[(people.indexOf(room.as) + by + people.length) % people.length]);
}

// — listening —

function listen() {
  stream?.close();
  const opened = new EventSource(`/api/events?${new URLSearchParams({ as: room.as, after: log.last })}`);
  stream = opened;
  let lost = false;
  opened.addEventListener("line", ({ data }) => opened === stream && hear(JSON.parse(data)));
  opened.addEventListener("state", ({ data }) => opened === stream && know(JSON.parse(data)));
  opened.addEventListener("error", () => {
    if (opened !== stream) return;
    lost = true;
    connection(true);
    if (opened.readyState === EventSource.CLOSED) setTimeout(() => opened === stream && listen(), 1500);
  });
  opened.addEventListener("open", () => {
    room.state.number = 0;
    if (lost) connection(false);
    lost = false;
    hurry();
  });
}

function hear(line) {
  log.last = Math.max(log.last, line.seq);
  if (tally) tally.count += 1;
  if (line.channel === room.channel) {
    const put = log.place(line);
    if (tally && put) tally.newest = put.querySelector(".title") || put.querySelector(".text") || tally.newest;
    emptiness();
    readPrivate();
  } else if (line.kind === "post" || line.kind === "chat") {
    room.unread[line.channel] = (room.unread[line.channel] || 0) + 1;
    places();
  }
}

// An answer that was overtaken by newer news is old news.
function know(state) {
  if (state.number < (room.state?.number || 0)) return;
  room.state = state;
  room.me = state.people.find(({ native }) => native === room.as) || null;
  if (room.me && room.channel === "") markSeen(room.as, room.me.newest);
  show();
  emptiness();
}

function readPrivate() {
  const newest = Math.max(0, ...[...$("log").querySelectorAll(":scope > .post")].map((line) => Number(line.dataset.seq)));
  if (room.channel === "") markSeen(room.as, newest);
}

// — showing what is known —

function show() {
  const { state } = room;
  room.me = state.people.find(({ native }) => native === room.as) || null;
  showCast($("cast"), state.people, room.as, become, closeSide);
  places();
  showTop();
  showClock(state.clock);
}

function places() {
  const missed = room.channel !== "" && room.me.newest > (seen()[room.as] || 0);
  const unread = { ...room.unread, "": room.unread[""] || (missed ? "new" : 0) };
  showPlaces($("places"), room.state.channels, room.me, room.channel, unread, go);
}

function showTop() {
  const { me, channel } = room;
  $("where").textContent = channel ? `# ${channel}` : "Syllabot";
  $("where-note").textContent = channel ? "Everybody reads what is posted here" : `Private messages, only ${me.name} sees them`;
  if ($("me").dataset.as !== me.native) $("me").replaceChildren(pictureOf(me), me.name);
  $("me").dataset.as = me.native;
  $("me").setAttribute("aria-label", `You speak as ${me.name}: change`);
  $("hearing").hidden = Boolean(channel);
  $("hearing").textContent = me.hears ? "Close private messages" : "Open private messages";
  $("words").placeholder = channel ? "Message, or / for the bot" : "Type / to ask the bot";
}

function showClock(clock) {
  const moving = Boolean(clock.moving);
  follow(clock, moving || room.pressed);
  const at = new Date(clock.at * 1000);
  $("now").textContent = clock.text;
  $("now").dateTime = at.toISOString();
  const zones = [...new Map(room.state.people.map(({ zone, local }) => [zone, local]))];
  $("now-box").title = [`${clock.text} ${clock.zone}`, ...zones.map(([zone, local]) => `${local} ${zone}`)].join("\n");
  const yours = room.me.local === clock.text ? "" : ` · ${room.me.local.slice(-5)} for ${room.me.name}`;
  const due = clock.due && !moving ? ` · next ${clock.due}` : "";
  $("now-note").textContent = `${clock.zone.split("/").at(-1).replaceAll("_", " ")}${yours}${due}`;
  // Not `disabled`, which would take the focus from whoever presses by keyboard.
  for (const button of document.querySelectorAll(".move")) {
    button.setAttribute("aria-disabled", String(room.pressed || (moving && button.id !== "play")));
  }
  $("moves").setAttribute("aria-busy", String(room.pressed || moving));
  $("play").dataset.move = moving ? "stop" : "play";
  $("play").classList.toggle("is-on", moving);
  $("play-word").textContent = moving ? "Stop" : "Play";
  $("play-icon").setAttribute("href", ICONS + (moving ? "stop" : "play"));
  if ($("remark").textContent !== clock.remark) $("remark").textContent = clock.remark;
}

// While the clock moves nothing is read out; when it stands, one sentence tells what has come.
function follow(clock, going) {
  if (going && !tally) {
    tally = { at: clock.at, count: 0, newest: null };
    log.watches = true;
    $("log").setAttribute("aria-live", "off");
  } else if (!going && tally) {
    const { at, count, newest } = tally;
    tally = null;
    log.watches = false;
    hush();
    if (at !== clock.at || count || clock.remark) announce(summary(clock, count, newest));
  }
}

function summary(clock, count, newest) {
  const [title] = newest?.textContent.trim().match(/^.{1,120}?([.!?](?=\s)|$)|^.{1,120}/m) || [""];
  const came = count === 1 ? "One new message." : `${count || "No"} new messages.`;
  const latest = title && `The latest: ${title}${/[.!?]$/.test(title) ? "" : "."}`;
  return [`The clock stands at ${clock.text}.`, came, latest, clock.remark].filter(Boolean).join(" ");
}

function emptiness() {
  const empty = !$("log").childElementCount;
  const first = empty && !room.state.begun && room.channel !== "";
  $("welcome").hidden = !first;
  const over = room.state.over && room.channel !== "" && !room.pressed;
  const follows = log.near && over && $("over").hidden;
  $("over").hidden = !over;
  if (follows) log.toEnd();
  $("nothing").hidden = !empty || first;
  $("nothing").textContent = room.channel ? "Nothing was said here yet." : "Nothing private yet. Reminders arrive here.";
}

// — the clock, the sheets, the colours —

async function act(path, body, problemAt) {
  try {
    const answer = await post(path, { as: room.as, ...body });
    know(answer);
    return answer;
  } catch (problem) {
    if (problemAt) problemAt.textContent = sentence(problem);
    else alarm(sentence(problem));
    return null;
  }
}

function sentence(problem) {
  return problem instanceof Problem ? problem.message : "The room does not answer: is it still running?";
}

// Between a press and the room's answer nothing else moves the clock.
async function move(body, problemAt) {
  if (log.isLow) log.toEnd(); // the buttons stay in sight, and what they bring is looked for
  room.pressed = true;
  showClock(room.state.clock);
  emptiness();
  const answer = await act("/api/clock", body, problemAt);
  room.pressed = false;
  showClock(room.state.clock);
  emptiness();
  return answer;
}

// What is being done is not begun again by a second press.
async function once(pressed, work) {
  if (pressed.getAttribute("aria-busy") === "true") return;
  pressed.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    pressed.removeAttribute("aria-busy");
  }
}

function mayPress(button) {
  return button.getAttribute("aria-disabled") !== "true";
}

function sheet(name, opener, work) {
  const dialog = $(`${name}-sheet`);
  const problem = $(`${name}-problem`);
  $(opener).addEventListener("click", () => {
    if (!mayPress($(opener))) return;
    problem.textContent = "";
    dialog.showModal();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  $(`${name}-form`).addEventListener("submit", (event) => {
    event.preventDefault();
    once(event.target, async () => (await work(problem)) && dialog.close());
  });
}

sheet("down", "down", (problem) => {
  const hours = Number($("down-hours").value.replace(",", ".")) * Number($("down-unit").value);
  return move({ move: "down", hours: Number.isFinite(hours) ? hours : null }, problem);
});

sheet("person", "add-person", async (problem) => {
  const asked = { name: $("person-name").value, zone: $("person-zone").value, moderator: $("person-moderator").checked };
  const answer = await act("/api/people", asked, problem);
  if (answer) $("person-form").reset();
  if (answer) become(answer.added);
  return answer;
});

sheet("channel", "add-channel", async (problem) => {
  const answer = await act("/api/channels", { name: $("channel-name").value }, problem);
  if (answer) $("channel-form").reset();
  if (answer) go(answer.opened);
  return answer;
});

for (const button of document.querySelectorAll(".move[data-move]")) {
  button.addEventListener("click", () => mayPress(button) && move({ move: button.dataset.move }));
}
// The button goes away with the press, and what comes next is to let time pass.
for (const id of ["begin", "begin-again"]) {
  $(id).addEventListener("click", () =>
    once($(id), async () => (await act("/api/story", { channel: room.channel })) && $("play").focus()),
  );
}
$("hearing").addEventListener("click", () => once($("hearing"), () => act("/api/hearing", { hears: !room.me.hears })));

function theme(next) {
  document.documentElement.dataset.theme = next;
  localStorage.setItem("syllabot.theme", next);
  $("theme").setAttribute("aria-label", THEMES[next]);
  $("theme").title = THEMES[next];
  $("theme").querySelector("use").setAttribute("href", ICONS + next);
}
$("theme").addEventListener("click", () => {
  const names = Object.keys(THEMES);
  theme(names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length]);
});

// On a phone the side is a drawer: what is behind it cannot be reached, and whoever opened it gets the focus back.
let opener = null;

function openSide(by) {
  opener = by;
  document.body.classList.add("side-open");
  $("side-open").setAttribute("aria-expanded", "true");
  for (const part of behind()) part.inert = true;
  $("cast").querySelector("input:checked")?.focus();
}

function closeSide() {
  if (!opener) return;
  document.body.classList.remove("side-open");
  $("side-open").setAttribute("aria-expanded", "false");
  for (const part of behind()) part.inert = false;
  opener.focus();
  opener = null;
}

function behind() {
  return document.querySelectorAll(".skip, .top > button, .clock, .scroll, .foot"); // the headline stays
}

for (const id of ["side-open", "me"]) $(id).addEventListener("click", () => openSide($(id)));
$("side-close").addEventListener("click", closeSide);
document.addEventListener("click", ({ target }) => {
  if (opener && target.isConnected && !target.closest(".side, dialog") && !opener.contains(target)) closeSide();
});
matchMedia("(max-width: 760px)").addEventListener("change", closeSide);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeSide();
  if (!event.altKey || event.ctrlKey || event.metaKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  neighbour(event.key === "ArrowDown" ? 1 : -1);
});

// — the beginning —

async function begin() {
  theme(document.documentElement.dataset.theme);
  const { commands, ...state } = await patiently(() => get("/api/room"), connection);
  room.commands = commands;
  room.state = state;
  for (const zone of Intl.supportedValuesOf?.("timeZone") || []) $("zones").append(new Option(zone));
  const as = localStorage.getItem("syllabot.as");
  const channel = localStorage.getItem("syllabot.channel");
  const known = state.people.some(({ native }) => native === as);
  await enter(known ? as : state.people[0].native, channel === "" || state.channels.includes(channel) ? channel : state.channels[0]);
  if (document.activeElement === document.body) composer.words.focus({ preventScroll: true });
}

entering = begin();
entering.then(resume).catch((problem) => alarm(sentence(problem)));
