// The clock on the page: its time, its buttons, and one sentence after each move.

import { ICONS, announce, byId } from "/static/page.js";

export class ClockBar {
  // `room` is the page's state.
  constructor(room) {
    this.room = room;
    // While the clock moves: where it set out, how many lines have come, and the newest of them.
    this.moveTally = null;
  }

  get isFollowing() {
    return this.moveTally !== null;
  }

  showClock(clock) {
    const isMoving = Boolean(clock.moving);
    this.followClock(clock, isMoving || this.room.isMovePending);
    this.showTime(clock, isMoving);
    this.showMoves(isMoving);
    // Only a changed text: the same remark must not be read out at every step.
    if (byId("remark").textContent !== clock.remark) byId("remark").textContent = clock.remark;
  }

  showTime(clock, isMoving) {
    const { me, state } = this.room;
    byId("now").textContent = clock.text;
    byId("now").dateTime = new Date(clock.at * 1000).toISOString();
    // A map, because several people may share a zone.
    const zones = new Map(state.people.map(({ zone, local }) => [zone, local]));
    const lines = [...zones].map(([zone, local]) => `${local} ${zone}`);
    byId("now-box").title = [`${clock.text} ${clock.zone}`, ...lines].join("\n");
    const city = clock.zone.split("/").at(-1).replaceAll("_", " ");
    const parts = [city];
    if (me.local !== clock.text) parts.push(`${me.local.slice(-5)} for ${me.name}`);
    if (clock.due && !isMoving) parts.push(`next ${clock.due}`);
    byId("now-note").textContent = parts.join(" · ");
  }

  showMoves(isMoving) {
    const isPending = this.room.isMovePending;
    for (const button of document.querySelectorAll(".move")) {
      const isDisabled = isPending || (isMoving && button.id !== "play");
      // Not `disabled`, which would take the focus from whoever presses by keyboard.
      button.setAttribute("aria-disabled", String(isDisabled));
    }
    byId("moves").setAttribute("aria-busy", String(isPending || isMoving));
    const action = isMoving ? "stop" : "play";
    byId("play").dataset.move = action;
    byId("play").classList.toggle("is-on", isMoving);
    byId("play-word").textContent = isMoving ? "Stop" : "Play";
    byId("play-icon").setAttribute("href", ICONS + action);
  }

  // While the clock moves nothing is read out. When it stands, one sentence sums up.
  followClock(clock, isGoing) {
    if (isGoing && !this.moveTally) {
      this.moveTally = { at: clock.at, count: 0, newest: null };
      byId("log").setAttribute("aria-live", "off");
    } else if (!isGoing && this.moveTally) {
      const { at, count, newest } = this.moveTally;
      this.moveTally = null;
      this.muteLog();
      const hasNews = at !== clock.at || count || clock.remark;
      if (hasNews) announce(formatMoveSummary(clock, count, newest));
    }
  }

  countLine() {
    if (this.moveTally) this.moveTally.count += 1;
  }

  noteNewest(article) {
    if (!this.moveTally) return;
    const headline = article.querySelector(".title") || article.querySelector(".text");
    if (headline) this.moveTally.newest = headline;
  }

  // Keep the log from being read out for a moment: while the clock moves, and while a whole
  // conversation comes at once.
  muteLog() {
    byId("log").setAttribute("aria-live", "off");
    clearTimeout(this.muteTimer);
    this.muteTimer = setTimeout(() => {
      if (!this.moveTally) byId("log").setAttribute("aria-live", "polite");
    }, 400);
  }
}

function formatMoveSummary(clock, count, newest) {
  const sentences = [`The clock shows ${clock.text}.`];
  if (count === 1) sentences.push("One new message.");
  else sentences.push(`${count || "No"} new messages.`);
  // The first sentence of it, or its first 120 characters.
  const text = newest?.textContent.trim() ?? "";
  const [headline] = text.match(/^.{1,120}?([.!?](?=\s)|$)|^.{1,120}/m) || [""];
  if (headline) sentences.push(`The latest: ${headline}${/[.!?]$/.test(headline) ? "" : "."}`);
  if (clock.remark) sentences.push(clock.remark);
  return sentences.join(" ");
}
