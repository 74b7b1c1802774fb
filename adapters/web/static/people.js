// The side of the room: conversations, and whom you speak as.

const SEEN = "syllabot.seen";

export function make(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function pictureOf(person) {
  const made = make("span", `picture hue-${person.hue}`, [...person.name][0]?.toUpperCase());
  made.ariaHidden = "true";
  return made;
}

// What each person has read of their private messages: a matter of this browser.
export function seen() {
  return JSON.parse(localStorage.getItem(SEEN) || "{}");
}

export function markSeen(native, newest) {
  const all = seen();
  if ((all[native] || 0) >= newest) return;
  all[native] = newest;
  localStorage.setItem(SEEN, JSON.stringify(all));
}

// The list is brought up to date and never drawn anew, so that whatever somebody presses or stands on stays where it is.
function update(list, keys, build) {
  const shown = new Map([...list.children].map((one) => [one.dataset.key, one]));
  for (const [key, one] of shown) if (!keys.includes(key)) one.remove();
  return keys.map((key, number) => {
    const one = shown.get(key) || build(key);
    one.dataset.key = key;
    if (list.children[number] !== one) list.insertBefore(one, list.children[number] || null);
    return one;
  });
}

function write(element, text) {
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

// `choose` hears whom to speak as, `chosen` that the choice was made: arrow keys only pass along the people.
export function showCast(list, people, as, choose, chosen) {
  const read = seen();
  const natives = people.map(({ native }) => native);
  if (!list.childElementCount) listenForChoice(list, chosen);
  const cards = update(list, natives, (native) => card(people[natives.indexOf(native)], choose));
  people.forEach((person, number) => {
    const [radio] = cards[number].getElementsByTagName("input");
    const chosen = person.native === as;
    if (radio.checked !== chosen) radio.checked = chosen;
    const zone = cards[number].querySelector(".zone");
    write(zone, `${person.local.slice(-5)} · ${person.zone.split("/").at(-1).replaceAll("_", " ")}`);
    zone.title = `${person.local} ${person.zone}`;
    const unread = person.newest > (read[person.native] || 0);
    cards[number].querySelector(".unread-dot").hidden = !unread || chosen || Boolean(person.temper);
  });
  if (list.contains(document.activeElement)) list.querySelector("input:checked")?.focus({ preventScroll: true });
}

function listenForChoice(list, chosen) {
  let passing = false; // a browser clicks on the radio button that an arrow key moves to
  list.addEventListener("keydown", (event) => {
    passing = event.key.startsWith("Arrow");
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault(); // the focus moves on, and the key is not to press what has it then
    chosen();
  });
  for (const end of ["keyup", "pointerdown"]) list.addEventListener(end, () => (passing = false));
  list.addEventListener("click", ({ target }) => {
    if (!passing && target.matches("input")) chosen();
  });
}

function card(person, choose) {
  const label = make("label", "person");
  const radio = make("input", "");
  radio.type = "radio";
  radio.name = "as";
  radio.value = person.native;
  radio.addEventListener("change", () => choose(person.native));
  const name = make("span", "name");
  name.append(make("bdi", "", person.name));
  if (person.moderator) name.append(" ", make("span", "tag", "moderator"));
  if (person.temper) name.append(" ", make("span", "tag soft", "classmate"));
  const text = make("span", "about");
  text.append(name, make("small", "zone"));
  const dot = make("span", "unread-dot");
  dot.title = "unread private message";
  dot.append(make("span", "hidden", "unread private message"));
  label.append(radio, pictureOf(person), text, dot);
  return label;
}

export function showPlaces(list, channels, me, now, unread, go) {
  const names = [...channels, ""];
  const items = update(list, names, (name) => place(name, go));
  names.forEach((name, number) => {
    const [button] = items[number].children;
    write(button.querySelector("small"), name || !me ? "" : `private, only ${me.name}`);
    write(button.querySelector(".count"), unread[name] ? String(unread[name]) : "");
    button.querySelector(".badge").hidden = !unread[name];
    if (name === now) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  });
}

function place(name, go) {
  const button = make("button", name ? "place" : "place private-place");
  button.type = "button";
  const text = make("span", "about");
  text.append(make("span", "name", name ? `# ${name}` : "Syllabot"), make("small", ""));
  const badge = make("span", "badge");
  badge.append(make("span", "count"), make("span", "hidden", " unread"));
  button.append(text, badge);
  button.addEventListener("click", () => go(name));
  const item = make("li", "");
  item.append(button);
  return item;
}
