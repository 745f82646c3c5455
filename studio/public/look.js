// Before the first paint, so that a dark room stays dark. A file of its own, because the page allows no inline script.
try {
  const look = JSON.parse(localStorage.getItem("gesso.preferences") ?? "{}").state?.look;
  if (look === "dark" || look === "light") document.documentElement.dataset.look = look;
} catch {
  // Broken or forbidden storage: the system's look.
}
