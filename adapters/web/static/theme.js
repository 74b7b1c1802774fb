// This runs before the page is drawn, or the wrong colours would flash.
const chosenTheme = localStorage.getItem("syllabot.theme");
if (chosenTheme === "light" || chosenTheme === "dark") {
  document.documentElement.dataset.theme = chosenTheme;
}
