// Small helpers for every part of the page: elements, sentences, presses.

import { RoomProblem } from "/static/api.js";

export const ICONS = "/static/icons.svg#";

export const byId = (id) => document.getElementById(id);

export function showAlarm(sentence) {
  byId("alarm").textContent = sentence;
  byId("alarm").hidden = !sentence;
}

let announcing; // the timer

// Have a screen reader say a sentence. Emptied first, so that the same sentence is read twice.
export function announce(sentence) {
  byId("heard").textContent = "";
  clearTimeout(announcing);
  announcing = setTimeout(() => (byId("heard").textContent = sentence), 80);
}

// Return the sentence for an action that failed.
export function describeProblem(problem) {
  if (problem instanceof RoomProblem) return problem.message;
  return "The room does not answer: check that it is still running.";
}

// Return the sentence for a line that could not be sent.
export function describeRefusal(problem) {
  if (problem instanceof RoomProblem) return problem.message;
  return "I could not send that: please try again.";
}

export function canPress(button) {
  return button.getAttribute("aria-disabled") !== "true";
}

// Run `work` for an element, and ignore further presses until it is done.
export async function runOnce(element, work) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    element.removeAttribute("aria-busy");
  }
}
