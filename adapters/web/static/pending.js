// Lines not sent yet, or refused after a while: they stand below the messages until they are sent
// or deleted.

import { buildPicture, makeElement } from "/static/people.js";

const WAITS = "Not sent yet. I will send it when the room answers.";

export class PendingLines {
  // `list` is the element, `room` the page's state, `resend` sends an entry again.
  constructor(list, room, resend) {
    Object.assign(this, { list, room, resend });
    this.entries = new Map(); // by the id they are sent under
  }

  // Add a line on its way. It is shown only if the connection is lost.
  addEntry(said) {
    const entry = { said, isShown: false, refusal: "", settled: null, article: null };
    this.entries.set(said.once, entry);
    return entry;
  }

  // Wait until every shown entry before this one has arrived or was refused: nobody speaks out of
  // turn.
  waitForEarlier(entry) {
    const earlier = [];
    for (const other of this.entries.values()) {
      if (other === entry) break;
      if (other.isShown && !other.refusal) earlier.push(other.settled);
    }
    return Promise.allSettled(earlier);
  }

  // Show an entry as waiting. Return true if it was not on the screen before.
  markWaiting(entry) {
    if (entry.isShown && !entry.refusal) return false;
    const wasShown = entry.isShown;
    Object.assign(entry, { isShown: true, refusal: "" });
    this.drawEntry(entry);
    return !wasShown;
  }

  markRefused(entry, refusal) {
    Object.assign(entry, { isShown: true, refusal });
    this.drawEntry(entry);
  }

  removeEntry(entry) {
    this.entries.delete(entry.said.once);
    entry.article?.remove();
  }

  drawEntry(entry) {
    const old = entry.article;
    entry.article = this.buildArticle(entry);
    if (old?.isConnected) old.replaceWith(entry.article);
    else this.showEntries();
  }

  // Show the entries for this conversation and this speaker, and no others.
  showEntries() {
    const { as, channel } = this.room;
    const isHere = ({ said, isShown }) => isShown && said.as === as && said.channel === channel;
    const here = [...this.entries.values()].filter(isHere);
    this.list.replaceChildren(...here.map(({ article }) => article));
    this.list.hidden = !here.length;
  }

  buildArticle(entry) {
    const { said, refusal } = entry;
    const speaker = this.room.state.people.find(({ native }) => native === said.as);
    const article = makeElement("article", "line chat pending");
    article.classList.toggle("is-refused", Boolean(refusal));
    const head = makeElement("header", "");
    head.append(makeElement("span", "who", speaker.name));
    const text = makeElement("p", "text", said.chat ?? `/${said.phrase}`);
    text.dir = "auto";
    const status = makeElement("p", "send-status", refusal ? `Not sent. ${refusal}` : WAITS);
    const body = makeElement("div", "body");
    body.append(text, status);
    if (refusal) body.append(this.buildButtons(entry));
    article.append(buildPicture(speaker), head, body);
    return article;
  }

  buildButtons(entry) {
    const resend = makeElement("button", "press", "Send again");
    resend.addEventListener("click", () => this.resend(entry));
    const remove = makeElement("button", "press", "Delete");
    remove.addEventListener("click", () => {
      this.removeEntry(entry);
      this.showEntries();
      // The focus would be lost with the button.
      document.getElementById("words").focus();
    });
    const row = makeElement("div", "buttons");
    for (const button of [resend, remove]) button.type = "button";
    row.append(resend, remove);
    return row;
  }
}
