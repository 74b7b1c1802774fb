// The messages in one conversation as one person sees them: in order, grouped, the newest in view.

import { getJson, retryUntilAnswered } from "/static/api.js";

const SHOWN = 400; // lines kept on the page
const TOGETHER = 15 * 60; // seconds between two lines in one group
const NEAR = 90; // pixels from the end that still count as the end

export class MessageLog {
  // `parts` has the elements log, scroll, earlier and newer, the list `below` the log, and three
  // functions: showWaiting, muteLog, and isWatching (the clock moves, and somebody looks on).
  constructor(parts) {
    Object.assign(this, parts);
    this.last = 0;
    this.newCount = 0;
    this.conversation = { as: "", channel: "" };
    this.earlier.addEventListener("click", () => this.showEarlier());
    this.newer.addEventListener("click", () => this.scrollToEnd());
    // Messages change their height with the window: whoever is at the end stays there.
    const sizes = new ResizeObserver(() => this.isNearEnd && this.scrollToEnd());
    for (const part of [this.log, ...this.below]) sizes.observe(part);
    for (const part of [this.scroll, this.scroll.parentElement]) {
      part.addEventListener("scroll", () => this.handleScroll(), { passive: true });
      sizes.observe(part);
    }
  }

  // Whether the screen is too low for messages between two bars, so that the whole page scrolls.
  get isLow() {
    return getComputedStyle(this.scroll).overflowY === "visible";
  }

  get scroller() {
    return this.isLow ? this.scroll.parentElement : this.scroll;
  }

  handleScroll() {
    if (this.updateNear()) this.markRead();
  }

  updateNear() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.isNearEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    return this.isNearEnd;
  }

  scrollToEnd() {
    const { scroller } = this;
    scroller.scrollTop = scroller.scrollHeight;
    this.leftAt = scroller.scrollTop;
    this.isNearEnd = true;
    this.markRead();
  }

  // Whether new lines scroll into view. They do not for somebody who reads older ones: while the
  // clock moves, that is somebody who has scrolled since the page last did.
  get shouldFollow() {
    if (this.updateNear()) return true;
    return this.isWatching() && Math.abs(this.scroller.scrollTop - this.leftAt) < 2;
  }

  // Scroll to a line: to its end, or to its start if it is longer than the screen.
  scrollToLine(article) {
    const bars = this.isLow ? 110 : 60; // pixels
    if (article.offsetHeight < this.scroller.clientHeight - bars) {
      this.scrollToEnd();
      return;
    }
    article.scrollIntoView({ block: "start" });
    this.leftAt = this.scroller.scrollTop;
    this.isNearEnd = false;
    this.markRead();
  }

  markRead() {
    this.newCount = 0;
    this.newer.hidden = true;
  }

  // Show a conversation. Return false if another one was chosen before it was there.
  async openConversation(as, channel) {
    const conversation = { as, channel };
    this.conversation = conversation;
    this.log.inert = true; // the old lines are somebody else's, and must not be pressed any more
    const ask = () => getJson("/api/lines", conversation);
    const { lines, more, last } = await retryUntilAnswered(ask, this.showWaiting);
    if (this.conversation !== conversation) return false;
    this.log.inert = false;
    this.muteLog(); // a whole conversation must not be read out
    this.log.replaceChildren(...lines.map((line) => parseArticle(line)));
    this.earlier.hidden = !more;
    this.last = last;
    this.markGroups();
    if (lines.length) this.scrollToEnd();
    else this.scroller.scrollTop = 0;
    return true;
  }

  async showEarlier() {
    const first = this.log.firstElementChild;
    if (!first) return;
    const { conversation } = this;
    const query = { ...conversation, before: first.dataset.spot };
    const ask = () => getJson("/api/lines", query);
    const { lines, more } = await retryUntilAnswered(ask, this.showWaiting);
    if (this.conversation !== conversation) return;
    const { scroller } = this;
    const height = scroller.scrollHeight;
    this.muteLog();
    const missing = lines.filter((line) => !this.findLine(line.seq));
    this.log.prepend(...missing.map((line) => parseArticle(line)));
    this.earlier.hidden = !more;
    this.markGroups();
    // What was in view stays in view.
    scroller.scrollTop += scroller.scrollHeight - height;
    // The button is hidden now, and its focus must go somewhere.
    if (!more) this.scroll.focus();
  }

  findLine(seq) {
    return this.log.querySelector(`:scope > [data-seq="${seq}"]`);
  }

  // Put a line where it belongs, and return its article, or null if this log does not show it. A
  // line may come twice, by its answer and by the stream; the second time changes nothing.
  placeLine(line) {
    const { as, channel } = this.conversation;
    if (line.viewer !== as || line.channel !== channel) return null;
    const before = this.findLine(line.seq);
    if (before) return before;
    const follows = this.shouldFollow;
    const article = parseArticle(line);
    const replaced = this.replaceLines(line, article);
    this.trimOldest(follows);
    this.markGroups();
    // A renewed line stands where the reader looks already.
    if (replaced) return article;
    const isOwn = line.kind === "phrase" || line.kind === "answer";
    if (follows || isOwn) this.scrollToLine(article);
    else this.announceNewer();
    return article;
  }

  // Insert an article and drop the lines it replaces. Return true if it took another one's spot.
  replaceLines(line, article) {
    const old = this.log.querySelector(`:scope > [data-spot="${line.spot}"]`);
    const focused = this.log.contains(document.activeElement) ? document.activeElement : null;
    const focusedLine = focused?.closest("article");
    if (old) old.replaceWith(article);
    else this.insertLine(article);
    const dropped = line.drops.map((seq) => this.findLine(seq)).filter(Boolean);
    for (const other of dropped) other.remove();
    const hasLostFocus = focusedLine === old || dropped.includes(focusedLine);
    if (focused && hasLostFocus) keepFocus(focused, article);
    return Boolean(old);
  }

  insertLine(article) {
    const spot = Number(article.dataset.spot);
    let after = this.log.lastElementChild;
    while (after && Number(after.dataset.spot) > spot) after = after.previousElementSibling;
    if (after) after.after(article);
    else this.log.prepend(article);
  }

  // Keep a long season light, but never while somebody reads above the end.
  trimOldest(follows) {
    while (follows && this.log.childElementCount > SHOWN) {
      this.log.firstElementChild.remove();
      this.earlier.hidden = false;
    }
  }

  announceNewer() {
    this.newCount += 1;
    const text = this.newCount === 1 ? "One new message ↓" : `${this.newCount} new messages ↓`;
    this.newer.textContent = text;
    this.newer.hidden = false;
  }

  // Give each day a heading, and join what one person says in one go.
  markGroups() {
    let above = null;
    for (const line of this.log.children) {
      line.classList.toggle("new-day", !above || above.dataset.day !== line.dataset.day);
      line.classList.toggle("is-continued", Boolean(above) && continuesLine(above, line));
      above = line;
    }
  }
}

function continuesLine(above, line) {
  return (
    above.dataset.author === line.dataset.author &&
    above.dataset.day === line.dataset.day &&
    line.dataset.at - above.dataset.at < TOGETHER &&
    line.classList.contains("chat") &&
    above.classList.contains("chat")
  );
}

// The server has escaped everything in `html`. Nothing else is ever parsed as markup.
function parseArticle(line) {
  const parsed = new DOMParser().parseFromString(line.html, "text/html");
  return document.adoptNode(parsed.body.firstElementChild);
}

// Put the focus on the same control in the renewed message, or on the message: whoever works by
// keyboard stays where they were.
function keepFocus(focused, article) {
  const controls = [...article.querySelectorAll(".checklist input, .press[data-says]")];
  const same = controls.find(
    (control) =>
      control.type === focused.type &&
      control.value === focused.value &&
      control.dataset.says === focused.dataset.says,
  );
  article.tabIndex = -1;
  (same || article).focus({ preventScroll: true });
}
