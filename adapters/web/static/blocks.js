// The controls in messages: buttons, lists, selects and forms, each said to the bot as a phrase.

import { RoomProblem } from "/static/api.js";
import { readFiles, showSize } from "/static/files.js";
import { clearDraft, readForm, restoreDraft, saveDraft } from "/static/forms.js";

export class MessageControls {
  // `sendSaid` says a phrase and resolves to the answer's article. `showAlarm` shows a sentence.
  // `fill` fills the message box.
  constructor(log, { sendSaid, showAlarm, fill }) {
    Object.assign(this, { sendSaid, showAlarm, fill });
    // One listener for all messages: they come and go.
    log.addEventListener("click", (event) => this.handleClick(event));
    log.addEventListener("submit", (event) => this.handleSubmit(event));
    log.addEventListener("change", (event) => this.handleChange(event));
    log.addEventListener("input", ({ target }) => {
      const form = target.closest("form.asks");
      if (form) saveDraft(form);
    });
  }

  async handleClick({ target }) {
    const button = target.closest("button");
    if (!button) return;
    if (button.matches(".open-form")) openForm(button.closest("article"));
    else if (button.matches(".close-form")) button.closest("dialog").close();
    else if (button.matches(".command")) this.fillCommand(button);
    else if (button.matches(".press[data-says]")) {
      const said = { phrase: button.dataset.says, label: button.textContent };
      await this.runBusy(button, () => this.sendPhrase(button, said));
    }
  }

  fillCommand(button) {
    button.closest("dialog")?.close();
    this.fill(button.dataset.fill);
  }

  handleSubmit(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("[type=submit]");
    if (form.matches(".checklist")) return this.runBusy(button, () => this.sendList(form));
    if (form.matches(".select")) return this.runBusy(button, () => this.sendChoice(form));
    if (form.matches(".asks")) return this.runBusy(button, () => this.sendForm(form));
    return undefined;
  }

  handleChange({ target }) {
    if (target.matches("input[type=file]")) showSize(target);
    const form = target.closest("form.checklist");
    if (!form) return;
    const boxes = [...form.querySelectorAll("input")];
    const hasChanges = boxes.some((box) => box.checked !== box.defaultChecked);
    form.querySelector("[type=submit]").disabled = !hasChanges;
  }

  async sendList(form) {
    const label = form.querySelector("legend").textContent;
    const boxes = form.querySelector("fieldset");
    const filled = { [form.dataset.name]: listTicked(form) };
    boxes.disabled = true; // a tick made before the answer comes would be lost with the old list
    try {
      await this.sendPhrase(form, { phrase: form.dataset.says, filled, label });
    } finally {
      boxes.disabled = false;
    }
    form.reset();
    form.querySelector("[type=submit]").disabled = true;
  }

  async sendChoice(form) {
    const select = form.querySelector("select");
    const label = select.selectedOptions[0].textContent;
    const filled = { [form.dataset.name]: [select.value] };
    await this.sendPhrase(form, { phrase: form.dataset.says, filled, label });
  }

  async sendForm(form) {
    const filled = readForm(form);
    const files = await readFiles(form);
    const said = { phrase: form.dataset.says, filled, label: "Send", ...files };
    await this.sendPhrase(form, said, (isLost) => {
      const sentence = isLost ? "The connection is lost. I am trying again." : "";
      form.querySelector(".problem.whole").textContent = sentence;
    });
    clearDraft(form);
  }

  // Say a phrase from a message. A form that comes as the answer opens at once.
  async sendPhrase(element, said, showWaiting) {
    const source = Number(element.closest("article").dataset.seq);
    const article = await this.sendSaid({ ...said, source }, showWaiting);
    element.closest("dialog")?.close();
    if (article?.matches(".form")) openForm(article);
  }

  // Run `work` for a button, and ignore further presses until it is done.
  async runBusy(button, work) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (problem) {
      this.showProblem(problem, button.closest("dialog"));
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  showProblem(problem, dialog) {
    const isRefusal = problem instanceof RoomProblem;
    const sentence = isRefusal ? problem.message : "That did not work: please try again.";
    if (!isRefusal) console.error(problem);
    // An open dialog covers the page's own place for problems.
    const inside = dialog?.querySelector(".problem.whole");
    if (inside) inside.textContent = sentence;
    else this.showAlarm(sentence);
  }
}

export function openForm(article) {
  const dialog = article.querySelector("dialog");
  const form = dialog.querySelector("form");
  restoreDraft(form);
  dialog.showModal();
  const first = form.querySelector(".wrong") || form.querySelector(".field");
  first?.querySelector("input, textarea, select")?.focus();
}

function listTicked(form) {
  return [...form.querySelectorAll("input:checked")].map((box) => box.value);
}
