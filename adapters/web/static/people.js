// The side of the room: the conversations, and the people you can speak as.

import { loadSeen } from "/static/memory.js";

export function makeElement(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

export function buildPicture(person) {
  // Spread, not `name[0]`: an emoji is two characters in JavaScript.
  const initial = [...person.name][0]?.toUpperCase();
  const picture = makeElement("span", `picture hue-${person.hue}`, initial);
  picture.ariaHidden = "true";
  return picture;
}

// Update a list in place. Drawn anew, an element under the pointer or with the focus would be lost
// between pressing and letting go.
function updateList(list, keys, build) {
  const elements = new Map([...list.children].map((element) => [element.dataset.key, element]));
  for (const [key, element] of elements) if (!keys.includes(key)) element.remove();
  return keys.map((key, position) => {
    const element = elements.get(key) || build(key);
    element.dataset.key = key;
    const before = list.children[position] || null;
    if (before !== element) list.insertBefore(element, before);
    return element;
  });
}

// Write only a changed text: an unchanged one must not be read out again.
function setText(element, text) {
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

// `choose` gets the person to speak as. `onChosen` hears that the choice was made: arrow keys only
// pass along the people.
export function showCast(list, people, as, choose, onChosen) {
  const seen = loadSeen();
  const natives = people.map(({ native }) => native);
  if (!list.childElementCount) listenForChoice(list, onChosen);
  const build = (native) => buildPersonCard(people[natives.indexOf(native)], choose);
  const cards = updateList(list, natives, build);
  people.forEach((person, position) => {
    const isUnread = person.newest > (seen[person.native] || 0);
    updatePersonCard(cards[position], person, person.native === as, isUnread);
  });
  if (list.contains(document.activeElement)) {
    list.querySelector("input:checked")?.focus({ preventScroll: true });
  }
}

function updatePersonCard(card, person, isChosen, isUnread) {
  const radio = card.querySelector("input");
  if (radio.checked !== isChosen) radio.checked = isChosen;
  const zone = card.querySelector(".zone");
  const city = person.zone.split("/").at(-1).replaceAll("_", " ");
  setText(zone, `${person.local.slice(-5)} · ${city}`);
  zone.title = `${person.local} ${person.zone}`;
  // Classmates read their messages by themselves.
  card.querySelector(".unread-dot").hidden = !isUnread || isChosen || Boolean(person.temper);
}

function listenForChoice(list, onChosen) {
  let isPassing = false; // a browser clicks on the radio button that an arrow key moves to
  list.addEventListener("keydown", (event) => {
    isPassing = event.key.startsWith("Arrow");
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault(); // the focus moves on, and the key must not press what has it then
    onChosen();
  });
  for (const end of ["keyup", "pointerdown"]) {
    list.addEventListener(end, () => (isPassing = false));
  }
  list.addEventListener("click", ({ target }) => {
    if (!isPassing && target.matches("input")) onChosen();
  });
}

function buildPersonCard(person, choose) {
  const label = makeElement("label", "person");
  const radio = makeElement("input", "");
  radio.type = "radio";
  radio.name = "as";
  radio.value = person.native;
  radio.addEventListener("change", () => choose(person.native));
  const name = makeElement("span", "name");
  name.append(makeElement("bdi", "", person.name));
  if (person.moderator) name.append(" ", makeElement("span", "tag", "moderator"));
  if (person.temper) name.append(" ", makeElement("span", "tag soft", "classmate"));
  const about = makeElement("span", "about");
  about.append(name, makeElement("small", "zone"));
  const dot = makeElement("span", "unread-dot");
  dot.title = "unread private message";
  dot.append(makeElement("span", "hidden", "unread private message"));
  label.append(radio, buildPicture(person), about, dot);
  return label;
}

// `unread` has a number or "new" by channel; the private conversation is the channel "".
export function showPlaces(list, channels, me, current, unread, openChannel) {
  const names = [...channels, ""];
  const items = updateList(list, names, (name) => buildPlace(name, openChannel));
  names.forEach((name, position) => {
    const [button] = items[position].children;
    setText(button.querySelector("small"), name || !me ? "" : `private, only ${me.name}`);
    setText(button.querySelector(".count"), unread[name] ? String(unread[name]) : "");
    button.querySelector(".badge").hidden = !unread[name];
    if (name === current) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  });
}

function buildPlace(name, openChannel) {
  const button = makeElement("button", name ? "place" : "place private-place");
  button.type = "button";
  const about = makeElement("span", "about");
  const title = makeElement("span", "name", name ? `# ${name}` : "Syllabot");
  about.append(title, makeElement("small", ""));
  const badge = makeElement("span", "badge");
  badge.append(makeElement("span", "count"), makeElement("span", "hidden", " unread"));
  button.append(about, badge);
  button.addEventListener("click", () => openChannel(name));
  const item = makeElement("li", "");
  item.append(button);
  return item;
}
