// Talking to the room. What somebody says is kept until it is answered and sent again under the same id, so a lost
// connection or a restart of the server neither loses it nor says it twice.

const KEPT = "syllabot.unanswered";
const WAITS = [300, 700, 1500, 3000, 5000];

export class Problem extends Error {
  constructor(sentence, field = "") {
    super(sentence);
    this.field = field;
  }
}

async function answerOf(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(body.problem || "The room could not do that: load the page again.", body.field);
  return body;
}

export async function get(path, query = {}) {
  return answerOf(await fetch(`${path}?${new URLSearchParams(query)}`, { cache: "no-store" }));
}

export async function post(path, body, signal) {
  return answerOf(
    await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal }),
  );
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) || {};
  } catch {
    return {};
  }
}

function keep(once, body) {
  const all = kept();
  if (body) all[once] = body;
  else delete all[once];
  localStorage.setItem(KEPT, JSON.stringify(all));
}

const bells = new Set();

async function wait(time) {
  let ring;
  await new Promise((done) => {
    ring = done;
    bells.add(ring);
    setTimeout(ring, time);
  });
  bells.delete(ring);
}

// The room is there again: whoever waits need not wait longer.
export function hurry() {
  for (const ring of bells) ring();
}

// Ask until the room answers. `waiting` hears whether the connection is lost (true) or back (false).
export async function patiently(ask, waiting) {
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await ask();
      if (tries) waiting(false);
      return answer;
    } catch (problem) {
      if (problem instanceof Problem) {
        if (tries) waiting(false);
        throw problem;
      }
      waiting(true);
      await wait(WAITS[Math.min(tries, WAITS.length - 1)]);
    }
  }
}

// Files are too large to be kept: where the page is left before they arrived, the bot asks for them again.
export async function say({ files, ...body }, waiting, turn) {
  const said = { ...body, once: body.once || crypto.randomUUID() };
  keep(said.once, said);
  try {
    await turn;
    return await patiently(() => (files ? post("/api/bring", { ...said, files }) : post("/api/say", said)), waiting);
  } finally {
    keep(said.once, null);
  }
}

// What was still unanswered when the page was left, in the order it was said.
export function unanswered() {
  return Object.values(kept());
}
