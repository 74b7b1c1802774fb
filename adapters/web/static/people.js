// The side of the room: conversations, and whom you speak as.

const SEEN = "syllabot.seen";

function make(tag, className, text = "") {
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

export function showCast(list, people, as, choose) {
  const focused = list.contains(document.activeElement);
  const read = seen();
  list.replaceChildren(...people.map((person) => card(person, person.native === as, person.newest > (read[person.native] || 0), choose)));
  if (focused) list.querySelector("input:checked")?.focus({ preventScroll: true });
}

function card(person, chosen, unread, choose) {
  const label = make("label", "person");
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = "as";
  radio.value = person.native;
  radio.checked = chosen;
  radio.addEventListener("change", () => choose(person.native));
  const name = make("span", "name");
  const own = document.createElement("bdi");
  own.textContent = person.name;
  name.append(own);
  if (person.moderator) name.append(" ", make("span", "tag", "moderator"));
  if (person.temper) name.append(" ", make("span", "tag soft", "classmate"));
  const zone = make("small", "", `${person.local.slice(-5)} · ${person.zone.split("/").at(-1).replaceAll("_", " ")}`);
  zone.title = `${person.local} ${person.zone}`;
  const text = make("span", "about");
  text.append(name, zone);
  label.append(radio, pictureOf(person), text);
  if (unread && !chosen && !person.temper) {
    const dot = make("span", "unread-dot");
    dot.title = "unread private message";
    dot.append(make("span", "hidden", "unread private message"));
    label.append(dot);
  }
  return label;
}

export function showPlaces(list, channels, me, now, unread, go) {
  const privately = { name: "", shown: "Syllabot", note: me ? `private, only ${me.name}` : "" };
  const all = [...channels.map((name) => ({ name, shown: `# ${name}`, note: "" })), privately];
  const focused = list.contains(document.activeElement);
  list.replaceChildren(
    ...all.map(({ name, shown, note }) => {
      const item = document.createElement("li");
      const button = make("button", "place");
      button.type = "button";
      const text = make("span", "about");
      text.append(make("span", "name", shown));
      if (note) text.append(make("small", "", note));
      button.append(text);
      if (name === "") button.classList.add("private-place");
      if (name === now) button.setAttribute("aria-current", "page");
      if (unread[name]) {
        const badge = make("span", "badge", String(unread[name]));
        badge.append(make("span", "hidden", " unread"));
        button.append(badge);
      }
      button.addEventListener("click", () => go(name));
      item.append(button);
      return item;
    }),
  );
  if (focused) list.querySelector("[aria-current]")?.focus({ preventScroll: true });
}
