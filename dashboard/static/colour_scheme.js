// As Mantine keeps it, before Mantine is there.
const kept = localStorage.getItem("mantine-color-scheme-value") || "auto";
const dark = kept === "dark" || (kept === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
