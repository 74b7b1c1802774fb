// The messages of one conversation as one person sees them: in order, grouped, with the newest in view.

import { get, patiently } from "/static/api.js";

const SHOWN = 400;
const TOGETHER = 15 * 60;

export class Log {
  constructor(found) {
    Object.assign(this, found); // log, below, scroll, earlier, newer, waiting, hush
    this.watches = false; // the clock moves, and somebody looks on
    this.last = 0;
    this.fresh = 0;
    this.where = { as: "", channel: "" };
    this.earlier.addEventListener("click", () => this.showEarlier());
    this.newer.addEventListener("click", () => this.toEnd());
    const sizes = new ResizeObserver(() => this.near && this.toEnd());
    for (const part of [this.log, ...this.below]) sizes.observe(part);
    for (const part of [this.scroll, this.scroll.parentElement]) {
      part.addEventListener("scroll", () => this.atEnd() && this.markRead(), { passive: true });
      sizes.observe(part);
    }
  }

  // Whether the screen is too low for messages that scroll between bars, so that the whole page scrolls.
  get isLow() {
    return getComputedStyle(this.scroll).overflowY === "visible";
  }

  get scroller() {
    return this.isLow ? this.scroll.parentElement : this.scroll;
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.near = scrollHeight - scrollTop - clientHeight < 90;
    return this.near;
  }

  toEnd() {
    const { scroller } = this;
    scroller.scrollTop = scroller.scrollHeight;
    this.left = scroller.scrollTop;
    this.near = true;
    this.markRead();
  }

  // Whether what comes is to be brought into view: not to somebody who reads what was said before.
  get follows() {
    return this.atEnd() || (this.watches && Math.abs(this.scroller.scrollTop - this.left) < 2);
  }

  // Bring a line into view: its end, or its beginning where it is longer than the screen.
  show(put) {
    const bars = this.isLow ? 110 : 60;
    if (put.offsetHeight < this.scroller.clientHeight - bars) return this.toEnd();
    put.scrollIntoView({ block: "start" });
    this.left = this.scroller.scrollTop;
    this.near = false;
    return this.markRead();
  }

  markRead() {
    this.fresh = 0;
    this.newer.hidden = true;
  }

  // False where another conversation was chosen before this one was there.
  async open(as, channel) {
    const where = { as, channel };
    this.where = where;
    this.log.inert = true; // what is still there was said to somebody else, and is not to be pressed any more
    const { lines, more, last } = await patiently(() => get("/api/lines", where), this.waiting);
    if (this.where !== where) return false;
    this.log.inert = false;
    this.hush(); // a whole conversation is not to be read out
    this.log.replaceChildren(...lines.map((line) => article(line)));
    this.earlier.hidden = !more;
    this.last = last;
    this.arrange();
    if (lines.length) this.toEnd();
    else this.scroller.scrollTop = 0;
    return true;
  }

  async showEarlier() {
    const first = this.log.firstElementChild;
    if (!first) return;
    const { where } = this;
    const asked = { ...where, before: first.dataset.spot };
    const { lines, more } = await patiently(() => get("/api/lines", asked), this.waiting);
    if (this.where !== where) return;
    const { scroller } = this;
    const height = scroller.scrollHeight;
    this.hush();
    this.log.prepend(...lines.filter((line) => !this.at(line.seq)).map((line) => article(line)));
    this.earlier.hidden = !more;
    this.arrange();
    scroller.scrollTop += scroller.scrollHeight - height;
    if (!more) this.scroll.focus();
  }

  at(seq) {
    return this.log.querySelector(`:scope > [data-seq="${seq}"]`);
  }

  // Put a line where it belongs; the same line twice changes nothing. Returns its article, if this log shows it.
  place(line) {
    if (line.viewer !== this.where.as || line.channel !== this.where.channel) return null;
    const before = this.at(line.seq);
    if (before) return before;
    const near = this.follows;
    const put = article(line);
    const stands = this.log.querySelector(`:scope > [data-spot="${line.spot}"]`);
    const held = this.log.contains(document.activeElement) ? document.activeElement : null;
    const from = held?.closest("article");
    if (stands) stands.replaceWith(put);
    else this.insert(put);
    const dropped = line.drops.map((seq) => this.at(seq)).filter(Boolean);
    for (const old of dropped) old.remove();
    if (held && (from === stands || dropped.includes(from))) keepFocus(held, put);
    this.trim(near);
    this.arrange();
    if (stands) return put;
    if (near || line.kind === "phrase" || line.kind === "answer") this.show(put);
    else this.announceNewer();
    return put;
  }

  insert(put) {
    const spot = Number(put.dataset.spot);
    let after = this.log.lastElementChild;
    while (after && Number(after.dataset.spot) > spot) after = after.previousElementSibling;
    if (after) after.after(put);
    else this.log.prepend(put);
  }

  trim(near) {
    while (near && this.log.childElementCount > SHOWN) {
      this.log.firstElementChild.remove();
      this.earlier.hidden = false;
    }
  }

  announceNewer() {
    this.fresh += 1;
    this.newer.textContent = this.fresh === 1 ? "One new message ↓" : `${this.fresh} new messages ↓`;
    this.newer.hidden = false;
  }

  // Days get a heading; what one person says in one go stands together.
  arrange() {
    let above = null;
    for (const line of this.log.children) {
      line.classList.toggle("new-day", !above || above.dataset.day !== line.dataset.day);
      line.classList.toggle("goes-on", Boolean(above) && goesOn(above, line));
      above = line;
    }
  }
}

function goesOn(above, line) {
  return (
    above.dataset.author === line.dataset.author &&
    above.dataset.day === line.dataset.day &&
    line.dataset.at - above.dataset.at < TOGETHER &&
    line.classList.contains("chat") &&
    above.classList.contains("chat")
  );
}

// The server has escaped everything in `html`; nothing else is ever parsed as markup.
function article(line) {
  const parsed = new DOMParser().parseFromString(line.html, "text/html");
  return document.adoptNode(parsed.body.firstElementChild);
}

// Who works by keyboard stays where they were: on the same control of the renewed message, or on the message.
function keepFocus(held, put) {
  const controls = [...put.querySelectorAll(".checklist input, .press[data-says]")];
  const same = controls.find(
    (one) => one.type === held.type && one.value === held.value && one.dataset.says === held.dataset.says,
  );
  put.tabIndex = -1;
  (same || put).focus({ preventScroll: true });
}
