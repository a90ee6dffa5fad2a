// Sets the remembered light or dark theme before the first paint. Runs ahead of the modules, so it knows none of them.
(function () {
  try {
    var theme = localStorage.getItem("workspace.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) {
    // A browser that keeps nothing for us follows the system's theme.
  }
})();
