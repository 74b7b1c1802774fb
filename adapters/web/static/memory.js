// The browser's memory: the last conversation, and the private messages read. The room does not
// know either.

const AS = "syllabot.as";
const CHANNEL = "syllabot.channel";
const SEEN = "syllabot.seen";

export function saveConversation(as, channel) {
  localStorage.setItem(AS, as);
  localStorage.setItem(CHANNEL, channel);
}

// Return the last speaker, or the first person if that one is gone.
export function chooseSpeaker({ people }) {
  const last = localStorage.getItem(AS);
  const isKnown = people.some(({ native }) => native === last);
  return isKnown ? last : people[0].native;
}

// Return the last channel, or the first one. "" is the private conversation; null is a new browser.
export function chooseChannel({ channels }) {
  const last = localStorage.getItem(CHANNEL);
  const isKnown = last === "" || channels.includes(last);
  return isKnown ? last : channels[0];
}

// Return the number of the newest private message each person has read.
export function loadSeen() {
  return JSON.parse(localStorage.getItem(SEEN) || "{}");
}

export function markSeen(native, newest) {
  const seen = loadSeen();
  if ((seen[native] || 0) >= newest) return;
  seen[native] = newest;
  localStorage.setItem(SEEN, JSON.stringify(seen));
}
