// Runs before the first paint: the theme a reader chose, so that nothing flashes. Kept in this browser only.
try {
  const chosen = localStorage.getItem("panlearn-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the system's theme serves.
}
document.documentElement.classList.add("js");
