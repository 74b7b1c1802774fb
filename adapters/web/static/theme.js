// Runs before the page is drawn, so that the chosen colours do not flash.
const chosen = localStorage.getItem("syllabot.theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
