// The message box: plain text is chat, a line with / is for the bot, with completion by keyboard
// and pointer.

import { postJson } from "/static/api.js";
import {
  findCommand,
  hasServerValues,
  listKnownValues,
  parseOptions,
  quoteValue,
  rankCommands,
} from "/static/phrases.js";

const SHOWN = 80; // offers
const PAUSE = 90; // milliseconds without a key before the server is asked
const MORE = "More for moderators"; // the title of a part in the bot's menu

export class Composer {
  // `parts` has the elements form, words, offers, list, usage, slash and note. `room` is the
  // page's state (as, channel, me, commands). `send` takes a line and resolves once it was said.
  constructor(parts, room, send) {
    Object.assign(this, parts);
    this.room = room;
    this.send = send;
    this.items = [];
    this.active = -1;
    this.history = [];
    this.showsAll = false;
    this.listenToWords();
    // Without this, a press on the list would take the focus from the box, and close the list.
    this.offers.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("pointerdown", (event) => this.handlePointer(event));
    this.slash.addEventListener("click", () => this.startPhrase());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submitLine();
    });
  }

  listenToWords() {
    this.words.addEventListener("input", () => this.handleInput());
    this.words.addEventListener("keydown", (event) => this.handleKey(event));
    this.words.addEventListener("blur", () => this.closeOffers());
    this.words.addEventListener("focus", () => this.words.value && this.handleInput());
  }

  startPhrase() {
    if (!this.words.value.startsWith("/")) this.words.value = `/${this.words.value}`;
    this.words.focus();
    this.handleInput();
  }

  fitRows() {
    const { value } = this.words;
    const lineBreaks = (value.match(/\n/g) || []).length;
    this.words.rows = Math.min(8, 1 + lineBreaks + Math.floor(value.length / 120));
  }

  // The speaker, the place or the commands have changed: what was offered is out of date.
  refreshOffers() {
    if (document.activeElement === this.words) this.handleInput();
    else this.showNote(this.words.value.startsWith("/"));
  }

  // There is a better order. Show it to somebody who has not begun to choose, and to nobody else.
  refreshOrder() {
    if (!this.offers.hidden && this.words.value === "/" && this.active < 0) this.handleInput();
  }

  // An answer to an older text, or for another speaker, must not arrive any more.
  cancelRequest() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  handleInput() {
    this.fitRows();
    this.cancelRequest();
    const text = this.words.value;
    const isForBot = text.startsWith("/");
    this.form.classList.toggle("for-bot", isForBot);
    this.showNote(isForBot);
    const line = isForBot ? text.slice(1) : text;
    const match = isForBot ? findCommand(line, this.room.commands) : null;
    if (match?.rest.startsWith(" ")) this.offerOptions(match);
    // A word that looks like a command is offered, too: many people forget the slash.
    else if (isForBot || /^[a-z]{2,}( [a-z]*)?$/i.test(line)) this.offerCommands(line, isForBot);
    else this.closeOffers();
  }

  showNote(isForBot) {
    const name = this.room.me?.name || "";
    this.note.textContent = isForBot ? `Only ${name} sees the answer.` : "";
  }

  // — offers —

  offerCommands(line, isForBot) {
    const typed = line.trim();
    const isModerator = this.room.me?.moderator || this.room.manages;
    const matches = rankCommands(typed, this.room.commands, isModerator);
    // Commands that moderators seldom use wait behind a button, until somebody types.
    const hidesMore = !typed && !this.showsAll;
    const fitting = hidesMore ? matches.filter(({ part }) => part !== MORE) : matches;
    const items = fitting.slice(0, SHOWN).map((command) => this.buildCommandItem(command));
    if (fitting.length < matches.length) {
      const shown = `${matches.length - fitting.length} more for moderators`;
      items.push({ shown, help: "", tag: "", accept: () => this.showAllCommands() });
    }
    // Somebody who chats is not interrupted: nothing is marked, and Enter sends.
    const marksFirst = isForBot && items.length && line && !this.isExactName(line);
    this.showOffers(items, "", marksFirst ? 0 : -1);
  }

  buildCommandItem({ name, help, moderators, part, options }) {
    return {
      shown: `/${name}`,
      help,
      tag: moderators ? "moderators" : part,
      accept: () => this.setText(`/${name}${options.length ? " " : ""}`),
    };
  }

  showAllCommands() {
    this.showsAll = true;
    this.handleInput();
  }

  isExactName(line) {
    return this.room.commands.some(({ name }) => name === line.trim());
  }

  offerOptions({ command, rest }) {
    const state = parseOptions(command, rest);
    const { value } = this.words;
    const before = value.slice(0, value.length - rest.length + state.current.start);
    const option = command.options.find(({ name }) => name === state.current.name);
    const usage = `/${command.usage}`;
    if (!option) {
      this.offerNames(command, state, before, usage);
      return;
    }
    const complete = (chosen) => `${before}${option.name}=${quoteValue(chosen)} `;
    this.offerValues(command, option, state, complete, `${usage} · ${option.help}`);
  }

  offerNames(command, state, before, usage) {
    const { value } = state.current;
    const names = state.free
      .filter((option) => option.name.startsWith(value))
      .map((option) => ({
        shown: `${option.name}=`,
        help: option.help,
        tag: option.required ? "required" : "",
        accept: () => this.setText(`${before}${option.name}=`),
      }));
    this.showOffers(names, usage, -1);
    // A value without a name goes to the first free option, so its values are offered as well.
    const [first] = state.free;
    if (!first || !(hasServerValues(first) || first.choices.length)) return;
    const complete = (chosen) => `${before}${quoteValue(chosen)} `;
    this.offerValues(command, first, state, complete, usage, names);
  }

  // `complete` makes the whole text from a chosen value; `above` are offers before the values.
  offerValues(command, option, state, complete, usage, above = []) {
    const typed = state.current.value;
    const buildItem = ({ label, value, note }) => ({
      shown: label,
      help: note || "",
      tag: option.name,
      accept: () => this.setText(complete(value)),
    });
    const known = listKnownValues(option)
      .filter((value) => value.startsWith(typed.toLowerCase()))
      .map((value) => buildItem({ label: value, value }));
    this.showOffers([...above, ...known], usage, -1);
    if (!hasServerValues(option)) return;
    this.timer = setTimeout(async () => {
      const choices = await this.fetchChoices(command, option, typed, state.given);
      if (!choices) return;
      // Whoever has moved down the list meanwhile stays on what they marked.
      const marked = this.items[this.active]?.shown;
      const items = [...above, ...choices.map(buildItem)];
      this.showOffers(items, usage, items.findIndex(({ shown }) => shown === marked));
    }, PAUSE);
  }

  async fetchChoices(command, option, typed, given) {
    this.request = new AbortController();
    const { signal } = this.request;
    const { as, channel } = this.room;
    const body = { as, channel, command: command.name, option: option.name, typed, given };
    try {
      const { choices } = await postJson("/api/suggest", body, signal);
      return signal.aborted ? null : choices;
    } catch {
      return null; // without suggestions, people go on typing
    }
  }

  showOffers(items, usage, active) {
    this.items = items;
    this.usage.textContent = usage;
    this.usage.hidden = !usage;
    this.list.replaceChildren(...items.map((item, number) => buildOfferRow(item, number)));
    const hasContent = items.length > 0 || Boolean(usage);
    const isOpen = hasContent && document.activeElement === this.words;
    this.offers.hidden = !isOpen;
    this.words.setAttribute("aria-expanded", String(isOpen && items.length > 0));
    this.markOffer(active);
  }

  closeOffers() {
    this.cancelRequest();
    this.showsAll = false;
    this.items = [];
    this.offers.hidden = true;
    this.words.setAttribute("aria-expanded", "false");
    this.markOffer(-1);
  }

  markOffer(active) {
    this.active = active;
    [...this.list.children].forEach((row, number) => {
      row.setAttribute("aria-selected", String(number === active));
    });
    const marked = this.list.children[active];
    marked?.scrollIntoView({ block: "nearest" });
    if (marked) this.words.setAttribute("aria-activedescendant", marked.id);
    else this.words.removeAttribute("aria-activedescendant");
  }

  setText(text) {
    this.words.value = text;
    this.words.setSelectionRange(text.length, text.length);
    this.words.focus();
    this.handleInput();
  }

  // — keys —

  handleKey(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.pressKey(event)) event.preventDefault();
  }

  // Return true if the key was used here, and must not reach the text.
  pressKey({ key, shiftKey }) {
    const isOpen = !this.offers.hidden && this.items.length > 0;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (key in steps && isOpen) this.moveMark(steps[key]);
    else if (key === "ArrowUp" && this.canRecall) this.setText(this.history.at(-1));
    else if (key === "Tab" && isOpen && !shiftKey) this.items[Math.max(0, this.active)].accept();
    else if (key === "Escape" && !this.offers.hidden) this.closeOffers();
    else if (key === "Enter" && !shiftKey) this.acceptOrSubmit();
    else return false;
    return true;
  }

  // Whether the last line can come back: never over something typed.
  get canRecall() {
    return !this.words.value && this.history.length > 0;
  }

  moveMark(by) {
    const count = this.items.length;
    // With nothing marked, up begins at the end of the list.
    if (this.active < 0 && by < 0) this.markOffer(count - 1);
    else this.markOffer((this.active + by + count) % count);
  }

  acceptOrSubmit() {
    if (!this.offers.hidden && this.active >= 0) this.items[this.active].accept();
    else this.submitLine();
  }

  handlePointer(event) {
    const row = event.target.closest("[role=option]");
    if (!row) return;
    event.preventDefault();
    this.items[Number(row.dataset.number)].accept();
  }

  submitLine() {
    const line = this.words.value.trim();
    if (!line || line === "/") return;
    this.history.push(line);
    this.words.value = "";
    this.closeOffers();
    this.handleInput();
    this.send(line).catch(() => {
      // A refused line comes back, unless the next one is being typed.
      if (!this.words.value) this.setText(line);
    });
  }
}

function buildOfferRow({ shown, help, tag }, number) {
  const row = document.createElement("li");
  row.id = `offer-${number}`;
  row.role = "option";
  row.dataset.number = number;
  for (const [className, text] of Object.entries({ shown, help, tag })) {
    if (!text) continue;
    const part = document.createElement(className === "shown" ? "b" : "span");
    part.className = className;
    part.textContent = text;
    part.dir = "auto";
    row.append(part, " ");
  }
  return row;
}
