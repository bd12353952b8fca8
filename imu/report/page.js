"use strict";
{
  // A finger scrolls the page; a mouse may zoom. Charts over time zoom together.
  const touch = matchMedia("(pointer: coarse)").matches;
  const plots = [...document.querySelectorAll(".plot")];
  const timed = plots.filter((plot) => plot.classList.contains("timed"));

  for (const plot of plots) {
    const { data, layout } = JSON.parse(plot.nextElementSibling.textContent);
    layout.dragmode = touch ? false : "zoom";
    Plotly.newPlot(plot, data, layout, { displayModeBar: false, responsive: true, doubleClick: "reset" });
  }

  let following = false;
  for (const plot of timed) {
    plot.on("plotly_relayout", async (change) => {
      const range = plot.layout.xaxis.range;
      if (following || !Object.keys(change).some((key) => key.startsWith("xaxis"))) return;
      following = true;
      await Promise.all(timed.filter((other) => other !== plot).map((other) =>
        Plotly.relayout(other, { "xaxis.range": [...range] })));
      following = false;
    });
  }

  // Paper is narrower than the window.
  const fit = () => plots.forEach((plot) => Plotly.Plots.resize(plot));
  addEventListener("beforeprint", fit);
  addEventListener("afterprint", fit);
}
