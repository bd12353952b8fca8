// Paper is light whatever the screen was, and charts shrink to its width as a whole; none grows into what follows.
(() => {
  const root = document.documentElement;
  let before = null;
  window.addEventListener("beforeprint", () => {
    before = before ?? root.dataset.mantineColorScheme;
    root.dataset.mantineColorScheme = "light";
    for (const chart of document.querySelectorAll(".js-plotly-plot .svg-container")) {
      const { width, height } = chart.getBoundingClientRect();
      if (!width || !height) continue;
      chart.style.setProperty("--shape", String(width / height));
      chart.style.setProperty("--tallest", `${height}px`);
      for (const layer of chart.querySelectorAll(".main-svg")) layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
    }
  });
  window.addEventListener("afterprint", () => {
    if (before !== null) root.dataset.mantineColorScheme = before;
    before = null;
    for (const layer of document.querySelectorAll(".js-plotly-plot .main-svg[viewBox]")) layer.removeAttribute("viewBox");
  });
})();
