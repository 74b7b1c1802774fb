// The side of the page is a drawer on a phone. While it is open, the rest cannot be reached, and
// afterwards the focus goes back to the button that opened it.

import { byId } from "/static/page.js";

let opener = null; // the button, while the drawer is open

function openSide(button) {
  opener = button;
  document.body.classList.add("side-open");
  byId("side-open").setAttribute("aria-expanded", "true");
  for (const part of listPartsBehind()) part.inert = true;
  byId("cast").querySelector("input:checked")?.focus();
}

export function closeSide() {
  if (!opener) return;
  document.body.classList.remove("side-open");
  byId("side-open").setAttribute("aria-expanded", "false");
  for (const part of listPartsBehind()) part.inert = false;
  opener.focus();
  opener = null;
}

function listPartsBehind() {
  // Not the whole page: its headline stays readable.
  return document.querySelectorAll(".skip, .top > button, .clock, .scroll, .foot");
}

function closeByPressOutside({ target }) {
  // A target that is gone was in a list drawn anew, and its place is unknown.
  if (!opener || !target.isConnected) return;
  if (!target.closest(".side, dialog") && !opener.contains(target)) closeSide();
}

export function setUpDrawer() {
  for (const id of ["side-open", "me"]) {
    byId(id).addEventListener("click", () => openSide(byId(id)));
  }
  byId("side-close").addEventListener("click", closeSide);
  document.addEventListener("click", closeByPressOutside);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && closeSide());
  matchMedia("(max-width: 760px)").addEventListener("change", closeSide);
}
