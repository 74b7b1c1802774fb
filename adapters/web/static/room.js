// The room in the browser: load it, listen to it, and bring the parts of the page together.

import {
  getJson,
  listUnanswered,
  postJson,
  postSaid,
  retryNow,
  retryUntilAnswered,
} from "/static/api.js";
import { MessageControls, openForm } from "/static/blocks.js";
import { ClockBar } from "/static/clock.js";
import { setUpColours } from "/static/colours.js";
import { Composer } from "/static/composer.js";
import { closeSide, setUpDrawer } from "/static/drawer.js";
import { MessageLog } from "/static/log.js";
import {
  chooseChannel,
  chooseSpeaker,
  loadSeen,
  markSeen,
  saveConversation,
} from "/static/memory.js";
import {
  announce,
  byId,
  canPress,
  describeProblem,
  describeRefusal,
  runOnce,
  showAlarm,
} from "/static/page.js";
import { PendingLines } from "/static/pending.js";
import { buildPicture, showCast, showPlaces } from "/static/people.js";
import { setUpSheets } from "/static/sheets.js";
import { room } from "/static/state.js";

let stream = null;
let entry = null; // settles once the conversation chosen last is on the screen
let isLost = false; // the connection

const clockBar = new ClockBar(room);
const log = new MessageLog({
  log: byId("log"),
  below: [byId("pending"), byId("over")],
  scroll: byId("scroll"),
  earlier: byId("earlier"),
  newer: byId("newer"),
  showWaiting: showConnection,
  muteLog: () => clockBar.muteLog(),
  isWatching: () => clockBar.isFollowing,
});
const pending = new PendingLines(byId("pending"), room, deliverEntry);
const composer = new Composer(
  {
    form: byId("composer"),
    words: byId("words"),
    offers: byId("offers"),
    list: byId("offer-list"),
    usage: byId("usage"),
    slash: byId("slash"),
    note: byId("composer-note"),
  },
  room,
  sendLine,
);
new MessageControls(byId("log"), { sendSaid, showAlarm, fill: (text) => composer.setText(text) });

// — saying —

// Say something as the current speaker. Return the article of the last line that came back.
async function sendSaid(said, showWaiting = showConnection, turn = null) {
  if (!room.as) await entry;
  const { as, channel } = room;
  const { lines } = await postSaid({ as, channel, ...said }, showWaiting, turn);
  await waitUntilEntered();
  const articles = lines.map((line) => log.placeLine(line));
  updateEmptyNotices();
  learnCommands();
  return articles.at(-1);
}

async function sendLine(line) {
  if (!isLost) showAlarm("");
  if (!room.as) await entry;
  const { as, channel } = room;
  const words = line.startsWith("/") ? { phrase: line.slice(1) } : { chat: line };
  // The id is chosen here, so that a line sent again is the same line.
  const lineEntry = pending.addEntry({ as, channel, once: crypto.randomUUID(), ...words });
  try {
    await deliverEntry(lineEntry);
  } catch (problem) {
    pending.removeEntry(lineEntry);
    showAlarm(describeRefusal(problem));
    throw problem;
  }
}

// Send a line until it has arrived. A line refused at once is an error here, and goes back into
// the box. A line that has waited stays on the screen with its refusal: something else may be in
// the box by now.
async function deliverEntry(lineEntry) {
  const turn = pending.waitForEarlier(lineEntry);
  const showWaiting = (lost) => {
    showConnection(lost);
    if (lost && pending.markWaiting(lineEntry)) log.scrollToEnd();
  };
  if ((isLost || lineEntry.isShown) && pending.markWaiting(lineEntry)) log.scrollToEnd();
  lineEntry.settled = sendSaid(lineEntry.said, showWaiting, turn);
  try {
    const article = await lineEntry.settled;
    // A form that comes late must not open over something else.
    if (article?.matches(".form") && !lineEntry.isShown) openForm(article);
    pending.removeEntry(lineEntry);
    pending.showEntries();
  } catch (problem) {
    if (!lineEntry.isShown && !composer.words.value) throw problem;
    pending.markRefused(lineEntry, describeRefusal(problem));
    log.scrollToEnd();
    announce(`Not sent. ${describeRefusal(problem)}`);
  }
}

// Send what was still unanswered when the page was left. A press is sent again, but it is no line.
function resendUnanswered() {
  for (const said of listUnanswered()) {
    if (said.label) sendSaid(said).catch(() => {});
    else {
      const delivery = deliverEntry(pending.addEntry(said));
      delivery.catch((problem) => showAlarm(describeRefusal(problem)));
    }
  }
}

function showConnection(lost) {
  isLost = lost;
  showAlarm(lost ? "The connection to the room is lost. I am trying again." : "");
}

// — who and where —

function enterConversation(as, channel) {
  const before = room.as;
  // Nothing is missed: the new stream begins where the new conversation was read.
  stream?.close();
  stream = null;
  room.as = as;
  room.channel = channel;
  saveConversation(as, channel);
  room.unread[channel] = 0;
  if (!isLost) showAlarm("");
  showState();
  pending.showEntries();
  composer.refreshOffers();
  if (before && before !== as) announce(`You now speak as ${room.me.name}.`);
  entry = openConversation(as, channel);
  return entry;
}

async function openConversation(as, channel) {
  try {
    if (!(await log.openConversation(as, channel))) return;
  } catch (problem) {
    showAlarm(describeProblem(problem));
    return;
  }
  openEventStream();
  updateEmptyNotices();
  markPrivateRead();
  learnCommands();
}

// Fetch the commands, the most helpful first. The order changes with what people do.
async function learnCommands() {
  const { as, channel } = room;
  try {
    const { commands, manages } = await getJson("/api/commands", { as, channel });
    if (as !== room.as || channel !== room.channel) return;
    Object.assign(room, { commands, manages });
    composer.refreshOrder();
  } catch {
    return; // the former order does as well
  }
}

// Wait for the conversation chosen last. A line placed before would be taken away again.
async function waitUntilEntered() {
  for (let waited = null; waited !== entry; ) {
    waited = entry;
    await waited;
  }
}

function speakAs(as) {
  if (as === room.as) return;
  room.unread = {};
  enterConversation(as, room.channel);
}

function openChannel(channel) {
  closeSide();
  enterConversation(room.as, channel);
}

function speakAsNeighbour(by) {
  if (!room.as) return;
  const natives = room.state.people.map(({ native }) => native);
  speakAs(natives[(natives.indexOf(room.as) + by + natives.length) % natives.length]);
}

// — listening —

function openEventStream() {
  stream?.close();
  const query = new URLSearchParams({ as: room.as, after: log.last });
  const opened = new EventSource(`/api/events?${query}`);
  stream = opened;
  let wasLost = false;
  // An old stream may still have events on the way after it was closed.
  const isCurrent = () => opened === stream;
  opened.addEventListener("line", ({ data }) => isCurrent() && receiveLine(JSON.parse(data)));
  opened.addEventListener("state", ({ data }) => isCurrent() && receiveState(JSON.parse(data)));
  opened.addEventListener("error", () => {
    if (!isCurrent()) return;
    wasLost = true;
    showConnection(true);
    // The browser gives up after some errors (a refusal, for one), and then it is our turn.
    if (opened.readyState !== EventSource.CLOSED) return;
    setTimeout(() => isCurrent() && openEventStream(), 1500);
  });
  opened.addEventListener("open", () => {
    room.state.number = 0; // a room that was started again counts from the beginning
    if (wasLost) showConnection(false);
    wasLost = false;
    retryNow();
  });
}

function receiveLine(line) {
  log.last = Math.max(log.last, line.seq);
  clockBar.countLine();
  if (line.channel === room.channel) {
    const article = log.placeLine(line);
    if (article) clockBar.noteNewest(article);
    updateEmptyNotices();
    markPrivateRead();
  } else if (line.kind === "post" || line.kind === "chat") {
    room.unread[line.channel] = (room.unread[line.channel] || 0) + 1;
    updatePlaces();
  }
}

// Take a new state, unless a newer one has overtaken it on the way.
function receiveState(state) {
  if (state.number < (room.state?.number || 0)) return;
  room.state = state;
  room.me = state.people.find(({ native }) => native === room.as) || null;
  if (room.me && room.channel === "") markSeen(room.as, room.me.newest);
  showState();
  updateEmptyNotices();
}

function markPrivateRead() {
  if (room.channel !== "") return;
  const posts = [...byId("log").querySelectorAll(":scope > .post")];
  markSeen(room.as, Math.max(0, ...posts.map((post) => Number(post.dataset.seq))));
}

// — showing —

function showState() {
  const { state } = room;
  room.me = state.people.find(({ native }) => native === room.as) || null;
  showCast(byId("cast"), state.people, room.as, speakAs, closeSide);
  updatePlaces();
  showTop();
  clockBar.showClock(state.clock);
}

function updatePlaces() {
  const { channel, me, state } = room;
  // Messages from before this page was loaded are not counted, only known to be there.
  const isMissed = channel !== "" && me.newest > (loadSeen()[room.as] || 0);
  const privateUnread = room.unread[""] || (isMissed ? "new" : 0);
  const unread = { ...room.unread, "": privateUnread };
  showPlaces(byId("places"), state.channels, me, channel, unread, openChannel);
}

function showTop() {
  const { me, channel } = room;
  const note = channel ? "Everybody can read this" : `Private. Only ${me.name} can read this`;
  byId("where").textContent = channel ? `# ${channel}` : "Syllabot";
  byId("where-note").textContent = note;
  if (byId("me").dataset.as !== me.native) byId("me").replaceChildren(buildPicture(me), me.name);
  byId("me").dataset.as = me.native;
  byId("me").setAttribute("aria-label", `You speak as ${me.name}: change`);
  byId("hearing").hidden = Boolean(channel);
  const hearing = me.hears ? "Close private messages" : "Open private messages";
  byId("hearing").textContent = hearing;
  byId("words").placeholder = channel ? "Message, or / for the bot" : "Type / to ask the bot";
}

function updateEmptyNotices() {
  const { begun, over } = room.state;
  const isEmpty = !byId("log").childElementCount;
  const isFirst = isEmpty && !begun && room.channel !== "";
  const isOver = over && room.channel !== "" && !room.isMovePending;
  // Appearing below the log, the notice would push the end out of view.
  const follows = log.isNearEnd && isOver && byId("over").hidden;
  byId("welcome").hidden = !isFirst;
  byId("over").hidden = !isOver;
  if (follows) log.scrollToEnd();
  byId("nothing").hidden = !isEmpty || isFirst;
  const nothing = room.channel
    ? "No messages yet."
    : "No private messages yet. Reminders arrive here.";
  byId("nothing").textContent = nothing;
}

// — the clock and the buttons —

// Post something that changes the state, and show the new one. Return it, or null if it failed.
async function postAction(path, body, problemElement) {
  try {
    const state = await postJson(path, { as: room.as, ...body });
    receiveState(state);
    return state;
  } catch (problem) {
    if (problemElement) problemElement.textContent = describeProblem(problem);
    else showAlarm(describeProblem(problem));
    return null;
  }
}

// Move the clock. Until the room answers, no other press moves it.
async function moveClock(body, problemElement) {
  // On a low screen the buttons scroll away; at the end they and the new messages are in view.
  if (log.isLow) log.scrollToEnd();
  setMovePending(true);
  const state = await postAction("/api/clock", body, problemElement);
  setMovePending(false);
  return state;
}

function setMovePending(isPending) {
  room.isMovePending = isPending;
  clockBar.showClock(room.state.clock);
  updateEmptyNotices();
}

async function startStory() {
  const state = await postAction("/api/story", { channel: room.channel });
  // The button goes away with the press, and the next thing to do is to let time pass.
  if (state) byId("play").focus();
}

function setUpButtons() {
  for (const button of document.querySelectorAll(".move[data-move]")) {
    button.addEventListener("click", () => {
      if (canPress(button)) moveClock({ move: button.dataset.move });
    });
  }
  for (const id of ["begin", "begin-again"]) {
    byId(id).addEventListener("click", () => runOnce(byId(id), startStory));
  }
  const switchHearing = () => postAction("/api/hearing", { hears: !room.me.hears });
  byId("hearing").addEventListener("click", () => runOnce(byId("hearing"), switchHearing));
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (!["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    speakAsNeighbour(event.key === "ArrowDown" ? 1 : -1);
  });
}

// — the start —

async function startRoom() {
  const ask = () => getJson("/api/room");
  const { commands, ...state } = await retryUntilAnswered(ask, showConnection);
  Object.assign(room, { commands, state });
  const zones = Intl.supportedValuesOf?.("timeZone") || [];
  for (const zone of zones) byId("zones").append(new Option(zone));
  await enterConversation(chooseSpeaker(state), chooseChannel(state));
  // Never take the focus from somebody who has put it somewhere already.
  if (document.activeElement === document.body) composer.words.focus({ preventScroll: true });
}

setUpColours();
setUpDrawer();
setUpSheets({ moveClock, postAction, speakAs, openChannel });
setUpButtons();
entry = startRoom();
entry.then(resendUnanswered).catch((problem) => showAlarm(describeProblem(problem)));
