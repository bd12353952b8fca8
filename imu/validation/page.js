"use strict";
{
  // A finger scrolls the page; a mouse may zoom.
  const dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom";
  for (const plot of document.querySelectorAll(".plot")) {
    const { data, layout } = JSON.parse(plot.nextElementSibling.textContent);
    Plotly.newPlot(plot, data, { ...layout, dragmode }, { displayModeBar: false, responsive: true });
  }
}
