// The message box: plain text is chat, a line that begins with / is for the bot, with completion by keyboard and pointer.

import { post } from "/static/api.js";
import { asksServer, commandIn, commandsLike, knownValues, quoted, read } from "/static/phrases.js";

const SHOWN = 40;
const PAUSE = 90;
const MORE = "More for moderators";

export class Composer {
  // `room` is what is known now (as, channel, me, commands); `send` takes a line and resolves when it was said.
  constructor(found, room, send) {
    Object.assign(this, found); // form, words, offers, list, usage, slash, note
    this.room = room;
    this.send = send;
    this.items = [];
    this.active = -1;
    this.history = [];
    this.words.addEventListener("input", () => this.typed());
    this.words.addEventListener("keydown", (event) => this.key(event));
    this.words.addEventListener("blur", () => this.close());
    this.words.addEventListener("focus", () => this.words.value && this.typed());
    this.offers.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    this.list.addEventListener("pointerdown", (event) => this.point(event));
    this.slash.addEventListener("click", () => this.begin());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  begin() {
    if (!this.words.value.startsWith("/")) this.words.value = `/${this.words.value}`;
    this.words.focus();
    this.typed();
  }

  fit() {
    this.words.rows = Math.min(8, 1 + (this.words.value.match(/\n/g) || []).length + Math.floor(this.words.value.length / 120));
  }

  // Somebody else speaks, or elsewhere, or there are other commands: what was offered is out of date.
  renew() {
    if (document.activeElement === this.words) this.typed();
    else this.tell(this.words.value.startsWith("/"));
  }

  // There is a better order: whoever has not begun to choose sees it at once.
  reorder() {
    if (!this.offers.hidden && this.words.value === "/" && this.active < 0) this.typed();
  }

  // What was asked for another text, or for somebody else, is not to arrive any more.
  forget() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  typed() {
    this.fit();
    this.forget();
    const text = this.words.value;
    const forBot = text.startsWith("/");
    this.form.classList.toggle("for-bot", forBot);
    this.tell(forBot);
    const line = forBot ? text.slice(1) : text;
    const found = forBot ? commandIn(line, this.room.commands) : null;
    if (found && found.rest.startsWith(" ")) this.offerOptions(found);
    else if (forBot || /^[a-z]{2,}( [a-z]*)?$/i.test(line)) this.offerCommands(line, forBot);
    else this.close();
  }

  tell(forBot) {
    const name = this.room.me?.name || "";
    this.note.textContent = forBot ? `Only ${name} sees the answer.` : "";
  }

  // — what is offered —

  offerCommands(line, forBot) {
    const found = commandsLike(line.trim(), this.room.commands, this.room.me?.moderator || this.room.manages);
    // What moderators say less often waits behind a button, until somebody types.
    const fitting = line.trim() || this.unfolded ? found : found.filter(({ part }) => part !== MORE);
    const items = fitting.slice(0, SHOWN).map((one) => ({
      shown: `/${one.name}`,
      help: one.help,
      tag: one.moderators ? "moderators" : one.part,
      accept: () => this.put(`/${one.name}${one.options.length ? " " : ""}`),
    }));
    if (fitting.length < found.length) {
      const shown = `${found.length - fitting.length} more for moderators`;
      items.push({ shown, help: "", tag: "", accept: () => this.unfold() });
    }
    // Somebody who chats is not interrupted: nothing is marked, and Enter sends.
    this.show(items, "", forBot && items.length && line && !this.exact(line) ? 0 : -1);
  }

  unfold() {
    this.unfolded = true;
    this.typed();
  }

  exact(line) {
    return this.room.commands.some(({ name }) => name === line.trim());
  }

  offerOptions({ command, rest }) {
    const state = read(command, rest);
    const before = this.words.value.slice(0, this.words.value.length - rest.length + state.current.start);
    const named = command.options.find((option) => option.name === state.current.name);
    const usage = `/${command.usage}`;
    if (named) this.offerValues(command, named, state, (value) => `${before}${named.name}=${quoted(value)} `, `${usage} · ${named.help}`);
    else this.offerNames(command, state, before, usage);
  }

  offerNames(command, state, before, usage) {
    const { value } = state.current;
    const names = state.free
      .filter((option) => option.name.startsWith(value))
      .map((option) => ({
        shown: `${option.name}=`,
        help: option.help,
        tag: option.required ? "needed" : "",
        accept: () => this.put(`${before}${option.name}=`),
      }));
    this.show(names, usage, -1);
    const first = state.free[0];
    if (first && (asksServer(first) || first.choices.length)) {
      this.offerValues(command, first, state, (chosen) => `${before}${quoted(chosen)} `, usage, names);
    }
  }

  offerValues(command, option, state, text, usage, above = []) {
    const typed = state.current.value;
    const known = knownValues(option).filter((value) => value.startsWith(typed.toLowerCase()));
    const item = ({ label, value, note }) => ({ shown: label, help: note || "", tag: option.name, accept: () => this.put(text(value)) });
    this.show([...above, ...known.map((value) => item({ label: value, value }))], usage, -1);
    if (!asksServer(option)) return;
    this.timer = setTimeout(async () => {
      const choices = await this.ask(command, option, typed, state.given);
      if (!choices) return;
      // Whoever has moved down the list meanwhile stays on what they marked.
      const marked = this.items[this.active]?.shown;
      const items = [...above, ...choices.map(item)];
      this.show(items, usage, items.findIndex((one) => one.shown === marked));
    }, PAUSE);
  }

  async ask(command, option, typed, given) {
    const { signal } = (this.asking = new AbortController());
    const { as, channel } = this.room;
    try {
      const asked = { as, channel, command: command.name, option: option.name, typed, given };
      const { choices } = await post("/api/suggest", asked, signal);
      return signal.aborted ? null : choices;
    } catch {
      return null; // typing on is the way out of a suggestion that did not come
    }
  }

  show(items, usage, active) {
    this.items = items;
    this.usage.textContent = usage;
    this.usage.hidden = !usage;
    this.list.replaceChildren(...items.map((one, number) => row(one, number)));
    const open = (items.length > 0 || Boolean(usage)) && document.activeElement === this.words;
    this.offers.hidden = !open;
    this.words.setAttribute("aria-expanded", String(open && items.length > 0));
    this.mark(active);
  }

  close() {
    this.forget();
    this.unfolded = false;
    this.items = [];
    this.offers.hidden = true;
    this.words.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }

  mark(active) {
    this.active = active;
    [...this.list.children].forEach((one, number) => one.setAttribute("aria-selected", String(number === active)));
    const marked = this.list.children[active];
    marked?.scrollIntoView({ block: "nearest" });
    if (marked) this.words.setAttribute("aria-activedescendant", marked.id);
    else this.words.removeAttribute("aria-activedescendant");
  }

  put(text) {
    this.words.value = text;
    this.words.setSelectionRange(text.length, text.length);
    this.words.focus();
    this.typed();
  }

  // — keys —

  key(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const open = !this.offers.hidden && this.items.length > 0;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && open) this.step(steps[event.key]);
    else if (event.key === "ArrowUp" && !this.words.value && this.history.length) this.put(this.history.at(-1));
    else if (event.key === "Tab" && open && !event.shiftKey) this.items[Math.max(0, this.active)].accept();
    else if (event.key === "Escape" && !this.offers.hidden) this.close();
    else if (event.key === "Enter" && !event.shiftKey) this.enter();
    else return;
    event.preventDefault();
  }

  step(by) {
    const count = this.items.length;
    this.mark(this.active < 0 && by < 0 ? count - 1 : (this.active + by + count) % count);
  }

  enter() {
    if (!this.offers.hidden && this.active >= 0) this.items[this.active].accept();
    else this.submit();
  }

  point(event) {
    const chosen = event.target.closest("[role=option]");
    if (!chosen) return;
    event.preventDefault();
    this.items[Number(chosen.dataset.number)].accept();
  }

  submit() {
    const line = this.words.value.trim();
    if (!line || line === "/") return;
    this.history.push(line);
    this.words.value = "";
    this.close();
    this.typed();
    this.send(line).catch(() => {
      if (!this.words.value) this.put(line);
    });
  }
}

function row({ shown, help, tag }, number) {
  const made = document.createElement("li");
  made.id = `offer-${number}`;
  made.role = "option";
  made.dataset.number = number;
  for (const [name, text] of Object.entries({ shown, help, tag })) {
    const part = document.createElement(name === "shown" ? "b" : "span");
    part.className = name;
    part.textContent = text;
    part.dir = "auto";
    if (text) made.append(part, " ");
  }
  return made;
}
