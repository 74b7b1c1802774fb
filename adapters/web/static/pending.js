// Lines that could not be sent yet, or were refused after a while: below the messages, until they are said or given up.

import { make, pictureOf } from "/static/people.js";

const WAITS = "Not sent yet: it goes out once the room answers.";

export class Pending {
  // `list` shows them, `room` is what is known now, `again` sends one anew.
  constructor(list, room, again) {
    Object.assign(this, { list, room, again });
    this.entries = new Map(); // by the id under which they are said
  }

  // A line on its way; it is shown once that takes a lost connection.
  add(said) {
    const entry = { said, isShown: false, refusal: "", settled: null, article: null };
    this.entries.set(said.once, entry);
    return entry;
  }

  // When everything that waits before an entry has arrived or was refused, so that nobody speaks out of turn.
  turnOf(entry) {
    const earlier = [];
    for (const other of this.entries.values()) {
      if (other === entry) break;
      if (other.isShown && !other.refusal) earlier.push(other.settled);
    }
    return Promise.allSettled(earlier);
  }

  // Returns whether the line was not shown before.
  wait(entry) {
    if (entry.isShown && !entry.refusal) return false;
    const before = entry.isShown;
    Object.assign(entry, { isShown: true, refusal: "" });
    this.draw(entry);
    return !before;
  }

  refuse(entry, refusal) {
    Object.assign(entry, { isShown: true, refusal });
    this.draw(entry);
  }

  drop(entry) {
    this.entries.delete(entry.said.once);
    entry.article?.remove();
  }

  draw(entry) {
    const old = entry.article;
    entry.article = this.article(entry);
    if (old?.isConnected) old.replaceWith(entry.article);
    else this.show();
  }

  // What waits in the conversation that is on the screen, said by whoever speaks now.
  show() {
    const { as, channel } = this.room;
    const here = [...this.entries.values()].filter(({ said, isShown }) => isShown && said.as === as && said.channel === channel);
    this.list.replaceChildren(...here.map(({ article }) => article));
    this.list.hidden = !here.length;
  }

  article(entry) {
    const { said, refusal } = entry;
    const speaker = this.room.state.people.find(({ native }) => native === said.as);
    const made = make("article", `line chat pending${refusal ? " refused" : ""}`);
    const head = make("header", "");
    head.append(make("span", "who", speaker.name));
    const body = make("div", "body");
    const text = make("p", "text", said.chat ?? `/${said.phrase}`);
    text.dir = "auto";
    body.append(text, make("p", "fate", refusal ? `Not sent. ${refusal}` : WAITS));
    if (refusal) body.append(this.buttons(entry));
    made.append(pictureOf(speaker), head, body);
    return made;
  }

  buttons(entry) {
    const again = make("button", "press", "Send again");
    again.addEventListener("click", () => this.again(entry));
    const away = make("button", "press", "Delete");
    away.addEventListener("click", () => {
      this.drop(entry);
      this.show();
      document.getElementById("words").focus();
    });
    const row = make("div", "buttons");
    for (const button of [again, away]) button.type = "button";
    row.append(again, away);
    return row;
  }
}
