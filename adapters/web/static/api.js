// Talk to the room. A line is kept until it is answered, and sent again under the same id: a lost
// connection or a restart of the server neither loses it nor says it twice.

const STORAGE_KEY = "syllabot.unanswered";
const WAITS = [300, 700, 1500, 3000, 5000]; // milliseconds between two tries

// An answer from the room: it is there, and it says no.
export class RoomProblem extends Error {
  constructor(sentence, field = "") {
    super(sentence);
    this.field = field;
  }
}

async function readAnswer(response) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const sentence = body.problem || "The room could not do that: load the page again.";
  throw new RoomProblem(sentence, body.field);
}

export async function getJson(path, query = {}) {
  return readAnswer(await fetch(`${path}?${new URLSearchParams(query)}`, { cache: "no-store" }));
}

export async function postJson(path, body, signal) {
  const headers = { "Content-Type": "application/json" };
  const options = { method: "POST", headers, body: JSON.stringify(body), signal };
  return readAnswer(await fetch(path, options));
}

function loadUnanswered() {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY)) || {};
  } catch {
    return {};
  }
}

function saveUnanswered(once, body) {
  const unanswered = loadUnanswered();
  if (body) unanswered[once] = body;
  else delete unanswered[once];
  localStorage.setItem(STORAGE_KEY, JSON.stringify(unanswered));
}

const bells = new Set();

async function waitOrBell(milliseconds) {
  let ring;
  await new Promise((resolve) => {
    ring = resolve;
    bells.add(ring);
    setTimeout(ring, milliseconds);
  });
  bells.delete(ring);
}

// The room is there again: end every wait.
export function retryNow() {
  for (const ring of bells) ring();
}

// Ask until the room answers. `showWaiting` gets true when the connection is lost, false when it
// is back.
export async function retryUntilAnswered(ask, showWaiting) {
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await ask();
      if (tries) showWaiting(false);
      return answer;
    } catch (problem) {
      // A refusal is an answer, too; asking again would bring the same one.
      if (problem instanceof RoomProblem) {
        if (tries) showWaiting(false);
        throw problem;
      }
      showWaiting(true);
      await waitOrBell(WAITS[Math.min(tries, WAITS.length - 1)]);
    }
  }
}

// Send something said, once `turn` has settled. Files are too large for the browser's storage: if
// the page is left before they arrive, the bot asks for them again.
export async function postSaid({ files, ...body }, showWaiting, turn) {
  const said = { ...body, once: body.once || crypto.randomUUID() };
  const send = () => {
    if (files) return postJson("/api/bring", { ...said, files });
    return postJson("/api/say", said);
  };
  saveUnanswered(said.once, said);
  try {
    await turn;
    return await retryUntilAnswered(send, showWaiting);
  } finally {
    saveUnanswered(said.once, null);
  }
}

// Return what was unanswered when the page was left, in the order it was said.
export function listUnanswered() {
  return Object.values(loadUnanswered());
}
